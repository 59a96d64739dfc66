"""A story of the demo shop made into an order with its parcels, for a moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from commerce.embedded.demo import tracking_numbers
from commerce.embedded.demo.data import CustomerData, DemoData, ParcelData, PaymentData, Story
from commerce.embedded.demo.moments import Moments
from commerce.handbook import Handbook, ShippingOption
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
    Parcel,
    ParcelItem,
    ParcelStatus,
    PickupPoint,
)
from commerce.product import Product, Variant
from commerce.working_days import add_working_days

# Customers were there some time before their order; the exact day says nothing.
_CUSTOMER_SINCE = timedelta(days=180)
_CUSTOMS_STATES = {
    CheckpointCode.customs_started: CustomsState.clearing,
    CheckpointCode.customs_payment_due: CustomsState.payment_due,
    CheckpointCode.customs_documents_needed: CustomsState.documents_needed,
    CheckpointCode.customs_cleared: CustomsState.cleared,
}


@dataclass(frozen=True, slots=True)
class Builder:
    """Makes orders from stories; `variants` by SKU, `customers` by key."""

    data: DemoData
    shop: str
    moments: Moments
    handbook: Handbook
    variants: dict[str, tuple[Product, Variant]]

    def customer(self, key: str, person: CustomerData) -> Customer:
        """Return a person of the data files as a customer."""
        return Customer(
            id=key,
            name=person.name,
            email=person.email,
            phone=person.phone,
            language=person.language,
            created_at=self.moments.now - _CUSTOMER_SINCE,
            addresses=(_address(person),),
            payment_methods=tuple(
                PaymentMethod(PaymentKind(m.kind), m.label, m.last4, m.expires) for m in person.methods
            ),
        )

    def order(self, story: Story, person: CustomerData) -> tuple[Order, tuple[Parcel, ...]]:
        """Return the order of a story and its parcels."""
        placed_at = self.moments.at(story.placed, person.zone)
        country = self.data.countries[person.country]
        lines = self._lines(story, country.currency)
        subtotal = _sum((line.total for line in lines), country.currency)
        shipping = self._shipping(story, lines, subtotal, person.country)
        tax = _tax(subtotal + shipping, country.tax, included=country.included)
        total = subtotal + shipping if country.included else subtotal + shipping + tax
        order = Order(
            shop=self.shop,
            number=story.number,
            placed_at=placed_at,
            customer=self.customer(story.customer, person),
            shipping_address=_address(person),
            billing_address=_address(person),
            lines=lines,
            subtotal=subtotal,
            shipping=shipping,
            tax=tax,
            discount=Money.zero(country.currency),
            total=total,
            financial_status=FinancialStatus.paid if story.paid else FinancialStatus.pending,
            payments=_payments(story, total, placed_at),
            shipping_method=self._shipping_option_name(story, person.country),
            promised_delivery=self._promised(story, person, placed_at),
            cancelled_at=self.moments.at(story.cancelled.when, person.zone) if story.cancelled else None,
            cancel_reason=story.cancelled.reason if story.cancelled else None,
        )
        parcels = tuple(self._parcel(p, i, order, person) for i, p in enumerate(story.parcels, start=1))
        order = replace(order, fulfilments=self._fulfilments(story, order, parcels))
        order = self._charged(order, story, person)
        order = self._refunded(order, story, person)
        return replace(order, history=self._history(order, parcels, story, person)), parcels

    def _lines(self, story: Story, currency: str) -> tuple[OrderLine, ...]:
        lines = []
        for position, line in enumerate(story.lines, start=1):
            product, variant = self.variants[line.sku]
            price = variant.price(currency)
            if price is None:
                raise ValueError(f"order {story.number}: {line.sku} has no price in {currency}")
            title = None if variant.title == "Default Title" else variant.title
            lines.append(
                OrderLine(
                    id=str(position),
                    title=product.title,
                    quantity=line.quantity,
                    unit_price=price,
                    variant=title,
                    sku=line.sku,
                    requires_shipping=variant.requires_shipping,
                )
            )
        return tuple(lines)

    def _shipping(self, story: Story, lines: tuple[OrderLine, ...], subtotal: Money, country: str) -> Money:
        """The handbook's price; the country's own where the price list is in another currency."""
        if not any(line.requires_shipping for line in lines):
            return Money.zero(subtotal.currency)
        option = self._option(story, country)
        if option.price.currency != subtotal.currency:
            return Money(self.data.countries[country].shipping or Decimal(0), subtotal.currency)
        free = option.free_from is not None and subtotal >= option.free_from
        return Money.zero(subtotal.currency) if free else option.price

    def _option(self, story: Story, country: str) -> ShippingOption:
        options = self.handbook.shipping_for(country).options
        return next((o for o in options if o.code == story.shipping), options[0])

    def _shipping_option_name(self, story: Story, country: str) -> str:
        option = self._option(story, country)
        return f"{option.carrier} ({option.code})"

    def _promised(self, story: Story, person: CustomerData, placed_at: datetime) -> date:
        """The last day of what the checkout promised: the warehouse's time and the longest of the way."""
        if story.promised:
            return self.moments.day(story.promised, person.zone)
        within = self.handbook.delivery_for(person.country).dispatch_within_working_days
        leaves = self.handbook.opening_hours.working_day_after(placed_at, within)
        return add_working_days(leaves, self._option(story, person.country).days[1])

    def _parcel(self, item: ParcelData, index: int, order: Order, person: CustomerData) -> Parcel:
        carrier = self.data.carriers[item.carrier]
        number = self._tracking_number(item.carrier, int(order.number) * 10 + index)
        checkpoints = self._checkpoints(item)
        chosen = [order.lines[n - 1] for n in item.lines] if item.lines else order.lines
        origin = self.data.warehouses[item.warehouse].country
        handed_over = [c.at for c in checkpoints if c.code is CheckpointCode.handed_over]
        return Parcel(
            shop=self.shop,
            id=f"{order.number}-{index}",
            order_number=order.number,
            status=item.status,
            carrier=item.carrier,
            carrier_name=carrier.name,
            origin=origin,
            destination=person.country,
            destination_zone=person.zone,
            label_created_at=checkpoints[0].at,
            tracking_number=number,
            tracking_url=carrier.url.format(number=number),
            service="standard",
            shipped_at=handed_over[0] if handed_over else None,
            estimated_delivery=self.moments.day(item.estimate, person.zone) if item.estimate else None,
            promised_delivery=order.promised_delivery,
            items=tuple(ParcelItem(line.title, line.quantity, line.variant, line.sku) for line in chosen),
            checkpoints=checkpoints,
            delivery=_delivery(item, checkpoints),
            customs=self._customs(item, checkpoints, chosen, origin, person.country),
            pickup=self._pickup(item, person.zone),
        )

    def _tracking_number(self, code: str, serial: int) -> str:
        carrier = self.data.carriers[code]
        if carrier.numbers == "s10":
            # Spread over the range, so that two orders do not differ in one digit only.
            return tracking_numbers.s10(carrier.service_code, serial * 7919 % 10**8, carrier.country)
        make = {
            "ups": lambda: tracking_numbers.ups(serial * 401 % 10**7),
            "usps": lambda: tracking_numbers.usps(serial * 7919 % 10**8),
            "fedex": lambda: tracking_numbers.fedex(77_000_000_000 + serial * 7919),
            "dhl_express": lambda: tracking_numbers.dhl_express(400_000_000 + serial * 7919 % 10**8),
        }
        return make[carrier.numbers]()

    def _checkpoints(self, item: ParcelData) -> tuple[Checkpoint, ...]:
        checkpoints = []
        for scan in item.scans:
            when, place, code = scan[0], scan[1], scan[2]
            country, zone = self.data.places[place]
            words = scan[3] if len(scan) > 3 else self.data.words[code]
            checkpoints.append(Checkpoint(self.moments.at(when, zone), zone, code, words, place, country))
        return tuple(sorted(checkpoints, key=lambda c: c.at))

    def _customs(
        self,
        item: ParcelData,
        checkpoints: tuple[Checkpoint, ...],
        lines: Iterable[OrderLine],
        origin: str,
        destination: str,
    ) -> CustomsFacts | None:
        rule = self.handbook.customs_between(origin, destination)
        if rule is None:
            return None
        declared = sum((line.total for line in lines), start=Money.zero(self.data.countries[destination].currency))
        steps = [c for c in checkpoints if c.code in _CUSTOMS_STATES]
        due = item.customs.due if item.customs else None
        return CustomsFacts(
            duties=item.customs.duties if item.customs else rule.duties_paid_by,
            state=_CUSTOMS_STATES[steps[-1].code] if steps else CustomsState.not_reached,
            entered_at=steps[0].at if steps else None,
            cleared_at=next((c.at for c in steps if c.code is CheckpointCode.customs_cleared), None),
            declared=declared,
            due=Money(due, declared.currency) if due is not None else None,
        )

    def _pickup(self, item: ParcelData, zone: str) -> PickupPoint | None:
        if item.pickup is None:
            return None
        return PickupPoint(item.pickup.name, item.pickup.address, self.moments.day(item.pickup.until, zone))

    def _fulfilments(self, story: Story, order: Order, parcels: tuple[Parcel, ...]) -> tuple[Fulfilment, ...]:
        """One fulfilment for what one warehouse has handed over, one for what it has only labelled or packed."""
        groups: dict[tuple[str, FulfilmentStatus], list[tuple[ParcelData, Parcel]]] = {}
        for item, parcel in zip(story.parcels, parcels, strict=True):
            announced = parcel.status is ParcelStatus.label_created
            status = FulfilmentStatus.packed if announced else FulfilmentStatus.shipped
            groups.setdefault((item.warehouse, status), []).append((item, parcel))
        fulfilments: list[Fulfilment] = []
        for (warehouse, status), members in groups.items():
            numbers = sorted({n for item, _ in members for n in item.lines} or range(1, len(order.lines) + 1))
            shipped = [parcel.shipped_at for _, parcel in members if parcel.shipped_at]
            fulfilments.append(
                Fulfilment(
                    id=f"F{len(fulfilments) + 1}",
                    status=status,
                    lines=_whole_lines(order, numbers),
                    warehouse=warehouse,
                    packed_at=min(parcel.label_created_at for _, parcel in members),
                    shipped_at=min(shipped) if shipped else None,
                    parcel_ids=tuple(parcel.id for _, parcel in members),
                )
            )
        if story.packed:
            place = self.data.warehouses[story.packed.warehouse].place
            packed_at = self.moments.at(story.packed.when, self.data.places[place][1])
            lines = _whole_lines(order, range(1, len(order.lines) + 1))
            fulfilments.append(Fulfilment("F1", FulfilmentStatus.packed, lines, story.packed.warehouse, packed_at))
        return tuple(fulfilments)

    def _charged(self, order: Order, story: Story, person: CustomerData) -> Order:
        """Where the handbook takes money at dispatch, it is only authorised until then."""
        sent = any(f.status is FulfilmentStatus.shipped for f in order.fulfilments)
        at_order = self.handbook.payments_for(person.country).charged == "at_order"
        if at_order or sent or not story.paid or story.cancelled:
            return order
        payments = tuple(replace(payment, status=PaymentStatus.authorised) for payment in order.payments)
        return replace(order, payments=payments, financial_status=FinancialStatus.authorized)

    def _refunded(self, order: Order, story: Story, person: CustomerData) -> Order:
        refunds = []
        for position, item in enumerate(story.refunds, start=1):
            amount = _sum((order.lines[n - 1].total for n in item.lines), order.currency)
            everything = item.shipping and len(item.lines) == len(order.lines)
            if everything:
                amount = order.total
            elif item.shipping:
                amount = amount + order.shipping
            refunds.append(
                Refund(
                    id=f"R{position}",
                    amount=amount,
                    status=RefundStatus.succeeded,
                    at=self.moments.at(item.when, person.zone),
                    payment_id=order.payments[-1].id,
                    reason=item.reason,
                    lines=_whole_lines(order, item.lines),
                )
            )
        order = replace(order, refunds=tuple(refunds))
        if order.refunded:
            whole = order.refunded >= order.total
            status = FinancialStatus.refunded if whole else FinancialStatus.partially_refunded
            return replace(order, financial_status=status)
        return order

    def _history(
        self, order: Order, parcels: tuple[Parcel, ...], story: Story, person: CustomerData
    ) -> tuple[HistoryEntry, ...]:
        entries = [HistoryEntry(order.placed_at, HistoryCode.placed, f"Order {order.number} placed", "customer")]
        if story.paid:
            done = "Authorised" if order.financial_status is FinancialStatus.authorized else "Paid"
            entries.append(HistoryEntry(order.placed_at, HistoryCode.paid, f"{done}: {order.total}"))
        for f in order.fulfilments:
            if f.packed_at:
                entries.append(HistoryEntry(f.packed_at, HistoryCode.packed, f"Packed in {f.warehouse}"))
            if f.shipped_at:
                entries.append(HistoryEntry(f.shipped_at, HistoryCode.shipped, f"Shipped from {f.warehouse}"))
        for parcel in parcels:
            if parcel.delivery:
                text = f"Parcel {parcel.tracking_number} delivered"
                entries.append(HistoryEntry(parcel.delivery.at, HistoryCode.delivered, text, "carrier"))
        if order.cancelled_at:
            entries.append(HistoryEntry(order.cancelled_at, HistoryCode.cancelled, "Cancelled by the customer"))
        for refund in order.refunds:
            refunded_at = refund.at or self.moments.now
            entries.append(HistoryEntry(refunded_at, HistoryCode.refunded, f"Refunded: {refund.amount}"))
        for when, code, text, actor in story.history:
            entries.append(HistoryEntry(self.moments.at(when, person.zone), code, text, actor))
        return tuple(sorted(entries, key=lambda entry: entry.at))


