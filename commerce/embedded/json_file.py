"""Our own import format (commerce/IMPORT.md): a shop as JSON, with everything the embedded shop can hold.

The classes here are the format: what a file may say, checked. `to_…` makes the ports' dataclasses of it; `…_file` goes
the other way, for the export.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Literal, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

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
from commerce.order_number import normalise_order_number
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

FORMAT, VERSION = "quayside-shop", 1


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())  # reads a folder tree: once is enough


def _zone(name: str) -> str:
    if name not in _zones():
        raise ValueError(f"{name!r} is not an IANA time zone such as Europe/Paris")
    return name


_COUNTRY, _CURRENCY, _MONTH, _ADDRESS = r"^[A-Z]{2}$", r"^[A-Z]{3}$", r"^\d{4}-\d{2}$", r"^https?://"
# What a text that must fit one of these is, in the words of an error.
PATTERNS = {
    _COUNTRY: "a country's code of two capitals, such as FR",
    _CURRENCY: "a currency's code of three capitals, such as EUR",
    _MONTH: "a month such as 2028-04",
    _ADDRESS: "a web address that begins with https://",
}
Text = Annotated[str, Field(min_length=1, max_length=300)]
Country = Annotated[str, Field(pattern=_COUNTRY)]
Currency = Annotated[str, Field(pattern=_CURRENCY)]
Zone = Annotated[str, AfterValidator(_zone)]
Amount = Annotated[Decimal, Field(allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", from_attributes=True)


class ShopFile(_File):
    """The shop itself: its home country, and the currency of prices that do not name one."""

    name: Text
    country: Country
    currency: Currency


class AddressFile(_File):
    """A postal address."""

    name: Text
    line1: Text
    line2: str | None = None
    city: Text
    region: str | None = None
    postcode: str | None = None
    country: Country
    company: str | None = None
    phone: str | None = None

    def to_address(self) -> Address:
        """Return the address."""
        return Address(**self.model_dump())


class PaymentMethodFile(_File):
    """A way to pay that a customer keeps."""

    kind: PaymentKind
    label: Text
    last4: Annotated[str, Field(max_length=4)] | None = None
    expires: Annotated[str, Field(pattern=_MONTH)] | None = None


class CustomerFile(_File):
    """A customer."""

    id: Text
    name: Text
    email: str | None = None
    phone: str | None = None
    language: str | None = None
    created_at: AwareDatetime | None = None
    addresses: tuple[AddressFile, ...] = ()
    payment_methods: tuple[PaymentMethodFile, ...] = ()

    def to_customer(self) -> Customer:
        """Return the customer."""
        return Customer(
            id=self.id,
            name=self.name,
            email=self.email,
            phone=self.phone,
            language=self.language,
            created_at=self.created_at,
            addresses=tuple(a.to_address() for a in self.addresses),
            payment_methods=tuple(PaymentMethod(**m.model_dump()) for m in self.payment_methods),
        )


class SizeChartFile(_File):
    """A size chart."""

    id: Text
    title: Text
    columns: Annotated[tuple[str, ...], Field(min_length=1)]
    rows: tuple[tuple[str, ...], ...]
    note: str | None = None

    @model_validator(mode="after")
    def _rows_fit(self) -> Self:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"every row must have {len(self.columns)} cells, one a column")
        return self

    def to_size_chart(self) -> SizeChart:
        """Return the size chart."""
        return SizeChart(self.id, self.title, self.columns, self.rows, self.note)


class StockFile(_File):
    """Pieces in one warehouse."""

    warehouse: Text
    available: Annotated[int, Field(ge=0)]
    incoming: Annotated[int, Field(ge=0)] = 0


class VariantFile(_File):
    """A variant; `prices` by currency."""

    sku: Text
    title: Text
    options: dict[str, str] = {}
    prices: dict[Currency, Amount]
    stock: tuple[StockFile, ...] = ()
    barcode: str | None = None
    weight_grams: Annotated[int, Field(ge=0)] | None = None
    requires_shipping: bool = True

    def to_variant(self) -> Variant:
        """Return the variant."""
        return Variant(
            sku=self.sku,
            title=self.title,
            options=tuple(self.options.items()),
            prices=tuple(Money(amount, currency) for currency, amount in sorted(self.prices.items())),
            stock=tuple(Stock(**s.model_dump()) for s in self.stock),
            barcode=self.barcode,
            weight_grams=self.weight_grams,
            requires_shipping=self.requires_shipping,
        )


class ProductFile(_File):
    """A product; `size_chart` is the id of one in the file."""

    handle: Text
    title: Text
    kind: Text
    description: str = ""
    vendor: str | None = None
    tags: tuple[str, ...] = ()
    warranty_months: Annotated[int, Field(ge=0)] | None = None
    size_chart: str | None = None
    variants: Annotated[tuple[VariantFile, ...], Field(min_length=1)]

    def to_product(self, shop: str, charts: Mapping[str, SizeChart]) -> Product:
        """Return the product. Raises `ValueError` when its size chart is not in the file."""
        if self.size_chart is not None and self.size_chart not in charts:
            raise ValueError(f"size_chart: the file has no size chart {self.size_chart!r}")
        return Product(
            shop=shop,
            handle=self.handle,
            title=self.title,
            kind=self.kind,
            description=self.description,
            variants=tuple(v.to_variant() for v in self.variants),
            vendor=self.vendor,
            tags=self.tags,
            size_chart=charts[self.size_chart] if self.size_chart else None,
            warranty_months=self.warranty_months,
        )


class OrderLineFile(_File):
    """A line of an order."""

    id: Text
    title: Text
    variant: str | None = None
    sku: str | None = None
    quantity: Count
    unit_price: Amount
    discount: Amount | None = None
    requires_shipping: bool = True


class PaymentFile(_File):
    """A payment."""

    id: Text
    kind: PaymentKind
    amount: Amount
    status: PaymentStatus
    at: AwareDatetime
    label: Text
    last4: Annotated[str, Field(max_length=4)] | None = None
    reference: str | None = None


class LineQuantityFile(_File):
    """So many pieces of a line."""

    line_id: Text
    quantity: Count


class RefundFile(_File):
    """A refund."""

    id: Text
    amount: Amount
    status: RefundStatus
    at: AwareDatetime | None = None
    payment_id: str | None = None
    reason: str | None = None
    lines: tuple[LineQuantityFile, ...] = ()


class CheckpointFile(_File):
    """A scan."""

    at: AwareDatetime
    zone: Zone
    code: CheckpointCode
    text: Text
    place: str | None = None
    country: Country | None = None


class DeliveryFile(_File):
    """How a parcel was delivered."""

    at: AwareDatetime
    zone: Zone
    place: DeliveryPlace
    signed_by: str | None = None
    note: str | None = None
    photo: bool = False


class MoneyFile(_File):
    """An amount that names its currency."""

    amount: Amount
    currency: Currency

    def to_money(self) -> Money:
        """Return the money."""
        return Money(self.amount, self.currency)


class CustomsFile(_File):
    """A parcel's way through customs."""

    duties: DutiesPaidBy
    state: CustomsState = CustomsState.not_reached
    entered_at: AwareDatetime | None = None
    cleared_at: AwareDatetime | None = None
    declared: MoneyFile | None = None
    due: MoneyFile | None = None


