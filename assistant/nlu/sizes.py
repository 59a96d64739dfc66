"""Sizes that shoppers name: "EU 42", "UK 7.5", "talla M", "en 38", "W32 L34", "6-9 months", "24,5 cm", "加大码".

A bare number is a size where the words around it say so, and a single letter, too: "in 38 hours" and "d'un M. Dupont"
name none. What a size means on another chart is not decided here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from assistant.nlu.finder import Finder, Passage
from assistant.nlu.numbers import number_in_words, number_of
from assistant.nlu.phrases import NOTHING, any_of, data_of, entry, fold, lexicons

_DATA = Path(__file__).with_name("sizes.yml")
_CJK = re.compile(r"[\u3400-\u9fff]")
# "42", "7.5", "7½", "42 2/3"; three digits are centimetres of a child or of a belt.
_NUMBER = r"\d{1,3}(?:[.,]\d|½| ?[12]/[23](?!\d))?"
_NOT_BEFORE = r"(?<![A-Za-z0-9#$€£¥₩₹])(?<!\d[.,:/-])"
# Not a part of a longer number, an amount, an hour, a share.
_NOT_AFTER = r"(?![A-Za-z0-9½])(?![.,:/-]\d)(?! ?[$€£¥%°h@])(?!['’\"]\w)"
_LETTERS = r"(?:[2-6] ?X[LS]|X{1,5}-?[LS])"
_ONE_LETTER = re.compile(r"(?<![A-Za-z0-9'’&._/-])(?:[SML]/)?[SML](?![A-Za-z0-9'’&_-])(?!\. ?[A-Z])")
_SURE_LETTERS = re.compile(rf"(?<![A-Za-z0-9'’&._-])(?:{_LETTERS}/)?{_LETTERS}(?![A-Za-z0-9'’&_])", re.IGNORECASE)
_WAIST_AND_LENGTH = re.compile(
    r"(?<![A-Za-z0-9])[Ww] ?(\d{2})[ /,x-]{0,3}[Ll] ?(\d{2})(?![A-Za-z0-9])"
    r"|(?<![\w./-])(\d{2}) ?[/xX] ?(\d{2})(?![\w/-])(?!\.\d)"
)
_SHORT_AGE = re.compile(
    r"(?<![A-Za-z0-9])(?:\d{1,2} ?[-–/] ?)?\d{1,2} ?(?:[TY]|M(?=\b)|[tyTY][oO](?=\b))(?![A-Za-z0-9])"
)
_KIDS_HEIGHTS = re.compile(r"(?<![\w./-])(\d{2,3}) ?[/-] ?(\d{2,3})(?![\w/-])")
_CHINESE_CLOTHES = re.compile(r"(?<![\w/])1[4-9]\d/\d{2,3} ?[ABCYabcy](?![A-Za-z0-9])")
_BRA = re.compile(r"(?<![A-Za-z0-9])\d{2,3} ?(?:[A-H]|AA|DD|EE|FF)(?![A-Za-z0-9])", re.IGNORECASE)
_RING_LETTER = re.compile(r"(?<![A-Za-z0-9'’])[A-Z](?: ?1/2|½)?(?![A-Za-z0-9'’])")
_WIDTH = r"(?: ?(?:W|WW|D|EE|2E|4E)(?![A-Za-z0-9]))?"
# What shoes and clothes of grown people are mostly marked with, in the EU: a number that needs few words beside it.
_USUAL = range(32, 57)
# "36-38", "40/42": two of these that are neighbours make one size.
_RANGE = re.compile(r"(?<![\w.,/#-])(\d{2}) ?[-/–] ?(\d{2})(?![\w/-])(?![.,]\d)")
# Taille, talla: "T38", "T. 42".
_T_BEFORE = re.compile(r"(?<![A-Za-z0-9'’&.-])[Tt]\.? ?(?P<n>\d{2})(?![A-Za-z0-9])(?![.,:/-]\d)")
_WAIST = re.compile(r"(?<![A-Za-z0-9])[Ww] ?(\d{2})(?![A-Za-z0-9])")
# Chinese clothes are marked with the height of who wears them: "170的".
_CHINESE_HEIGHT = re.compile(r"(?<![\d.#])(?P<n>[5-9]0|1[0-8][05])(?:码|(?=的))")
_IN_STOCK = re.compile(r"的(?:还?有|没|缺|断)")
_CHINESE_SPELLED = re.compile(r"(?P<n>[三四五]十[一二三四五六七八九]?)码")
_CHINESE_NUMBER = re.compile(
    r"(?<![\d.,#])(?P<n>\d{2}(?:\.5)?)(?:半?号(?!订单|楼|线|[店门])|半(?=的|有|码|还|$|[，。！？,.!?]))"
)
_REACH = 40
_TWINS = 6


@dataclass(frozen=True)
class _Words:
    """The words of one language; patterns are for folded text but `system_before` and `system_after`."""

    after_word: re.Pattern[str]
    before_word: re.Pattern[str]
    weak: re.Pattern[str]
    joined_before: re.Pattern[str]
    joined_after: re.Pattern[str]
    follows: re.Pattern[str]
    context: re.Pattern[str]
    letters: re.Pattern[str]
    plain_letters: re.Pattern[str]
    letter_values: dict[str, str]
    plain_weak: re.Pattern[str]
    plain_follows: re.Pattern[str]
    word_before: re.Pattern[str]
    age_range: re.Pattern[str]
    age_single: re.Pattern[str]
    age_bare: re.Pattern[str]
    spelled: re.Pattern[str]
    cue: dict[str, re.Pattern[str]]
    counted: re.Pattern[str]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class SizeFinder(Finder):
    """Adds a `size` for every size that a message names.

    Values: {"system": "EU" | "UK" | "US" | "JP" | "CN" | "cm" | "alpha" | "age" | "waist_length" | None, "size": text}.
    The size is written in one way: letters in capitals ("XXL", "S/M"), a point for the decimals ("7.5"), "32/34" for
    waist and length, "6-9 months" and "5 years" for ages, with the English unit. None: the message does not tell the
    system, or it is the one of rings, of bras or of a single country.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        for language in lexicons():  # no shopper should wait for it
            _words(language)

    def read(self, passage: Passage) -> None:
        """Add the sizes of a passage."""
        words = _words(passage.language)
        for finder in _FINDERS:
            finder(passage, words)


