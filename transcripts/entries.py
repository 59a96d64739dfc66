"""The entries of a transcript: written by the gateway in its own transactions, read by the console."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import JSON, Boolean, Index, Integer, String, Table, Text, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.clock import utc_now
from core.database import Base


class Speaker(StrEnum):
    """Who said it."""

    SHOPPER = "shopper"
    ASSISTANT = "assistant"
    PERSON = "person"
    SYSTEM = "system"


class TranscriptEntry(Base):
    """One thing said in a conversation. `id` grows in the order in which things were said."""

    __tablename__ = "transcript_entries"
    __table_args__ = (
        Index("ix_transcript_entries_conversation", "shop", "conversation_id", "id"),
        Index("ix_transcript_entries_message", "shop", "message_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    shop: Mapped[str] = mapped_column(String(63))
    conversation_id: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    speaker: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    message_id: Mapped[str | None] = mapped_column(String(160))
    understanding: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    suppressed: Mapped[bool] = mapped_column(Boolean, default=False)


@dataclass(frozen=True)
class Entry:
    """One thing said, as a reader sees it.

    `content` may hold `buttons` ([{"title"}]), `card`, `reply` (the reply's name) and `agent_name`;
    `understanding` is the assistant's turn, on shopper entries once their turn has ended;
    `suppressed` marks what the assistant would have said had a person not taken over.
    """

    id: int
    at: datetime
    speaker: Speaker
    text: str
    content: dict[str, Any] = field(default_factory=dict)
    message_id: str | None = None
    understanding: dict[str, Any] | None = None
    suppressed: bool = False


# Built once and written plainly, not as an object: this is on the way of every message.
_TABLE = cast(Table, TranscriptEntry.__table__)
_INSERT = insert(_TABLE)
_INSERT_ONE = _INSERT.returning(_TABLE.c.id)


def record(  # noqa: PLR0913
    session: Session,
    *,
    shop: str,
    conversation_id: str,
    speaker: Speaker,
    text: str,
    content: dict[str, Any] | None = None,
    message_id: str | None = None,
    suppressed: bool = False,
) -> int:
    """Write down one thing said, in the caller's transaction, and return the entry's id.

    `message_id` is the inbox id of a shopper's message, or the outbox key of anything else.
    """
    row = {
        "shop": shop,
        "conversation_id": conversation_id,
        "at": utc_now(),
        "speaker": Speaker(speaker).value,
        "text": text,
        "content": content or {},
        "message_id": message_id,
        "suppressed": suppressed,
    }
    entry_id: int = session.execute(_INSERT_ONE, row).scalar_one()
    return entry_id


def record_shopper(session: Session, shop: str, messages: Sequence[tuple[str, str, str]]) -> None:
    """Write down what shoppers said, in order: conversation, inbox id and text of each message."""
    same = {"shop": shop, "speaker": Speaker.SHOPPER.value, "content": {}, "suppressed": False}
    session.execute(
        _INSERT,
        [
            {**same, "conversation_id": conversation_id, "at": utc_now(), "message_id": message_id, "text": text}
            for conversation_id, message_id, text in messages
        ],
    )


def attach_understanding(session: Session, shop: str, message_id: str, turn: dict[str, Any]) -> None:
    """Add to a shopper's entry how the assistant understood it (the `turn` of its answer)."""
    session.execute(
        update(TranscriptEntry)
        .where(
            TranscriptEntry.shop == shop,
            TranscriptEntry.message_id == message_id,
            TranscriptEntry.speaker == Speaker.SHOPPER.value,
        )
        .values(understanding=turn)
    )


def entries_after(session: Session, shop: str, conversation_id: str, after_id: int = 0) -> list[Entry]:
    """Return what was said in a conversation after an entry's id, oldest first."""
    rows = session.scalars(
        select(TranscriptEntry)
        .where(
            TranscriptEntry.shop == shop,
            TranscriptEntry.conversation_id == conversation_id,
            TranscriptEntry.id > after_id,
        )
        .order_by(TranscriptEntry.id)
    )
    return [_entry(row) for row in rows]


def _entry(row: TranscriptEntry) -> Entry:
    return Entry(
        id=row.id,
        at=row.at,
        speaker=Speaker(row.speaker),
        text=row.text,
        content=row.content or {},
        message_id=row.message_id,
        understanding=row.understanding,
        suppressed=row.suppressed,
    )
