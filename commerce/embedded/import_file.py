"""Brings one's own shop into the embedded one: `python -m commerce.embedded.import_file FILE [--shop demo]`.

Reads Shopify's orders and products CSV exports and our JSON (commerce/IMPORT.md), told apart by their content. What
cannot be read is listed with line and reason; everything else is kept, each order whole or not at all.
Importing a file again updates what it brought.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from commerce.embedded import shopify_orders, shopify_products
from commerce.embedded import tables as t
from commerce.embedded.command import run
from commerce.embedded.csv_table import Row, read_table
from commerce.embedded.import_report import FileError, RecordError, Report
from commerce.embedded.json_import import import_json
from commerce.embedded.keeper import Keeper, Record
from commerce.money import Money
from core.database import reading
from core.settings import settings

_EXCEL = b"PK\x03\x04"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_KINDS = "a Shopify orders export (CSV), a Shopify products export (CSV) or our JSON (commerce/IMPORT.md)"


def import_file(path: Path, shop: str, currency: str | None = None) -> int:
    """Import a file into a shop, say what was done, and return the exit code: 1 when nothing could be imported.

    `currency` is that of the prices in a products CSV, which names none; without it, the shop's own.
    """
    try:
        report = read_into(path, shop, currency)
    except FileError as error:
        sys.stderr.write(f"{path.name} was not imported. {error}\n")
        return 1
    sys.stdout.write(report.text(path.name))
    return 1 if report.nothing_imported else 0


def read_into(path: Path, shop: str, currency: str | None = None) -> Report:
    """Import a file into a shop and return what was done.

    Raises:
        FileError: the file as a whole cannot be read; the message says why and what to do.
    """
    text = _text(path)
    if text.lstrip()[:1] in {"{", "["}:
        return import_json(text, shop)
    header, rows = read_table(text)
    columns = {name.lower() for name in header}
    if columns >= shopify_orders.COLUMNS:
        _demand(shopify_orders.NEEDED, columns)
        return _import_orders(shop, shopify_orders.group_rows(rows))
    if columns >= shopify_products.COLUMNS and columns & {name.lower() for name in shopify_products.HANDLES}:
        if not columns & {name.lower() for name in shopify_products.PRICES}:
            _demand(shopify_products.PRICES[:1], columns)
        return _import_products(shop, shopify_products.group_rows(rows), _currency(shop, currency))
    found = ", ".join(header[:6])
    raise FileError(f"It is neither {_KINDS}: its first line reads {found!r}.")


def _demand(names: tuple[str, ...], columns: set[str]) -> None:
    missing = [name for name in names if name.lower() not in columns]
    if missing:
        says = "The column {} is missing" if len(missing) == 1 else "The columns {} are missing"
        raise FileError(
            says.format(", ".join(missing)) + ". Export once more with every column, or add what is missing."
        )


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise FileError(f"It cannot be read: {error.strerror}.") from None
    if not raw.strip():
        raise FileError("The file is empty.")
    if raw.startswith(_EXCEL):
        raise FileError("It is an Excel workbook (or a ZIP archive). Save it as CSV (UTF-8) and import that.")
    try:
        text = raw.decode("utf-16" if raw.startswith(_UTF16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise FileError(f"Line {line} is not UTF-8 text. Save the file as CSV (UTF-8) and import that.") from None
    if "\x00" in text:
        raise FileError(f"It is not text. What can be imported: {_KINDS}.")
    return text


def _import_orders(shop: str, groups: list[list[Row]]) -> Report:
    report = Report(shopify_orders.NAME)
    with Keeper(shop, report, len(groups)) as keeper:
        for rows in groups:
            record = Record(rows[0].line, "order", rows[0].text("Name") or "")
            try:
                keeper.order(record, shopify_orders.parse_order(shop, rows))
            except RecordError as error:
                keeper.refuse(record, error.reason, error.line)
    return report


def _import_products(shop: str, groups: dict[str, list[Row]], currency: str) -> Report:
    report = Report(shopify_products.NAME)
    report.remarks.append(f"prices were taken as {currency}; CURRENCY=… says otherwise")
    with Keeper(shop, report, len(groups)) as keeper:
        for row in groups.pop("", []):
            keeper.refuse(Record(row.line, "product", ""), "Handle is empty")
        for handle, rows in groups.items():
            if not shopify_products.is_for_sale(rows):
                report.noted["drafts or archived products left out"] += 1
                continue
            record = Record(rows[0].line, "product", handle)
            try:
                keeper.product(record, shopify_products.parse_product(shop, rows, currency))
            except RecordError as error:
                keeper.refuse(record, error.reason, error.line)
    return report


def _currency(shop: str, named: str | None) -> str:
    """Return the currency of a products export: the one that was named, or the shop's own."""
    if named:
        try:
            return Money.zero(named.strip().upper()).currency
        except ValueError as error:
            raise FileError(f"The currency that was named cannot be: {error}, such as EUR.") from None
    with reading() as session:
        profile = session.get(t.ProfileRow, shop)
    if profile is None:
        raise FileError(
            "A products export does not say in which currency its prices are. Name it: "
            "make import FILE=products_export.csv CURRENCY=EUR"
        )
    return profile.currency


def main() -> int:
    """Import the file named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m commerce.embedded.import_file", description=__doc__)
    parser.add_argument("file", type=Path, help="orders_export.csv, products_export.csv or our JSON")
    parser.add_argument("--shop", default=settings().shop)
    parser.add_argument("--currency", help="currency of the prices in a products export, such as EUR")
    arguments = parser.parse_args()
    return import_file(arguments.file, arguments.shop, arguments.currency)


if __name__ == "__main__":
    run(main)
