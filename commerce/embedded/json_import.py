"""Imports our JSON (commerce/IMPORT.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from commerce.embedded import json_file
from commerce.embedded.import_report import FileError, Report
from commerce.embedded.json_elements import Element, read_elements
from commerce.embedded.keeper import Keeper, Record
from commerce.order import Customer
from commerce.product import SizeChart

NAME = "Quayside shop (JSON)"
# Read in this order, whatever their order in the file: products name size charts, orders name customers.
_LISTS = {"customers": "customer", "size_charts": "size chart", "products": "product", "orders": "order"}
_HEAD = {"format", "version", "shop"}
# What is said of a fault, by how its kind begins (https://docs.pydantic.dev/latest/errors/validation_errors/).
_WORDS = {
    "extra_forbidden": "the format has no such field; is it misspelt? (commerce/IMPORT.md)",
    "missing": "is missing",
    "model_": 'must be an object: {{"…": …}}',
    "dict_": 'must be an object: {{"…": …}}',
    "tuple_": "must be a list: [ … ]",
    "too_short": "must not be an empty list",
    "string_type": 'must be text: "…"',
    "string_too_short": "must not be empty",
    "string_too_long": "must not be longer than {max_length} characters",
    "decimal_": 'must be an amount such as "12.90"',
    "finite_number": 'must be an amount such as "12.90"',
    "int_": "must be a whole number",
    "greater_than_equal": "must be {ge} or more",
    "bool_": "must be true or false",
    "datetime_": 'must be a moment with a time zone, such as "2026-11-20T09:30:00Z"',
    "timezone_": 'must be a moment with a time zone, such as "2026-11-20T09:30:00Z"',
    "date_": 'must be a day, such as "2026-11-25"',
}
_OTHERWISE = "is not what commerce/IMPORT.md describes"
_NAMED_BY = {"customer": "id", "size chart": "id", "product": "handle", "order": "number"}


def import_json(text: str, shop: str) -> Report:
    """Import a shop from our JSON and return what was done.

    Raises:
        FileError: it is not JSON, or not in our format.
    """
    lists: dict[str, list[Element]] = {key: [] for key in _LISTS}
    head: dict[str, Any] = {}
    for element in read_elements(text):
        if element.in_list != (element.key in _LISTS):
            reason = "must be a list" if element.key in _LISTS else "is no list of this format"
            raise FileError(f"Line {element.line}: {element.key!r} {reason} (commerce/IMPORT.md).")
        if element.in_list:
            lists[element.key].append(element)
        elif element.key in _HEAD:
            head[element.key] = element.value
        else:
            raise FileError(f"Line {element.line}: {element.key!r} is not part of the format (commerce/IMPORT.md).")
    if (head.get("format"), head.get("version")) != (json_file.FORMAT, json_file.VERSION):
        expected = f'"format": "{json_file.FORMAT}" and "version": {json_file.VERSION}'
        raise FileError(f"It is JSON, but does not say {expected} (commerce/IMPORT.md).")
    report = Report(NAME)
    with Keeper(shop, report, sum(map(len, lists.values()))) as keeper:
        if "shop" in head:
            keeper.profile(**_shop(head["shop"]).model_dump())
        records = _Records(keeper)
        for key, noun in _LISTS.items():
            for element in lists[key]:
                records.read(noun, element)
    return report


def _shop(value: Any) -> json_file.ShopFile:
    try:
        return json_file.ShopFile.model_validate(value)
    except ValidationError as error:
        raise FileError(f"'shop': {_reason(error)}.") from None


def _reason(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    reason = _own_words(first)
    return f"{where}: {reason}" if where else reason


def _own_words(error: ErrorDetails) -> str:
    """Return a fault in the words of the format rather than in those of the library that found it."""
    context = error.get("ctx", {})
    kind = error["type"]
    if kind == "value_error":
        return str(context["error"])
    if kind == "string_pattern_mismatch":
        return f"{error['input']!r} is not {json_file.PATTERNS[context['pattern']]}"
    if kind == "enum":
        return f"{error['input']!r} is none of {context['expected']}"
    return next((words.format(**context) for start, words in _WORDS.items() if kind.startswith(start)), _OTHERWISE)


class _Records:
    """Reads and keeps one record after the other; remembers what later ones name."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._customers: dict[str, Customer] = {}
        self._charts: dict[str, SizeChart] = {}
        self._readers: Mapping[str, tuple[type[BaseModel], Callable[[Record, Any], None]]] = {
            "customer": (json_file.CustomerFile, self._customer),
            "size chart": (json_file.SizeChartFile, self._chart),
            "product": (json_file.ProductFile, self._product),
            "order": (json_file.OrderFile, self._order),
        }

    def read(self, noun: str, element: Element) -> None:
        value, (form, use) = element.value, self._readers[noun]
        name = value.get(_NAMED_BY[noun], "") if isinstance(value, dict) else ""
        record = Record(element.line, noun, str(name))
        try:
            use(record, form.model_validate(value))
        except ValidationError as error:
            self._keeper.refuse(record, _reason(error))
        except ValueError as error:
            self._keeper.refuse(record, str(error))

    def _customer(self, record: Record, item: json_file.CustomerFile) -> None:
        customer = item.to_customer()
        if self._keeper.customer(record, customer):
            self._customers[customer.id] = customer

    def _chart(self, record: Record, item: json_file.SizeChartFile) -> None:
        chart = item.to_size_chart()
        if self._keeper.size_chart(record, chart):
            self._charts[chart.id] = chart

    def _product(self, record: Record, item: json_file.ProductFile) -> None:
        self._keeper.product(record, item.to_product(self._keeper.shop, self._charts))

    def _order(self, record: Record, item: json_file.OrderFile) -> None:
        order, parcels = item.to_order(self._keeper.shop, self._customers)
        self._keeper.order(record, order, parcels)
