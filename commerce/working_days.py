"""Working days, Monday to Friday."""

from __future__ import annotations

from datetime import date, timedelta

_SATURDAY = 5


def is_working_day(day: date) -> bool:
    """Tell whether a day is one from Monday to Friday; public holidays are the caller's knowledge."""
    return day.weekday() < _SATURDAY


def add_working_days(day: date, count: int) -> date:
    """Return the working day that comes so many working days after a day."""
    while count > 0:
        day += timedelta(1)
        if is_working_day(day):
            count -= 1
    return day


def working_days_between(first: date, last: date) -> int:
    """Return how many working days have begun after `first`, up to and with `last`; 0 if `last` is not later."""
    return sum(is_working_day(first + timedelta(n)) for n in range(1, (last - first).days + 1))
