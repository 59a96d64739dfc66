"""The shop's order numbers in what people type: "SO-2219" is also "so2219", "#SO 2219" and, where it is clear, "2219".

The pattern is the setting QUAYSIDE_ORDER_NUMBER_PATTERN, read when the assistant starts; no training is needed for it.
"""

from __future__ import annotations

import itertools
import os
import re
import sre_constants
import sre_parse
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from assistant.nlu.phrases import straighten

SETTING = "QUAYSIDE_ORDER_NUMBER_PATTERN"
DEFAULT = r"\d{4,6}"
# Letters and digits with single signs or spaces between them; what an order number can be a part of.
_RUN = re.compile(r"[A-Za-z0-9]+(?:[ ]?[-_./ ][ ]?[A-Za-z0-9]+)*")
_PIECE = re.compile(r"[A-Za-z]+|[0-9]+")
# Not so Chinese, which has no spaces.
_IN_A_WORD = re.compile(r"[^\W_\u2e80-\uffff]")
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"), "-")
_SIGNS = ("", "-", "_", ".", "/", " ")
# More pieces than any order number has; each more makes six times the forms to try.
_MOST_PIECES = 4


@dataclass(frozen=True)
class OrderNumbers:
    """How one shop writes its order numbers, without the "#"."""

    pattern: str

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, re.IGNORECASE)

    @cached_property
    def _beginning(self) -> str:
        """The letters and signs that every number of the shop begins with ("SO-"), if the pattern says so."""
        beginning = ""
        for operation, argument in sre_parse.parse(self.pattern).data:
            if operation is not sre_constants.LITERAL or not isinstance(argument, int):
                break
            beginning += chr(argument)
        return "" if beginning.isdigit() else beginning

    @cached_property
    def lettered(self) -> bool:
        """Whether the numbers hold more than digits."""
        return self.pattern != DEFAULT and not re.fullmatch(r"(?:\\d|\[0-9\]|[0-9{},?+*|()])*", self.pattern)

    def of_digits(self, digits: str) -> str | None:
        """Return the order number that bare digits stand for, or None."""
        return next((n for n in (digits, self._beginning + digits) if self._compiled.fullmatch(n)), None)

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Give start, end and number (in capitals, with the shop's signs) of those with letters in a text."""
        if not self.lettered:
            return
        plain = straighten(text).translate(_DASHES)
        for run in _RUN.finditer(plain):
            pieces = [(m.start() + run.start(), m.end() + run.start()) for m in _PIECE.finditer(run[0])]
            first = 0
            while first < len(pieces):
                last, number = self._longest(plain, pieces, first)
                if number:
                    yield pieces[first][0], pieces[last][1], number
                first = last + 1

    def _longest(self, plain: str, pieces: list[tuple[int, int]], first: int) -> tuple[int, str | None]:
        """Return the last piece of the longest order number that begins with a piece, and the number."""
        for last in range(min(len(pieces), first + _MOST_PIECES) - 1, first - 1, -1):
            start, end = pieces[first][0], pieces[last][1]
            if _IN_A_WORD.match(plain[start - 1 : start]) or _IN_A_WORD.match(plain, end):
                continue
            if " " in plain[start:end] and not self._may_be_spaced(plain[start:end]):
                continue
            number = self._written_by_the_shop([plain[s:e] for s, e in pieces[first : last + 1]])
            if number and not number.isdigit():
                return last, number
        return first, None

    def _may_be_spaced(self, written: str) -> bool:
        """Whether words apart may be one number: "SO 2219", or "so 2219" where all numbers begin so; not "is 2219"."""
        beginning = self._beginning.rstrip("-_./ ")
        return written.upper() == written or (bool(beginning) and written.upper().startswith(beginning.upper()))

    def _written_by_the_shop(self, pieces: list[str]) -> str | None:
        for signs in itertools.product(_SIGNS, repeat=len(pieces) - 1):
            number = "".join(itertools.chain.from_iterable(itertools.zip_longest(pieces, signs, fillvalue="")))
            if self._compiled.fullmatch(number):
                return number.upper()
        return None

    def as_digits(self, text: str) -> str:
        """Return a text with its lettered order numbers as digits: what the examples of the training look like."""
        for start, end, number in reversed(list(self.find(text))):
            text = text[:start] + "".join(filter(str.isdigit, number)) + text[end:]
        return text


@lru_cache(maxsize=1)
def shop_order_numbers() -> OrderNumbers:
    """Return the shop's order numbers as set, plain digits when nothing is set.

    Raises:
        ValueError: the setting is no regular expression.
    """
    pattern = os.environ.get(SETTING) or DEFAULT
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{SETTING} is not a regular expression ({error})") from None
    return OrderNumbers(pattern)
