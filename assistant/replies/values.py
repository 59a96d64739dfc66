"""Typed values in replies: what an action sends ({"$money": ["12.90", "EUR"]}), written for one language.

A typed value is a JSON object with a single key that begins with "$". Anything else that is not an object is written as
it stands; amounts are Decimals all the way, dates are never strings that somebody formatted before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_skeleton, format_time, get_timezone_location
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal
from babel.units import format_unit

_DAY = "yMMMEd"


class ValueProblem(ValueError):
    """A typed value is malformed, or its type is unknown; the text says which."""


@dataclass(frozen=True)
class Writer:
    """Writes typed values for one reader.

    Attributes:
        locale: the Babel locale to write in.
        say: gives the translated text of another response, filled with values: (name, values) → text.
    """

    locale: Locale
    say: Callable[[str, dict[str, Any]], str]

    def write(self, value: Any) -> str:
        """Return a typed value as text.

        Raises:
            ValueProblem: the value is null, an object of no known type, or its content does not fit its type.
        """
        if isinstance(value, dict):
            return self._typed(value)
        if value is None or isinstance(value, (list, bool)):
            raise ValueProblem(f"{type(value).__name__} is not a value that can be written")
        return str(value)

    def _typed(self, value: dict[str, Any]) -> str:
        if len(value) != 1:
            raise ValueProblem(f"an object with the keys {sorted(value)} is not a typed value")
        ((kind, content),) = value.items()
        writer = _WRITERS.get(kind)
        if writer is None:
            raise ValueProblem(f"{kind} is not a known type of value")
        try:
            return writer(self, content)
        except ValueProblem:
            raise
        except (ValueError, TypeError, KeyError, InvalidOperation, ZoneInfoNotFoundError, UnknownLocaleError) as error:
            raise ValueProblem(f"{kind} cannot be written from its content: {error}") from error

    def _money(self, content: list[str]) -> str:
        amount, currency = content
        if currency not in self.locale.currencies:
            raise ValueProblem(f"{currency!r} is not a currency")
        return format_currency(Decimal(amount), currency, locale=self.locale)

    def _date(self, content: str) -> str:
        return format_skeleton(_DAY, date.fromisoformat(content), locale=self.locale)

    def _datetime(self, content: list[str]) -> str:
        moment, zone = content
        instant = datetime.fromisoformat(moment.replace("Z", "+00:00"))
        if instant.tzinfo is None:
            raise ValueProblem(f"{moment!r} has no time zone")
        local = instant.astimezone(ZoneInfo(zone))
        pattern = str(self.locale.datetime_formats["medium"]).replace("'", "")
        day = format_skeleton(_DAY, local, locale=self.locale)
        return pattern.format(format_time(local, "short", locale=self.locale), day)

    def _time(self, content: str) -> str:
        return format_time(time.fromisoformat(content), "short", locale=self.locale)

    def _weekday(self, content: int) -> str:
        return str(self.locale.days["stand-alone"]["wide"][int(content)])

    def _number(self, content: int | str) -> str:
        return format_decimal(Decimal(str(content)), locale=self.locale)

    def _days(self, content: int) -> str:
        return self._duration(content, "duration-day")

    def _hours(self, content: int) -> str:
        return self._duration(content, "duration-hour")

    def _duration(self, amount: int, unit: str) -> str:
        whole = int(amount)
        text = format_unit(whole, unit, length="long", locale=self.locale)
        # Where CLDR says "long is like short" (Chinese, Japanese…) Babel does not follow and prints the unit's id.
        return format_unit(whole, unit, length="short", locale=self.locale) if unit in text else text

    def _country(self, content: str) -> str:
        return str(self.locale.territories[content])

    def _language(self, content: str) -> str:
        return str(self.locale.languages[content.replace("-", "_")])

    def _city(self, zone: str) -> str:
        return str(get_timezone_location(ZoneInfo(zone), locale=self.locale, return_city=True))

    def _list(self, content: list[Any]) -> str:
        return self._joined(content, "standard")

    def _list_or(self, content: list[Any]) -> str:
        return self._joined(content, "or")

    def _joined(self, items: list[Any], style: Literal["standard", "or"]) -> str:
        if not isinstance(items, list):
            raise ValueProblem("a list is needed")
        return format_list([self.write(item) for item in items], style, locale=self.locale)

    def _reply(self, content: str | list[Any]) -> str:
        if isinstance(content, str):
            return self.say(content, {})
        name, values = content
        return self.say(name, values)


_WRITERS: dict[str, Callable[[Writer, Any], str]] = {
    "$money": Writer._money,
    "$date": Writer._date,
    "$datetime": Writer._datetime,
    "$time": Writer._time,
    "$weekday": Writer._weekday,
    "$number": Writer._number,
    "$days": Writer._days,
    "$hours": Writer._hours,
    "$country": Writer._country,
    "$language": Writer._language,
    "$city": Writer._city,
    "$list": Writer._list,
    "$list_or": Writer._list_or,
    "$reply": Writer._reply,
}
