"""Tables of the embedded shop, all called `shop_…`. `source` says who wrote a row: the demo shop or an import."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base


class Source(StrEnum):
    """Who wrote a row. The demo shop is renewed every day; what was imported is never touched by that."""

    demo = "demo"
    imported = "imported"


class _OfShop:
    id: Mapped[int] = mapped_column(primary_key=True)
    shop: Mapped[str] = mapped_column(String(63))


def _parent(table: str) -> Mapped[int]:
    # Indexed: without it a cascade reads the whole child table for every parent.
    return mapped_column(ForeignKey(f"{table}.id", ondelete="CASCADE"), index=True)


class _Postal:
    name: Mapped[str] = mapped_column(String(200))
    company: Mapped[str | None] = mapped_column(String(200))
    line1: Mapped[str] = mapped_column(String(300))
    line2: Mapped[str | None] = mapped_column(String(300))
    city: Mapped[str] = mapped_column(String(120))
    region: Mapped[str | None] = mapped_column(String(120))
    postcode: Mapped[str | None] = mapped_column(String(20))
    country: Mapped[str] = mapped_column(String(2))
    phone: Mapped[str | None] = mapped_column(String(40))


class ProfileRow(Base):
    """A shop: its home country and the currency of prices that do not name one."""

    __tablename__ = "shop_profiles"

    shop: Mapped[str] = mapped_column(String(63), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    country: Mapped[str] = mapped_column(String(2))
    currency: Mapped[str] = mapped_column(String(3))


class SeedingRow(Base):
    """When the demo shop was made or renewed: its dates are relative to that moment."""

    __tablename__ = "shop_seedings"

    shop: Mapped[str] = mapped_column(String(63), primary_key=True)
    seeded_at: Mapped[datetime]


class OutageRow(Base):
    """A system of a shop that is switched off, for demonstrations and tests. `mode` is "down"."""

    __tablename__ = "shop_outages"

    shop: Mapped[str] = mapped_column(String(63), primary_key=True)
    system: Mapped[str] = mapped_column(String(20), primary_key=True)
    mode: Mapped[str] = mapped_column(String(20))


class CustomerRow(_OfShop, Base):
    """A customer. `ref` is the shop's own id of them."""

    __tablename__ = "shop_customers"
    __table_args__ = (UniqueConstraint("shop", "ref"),)

    source: Mapped[str] = mapped_column(String(10))
    ref: Mapped[str] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(40))
    language: Mapped[str | None] = mapped_column(String(20))
    created_at: Mapped[datetime | None]

    addresses: Mapped[list[AddressRow]] = relationship(
        order_by="AddressRow.position", cascade="all, delete-orphan", passive_deletes=True
    )
    payment_methods: Mapped[list[PaymentMethodRow]] = relationship(
        order_by="PaymentMethodRow.position", cascade="all, delete-orphan", passive_deletes=True
    )


class AddressRow(_OfShop, _Postal, Base):
    """An entry of a customer's address book."""

    __tablename__ = "shop_addresses"

    customer_id: Mapped[int] = _parent("shop_customers")
    position: Mapped[int]


class PaymentMethodRow(_OfShop, Base):
    """A way to pay that a customer keeps."""

    __tablename__ = "shop_payment_methods"

    customer_id: Mapped[int] = _parent("shop_customers")
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    label: Mapped[str] = mapped_column(String(80))
    last4: Mapped[str | None] = mapped_column(String(4))
    expires: Mapped[str | None] = mapped_column(String(7))


class SizeChartRow(_OfShop, Base):
    """A size chart, shared by products."""

    __tablename__ = "shop_size_charts"
    __table_args__ = (UniqueConstraint("shop", "ref"),)

    source: Mapped[str] = mapped_column(String(10))
    ref: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(120))
    columns: Mapped[list[Any]]
    rows: Mapped[list[Any]]
    note: Mapped[str | None] = mapped_column(String(500))


