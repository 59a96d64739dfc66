"""The table of tries to prove who a shopper is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class IdentityAttempt(Base):
    """One try: an order number with a contact, in one message. The contact itself is not kept."""

    __tablename__ = "identity_attempts"
    __table_args__ = (
        # A message that is worked on again is the same try.
        UniqueConstraint("shop", "conversation_id", "message_id", "order_number"),
        Index("ix_identity_attempts_conversation", "shop", "conversation_id"),
        Index("ix_identity_attempts_order", "shop", "order_number", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shop: Mapped[str] = mapped_column(String(64))
    conversation_id: Mapped[str] = mapped_column(String(64))
    message_id: Mapped[str] = mapped_column(String(128))
    order_number: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    proved: Mapped[bool] = mapped_column(default=False)
