"""Typed values in replies: what an action sends ({"$money": ["12.90", "EUR"]}), written for one language.

A typed value is a JSON object with a single key that begins with "$". Anything else that is not an object is written as
it stands; amounts are Decimals all the way, dates are never strings that somebody formatted before.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timezone
from decimal import Decimal, InvalidOperation
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, get_timezone_location
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, get_currency_symbol
from babel.units import format_unit

_BRIEF_DAY = "yMMMEd"
# The year in CLDR's patterns of a full day, with what ties it to the rest ("EEEE, d 'de' MMMM 'de' y").
_YEAR = re.compile(r",?\s*(?:'de'\s*)?y年?")
# A day so near needs no year.
_NEAR_DAYS = 62
# Where an article stands before the day ("el martes 1 de diciembre"), no comma follows the weekday.
_ARTICLE_BEFORE_DAY = ("es", "fr")
_FIRST_OF_MONTH = re.compile(r"\b1(?= [^\W\d])")
# CLDR's French "£GB" and "$US": a sign that readers know alone, or have to be told by the code.
_SIGN_AND_COUNTRY = re.compile(r"([^\w\s])[A-Z]+")
_KNOWN_SIGNS = "£"
# CLDR wants a space between a currency's code and the number; Babel does not set it.
_CODE_AND_NUMBER = re.compile(r"(?<=[A-Z]{3})(?=\d)")


def _today() -> date:
    return datetime.now(timezone.utc).date()


class ValueProblem(ValueError):
    """A typed value is malformed, or its type is unknown; the text says which."""


@dataclass(frozen=True)
class Writer:
    """Writes typed values for one reader.

    Attributes:
        locale: the Babel locale to write in.
        say: gives the translated text of another response, filled with values: (name, values) → text.
        brief: whether days are written short, as on a card, instead of in words, as in a sentence.
        today: the day on which it is read; a near day is written without its year.
    """

    locale: Locale
    say: Callable[[str, dict[str, Any]], str]
    brief: bool = False
    today: date = field(default_factory=_today)

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
        sign = _SIGN_AND_COUNTRY.fullmatch(get_currency_symbol(currency, self.locale))
        text = format_currency(Decimal(amount), currency, locale=self.locale)
        if sign:
            text = text.replace(sign[0], sign[1] if sign[1] in _KNOWN_SIGNS else currency)
        return _CODE_AND_NUMBER.sub("\xa0", text)

    def _date(self, content: str) -> str:
        return self._day(date.fromisoformat(content))

    def _day(self, day: date) -> str:
        if self.brief:
            text = format_skeleton(_BRIEF_DAY, day, locale=self.locale)
        else:
            pattern = str(self.locale.date_formats["full"].pattern)
            if day.year == self.today.year or 0 <= (day - self.today).days <= _NEAR_DAYS:
                pattern = _YEAR.sub("", pattern)
            if self.locale.language in _ARTICLE_BEFORE_DAY:
                pattern = pattern.replace("EEEE,", "EEEE")
            text = format_date(day, pattern, locale=self.locale)
        # French says "1er", and no pattern does.
        return _FIRST_OF_MONTH.sub("1er", text, count=1) if self.locale.language == "fr" else text

    def _datetime(self, content: list[str]) -> str:
        moment, zone = content
        instant = datetime.fromisoformat(moment.replace("Z", "+00:00"))
        if instant.tzinfo is None:
            raise ValueProblem(f"{moment!r} has no time zone")
        local = instant.astimezone(ZoneInfo(zone))
        pattern = str(self.locale.datetime_formats["medium"]).replace("'", "")
        return pattern.format(format_time(local, "short", locale=self.locale), self._day(local.date()))

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