def _add(passage: Passage, start: int, end: int, system: str | None, size: str) -> bool:
    return passage.add("size", start, end, {"system": system, "size": size})


def _waist_and_length(passage: Passage, words: _Words) -> None:
    for match in _WAIST_AND_LENGTH.finditer(passage.plain):
        waist, length = (int(n) for n in match.groups() if n)
        named = match[1] is not None
        if named or (24 <= waist <= 46 and 26 <= length <= 38 and not _counted(passage, match.end(), words)):
            _add(passage, *match.span(), "waist_length", f"{waist}/{length}")
    about_sizes = words.context.search(passage.folded)
    alone = not re.search(r"\w", _WAIST.sub("", passage.plain))
    for match in _WAIST.finditer(passage.plain):
        if (about_sizes or alone) and 24 <= int(match[1]) <= 46:
            _add(passage, *match.span(), "waist_length", match[1])


def _ranges(passage: Passage, words: _Words) -> None:
    """Find "36-38" and "40/42": one size that is two."""
    for match in _RANGE.finditer(passage.plain):
        low, high = int(match[1]), int(match[2])
        before = passage.folded[max(0, match.start() - _REACH) : match.start()]
        about_sizes = words.context.search(passage.folded) or words.weak.search(before)
        alone = not re.search(r"[^\W\d]", passage.text)
        usual = low in _USUAL and high in _USUAL and high - low in (1, 2)
        if usual and (about_sizes or alone) and not _counted(passage, match.end(), words):
            _add(passage, *match.span(), None, f"{low}-{high}")


def _chinese_clothes(passage: Passage, _words: _Words) -> None:
    for match in _CHINESE_CLOTHES.finditer(passage.plain):
        _add(passage, *match.span(), "CN", match[0].upper().replace(" ", ""))


