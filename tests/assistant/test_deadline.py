"""Deadlines in five languages, and days that are none."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.nlu.deadline import DeadlineFinder

FINDER = DeadlineFinder({})
CHRISTMAS = {"kind": "holiday", "name": "christmas"}


def day(month: int, number: int, year: int | None = None) -> dict[str, Any]:
    return {"kind": "date", "month": month, "day": number, "year": year}


def weekday(number: int, **more: bool) -> dict[str, Any]:
    return {"kind": "weekday", "weekday": number, **more}


def before(value: dict[str, Any]) -> dict[str, Any]:
    return {**value, "before": True}


def week(ahead: int) -> dict[str, Any]:
    return {"kind": "week", "ahead": ahead}


def in_days(number: int) -> dict[str, Any]:
    return {"kind": "in_days", "days": number}


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("will it be here before Christmas?", "en", CHRISTMAS),
        ("by xmas eve", "en", day(12, 24)),
        ("need it by Friday", "en", weekday(4)),
        ("ordered last friday, will it be here by tuesday", "en", weekday(1)),
        ("arriving tomorrow?", "en", in_days(1)),
        ("the day after tomorrow", "en", in_days(2)),
        ("within two weeks", "en", in_days(14)),
        ("by the 24th of December 2026", "en", day(12, 24, 2026)),
        ("by 24 dec", "en", day(12, 24)),
        ("by 2026-12-24", "en", day(12, 24, 2026)),
        ("next week Friday", "en", weekday(4, next_week=True)),
        ("are you there on Boxing Day?", "en", day(12, 26)),
        ("open on Easter Monday", "en", {"kind": "holiday", "name": "easter_monday"}),
        ("before Easter please", "en", {"kind": "holiday", "name": "easter"}),
        ("am zweiten Weihnachtstag", "de", day(12, 26)),
        ("seid ihr an Heilige Drei Könige da", "de", day(1, 6)),
        ("und am Tag der Deutschen Einheit", "de", day(10, 3)),
        ("ouvert le lundi de Pâques ?", "fr", {"kind": "holiday", "name": "easter_monday"}),
        ("et à la Toussaint", "fr", day(11, 1)),
        ("¿y el Viernes Santo?", "es", {"kind": "holiday", "name": "good_friday"}),
        ("春节你们放假吗", "zh-Hans", {"kind": "holiday", "name": "spring_festival"}),
        ("¿llegará antes de Navidad?", "es", CHRISTMAS),
        ("lo necesito para el viernes", "es", weekday(4)),
        ("pasado mañana", "es", in_days(2)),
        ("mañana por la mañana", "es", in_days(1)),
        ("en tres días", "es", in_days(3)),
        ("antes del 24 de diciembre", "es", before(day(12, 24))),
        ("antes de Reyes", "es", before(day(1, 6))),
        ("avant Noël", "fr", CHRISTMAS),
        ("avant le 15 mars", "fr", before(day(3, 15))),
        ("d'ici vendredi", "fr", weekday(4)),
        ("après-demain", "fr", in_days(2)),
        ("sous deux semaines", "fr", in_days(14)),
        ("le 1er mars", "fr", day(3, 1)),
        ("vor Freitag", "de", before(weekday(4))),
        ("bis Weihnachten da?", "de", CHRISTMAS),
        ("bis zum 24.12.", "de", day(12, 24)),
        ("übermorgen", "de", in_days(2)),
        ("in drei Tagen", "de", in_days(3)),
        ("nächste Woche Mittwoch", "de", weekday(2, next_week=True)),
        ("圣诞节前能到吗", "zh-Hans", CHRISTMAS),
        ("下周三之前", "zh-Hans", weekday(2, next_week=True)),
        ("周五能到吗", "zh-Hans", weekday(4)),
        ("三天内", "zh-Hans", in_days(3)),
        ("12月24号之前能到吗", "zh-Hans", day(12, 24)),
        ("大后天", "zh-Hans", in_days(3)),
    ],
)
def test_deadlines(text: str, language: str, value: dict[str, Any]) -> None:
    found = FINDER.find(text, language)
    assert found is not None and found["value"] == value
    assert text[found["start"] : found["end"]] == found["text"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I ordered on Monday", "en"),
        ("ordered on 3rd of May", "en"),
        ("may I return it", "en"),
        ("good morning", "en"),
        ("I have been waiting 3 days", "en"),
        ("it cost 10.50", "en"),
        ("lo pedí el lunes", "es"),
        ("el lunes pasado", "es"),
        ("buenos días, por la mañana", "es"),
        ("commandé lundi", "fr"),
        ("j'attends depuis trois jours", "fr"),
        ("am Montag bestellt", "de"),
        ("letzten Montag", "de"),
        ("guten Morgen", "de"),
        ("我上周一下的单", "zh-Hans"),
        ("昨天下单的", "zh-Hans"),
        ("by the 45th of May", "en"),
        ("", "en"),
    ],
)
def test_days_that_are_no_deadline(text: str, language: str) -> None:
    assert FINDER.find(text, language) is None


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("not for Halloween, for Christmas", "en", CHRISTMAS),
        ("for Christmas, not for New Year", "en", CHRISTMAS),
        ("I need it by Friday rather than Monday", "en", weekday(4)),
        ("no para Reyes, para Navidad", "es", CHRISTMAS),
        ("para Reyes, no para Navidad", "es", day(1, 6)),
        ("lo quiero el jueves en vez del lunes", "es", weekday(3)),
        ("pas pour le Nouvel An, pour Noël", "fr", CHRISTMAS),
        ("avant vendredi et non lundi", "fr", before(weekday(4))),
        ("nicht bis Silvester, sondern bis Weihnachten", "de", CHRISTMAS),
        ("statt Montag lieber bis Donnerstag", "de", weekday(3)),
        ("不是元旦，是圣诞节前", "zh-Hans", CHRISTMAS),
        ("周五之前，不是周一", "zh-Hans", weekday(4)),
        # One day alone is what is asked about, denied or not.
        ("if it is not here by Friday I don't need it", "en", weekday(4)),
        ("not by Christmas?", "en", CHRISTMAS),
    ],
)
def test_of_two_days_the_denied_one_is_not_meant(text: str, language: str, value: dict[str, Any]) -> None:
    found = FINDER.find(text, language)
    assert found is not None and found["value"] == value


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("can it come before saturday", "en", before(weekday(5))),
        ("any time before the weekend?", "en", before(weekday(5))),
        ("by saturday", "en", weekday(5)),
        ("noch vor dem 5. Dezember", "de", before(day(12, 5))),
        ("spätestens bis Samstag", "de", weekday(5)),
        ("antes del sábado", "es", before(weekday(5))),
        ("para el sábado", "es", weekday(5)),
        ("avant samedi", "fr", before(weekday(5))),
        ("d'ici samedi", "fr", weekday(5)),
        # Saturday is taken in, as mostly in Chinese.
        ("周六之前", "zh-Hans", weekday(5)),
        ("before the end of the week", "en", week(0)),
        ("before next week", "en", before(week(1))),
        # As good as "by its eve", which the shop's calendar knows.
        ("before Christmas", "en", CHRISTMAS),
        ("antes de que acabe el viernes", "es", weekday(4)),
    ],
)
def test_before_a_day_is_not_by_it(text: str, language: str, value: dict[str, Any]) -> None:
    found = FINDER.find(text, language)
    assert found is not None and found["value"] == value


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("next week?", "en", week(1)),
        ("this week or what", "en", week(0)),
        ("friday next week", "en", weekday(4, next_week=True)),
        ("¿la semana que viene?", "es", week(1)),
        ("a finales de la semana que viene", "es", week(1)),
        ("la semaine prochaine", "fr", week(1)),
        ("bis Ende nächster Woche", "de", week(1)),
        ("kommt es nächste Woche", "de", week(1)),
        ("下周能到吗", "zh-Hans", week(1)),
        ("本周内", "zh-Hans", week(0)),
        ("下周末能到吗", "zh-Hans", weekday(5, next_week=True)),
        ("1023下周一之前能到吗", "zh-Hans", weekday(0, next_week=True)),
        ("bis 28.11", "de", day(11, 28)),
        ("by 28-11", "en", day(11, 28)),
        ("für Mittwoch nicht, für Donnerstag", "de", weekday(3)),
        ("para el miércoles no, para el jueves", "es", weekday(3)),
        ("mercredi non, jeudi", "fr", weekday(3)),
        ("周三不行，周四", "zh-Hans", weekday(3)),
    ],
)
def test_weeks_numbers_and_days_denied_afterwards(text: str, language: str, value: dict[str, Any]) -> None:
    found = FINDER.find(text, language)
    assert found is not None and found["value"] == value


def test_numeric_dates_are_read_by_the_shoppers_habit() -> None:
    def read(text: str, locale: str | None, language: str = "en") -> Any:
        found = FINDER.find(text, language, locale)
        return found and found["value"]

    assert read("by 5/3", "en-US") == day(5, 3)
    assert read("by 5/3", "en-GB") == day(3, 5)
    assert read("by 12/24", None) == day(12, 24)
    assert read("by 24/12/2026", "en-US") == day(12, 24, 2026)
    # As the replies write dates where nothing else is known of the shopper.
    assert read("by 5/3", None) == read("by 5/3", "en") == read("by 5/3", "no such locale") == day(5, 3)
    assert read("para el 5/3", "en-US", "es") == read("para el 5/3", "es-ES", "es") == day(3, 5)
    assert read("bis 5.3.", "de-CH", "de") == day(3, 5)
    assert read("12/3能到吗", "zh-CN", "zh-Hans") == day(12, 3)


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("is it coming next friday", "en", weekday(4, coming=True)),
        ("c'est pour mardi prochain ?", "fr", weekday(1, coming=True)),
        ("para el martes que viene", "es", weekday(1, coming=True)),
        ("el próximo viernes", "es", weekday(4, coming=True)),
        ("bis zum nächsten Dienstag", "de", weekday(1, coming=True)),
        ("mardi prochain non, vendredi", "fr", weekday(4)),
        ("mardi en huit", "fr", weekday(1, week_later=True)),
        # "passe" is not "passé".
        ("je passe le chercher le 12 décembre", "fr", day(12, 12)),
        ("Freitag in einer Woche", "de", weekday(4, week_later=True)),
        ("下下周二能到吗", "zh-Hans", {"kind": "weekday", "weekday": 1, "weeks": 2}),
        ("下周二能到吗", "zh-Hans", weekday(1, next_week=True)),
    ],
)
def test_which_of_the_weekdays_to_come(text: str, language: str, value: dict[str, Any]) -> None:
    found = FINDER.find(text, language)
    assert found is not None and found["value"] == value
