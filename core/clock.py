"""The one clock of the services: aware, UTC, and fixed when a test says so."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from core.settings import settings


def utc_now() -> datetime:
    """Return the present moment, aware, in UTC; `QUAYSIDE_CLOCK` fixes it for tests."""
    return (settings().clock or datetime.now(UTC)).astimezone(UTC)


def today(zone: str = "UTC") -> date:
    """Return today's date in an IANA time zone (default UTC)."""
    return utc_now().astimezone(ZoneInfo(zone)).date()
