"""A case as the desk stores it: its tables and the words they use."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class Reason(StrEnum):
    """Why a conversation needs a person."""

    REQUESTED = "requested"
    ANGER = "anger"
    RISK = "risk"
    FAILED_ATTEMPTS = "failed_attempts"
    SYSTEM_DOWN = "system_down"
    NO_REPLY = "no_reply"
    IDENTITY_FAILED = "identity_failed"
    DELIVERED_NOT_RECEIVED = "delivered_not_received"
    LATE = "late"
    LOST = "lost"
    CUSTOMS = "customs"
    TRACKING_PROBLEM = "tracking_problem"
    NOT_SERVED = "not_served"
    MONEY = "money"
    STAFF = "staff"  # a person stepped into a live conversation unasked


class Priority(StrEnum):
    """How soon a person should look."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"

    @property
    def rank(self) -> int:
        """Position in the order of urgency, 0 is the lowest."""
        return list(Priority).index(self)


class Status(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    TAKEN = "taken"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a closed case ended."""

    SOLVED = "solved"
    DECLINED = "declined"
    NO_ANSWER = "no_answer"
    DUPLICATE = "duplicate"
    SPAM = "spam"


class EventKind(StrEnum):
    """What happened to a case."""

    OPENED = "opened"
    ESCALATED = "escalated"
    ASKED_AGAIN = "asked_again"  # in another conversation
    TAKEN = "taken"
    RELEASED = "released"
    NOTE = "note"
    PRIORITY = "priority"
    HANDED_BACK = "handed_back"
    CLOSED = "closed"


class Case(Base):
    """One conversation that a person must look at, from opening to closing."""

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("shop", "number"),
        # The database itself keeps a conversation from having two cases at work at once.
        Index(
            "uq_cases_live_conversation",
            "shop",
            "conversation_id",
            unique=True,
            sqlite_where=text("status != 'closed'"),
            postgresql_where=text("status != 'closed'"),
        ),
        Index("ix_cases_shop_status", "shop", "status"),
        Index("ix_cases_shop_order_number", "shop", "order_number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shop: Mapped[str] = mapped_column(String(64))
    number: Mapped[str] = mapped_column(String(20))
    conversation_id: Mapped[str] = mapped_column(String(64), index=True)
    # The gravest reason; `reasons` are all of them, this one first.
    reason: Mapped[str] = mapped_column(String(40))
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    priority: Mapped[str] = mapped_column(String(10))
    status: Mapped[str] = mapped_column(String(10), default=Status.OPEN.value)
    language: Mapped[str | None] = mapped_column(String(16))
    # Statements of desk/summary.py.
    summary: Mapped[list[Any]] = mapped_column(default=list)
    order_number: Mapped[str | None] = mapped_column(String(64))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    tried: Mapped[list[Any]] = mapped_column(default=list)
    opened_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    # When the shopper began to wait for a person: at the opening, and again when a case comes back to the queue.
    waiting_since: Mapped[datetime]
    taken_by: Mapped[str | None] = mapped_column(String(64))
    taken_at: Mapped[datetime | None]
    handed_back_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(20))


class CaseEvent(Base):
    """One thing that happened to a case; never changed, only added."""

    __tablename__ = "case_events"
    __table_args__ = (UniqueConstraint("shop", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    shop: Mapped[str] = mapped_column(String(64))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(20))
    agent: Mapped[str | None] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    key: Mapped[str | None] = mapped_column(String(128))


class CaseCounter(Base):
    """The last case number given out in a shop, so that no number is ever used twice."""

    __tablename__ = "case_counters"

    shop: Mapped[str] = mapped_column(String(64), primary_key=True)
    last: Mapped[int]