class ProductRow(_OfShop, Base):
    """A product."""

    __tablename__ = "shop_products"
    __table_args__ = (UniqueConstraint("shop", "handle"),)

    source: Mapped[str] = mapped_column(String(10))
    handle: Mapped[str] = mapped_column(String(255))
    title: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(120))
    description: Mapped[str]
    vendor: Mapped[str | None] = mapped_column(String(120))
    tags: Mapped[list[Any]]
    warranty_months: Mapped[int | None]
    size_chart_id: Mapped[int | None] = mapped_column(
        ForeignKey("shop_size_charts.id", ondelete="SET NULL"), index=True
    )

    size_chart: Mapped[SizeChartRow | None] = relationship()
    variants: Mapped[list[VariantRow]] = relationship(
        order_by="VariantRow.position", cascade="all, delete-orphan", passive_deletes=True, back_populates="product"
    )


class VariantRow(_OfShop, Base):
    """A variant of a product."""

    __tablename__ = "shop_variants"
    __table_args__ = (UniqueConstraint("shop", "sku"),)

    product_id: Mapped[int] = _parent("shop_products")
    position: Mapped[int]
    sku: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(255))
    options: Mapped[list[Any]]
    barcode: Mapped[str | None] = mapped_column(String(60))
    weight_grams: Mapped[int | None]
    requires_shipping: Mapped[bool]

    product: Mapped[ProductRow] = relationship(back_populates="variants")
    prices: Mapped[list[PriceRow]] = relationship(
        order_by="PriceRow.currency", cascade="all, delete-orphan", passive_deletes=True
    )
    stock: Mapped[list[StockRow]] = relationship(
        order_by="StockRow.warehouse", cascade="all, delete-orphan", passive_deletes=True
    )


class PriceRow(_OfShop, Base):
    """The price of a variant in one currency."""

    __tablename__ = "shop_prices"
    __table_args__ = (UniqueConstraint("variant_id", "currency"),)

    variant_id: Mapped[int] = _parent("shop_variants")
    amount: Mapped[Decimal]
    currency: Mapped[str] = mapped_column(String(3))


class StockRow(_OfShop, Base):
    """Pieces of a variant in one warehouse."""

    __tablename__ = "shop_stock"
    __table_args__ = (UniqueConstraint("variant_id", "warehouse"),)

    variant_id: Mapped[int] = _parent("shop_variants")
    warehouse: Mapped[str] = mapped_column(String(80))
    available: Mapped[int]
    incoming: Mapped[int]


class OrderRow(_OfShop, Base):
    """An order; every amount is in its currency."""

    __tablename__ = "shop_orders"
    __table_args__ = (UniqueConstraint("shop", "number"),)

    source: Mapped[str] = mapped_column(String(10))
    number: Mapped[str] = mapped_column(String(40))
    customer_id: Mapped[int] = mapped_column(ForeignKey("shop_customers.id"), index=True)
    placed_at: Mapped[datetime]
    currency: Mapped[str] = mapped_column(String(3))
    subtotal: Mapped[Decimal]
    shipping: Mapped[Decimal]
    tax: Mapped[Decimal]
    discount: Mapped[Decimal]
    total: Mapped[Decimal]
    financial_status: Mapped[str] = mapped_column(String(20))
    shipping_method: Mapped[str | None] = mapped_column(String(120))
    promised_delivery: Mapped[date | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None] = mapped_column(String(120))
    note: Mapped[str | None]
    discount_code: Mapped[str | None] = mapped_column(String(120))

    customer: Mapped[CustomerRow] = relationship()
    addresses: Mapped[list[OrderAddressRow]] = relationship(cascade="all, delete-orphan", passive_deletes=True)
    lines: Mapped[list[OrderLineRow]] = relationship(
        order_by="OrderLineRow.position", cascade="all, delete-orphan", passive_deletes=True
    )
    payments: Mapped[list[PaymentRow]] = relationship(
        order_by="PaymentRow.id", cascade="all, delete-orphan", passive_deletes=True
    )
    refunds: Mapped[list[RefundRow]] = relationship(
        order_by="RefundRow.id", cascade="all, delete-orphan", passive_deletes=True
    )
    fulfilments: Mapped[list[FulfilmentRow]] = relationship(
        order_by="FulfilmentRow.id", cascade="all, delete-orphan", passive_deletes=True
    )
    history: Mapped[list[HistoryRow]] = relationship(
        order_by="(HistoryRow.at, HistoryRow.id)", cascade="all, delete-orphan", passive_deletes=True
    )


