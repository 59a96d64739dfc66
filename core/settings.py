"""Settings of the services, from the environment, `.env` and the generated secrets.

Order of precedence: the process's environment, then `.env` (python-dotenv), then `var/secrets.env`
(written by `core.secrets` on first start), then the defaults below. `.env.example` lists them all.
"""

from __future__ import annotations

import ipaddress
import os
import re
from datetime import datetime
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from dotenv.parser import parse_stream
from pydantic import AwareDatetime, Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "QUAYSIDE_"
# As browsers write it: scheme, host and perhaps a port; a slash at the end is a common slip that does not matter.
_ORIGIN = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:\d{1,5})?/?", re.IGNORECASE)
_DATABASES = ("sqlite", "postgresql+psycopg")


class SettingsError(RuntimeError):
    """A setting is missing or wrong; the message names it and says what to do."""


# The description of a field ends the sentence "QUAYSIDE_X must be …" that a wrong value is answered with.


def _number(default: float, low: float, high: float) -> Any:
    kind = "a whole number" if isinstance(default, int) else "a number"
    return Field(default, ge=low, le=high, description=f"{kind} from {low} to {high}")


def _port(default: int) -> Any:
    return _number(default, 1, 65535)


def _secret() -> Any:
    # ASCII: tokens travel in HTTP headers. Sixteen characters are what assistant and action server ask for.
    described = "at least 16 letters, digits and signs (ASCII, no spaces), or left empty: then it is generated"
    return Field("", repr=False, pattern=r"^([!-~]{16,})?$", description=described)


