"""The day a shopper means by "before Christmas", "by Friday" or "on the 24th"."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from dateutil.easter import easter  # type: ignore[import-untyped]

# Holidays that are not on a fixed day are counted from Easter.
_FIXED = {
    "christmas_eve": (12, 24),
    "christmas": (12, 24),  # what is to be under the tree has to come by the 24th
    "new_year": (12, 31),
    "new_years_eve": (12, 31),
    "valentines_day": (2, 14),
    "halloween": (10, 31),
    "saint_nicholas": (12, 6),
    "epiphany": (1, 6),
}
_FROM_EASTER = {"easter": -1, "good_friday": -2}


def resolve(deadline: Any, today: date) -> date | None:
    """Return the last day on which it is in time, or None when there is no deadline or it names no day.

    Args:
        deadline: the value of the entity `deadline` (a weekday counts from today, 0 is Monday).
        today: today's date where the parcel goes.
    """
    if not isinstance(deadline, dict):
        return None
    reader = _READERS.get(str(deadline.get("kind")))
    try:
        return reader(deadline, today) if reader else None
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _holiday(deadline: dict[str, Any], today: date) -> date | None:
    name = str(deadline["name"])
    if name in _FIXED:
        month, number = _FIXED[name]
        return _next(today, lambda year: date(year, month, number))
    if name in _FROM_EASTER:
        return _next(today, lambda year: easter(year) + timedelta(_FROM_EASTER[name]))
    return None


def _weekday(deadline: dict[str, Any], today: date) -> date:
    return today + timedelta((int(deadline["weekday"]) - today.weekday()) % 7)


def _date(deadline: dict[str, Any], today: date) -> date:
    number, month, year = int(deadline["day"]), deadline.get("month"), deadline.get("year")
    if year:
        return date(int(year), int(month or today.month), number)
    if month:
        return _next(today, lambda y: date(y, int(month), number))
    # "the 24th": of this month, or the next when it is past.
    this_month = today.replace(day=number)
    return this_month if this_month >= today else (this_month.replace(day=1) + timedelta(32)).replace(day=number)


def _in_days(deadline: dict[str, Any], today: date) -> date:
    return today + timedelta(int(deadline["days"]))


def _next(today: date, in_year: Callable[[int], date]) -> date:
    this_year = in_year(today.year)
    return this_year if this_year >= today else in_year(today.year + 1)


_READERS: dict[str, Callable[[dict[str, Any], date], date | None]] = {
    "holiday": _holiday,
    "weekday": _weekday,
    "date": _date,
    "in_days": _in_days,
}
