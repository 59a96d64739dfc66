"""The logistics system on the embedded shop's tables."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from commerce.embedded import tables as t
from commerce.embedded.mapping import to_parcel
from commerce.embedded.outage import asking
from commerce.order import Order
from commerce.parcel import Parcel
from commerce.tracking_number import normalise_tracking_number


class EmbeddedParcels:
    """Port `Parcels` on the services' database."""

    def of_order(self, order: Order) -> tuple[Parcel, ...]:
        """Return the parcels of an order, oldest first. Raises `SystemDown`."""
        with asking("parcels", order.shop) as session:
            query = select_parcels(order.shop).where(t.ParcelRow.order_number == order.number)
            return tuple(to_parcel(row) for row in session.scalars(query))

    def find(self, shop: str, tracking_number: str) -> Parcel | None:
        """Return the parcel with this tracking number, or None. Raises `SystemDown`."""
        key = normalise_tracking_number(tracking_number)
        with asking("parcels", shop) as session:
            # Carriers use numbers again after some months: the newest parcel is the one that is meant.
            newest = (t.ParcelRow.label_created_at.desc(), t.ParcelRow.id.desc())
            query = select_parcels(shop).where(t.ParcelRow.tracking_key == key).order_by(None).order_by(*newest)
            row = session.scalar(query.limit(1))
            return to_parcel(row) if row else None


def select_parcels(shop: str) -> Select[t.ParcelRow]:
    """Return a query for parcels of a shop that loads all of them in a few statements."""
    return (
        select(t.ParcelRow)
        .where(t.ParcelRow.shop == shop)
        .order_by(t.ParcelRow.id)
        .options(selectinload(t.ParcelRow.items), selectinload(t.ParcelRow.checkpoints))
    )