class OrderAddressRow(_OfShop, _Postal, Base):
    """Where an order goes (`role` "shipping") or where its bill goes ("billing"), as it was when it was placed."""

    __tablename__ = "shop_order_addresses"
    __table_args__ = (UniqueConstraint("order_id", "role"),)

    order_id: Mapped[int] = _parent("shop_orders")
    role: Mapped[str] = mapped_column(String(10))


class OrderLineRow(_OfShop, Base):
    """A line of an order."""

    __tablename__ = "shop_order_lines"
    __table_args__ = (UniqueConstraint("order_id", "ref"),)

    order_id: Mapped[int] = _parent("shop_orders")
    position: Mapped[int]
    ref: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(300))
    variant: Mapped[str | None] = mapped_column(String(255))
    sku: Mapped[str | None] = mapped_column(String(120))
    quantity: Mapped[int]
    unit_price: Mapped[Decimal]
    discount: Mapped[Decimal | None]
    requires_shipping: Mapped[bool]


class PaymentRow(_OfShop, Base):
    """A payment towards an order."""

    __tablename__ = "shop_payments"
    __table_args__ = (UniqueConstraint("order_id", "ref"),)

    order_id: Mapped[int] = _parent("shop_orders")
    ref: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20))
    amount: Mapped[Decimal]
    status: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    label: Mapped[str] = mapped_column(String(120))
    last4: Mapped[str | None] = mapped_column(String(4))
    reference: Mapped[str | None] = mapped_column(String(255))


class RefundRow(_OfShop, Base):
    """Money given back on an order."""

    __tablename__ = "shop_refunds"
    __table_args__ = (UniqueConstraint("order_id", "ref"),)

    order_id: Mapped[int] = _parent("shop_orders")
    ref: Mapped[str] = mapped_column(String(120))
    amount: Mapped[Decimal]
    status: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime | None]
    payment_ref: Mapped[str | None] = mapped_column(String(120))
    reason: Mapped[str | None] = mapped_column(String(300))

    lines: Mapped[list[RefundLineRow]] = relationship(
        order_by="RefundLineRow.id", cascade="all, delete-orphan", passive_deletes=True
    )


class RefundLineRow(_OfShop, Base):
    """Pieces of a line that a refund is for."""

    __tablename__ = "shop_refund_lines"

    refund_id: Mapped[int] = _parent("shop_refunds")
    line_ref: Mapped[str] = mapped_column(String(60))
    quantity: Mapped[int]


class FulfilmentRow(_OfShop, Base):
    """What one warehouse sends together."""

    __tablename__ = "shop_fulfilments"
    __table_args__ = (UniqueConstraint("order_id", "ref"),)

    order_id: Mapped[int] = _parent("shop_orders")
    ref: Mapped[str] = mapped_column(String(60))
    status: Mapped[str] = mapped_column(String(20))
    warehouse: Mapped[str | None] = mapped_column(String(80))
    packed_at: Mapped[datetime | None]
    shipped_at: Mapped[datetime | None]

    lines: Mapped[list[FulfilmentLineRow]] = relationship(
        order_by="FulfilmentLineRow.id", cascade="all, delete-orphan", passive_deletes=True
    )
    parcels: Mapped[list[ParcelRow]] = relationship(
        order_by="ParcelRow.id", cascade="all, delete-orphan", passive_deletes=True, back_populates="fulfilment"
    )


class FulfilmentLineRow(_OfShop, Base):
    """Pieces of a line in a fulfilment."""

    __tablename__ = "shop_fulfilment_lines"

    fulfilment_id: Mapped[int] = _parent("shop_fulfilments")
    line_ref: Mapped[str] = mapped_column(String(60))
    quantity: Mapped[int]


