"""Creates, refreshes and resets the demo shop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from commerce.embedded import tables as t
from commerce.embedded.demo.build import Builder
from commerce.embedded.demo.bulk import Bulk
from commerce.embedded.demo.catalogue import demo_products
from commerce.embedded.demo.data import Story, demo_data
from commerce.embedded.demo.moments import Moments
from commerce.embedded.writer import Writer
from commerce.handbook import handbook
from commerce.order import Order
from commerce.parcel import Parcel
from core.clock import utc_now
from core.database import reading, transaction
from core.settings import settings

# After this long "out for delivery" is no longer of today, so the generated orders are made again.
STALE_AFTER = timedelta(hours=6)
_HOME_COUNTRY, _HOME_CURRENCY = "GB", "GBP"


@dataclass(frozen=True, slots=True)
class DemoOrder:
    """An order of the demo shop with the story it tells."""

    story: Story
    order: Order
    parcels: tuple[Parcel, ...]


def create(shop: str) -> bool:
    """Create the demo shop when the shop has nothing in it yet; returns whether it did."""
    with transaction() as session:
        tables = (t.OrderRow, t.ProductRow)
        if any(session.scalar(select(table.id).where(table.shop == shop).limit(1)) for table in tables):
            return False
        _write_products(session, shop)
        _write_orders(session, shop)
        return True


def refresh(shop: str) -> bool:
    """Make the generated orders again for today, unless they are fresh; returns whether it did.

    Imported data is never touched. Open claims on generated orders are closed: the order they were about is as new.
    """
    with transaction() as session:
        seeding = session.get(t.SeedingRow, shop)
        if seeding is None or utc_now() - seeding.seeded_at < STALE_AFTER:
            return False
        _remove_orders(session, shop)
        _write_orders(session, shop)
        return True


def reset(shop: str) -> None:
    """Put the shop back as new: everything in it goes, imported data and claims too, and no system is down."""
    with transaction() as session:
        for table in (t.ClaimRow, t.OutageRow, t.OrderRow, t.CustomerRow, t.ProductRow, t.SizeChartRow):
            session.execute(delete(table).where(table.shop == shop))
        _write_products(session, shop)
        _write_orders(session, shop)


def imported_orders(shop: str) -> int:
    """Return how many orders of a shop were imported."""
    is_imported = (t.OrderRow.shop == shop, t.OrderRow.source == t.Source.imported)
    with reading() as session:
        return session.scalar(select(func.count()).select_from(t.OrderRow).where(*is_imported)) or 0


def demo_orders(shop: str) -> list[DemoOrder]:
    """Return every order of the demo shop as it is at this moment."""
    data, rules, products = demo_data(), handbook(), demo_products(demo_data(), shop)
    variants = {variant.sku: (product, variant) for product in products for variant in product.variants}
    bulk = Bulk(data, products, rules)
    stories = (*data.stories, *bulk.stories())
    people = {**data.customers, **bulk.customers}
    builder = Builder(data, shop, Moments(utc_now()), rules, variants)
    return [DemoOrder(story, *builder.order(story, people[story.customer])) for story in stories]


def _write_products(session: Session, shop: str) -> None:
    writer = Writer(session, shop, t.Source.demo)
    writer.profile(settings().shop_name, _HOME_COUNTRY, _HOME_CURRENCY)
    writer.new_products(demo_products(demo_data(), shop))


def _write_orders(session: Session, shop: str) -> None:
    """Write the generated orders and customers, except where an import has brought its own under the same key."""
    writer = Writer(session, shop, t.Source.demo)
    imported = set(session.scalars(select(t.OrderRow.number).where(t.OrderRow.shop == shop)))
    customers = {row.ref: row for row in session.scalars(select(t.CustomerRow).where(t.CustomerRow.shop == shop))}
    for item in demo_orders(shop):
        if item.order.number in imported:
            continue
        customer = item.order.customer
        if customer.id not in customers:
            customers[customer.id] = writer.new_customer(customer)
        writer.new_order(item.order, item.parcels, customers[customer.id])
    session.merge(t.SeedingRow(shop=shop, seeded_at=utc_now()))


def _remove_orders(session: Session, shop: str) -> None:
    """Remove the generated orders and customers, and close the claims on them; keep what was imported."""
    is_demo = (t.OrderRow.shop == shop, t.OrderRow.source == t.Source.demo)
    numbers = select(t.OrderRow.number).where(*is_demo)
    open_claims = (t.ClaimRow.shop == shop, t.ClaimRow.closed_at.is_(None), t.ClaimRow.order_number.in_(numbers))
    session.execute(update(t.ClaimRow).where(*open_claims).values(closed_at=utc_now(), open_parcel=None))
    session.execute(delete(t.OrderRow).where(*is_demo))
    in_use = select(t.OrderRow.customer_id).where(t.OrderRow.shop == shop)
    is_demo_customer = (t.CustomerRow.shop == shop, t.CustomerRow.source == t.Source.demo)
    session.execute(delete(t.CustomerRow).where(*is_demo_customer, t.CustomerRow.id.not_in(in_use)))
