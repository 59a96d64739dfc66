"""Typed values in replies, written for readers of five languages."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from assistant.replies.catalogue import babel_locale
from assistant.replies.values import ValueProblem, Writer

TODAY = date(2026, 12, 1)


def write(value: Any, language: str = "en", shopper: str | None = None, *, brief: bool = False) -> str:
    locale = babel_locale(language, shopper)
    text = Writer(locale, lambda name, values: f"<{name} {values}>", brief, TODAY).write(value)
    return text.replace("\u202f", " ").replace("\xa0", " ")


@pytest.mark.parametrize(
    ("language", "shopper", "expected"),
    [
        ("en", None, "€1,012.90"),
        ("es", None, "1.012,90 €"),
        ("es", "es-MX", "EUR 1,012.90"),
        ("fr", None, "1 012,90 €"),
        ("de", None, "1.012,90 €"),
        ("zh-Hans", None, "€1,012.90"),
        ("fr", "de-CH", "1 012,90 €"),  # the shopper's locale only refines the reply's own language
    ],
)
def test_money_is_written_as_readers_expect(language: str, shopper: str | None, expected: str) -> None:
    assert write({"$money": ["1012.90", "EUR"]}, language, shopper) == expected


@pytest.mark.parametrize(
    ("currency", "language", "shopper", "expected"),
    [
        ("GBP", "fr", None, "14,90 £"),
        ("USD", "fr", None, "14,90 USD"),
        ("USD", "en", None, "$14.90"),
        ("USD", "de", None, "14,90 $"),
        ("CAD", "fr", "fr-CA", "14,90 $"),
        ("CAD", "es", "es-MX", "CAD 14.90"),
        ("MXN", "es", "es-MX", "$14.90"),
        ("CHF", "en", None, "CHF 14.90"),
    ],
)
def test_a_currency_has_its_sign_where_that_is_plain_and_else_its_code(
    currency: str, language: str, shopper: str | None, expected: str
) -> None:
    assert write({"$money": ["14.90", currency]}, language, shopper) == expected


@pytest.mark.parametrize(
    ("language", "in_a_sentence", "on_a_card"),
    [
        ("en", "Wednesday, November 25", "Wed, Nov 25, 2026"),
        ("es", "miércoles 25 de noviembre", "mié, 25 nov 2026"),
        ("fr", "mercredi 25 novembre", "mer. 25 nov. 2026"),
        ("de", "Mittwoch, 25. November", "Mi., 25. Nov. 2026"),
        ("zh-Hans", "11月25日星期三", "2026年11月25日周三"),
    ],
)
def test_days_are_in_words_in_a_sentence_and_short_on_a_card(language: str, in_a_sentence: str, on_a_card: str) -> None:
    assert write({"$date": "2026-11-25"}, language) == in_a_sentence
    assert write({"$date": "2026-11-25"}, language, brief=True) == on_a_card


@pytest.mark.parametrize(
    ("day", "language", "expected"),
    [
        ("2027-01-15", "en", "Friday, January 15"),
        ("2027-03-15", "en", "Monday, March 15, 2027"),
        ("2025-12-02", "es", "martes 2 de diciembre de 2025"),
        ("2025-12-02", "de", "Dienstag, 2. Dezember 2025"),
        ("2025-12-02", "zh-Hans", "2025年12月2日星期二"),
    ],
)
def test_only_a_day_of_another_year_that_is_not_near_has_its_year(day: str, language: str, expected: str) -> None:
    assert write({"$date": day}, language) == expected


def test_the_first_of_a_month_is_an_ordinal_in_french() -> None:
    assert write({"$date": "2026-12-01"}, "fr") == "mardi 1er décembre"
    assert write({"$date": "2026-12-01"}, "fr", brief=True) == "mar. 1er déc. 2026"
    assert write({"$date": "2026-12-11"}, "fr") == "vendredi 11 décembre"
    assert write({"$datetime": ["2026-12-01T09:01:00Z", "Europe/Paris"]}, "fr") == "mardi 1er décembre, 10:01"


def test_a_british_reader_gets_the_day_first() -> None:
    assert write({"$date": "2026-11-25"}, "en", "en-GB") == "Wednesday, 25 November"


def test_moments_are_told_in_the_time_of_the_place() -> None:
    assert write({"$datetime": ["2026-11-25T23:30:00Z", "Europe/Paris"]}, "fr") == "jeudi 26 novembre, 00:30"
    assert write({"$datetime": ["2026-11-25T23:30:00Z", "America/Toronto"]}, "en") == "Wednesday, November 25, 6:30 PM"


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
