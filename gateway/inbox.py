"""The inbox: what shoppers sent, durable before it is acknowledged. Works inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, func, insert, select
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.identifiers import new_identifier
from gateway import conversations, outbox
from gateway.conversations import NoConversation
from gateway.refusals import Refusal
from gateway.tables import Conversation, Handler, InboxItem, Kind, OutboxItem, Status
from gateway.tokens import ButtonRef
from transcripts.entries import record_shopper


@dataclass(frozen=True)
class Incoming:
    """A shopper's message in our shape, whatever channel it came through.

    `client_id` is the sender's own id of it, unique in the conversation. It is either a `text`, clean and not blank, or
    a pressed `button`.
    """

    conversation_id: str
    client_id: str
    text: str = ""
    button: ButtonRef | None = None


@dataclass(frozen=True)
class Accepted:
    """The inbox's answer: our id of the message, whether it is new, and whether it waits for the assistant."""

    message_id: str
    new: bool
    for_assistant: bool


@dataclass(frozen=True)
class _New:
    """A message that is about to be written."""

    incoming: Incoming
    conversation: Conversation
    text: str
    payload: str | None
    id: str = field(default_factory=new_identifier)

    @property
    def for_assistant(self) -> bool:
        return self.conversation.handler == Handler.ASSISTANT

    def row(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "shop": self.conversation.shop,
            "conversation_id": self.conversation.id,
            "client_id": self.incoming.client_id,
            "kind": Kind.MESSAGE.value,
            "text": self.text,
            "payload": self.payload,
            "button_of": self.incoming.button.outbox_id if self.incoming.button else None,
            "status": (Status.PENDING if self.for_assistant else Status.PERSON).value,
            "received_at": utc_now(),
        }


@dataclass(frozen=True)
class Work:
    """One inbox row as the worker needs it."""

    seq: int
    id: str
    conversation_id: str
    channel: str
    kind: str
    text: str
    payload: str | None
    locale: str | None
    received_at: datetime


_INSERT = insert(cast(Table, InboxItem.__table__))
_KNOWN = select(InboxItem.conversation_id, InboxItem.client_id, InboxItem.id, InboxItem.status).where(
    InboxItem.conversation_id.in_(bindparam("conversations", expanding=True)),
    InboxItem.client_id.in_(bindparam("clients", expanding=True)),
)
_NEXT = (
    select(
        InboxItem.seq,
        InboxItem.id,
        InboxItem.conversation_id,
        Conversation.channel,
        InboxItem.kind,
        InboxItem.text,
        InboxItem.payload,
        Conversation.locale,
        InboxItem.received_at,
    )
    .join(Conversation, Conversation.id == InboxItem.conversation_id)
    .where(
        InboxItem.shop == bindparam("shop"),
        InboxItem.status == Status.PENDING.value,
        InboxItem.conversation_id == bindparam("conversation"),
    )
    .order_by(InboxItem.seq)
    .limit(1)
)
_WAITING = (
    select(InboxItem.seq)
    .where(InboxItem.conversation_id == bindparam("conversation"), InboxItem.status == Status.PENDING.value)
    .limit(1)
)
_STATUS = select(InboxItem.status).where(InboxItem.seq == bindparam("seq"))


def known(session: Session, conversation_id: str, client_id: str) -> str | None:
    """Return our id of a message that was accepted before."""
    found = _known(session, [Incoming(conversation_id, client_id)])
    return next((accepted.message_id for accepted in found.values()), None)


def _known(session: Session, incomings: Iterable[Incoming]) -> dict[tuple[str, str], Accepted]:
    names = {(incoming.conversation_id, incoming.client_id) for incoming in incomings}
    parameters = {"conversations": [name[0] for name in names], "clients": [name[1] for name in names]}
    # Two shoppers may choose the same id: the query finds a little more than was asked for.
    return {
        (row.conversation_id, row.client_id): Accepted(row.id, new=False, for_assistant=row.status == Status.PENDING)
        for row in session.execute(_KNOWN, parameters)
    }


