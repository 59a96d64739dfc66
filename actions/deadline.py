"""The day a shopper means by "before Christmas", "by Friday" or "by the 24th of December"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from holidays import country_holidays


@dataclass(frozen=True, slots=True)
class Limit:
    """The day a shopper named; `before` it, when that very day is too late."""

    day: date
    before: bool = False

    @property
    def last_day(self) -> date:
        """The last day on which it is in time."""
        return self.day - timedelta(1) if self.before else self.day


@dataclass(frozen=True, slots=True)
class _Movable:
    """A holiday counted from another one: in which country's calendar, what that is called, how many days off."""

    country: str
    name: str
    off: int = 0


# Holidays by the names that the lexicons give them; month and day where these are always the same.
_HOLIDAYS: dict[str, tuple[int, int] | _Movable] = {
    "christmas": (12, 25),
    "maundy_thursday": _Movable("DE", "Easter Monday", -4),
    "good_friday": _Movable("DE", "Easter Monday", -3),
    "easter": _Movable("DE", "Easter Monday", -1),
    "easter_monday": _Movable("DE", "Easter Monday"),
    "ascension": _Movable("DE", "Easter Monday", 38),
    "whit_sunday": _Movable("DE", "Easter Monday", 48),
    "whit_monday": _Movable("DE", "Easter Monday", 49),
    "spring_festival": _Movable("CN", "Chinese New Year (Spring Festival)"),
}
# A day without a year that was so recently is meant to be past; otherwise next year's is meant.
_RECENT_DAYS = 90


def resolve(deadline: Any, today: date) -> Limit | None:
    """Return the day by which or before which it is in time, or None when there is no deadline or it names no day.

    Args:
        deadline: the value of the entity `deadline` (assistant/nlu/deadline.py).
        today: today's date where the parcel goes.
    """
    if not isinstance(deadline, dict):
        return None
    reader = _READERS.get(str(deadline.get("kind")))
    try:
        day = reader(deadline, today) if reader else None
        # Nobody means yesterday by "before tonight".
        return Limit(day, before=bool(deadline.get("before")) and day > today) if day else None
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def day_meant(value: Any, today: date) -> date | None:
    """Return the day that a message names when it gives no limit ("are you open at Easter?"), or None."""
    limit = resolve(value, today)
    if limit is None:
        return None
    return limit.day + timedelta(1) if value.get("kind") == "holiday" else limit.day


def _holiday(deadline: dict[str, Any], today: date) -> date:
    """What is to be there for a holiday, under the tree, has to come by its eve."""
    found = _HOLIDAYS[str(deadline["name"])]
    if not isinstance(found, _Movable):
        return _of_year(today, *found) - timedelta(1)
    this_year = _in_calendar(found, today.year)
    recently = today - this_year <= timedelta(_RECENT_DAYS)
    return (this_year if recently else _in_calendar(found, today.year + 1)) - timedelta(1)


@lru_cache(maxsize=64)
def _in_calendar(found: _Movable, year: int) -> date:
    calendar = country_holidays(found.country, years=year, language="en_US")
    return calendar.get_named(found.name, lookup="exact")[0] + timedelta(found.off)


def _weekday(deadline: dict[str, Any], today: date) -> date:
    weekday = int(deadline["weekday"]) % 7
    weeks = 1 if deadline.get("next_week") else int(deadline.get("weeks") or 0)
    if weeks:
        return today - timedelta(today.weekday()) + timedelta(7 * weeks + weekday)
    ahead = (weekday - today.weekday()) % 7
    if deadline.get("coming") and ahead == 0:
        return today + timedelta(7)
    return today + timedelta(ahead + (7 if deadline.get("week_later") else 0))


def _week(deadline: dict[str, Any], today: date) -> date:
    """By a week is by its Sunday, before it is before its Monday."""
    monday = today + timedelta(7 * int(deadline["ahead"]) - today.weekday())
    return monday if deadline.get("before") else monday + timedelta(6)


def _date(deadline: dict[str, Any], today: date) -> date:
    month, number, year = int(deadline["month"]), int(deadline["day"]), deadline.get("year")
    return date(int(year), month, number) if year else _of_year(today, month, number)


def _in_days(deadline: dict[str, Any], today: date) -> date:
    return today + timedelta(int(deadline["days"]))


def _of_year(today: date, month: int, number: int) -> date:
    this_year = date(today.year, month, number)
    recently = timedelta(0) < today - this_year <= timedelta(_RECENT_DAYS)
    return this_year if this_year >= today or recently else date(today.year + 1, month, number)


_READERS: dict[str, Callable[[dict[str, Any], date], date]] = {
    "holiday": _holiday,
    "weekday": _weekday,
    "week": _week,
    "date": _date,
    "in_days": _in_days,
}
