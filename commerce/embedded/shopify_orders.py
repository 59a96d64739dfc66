"""Shopify's orders export (CSV): one row a line item, the order's own facts on its first row."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from babel import Locale

from commerce.embedded.csv_table import Row
from commerce.embedded.import_report import RecordError
from commerce.money import Money
from commerce.order import (
    Address,
    Customer,
    FinancialStatus,
    Fulfilment,
    FulfilmentStatus,
    HistoryCode,
    HistoryEntry,
    LineQuantity,
    Order,
    OrderLine,
    Payment,
    PaymentKind,
    PaymentStatus,
    Refund,
    RefundStatus,
)
from commerce.order_number import normalise_order_number

NAME = "Shopify orders export"
COLUMNS = frozenset({"name", "lineitem name"})
# What else there must be; without it every order would be refused, one after the other.
NEEDED = ("Created at", "Currency", "Total", "Lineitem quantity", "Lineitem price")
_FINANCIAL = {**{status.value: status for status in FinancialStatus}, "expired": FinancialStatus.voided}
_PAYMENT_STATUS = {
    FinancialStatus.pending: PaymentStatus.pending,
    FinancialStatus.authorized: PaymentStatus.authorised,
    FinancialStatus.voided: PaymentStatus.voided,
}
_KINDS = (
    ("gift_card", PaymentKind.gift_card),
    ("paypal", PaymentKind.paypal),
    ("shopify payments", PaymentKind.card),
    ("stripe", PaymentKind.card),
    ("card", PaymentKind.card),
)


def group_rows(rows: Iterable[Row]) -> list[list[Row]]:
    """Return the rows of each order in the order of the file; an order that stands in it twice is there twice."""
    groups: list[list[Row]] = []
    newest: dict[str, list[Row]] = {}
    for row in rows:
        name = row.text("Name") or ""
        group = newest.get(name)
        if group is None or not name or _begins_again(row, group, follows=group is groups[-1]):
            group = newest[name] = []
            groups.append(group)
        group.append(row)
    return groups


def _begins_again(row: Row, group: list[Row], *, follows: bool) -> bool:
    """Tell whether a row is an order's first once more: a further line item has no total, or follows the others."""
    return row.text("Total") is not None and (not follows or row.cells == group[0].cells)


def parse_order(shop: str, rows: list[Row]) -> Order:
    """Return the order that these rows of the export are.

    Raises:
        RecordError: something in the rows cannot be read; it says in which line and why.
    """
    first = rows[0]
    number = normalise_order_number(first.required("Name"))
    currency = first.required("Currency").upper()
    try:
        zero = Money.zero(currency)
    except ValueError as error:
        raise RecordError(first.line, f"Currency: {error}, such as EUR") from None
    placed_at = first.moment("Created at")
    if placed_at is None:
        raise RecordError(first.line, "Created at is empty")
    item_rows = [row for row in rows if row.text("Lineitem name")]
    if not item_rows:
        raise RecordError(first.line, "the order has no line items")
    lines = tuple(_line(row, str(position), currency) for position, row in enumerate(item_rows, start=1))
    shipping_address, billing_address = _address(first, "Shipping"), _address(first, "Billing")
    goes_to = shipping_address or billing_address
    if goes_to is None:
        raise RecordError(first.line, "there is neither a shipping nor a billing address")
    subtotal = first.amount(currency, "Subtotal") or sum((line.total for line in lines), start=zero)
    total = first.amount(currency, "Total")
    if total is None:
        raise RecordError(first.line, "Total is empty")
    status = _financial_status(first)
    return Order(
        shop=shop,
        number=number,
        placed_at=placed_at,
        customer=_customer(first, number, billing_address or goes_to, goes_to),
        shipping_address=goes_to,
        billing_address=billing_address,
        lines=lines,
        subtotal=subtotal,
        shipping=first.amount(currency, "Shipping") or zero,
        tax=first.amount(currency, "Taxes") or zero,
        discount=first.amount(currency, "Discount Amount") or zero,
        total=total,
        financial_status=status,
        payments=_payments(first, total, status, placed_at),
        refunds=_refunds(first, currency),
        fulfilments=_fulfilments(first, item_rows, lines),
        history=_history(first, placed_at),
        shipping_method=first.text("Shipping Method"),
        cancelled_at=first.moment("Cancelled at"),
        note=first.text("Notes"),
        discount_code=first.text("Discount Code"),
    )


