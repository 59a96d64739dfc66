"""The shop's people: their accounts, their roles, and the command that makes an account.

python -m desk.staff add anna --role agent --display-name Anna
python -m desk.staff list | password anna | role anna lead | deactivate anna | activate anna
"""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.clock import utc_now
from core.database import Base
from core.settings import SettingsError

MINIMUM_PASSWORD = 10
MAXIMUM_PASSWORD = 256  # nobody types more, and hashing a megabyte would be a way to keep us busy
_NAME = re.compile(r"^[a-z0-9][a-z0-9._-]{1,62}$")
_HASHER = PasswordHasher()


class Role(StrEnum):
    """What somebody at the shop does. Every role may read; `may_answer` and `may_overrule` say who may do more."""

    AGENT = "agent"
    LEAD = "lead"
    TRAINER = "trainer"
    MANAGER = "manager"
    ADMIN = "admin"

    @property
    def may_answer(self) -> bool:
        """Take over conversations, answer shoppers, work on cases."""
        return self in {Role.AGENT, Role.LEAD, Role.ADMIN}

    @property
    def reads_codes(self) -> bool:
        """Work with the assistant itself, so that its own names of intents, actions and slots mean something."""
        return self is not Role.AGENT

    @property
    def may_overrule(self) -> bool:
        """Take a case out of a colleague's hands, and read the access log."""
        return self in {Role.LEAD, Role.ADMIN}


class AccountError(ValueError):
    """An account cannot be made or changed like this; the message says why."""


class Staff(Base):
    """One person's account."""

    __tablename__ = "staff"
    __table_args__ = (UniqueConstraint("shop", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    shop: Mapped[str] = mapped_column(String(63))
    name: Mapped[str] = mapped_column(String(64))
    display_name: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(10))
    password_hash: Mapped[str] = mapped_column(String(200))
    # The first admin's password follows the settings until somebody sets another one here.
    from_settings: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str | None] = mapped_column(String(16))
    created_at: Mapped[datetime]


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password."""
    return _HASHER.hash(password)


def password_matches(password_hash: str, password: str) -> bool:
    """Tell whether a password belongs to a hash. Takes some 50 ms on purpose: call it outside transactions."""
    try:
        return _HASHER.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def hash_is_outdated(password_hash: str) -> bool:
    """Tell whether a hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(password_hash)


def find(session: Session, shop: str, name: str) -> Staff | None:
    """Return the account with this name, active or not."""
    return session.scalar(select(Staff).where(Staff.shop == shop, Staff.name == name.strip().lower()))


def accounts(session: Session, shop: str) -> list[Staff]:
    """Return all accounts of a shop, by name."""
    return list(session.scalars(select(Staff).where(Staff.shop == shop).order_by(Staff.name)))


def add(  # noqa: PLR0913
    session: Session, *, shop: str, name: str, password: str, role: Role | str, display_name: str = ""
) -> Staff:
    """Make an account. Raises AccountError: the name is taken or not a name, the password is too weak."""
    name = name.strip().lower()
    if not _NAME.fullmatch(name):
        raise AccountError(f"{name!r} is not a name for an account: use 2 to 63 of a-z, 0-9, dot, dash, underscore")
    if find(session, shop, name) is not None:
        raise AccountError(f"there is an account {name!r} already")
    check_password(name, password)
    account = Staff(
        shop=shop,
        name=name,
        display_name=display_name.strip() or name.capitalize(),
        role=Role(role).value,
        password_hash=hash_password(password),
        created_at=utc_now(),
    )
    session.add(account)
    session.flush()
    return account


def check_password(name: str, password: str) -> None:
    """Raise AccountError if a password is too short, too long or the account's own name."""
    if len(password) < MINIMUM_PASSWORD:
        raise AccountError(f"the password is too short: at least {MINIMUM_PASSWORD} characters")
    if len(password) > MAXIMUM_PASSWORD:
        raise AccountError(f"the password is too long: at most {MAXIMUM_PASSWORD} characters")
    if name in password.lower() and len(password) < len(name) + MINIMUM_PASSWORD // 2:
        raise AccountError("the password is the account's name with little else")


def change(  # noqa: PLR0913
    session: Session,
    shop: str,
    name: str,
    *,
    password: str | None = None,
    role: Role | str | None = None,
    active: bool | None = None,
    keep: str | None = None,
) -> Staff:
    """Change an account and end its sessions but the one with the token `keep`, so that the change holds at once.

    Raises AccountError.
    """
    from desk.sessions import end_all_of

    account = find(session, shop, name)
    if account is None:
        raise AccountError(f"there is no account {name!r}")
    if password is not None:
        check_password(account.name, password)
        account.password_hash, account.from_settings = hash_password(password), False
    if role is not None:
        account.role = Role(role).value
    if active is not None:
        account.active = active
    end_all_of(session, account.id, but=keep)
    return account


def ensure_first_admin(session: Session, shop: str, name: str, password: str) -> None:
    """Make the admin named in the settings, and keep their password in step with the settings.

    Another password there ends their sessions; another name there closes the account of the name before. An account
    that has been given another password in the console or with `python -m desk.staff password` is left alone.

    Raises:
        SettingsError: there is no password in the settings and no account yet.
    """
    from desk.sessions import end_all_of

    account = find(session, shop, name)
    if account is None:
        if not password:
            if accounts(session, shop):
                return
            raise SettingsError("nobody can log in: set QUAYSIDE_CONSOLE_PASSWORD in .env, or run `make setup`")
        account = Staff(
            shop=shop,
            name=name.strip().lower(),
            display_name=name.strip().capitalize(),
            role=Role.ADMIN.value,
            password_hash=hash_password(password),
            from_settings=True,
            created_at=utc_now(),
        )
        session.add(account)
    elif account.from_settings and password and not password_matches(account.password_hash, password):
        account.password_hash = hash_password(password)
        end_all_of(session, account.id)
    for before in accounts(session, shop):
        if account.from_settings and before.from_settings and before.active and before.name != account.name:
            before.active, account.active = False, True
            end_all_of(session, before.id)
