"""Countries that shoppers name: "do you ship to Brazil?", "aus der Schweiz", "寄到日本", "🇨🇦".

Names come from CLDR (Babel) in all languages we serve, what people say beside them from countries.yml. What is done for
a country is the shop's business: an action reads the code.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import ENTITIES, INTENT
from rasa.shared.nlu.training_data.message import Message

from assistant.nlu.component import Component, add_entities, language_of, text_of, word_starts
from assistant.nlu.phrases import NOTHING, any_of, blanked, data_of, fold, lexicons, straighten

_DATA = Path(__file__).with_name("countries.yml")
# Two-letter codes of CLDR that are no country of ISO 3166-1, nor Kosovo's (XK), which carriers use.
_NO_COUNTRIES = frozenset(
    ("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ")
)  # fmt: skip
_CJK = re.compile(r"[\u3400-\u9fff]")
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_FLAG_A = 0x1F1E6
# How far back a word such as "to" or "from" is looked for, and how long an abbreviation is that sizes have, too.
_REACH, _SHORT = 24, 3
_IN_A_ROW = re.compile(r"[\s,/&+、和跟或及]*(?:and|or|y|e|o|et|ou|und|oder)?[\s,/&+、和跟或及]*")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


@dataclass(frozen=True)
class _Doubtful:
    names: frozenset[str]
    after: re.Pattern[str]


@dataclass(frozen=True)
class _Names:
    """How countries are named in messages of one language; all patterns are for folded text but `capitals`."""

    codes: dict[str, str]
    pattern: re.Pattern[str]
    capitals: re.Pattern[str]
    capital_codes: dict[str, str]
    no_country: re.Pattern[str]
    doubtful: tuple[_Doubtful, ...]
    origin: re.Pattern[str]
    origin_after: re.Pattern[str]
    shopper: re.Pattern[str]
    shopper_after: re.Pattern[str]
    own_order: re.Pattern[str]


@dataclass(frozen=True)
class _Found:
    start: int
    end: int
    code: str
    name: str = ""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class CountryFinder(Component):
    """Adds a `country` for every country that a message names; the value is its ISO 3166-1 alpha-2 code.

    `additional_info` has "from": true for a country that is named as where something comes from ("from the UK"), and
    "own_order": true for one in a message that speaks of the shopper's own order ("I go to Spain, will it be here?"),
    "alone": true where the message says nothing else ("and Norway?"). Such a message asks whatever was asked before: it
    is taken for `inform`, and an action looks what that was.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        for language in lexicons():  # a second of work that no shopper should wait for
            _names(language)

    def process(self, messages: list[Message]) -> list[Message]:
        """Find the countries of incoming messages, outside of what other finders have found ("anna@chile.example")."""
        for message in messages:
            metadata = message.get("metadata") or {}
            taken = [(e["start"], e["end"]) for e in message.get(ENTITIES, []) if e.get("entity") in _WRITTEN_AS_ONE]
            found = self.find(text_of(message), language_of(message), metadata.get("locale"), word_starts(message))
            free = [f for f in found if all(f["end"] <= start or end <= f["start"] for start, end in taken)]
            if free and _says_nothing_else(text_of(message), free):
                free = [{**f, "additional_info": {**f.get("additional_info", {}), "alone": True}} for f in free]
                message.set(INTENT, {"name": "inform", "confidence": 1.0}, add_to_output=True)
            add_entities(message, free)
        return messages

    def find(
        self, text: str, language: str = "en", locale: str | None = None, starts: Collection[int] | None = None
    ) -> list[dict[str, Any]]:
        """Return the country entities of a text, in order, without overlap.

        Args:
            text: the message.
            language: of the message.
            locale: the shopper's; with "en-US", Georgia is the one in the United States.
            starts: where the words of the text begin, which Chinese names have to keep to; None to take every place.
        """
        names = _names(language if language in lexicons() else "en")
        folded = blanked(names.no_country, fold(text).replace("-", " "))
        at_home = _at_home(locale)
        accepted: list[_Found] = []
        for found in _candidates(names, text, folded, starts):
            last_end = accepted[-1].end if accepted else 0
            if found.start < last_end or found.name in at_home:
                continue
            if _is_meant(found, names, folded, last_end):
                accepted.append(found)
        return [self._entity(found, text, folded, names) for found in accepted]

    def _entity(self, found: _Found, text: str, folded: str, names: _Names) -> dict[str, Any]:
        entity = {
            "entity": "country",
            "start": found.start,
            "end": found.end,
            "value": found.code,
            "text": text[found.start : found.end],
            "extractor": type(self).__name__,
        }
        told = {"from": _comes_from(found, names, folded), "own_order": bool(names.own_order.search(folded))}
        if any(told.values()):
            entity["additional_info"] = {name: True for name, holds in told.items() if holds}
        return entity


