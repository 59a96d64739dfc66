"""An order and what belongs to it: who bought, what, where it goes, how it was paid, what happened since."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from commerce.money import Money


class PaymentKind(StrEnum):
    """How something was paid. `other` is whatever an imported shop calls differently; `Payment.label` has its name."""

    card = "card"
    paypal = "paypal"
    gift_card = "gift_card"
    other = "other"


class PaymentStatus(StrEnum):
    """Where a payment stands."""

    pending = "pending"
    authorised = "authorised"
    captured = "captured"
    voided = "voided"
    failed = "failed"


class FinancialStatus(StrEnum):
    """Where the money of an order stands, in Shopify's words."""

    pending = "pending"
    authorized = "authorized"
    partially_paid = "partially_paid"
    paid = "paid"
    partially_refunded = "partially_refunded"
    refunded = "refunded"
    voided = "voided"


class FulfilmentStatus(StrEnum):
    """How far the warehouse is with one fulfilment."""

    open = "open"
    packed = "packed"
    shipped = "shipped"
    cancelled = "cancelled"


class OrderStage(StrEnum):
    """How far an order is, seen from the warehouse. What the carrier does then is told by its parcels."""

    awaiting_payment = "awaiting_payment"
    paid = "paid"  # not packed yet
    packed = "packed"  # not with the carrier yet
    partly_shipped = "partly_shipped"
    shipped = "shipped"
    cancelled = "cancelled"  # or refunded in full before anything left


class RefundStatus(StrEnum):
    """Where a refund stands."""

    pending = "pending"
    succeeded = "succeeded"
    failed = "failed"


