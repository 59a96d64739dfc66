"""How many of an article: "two mugs", "3x", "drei Stück", "两件", "a pair of".

A number counts articles when a word for pieces follows it, or when a noun follows that is no time, person, order…
What sizes, money and days have taken by then is not looked at again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from assistant.nlu.finder import Finder, Passage
from assistant.nlu.numbers import CHINESE, number_in_words, number_of
from assistant.nlu.phrases import any_of, data_of, entry, fold, lexicons

_DATA = Path(__file__).with_name("quantities.yml")
_BEFORE = r"(?<![a-z0-9#.,:/$€£¥+'-])(?<!\d )"
# "3x", "3 x", "x3", "2×"; not "3x4", the size of a rug.
_TIMES = re.compile(
    rf"{_BEFORE}(?:(?P<n>\d{{1,2}}) ?[x×](?![a-z0-9×]| ?\d)|[x×] ?(?P<m>\d{{1,2}})(?![\w.,/]\d|[a-z0-9]))"
)
# One adjective or so may stand between the number and the noun: "two blue mugs".
_NOUN = r"(?:[^\W\d_]{1,20}[\s-]){0,2}[^\W\d_]{3,20}"
_MOST = 99


@dataclass(frozen=True)
class _Words:
    with_unit: re.Pattern[str]
    counted: re.Pattern[str]
    sets: re.Pattern[str]
    set_values: dict[str, int]
    called: re.Pattern[str]
    no_article: re.Pattern[str]
    small: re.Pattern[str]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class QuantityFinder(Finder):
    """Adds a `quantity` for every number of articles; the value is a whole number.

    A pair of shoes is one article, and so "two pairs" are two.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        for language in lexicons():
            _words(language)

    def read(self, passage: Passage) -> None:
        """Add the quantities of a passage."""
        words = _words(passage.language)
        for match in words.sets.finditer(passage.folded):
            passage.add("quantity", *match.span(), words.set_values[" ".join(match[0].split())])
        for match in _TIMES.finditer(passage.folded):
            self._add(passage, *match.span(), match["n"] or match["m"])
        for match in words.called.finditer(passage.folded):
            self._add(passage, *match.span("n"), match["n"])
        for match in words.with_unit.finditer(passage.folded):
            if not words.no_article.match(passage.folded, match.end("n") + len(match["gap"])):
                self._add(passage, *match.span(), match["n"])
        for match in words.counted.finditer(passage.folded):
            if _is_an_article(passage, match, words):
                self._add(passage, *match.span("n"), match["n"])

    def _add(self, passage: Passage, start: int, end: int, written: str) -> None:
        number = number_of(written, passage.language)
        if number and number <= _MOST:
            passage.add("quantity", start, end, number)


def _is_an_article(passage: Passage, match: re.Match[str], words: _Words) -> bool:
    """Whether what a number counts may be bought."""
    nouns = re.split(r"[\s-]+", match["noun"])
    last = 0
    for position, noun in enumerate(nouns):
        rest = passage.folded[match.start("noun") + match["noun"].find(noun, last) :]
        last = match["noun"].find(noun, last) + len(noun)
        if words.no_article.match(rest) or number_of(noun, passage.language) is not None:
            return False
        if words.small.fullmatch(noun):
            return False
        if _is_plural(passage, match.start("noun") + last - len(noun), noun):
            return True
        if position == 2:
            break
    return False


def _is_plural(passage: Passage, start: int, noun: str) -> bool:
    language = passage.language
    if language == "de":  # nouns are written with a capital; else by the usual endings
        capital = passage.text[start : start + 1].isupper()
        return len(noun) > 3 and (capital or (noun.endswith(("en", "er", "eln", "ern", "s")) and noun[-4:] != "chen"))
    if language == "fr":
        return len(noun) > 3 and noun.endswith(("s", "x"))
    return len(noun) > 3 and noun.endswith("s") and not noun.endswith(("ss", "us", "is"))


@cache
def _words(language: str) -> _Words:
    data = data_of(_DATA)[language]
    chinese = language.startswith("zh")
    units = any_of(data["units"]).pattern
    any_number = rf"\d{{1,2}}|{number_in_words(language)}"
    above_one = rf"\d{{1,2}}|{number_in_words(language, above_one=True)}"
    before = "(?<![a-z0-9#.,:/$€£¥第这那每])(?<!\\d )" if chinese else _BEFORE
    if chinese:
        # "一个" is mostly an article, and "这件", "那双" name no number.
        unit_pattern = rf"{before}(?P<n>\d{{1,2}}(?!\d)|{CHINESE}{{1,3}})(?P<gap> ?)(?:多)?(?:{units})"
        counted = re.compile(r"(?!)(?P<n>)(?P<noun>)")
    else:
        unit_pattern = rf"{before}(?P<n>{any_number})(?P<gap>[\s-]?)(?:{units})"
        counted = re.compile(rf"{before}(?P<n>{above_one})(?![\d.,:/%])\s(?P<noun>{_NOUN})")
    measures = [*(entry(language, "numbers", "amount_after") or []), *(entry("en", "numbers", "measure") or [])]
    not_articles = [p for p in measures if fold(str(p)) not in {fold(u) for u in data["units"]} and not chinese]
    called = any_of(data["called"]).pattern
    return _Words(
        with_unit=re.compile(unit_pattern),
        counted=counted,
        sets=any_of(data["sets"]),
        set_values={" ".join(fold(name).split()): number for name, number in data["sets"].items()},
        called=re.compile(
            rf"(?:{called})\s?(?:is|es|est|ist|是|为|de|von|of)?\s?[:=]?\s?(?P<n>{any_number})(?![\d.,])"
        ),
        no_article=any_of([*data["no_article"], *not_articles]),
        small=any_of(entry(language, "common_words") or []),
    )