_WRITTEN_AS_ONE = ("email", "tracking_number")


def _candidates(names: _Names, text: str, folded: str, starts: Collection[int] | None) -> Iterator[_Found]:
    """Give whatever is written like a country, from left to right."""
    found = [*_named(names, folded, starts), *_in_capitals(names, text, folded), *_flags(text)]
    return iter(sorted(found, key=lambda f: (f.start, -f.end)))


def _named(names: _Names, folded: str, starts: Collection[int] | None) -> Iterator[_Found]:
    for match in names.pattern.finditer(folded):
        if _CJK.match(match[0]) and not _keeps_to_words(match, folded, starts):
            continue
        name = _plain(match[0])
        if len(name) > _SHORT or not _beside_a_number(folded, match):
            yield _Found(match.start(), match.end(), names.codes[name], name)


def _in_capitals(names: _Names, text: str, folded: str) -> Iterator[_Found]:
    written = straighten(text)
    shouted = not (any(c.islower() for c in text) or _CJK.search(text))
    for match in names.capitals.finditer(written):
        alone = not re.sub(r"\W", "", written[: match.start()] + written[match.end() :])
        blank = folded[match.start()] == "#"
        if (alone or not shouted) and not blank and not _beside_a_number(written, match):
            yield _Found(match.start(), match.end(), names.capital_codes[match[0]])


def _flags(text: str) -> Iterator[_Found]:
    for match in _FLAG.finditer(text):
        code = "".join(chr(ord(letter) - _FLAG_A + ord("A")) for letter in match[0])
        if code in _countries("en"):
            yield _Found(match.start(), match.end(), code)


def _keeps_to_words(match: re.Match[str], folded: str, starts: Collection[int] | None) -> bool:
    """Whether a Chinese name is made of whole words: 海地 (Haiti) stands in 上海地址, and is not meant."""
    if starts is None:
        return True
    ends = match.end() in starts or not _CJK.match(folded[match.end() : match.end() + 1])
    return match.start() in starts and ends


def _beside_a_number(text: str, match: re.Match[str]) -> bool:
    """Whether a number stands beside an abbreviation: "UK 8", "size 9 US"."""
    return bool(re.match(r"[\s.]?\d", text[match.end() :]) or re.search(r"\d\s?$", text[: match.start()]))


def _is_meant(found: _Found, names: _Names, folded: str, last_end: int) -> bool:
    """Whether a name that may be something else as well means the country here."""
    group = next((group for group in names.doubtful if found.name in group.names), None)
    if group is None:
        return True
    if _IN_A_ROW.fullmatch(folded[last_end : found.start]) and (last_end or not _goes_on(folded[found.end :])):
        return True  # "and Jordan?", too
    alone = not _goes_on(folded[: found.start] + folded[found.end :])
    return alone or bool(group.after.search(folded[max(0, found.start - _REACH) : found.start]))


def _goes_on(rest: str) -> bool:
    return bool(re.search(r"\w", rest))


