"""Deadlines that shoppers name: "before Christmas", "vor Freitag", "avant le 15 mars", "下周三之前", "in three days".

Months and weekdays come from CLDR (Babel), the rest from the lexicons. Nothing is resolved here: an action knows what
day it is for the shop.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from assistant.nlu.component import Component, add_entities, language_of, text_of
from assistant.nlu.phrases import any_of, entry, fold, lexicons

# How far back a word such as "before" or "ordered" still speaks of the day.
_NEAR, _REACH = 14, 48
_AFTER = 16
_NUMERIC = re.compile(r"(?<![\d./-])(\d{1,4})([./-])(\d{1,2})(?:\2(\d{2,4}))?(?:\.)?(?![\d/-])")
_CLAUSE_END = re.compile(r"[.,;!?。，；！？\n]")
_WEEK_DAYS = 7


@dataclass(frozen=True)
class _Rule:
    """How days are written; `whole` what ends with them: "before the end of the week" is by its last day."""

    pattern: re.Pattern[str]
    value: Callable[[re.Match[str]], dict[str, Any] | None]
    whole: bool = False


@dataclass(frozen=True)
class _Grammar:
    """How one language names days: rules in order of preference, and the words that make a day a deadline or past."""

    rules: tuple[_Rule, ...]
    before: re.Pattern[str]
    past: re.Pattern[str]
    past_after: re.Pattern[str]
    not_a_day: re.Pattern[str]
    denied: re.Pattern[str]
    denied_after: re.Pattern[str]
    strictly_before: re.Pattern[str]
    up_to: re.Pattern[str]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class DeadlineFinder(Component):
    """Adds `deadline`: the first day a message gives as a limit.

    Values: {"kind": "holiday", "name": "christmas"}; {"kind": "weekday", "weekday": 0..6 (Monday is 0)}; {"kind":
    "week", "ahead": 0, 1 or 2} (this week, next week, the one after); {"kind": "date", "month", "day", "year" (or
    null)}; {"kind": "in_days", "days"}; with "before": true when that very day is too late ("before Saturday", not "by
    Saturday"). A weekday may say which: "next_week": true, "weeks": 2 (of the week after next), "coming": true (the
    next one, never today), "week_later": true (a week after the next one). A day that lies in the past of the story ("I
    ordered on Monday") is none.
    """

    def process(self, messages: list[Message]) -> list[Message]:
        """Find the deadline of incoming messages."""
        for message in messages:
            metadata = message.get("metadata") or {}
            found = self.find(text_of(message), language_of(message), metadata.get("locale"))
            add_entities(message, [found] if found else [])
        return messages

    def find(self, text: str, language: str = "en", locale: str | None = None) -> dict[str, Any] | None:
        """Return the deadline entity of a text, or None.

        Args:
            text: the message.
            language: of the message.
            locale: the shopper's; where it writes dates with the month first, 5/3 is the third of May.
        """
        grammar = _grammar(language if language in lexicons() else "en")
        denied: list[tuple[re.Match[str], dict[str, Any]]] = []
        for match, value, past in days_named(text, language, locale):
            if past:
                continue
            if _is_denied(match.string, match, grammar) or any(_lies_in(match, day) for day, _ in denied):
                denied.append((match, value))
            else:
                return self._entity(text, match, value)
        # "Not by Friday?", with no other day beside it, still asks about Friday.
        return self._entity(text, *denied[0]) if denied else None

    def _entity(self, text: str, match: re.Match[str], value: dict[str, Any]) -> dict[str, Any]:
        return {
            "entity": "deadline",
            "start": match.start(),
            "end": match.end(),
            "value": value,
            "text": text[match.start() : match.end()],
            "extractor": type(self).__name__,
        }


def days_named(
    text: str, language: str, locale: str | None = None
) -> Iterator[tuple[re.Match[str], dict[str, Any], bool]]:
    """Give the days of a text with their values, and whether they are past, in the order of the rules.

    One day may be given several times, by the part that is read of it: "next Friday", and then "Friday".
    """
    language = language if language in lexicons() else "en"
    grammar, month_first = _grammar(language), _writes_month_first(language, locale)
    folded = grammar.not_a_day.sub(lambda match: " " * len(match[0]), fold(text))
    numeric = _Rule(_NUMERIC, lambda match: _numeric_date(match, grammar.up_to, month_first=month_first))
    for rule in (*grammar.rules, numeric):
        for match in rule.pattern.finditer(folded):
            value = rule.value(match)
            if value:
                strict = not rule.whole and _said_before(grammar.strictly_before, match)
                yield match, {**value, "before": True} if strict else value, _is_past(folded, match, grammar)


def _lies_in(day: re.Match[str], whole: re.Match[str]) -> bool:
    """Whether a day is but a part of another one: "Thursday" of "next Thursday"."""
    return whole.start() <= day.start() and day.end() <= whole.end()


def _is_denied(folded: str, day: re.Match[str], grammar: _Grammar) -> bool:
    return bool(_said_before(grammar.denied, day) or grammar.denied_after.match(folded, day.end()))


def _said_before(phrases: re.Pattern[str], day: re.Match[str]) -> bool:
    """Whether one of the phrases of `_right_before` leads up to a day."""
    return bool(phrases.search(day.string, max(0, day.start() - _REACH), day.start()))


def _is_past(folded: str, day: re.Match[str], grammar: _Grammar) -> bool:
    before = folded[max(0, day.start() - _REACH) : day.start()]
    limits = [match.end() for match in grammar.before.finditer(before)]
    if limits and len(before) - limits[-1] <= _NEAR:
        return any(match.start() >= limits[-1] for match in grammar.past.finditer(before))
    clause_before = _CLAUSE_END.split(before)[-1]
    clause_after = _CLAUSE_END.split(folded[day.end() : day.end() + _AFTER])[0]
    return bool(grammar.past.search(clause_before) or grammar.past_after.search(clause_after))


@cache
def _grammar(language: str) -> _Grammar:
    words = entry(language, "deadline")
    locale = Locale.parse(language, sep="-")
    weekdays, months = _weekdays(locale, words["weekdays"]), _months(locale)
    rules = [
        *_named_weekday(words["week_after_next"], weekdays, {"weeks": 2}),
        *_named_weekday(words["next_week"], weekdays, {"next_week": True}),
        *_named_weekday(words["week_later"], weekdays, {"week_later": True}),
        *_named_weekday(words["coming"], weekdays, {"coming": True}),
        *(_constant(phrases, _week(ahead), whole=True) for ahead, phrases in words["week_ends"].items()),
        *(_constant(phrases, _week(ahead)) for ahead, phrases in words["weeks"].items()),
        *_written_dates(words, months),
        *(_constant(phrases, _fixed_date(day)) for day, phrases in words["dates"].items()),
        # What is to be there before a holiday has to come by its eve; the shop's calendar knows that.
        *(_constant(phrases, {"kind": "holiday", "name": n}, whole=True) for n, phrases in words["holidays"].items()),
        *_counted(words["in_n_days"], words["number_words"], 1),
        *_counted(words["in_n_weeks"], words["number_words"], _WEEK_DAYS),
        # The longest phrase first: "day after tomorrow" is not "tomorrow".
        _looked_up({phrase: days for days, phrases in words["in_days"].items() for phrase in phrases}, _in_days),
        _looked_up(weekdays, lambda day: {"kind": "weekday", "weekday": day}),
    ]
    lists = {name: any_of(words[name]) for name in ("before", "past", "past_after", "not_a_day")}
    return _Grammar(
        tuple(rules),
        **lists,
        denied=_right_before(words["denied"], small_words=3),
        denied_after=re.compile(rf"\s*(?:{any_of(words['denied_after']).pattern})\s*[,;.，；。、]"),
        strictly_before=_right_before(words["strictly_before"], small_words=2),
        up_to=_right_before([*words["strictly_before"], *words["up_to"]], small_words=1),
    )


def _right_before(phrases: list[str], small_words: int) -> re.Pattern[str]:
    """What is said of the day that follows: "not for", "nicht bis zum"; up to so many small words stand between."""
    return re.compile(rf"(?:{any_of(phrases).pattern})\s*(?:[^\W\d_]{{1,5}}['\s]\s*){{0,{small_words}}}$")


def _weekdays(locale: Locale, more: dict[int, list[str]]) -> dict[str, int]:
    names = {name: day for form in ("stand-alone", "format") for day, name in locale.days[form]["wide"].items()}
    plurals = {f"{name}s": day for name, day in names.items() if name.isascii()}
    return {**plurals, **names, **{phrase: day for day, phrases in more.items() for phrase in phrases}}


def weekday_names(language: str) -> dict[str, int]:
    """Return what weekdays are called in a language we have word lists for; Monday is 0."""
    return _weekdays(Locale.parse(language, sep="-"), entry(language, "deadline")["weekdays"])


def _months(locale: Locale) -> dict[str, int]:
    names: dict[str, int] = {}
    for width in ("abbreviated", "wide"):
        for form in ("stand-alone", "format"):
            names.update({name.rstrip("."): month for month, name in locale.months[form][width].items()})
    return {name: month for name, month in names.items() if not name.isdigit()}


def _template(template: str, **parts: str) -> re.Pattern[str]:
    """Compile a phrase with {named} parts."""
    pieces = re.split(r"\{(\w+)\}", template)
    body = "".join(
        f"(?:{parts[piece]})" if index % 2 else re.escape(fold(piece)).replace(r"\ ", r"\s+")
        for index, piece in enumerate(pieces)
    )
    # Chinese puts no space between an order number and the day: "1023下周一".
    before = "" if template[:1] > "\u3400" else "(?<![a-z0-9])"
    return re.compile(rf"{before}{body}(?![a-z0-9])")


def _named_weekday(templates: list[str], weekdays: dict[str, int], which: dict[str, Any]) -> list[_Rule]:
    by_folded = {fold(name): day for name, day in weekdays.items()}

    def value(match: re.Match[str]) -> dict[str, Any] | None:
        day = by_folded.get(" ".join(match["weekday"].split()))
        return None if day is None else {"kind": "weekday", "weekday": day, **which}

    named = f"(?P<weekday>{any_of(weekdays).pattern})"
    return [_Rule(_template(template, weekday=named), value) for template in templates]


def _written_dates(words: dict[str, Any], months: dict[str, int]) -> list[_Rule]:
    by_folded = {fold(name): month for name, month in months.items()}
    suffix = "|".join(re.escape(fold(s)) for s in words["day_suffix"])
    day = rf"(?P<day>\d{{1,2}}){f'(?:{suffix})?' if suffix else ''}"
    month = f"(?P<month>{any_of(months).pattern})\\.?"
    year = r"(?:(?:,|\s+de|\s+del)?\s+(?P<year>20\d\d))?"

    def value(match: re.Match[str]) -> dict[str, Any] | None:
        return _date(by_folded[match["month"].rstrip(".")], int(match["day"]), match.groupdict().get("year"))

    rules = []
    for template in words["dates_written"]:
        compiled = _template(template, day=day, month=month)
        rules.append(_Rule(re.compile(compiled.pattern.removesuffix("(?![a-z0-9])") + year + "(?![a-z0-9])"), value))
    return rules


def _counted(templates: list[str], number_words: dict[str, int], days_each: int) -> list[_Rule]:
    by_folded = {fold(str(word)): number for word, number in number_words.items()}
    number = r"\d{1,2}|" + "|".join(re.escape(word) for word in sorted(by_folded, key=len, reverse=True))

    def value(match: re.Match[str]) -> dict[str, Any]:
        count = int(match["n"]) if match["n"].isdigit() else by_folded[match["n"]]
        return _in_days(count * days_each)

    return [_Rule(_template(template, n=rf"(?P<n>{number})"), value) for template in templates]


def _constant(phrases: list[str], value: dict[str, Any], *, whole: bool = False) -> _Rule:
    return _Rule(any_of(phrases), lambda _match: dict(value), whole)


def _looked_up(table: dict[str, int], value: Callable[[int], dict[str, Any]]) -> _Rule:
    by_folded = {fold(phrase): number for phrase, number in table.items()}
    return _Rule(any_of(table), lambda match: value(by_folded[" ".join(match[0].split())]))


def _in_days(days: int) -> dict[str, Any]:
    return {"kind": "in_days", "days": days}


def _week(ahead: int) -> dict[str, Any]:
    return {"kind": "week", "ahead": ahead}


def _fixed_date(written: str) -> dict[str, Any]:
    month, day = str(written).split("-")
    return {"kind": "date", "month": int(month), "day": int(day), "year": None}


def _date(month: int, day: int, year: str | None) -> dict[str, Any] | None:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return {"kind": "date", "month": month, "day": day, "year": int(year) if year else None}


@lru_cache(maxsize=256)
def _writes_month_first(language: str, locale: str | None) -> bool:
    """Whether dates are written with the month first: as the shopper's locale does, if it is of the language."""
    tag = (locale or "").replace("_", "-")
    same = tag.split("-")[0].lower() == language.split("-", maxsplit=1)[0].lower()
    try:
        known = Locale.parse(tag if same else language, sep="-")
    except (ValueError, UnknownLocaleError):
        known = Locale.parse(language, sep="-")
    pattern = known.date_formats["short"].pattern.lower()
    return pattern.index("m") < pattern.index("d")


def _numeric_date(match: re.Match[str], up_to: re.Pattern[str], *, month_first: bool) -> dict[str, Any] | None:
    first, sign, second, third = int(match[1]), match[2], int(match[3]), match[4]
    if first >= 1000:
        return _date(second, int(third), match[1]) if third and first < 2100 else None
    sure = sign == "/" or match[0].endswith(".") or _said_before(up_to, match)
    if third is None and not sure:
        return None  # 12-24 may be anything, 10.50 is a price; 24.12. and "by 24.12" are dates
    year = None if third is None else (third if len(third) == 4 else f"20{third}")
    month_leads = second > 12 or (first <= 12 and month_first)
    month, day = (first, second) if month_leads else (second, first)
    return _date(month, day, year)
