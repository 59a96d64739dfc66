"""Rows of the embedded shop ↔ the dataclasses of the ports."""

from __future__ import annotations

from decimal import Decimal

from commerce.embedded import tables as t
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
    PaymentMethod,
    PaymentStatus,
    Refund,
    RefundStatus,
)
from commerce.parcel import (
    Checkpoint,
    CheckpointCode,
    CustomsFacts,
    CustomsState,
    DeliveryDetail,
    DeliveryPlace,
    DutiesPaidBy,
    Parcel,
    ParcelItem,
    ParcelStatus,
    PickupPoint,
)
from commerce.product import Product, SizeChart, Stock, Variant

_POSTAL = ("name", "company", "line1", "line2", "city", "region", "postcode", "country", "phone")
SHIPPING, BILLING = "shipping", "billing"


def to_address(row: t.AddressRow | t.OrderAddressRow) -> Address:
    """Return the address of a row."""
    return Address(**{name: getattr(row, name) for name in _POSTAL})


def to_customer(row: t.CustomerRow) -> Customer:
    """Return the customer of a row."""
    return Customer(
        id=row.ref,
        name=row.name,
        email=row.email,
        phone=row.phone,
        language=row.language,
        created_at=row.created_at,
        addresses=tuple(to_address(a) for a in row.addresses),
        payment_methods=tuple(
            PaymentMethod(PaymentKind(m.kind), m.label, m.last4, m.expires) for m in row.payment_methods
        ),
    )


def to_order(row: t.OrderRow) -> Order:
    """Return the order of a row."""
    currency = row.currency
    addresses = {a.role: to_address(a) for a in row.addresses}
    return Order(
        shop=row.shop,
        number=row.number,
        placed_at=row.placed_at,
        customer=to_customer(row.customer),
        shipping_address=addresses[SHIPPING],
        billing_address=addresses.get(BILLING),
        lines=tuple(_line(line, currency) for line in row.lines),
        subtotal=Money(row.subtotal, currency),
        shipping=Money(row.shipping, currency),
        tax=Money(row.tax, currency),
        discount=Money(row.discount, currency),
        total=Money(row.total, currency),
        financial_status=FinancialStatus(row.financial_status),
        payments=tuple(_payment(p, currency) for p in row.payments),
        refunds=tuple(_refund(r, currency) for r in row.refunds),
        fulfilments=tuple(_fulfilment(f) for f in row.fulfilments),
        history=tuple(HistoryEntry(h.at, HistoryCode(h.code), h.text, h.actor) for h in row.history),
        shipping_method=row.shipping_method,
        promised_delivery=row.promised_delivery,
        cancelled_at=row.cancelled_at,
        cancel_reason=row.cancel_reason,
        note=row.note,
        discount_code=row.discount_code,
    )


def to_parcel(row: t.ParcelRow) -> Parcel:
    """Return the parcel of a row."""
    return Parcel(
        shop=row.shop,
        id=row.ref,
        order_number=row.order_number,
        status=ParcelStatus(row.status),
        carrier=row.carrier,
        carrier_name=row.carrier_name,
        origin=row.origin,
        destination=row.destination,
        destination_zone=row.destination_zone,
        label_created_at=row.label_created_at,
        tracking_number=row.tracking_number,
        tracking_url=row.tracking_url,
        service=row.service,
        shipped_at=row.shipped_at,
        estimated_delivery=row.estimated_delivery,
        promised_delivery=row.promised_delivery,
        items=tuple(ParcelItem(i.title, i.quantity, i.variant, i.sku) for i in row.items),
        checkpoints=tuple(_checkpoint(c) for c in row.checkpoints),
        delivery=_delivery(row),
        customs=_customs(row),
        pickup=PickupPoint(row.pickup_name, row.pickup_address or "", row.pickup_until) if row.pickup_name else None,
    )