def _ages(passage: Passage, words: _Words) -> None:
    for match in words.age_range.finditer(passage.folded):
        low, high = int(match["low"]), int(match["high"])
        unit = "months" if match["months"] else "years"
        usual = unit == "months" and low % 3 == 0 and high % 3 == 0 and high <= 36
        meant = usual or _near(words.cue["kids"], passage, match) or _near(words.cue["word"], passage, match)
        meant = meant or not re.search(r"\w{3}", passage.text[: match.start()] + passage.text[match.end() :])
        if low < high <= 36 and (meant and not _is_a_wait(passage, match)):
            _add(passage, *match.span(), "age", f"{low}-{high} {unit}")
    for match in words.age_bare.finditer(passage.folded):
        if int(match["low"]) < int(match["high"]) <= 16:
            _add(passage, match.start("low"), match.end(), "age", f"{int(match['low'])}-{int(match['high'])} years")
    for match in words.age_single.finditer(passage.folded):
        unit = "months" if match["months"] else "years"
        _add(passage, match.start("n"), match.end(), "age", f"{int(match['n'])} {unit}")
    if words.context.search(passage.folded) or words.cue["kids"].search(passage.folded):
        for match in _SHORT_AGE.finditer(passage.plain):
            size = re.sub(r"\s", "", match[0].upper())
            unit = "months" if size.endswith("M") else "years"
            if int(re.findall(r"\d+", size)[-1]) <= (36 if unit == "months" else 16):
                _add(passage, *match.span(), "age", f"{size.rstrip('MTYO')} {unit}")


def _is_a_wait(passage: Passage, match: re.Match[str]) -> bool:
    return bool(_waits(passage.language).search(passage.folded[max(0, match.start() - 24) : match.start()]))


def _with_system(passage: Passage, words: _Words) -> None:
    about_sizes = bool(words.context.search(passage.folded))
    for match in _system_patterns().finditer(passage.plain):
        named, number = (match["before"], match["n1"]) if match["before"] else (match["after"], match["n2"])
        if _counted(passage, match.end(), words) or not _may_be(number):
            continue
        euro = named.upper() == "EUR"
        if euro and (match["after"] or not about_sizes or "," in number or "." in number):
            continue  # "EUR 42" is money unless the talk is of shoes
        if named.upper() in ("EURO", "EUR") and match["after"] and not _is_a_size_word_after(passage, match.end()):
            continue  # "40 Euro" is money; "a 40 euro size" is none
        if named in ("DE", "GB") and not about_sizes:
            continue
        if named in ("美", "英", "欧", "中码") and match["after"] and not about_sizes:
            continue
        start = match.start()
        if not passage.free(start, match.end()):  # "US" was taken for the country
            start = match.start("n1") if match["before"] else start
        end = match.end() if passage.free(start, match.end()) else match.end("n2")
        _add(passage, start, end, _systems()[named.upper()], _plain_number(match["size1"] or match["size2"]))


def _is_a_size_word_after(passage: Passage, end: int) -> bool:
    return bool(re.match(r"[- ](?:size|sizing|gro(?:ss|ß)e|fit)", passage.folded[end:]))


def _after_a_word(passage: Passage, words: _Words) -> None:
    for match in words.after_word.finditer(passage.folded):
        number = match["n"]
        if not number[:1].isdigit():
            if not _counted(passage, match.end(), words):
                _add(passage, *match.span("n"), None, str(number_of(number, passage.language)))
            continue
        unit = passage.folded[match.end() :].lstrip()
        in_cm = bool(re.match(r"(?:cm|厘米|公分)(?![a-z])", unit))
        if not _may_be(number) or (not in_cm and _counted(passage, match.end(), words)):
            continue
        end = match.end() + (len(passage.folded[match.end() :]) - len(unit) + (2 if in_cm else 0) if in_cm else 0)
        width = re.match(_WIDTH, passage.plain[end:])
        end += len(width[0]) if width else 0
        size = _plain_number(passage.plain[match.start("n") : match.end("n")] + (width[0] if width else ""))
        _add(passage, match.start("n"), end, "cm" if in_cm else None, size)
    for match in words.before_word.finditer(passage.folded):
        if _may_be(match["n"]):
            _add(passage, *match.span(), None, _plain_number(match["n"] + (".5" if "半" in match[0] else "")))


def _centimetres(passage: Passage, words: _Words) -> None:
    for match in _CENTIMETRES.finditer(passage.folded):
        number = float(match["n"].replace(",", "."))
        foot = 8 <= number <= 34 and words.cue["foot"].search(passage.folded)
        child = 50 <= number <= 176 and _near(words.cue["kids"], passage, match)
        if foot or child:
            _add(passage, *match.span(), "cm", _plain_number(match["n"]))
    for match in _KIDS_HEIGHTS.finditer(passage.plain):
        low, high = int(match[1]), int(match[2])
        if 50 <= low < high <= 176 and high - low == _TWINS and (low - 50) % _TWINS == 0:
            _add(passage, *match.span(), "cm", f"{low}/{high}")


