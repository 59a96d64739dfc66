"""Writes the embedded shop to a file in our JSON: `python -m commerce.embedded.export_file FILE [--shop demo]`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from commerce.embedded import json_file
from commerce.embedded import tables as t
from commerce.embedded.catalogue import select_products
from commerce.embedded.command import run
from commerce.embedded.mapping import to_customer, to_order, to_parcel, to_product, to_size_chart
from commerce.embedded.orders import select_orders
from commerce.embedded.parcels import select_parcels
from commerce.parcel import Parcel
from core.database import reading
from core.settings import settings


def export(shop: str) -> dict[str, Any]:
    """Return a shop in our JSON format (commerce/IMPORT.md); claims and outages are not part of it."""
    with reading() as session:
        profile = session.get(t.ProfileRow, shop)
        people = select(t.CustomerRow).where(t.CustomerRow.shop == shop).order_by(t.CustomerRow.ref)
        people = people.options(selectinload(t.CustomerRow.addresses), selectinload(t.CustomerRow.payment_methods))
        customers = [to_customer(row) for row in session.scalars(people)]
        charts = select(t.SizeChartRow).where(t.SizeChartRow.shop == shop).order_by(t.SizeChartRow.ref)
        size_charts = [to_size_chart(row) for row in session.scalars(charts)]
        products = [to_product(row) for row in session.scalars(select_products(shop).order_by(t.ProductRow.handle))]
        orders = [to_order(row) for row in session.scalars(select_orders(shop).order_by(t.OrderRow.number))]
        parcels: dict[str, list[Parcel]] = {}
        for row in session.scalars(select_parcels(shop)):
            parcels.setdefault(row.order_number, []).append(to_parcel(row))
    return {
        "format": json_file.FORMAT,
        "version": json_file.VERSION,
        **({"shop": _plain(json_file.ShopFile.model_validate(profile))} if profile else {}),
        "customers": [_plain(json_file.CustomerFile.model_validate(c)) for c in customers],
        "size_charts": [_plain(json_file.SizeChartFile.model_validate(c)) for c in size_charts],
        "products": [_plain(json_file.product_file(p)) for p in products],
        "orders": [_plain(json_file.order_file(o, parcels.get(o.number, ()))) for o in orders],
    }


def _plain(record: Any) -> dict[str, Any]:
    plain: dict[str, Any] = record.model_dump(mode="json", exclude_none=True)
    return plain


def main() -> int:
    """Write the shop to the file named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m commerce.embedded.export_file", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--shop", default=settings().shop)
    arguments = parser.parse_args()
    content = export(arguments.shop)
    arguments.file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    lists = {key: value for key, value in content.items() if isinstance(value, list)}
    counts = ", ".join(f"{len(value)} {key.replace('_', ' ')}" for key, value in lists.items())
    sys.stdout.write(f"{arguments.file}: {counts}\n")
    return 0


if __name__ == "__main__":
    run(main)
