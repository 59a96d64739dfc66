"""Numbers in words ("twenty-five", "treinta y cinco", "fünfundzwanzig", "五百") and what they come to."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from assistant.nlu.phrases import data_of, fold

_DATA = Path(__file__).with_name("numbers.yml")
CHINESE = "[零〇一二两三四五六七八九十百千万]"
_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_POWERS = {"十": 10, "百": 100, "千": 1000}
_LETTER = r"[^\W\u3400-\u9fff]"


@cache
def number_words(language: str) -> dict[str, int]:
    """Return the numbers of a language in folded words, with spaces where people also write hyphens."""
    data = data_of(_DATA).get(language) or {}
    words = {**data.get("words", {}), **data.get("tens", {})}
    for tens, ten in data.get("tens", {}).items():
        for unit, one in data["units"].items():
            words.update({joined.format(tens=tens, unit=unit): ten + one for joined in data["joined"]})
    for tens, ten in data.get("beyond", {}).items():
        words.update({f"{tens} {teen}": ten + value for teen, value in data["teens"].items()})
    return {fold(word): number for word, number in words.items()}


@cache
def number_in_words(language: str, *, above_one: bool = False) -> str:
    """Return a pattern, for folded text, of a number in words; `above_one` leaves out what is an article as well."""
    words = [word for word, number in number_words(language).items() if number > 1 or not above_one]
    listed = "|".join(re.escape(w).replace(r"\ ", r"(?:\s|-)") for w in sorted(words, key=len, reverse=True))
    spoken = [f"(?<!{_LETTER})(?:{listed})(?!{_LETTER})"] if words else []
    return "|".join([*spoken, *([f"{CHINESE}{{1,12}}"] if language.startswith("zh") else [])]) or r"(?!)"


def number_of(written: str, language: str) -> int | None:
    """Return what a number comes to: "25", "twenty-five", "二十五"; None if it is none."""
    if written.isascii() and written.isdigit():
        return int(written)
    words = " ".join(fold(written).replace("-", " ").split())
    return number_words(language).get(words) or _chinese(words)


def _chinese(written: str) -> int | None:
    if not re.fullmatch(f"{CHINESE}+", written):
        return None
    total = section = digit = 0
    power = 1
    for character in written:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character == "万":
            total, section, digit, power = (total + section + digit or 1) * 10_000, 0, 0, 10_000
        else:
            power = _POWERS[character]
            section, digit = section + (digit or 1) * power, 0
    # "一百五" is 150, "一百零五" is 105.
    short = digit and power > 1 and written[-2:-1] not in ("零", "〇", "十")
    return total + section + (digit * power // 10 if short else digit)
