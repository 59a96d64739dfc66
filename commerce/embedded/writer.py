"""Writes customers, products and orders into the embedded shop: for the demo shop and for imports alike.

Whatever has the same key (customer ref, product handle, order number) is replaced, so that writing twice gives one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningDelete

from commerce.embedded import tables as t
from commerce.embedded.mapping import BILLING, SHIPPING
from commerce.money import Money
from commerce.order import Address, Customer, Fulfilment, Order, Refund
from commerce.parcel import Parcel
from commerce.product import Product, SizeChart, Variant
from commerce.tracking_number import normalise_tracking_number


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes into one shop, marking every row with its source; the caller commits."""

    session: Session
    shop: str
    source: t.Source

    def profile(self, name: str, country: str, currency: str) -> None:
        """Write what is known of the shop itself."""
        self.session.merge(t.ProfileRow(shop=self.shop, name=name, country=country, currency=currency))

    def customer(self, customer: Customer) -> t.CustomerRow:
        """Write a customer with address book and payment methods, over one with the same ref; returns the row."""
        where = (t.CustomerRow.shop == self.shop, t.CustomerRow.ref == customer.id)
        row = self.session.scalar(select(t.CustomerRow).where(*where)) or t.CustomerRow(shop=self.shop)
        self._fill(row, customer)
        self.session.flush()
        return row

    def new_customer(self, customer: Customer) -> t.CustomerRow:
        """Write a customer whose ref is known to be new; returns the row."""
        row = t.CustomerRow(shop=self.shop)
        self._fill(row, customer)
        return row

    def size_chart(self, chart: SizeChart) -> t.SizeChartRow:
        """Write a size chart, over one with the same id; returns the row."""
        where = (t.SizeChartRow.shop == self.shop, t.SizeChartRow.ref == chart.id)
        row = self.session.scalar(select(t.SizeChartRow).where(*where)) or t.SizeChartRow(shop=self.shop)
        row.source, row.ref, row.title, row.note = self.source, chart.id, chart.title, chart.note
        row.columns, row.rows = list(chart.columns), [list(r) for r in chart.rows]
        self.session.add(row)
        return row

    def product(self, product: Product) -> bool:
        """Write a product with its variants; returns whether it took the place of one with the same handle."""
        where = (t.ProductRow.shop == self.shop, t.ProductRow.handle == product.handle)
        replaced = self._delete(delete(t.ProductRow).where(*where).returning(t.ProductRow.id))
        self.new_products((product,))
        return replaced

    def new_products(self, products: Iterable[Product]) -> None:
        """Write products whose handles are known to be new, with their size charts."""
        charts: dict[str, t.SizeChartRow] = {}
        written: list[tuple[t.VariantRow, Variant]] = []
        for product in products:
            chart = product.size_chart
            if chart and chart.id not in charts:
                charts[chart.id] = self.size_chart(chart)
            rows = [self._variant(variant, position) for position, variant in enumerate(product.variants)]
            self.session.add(self._product(product, charts[chart.id] if chart else None, rows))
            written += zip(rows, product.variants, strict=True)
        self.session.flush()
        # Prices are by far the most rows: written as plain rows, not as objects.
        prices = [{"variant_id": r.id, "shop": self.shop, **asdict(p)} for r, v in written for p in v.prices]
        stock = [{"variant_id": r.id, "shop": self.shop, **asdict(s)} for r, v in written for s in v.stock]
        for table, values in ((t.PriceRow, prices), (t.StockRow, stock)):
            if values:
                self.session.execute(insert(table), values)

    def order(self, order: Order, parcels: Sequence[Parcel]) -> bool:
        """Write an order, its customer and its parcels; returns whether it took the place of one with this number."""
        where = (t.OrderRow.shop == self.shop, t.OrderRow.number == order.number)
        replaced = self._delete(delete(t.OrderRow).where(*where).returning(t.OrderRow.id))
        self.new_order(order, parcels, self.customer(order.customer))
        self.session.flush()
        return replaced

    def new_order(self, order: Order, parcels: Sequence[Parcel], customer: t.CustomerRow) -> None:
        """Write an order whose number is known to be new; `customer` is its customer's row."""
        self.session.add(self._order(order, {p.id: p for p in parcels}, customer))

    def _delete(self, statement: ReturningDelete[int]) -> bool:
        return self.session.execute(statement).first() is not None

    def _fill(self, row: t.CustomerRow, customer: Customer) -> None:
        row.source, row.ref, row.name = self.source, customer.id, customer.name
        row.email, row.phone, row.language = customer.email, customer.phone, customer.language
        row.created_at = customer.created_at
        row.addresses = [
            t.AddressRow(shop=self.shop, position=position, **asdict(address))
            for position, address in enumerate(customer.addresses)
        ]
        row.payment_methods = [
            t.PaymentMethodRow(shop=self.shop, position=position, **asdict(method))
            for position, method in enumerate(customer.payment_methods)
        ]
        self.session.add(row)

    def _product(self, product: Product, chart: t.SizeChartRow | None, variants: list[t.VariantRow]) -> t.ProductRow:
        return t.ProductRow(
            shop=self.shop,
            source=self.source,
            handle=product.handle,
            title=product.title,
            kind=product.kind,
            description=product.description,
            vendor=product.vendor,
            tags=list(product.tags),
            warranty_months=product.warranty_months,
            size_chart=chart,
            variants=variants,
        )

    def _variant(self, variant: Variant, position: int) -> t.VariantRow:
        return t.VariantRow(
            shop=self.shop,
            position=position,
            sku=variant.sku,
            title=variant.title,
            options=[list(option) for option in variant.options],
            barcode=variant.barcode,
            weight_grams=variant.weight_grams,
            requires_shipping=variant.requires_shipping,
        )

    def _order(self, order: Order, parcels: dict[str, Parcel], customer: t.CustomerRow) -> t.OrderRow:
        addresses = [self._address(order.shipping_address, SHIPPING)]
        if order.billing_address:
            addresses.append(self._address(order.billing_address, BILLING))
        return t.OrderRow(
            shop=self.shop,
            source=self.source,
            number=order.number,
            customer=customer,
            placed_at=order.placed_at,
            currency=order.currency,
            subtotal=order.subtotal.amount,
            shipping=order.shipping.amount,
            tax=order.tax.amount,
            discount=order.discount.amount,
            total=order.total.amount,
            financial_status=order.financial_status,
            shipping_method=order.shipping_method,
            promised_delivery=order.promised_delivery,
            cancelled_at=order.cancelled_at,
            cancel_reason=order.cancel_reason,
            note=order.note,
            discount_code=order.discount_code,
            addresses=addresses,
            lines=self._lines(order),
            payments=self._payments(order),
            refunds=[self._refund(refund) for refund in order.refunds],
            fulfilments=[self._fulfilment(f, parcels) for f in order.fulfilments],
            history=[t.HistoryRow(shop=self.shop, **asdict(entry)) for entry in order.history],
        )

    def _address(self, address: Address, role: str) -> t.OrderAddressRow:
        return t.OrderAddressRow(shop=self.shop, role=role, **asdict(address))

    def _lines(self, order: Order) -> list[t.OrderLineRow]:
        return [
            t.OrderLineRow(
                shop=self.shop,
                position=position,
                ref=line.id,
                title=line.title,
                variant=line.variant,
                sku=line.sku,
                quantity=line.quantity,
                unit_price=line.unit_price.amount,
                discount=line.discount.amount if line.discount else None,
                requires_shipping=line.requires_shipping,
            )
            for position, line in enumerate(order.lines)
        ]

    def _payments(self, order: Order) -> list[t.PaymentRow]:
        return [
            t.PaymentRow(
                shop=self.shop,
                ref=payment.id,
                kind=payment.kind,
                amount=payment.amount.amount,
                status=payment.status,
                at=payment.at,
                label=payment.label,
                last4=payment.last4,
                reference=payment.reference,
            )
            for payment in order.payments
        ]

    def _refund(self, refund: Refund) -> t.RefundRow:
        return t.RefundRow(
            shop=self.shop,
            ref=refund.id,
            amount=refund.amount.amount,
            status=refund.status,
            at=refund.at,
            payment_ref=refund.payment_id,
            reason=refund.reason,
            lines=[t.RefundLineRow(shop=self.shop, line_ref=x.line_id, quantity=x.quantity) for x in refund.lines],
        )

    def _fulfilment(self, fulfilment: Fulfilment, parcels: dict[str, Parcel]) -> t.FulfilmentRow:
        return t.FulfilmentRow(
            shop=self.shop,
            ref=fulfilment.id,
            status=fulfilment.status,
            warehouse=fulfilment.warehouse,
            packed_at=fulfilment.packed_at,
            shipped_at=fulfilment.shipped_at,
            lines=[
                t.FulfilmentLineRow(shop=self.shop, line_ref=x.line_id, quantity=x.quantity) for x in fulfilment.lines
            ],
            parcels=[self._parcel(parcels[parcel_id]) for parcel_id in fulfilment.parcel_ids],
        )

    def _parcel(self, parcel: Parcel) -> t.ParcelRow:
        number, delivery, customs, pickup = parcel.tracking_number, parcel.delivery, parcel.customs, parcel.pickup
        declared, due = (customs.declared, customs.due) if customs else (None, None)
        return t.ParcelRow(
            shop=self.shop,
            ref=parcel.id,
            order_number=parcel.order_number,
            status=parcel.status,
            carrier=parcel.carrier,
            carrier_name=parcel.carrier_name,
            service=parcel.service,
            tracking_number=number,
            tracking_key=normalise_tracking_number(number) if number else None,
            tracking_url=parcel.tracking_url,
            origin=parcel.origin,
            destination=parcel.destination,
            destination_zone=parcel.destination_zone,
            label_created_at=parcel.label_created_at,
            shipped_at=parcel.shipped_at,
            estimated_delivery=parcel.estimated_delivery,
            promised_delivery=parcel.promised_delivery,
            delivered_at=delivery.at if delivery else None,
            delivered_zone=delivery.zone if delivery else None,
            delivered_place=delivery.place if delivery else None,
            signed_by=delivery.signed_by if delivery else None,
            delivery_note=delivery.note if delivery else None,
            delivery_photo=delivery.photo if delivery else False,
            customs_duties=customs.duties if customs else None,
            customs_state=customs.state if customs else None,
            customs_entered_at=customs.entered_at if customs else None,
            customs_cleared_at=customs.cleared_at if customs else None,
            **_amount("declared", declared),
            **_amount("due", due),
            pickup_name=pickup.name if pickup else None,
            pickup_address=pickup.address if pickup else None,
            pickup_until=pickup.until if pickup else None,
            items=[t.ParcelItemRow(shop=self.shop, **asdict(item)) for item in parcel.items],
            checkpoints=[t.CheckpointRow(shop=self.shop, **asdict(c)) for c in parcel.checkpoints],
        )


def _amount(name: str, money: Money | None) -> dict[str, object]:
    return {
        f"{name}_amount": money.amount if money else None,
        f"{name}_currency": money.currency if money else None,
    }