def _address(person: CustomerData) -> Address:
    return Address(
        name=person.name,
        line1=person.line1,
        line2=person.line2,
        city=person.city,
        region=person.region,
        postcode=person.postcode,
        country=person.country,
        phone=person.phone,
    )


def _sum(amounts: Iterable[Money], currency: str) -> Money:
    return sum(amounts, start=Money.zero(currency))


def _tax(amount: Money, percent: Decimal, *, included: bool) -> Money:
    rate = percent / 100
    return Money(amount.amount * rate / (1 + rate) if included else amount.amount * rate, amount.currency)


def _payments(story: Story, total: Money, placed_at: datetime) -> tuple[Payment, ...]:
    rest, payments = total, []
    for position, item in enumerate(story.pay, start=1):
        amount = rest if item.amount is None else min(rest, Money(item.amount, total.currency))
        rest = rest - amount
        kind, label, last4 = _means(item)
        status = PaymentStatus.captured if story.paid else PaymentStatus.pending
        payments.append(Payment(f"P{position}", kind, amount, status, placed_at, label, last4))
    if rest:
        raise ValueError(f"order {story.number}: {rest} of the total are not paid")
    return tuple(payments)


def _means(item: PaymentData) -> tuple[PaymentKind, str, str | None]:
    if item.card:
        return PaymentKind.card, item.card, item.last4
    if item.gift_card:
        return PaymentKind.gift_card, "Gift card", item.gift_card
    return PaymentKind.paypal, "PayPal", None


def _delivery(item: ParcelData, checkpoints: tuple[Checkpoint, ...]) -> DeliveryDetail | None:
    if item.delivery is None:
        return None
    scan = next(c for c in checkpoints if c.code is CheckpointCode.delivered)
    detail = item.delivery
    return DeliveryDetail(scan.at, scan.zone, detail.place, detail.signed_by, detail.note, detail.photo)


def _whole_lines(order: Order, numbers: Iterable[int]) -> tuple[LineQuantity, ...]:
    chosen = (order.lines[n - 1] for n in numbers)
    return tuple(LineQuantity(line.id, line.quantity) for line in chosen if line.requires_shipping)
