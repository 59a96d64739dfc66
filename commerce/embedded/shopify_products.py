"""Shopify's products export (CSV), in the columns of today and of before: one row a variant, or an image more."""

from __future__ import annotations

from collections.abc import Iterable
from html.parser import HTMLParser

from commerce.embedded.csv_table import Row
from commerce.embedded.import_report import RecordError
from commerce.product import Product, Stock, Variant

NAME = "Shopify products export"
HANDLES = ("URL handle", "Handle")
COLUMNS = frozenset({"title"})
PRICES = ("Price", "Variant Price")
# The export does not name the location.
_WAREHOUSE = "main"
_NO_OPTION = "Default Title"


def group_rows(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Return the rows of each product by handle, in the order of the file; no handle goes under ""."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.text(*HANDLES) or "", []).append(row)
    return groups


def is_for_sale(rows: list[Row]) -> bool:
    """Tell whether the product is active; drafts and archived products are nobody's to buy."""
    return (rows[0].text("Status") or "active").lower() == "active"


def parse_product(shop: str, rows: list[Row], currency: str) -> Product:
    """Return the product that these rows of the export are; prices are in the shop's currency.

    Raises:
        RecordError: something in the rows cannot be read; it says in which line and why.
    """
    first = rows[0]
    handle = first.required(*HANDLES)
    names = [first.text(f"Option{i} name") for i in (1, 2, 3)]
    variants = [_variant(row, handle, names, currency) for row in rows if _has_variant(row)]
    if not variants:
        raise RecordError(first.line, "the product has no variant with a price")
    return Product(
        shop=shop,
        handle=handle,
        title=first.required("Title"),
        kind=first.text("Type") or _last_part(first.text("Product category")) or "product",
        description=_plain(first.text("Description", "Body (HTML)") or ""),
        variants=tuple(variants),
        vendor=first.text("Vendor"),
        tags=tuple(tag.strip() for tag in (first.text("Tags") or "").split(",") if tag.strip()),
    )


def _has_variant(row: Row) -> bool:
    """Rows with nothing but an image follow the variants."""
    return any(row.text(column) for column in ("Price", "Variant Price", "SKU", "Variant SKU", "Option1 value"))


def _variant(row: Row, handle: str, names: list[str | None], currency: str) -> Variant:
    price = row.amount(currency, *PRICES)
    if price is None:
        raise RecordError(row.line, "Price is empty")
    values = [row.text(f"Option{i} value") for i in (1, 2, 3)]
    options = tuple(
        (name, value) for name, value in zip(names, values, strict=True) if name and value and value != _NO_OPTION
    )
    title = " / ".join(value for _, value in options) or _NO_OPTION
    quantity = row.whole("Inventory quantity", "Variant Inventory Qty")
    return Variant(
        sku=row.text("SKU", "Variant SKU") or "/".join((handle, *(value for _, value in options))),
        title=title,
        options=options,
        prices=(price,),
        # Below zero means oversold: there is nothing to promise.
        stock=() if quantity is None else (Stock(_WAREHOUSE, max(0, quantity)),),
        barcode=row.text("Barcode", "Variant Barcodes", "Variant Barcode"),
        weight_grams=_grams(row),
        requires_shipping=row.flag("Requires shipping", "Variant Requires Shipping", default=True),
    )


def _grams(row: Row) -> int | None:
    value = row.text("Weight value (grams)", "Variant Grams")
    if value is None:
        return None
    try:
        return round(float(value))
    except ValueError:
        raise RecordError(row.line, f"Weight value (grams): {value!r} is not a weight") from None


def _last_part(category: str | None) -> str | None:
    return category.rsplit(">", 1)[-1].strip() if category else None


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def _plain(html: str) -> str:
    """The words of a description, without its tags."""
    parser = _Text()
    parser.feed(html)
    parser.close()
    return " ".join(" ".join(parser.parts).split())