class PickupFile(_File):
    """Where a parcel waits."""

    name: Text
    address: str = ""
    until: dt.date | None = None


class ParcelItemFile(_File):
    """What is in a parcel."""

    title: Text
    quantity: Count
    variant: str | None = None
    sku: str | None = None


class ParcelFile(_File):
    """A parcel. Left out: `destination` is the order's country, `carrier_name` the carrier's code."""

    id: Text
    status: ParcelStatus
    carrier: Text
    carrier_name: str | None = None
    service: str | None = None
    tracking_number: str | None = None
    tracking_url: Annotated[str, Field(pattern=_ADDRESS)] | None = None
    origin: Country
    destination: Country | None = None
    destination_zone: Zone
    label_created_at: AwareDatetime
    shipped_at: AwareDatetime | None = None
    estimated_delivery: dt.date | None = None
    promised_delivery: dt.date | None = None
    items: tuple[ParcelItemFile, ...] = ()
    checkpoints: tuple[CheckpointFile, ...] = ()
    delivery: DeliveryFile | None = None
    customs: CustomsFile | None = None
    pickup: PickupFile | None = None

    @model_validator(mode="after")
    def _delivered_says_when(self) -> Self:
        scanned = any(c.code is CheckpointCode.delivered for c in self.checkpoints)
        if self.status is ParcelStatus.delivered and not self.delivery and not scanned:
            raise ValueError("a delivered parcel needs 'delivery' or a checkpoint with code 'delivered'")
        return self

    def to_parcel(self, shop: str, order_number: str, country: str) -> Parcel:
        """Return the parcel."""
        customs = self.customs
        return Parcel(
            shop=shop,
            id=self.id,
            order_number=order_number,
            status=self.status,
            carrier=self.carrier,
            carrier_name=self.carrier_name or self.carrier,
            origin=self.origin,
            destination=self.destination or country,
            destination_zone=self.destination_zone,
            label_created_at=self.label_created_at,
            tracking_number=self.tracking_number,
            tracking_url=self.tracking_url,
            service=self.service,
            shipped_at=self.shipped_at,
            estimated_delivery=self.estimated_delivery,
            promised_delivery=self.promised_delivery,
            items=tuple(ParcelItem(**i.model_dump()) for i in self.items),
            checkpoints=tuple(sorted((Checkpoint(**c.model_dump()) for c in self.checkpoints), key=lambda c: c.at)),
            delivery=DeliveryDetail(**self.delivery.model_dump()) if self.delivery else None,
            customs=CustomsFacts(
                duties=customs.duties,
                state=customs.state,
                entered_at=customs.entered_at,
                cleared_at=customs.cleared_at,
                declared=customs.declared.to_money() if customs.declared else None,
                due=customs.due.to_money() if customs.due else None,
            )
            if customs
            else None,
            pickup=PickupPoint(**self.pickup.model_dump()) if self.pickup else None,
        )


