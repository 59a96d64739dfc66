"""Sessions of the shop's people: who is logged in, until when; kept on the server, ended at will."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.clock import utc_now
from core.database import Base
from desk.accounts import Role, Staff

# An agent may read along for a while without touching anything, but not go home with the desk open.
IDLE = timedelta(minutes=60)
# No session outlives a long shift, however busy.
LONGEST = timedelta(hours=12)
# Activity is written down at most this often, so that not every click is a write.
_TOUCH_EVERY = timedelta(seconds=60)


class StaffSession(Base):
    """One login. The token itself is known to the browser only; here is its SHA-256."""

    __tablename__ = "staff_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]


@dataclass(frozen=True)
class Person:
    """Somebody who is logged in."""

    id: int
    shop: str
    name: str
    display_name: str
    role: Role
    language: str | None


def start(session: Session, staff_id: int) -> str:
    """Begin a session and return its token; sessions of anybody that have run out are removed on the way."""
    now = utc_now()
    session.execute(
        delete(StaffSession).where((StaffSession.seen_at < now - IDLE) | (StaffSession.started_at < now - LONGEST))
    )
    token = secrets.token_urlsafe(32)
    session.add(StaffSession(token_hash=_hash(token), staff_id=staff_id, started_at=now, seen_at=now))
    return token


def person_of(session: Session, token: str) -> Person | None:
    """Return who is logged in with a token; None if the session is unknown, over, or its account locked."""
    now = utc_now()
    account = session.scalar(
        select(Staff)
        .join(StaffSession, StaffSession.staff_id == Staff.id)
        .where(
            StaffSession.token_hash == _hash(token),
            StaffSession.seen_at >= now - IDLE,
            StaffSession.started_at >= now - LONGEST,
            Staff.active,
        )
    )
    return None if account is None else as_person(account)


def as_person(account: Staff) -> Person:
    """Return an account's owner without its secrets."""
    return Person(account.id, account.shop, account.name, account.display_name, Role(account.role), account.language)


def last_seen(session: Session, shop: str) -> dict[str, datetime]:
    """Return who is signed in to a shop's desk, by the account's name, and when they last did something."""
    now = utc_now()
    rows = session.execute(
        select(Staff.name, func.max(StaffSession.seen_at))
        .join(StaffSession, StaffSession.staff_id == Staff.id)
        .where(
            Staff.shop == shop,
            Staff.active,
            StaffSession.seen_at >= now - IDLE,
            StaffSession.started_at >= now - LONGEST,
        )
        .group_by(Staff.name)
    )
    return {row[0]: row[1] for row in rows}


def touch(session: Session, token: str) -> None:
    """Note that the person of a session did something, so that it does not run out."""
    row = session.get(StaffSession, _hash(token))
    if row is not None and utc_now() - row.seen_at >= _TOUCH_EVERY:
        row.seen_at = utc_now()


def end(session: Session, token: str) -> None:
    """End one session; nothing happens if it is over already."""
    session.execute(delete(StaffSession).where(StaffSession.token_hash == _hash(token)))


def end_all_of(session: Session, staff_id: int, *, but: str | None = None) -> None:
    """End every session of an account, except the one with the token `but`."""
    ending = delete(StaffSession).where(StaffSession.staff_id == staff_id)
    session.execute(ending if but is None else ending.where(StaffSession.token_hash != _hash(but)))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