_CENTIMETRES = re.compile(
    rf"{_NOT_BEFORE}(?P<n>\d{{1,3}}(?:[.,]\d)?) ?(?:cm|centimet\w{{1,8}}|zentimetern?|厘米|公分)(?![a-z])"
)


def _of_bras(passage: Passage, words: _Words) -> None:
    called = words.cue["bra"].search(passage.folded)
    for match in _BRA.finditer(passage.plain):
        if called or (match[0][-1].isupper() and _may_be_a_bra(passage, match, words)):
            _add(passage, *match.span(), None, re.sub(r"\s", "", match[0].upper()))


def _may_be_a_bra(passage: Passage, match: re.Match[str], words: _Words) -> bool:
    """Whether "75B" is said as sizes are: alone, or as one is taken; it may be the number of a house as well."""
    band = int(re.sub(r"\D", "", match[0]))
    if " " in match[0] or not (band in range(28, 47, 2) or band in range(60, 116, 5)):
        return False
    before, after = passage.folded[max(0, match.start() - _REACH) : match.start()], passage.folded[match.end() :]
    alone = not re.search(r"\w", passage.text[: match.start()] + passage.text[match.end() :])
    ends = not re.match(r"\s*[^\W_]", after) or words.follows.match(after.lstrip())
    return alone or bool((words.weak.search(before) or words.word_before.search(before)) and ends)


def _of_rings(passage: Passage, words: _Words) -> None:
    """Ring sizes have numbers of their own, and letters in Britain: "ring in size N½"."""
    if not words.cue["ring"].search(passage.folded):
        return
    for match in _RING_LETTER.finditer(passage.plain):
        before = passage.folded[max(0, match.start() - _REACH) : match.start()]
        if words.word_before.search(before):
            _add(passage, *match.span(), None, match[0].replace(" ", ""))
    for match in _RING_NUMBER.finditer(passage.folded):
        if 1 <= int(match["n"]) <= 72:
            _add(passage, *match.span(), None, match["n"])


_RING_NUMBER = re.compile(r"(?<![\d.,#])(?P<n>\d{1,2})号(?!订单|楼|线)")


def _letters(passage: Passage, words: _Words) -> None:
    for match in _SURE_LETTERS.finditer(passage.plain):
        size = re.sub(r"[\s-]", "", match[0].upper())
        _add(passage, *_with_mark(passage, *match.span()), "alpha", size)
    for match in words.letters.finditer(passage.folded):
        end = _with_mark(passage, *match.span())[1]
        _add(passage, match.start(), end, "alpha", words.letter_values[" ".join(match[0].split())])
    for match in words.plain_letters.finditer(passage.folded):
        before, after = passage.folded[max(0, match.start() - _REACH) : match.start()], passage.folded[match.end() :]
        ends = not re.match(r"\s*\w", after) or words.plain_follows.match(after.lstrip())
        meant = words.plain_weak.search(before) or not before.strip()
        if words.word_before.search(before) or (ends and meant):
            _add(passage, *match.span(), "alpha", words.letter_values[" ".join(match[0].split())])
    _single_letters(passage, words)


def _single_letters(passage: Passage, words: _Words) -> None:
    shouted = not any(c.islower() for c in passage.text) and not _CJK.search(passage.text)
    about_sizes = bool(words.context.search(passage.folded)) or bool(passage.found)
    matches = [m for m in _ONE_LETTER.finditer(passage.plain) if not re.search(r"\d\s?$", passage.plain[: m.start()])]
    for match in matches:
        before = passage.folded[max(0, match.start() - _REACH) : match.start()]
        called = words.word_before.search(before)
        marked = re.match(r" ?[码号]", passage.plain[match.end() :])
        alone = not re.search(r"\w", passage.text[: match.start()] + passage.text[match.end() :])
        weak = words.weak.search(before) and not re.match(r" [A-Z][a-z]", passage.plain[match.end() :])
        if called or marked or alone or "/" in match[0] or (not shouted and (weak or about_sizes or len(matches) > 1)):
            _add(passage, *_with_mark(passage, *match.span()), "alpha", match[0])
    if passage.found or words.cue["word"].search(passage.folded):
        for match in _SMALL_LETTER.finditer(passage.folded):  # "size m", "talla m o l"
            if words.word_before.search(passage.folded[max(0, match.start() - _REACH) : match.start()]):
                _add(passage, *match.span(), "alpha", match[0].upper())