def to_product(row: t.ProductRow) -> Product:
    """Return the product of a row."""
    return Product(
        shop=row.shop,
        handle=row.handle,
        title=row.title,
        kind=row.kind,
        description=row.description,
        variants=tuple(to_variant(v) for v in row.variants),
        vendor=row.vendor,
        tags=tuple(row.tags),
        size_chart=to_size_chart(row.size_chart) if row.size_chart else None,
        warranty_months=row.warranty_months,
    )


def to_variant(row: t.VariantRow) -> Variant:
    """Return the variant of a row."""
    return Variant(
        sku=row.sku,
        title=row.title,
        options=tuple((name, value) for name, value in row.options),
        prices=tuple(Money(p.amount, p.currency) for p in row.prices),
        stock=tuple(Stock(s.warehouse, s.available, s.incoming) for s in row.stock),
        barcode=row.barcode,
        weight_grams=row.weight_grams,
        requires_shipping=row.requires_shipping,
    )


def to_size_chart(row: t.SizeChartRow) -> SizeChart:
    """Return the size chart of a row."""
    return SizeChart(row.ref, row.title, tuple(row.columns), tuple(tuple(r) for r in row.rows), row.note)


def _line(row: t.OrderLineRow, currency: str) -> OrderLine:
    return OrderLine(
        id=row.ref,
        title=row.title,
        quantity=row.quantity,
        unit_price=Money(row.unit_price, currency),
        variant=row.variant,
        sku=row.sku,
        discount=_money(row.discount, currency),
        requires_shipping=row.requires_shipping,
    )


def _payment(row: t.PaymentRow, currency: str) -> Payment:
    return Payment(
        id=row.ref,
        kind=PaymentKind(row.kind),
        amount=Money(row.amount, currency),
        status=PaymentStatus(row.status),
        at=row.at,
        label=row.label,
        last4=row.last4,
        reference=row.reference,
    )


def _refund(row: t.RefundRow, currency: str) -> Refund:
    return Refund(
        id=row.ref,
        amount=Money(row.amount, currency),
        status=RefundStatus(row.status),
        at=row.at,
        payment_id=row.payment_ref,
        reason=row.reason,
        lines=tuple(LineQuantity(line.line_ref, line.quantity) for line in row.lines),
    )


def _fulfilment(row: t.FulfilmentRow) -> Fulfilment:
    return Fulfilment(
        id=row.ref,
        status=FulfilmentStatus(row.status),
        lines=tuple(LineQuantity(line.line_ref, line.quantity) for line in row.lines),
        warehouse=row.warehouse,
        packed_at=row.packed_at,
        shipped_at=row.shipped_at,
        parcel_ids=tuple(p.ref for p in row.parcels),
    )


def _checkpoint(row: t.CheckpointRow) -> Checkpoint:
    return Checkpoint(row.at, row.zone, CheckpointCode(row.code), row.text, row.place, row.country)


def _delivery(row: t.ParcelRow) -> DeliveryDetail | None:
    if row.delivered_at is None:
        return None
    return DeliveryDetail(
        at=row.delivered_at,
        zone=row.delivered_zone or row.destination_zone,
        place=DeliveryPlace(row.delivered_place or DeliveryPlace.unknown),
        signed_by=row.signed_by,
        note=row.delivery_note,
        photo=row.delivery_photo,
    )


def _customs(row: t.ParcelRow) -> CustomsFacts | None:
    if row.customs_duties is None:
        return None
    return CustomsFacts(
        duties=DutiesPaidBy(row.customs_duties),
        state=CustomsState(row.customs_state or CustomsState.not_reached),
        entered_at=row.customs_entered_at,
        cleared_at=row.customs_cleared_at,
        declared=_money(row.declared_amount, row.declared_currency),
        due=_money(row.due_amount, row.due_currency),
    )


def _money(amount: Decimal | None, currency: str | None) -> Money | None:
    return None if amount is None or currency is None else Money(amount, currency)