class ParcelRow(_OfShop, Base):
    """A parcel of a fulfilment. `tracking_key` is the tracking number without spaces and hyphens, in capitals."""

    __tablename__ = "shop_parcels"
    __table_args__ = (
        UniqueConstraint("shop", "order_number", "ref"),
        Index("ix_shop_parcels_tracking", "shop", "tracking_key"),
    )

    fulfilment_id: Mapped[int] = _parent("shop_fulfilments")
    order_number: Mapped[str] = mapped_column(String(40))
    ref: Mapped[str] = mapped_column(String(60))
    status: Mapped[str] = mapped_column(String(20))
    carrier: Mapped[str] = mapped_column(String(40))
    carrier_name: Mapped[str] = mapped_column(String(80))
    service: Mapped[str | None] = mapped_column(String(80))
    tracking_number: Mapped[str | None] = mapped_column(String(60))
    tracking_key: Mapped[str | None] = mapped_column(String(60))
    tracking_url: Mapped[str | None] = mapped_column(String(500))
    origin: Mapped[str] = mapped_column(String(2))
    destination: Mapped[str] = mapped_column(String(2))
    destination_zone: Mapped[str] = mapped_column(String(60))
    label_created_at: Mapped[datetime]
    shipped_at: Mapped[datetime | None]
    estimated_delivery: Mapped[date | None]
    promised_delivery: Mapped[date | None]

    delivered_at: Mapped[datetime | None]
    delivered_zone: Mapped[str | None] = mapped_column(String(60))
    delivered_place: Mapped[str | None] = mapped_column(String(20))
    signed_by: Mapped[str | None] = mapped_column(String(120))
    delivery_note: Mapped[str | None] = mapped_column(String(300))
    delivery_photo: Mapped[bool]

    customs_duties: Mapped[str | None] = mapped_column(String(3))
    customs_state: Mapped[str | None] = mapped_column(String(20))
    customs_entered_at: Mapped[datetime | None]
    customs_cleared_at: Mapped[datetime | None]
    declared_amount: Mapped[Decimal | None]
    declared_currency: Mapped[str | None] = mapped_column(String(3))
    due_amount: Mapped[Decimal | None]
    due_currency: Mapped[str | None] = mapped_column(String(3))

    pickup_name: Mapped[str | None] = mapped_column(String(120))
    pickup_address: Mapped[str | None] = mapped_column(String(300))
    pickup_until: Mapped[date | None]

    fulfilment: Mapped[FulfilmentRow] = relationship(back_populates="parcels")
    items: Mapped[list[ParcelItemRow]] = relationship(
        order_by="ParcelItemRow.id", cascade="all, delete-orphan", passive_deletes=True
    )
    checkpoints: Mapped[list[CheckpointRow]] = relationship(
        order_by="(CheckpointRow.at, CheckpointRow.id)", cascade="all, delete-orphan", passive_deletes=True
    )


class ParcelItemRow(_OfShop, Base):
    """What is in a parcel."""

    __tablename__ = "shop_parcel_items"

    parcel_id: Mapped[int] = _parent("shop_parcels")
    title: Mapped[str] = mapped_column(String(300))
    variant: Mapped[str | None] = mapped_column(String(255))
    sku: Mapped[str | None] = mapped_column(String(120))
    quantity: Mapped[int]


class CheckpointRow(_OfShop, Base):
    """A scan of a parcel."""

    __tablename__ = "shop_checkpoints"

    parcel_id: Mapped[int] = _parent("shop_parcels")
    at: Mapped[datetime]
    zone: Mapped[str] = mapped_column(String(60))
    code: Mapped[str] = mapped_column(String(30))
    text: Mapped[str] = mapped_column(String(300))
    place: Mapped[str | None] = mapped_column(String(120))
    country: Mapped[str | None] = mapped_column(String(2))


class HistoryRow(_OfShop, Base):
    """Something that happened to an order."""

    __tablename__ = "shop_order_history"

    order_id: Mapped[int] = _parent("shop_orders")
    at: Mapped[datetime]
    code: Mapped[str] = mapped_column(String(30))
    text: Mapped[str] = mapped_column(String(500))
    actor: Mapped[str] = mapped_column(String(20))


class ClaimRow(_OfShop, Base):
    """A shopper says that a delivered parcel did not come. Kept when the order is renewed, then closed."""

    __tablename__ = "shop_claims"
    __table_args__ = (
        UniqueConstraint("shop", "number"),
        UniqueConstraint("shop", "key"),
        # One open claim a parcel: `open_parcel` is empty once it is closed.
        UniqueConstraint("shop", "open_parcel"),
    )

    number: Mapped[int]
    key: Mapped[str] = mapped_column(String(120))
    order_number: Mapped[str] = mapped_column(String(40))
    parcel_ref: Mapped[str] = mapped_column(String(60))
    tracking_number: Mapped[str | None] = mapped_column(String(60))
    open_parcel: Mapped[str | None] = mapped_column(String(110))
    recorded_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