class FulfilmentFile(_File):
    """What one warehouse sends together."""

    id: Text
    status: FulfilmentStatus
    lines: tuple[LineQuantityFile, ...]
    warehouse: str | None = None
    packed_at: AwareDatetime | None = None
    shipped_at: AwareDatetime | None = None
    parcels: tuple[ParcelFile, ...] = ()


class HistoryFile(_File):
    """Something that happened to an order."""

    at: AwareDatetime
    code: HistoryCode
    text: Text
    actor: Literal["customer", "shop", "carrier", "assistant"] = "shop"


class OrderFile(_File):
    """An order. Its amounts are in `currency`; `customer` is the id of one in the file."""

    number: Text
    placed_at: AwareDatetime
    customer: Text
    currency: Currency
    shipping_address: AddressFile
    billing_address: AddressFile | None = None
    lines: Annotated[tuple[OrderLineFile, ...], Field(min_length=1)]
    subtotal: Amount
    shipping: Amount = Decimal(0)
    tax: Amount = Decimal(0)
    discount: Amount = Decimal(0)
    total: Amount
    financial_status: FinancialStatus
    payments: tuple[PaymentFile, ...] = ()
    refunds: tuple[RefundFile, ...] = ()
    fulfilments: tuple[FulfilmentFile, ...] = ()
    history: tuple[HistoryFile, ...] = ()
    shipping_method: str | None = None
    promised_delivery: dt.date | None = None
    cancelled_at: AwareDatetime | None = None
    cancel_reason: str | None = None
    note: str | None = None
    discount_code: str | None = None

    @model_validator(mode="after")
    def _names_fit(self) -> Self:
        parcels = [p for f in self.fulfilments for p in f.parcels]
        for what, ids in (
            ("lines", [x.id for x in self.lines]),
            ("payments", [x.id for x in self.payments]),
            ("refunds", [x.id for x in self.refunds]),
            ("fulfilments", [x.id for x in self.fulfilments]),
            ("parcels", [x.id for x in parcels]),
        ):
            if len(set(ids)) < len(ids):
                raise ValueError(f"{what}: an id is there twice")
        known = {line.id for line in self.lines}
        named = {x.line_id for f in self.fulfilments for x in f.lines}
        named |= {x.line_id for r in self.refunds for x in r.lines}
        if missing := named - known:
            raise ValueError(f"the order has no line {', '.join(sorted(missing))}")
        return self

    def to_order(self, shop: str, customers: Mapping[str, Customer]) -> tuple[Order, tuple[Parcel, ...]]:
        """Return the order and its parcels. Raises `ValueError` when its customer or currency is not known."""
        if self.customer not in customers:
            raise ValueError(f"customer: the file has no customer {self.customer!r}")
        number, currency = normalise_order_number(self.number), self.currency
        order = Order(
            shop=shop,
            number=number,
            placed_at=self.placed_at,
            customer=customers[self.customer],
            shipping_address=self.shipping_address.to_address(),
            billing_address=self.billing_address.to_address() if self.billing_address else None,
            lines=tuple(_line(line, currency) for line in self.lines),
            subtotal=Money(self.subtotal, currency),
            shipping=Money(self.shipping, currency),
            tax=Money(self.tax, currency),
            discount=Money(self.discount, currency),
            total=Money(self.total, currency),
            financial_status=self.financial_status,
            payments=tuple(
                Payment(p.id, p.kind, Money(p.amount, currency), p.status, p.at, p.label, p.last4, p.reference)
                for p in self.payments
            ),
            refunds=tuple(
                Refund(r.id, Money(r.amount, currency), r.status, r.at, r.payment_id, r.reason, _quantities(r.lines))
                for r in self.refunds
            ),
            fulfilments=tuple(_fulfilment(f) for f in self.fulfilments),
            history=tuple(HistoryEntry(**h.model_dump()) for h in self.history),
            shipping_method=self.shipping_method,
            promised_delivery=self.promised_delivery,
            cancelled_at=self.cancelled_at,
            cancel_reason=self.cancel_reason,
            note=self.note,
            discount_code=self.discount_code,
        )
        parcels = tuple(p.to_parcel(shop, number, order.country) for f in self.fulfilments for p in f.parcels)
        return order, parcels


