"""Order numbers as keys: the same number however it is written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_PIECES = re.compile(r"[^\W\d_]+|\d+")
_MOST_SHAPES = 3
_SIGNS = ("", "-", "_", ".", "/", " ")
_DASHES = re.compile("\\s*[-\u2010-\u2015\u2212\ufe58\ufe63\uff0d]\\s*")


def normalise_order_number(text: str) -> str:
    """Return an order number as it is kept: "#1042", " 1042 " and "１０４２" are "1042"; "so – 2219" is "SO-2219"."""
    plain = unicodedata.normalize("NFKC", text).strip().removeprefix("#")
    return " ".join(_DASHES.sub("-", plain).split()).upper()


def letters_and_digits(number: str) -> str:
    """Return an order number without the signs between its parts: "SO-2219" and "so 2219" are "SO2219"."""
    return "".join(filter(str.isalnum, normalise_order_number(number)))


def askable(number: str, pattern: str) -> bool:
    """Tell whether an order number is recognised in the chat when this is the shop's pattern."""
    pieces = _PIECES.findall(number)
    forms = (number, *(sign.join(pieces) for sign in _SIGNS))
    return any(re.fullmatch(pattern, form, re.IGNORECASE) for form in forms)


def pattern_of(numbers: Iterable[str]) -> str | None:
    """Return a pattern that all of these order numbers fit, or None when they are too different from one another."""
    lengths: dict[tuple[str, ...], set[tuple[int, ...]]] = {}
    for number in numbers:
        parts = tuple(re.split(r"\d+", number))
        lengths.setdefault(parts, set()).add(tuple(map(len, re.findall(r"\d+", number))))
    if not lengths or len(lengths) > _MOST_SHAPES or any(len(parts) == 1 for parts in lengths):
        return None
    return "|".join(_shape(parts, tuple(zip(*seen, strict=True))) for parts, seen in lengths.items())


def _shape(parts: tuple[str, ...], lengths: tuple[tuple[int, ...], ...]) -> str:
    digits = [rf"\d{{{min(run)}}}" if min(run) == max(run) else rf"\d{{{min(run)},{max(run)}}}" for run in lengths]
    # A dash needs no escape outside of brackets, and reads better without.
    texts = [re.escape(part).replace("\\-", "-") for part in parts]
    return "".join(text + run for text, run in zip(texts, [*digits, ""], strict=True))