_SMALL_LETTER = re.compile(r"(?<![a-z0-9'])[sml](?![a-z0-9'.&])")


def _with_mark(passage: Passage, start: int, end: int) -> tuple[int, int]:
    """Take in the Chinese word for size that follows: "XL码"."""
    mark = re.match(r" ?[码号]", passage.plain[end:])
    return start, end + (len(mark[0]) if mark else 0)


def _after_weak_words(passage: Passage, words: _Words) -> None:
    about_sizes = bool(words.context.search(passage.folded)) or bool(passage.found)
    alone = not re.search(r"[^\W\d]", passage.text)
    for match in _BARE.finditer(passage.folded):
        if not passage.free(*match.span()) or not _may_be(match["n"]):
            continue
        value = _whole(match["n"])
        # "I take a 9.5": nothing that is counted has a half.
        usual = value in _USUAL or (3 <= value <= 15 and not match["n"].isdigit())
        if not (usual or (about_sizes and 3 <= value <= 60)) or alone or _is_an_hour(passage, match):
            continue
        before = passage.folded[max(0, match.start() - _REACH) : match.start()]
        after = passage.folded[match.end() :]
        ends = not re.match(r"\s*[^\W_]", after) or words.follows.match(after.lstrip())
        bare_end = not ends and about_sizes and usual and not _counted(passage, match.end(), words)
        weak = words.weak.search(before)
        if weak and (ends or (bare_end and _CJK.search(passage.text))) and not _counted(passage, match.end(), words):
            _add(passage, *match.span(), None, _plain_number(match["n"]))


_BARE = re.compile(rf"{_NOT_BEFORE}(?P<n>\d{{1,2}}(?:[.,]5|½| ?[12]/[23](?!\d))?)(?:er|s)?{_NOT_AFTER}")


def _in_words(passage: Passage, words: _Words) -> None:
    """Find sizes that are written out and said as sizes are: "en treinta y ocho", "in achtunddreißig bitte"."""
    for match in words.spelled.finditer(passage.folded):
        before = passage.folded[max(0, match.start() - _REACH) : match.start()]
        after = passage.folded[match.end() :]
        ends = not re.match(r"\s*[^\W_]", after) or words.follows.match(after.lstrip())
        value = number_of(match[0], passage.language)
        if value in _USUAL and ends and words.weak.search(before) and not _counted(passage, match.end(), words):
            _add(passage, *match.span(), None, str(value))


def _after_t(passage: Passage, _words: _Words) -> None:
    if passage.language in ("es", "fr"):
        for match in _T_BEFORE.finditer(passage.plain):
            if int(match["n"]) in _USUAL:
                _add(passage, *match.span(), None, match["n"])


def _chinese_numbers(passage: Passage, words: _Words) -> None:
    """Find "42号", "37半" and "170的": no day of a month, and no height where no clothes are talked of."""
    if not passage.language.startswith("zh"):
        return
    for match in _CHINESE_NUMBER.finditer(passage.plain):
        if _whole(match["n"]) in _USUAL:
            size = match["n"] + (".5" if "半" in match[0] else "")
            _add(passage, *match.span(), None, size)
    for match in _CHINESE_SPELLED.finditer(passage.plain):
        _add(passage, *match.span(), None, str(number_of(match["n"], passage.language)))
    about_sizes = words.context.search(passage.folded) or words.cue["kids"].search(passage.folded)
    for match in _CHINESE_HEIGHT.finditer(passage.plain):
        if about_sizes or _IN_STOCK.match(passage.plain, match.end()):
            _add(passage, *match.span(), "cm", match["n"])
    for match in _CHINESE_LEADS.finditer(passage.plain):
        if _whole(match["n"]) in _USUAL and not re.match(r"\d", passage.plain[match.end("n") :]):
            _add(passage, *match.span("n"), None, match["n"])


# "38的偏小", "买的39太小", "40.5还有吗": what is said of sizes right after the number.
_CHINESE_LEADS = re.compile(
    r"(?<![\d.,#¥￥])(?P<n>\d{2}(?:\.5)?)的?(?=(?:偏|太|有点|有些)(?:大|小|紧|松|宽|窄)|还?有货|断[码货]|缺货|穿着)"
)


