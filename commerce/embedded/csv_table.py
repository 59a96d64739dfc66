"""A CSV file with a header: rows that know their line, and cells read as what they should be."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from commerce.embedded.import_report import FileError, RecordError
from commerce.money import Money

# Shopify writes a leading apostrophe before postcodes, so that spreadsheets keep "01234" and "+33…" as text.
_GUARD = "'"
_AMOUNT = re.compile(r"-?\d+(\.\d+)?")
_WHOLE = re.compile(r"-?\d+")
_FIELD_LIMIT = 10_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """A row: the line it begins in, and its cells by column name in lower case."""

    line: int
    cells: Mapping[str, str]

    def text(self, *columns: str) -> str | None:
        """Return the first of these columns that has something in it."""
        for column in columns:
            value = self.cells.get(column.lower(), "").strip().removeprefix(_GUARD).strip()
            if value:
                return value
        return None

    def required(self, *columns: str) -> str:
        """Return a cell that must not be empty. Raises `RecordError`."""
        value = self.text(*columns)
        if value is None:
            raise RecordError(self.line, f"{columns[0]} is empty")
        return value

    def amount(self, currency: str, *columns: str) -> Money | None:
        """Return an amount of money. Raises `RecordError`."""
        value = self.text(*columns)
        if value is None:
            return None
        if not _AMOUNT.fullmatch(value):
            raise RecordError(self.line, f"{columns[0]}: {value!r} is not an amount such as 12.90")
        try:
            return Money(Decimal(value), currency)
        except (ValueError, InvalidOperation) as error:
            raise RecordError(self.line, f"{columns[0]}: {error}") from None

    def whole(self, *columns: str) -> int | None:
        """Return a whole number. Raises `RecordError`."""
        value = self.text(*columns)
        if value is None:
            return None
        # "3.0" is what a spreadsheet makes of 3.
        digits = value.removesuffix(".0")
        if not _WHOLE.fullmatch(digits):
            raise RecordError(self.line, f"{columns[0]}: {value!r} is not a whole number")
        return int(digits)

    def flag(self, *columns: str, default: bool) -> bool:
        """Return a true/false cell. Raises `RecordError`."""
        value = (self.text(*columns) or str(default)).lower()
        if value in {"true", "yes", "1"}:
            return True
        if value in {"false", "no", "0"}:
            return False
        raise RecordError(self.line, f"{columns[0]}: {value!r} is neither true nor false")

    def moment(self, *columns: str) -> datetime | None:
        """Return a moment with its time zone, such as "2026-10-07 09:50:26 +0200". Raises `RecordError`."""
        value = self.text(*columns)
        if value is None:
            return None
        try:
            moment = datetime.fromisoformat(value.replace(" UTC", "+00:00"))
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            reason = f"{columns[0]}: {value!r} is not a moment with a time zone such as 2026-10-07 09:50:26 +0200"
            raise RecordError(self.line, reason)
        return moment


def read_table(text: str) -> tuple[tuple[str, ...], Iterator[Row]]:
    """Return the header of a CSV text, as written, and its rows; empty lines are skipped.

    Raises:
        FileError: there is no header, or quotes are not closed.
    """
    header_line = text.split("\n", 1)[0]
    # A comma by Shopify; a semicolon or a tab after a spreadsheet of another country has saved it.
    delimiter = max(",;\t", key=header_line.count)
    csv.field_size_limit(_FIELD_LIMIT)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = tuple(name.strip() for name in next(reader))
    except (StopIteration, csv.Error) as error:
        raise FileError("There is no header line.") from error
    return header, _rows(reader, tuple(name.lower() for name in header))


def _rows(reader: Iterator[list[str]], names: tuple[str, ...]) -> Iterator[Row]:
    line = reader.line_num + 1  # type: ignore[attr-defined]
    try:
        for values in reader:
            if any(value.strip() for value in values):
                yield Row(line, dict(zip(names, values, strict=False)))
            line = reader.line_num + 1  # type: ignore[attr-defined]
    except csv.Error as error:
        raise FileError(f"Line {line} is not CSV: {error}. Is a quotation mark not closed?") from error
