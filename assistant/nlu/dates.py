"""Days that are no deadline: "ordered on Monday", "gestern", "il y a deux semaines", "on 3 May", "the 15th".

The grammar is the one of deadlines (deadline.py), with past days from dates.yml. Nothing is resolved here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from assistant.nlu.deadline import days_named, weekday_names
from assistant.nlu.finder import Finder, Passage
from assistant.nlu.numbers import number_in_words, number_of
from assistant.nlu.phrases import any_of, data_of, entry, fold, lexicons

_DATA = Path(__file__).with_name("dates.yml")
_Found = tuple[int, int, dict[str, Any]]
# "Friday, 3 May": the weekday stands beside a date and is a part of it.
_BESIDE = re.compile(r"[\s,(]{0,3}(?:the|den|dem|der|el|le|on|am)?[\s,)]{0,2}")

_ARTICLE = re.compile(r"(?<![^\W_])(?:on the|the|on|el|del|la|le|du|am|vom|den|dem|der)\s$")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class DateFinder(Finder):
    """Adds a `date` for every day that a message names and that is not its `deadline`.

    Values are those of the deadline; a day that lies behind has "past": true, and the number of "in_days" is below zero
    ("yesterday" is -1). Beside those there are {"kind": "in_months", "months": -2} ("two months ago"), and dates whose
    month is null ("the 15th").
    """

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        for language in lexicons():
            _past_rules(language)

    def read(self, passage: Passage) -> None:
        """Add the days of a passage."""
        dates = list(passage.taken)
        for start, end, value in [*_past(passage), *_named(passage), *_of_the_month(passage)]:
            if value.get("kind") == "weekday" and _is_beside(passage.folded, start, end, dates):
                continue
            # "el lunes", "am Montag": the small word before a day belongs to how the day is named.
            article = _ARTICLE.search(passage.folded, max(0, start - 8), start)
            whole = article.start() if article and passage.free(article.start(), end) else start
            if passage.add("date", whole, end, value):
                dates.append((start, end))


def _is_beside(folded: str, start: int, end: int, dates: list[tuple[int, int]]) -> bool:
    return any(
        (end <= s and _BESIDE.fullmatch(folded[end:s]) and folded[s : s + 1].isdigit())
        or (e <= start and _BESIDE.fullmatch(folded[e:start]) and folded[s:e][-1:].isdigit())
        for s, e in dates
    )


def _named(passage: Passage) -> Iterator[_Found]:
    for match, value, past in days_named(passage.text, passage.language, passage.locale):
        yield match.start(), match.end(), {**value, "past": True} if past else value


def _past(passage: Passage) -> Iterator[_Found]:
    for pattern, value in _past_rules(passage.language):
        for match in pattern.finditer(passage.folded):
            yield match.start(), match.end(), value(match, passage.language)


def _of_the_month(passage: Passage) -> Iterator[_Found]:
    for pattern in _days_of_the_month(passage.language):
        for match in pattern.finditer(passage.folded):
            day = int(match["d"])
            measures = _measured(passage.language).match(passage.folded[match.end() :].lstrip())
            if 1 <= day <= 31 and not measures:
                yield match.start(), match.end(), {"kind": "date", "month": None, "day": day, "year": None}


@cache
def _measured(language: str) -> re.Pattern[str]:
    return any_of([*(entry(language, "numbers", "amount_after") or []), *(entry("en", "numbers", "measure") or [])])


@cache
def _days_of_the_month(language: str) -> tuple[re.Pattern[str], ...]:
    day = r"(?P<d>\d{1,2})(?!\d)(?![.,]\d)"
    begin = "" if language.startswith("zh") else "(?<![a-z0-9])"
    written = data_of(_DATA)[language]["day_of_month"]
    return tuple(re.compile(begin + w.replace(" ", r"\s").replace("{d}", day) + r"(?![a-z])") for w in written)


@cache
def _past_rules(language: str) -> list[tuple[re.Pattern[str], Any]]:
    data = data_of(_DATA)[language]
    weekdays = {fold(name): day for name, day in weekday_names(language).items()}
    number = rf"(?P<n>\d{{1,3}}|{number_in_words(language)})"
    names = "|".join(re.escape(name) for name in sorted(weekdays, key=len, reverse=True))

    def weekday(match: re.Match[str], _language: str) -> dict[str, Any]:
        return {"kind": "weekday", "weekday": weekdays[match["weekday"]], "past": True}

    def counted(each: int, kind: str = "days") -> Any:
        def value(match: re.Match[str], language: str) -> dict[str, Any]:
            written = match.groupdict().get("n")
            count = 1 if written is None else number_of(written, language) or 1
            return {"kind": f"in_{kind}", kind: -count * each}

        return value

    def constant(days: int) -> Any:
        return lambda _match, _language: {"kind": "in_days", "days": -days}

    named = {days: any_of(phrases) for days, phrases in data["days_ago"].items()}
    return [
        *((_template(t, weekday=rf"(?P<weekday>{names})"), weekday) for t in data["past_weekday"]),
        *((_template(t, n=number), counted(1)) for t in data["n_days_ago"]),
        *((_template(t, n=number), counted(7)) for t in data["n_weeks_ago"]),
        *((_template(t, n=number), counted(1, "months")) for t in data["n_months_ago"]),
        # The day before yesterday before yesterday.
        *((pattern, constant(days)) for days, pattern in sorted(named.items(), reverse=True)),
    ]


def _template(template: str, **parts: str) -> re.Pattern[str]:
    body = re.escape(fold(template)).replace(r"\ ", r"\s+")
    for name, pattern in parts.items():
        body = body.replace(rf"\{{{name}\}}", f"(?:{pattern})")
    before = "" if template[:1] > "\u3400" or template[:3] == "{n}" else "(?<![a-z0-9])"
    return re.compile(rf"{before}{body}(?![a-z0-9])")
