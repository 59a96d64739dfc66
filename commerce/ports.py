"""What an action may ask of the shop's systems. Every adapter keeps these promises; all calls block.

Each call raises `SystemDown` when the system behind it does not answer.
"""

from __future__ import annotations

from typing import Protocol

from commerce.claim import Claim
from commerce.order import Order
from commerce.parcel import Parcel
from commerce.product import Product, Variant


class Orders(Protocol):
    """The order system."""

    def find(self, shop: str, number: str) -> Order | None:
        """Return the order with this number, or None; case, "#" and the signs between its parts do not matter."""

    def open_claim(self, shop: str, order_number: str, parcel: Parcel) -> Claim | None:
        """Return the claim that is open for a parcel of an order, or None."""

    def record_claim(self, shop: str, order_number: str, parcel: Parcel, key: str) -> Claim:
        """Record once that the shopper did not get a parcel; the same `key`, or an open claim, gives the same claim.

        Raises:
            UnknownOrder: the shop has no such order.
            UnknownParcel: the parcel is not one of this order's.
        """


class Parcels(Protocol):
    """The logistics system."""

    def of_order(self, order: Order) -> tuple[Parcel, ...]:
        """Return the parcels of an order, in the order they were made; empty before the first label."""

    def find(self, shop: str, tracking_number: str) -> Parcel | None:
        """Return the parcel with this tracking number (spaces, hyphens and case do not matter), or None."""


class Catalogue(Protocol):
    """The product system."""

    def product(self, shop: str, handle: str) -> Product | None:
        """Return the product with this handle, or None."""

    def variant(self, shop: str, sku: str) -> tuple[Product, Variant] | None:
        """Return the variant with this SKU and its product, or None."""

    def products(self, shop: str) -> tuple[Product, ...]:
        """Return every product of the shop, by title."""
