"""Settings of the services, from the environment, `.env` and the generated secrets.

Order of precedence: the process's environment, then `.env` (python-dotenv), then `var/secrets.env`
(written by `core.secrets` on first start), then the defaults below. `.env.example` lists them all.
"""

from __future__ import annotations

import os
import re
from datetime import datetime
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from dotenv import dotenv_values
from pydantic import AwareDatetime, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "QUAYSIDE_"


class SettingsError(RuntimeError):
    """A setting is missing or wrong; the message names it and says what to do."""


class Settings(BaseSettings):
    """Every setting, typed. Names in the environment carry the prefix `QUAYSIDE_`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    shop: str = Field("demo", pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")
    shop_name: str = "Harbour & Pine"
    # The shop's order numbers, without the "#": how they are recognised, and one to show to shoppers.
    order_number_pattern: str = r"\d{4,6}"
    order_number_example: str = "1042"
    var_dir: Path = ROOT / "var"
    log_level: str = Field("INFO", pattern=r"^(DEBUG|INFO|WARNING|ERROR)$")
    clock: AwareDatetime | None = None

    database_url: str = ""

    gateway_host: str = "127.0.0.1"
    gateway_port: int = Field(8000, ge=1, le=65535)
    gateway_internal_port: int = Field(8002, ge=1, le=65535)
    console_host: str = "127.0.0.1"
    console_port: int = Field(8001, ge=1, le=65535)
    assistant_port: int = Field(5005, ge=1, le=65535)
    actions_port: int = Field(5055, ge=1, le=65535)

    allowed_origins: str = ""
    # Addresses of the proxies in front of gateway and console, comma-separated (core/addresses.py).
    trusted_proxies: str = ""
    secure_cookies: bool = False
    message_max_chars: int = Field(2000, ge=100, le=20000)
    messages_per_minute: int = Field(20, ge=1, le=10000)
    conversations_per_hour: int = Field(30, ge=1, le=100000)
    assistant_timeout_seconds: float = Field(30.0, gt=0, le=300)
    assistant_concurrency: int = Field(8, ge=1, le=256)

    secret_key: str = Field("", repr=False)
    proof_secret: str = Field("", repr=False)
    assistant_token: str = Field("", repr=False)
    actions_token: str = Field("", repr=False)
    internal_token: str = Field("", repr=False)
    console_user: str = "admin"
    console_password: str = Field("", repr=False)

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
            raise ValueError(f"this is not a regular expression: {error}") from None
        if pattern.fullmatch("") or pattern.fullmatch("order"):
            raise ValueError("words without a digit must not be order numbers; write something like SO-\\d{4,6}")
        return value

    @model_validator(mode="after")
    def _example_fits_the_pattern(self) -> Settings:
        if not re.fullmatch(self.order_number_pattern, self.order_number_example, re.IGNORECASE):
            raise ValueError(
                f"{PREFIX}ORDER_NUMBER_EXAMPLE {self.order_number_example!r} is not an order number by "
                f"{PREFIX}ORDER_NUMBER_PATTERN {self.order_number_pattern!r}; set both, without the '#'"
            )
        return self

    @property
    def services_database_url(self) -> str:
        """SQLAlchemy address of the services' database; SQLite under `var_dir` unless set."""
        return self.database_url or f"sqlite:///{self.var_dir / 'quayside.sqlite'}"

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


def _env_file() -> dict[str, str]:
    # QUAYSIDE_ENV_FILE names another file: tests must not see what a developer keeps in .env.
    path = Path(os.environ.get(f"{PREFIX}ENV_FILE") or ROOT / ".env")
    values = {k: v for k, v in dotenv_values(path).items() if v is not None}
    for name in values:
        if name.startswith(PREFIX) and name.removeprefix(PREFIX).lower() not in Settings.model_fields:
            near = get_close_matches(name, [PREFIX + field.upper() for field in Settings.model_fields], n=1)
            hint = f"; did you mean {near[0]}?" if near else "; .env.example lists all there are."
            raise SettingsError(f"Unknown setting {name} in {path.name}{hint}")
    return values


def environment() -> dict[str, str]:
    """Return the merged `QUAYSIDE_*` variables: environment over `.env` over generated secrets.

    Raises:
        SettingsError: `.env` names a setting that does not exist.
    """
    from core.secrets import SECRETS_FILE_NAME

    merged = {**_env_file(), **os.environ}
    var_dir = Path(merged.get(f"{PREFIX}VAR_DIR") or ROOT / "var")
    generated = {k: v for k, v in dotenv_values(var_dir / SECRETS_FILE_NAME).items() if v}
    # An empty line in .env (as copied from .env.example) means "not set": the default or the generated secret holds.
    given = {k: v for k, v in merged.items() if k.startswith(PREFIX) and v != ""}
    return {**generated, **given}


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings, read once per process.

    Raises:
        SettingsError: a value is not valid; the message names the setting and what is wrong with it.
    """
    values = {k.removeprefix(PREFIX).lower(): v for k, v in environment().items()}
    known = {k: v for k, v in values.items() if k in Settings.model_fields}
    try:
        return Settings.model_validate(known)
    except ValidationError as error:
        lines = [
            f"{PREFIX}{str(e['loc'][0]).upper()}: {e['msg']} (it is {e['input']!r})" if e["loc"] else e["msg"]
            for e in error.errors()
        ]
        raise SettingsError("Wrong setting in .env or the environment. " + "; ".join(lines)) from error
