"""The order system on the embedded shop's tables."""

from __future__ import annotations

from sqlalchemy import Select, SQLColumnExpression, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from commerce.claim import Claim
from commerce.embedded import tables as t
from commerce.embedded.mapping import to_order
from commerce.embedded.outage import asking
from commerce.errors import UnknownOrder, UnknownParcel
from commerce.order import HistoryCode, Order
from commerce.order_number import letters_and_digits, normalise_order_number
from commerce.parcel import Parcel
from core.clock import utc_now

_FIRST_CLAIM = 1001
# Two claims at the same moment may draw the same number; the second tries again.
_ATTEMPTS = 3
# What shops write between the parts of a number, and shoppers leave out.
_SIGNS = "- _./"


class EmbeddedOrders:
    """Port `Orders` on the services' database."""

    def find(self, shop: str, number: str) -> Order | None:
        """Return the order with this number, or None. Raises `SystemDown`."""
        wanted = normalise_order_number(number)
        with asking("orders", shop) as session:
            row = session.scalar(select_orders(shop).where(t.OrderRow.number == wanted))
            row = row or _written_otherwise(session, shop, wanted)
            return to_order(row) if row else None

    def open_claim(self, shop: str, order_number: str, parcel: Parcel) -> Claim | None:
        """Return the claim that is open for a parcel of an order, or None. Raises `SystemDown`."""
        wanted = _open_parcel(normalise_order_number(order_number), parcel)
        with asking("orders", shop) as session:
            row = session.scalar(select(t.ClaimRow).where(t.ClaimRow.shop == shop, t.ClaimRow.open_parcel == wanted))
            return _claim(row, created=False) if row else None

    def record_claim(self, shop: str, order_number: str, parcel: Parcel, key: str) -> Claim:
        """Record once that a parcel did not come. Raises `SystemDown`, `UnknownOrder`, `UnknownParcel`."""
        number = normalise_order_number(order_number)
        for attempt in range(_ATTEMPTS):
            try:
                with asking("orders", shop, write=True) as session:
                    return _record(session, shop, number, parcel, key)
            except IntegrityError:
                if attempt == _ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable")


def select_orders(shop: str) -> Select[t.OrderRow]:
    """Return a query for orders of a shop that loads all of them in a handful of statements."""
    return (
        select(t.OrderRow)
        .where(t.OrderRow.shop == shop)
        .options(
            selectinload(t.OrderRow.customer).selectinload(t.CustomerRow.addresses),
            selectinload(t.OrderRow.customer).selectinload(t.CustomerRow.payment_methods),
            selectinload(t.OrderRow.addresses),
            selectinload(t.OrderRow.lines),
            selectinload(t.OrderRow.payments),
            selectinload(t.OrderRow.refunds).selectinload(t.RefundRow.lines),
            selectinload(t.OrderRow.fulfilments).selectinload(t.FulfilmentRow.lines),
            selectinload(t.OrderRow.fulfilments).selectinload(t.FulfilmentRow.parcels),
            selectinload(t.OrderRow.history),
        )
    )


def _written_otherwise(session: Session, shop: str, number: str) -> t.OrderRow | None:
    """The one order whose number has the same letters and digits: "SO2219" is "SO-2219"; None when two have."""
    bare = letters_and_digits(number)
    if bare.isdigit() or not bare:
        return None
    kept: SQLColumnExpression[str] = t.OrderRow.number
    for sign in _SIGNS:
        kept = func.replace(kept, sign, "")
    found = session.scalars(select_orders(shop).where(kept == bare).limit(2)).all()
    return found[0] if len(found) == 1 else None


def _record(session: Session, shop: str, number: str, parcel: Parcel, key: str) -> Claim:
    order = session.scalar(select(t.OrderRow).where(t.OrderRow.shop == shop, t.OrderRow.number == number))
    if order is None:
        raise UnknownOrder(number)
    if parcel.id not in {p.ref for f in order.fulfilments for p in f.parcels}:
        raise UnknownParcel(parcel.id)
    open_parcel = _open_parcel(number, parcel)
    known = session.scalar(
        select(t.ClaimRow)
        .where(t.ClaimRow.shop == shop, (t.ClaimRow.key == key) | (t.ClaimRow.open_parcel == open_parcel))
        .order_by(t.ClaimRow.key != key)
        .limit(1)
    )
    if known:
        return _claim(known, created=known.key == key)
    last = session.scalar(select(func.max(t.ClaimRow.number)).where(t.ClaimRow.shop == shop))
    row = t.ClaimRow(
        shop=shop,
        number=(last or _FIRST_CLAIM - 1) + 1,
        key=key,
        order_number=number,
        parcel_ref=parcel.id,
        tracking_number=parcel.tracking_number,
        open_parcel=open_parcel,
        recorded_at=utc_now(),
    )
    text = f"Claim C-{row.number}: parcel {parcel.tracking_number or parcel.id} marked delivered, not received"
    order.history.append(
        t.HistoryRow(shop=shop, at=row.recorded_at, code=HistoryCode.claim_recorded, text=text, actor="customer")
    )
    session.add(row)
    session.flush()
    return _claim(row, created=True)


def _open_parcel(number: str, parcel: Parcel) -> str:
    """What is unique among the claims that are open: a parcel of an order."""
    return f"{number}/{parcel.id}"


def _claim(row: t.ClaimRow, *, created: bool) -> Claim:
    return Claim(
        shop=row.shop,
        number=f"C-{row.number}",
        order_number=row.order_number,
        parcel_id=row.parcel_ref,
        tracking_number=row.tracking_number,
        recorded_at=row.recorded_at,
        created=created,
    )
