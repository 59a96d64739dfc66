"""How many of an article: "two mugs", "3x", "drei Stück", "两件", "a pair of".

A number counts articles when a word for pieces follows it, or when a noun follows that is no time, person, order…
Alone it does where articles are ordered, received, kept: "I ordered four and got two", "drei bestellt".
What sizes, money and days have taken by then is not looked at again.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from assistant.nlu.finder import Finder, Passage
from assistant.nlu.numbers import CHINESE, number_in_words, number_of
from assistant.nlu.phrases import NOTHING, any_of, data_of, entry, fold, lexicons

_DATA = Path(__file__).with_name("quantities.yml")
_BEFORE = r"(?<![a-z0-9#.,:/$€£¥+'-])(?<!\d )"
# "3x", "3 x", "x3", "2×"; not "3x4", the size of a rug.
_TIMES = re.compile(
    rf"{_BEFORE}(?:(?P<n>\d{{1,2}}) ?[x×](?![a-z0-9×]| ?\d)|[x×] ?(?P<m>\d{{1,2}})(?![\w.,/]\d|[a-z0-9]))"
)
# One adjective or so may stand between the number and the noun: "two blue mugs".
_NOUN = r"(?:[^\W\d_]{1,20}[\s-]){0,2}[^\W\d_]{3,20}"
_OF = re.compile(r"(?:de |d'|of |von )")
_ARTICLES = frozenset(("un", "une", "una", "ein", "eine", "einen", "einem", "einer"))
_PAIR = re.compile(r"(?:par|paar|paire|stuck|exemplaire|unidad|exemplar)$")
# After one of these a number is an hour or an age: "ab drei", "until 5", "en 3x".
_NO_COUNT = re.compile(
    r"(?<![^\W_])(?:ab|vor|um|bis|seit|gegen|at|by|until|till|since|before|step|vers|avant|a las|edad)\s$"
)
_IN = re.compile(r"(?<!\w)(?:en|in) $")
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
    one: re.Pattern[str]
    alone: tuple[re.Pattern[str], ...]
    of: re.Pattern[str]


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
            if not words.no_article.match(passage.folded[match.end() :].lstrip()):  # "a couple of days"
                passage.add("quantity", *match.span(), words.set_values[" ".join(match[0].split())])
        times = (m for m in _TIMES.finditer(passage.folded) if not _IN.search(passage.folded[: m.start()]))
        for match in times:  # not "payer en 4x"
            self._add(passage, *match.span(), match["n"] or match["m"])
        for match in words.called.finditer(passage.folded):
            self._add(passage, *match.span("n"), match["n"])
        for match in words.with_unit.finditer(passage.folded):
            if _counts_pieces(passage, match, words):
                self._add(passage, *match.span(), match["n"])
        for match in words.counted.finditer(passage.folded):
            if not _is_an_hour(passage, match) and _is_an_article(passage, match, words):
                self._add(passage, *match.span("n"), match["n"])
        for match in itertools.chain.from_iterable(pattern.finditer(passage.folded) for pattern in words.alone):
            if not _is_an_hour(passage, match):
                self._add(passage, *match.span("n"), match["n"])
        if passage.found:
            for match in words.of.finditer(passage.folded):
                self._add(passage, *match.span("n"), match["n"])

    def _add(self, passage: Passage, start: int, end: int, written: str) -> None:
        one = _words(passage.language).one
        number = number_of(written, passage.language) or (1 if one.fullmatch(written) else None)
        if number and number <= _MOST:
            passage.add("quantity", start, end, number)


def _is_an_hour(passage: Passage, match: re.Match[str]) -> bool:
    start = match.start("n")
    return bool(_NO_COUNT.search(passage.folded[max(0, start - 8) : start]))


def _counts_pieces(passage: Passage, match: re.Match[str], words: _Words) -> bool:
    """Whether a word for pieces counts articles: not in "two pieces of advice", "un article", "ein paar Gläser"."""
    if match["n"] in _ARTICLES and not _PAIR.search(match[0]):
        return False
    if passage.language == "de" and passage.text[match.start() : match.end()].endswith("in paar"):
        return False  # some; "ein Paar" is a pair
    rest = passage.folded[match.end() :].lstrip()
    of = _OF.match(rest)
    if of and words.no_article.match(rest, of.end()):
        return False
    return not words.no_article.match(passage.folded, match.end("n") + len(match["gap"]))


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
    before = "(?<![a-z0-9#.,:/$€£¥第这那每另同又某哪十百二三四五六七八九])(?<!\\d )" if chinese else _BEFORE
    if chinese:
        # "一个" is mostly an article, and "这件", "那双" name no number.
        unit_pattern = rf"{before}(?P<n>\d{{1,2}}(?!\d)|{CHINESE}{{1,3}})(?P<gap> ?)(?:多)?(?:{units})"
        counted = re.compile(r"(?!)(?P<n>)(?P<noun>)")
    else:
        unit_pattern = rf"{before}(?P<n>{any_number})(?P<gap>[\s-]?)(?:{units})"
        counted = re.compile(rf"{before}(?P<n>{above_one})(?![\d.,:/%])\s(?=(?P<noun>{_NOUN}))")
    measures = [*(entry(language, "numbers", "amount_after") or []), *(entry("en", "numbers", "measure") or [])]
    not_articles = [p for p in measures if fold(str(p)) not in {fold(u) for u in data["units"]} and not chinese]
    called = any_of(data["called"]).pattern
    alone, of = ((), NOTHING) if chinese else _alone(data, language)
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
        one=NOTHING if chinese else any_of(data["one"]),
        alone=alone,
        of=of,
    )


def _alone(data: dict[str, Any], language: str) -> tuple[tuple[re.Pattern[str], ...], re.Pattern[str]]:
    """Return patterns for numbers without a noun, and for those that are only numbers once others are: "of four"."""
    done, small, one, only, more, became, of, followed = (
        any_of(data[name]).pattern for name in ("done", "small", "one", "only", "more", "became", "of", "ends")
    )
    number = rf"(?P<n>{_BEFORE}\d{{1,2}}|{number_in_words(language, above_one=True)})"
    ends = rf"(?![\d.,:/%-]\d)(?=\s*(?:$|[,;!?)(…\n]|\.(?!\d)|-\s)|\s+(?:{followed}))"
    between = rf"(?:\s+(?:{small})){{0,3}}\s+"
    return (
        re.compile(rf"(?:{done}){between}{number}{ends}"),
        re.compile(rf"(?:{only}){between}(?P<n>{one}){ends}"),
        # In the middle of a clause digits may be an hour: "at 5 arrived".
        re.compile(rf"(?<![^\W_]\s)(?<![^\W_]\s\s){number}\s+(?:{small}\s+)?(?:{became})"),
        re.compile(
            rf"(?<!las\s)(?<!um\s)(?P<n>{number_in_words(language, above_one=True)})\s+(?:{small}\s+)?(?:{became})"
        ),
        re.compile(rf"{number}\s+(?:{more}){ends}"),
    ), re.compile(rf"(?:{of})\s+{number}{ends}")