def _is_an_hour(passage: Passage, match: re.Match[str]) -> bool:
    return bool(re.match(r"\s?(?:am|pm|uhr|o'clock|h|点|时|minuten|min)\b", passage.folded[match.end() :]))


def _pairs(passage: Passage, words: _Words) -> None:
    """Find "38 or 39?": two neighbouring sizes in a message about sizes, or in one that says little else."""
    for match in _BARE.finditer(passage.folded):
        other = words.joined_after.match(passage.folded, match.end())
        if other is None or not passage.free(match.start(), other.end()):
            continue
        low, high = sorted((_whole(match["n"]), _whole(other["n"])))
        usual = low in _USUAL and high in _USUAL and high - low <= _TWINS
        short = len(passage.text) < _REACH or words.context.search(passage.folded)
        if usual and short and not _counted(passage, other.end("n"), words):
            _add(passage, *match.span("n"), None, _plain_number(match["n"]))
            _add(passage, *other.span("n"), None, _plain_number(other["n"]))


def _joined(passage: Passage, words: _Words) -> None:
    """Find the others of "38 or 39", "a 40 instead of the 42"."""
    known = [(e["start"], e["end"], e["value"]["system"]) for e in passage.found if e["entity"] == "size"]
    while known:
        start, end, system = known.pop()
        after = words.joined_after.match(passage.folded, end)
        before = words.joined_before.search(passage.folded, max(0, start - _REACH), start)
        for match in (after, before):
            if match is None or not _may_be(match["n"]) or system in ("alpha", "waist_length", "age"):
                continue
            if _counted(passage, match.end("n"), words):
                continue
            if _add(passage, match.start("n"), match.end("n"), system, _plain_number(match["n"])):
                known.append((match.start("n"), match.end("n"), system))


_FINDERS = (
    _waist_and_length,
    _ranges,
    _chinese_clothes,
    _chinese_numbers,
    _after_t,
    _ages,
    _of_bras,
    _with_system,
    _letters,
    _after_a_word,
    _centimetres,
    _of_rings,
    _after_weak_words,
    _in_words,
    _pairs,
    _joined,
)


def _near(pattern: re.Pattern[str], passage: Passage, match: re.Match[str]) -> bool:
    return bool(pattern.search(passage.folded, max(0, match.start() - _REACH), match.end() + _REACH))


def _may_be(number: str) -> bool:
    return 0 < _whole(number) <= 188 and not number.startswith("00")


def _whole(number: str) -> int:
    return int(re.split(r"\D", number, maxsplit=1)[0])


def _plain_number(written: str) -> str:
    return " ".join(written.upper().replace(",", ".").replace("½", ".5").split())


def _counted(passage: Passage, end: int, words: _Words) -> bool:
    """Whether what follows a number counts or measures something: "38 days"."""
    return bool(words.counted.match(passage.folded[end : end + 24].lstrip(" -")))


@lru_cache(maxsize=1)
def _systems() -> dict[str, str | None]:
    named = data_of(_DATA)["systems"]
    return {name.upper(): None if code == "none" else code for code, names in named.items() for name in names}


@lru_cache(maxsize=1)
def _system_patterns() -> re.Pattern[str]:
    names = {name for names in data_of(_DATA)["systems"].values() for name in names} | set(
        data_of(_DATA)["in_small_letters"]
    )
    listed = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    word = r"(?:(?:[- ](?:size|women'?s|men'?s|mens|womens|w|m|Größe|taille|talla|pointure|Gr\.?)){0,3})"
    return re.compile(
        rf"(?<![A-Za-z0-9])(?P<before>{listed}){word}[ :.-]{{0,2}}(?P<size1>(?P<n1>{_NUMBER}){_WIDTH})"
        rf"{_NOT_AFTER}码?"
        rf"|{_NOT_BEFORE}(?P<size2>(?P<n2>{_NUMBER}){_WIDTH}) ?(?P<after>{listed})(?![A-Za-z0-9])"
    )


# Units that sizes have, too.
_ALSO_SIZES = ("码", "cm", "厘米", "公分")


