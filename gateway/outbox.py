"""The outbox: what is shown to the shopper, in order, each thing once. Works inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from core.clock import utc_now
from gateway.tables import Conversation, InboxItem, OutboxItem, Sender
from transcripts.entries import Speaker, record

# The statements on the way of every message are built once; rows are written plainly, not as objects.
_INSERT = insert(cast(Table, OutboxItem.__table__))
_AFTER = (
    select(OutboxItem)
    .where(OutboxItem.conversation_id == bindparam("conversation"), OutboxItem.id > bindparam("after"))
    .order_by(OutboxItem.id)
    .limit(bindparam("most"))
)


@dataclass(frozen=True)
class Saying:
    """What is said, and by whom (not the shopper: see `echo`).

    Attributes:
        sender: who says it.
        text: what is said, complete without buttons and card.
        name: the person's name, when a person says it.
        buttons: quick replies, each with `title` and `payload`; the payload stays in the house.
        card: a card as the assistant sends it, ready to show.
        language: the language of the text; the conversation's when None.
        reply: the assistant's name for the reply, for the transcript.
    """

    sender: Sender
    text: str
    name: str | None = None
    buttons: list[dict[str, str]] = field(default_factory=list)
    card: dict[str, Any] | None = None
    language: str | None = None
    reply: str | None = None

    def transcript_content(self) -> dict[str, Any]:
        """Return what a transcript keeps beside the text."""
        buttons = [{"title": button["title"]} for button in self.buttons]
        parts = {"buttons": buttons, "card": self.card, "reply": self.reply, "agent_name": self.name}
        return {name: value for name, value in parts.items() if value}


def say(session: Session, conversation: Conversation, key: str, saying: Saying, answers: str | None = None) -> None:
    """Add one thing to say, and write it into the transcript; the caller has locked the conversation.

    `key` says what it is for, unique in the conversation, so that it is never said twice; `answers` is the inbox id
    that it answers.
    """
    row = _row(
        conversation,
        key=key,
        sender=saying.sender.value,
        text=saying.text,
        name=saying.name,
        buttons=saying.buttons,
        card=saying.card,
        language=saying.language or conversation.language,
        answers=answers,
    )
    session.execute(_INSERT, row)
    record(
        session,
        shop=conversation.shop,
        conversation_id=conversation.id,
        speaker=Speaker(saying.sender.value),
        text=saying.text,
        content=saying.transcript_content(),
        message_id=key,
    )


def echo(session: Session, messages: Sequence[tuple[Conversation, str, str]]) -> None:
    """Show shoppers' own messages (conversation, client id, text), in their other tabs and after a reload."""
    shopper = Sender.SHOPPER.value
    rows = [_row(where, key=f"echo:{client}", sender=shopper, text=text) for where, client, text in messages]
    session.execute(_INSERT, rows)


def _row(conversation: Conversation, **columns: Any) -> dict[str, Any]:
    row = {"shop": conversation.shop, "conversation_id": conversation.id, "at": utc_now(), "buttons": [], **columns}
    row.setdefault("language", conversation.language)
    return row


def is_said(session: Session, conversation_id: str, key: str) -> bool:
    """Tell whether something with this key has been said in the conversation."""
    query = select(OutboxItem.id).where(OutboxItem.conversation_id == conversation_id, OutboxItem.key == key)
    return session.scalar(query) is not None


def after(session: Session, conversation_id: str, after_id: int, limit: int) -> list[OutboxItem]:
    """Return what follows an id in a conversation, oldest first, at most `limit` rows."""
    return list(session.scalars(_AFTER, {"conversation": conversation_id, "after": after_id, "most": limit}))


def latest(session: Session, conversation_id: str, limit: int) -> list[OutboxItem]:
    """Return the newest rows of a conversation, oldest first."""
    query = (
        select(OutboxItem)
        .where(OutboxItem.conversation_id == conversation_id)
        .order_by(OutboxItem.id.desc())
        .limit(limit)
    )
    return list(session.scalars(query))[::-1]


def open_buttons(session: Session, conversation_id: str, rows: Iterable[OutboxItem]) -> set[int]:
    """Return the ids of those rows whose buttons may still be pressed.

    Buttons of an answer belong to its question: they end when one is pressed or when the assistant has answered
    something newer, so that an old "yes" never confirms another question. Buttons said unasked (the greeting's) stay.
    """
    shown = [row for row in rows if row.buttons]
    if not shown:
        return set()
    newest = session.scalar(
        select(OutboxItem.answers)
        .where(
            OutboxItem.conversation_id == conversation_id,
            OutboxItem.sender == Sender.ASSISTANT.value,
            OutboxItem.answers.is_not(None),
        )
        .order_by(OutboxItem.id.desc())
        .limit(1)
    )
    pressed = set(session.scalars(select(InboxItem.button_of).where(InboxItem.button_of.in_(r.id for r in shown))))
    return {r.id for r in shown if r.answers is None or (r.answers == newest and r.id not in pressed)}


def mark_delivered(session: Session, ids: Iterable[int]) -> None:
    """Note that rows have been sent to a screen of the shopper; the first time counts."""
    session.execute(
        update(OutboxItem)
        .where(OutboxItem.id.in_(ids), OutboxItem.delivered_at.is_(None))
        .values(delivered_at=utc_now())
    )


def changed_since(session: Session, after_id: int) -> tuple[int, set[str]]:
    """Return the newest id and the conversations that got rows after an id, whichever process wrote them."""
    rows = session.execute(
        select(OutboxItem.id, OutboxItem.conversation_id).where(OutboxItem.id > after_id).order_by(OutboxItem.id)
    ).all()
    return (rows[-1].id if rows else after_id), {row.conversation_id for row in rows}


def newest_id(session: Session) -> int:
    """Return the id of the newest row of all, 0 when there is none."""
    return session.scalar(select(OutboxItem.id).order_by(OutboxItem.id.desc()).limit(1)) or 0
