"""Typed values for replies: the assistant writes them in the shopper's language (contract in assistant/replies)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from commerce.money import Money

# What JSON carries: a plain string or number, or an object with one key such as {"$date": "2026-11-25"}.
Typed = str | int | dict[str, Any]


def money(amount: Money) -> Typed:
    """An amount with its currency."""
    return {"$money": [str(amount.amount), amount.currency]}


def day(value: date) -> Typed:
    """A day, written with its weekday."""
    return {"$date": value.isoformat()}


def moment(at: datetime, zone: str) -> Typed:
    """A moment (aware), as the clock in an IANA zone shows it."""
    return {"$datetime": [at.isoformat(), zone]}


def time_of_day(at: time) -> Typed:
    """A time of day, without a zone."""
    return {"$time": at.isoformat("minutes")}


def weekday(number: int) -> Typed:
    """The name of a day of the week; Monday is 0."""
    return {"$weekday": number}


def days(count: int) -> Typed:
    """A number of days, with the word ("3 days")."""
    return {"$days": count}


def hours(count: int) -> Typed:
    """A number of hours, with the word."""
    return {"$hours": count}


def city_of(zone: str) -> Typed:
    """The name of the city that an IANA time zone is called after."""
    return {"$city": zone}


def country(code: str) -> Typed:
    """The name of a country, from its ISO 3166-1 alpha-2 code."""
    return {"$country": code}


def language(code: str) -> Typed:
    """The name of a language, from its code ("de", "zh-Hans")."""
    return {"$language": code}


def listing(items: Iterable[Typed]) -> Typed:
    """Several values as a list in words ("a, b and c")."""
    return {"$list": list(items)}


def listing_or(items: Iterable[Typed]) -> Typed:
    """Several values as alternatives ("a, b or c")."""
    return {"$list_or": list(items)}


def reply(name: str, /, **values: Typed) -> Typed:
    """Another reply of domain.yml, to be put into this one."""
    return {"$reply": [name, values] if values else name}


def option(name: str, payload: str, /, **values: Typed) -> dict[str, Any]:
    """A quick reply: its title is a reply of domain.yml, its payload what Rasa gets when it is pressed."""
    return {"title": reply(name, **values), "payload": payload}