def _says_nothing_else(text: str, found: list[dict[str, Any]]) -> bool:
    """Whether small words and signs are all that stands beside the countries."""
    rest = fold(text)
    for entity in found:
        rest = rest[: entity["start"]] + " " * (entity["end"] - entity["start"]) + rest[entity["end"] :]
    return not _goes_on(_small_words().sub(" ", rest))


@lru_cache(maxsize=1)
def _small_words() -> re.Pattern[str]:
    return any_of(word for words in data_of(_DATA)["alone"].values() for word in words)


def _comes_from(found: _Found, names: _Names, folded: str) -> bool:
    before, after = folded[max(0, found.start - _REACH) : found.start], folded[found.end :].lstrip()
    if names.shopper.search(before) or names.shopper_after.match(after):
        return False
    return bool(names.origin.search(before) or names.origin_after.match(after))


def _at_home(locale: str | None) -> frozenset[str]:
    region = re.search(r"[-_]([A-Za-z]{2})(?=$|[-_])", locale or "")
    return frozenset(map(_plain, data_of(_DATA)["at_home"].get(region[1].upper(), []) if region else []))


@cache
def _names(language: str) -> _Names:
    data = data_of(_DATA)
    words = {_plain(name) for name in data["words"].get(language, [])}
    codes = {name: code for name, code in _all_names().items() if name not in words}
    capitals = {name: code for code, names in data["capitals"].items() for name in names}
    came = [f"{word} {of}" for word in data["came"].get(language, []) for of in data["of"].get(language, [])]
    origins = _own(data["from"], language)
    shopper = [f"{word} {origin}" for word in _own(data["shopper"], language) for origin in origins]
    listed = "|".join(map(re.escape, sorted(capitals, key=len, reverse=True)))
    return _Names(
        codes,
        any_of(codes),
        re.compile(rf"(?<![^\W\u3400-\u9fff])(?:{listed})(?![^\W\u3400-\u9fff])"),
        capitals,
        any_of(_own(data["no_country"], language)),
        tuple(
            _Doubtful(frozenset(map(_plain, group["names"])), _before(_own(group["after"], language)))
            for group in data["doubtful"]
        ),
        _before([*origins, *came]),
        any_of(data["from_after"].get(language, [])),
        _before(shopper),
        any_of(data["shopper_after"].get(language, [])),
        any_of(_own(data["own_order"], language)),
    )


def _own(lists: dict[str, list[str]], language: str) -> list[str]:
    """Return the list of a language together with the English one: people mix English into all others."""
    return [*(lists["en"] if language != "en" else []), *lists.get(language, [])]


def _before(words: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for one of the words at the end of a text."""
    pattern = any_of(words)
    return pattern if pattern is NOTHING else re.compile(rf"(?:{pattern.pattern})\s*$")


@lru_cache(maxsize=1)
def _all_names() -> dict[str, str]:
    """Return every name of every country in all languages, as it is looked up, with its code."""
    named = [(code, name) for language in lexicons() for code, name in _countries(language).items()]
    said = [(code, name) for code, names in data_of(_DATA)["said"].items() for name in names]
    return {_plain(written): code for code, name in (*named, *said) for written in _written(name)}


def _countries(language: str) -> dict[str, str]:
    territories = {str(code): str(name) for code, name in Locale.parse(language, sep="-").territories.items()}
    return {c: name for c, name in territories.items() if len(c) == 2 and c.isalpha() and c not in _NO_COUNTRIES}


def _written(name: str) -> set[str]:
    """Return the ways in which a name may be written: "Österreich" also as Oesterreich."""
    if re.search(r"[(（]", name):
        return set()  # "RAE de Hong Kong (China)": nobody says that, and the part before may be another's name
    names = {name, name.replace(" & ", " and ")}
    return names | {name.translate(_UMLAUTS) for name in names}


def _plain(name: str) -> str:
    """Return a name as it is looked up: folded, a hyphen like a space, one space between words."""
    return " ".join(fold(name).replace("-", " ").split())