@cache
def _words(language: str) -> _Words:
    own = data_of(_DATA)["by_language"][language]
    # People mix English into all other languages; its small words mean other things there ("in", "a").
    english = data_of(_DATA)["by_language"]["en"]

    def both(name: str) -> list[str]:
        return [*own[name], *(english[name] if language != "en" else [])]

    number = f"(?P<n>{_NUMBER})"
    spelled = f"(?P<n>{_NUMBER}|{number_in_words(language, above_one=True)})"
    size_word, small = any_of(both("words")).pattern, any_of(own["small"]).pattern
    letters = {**english["letters"], **own["letters"]}
    plain_letters = dict(own["plain_letters"])
    joined = any_of([*own["joined"], "/", "-"]).pattern
    units = f"(?:(?P<months>{any_of(both('months')).pattern})|(?:{any_of(both('years')).pattern}))"
    age_cue = any_of([*both("words"), *both("age")]).pattern
    counted = [p for p in _units(language) if p not in _ALSO_SIZES]
    called = rf"(?:{size_word})(?:[ :=.\-#]|{small}){{0,5}}"
    size_article = rf"(?:{any_of(own['words']).pattern})?\s*"
    return _Words(
        after_word=re.compile(rf"{called}{spelled}{_NOT_AFTER}"),
        before_word=re.compile(rf"{_NOT_BEFORE}{number} ?(?:码半|码|(?:er)?[- ]?(?:{size_word}))"),
        weak=_at_the_end(own["weak"]),
        joined_before=re.compile(rf"{_NOT_BEFORE}{number}{_NOT_AFTER}\s*,?\s*(?:{joined})\s*{size_article}$"),
        joined_after=re.compile(rf"\s*(?:,\s*)?(?:{joined})\s*{size_article}{number}(?:er)?{_NOT_AFTER}"),
        follows=any_of(own["follows"]),
        context=any_of(both("context")),
        letters=any_of(letters),
        plain_letters=any_of(plain_letters),
        letter_values={fold(word): letter for word, letter in {**letters, **plain_letters}.items()},
        plain_weak=_at_the_end(own["plain_weak"]),
        plain_follows=any_of(own["plain_follows"]),
        word_before=re.compile(rf"{called}$"),
        age_range=re.compile(
            rf"{_NOT_BEFORE}(?P<low>\d{{1,2}}) ?(?:-|–|/|to|a|y|bis|et|und|到|至|~) ?(?P<high>\d{{1,2}})[ -]?{units}"
        ),
        age_single=re.compile(rf"(?:{age_cue})(?:[ :=.\-]|{small}){{0,4}}(?P<n>\d{{1,2}})[ -]?{units}"),
        age_bare=re.compile(
            rf"(?:{any_of(both('age')).pattern})[ :=.\-]{{1,3}}(?P<low>\d{{1,2}}) ?[-–/] ?(?P<high>\d{{1,2}})(?![\w/-])"
        ),
        spelled=re.compile(number_in_words(language, above_one=True)),
        cue={
            **{name: any_of(both(name)) for name in ("ring", "bra", "foot", "kids")},
            "word": any_of(both("words")),
        },
        counted=any_of(counted),
    )


def _units(language: str) -> list[str]:
    own = entry(language, "numbers", "amount_after") or []
    english = entry("en", "numbers", "amount_after") or []
    return [*own, *english, *(entry("en", "numbers", "measure") or [])]


@cache
def _waits(language: str) -> re.Pattern[str]:
    """What is said of a time to wait, not of a child: "takes 3-6 months", "warranty of"."""
    return any_of([*_WAITS["en"], *_WAITS.get(language, [])])


_WAITS = {
    "en": ["take*", "wait*", "within", "warranty", "guarantee", "last*", "deliver*", "since", "after", "for the past"],
    "es": ["tarda*", "esper*", "garantía", "dentro de", "entrega", "dura*", "hace"],
    "fr": ["prend", "attend*", "garantie", "délai", "livraison", "dure*", "sous", "depuis"],
    "de": ["dauert", "wart*", "garantie", "lieferzeit", "hält", "seit", "innerhalb"],
    "zh-Hans": ["等", "保修", "质保", "要等", "需要"],
}


def _at_the_end(phrases: Iterable[str]) -> re.Pattern[str]:
    pattern = any_of(phrases)
    return pattern if pattern is NOTHING else re.compile(rf"(?:{pattern.pattern})\s*$")