class HistoryCode(StrEnum):
    """What happened to an order; `HistoryEntry.text` says it in English for staff."""

    placed = "placed"
    paid = "paid"
    packed = "packed"
    shipped = "shipped"
    delivered = "delivered"
    address_changed = "address_changed"
    cancelled = "cancelled"
    refunded = "refunded"
    return_requested = "return_requested"
    return_received = "return_received"
    claim_recorded = "claim_recorded"
    imported = "imported"
    note = "note"


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address as written in its country. `country` is ISO 3166-1 alpha-2, `phone` as the customer gave it."""

    name: str
    line1: str
    city: str
    country: str
    postcode: str | None = None
    line2: str | None = None
    region: str | None = None
    company: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class PaymentMethod:
    """A way to pay that a customer keeps at the shop; never more of a card than brand and last four digits."""

    kind: PaymentKind
    label: str  # "Visa", "PayPal", "Gift card"
    last4: str | None = None
    expires: str | None = None  # "2028-04"


@dataclass(frozen=True, slots=True)
class Customer:
    """Who bought. `language` is a BCP 47 tag such as "es" or "zh-Hans" when the shop knows it."""

    id: str
    name: str
    email: str | None = None
    phone: str | None = None
    language: str | None = None
    created_at: datetime | None = None
    addresses: tuple[Address, ...] = ()
    payment_methods: tuple[PaymentMethod, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line of an order. `id` is unique within the order; `unit_price` is before `discount`."""

    id: str
    title: str
    quantity: int
    unit_price: Money
    variant: str | None = None  # "Navy / 42"
    sku: str | None = None
    discount: Money | None = None
    requires_shipping: bool = True

    @property
    def total(self) -> Money:
        """Price of the line after its discount."""
        gross = self.unit_price * self.quantity
        return gross - self.discount if self.discount else gross


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment towards an order."""

    id: str
    kind: PaymentKind
    amount: Money
    status: PaymentStatus
    at: datetime
    label: str  # "Visa", "PayPal", "Gift card", or the shop's own name for it
    last4: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class LineQuantity:
    """So many pieces of one order line."""

    line_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Refund:
    """Money given back, to the payment it came from. `at` is None where an imported file does not say when."""

    id: str
    amount: Money
    status: RefundStatus
    at: datetime | None
    payment_id: str | None = None
    reason: str | None = None
    lines: tuple[LineQuantity, ...] = ()


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """What one warehouse sends together, in one or more parcels."""

    id: str
    status: FulfilmentStatus
    lines: tuple[LineQuantity, ...]
    warehouse: str | None = None  # "Bristol"
    packed_at: datetime | None = None
    shipped_at: datetime | None = None
    parcel_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """Something that happened to an order; `actor` is "customer", "shop", "carrier" or "assistant"."""

    at: datetime
    code: HistoryCode
    text: str
    actor: str = "shop"


@dataclass(frozen=True, slots=True)
class Order:
    """An order of a shop. `number` is digits without "#"; all moments are aware, in UTC."""

    shop: str
    number: str
    placed_at: datetime
    customer: Customer
    shipping_address: Address
    billing_address: Address | None
    lines: tuple[OrderLine, ...]
    subtotal: Money
    shipping: Money
    tax: Money
    discount: Money
    total: Money
    financial_status: FinancialStatus
    payments: tuple[Payment, ...] = ()
    refunds: tuple[Refund, ...] = ()
    fulfilments: tuple[Fulfilment, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    shipping_method: str | None = None
    promised_delivery: date | None = None  # the last day of what the checkout promised
    cancelled_at: datetime | None = None
    cancel_reason: str | None = None
    note: str | None = None
    discount_code: str | None = None

    @property
    def currency(self) -> str:
        """ISO 4217 code of every amount of this order."""
        return self.total.currency

    @property
    def country(self) -> str:
        """ISO 3166-1 alpha-2 code of where it goes."""
        return self.shipping_address.country

    @property
    def refunded(self) -> Money:
        """What was given back for certain; a pending refund does not count."""
        done = (r.amount for r in self.refunds if r.status is RefundStatus.succeeded)
        return sum(done, start=Money.zero(self.currency))

    @property
    def nothing_will_be_sent(self) -> bool:
        """Whether the order was called off: cancelled, or all its money given back before anything left."""
        sent = any(f.status is FulfilmentStatus.shipped for f in self.fulfilments)
        given_back = self.financial_status in {FinancialStatus.refunded, FinancialStatus.voided}
        return self.cancelled_at is not None or (given_back and not sent)

    @property
    def given_back_after_sending(self) -> bool:
        """Whether all its money was given back though it was sent: it came back, or the shop let it go."""
        return self.financial_status is FinancialStatus.refunded and not self.nothing_will_be_sent

    @property
    def came_back_at(self) -> datetime | None:
        """When the shop last got something of it back, as far as its history tells."""
        return max((entry.at for entry in self.history if entry.code is HistoryCode.return_received), default=None)

    @property
    def refunded_at(self) -> datetime | None:
        """When money was last given back, as far as the refunds tell."""
        return max((r.at for r in self.refunds if r.at and r.status is RefundStatus.succeeded), default=None)

    @property
    def unshipped(self) -> tuple[LineQuantity, ...]:
        """What still has to leave the warehouse, by line; what was refunded is not sent any more."""
        if self.nothing_will_be_sent:
            return ()
        settled: Counter[str] = Counter()
        for fulfilment in self.fulfilments:
            if fulfilment.status is FulfilmentStatus.shipped:
                settled.update({line.line_id: line.quantity for line in fulfilment.lines})
        for refund in self.refunds:
            settled.update({line.line_id: line.quantity for line in refund.lines})
        open_lines = (LineQuantity(x.id, x.quantity - settled[x.id]) for x in self.lines if x.requires_shipping)
        return tuple(line for line in open_lines if line.quantity > 0)

    @property
    def stage(self) -> OrderStage:
        """How far the order is, seen from the warehouse."""
        if self.nothing_will_be_sent:
            return OrderStage.cancelled
        statuses = {f.status for f in self.fulfilments}
        if FulfilmentStatus.shipped in statuses:
            return OrderStage.partly_shipped if self.unshipped else OrderStage.shipped
        if self.financial_status is FinancialStatus.pending:
            return OrderStage.awaiting_payment
        return OrderStage.packed if FulfilmentStatus.packed in statuses else OrderStage.paid

    def line(self, line_id: str) -> OrderLine:
        """Return one line.

        Raises:
            KeyError: the order has no such line.
        """
        for line in self.lines:
            if line.id == line_id:
                return line
        raise KeyError(line_id)