class Settings(BaseSettings):
    """Every setting, typed. Names in the environment carry the prefix `QUAYSIDE_`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    shop: str = Field(
        "demo",
        pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$",
        description="a key of small letters, digits, - and _, such as my-shop",
    )
    shop_name: str = "Harbour & Pine"
    # The shop's order numbers, without the "#": how they are recognised, and one to show to shoppers.
    order_number_pattern: str = r"\d{4,6}"
    order_number_example: str = "1042"
    # Sentence encoders, joined by commas; "" for those of config.yml (assistant/nlu/encoders).
    encoders: str = ""
    var_dir: Path = ROOT / "var"
    log_level: str = Field("INFO", pattern=r"^(DEBUG|INFO|WARNING|ERROR)$", description="DEBUG, INFO, WARNING or ERROR")
    clock: AwareDatetime | None = Field(
        None, description="a moment with a time zone, such as 2026-12-01T10:00:00+00:00"
    )

    database_url: str = ""

    gateway_host: str = "127.0.0.1"
    gateway_port: int = _port(8000)
    gateway_internal_port: int = _port(8002)
    console_host: str = "127.0.0.1"
    console_port: int = _port(8001)
    assistant_port: int = _port(5005)
    actions_port: int = _port(5055)

    allowed_origins: str = ""
    # Addresses of the proxies in front of gateway and console, comma-separated (core/addresses.py).
    trusted_proxies: str = ""
    secure_cookies: bool = Field(False, description="true or false")
    message_max_chars: int = _number(2000, 100, 20000)
    messages_per_minute: int = _number(20, 1, 10000)
    conversations_per_hour: int = _number(30, 1, 100000)
    assistant_timeout_seconds: float = _number(30.0, 0.1, 300)
    assistant_concurrency: int = _number(8, 1, 256)

    secret_key: str = _secret()
    proof_secret: str = _secret()
    assistant_token: str = _secret()
    actions_token: str = _secret()
    internal_token: str = _secret()
    console_user: str = Field(
        "admin",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{1,62}$",
        description="a name of at least two letters, digits and . _ -, such as admin",
    )
    # As many characters as desk.accounts asks of every other password.
    console_password: str = Field(
        "",
        repr=False,
        pattern=r"^(?s:.{10,256})?$",
        description="at least 10 characters, or left empty: then it is generated",
    )

    @field_validator("var_dir")
    @classmethod
    def _home_is_meant(cls, value: Path) -> Path:
        return value.expanduser()

    @field_validator("log_level", mode="before")
    @classmethod
    def _level_in_capitals(cls, value: object) -> object:
        return value.strip().upper() if isinstance(value, str) else value

    @field_validator("clock", mode="before")
    @classmethod
    def _empty_clock_is_none(cls, value: str | datetime | None) -> str | datetime | None:
        return value or None

    @field_validator("order_number_pattern")
    @classmethod
    def _pattern_is_of_numbers(cls, value: str) -> str:
        try:
            pattern = re.compile(value, re.IGNORECASE)
        except re.error as error:
            raise ValueError(f"is not a regular expression ({error}); write something like SO-\\d{{4,6}}") from None
        if pattern.fullmatch("") or pattern.fullmatch("order"):
            raise ValueError("would take words without a digit for order numbers; write something like SO-\\d{4,6}")
        return value

    @field_validator("database_url")
    @classmethod
    def _database_is_served(cls, value: str) -> str:
        # The address holds a password: it is not shown.
        from sqlalchemy.engine import make_url
        from sqlalchemy.exc import ArgumentError

        if not value:
            return value
        try:
            served = make_url(value).drivername in _DATABASES
        except (ArgumentError, ValueError):
            served = False
        if not served:
            raise ValueError(
                "is no address of a database that is served. Write postgresql+psycopg://user:password@host/quayside or "
                "sqlite:////folder/quayside.sqlite, or leave it empty for SQLite in the var folder"
            )
        return value

    @field_validator("allowed_origins")
    @classmethod
    def _origins_are_origins(cls, value: str) -> str:
        for origin in listed(value):
            if origin != "*" and not _ORIGIN.fullmatch(origin):
                raise ValueError(
                    f"lists {origin!r}, which is no web origin; write https://shop.example, several with commas between"
                )
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies_are_addresses(cls, value: str) -> str:
        for proxy in listed(value):
            try:
                ipaddress.ip_network(proxy)
            except ValueError:
                raise ValueError(
                    f"lists {proxy!r}, which is neither an address nor a network; write 10.0.0.1 or 10.0.0.0/8, "
                    "several with commas between"
                ) from None
        return value

    @model_validator(mode="after")
    def _example_fits_the_pattern(self) -> Settings:
        if not re.fullmatch(self.order_number_pattern, self.order_number_example, re.IGNORECASE):
            raise ValueError(
                f"{PREFIX}ORDER_NUMBER_EXAMPLE {self.order_number_example!r} is not an order number by "
                f"{PREFIX}ORDER_NUMBER_PATTERN {self.order_number_pattern!r}; set both, without the '#'"
            )
        return self

    @model_validator(mode="after")
    def _every_door_has_its_port(self) -> Settings:
        doors: dict[int, str] = {}
        for name in ("gateway", "gateway_internal", "console", "assistant", "actions"):
            setting, port = f"{PREFIX}{name.upper()}_PORT", getattr(self, f"{name}_port")
            if port in doors:
                raise ValueError(f"{doors[port]} and {setting} are both {port}; give each a port of its own")
            doors[port] = setting
        return self

    @property
    def services_database_url(self) -> str:
        """SQLAlchemy address of the services' database; SQLite under `var_dir` unless set."""
        from sqlalchemy.engine import URL

        # Not put together by hand: a "?" in the folder's name would begin the options.
        embedded = URL.create("sqlite", database=str(self.var_dir / "quayside.sqlite"))
        return self.database_url or embedded.render_as_string()

    @property
    def tracker_database_path(self) -> Path:
        """File of Rasa's tracker store when no other store is set."""
        return self.var_dir / "tracker.sqlite"

    @property
    def assistant_url(self) -> str:
        """Address of the assistant's channel, on loopback."""
        return f"http://127.0.0.1:{self.assistant_port}/webhooks/quayside"

    @property
    def actions_url(self) -> str:
        """Address of the action server's webhook, on loopback."""
        return f"http://127.0.0.1:{self.actions_port}/webhook"

    @property
    def gateway_internal_url(self) -> str:
        """Address of the gateway's staff door, on loopback."""
        return f"http://127.0.0.1:{self.gateway_internal_port}"


