"""Reads a JSON object of lists element by element, each with the line it begins in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from commerce.embedded.import_report import FileError

_SPACE = " \t\r\n"


@dataclass(frozen=True, slots=True)
class Element:
    """A value of the top object: one element of a list, or the whole value where it is no list (`in_list` False)."""

    key: str
    line: int
    value: Any
    in_list: bool


def read_elements(text: str) -> Iterator[Element]:
    """Yield the values of the JSON object in a text.

    Raises:
        FileError: the text is not JSON (the message names the line), or not an object.
    """
    try:
        yield from _Reader(text).elements()
    except json.JSONDecodeError as error:
        raise FileError(f"Line {error.lineno} is not JSON: {error.msg}.") from None


class _Reader:
    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        # Amounts keep every digit they are written with.
        self._decoder = json.JSONDecoder(parse_float=Decimal)
        self._counted, self._line = 0, 1

    def elements(self) -> Iterator[Element]:
        if self._peek() != "{":
            raise FileError("The JSON is not an object with 'customers', 'products' and 'orders'.")
        for _ in self._members("{", "}"):
            key = self._value()
            if not isinstance(key, str):
                raise json.JSONDecodeError("Expecting a name in quotes", self._text, self._at)
            self._expect(":")
            if self._peek() != "[":
                yield Element(key, self._line_here(), self._value(), in_list=False)
                continue
            for _ in self._members("[", "]"):
                self._peek()
                yield Element(key, self._line_here(), self._value(), in_list=True)
        if self._peek():
            raise json.JSONDecodeError("Extra data", self._text, self._at)

    def _members(self, opening: str, closing: str) -> Iterator[None]:
        """Step over brackets and commas; the caller reads what lies between."""
        self._expect(opening)
        if self._peek() == closing:
            self._expect(closing)
            return
        while True:
            yield
            if self._peek() == closing:
                self._expect(closing)
                return
            self._expect(",")

    def _value(self) -> Any:
        self._peek()
        value, self._at = self._decoder.raw_decode(self._text, self._at)
        return value

    def _peek(self) -> str:
        while self._at < len(self._text) and self._text[self._at] in _SPACE:
            self._at += 1
        return self._text[self._at : self._at + 1]

    def _expect(self, character: str) -> None:
        if self._peek() != character:
            raise json.JSONDecodeError(f"Expecting {character!r}", self._text, self._at)
        self._at += 1

    def _line_here(self) -> int:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line