def product_file(product: Product) -> ProductFile:
    """Return a product as it is written to a file."""
    return ProductFile(
        handle=product.handle,
        title=product.title,
        kind=product.kind,
        description=product.description,
        vendor=product.vendor,
        tags=product.tags,
        warranty_months=product.warranty_months,
        size_chart=product.size_chart.id if product.size_chart else None,
        variants=tuple(
            VariantFile(
                sku=v.sku,
                title=v.title,
                options=dict(v.options),
                prices={p.currency: p.amount for p in v.prices},
                stock=tuple(StockFile.model_validate(s) for s in v.stock),
                barcode=v.barcode,
                weight_grams=v.weight_grams,
                requires_shipping=v.requires_shipping,
            )
            for v in product.variants
        ),
    )


def order_file(order: Order, parcels: Sequence[Parcel]) -> OrderFile:
    """Return an order with its parcels as it is written to a file."""
    by_id = {parcel.id: ParcelFile.model_validate(parcel) for parcel in parcels}
    return OrderFile(
        number=order.number,
        placed_at=order.placed_at,
        customer=order.customer.id,
        currency=order.currency,
        shipping_address=AddressFile.model_validate(order.shipping_address),
        billing_address=AddressFile.model_validate(order.billing_address) if order.billing_address else None,
        lines=tuple(
            OrderLineFile(
                id=line.id,
                title=line.title,
                variant=line.variant,
                sku=line.sku,
                quantity=line.quantity,
                unit_price=line.unit_price.amount,
                discount=line.discount.amount if line.discount else None,
                requires_shipping=line.requires_shipping,
            )
            for line in order.lines
        ),
        subtotal=order.subtotal.amount,
        shipping=order.shipping.amount,
        tax=order.tax.amount,
        discount=order.discount.amount,
        total=order.total.amount,
        financial_status=order.financial_status,
        payments=tuple(
            PaymentFile(
                id=p.id,
                kind=p.kind,
                amount=p.amount.amount,
                status=p.status,
                at=p.at,
                label=p.label,
                last4=p.last4,
                reference=p.reference,
            )
            for p in order.payments
        ),
        refunds=tuple(
            RefundFile(
                id=r.id,
                amount=r.amount.amount,
                status=r.status,
                at=r.at,
                payment_id=r.payment_id,
                reason=r.reason,
                lines=tuple(LineQuantityFile.model_validate(x) for x in r.lines),
            )
            for r in order.refunds
        ),
        fulfilments=tuple(
            FulfilmentFile(
                id=f.id,
                status=f.status,
                lines=tuple(LineQuantityFile.model_validate(x) for x in f.lines),
                warehouse=f.warehouse,
                packed_at=f.packed_at,
                shipped_at=f.shipped_at,
                parcels=tuple(by_id[parcel_id] for parcel_id in f.parcel_ids),
            )
            for f in order.fulfilments
        ),
        history=tuple(HistoryFile.model_validate(h) for h in order.history),
        shipping_method=order.shipping_method,
        promised_delivery=order.promised_delivery,
        cancelled_at=order.cancelled_at,
        cancel_reason=order.cancel_reason,
        note=order.note,
        discount_code=order.discount_code,
    )


def _line(line: OrderLineFile, currency: str) -> OrderLine:
    return OrderLine(
        id=line.id,
        title=line.title,
        quantity=line.quantity,
        unit_price=Money(line.unit_price, currency),
        variant=line.variant,
        sku=line.sku,
        discount=Money(line.discount, currency) if line.discount is not None else None,
        requires_shipping=line.requires_shipping,
    )


def _fulfilment(item: FulfilmentFile) -> Fulfilment:
    return Fulfilment(
        id=item.id,
        status=item.status,
        lines=_quantities(item.lines),
        warehouse=item.warehouse,
        packed_at=item.packed_at,
        shipped_at=item.shipped_at,
        parcel_ids=tuple(p.id for p in item.parcels),
    )


def _quantities(lines: Sequence[LineQuantityFile]) -> tuple[LineQuantity, ...]:
    return tuple(LineQuantity(x.line_id, x.quantity) for x in lines)