def listed(value: str) -> list[str]:
    """Return the parts of a setting that is a list with commas between; empty ones are left out."""
    return [part.strip() for part in value.split(",") if part.strip()]


def _read_file(path: Path) -> dict[str, str]:
    """Return what stands in a file of NAME=value lines; none when there is no such file.

    Raises:
        SettingsError: it cannot be read, or a line is none; python-dotenv would only leave it out.
    """
    if not path.exists():
        return {}
    try:
        with path.open(encoding="utf-8") as file:
            for binding in parse_stream(file):
                if binding.error or (binding.key is not None and binding.value is None):
                    text = binding.original.string
                    line = binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")
                    raise SettingsError(
                        f"Line {line} of {path} is not a setting. Write NAME=value there, close every quotation mark, "
                        "and begin remarks with #."
                    )
        return {k: v for k, v in dotenv_values(path).items() if v is not None}
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not UTF-8 text. Save it as UTF-8.") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read ({error.strerror}). Make it readable, or remove it.") from error


def _env_file() -> dict[str, str]:
    # QUAYSIDE_ENV_FILE names another file: tests must not see what a developer keeps in .env.
    path = Path(os.environ.get(f"{PREFIX}ENV_FILE") or ROOT / ".env")
    values = _read_file(path)
    names = [field.upper() for field in Settings.model_fields]
    for name in values:
        # In small letters it would be overlooked without a word.
        if name.upper().startswith(PREFIX) and name not in map(PREFIX.__add__, names):
            # Without the prefix, which all of them share.
            near = get_close_matches(name.upper().removeprefix(PREFIX), names, n=1)
            hint = f"; did you mean {PREFIX}{near[0]}?" if near else "; .env.example lists all there are."
            raise SettingsError(f"Unknown setting {name} in {path.name}{hint}")
    return values


def environment() -> dict[str, str]:
    """Return the merged `QUAYSIDE_*` variables: environment over `.env` over generated secrets.

    Raises:
        SettingsError: a file has a line that is no setting, or `.env` names a setting that does not exist.
    """
    from core.secrets import SECRETS_FILE_NAME

    merged = {**_env_file(), **os.environ}
    var_dir = Path(merged.get(f"{PREFIX}VAR_DIR") or ROOT / "var").expanduser()
    generated = {k: v for k, v in _read_file(var_dir / SECRETS_FILE_NAME).items() if v}
    # An empty line in .env (as copied from .env.example) means "not set": the default or the generated secret holds.
    given = {k: v for k, v in merged.items() if k.startswith(PREFIX) and v != ""}
    return {**generated, **given}


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings, read once per process.

    Raises:
        SettingsError: a value is not valid; the message names the setting and says what it must be.
    """
    values = {k.removeprefix(PREFIX).lower(): v for k, v in environment().items()}
    known = {k: v for k, v in values.items() if k in Settings.model_fields}
    try:
        return Settings.model_validate(known)
    except ValidationError as error:
        wrong = "; ".join(_sentence(each) for each in error.errors())
        raise SettingsError(f"Wrong setting in .env or the environment. {wrong}.") from error


def _sentence(error: ErrorDetails) -> str:
    own_words = str(error["ctx"]["error"]) if error["type"] == "value_error" else ""
    if not error["loc"]:
        return own_words
    field = str(error["loc"][0])
    name, expected = PREFIX + field.upper(), Settings.model_fields[field]
    if own_words:
        return f"{name} {own_words}"
    # Secrets are not shown.
    given = f", not {error['input']!r}" if expected.repr else ""
    return f"{name} must be {expected.description}{given}"
