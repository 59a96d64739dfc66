"""Conversations and the takeover gate. Every function works inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.identifiers import new_identifier
from desk.settlement import Settlement
from gateway import outbox
from gateway.outbox import Saying
from gateway.tables import Conversation, Handler, InboxItem, Kind, OutboxItem, Sender, Status
from gateway.texts import ENGLISH, Texts

_SEVERAL = (
    select(Conversation)
    .where(Conversation.id.in_(bindparam("ids", expanding=True)), Conversation.shop == bindparam("shop"))
    .order_by(Conversation.id)
    .with_for_update()
)


class NoConversation(LookupError):
    """There is no conversation with this id in this shop."""


class GateTaken(RuntimeError):
    """Another person has the conversation, or nobody has; `agent` says who."""

    def __init__(self, agent: str | None) -> None:
        super().__init__(f"the gate is held by {agent or 'nobody'}")
        self.agent = agent


def create(session: Session, *, shop: str, channel: str, locale: str | None, language: str | None) -> Conversation:
    """Return a new conversation.

    Args:
        locale: the visitor's own tag, such as `en-GB`, or None when it is not known.
        language: the one of our languages to begin in, or None when we do not have the visitor's.
    """
    conversation = Conversation(
        id=new_identifier(),
        shop=shop,
        channel=channel,
        locale=locale,
        language=language or ENGLISH,
        handler=Handler.ASSISTANT.value,
        created_at=utc_now(),
    )
    session.add(conversation)
    session.flush()
    return conversation


def find(session: Session, shop: str, conversation_id: str) -> Conversation:
    """Return a conversation, to read. Raises NoConversation."""
    return _get(session, shop, conversation_id, lock=False)


def lock(session: Session, shop: str, conversation_id: str) -> Conversation:
    """Return a conversation that nobody else changes until the transaction ends. Raises NoConversation.

    Whatever adds to a conversation locks it first: that keeps the order of its rows the order of their ids.
    """
    return _get(session, shop, conversation_id, lock=True)


def lock_all(session: Session, shop: str, conversation_ids: Iterable[str]) -> dict[str, Conversation]:
    """Return those of the conversations that exist in this shop, each as `lock` returns it, by their ids.

    They are locked in the order of their ids: two who take several at once never wait for each other.
    """
    found = session.scalars(_SEVERAL, {"shop": shop, "ids": list(conversation_ids)})
    return {conversation.id: conversation for conversation in found}


def _get(session: Session, shop: str, conversation_id: str, *, lock: bool) -> Conversation:
    found = session.get(Conversation, conversation_id, with_for_update=lock or None)
    if found is None or found.shop != shop:
        raise NoConversation(conversation_id)
    return found


def take_over(session: Session, texts: Texts, conversation: Conversation, *, agent: str, agent_name: str) -> None:
    """Close the gate of a locked conversation for a person and tell the shopper; who has it already changes nothing.

    What still waited for the assistant is the person's now. Raises GateTaken.
    """
    if conversation.handler == Handler.PERSON:
        if conversation.agent != agent:
            raise GateTaken(conversation.agent)
        return
    conversation.handler = Handler.PERSON.value
    conversation.agent, conversation.agent_name = agent, agent_name
    session.execute(
        update(InboxItem)
        .where(
            InboxItem.conversation_id == conversation.id,
            InboxItem.status == Status.PENDING.value,
            InboxItem.kind == Kind.MESSAGE.value,
        )
        .values(status=Status.PERSON.value, ended_at=utc_now())
    )
    joined = texts.say("person_joined", conversation.language, name=agent_name)
    outbox.say(session, conversation, f"joined:{new_identifier()}", Saying(Sender.SYSTEM, joined))


def say_as_person(session: Session, conversation: Conversation, *, key: str, agent: str, text: str) -> None:
    """Send what a person writes in a locked conversation, once a key. Raises GateTaken when the gate is not theirs."""
    key = f"person:{key}"
    if outbox.is_said(session, conversation.id, key):
        return
    if conversation.handler != Handler.PERSON or conversation.agent != agent:
        raise GateTaken(conversation.agent)
    outbox.say(session, conversation, key, Saying(Sender.PERSON, text, name=conversation.agent_name))


def hand_back(  # noqa: PLR0913
    session: Session,
    texts: Texts,
    conversation: Conversation,
    *,
    agent: str,
    note: str,
    settled: Settlement | None,
    released: bool = False,
) -> None:
    """Open the gate of a locked conversation again and tell the shopper.

    `released`: a colleague goes on with it; whoever waits for an answer of a person hears that they still will get it.
    The assistant never reads what was said to a person: a "yes" to them is none to a question of its own.

    The assistant is told through the inbox: durably, and before what the shopper writes next. Handing back what the
    assistant has already changes nothing. Raises GateTaken.
    """
    if conversation.handler == Handler.ASSISTANT:
        return
    if conversation.agent != agent:
        raise GateTaken(conversation.agent)
    text = "person_left_waiting" if released and _is_waiting(session, conversation) else "person_left"
    left = texts.say(text, conversation.language, name=conversation.agent_name or agent)
    event_id = new_identifier()
    session.add(
        InboxItem(
            id=event_id,
            shop=conversation.shop,
            conversation_id=conversation.id,
            client_id=f"handback:{event_id}",
            kind=Kind.HANDBACK.value,
            text=note,
            payload=settled.model_dump_json() if settled else None,
            status=Status.PENDING.value,
            received_at=utc_now(),
        )
    )
    outbox.say(session, conversation, f"left:{event_id}", Saying(Sender.SYSTEM, left))
    conversation.handler = Handler.ASSISTANT.value
    conversation.agent = conversation.agent_name = None


def _is_waiting(session: Session, conversation: Conversation) -> bool:
    """Whether the shopper's last message was left to a person who has not answered it."""
    asked = (InboxItem.conversation_id == conversation.id, InboxItem.kind == Kind.MESSAGE.value)
    last = session.scalar(select(InboxItem).where(*asked).order_by(InboxItem.seq.desc()).limit(1))
    if last is None or last.status not in {Status.PERSON, Status.SUPPRESSED}:
        return False
    said = (OutboxItem.conversation_id == conversation.id, OutboxItem.sender == Sender.PERSON.value)
    answered_at = session.scalar(select(func.max(OutboxItem.at)).where(*said))
    return answered_at is None or answered_at < last.received_at
