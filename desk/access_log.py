"""The access log: which of the shop's people saw or touched a shopper's conversation, and when."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.clock import utc_now
from core.database import Base


class AccessKind(StrEnum):
    """What somebody did with personal data."""

    LISTED = "listed"  # cases or conversations, with their summaries
    SEARCHED = "searched"
    OPENED = "opened"
    ANSWERED = "answered"
    TOOK_OVER = "took_over"
    HANDED_BACK = "handed_back"
    FREED = "freed"  # a lead took it out of a colleague's hands


class Access(Base):
    """One access; never changed, only added."""

    __tablename__ = "access_log"
    __table_args__ = (Index("ix_access_log_conversation", "shop", "conversation_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    shop: Mapped[str] = mapped_column(String(63))
    at: Mapped[datetime]
    staff: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(20))
    conversation_id: Mapped[str | None] = mapped_column(String(64))
    case_number: Mapped[str | None] = mapped_column(String(20))


def record_access(  # noqa: PLR0913
    session: Session,
    *,
    shop: str,
    staff: str,
    kind: AccessKind,
    conversation_id: str | None = None,
    case_number: str | None = None,
) -> None:
    """Write down, in the caller's transaction, who did what to whose conversation."""
    session.add(
        Access(
            shop=shop,
            at=utc_now(),
            staff=staff,
            kind=kind.value,
            conversation_id=conversation_id,
            case_number=case_number,
        )
    )


def accesses_of(session: Session, shop: str, conversation_id: str, limit: int = 50) -> list[Access]:
    """Return the latest accesses to a conversation, newest first."""
    return list(
        session.scalars(
            select(Access)
            .where(Access.shop == shop, Access.conversation_id == conversation_id)
            .order_by(Access.id.desc())
            .limit(limit)
        )
    )
