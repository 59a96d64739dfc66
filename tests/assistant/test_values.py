"""Typed values in replies, written for readers of five languages."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.replies.catalogue import babel_locale
from assistant.replies.values import ValueProblem, Writer


def write(value: Any, language: str = "en", shopper: str | None = None) -> str:
    text = Writer(babel_locale(language, shopper), lambda name, values: f"<{name} {values}>").write(value)
    return text.replace("\u202f", " ").replace("\xa0", " ")


@pytest.mark.parametrize(
    ("language", "shopper", "expected"),
    [
        ("en", None, "€1,012.90"),
        ("es", None, "1.012,90 €"),
        ("es", "es-MX", "EUR1,012.90"),
        ("fr", None, "1 012,90 €"),
        ("de", None, "1.012,90 €"),
        ("zh-Hans", None, "€1,012.90"),
        ("fr", "de-CH", "1 012,90 €"),  # the shopper's locale only refines the reply's own language
    ],
)
def test_money_is_written_as_readers_expect(language: str, shopper: str | None, expected: str) -> None:
    assert write({"$money": ["1012.90", "EUR"]}, language, shopper) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "Wed, Nov 25, 2026"),
        ("es", "mié, 25 nov 2026"),
        ("fr", "mer. 25 nov. 2026"),
        ("de", "Mi., 25. Nov. 2026"),
        ("zh-Hans", "2026年11月25日周三"),
    ],
)
def test_dates_name_their_weekday(language: str, expected: str) -> None:
    assert write({"$date": "2026-11-25"}, language) == expected


def test_a_british_reader_gets_the_day_first() -> None:
    assert write({"$date": "2026-11-25"}, "en", "en-GB") == "Wed, 25 Nov 2026"


def test_moments_are_told_in_the_time_of_the_place() -> None:
    assert write({"$datetime": ["2026-11-25T23:30:00Z", "Europe/Paris"]}, "fr") == "jeu. 26 nov. 2026, 00:30"
    assert write({"$datetime": ["2026-11-25T23:30:00Z", "America/Toronto"]}, "en") == "Wed, Nov 25, 2026, 6:30 PM"


@pytest.mark.parametrize(
    ("value", "language", "expected"),
    [
        ({"$days": 1}, "en", "1 day"),
        ({"$days": 3}, "fr", "3 jours"),
        ({"$days": 3}, "zh-Hans", "3天"),
        ({"$hours": 48}, "de", "48 Stunden"),
        ({"$hours": 1}, "zh-Hans", "1小时"),
        ({"$time": "09:00"}, "en", "9:00 AM"),
        ({"$time": "18:30"}, "de", "18:30"),
        ({"$weekday": 0}, "es", "lunes"),
        ({"$weekday": 6}, "zh-Hans", "星期日"),
        ({"$number": "1234.5"}, "de", "1.234,5"),
        ({"$country": "CH"}, "es", "Suiza"),
        ({"$city": "Europe/London"}, "fr", "Londres"),
        ({"$language": "pl"}, "de", "Polnisch"),
        ({"$language": "zh-Hans"}, "en", "Simplified Chinese"),
        ({"$list": ["#1042", {"$days": 2}, "x"]}, "es", "#1042, 2 días y x"),
        ({"$list_or": ["a", "b"]}, "zh-Hans", "a或b"),
        ({"$reply": "term_customs"}, "en", "<term_customs {}>"),
        ({"$reply": ["term_days", {"n": 3}]}, "en", "<term_days {'n': 3}>"),
        ("plain {text}", "de", "plain {text}"),
        (1042, "de", "1042"),
    ],
)
def test_other_kinds(value: Any, language: str, expected: str) -> None:
    assert write(value, language) == expected


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        [1],
        {},
        {"a": 1, "b": 2},
        {"$unknown": 1},
        {"$money": ["ten", "EUR"]},
        {"$money": ["10", "XXY"]},
        {"$money": ["10"]},
        {"$date": "25/11/2026"},
        {"$datetime": ["2026-11-25T10:00:00", "Europe/Paris"]},
        {"$datetime": ["2026-11-25T10:00:00Z", "Europe/Atlantis"]},
        {"$datetime": ["2026-11-25T10:00:00Z", "../../etc/passwd"]},
        {"$days": "many"},
        {"$time": "25:00"},
        {"$weekday": 7},
        {"$country": "QQ"},
        {"$city": "Nowhere/Atall"},
        {"$language": "xx"},
        {"$list": "abc"},
        {"$list": [None]},
        {"$reply": ["a", {}, 3]},
    ],
)
def test_what_cannot_be_written_is_a_named_problem(value: Any) -> None:
    with pytest.raises(ValueProblem):
        write(value)
