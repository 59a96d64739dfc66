"""Relative dates of the demo shop's data ("-3d 14:10", "-10h", "+2d") made real for a moment."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_AGO = re.compile(r"-(\d+)h")
_DAY = re.compile(r"([+-]?\d+)d")
_DAY_AND_TIME = re.compile(r"([+-]?\d+)d (\d{1,2}):(\d{2})")
# What should have happened later today has happened just now: a shop without events in the future.
_JUST_NOW = timedelta(minutes=5)


class Moments:
    """Reads relative dates as they are at `now` (aware)."""

    def __init__(self, now: datetime) -> None:
        self.now = now.astimezone(UTC).replace(second=0, microsecond=0)

    def at(self, text: str, zone: str) -> datetime:
        """Return a moment of the past, in UTC: "-10h", or "-3d 14:10" on the clock of a zone.

        Raises:
            ValueError: the text is neither.
        """
        if ago := _AGO.fullmatch(text):
            return self.now - timedelta(hours=int(ago[1]))
        parts = _DAY_AND_TIME.fullmatch(text)
        if not parts:
            raise ValueError(f"{text!r} is not a moment such as '-3d 14:10' or '-10h'")
        day = self._today(zone) + timedelta(int(parts[1]))
        local = datetime.combine(day, time(int(parts[2]), int(parts[3])), ZoneInfo(zone))
        if local <= self.now - _JUST_NOW:
            return local.astimezone(UTC)
        midnight = datetime.combine(self._today(zone), time(0), ZoneInfo(zone))
        return max(midnight.astimezone(UTC), self.now - _JUST_NOW)

    def day(self, text: str, zone: str) -> date:
        """Return a day, "0d" being today in a zone.

        Raises:
            ValueError: the text is not a day.
        """
        parts = _DAY.fullmatch(text)
        if not parts:
            raise ValueError(f"{text!r} is not a day such as '+2d'")
        return self._today(zone) + timedelta(int(parts[1]))

    def _today(self, zone: str) -> date:
        return self.now.astimezone(ZoneInfo(zone)).date()
