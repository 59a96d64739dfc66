"""The gateway's tables: conversations, what came in, what goes out."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class Handler(StrEnum):
    """Who answers a conversation: the state of the takeover gate."""

    ASSISTANT = "assistant"
    PERSON = "person"


class Kind(StrEnum):
    """What an inbox row asks of the assistant."""

    MESSAGE = "message"  # a shopper's message, to be answered
    HANDBACK = "handback"  # a person gives the conversation back, to be told


class Status(StrEnum):
    """Where an inbox row stands. Every row leaves PENDING exactly once, except that PERSON may become SUPPRESSED."""

    PENDING = "pending"
    ANSWERED = "answered"
    FAILED = "failed"  # the shopper was told so, and the desk has a case
    PERSON = "person"  # a person answers it: the assistant must not
    SUPPRESSED = "suppressed"  # a person took over while the assistant was answering: its answer was not sent


class Sender(StrEnum):
    """Who speaks in an outbox row."""

    SHOPPER = "shopper"  # an echo of the shopper's own message, for their other tabs and after a reload
    ASSISTANT = "assistant"
    PERSON = "person"
    SYSTEM = "system"


class Conversation(Base):
    """One shopper's conversation on one channel, and who answers it."""

    __tablename__ = "conversations"
    __table_args__ = (UniqueConstraint("shop", "channel", "visitor"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    shop: Mapped[str] = mapped_column(String(63))
    channel: Mapped[str] = mapped_column(String(32))
    # Who it is on the channel's side (a telephone number…); null where the token is the proof, as in the chat.
    visitor: Mapped[str | None] = mapped_column(String(128))
    locale: Mapped[str | None] = mapped_column(String(16))
    # The language spoken now; it follows the assistant's replies.
    language: Mapped[str] = mapped_column(String(16))
    handler: Mapped[str] = mapped_column(String(16), default=Handler.ASSISTANT.value)
    agent: Mapped[str | None] = mapped_column(String(64))
    agent_name: Mapped[str | None] = mapped_column(String(100))
    created_at: Mapped[datetime]
    # When the shopper was told that the assistant is down; null again once it has answered.
    outage_told_at: Mapped[datetime | None]


class InboxItem(Base):
    """One thing the assistant must be told; `seq` is the order of arrival."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("conversation_id", "client_id"),
        Index("ix_inbox_work", "status", "conversation_id", "seq"),
        {"sqlite_autoincrement": True},
    )

    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(64), unique=True)
    shop: Mapped[str] = mapped_column(String(63))
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    client_id: Mapped[str] = mapped_column(String(96))
    kind: Mapped[str] = mapped_column(String(16), default=Kind.MESSAGE.value)
    text: Mapped[str] = mapped_column(Text)
    # What a pressed button means to the assistant ("/affirm"); null for a typed message. Of a hand-back: what was
    # settled (desk.settlement.Settlement, as JSON); null when nobody said.
    payload: Mapped[str | None] = mapped_column(Text)
    button_of: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"))
    status: Mapped[str] = mapped_column(String(16))
    received_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class OutboxItem(Base):
    """One thing to show to the shopper; `id` is the order in which it is shown, and the event id of the chat."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("conversation_id", "key"),
        Index("ix_outbox_conversation", "conversation_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    shop: Mapped[str] = mapped_column(String(63))
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    # Names what the row is for: writing the same thing twice violates the constraint instead of being sent twice.
    key: Mapped[str] = mapped_column(String(128))
    sender: Mapped[str] = mapped_column(String(16))
    name: Mapped[str | None] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Text)
    buttons: Mapped[list[Any]] = mapped_column(default=list)
    card: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    language: Mapped[str] = mapped_column(String(16))
    # The inbox row that it answers; null for what the gateway or a person says unasked.
    answers: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
