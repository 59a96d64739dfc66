"""Logging in: the right password, not too many tries, and the same work for names that do not exist."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy import Index, String, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.clock import utc_now
from core.database import Base, reading, transaction
from desk import accounts, sessions
from desk.accounts import MAXIMUM_PASSWORD, Staff

WINDOW = timedelta(minutes=15)
# From one address against one account; then the account from everywhere (a guess spread over many addresses, kept
# high so that a stranger cannot easily lock somebody out); then one address against all accounts.
TRIES_BY_PAIR = 5
TRIES_BY_ACCOUNT = 50
TRIES_BY_ADDRESS = 20


class WrongLogin(PermissionError):
    """The name or the password is wrong; which of them is not said."""


class TooManyTries(PermissionError):
    """Too many wrong tries; `minutes` says how long to wait."""

    def __init__(self, minutes: int) -> None:
        super().__init__(f"wait {minutes} minutes")
        self.minutes = minutes


class LoginTry(Base):
    """One try to log in that has not succeeded; removed when one succeeds, or after the window."""

    __tablename__ = "login_tries"
    __table_args__ = (Index("ix_login_tries_at", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    shop: Mapped[str] = mapped_column(String(63))
    name: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


def log_in(shop: str, name: str, password: str, address: str) -> str:
    """Return a new session's token. Takes some 50 ms of a processor on purpose: call it in a thread.

    Raises:
        WrongLogin: no active account has this name and password.
        TooManyTries: from here, or for this account, there were too many wrong tries in the last 15 minutes.
    """
    account = _who(shop, name, password, address)
    with transaction() as session:
        if accounts.hash_is_outdated(account.password_hash):
            session.execute(
                update(Staff).where(Staff.id == account.id).values(password_hash=accounts.hash_password(password))
            )
        return sessions.start(session, account.id)


def change_password(shop: str, name: str, current: str, new: str, token: str) -> None:
    """Give somebody who is logged in with a token another password, and end their other sessions. As slow as `log_in`.

    Raises:
        WrongLogin: the current password is wrong.
        TooManyTries: it was wrong too often in the last 15 minutes.
        AccountError: the new password is too weak.
    """
    accounts.check_password(name, new)
    _who(shop, name, current, f"session of {name}")
    with transaction() as session:
        accounts.change(session, shop, name, password=new, keep=token)


def _who(shop: str, name: str, password: str, address: str) -> Staff:
    """Return the active account with a name and a password; the try counts until it succeeds."""
    name, address = name.strip().lower()[:64], address[:64]
    # The try is counted before the password is looked at: many at once get no more tries than one after another.
    with transaction() as session:
        _count_try(session, shop, name, address)
    with reading() as session:
        account = accounts.find(session, shop, name)
    stored = account.password_hash if account is not None else _nobodys_hash()
    fits = accounts.password_matches(stored, password[: MAXIMUM_PASSWORD + 1])
    if account is None or not account.active or not fits:
        raise WrongLogin
    with transaction() as session:
        session.execute(
            delete(LoginTry).where(LoginTry.shop == shop, LoginTry.name == name, LoginTry.address == address)
        )
    return account


def _count_try(session: Session, shop: str, name: str, address: str) -> None:
    now = utc_now()
    session.execute(delete(LoginTry).where(LoginTry.at < now - WINDOW))
    for limit, condition in (
        (TRIES_BY_PAIR, (LoginTry.name == name) & (LoginTry.address == address)),
        (TRIES_BY_ACCOUNT, LoginTry.name == name),
        (TRIES_BY_ADDRESS, LoginTry.address == address),
    ):
        tries, first = session.execute(
            select(func.count(), func.min(LoginTry.at)).where(LoginTry.shop == shop, condition)
        ).one()
        if tries >= limit:
            wait = first + WINDOW - now
            raise TooManyTries(max(1, -(-int(wait.total_seconds()) // 60)))
    session.add(LoginTry(shop=shop, name=name, address=address, at=now))


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    # A name that does not exist costs the same time as one that does.
    return accounts.hash_password("nobody has this password")