def _line(row: Row, line_id: str, currency: str) -> OrderLine:
    quantity = row.whole("Lineitem quantity")
    if quantity is None or quantity < 1:
        raise RecordError(row.line, f"Lineitem quantity: {row.text('Lineitem quantity')!r} is not a number from 1 up")
    price = row.amount(currency, "Lineitem price")
    if price is None:
        raise RecordError(row.line, "Lineitem price is empty")
    discount = row.amount(currency, "Lineitem discount")
    return OrderLine(
        id=line_id,
        title=row.required("Lineitem name"),
        quantity=quantity,
        unit_price=price,
        sku=row.text("Lineitem sku"),
        discount=discount or None,
        requires_shipping=row.flag("Lineitem requires shipping", default=True),
    )


def _address(row: Row, kind: str) -> Address | None:
    country = row.text(f"{kind} Country")
    line1 = row.text(f"{kind} Address1", f"{kind} Street")
    if country is None or line1 is None:
        return None
    return Address(
        name=row.text(f"{kind} Name") or "",
        company=row.text(f"{kind} Company"),
        line1=line1,
        line2=row.text(f"{kind} Address2"),
        city=row.text(f"{kind} City") or "",
        region=row.text(f"{kind} Province"),
        postcode=row.text(f"{kind} Zip"),
        country=_country(row, kind, country),
        phone=row.text(f"{kind} Phone"),
    )


def _country(row: Row, kind: str, value: str) -> str:
    """A code as Shopify writes it, or a name as it stands in files that people have edited."""
    codes = _country_codes()
    code = codes.get(value.casefold())
    if code is None:
        raise RecordError(row.line, f"{kind} Country: {value!r} is not a country, such as FR or France")
    return code


@lru_cache(maxsize=1)
def _country_codes() -> dict[str, str]:
    territories = {c: n for c, n in Locale("en").territories.items() if len(c) == 2 and c.isalpha() and c != "ZZ"}
    return {n.casefold(): c for c, n in territories.items()} | {c.casefold(): c for c in territories}


def _customer(row: Row, number: str, billing: Address, shipping: Address) -> Customer:
    email, phone = row.text("Email"), row.text("Phone") or shipping.phone or billing.phone
    # Without a contact of its own an order stands for itself: two strangers must not become one customer.
    ref = f"email:{email.casefold()}" if email else f"phone:{phone}" if phone else f"order:{number}"
    name = billing.name or shipping.name
    return Customer(id=ref, name=name, email=email, phone=phone, addresses=(shipping,))


def _financial_status(row: Row) -> FinancialStatus:
    value = (row.text("Financial Status") or FinancialStatus.pending).lower()
    if value not in _FINANCIAL:
        raise RecordError(row.line, f"Financial Status: {value!r} is none of {', '.join(sorted(_FINANCIAL))}")
    return _FINANCIAL[value]


def _payments(row: Row, total: Money, status: FinancialStatus, placed_at: datetime) -> tuple[Payment, ...]:
    label = row.text("Payment Method")
    if label is None:
        return ()
    kind = next((kind for word, kind in _KINDS if word in label.lower()), PaymentKind.other)
    payment = Payment(
        id="P1",
        kind=kind,
        amount=total,
        status=_PAYMENT_STATUS.get(status, PaymentStatus.captured),
        at=row.moment("Paid at") or placed_at,
        label=label,
        reference=row.text("Payment Reference"),
    )
    return (payment,)


def _refunds(row: Row, currency: str) -> tuple[Refund, ...]:
    amount = row.amount(currency, "Refunded Amount")
    # The export does not say when.
    return (Refund("R1", amount, RefundStatus.succeeded, at=None),) if amount else ()


def _fulfilments(first: Row, rows: list[Row], lines: tuple[OrderLine, ...]) -> tuple[Fulfilment, ...]:
    sent = tuple(
        LineQuantity(line.id, line.quantity)
        for row, line in zip(rows, lines, strict=True)
        if line.requires_shipping and (row.text("Lineitem fulfillment status") or "").lower() == "fulfilled"
    )
    if not sent:
        return ()
    return (Fulfilment("F1", FulfilmentStatus.shipped, sent, shipped_at=first.moment("Fulfilled at")),)


def _history(row: Row, placed_at: datetime) -> tuple[HistoryEntry, ...]:
    entries = [HistoryEntry(placed_at, HistoryCode.placed, "Order placed", "customer")]
    steps = (
        ("Paid at", HistoryCode.paid, "Paid"),
        ("Fulfilled at", HistoryCode.shipped, "Shipped"),
        ("Cancelled at", HistoryCode.cancelled, "Cancelled"),
    )
    for column, code, text in steps:
        if at := row.moment(column):
            entries.append(HistoryEntry(at, code, text))
    return tuple(sorted(entries, key=lambda entry: entry.at))
