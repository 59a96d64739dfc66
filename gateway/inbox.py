"""The inbox: what shoppers sent, durable before it is acknowledged. Works inside the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.identifiers import new_identifier
from gateway import conversations, outbox
from gateway.refusals import Refusal
from gateway.tables import Conversation, Handler, InboxItem, Kind, OutboxItem, Status
from gateway.tokens import ButtonRef
from transcripts.entries import Speaker, record


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
    """The inbox's answer: our id of the message, whether it is new, and whether the assistant has work to do."""

    message_id: str
    new: bool
    for_assistant: bool


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


_KNOWN = select(InboxItem.id).where(
    InboxItem.conversation_id == bindparam("conversation"), InboxItem.client_id == bindparam("client")
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
    return session.scalar(_KNOWN, {"conversation": conversation_id, "client": client_id})


def accept(session: Session, shop: str, incoming: Incoming) -> Accepted:
    """Write a message into inbox, transcript and outbox (its echo); a message sent again is the one it was.

    Raises:
        NoConversation: there is no such conversation in this shop.
        Refusal: the button does not exist, or its question is no longer open.
    """
    conversation = conversations.lock(session, shop, incoming.conversation_id)
    message_id = known(session, conversation.id, incoming.client_id)
    if message_id is not None:
        return Accepted(message_id, new=False, for_assistant=False)
    text, payload = incoming.text, None
    if incoming.button is not None:
        text, payload = _press(session, conversation.id, incoming.button)
    for_assistant = conversation.handler == Handler.ASSISTANT
    item = InboxItem(
        id=new_identifier(),
        shop=shop,
        conversation_id=conversation.id,
        client_id=incoming.client_id,
        kind=Kind.MESSAGE.value,
        text=text,
        payload=payload,
        button_of=incoming.button.outbox_id if incoming.button else None,
        status=(Status.PENDING if for_assistant else Status.PERSON).value,
        received_at=utc_now(),
    )
    session.add(item)
    record(
        session,
        shop=shop,
        conversation_id=conversation.id,
        speaker=Speaker.SHOPPER,
        text=text,
        message_id=item.id,
    )
    outbox.echo(session, conversation, client_id=incoming.client_id, text=text)
    return Accepted(item.id, new=True, for_assistant=for_assistant)


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