def accept(session: Session, shop: str, incomings: Sequence[Incoming]) -> list[Accepted | Refusal | NoConversation]:
    """Write messages into inbox, transcript and outbox (their echoes), in order; return what became of each.

    A message sent again is the one it was. NoConversation: there is no such conversation in this shop. Refusal: the
    button does not exist, or its question is no longer open. Both concern their own message only: nothing of it is
    written. An error is one of them all.
    """
    found = conversations.lock_all(session, shop, {incoming.conversation_id for incoming in incomings})
    taken = _known(session, incomings)
    answers: list[Accepted | Refusal | NoConversation] = []
    new: list[_New] = []
    for incoming in incomings:
        name = incoming.conversation_id, incoming.client_id
        conversation = found.get(incoming.conversation_id)
        if conversation is None:
            answers.append(NoConversation(incoming.conversation_id))
            continue
        if name in taken:
            answers.append(taken[name])
            continue
        text, payload = incoming.text, None
        if incoming.button is not None:
            # A press is judged by what came before it.
            _write(session, new)
            new = []
            try:
                text, payload = _press(session, conversation.id, incoming.button)
            except Refusal as refusal:
                answers.append(refusal)
                continue
        message = _New(incoming, conversation, text, payload)
        new.append(message)
        answers.append(Accepted(message.id, new=True, for_assistant=message.for_assistant))
        taken[name] = Accepted(message.id, new=False, for_assistant=message.for_assistant)
    _write(session, new)
    return answers


def _write(session: Session, new: Sequence[_New]) -> None:
    if not new:
        return
    session.execute(_INSERT, [message.row() for message in new])
    shop = new[0].conversation.shop
    record_shopper(session, shop, [(message.conversation.id, message.id, message.text) for message in new])
    outbox.echo(session, [(message.conversation, message.incoming.client_id, message.text) for message in new])


def _press(session: Session, conversation_id: str, button: ButtonRef) -> tuple[str, str]:
    row = session.get(OutboxItem, button.outbox_id)
    if row is None or row.conversation_id != conversation_id or button.index >= len(row.buttons):
        raise Refusal(422, "button_invalid")
    # A message that still waits may change the question before the press is read: "yes" would answer another one.
    overtaken = row.answers is not None and session.scalar(_WAITING, {"conversation": conversation_id}) is not None
    if overtaken or row.id not in outbox.open_buttons(session, conversation_id, [row]):
        raise Refusal(422, "button_used")
    pressed = row.buttons[button.index]
    return pressed["title"], pressed["payload"]


def next_work(session: Session, shop: str, conversation_id: str) -> Work | None:
    """Return the oldest thing of a conversation that waits for the assistant."""
    row = session.execute(_NEXT, {"shop": shop, "conversation": conversation_id}).one_or_none()
    return Work(**row._mapping) if row else None


def is_pending(session: Session, work: Work) -> bool:
    """Tell whether the assistant must still be told: a person may have taken over in the meantime."""
    return session.scalar(_STATUS, {"seq": work.seq}) == Status.PENDING


def conversations_with_work(session: Session, shop: str) -> list[str]:
    """Return the conversations in which something waits for the assistant, longest waiting first."""
    query = (
        select(InboxItem.conversation_id)
        .where(InboxItem.shop == shop, InboxItem.status == Status.PENDING.value)
        .group_by(InboxItem.conversation_id)
        .order_by(func.min(InboxItem.seq))
    )
    return list(session.scalars(query))


def depth(session: Session, shop: str) -> int:
    """Return how many things wait for the assistant."""
    return (
        session.scalar(
            select(func.count())
            .select_from(InboxItem)
            .where(InboxItem.shop == shop, InboxItem.status == Status.PENDING.value)
        )
        or 0
    )
