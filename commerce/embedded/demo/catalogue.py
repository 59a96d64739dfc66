"""The demo shop's products, made from products.yml: variants, prices in every currency, stock."""

from __future__ import annotations

import random
from decimal import ROUND_HALF_UP, Decimal
from itertools import product as combinations

from commerce.embedded.demo.data import DemoData, PriceListData, ProductData
from commerce.money import Money
from commerce.product import Product, SizeChart, Stock, Variant

_VENDOR = "Harbour & Pine"


def demo_products(data: DemoData, shop: str) -> tuple[Product, ...]:
    """Return every product of the demo shop; the same every time."""
    charts = {key: SizeChart(key, c.title, c.columns, c.rows, c.note) for key, c in data.size_charts.items()}
    return tuple(_product(item, charts, data, shop) for item in data.products)


def _product(item: ProductData, charts: dict[str, SizeChart], data: DemoData, shop: str) -> Product:
    chart = charts[item.size_chart] if item.size_chart else None
    return Product(
        shop=shop,
        handle=item.handle,
        title=item.title,
        kind=item.kind,
        description=item.description,
        variants=tuple(_variants(item, chart, data)),
        vendor=_VENDOR,
        tags=item.tags,
        size_chart=chart,
        warranty_months=item.warranty_months or None,
    )


def _variants(item: ProductData, chart: SizeChart | None, data: DemoData) -> list[Variant]:
    prices = tuple(_price(item.price, currency, rule) for currency, rule in sorted(data.currencies.items()))
    choices = [
        [(name, value, part) for value, part in _values(option, chart).items()] for name, option in item.options.items()
    ]
    variants = []
    for combination in combinations(*choices):
        sku = "-".join((item.sku, *(part for _, _, part in combination)))
        variants.append(
            Variant(
                sku=sku,
                title=" / ".join(value for _, value, _ in combination) or "Default Title",
                options=tuple((name, value) for name, value, _ in combination),
                prices=prices,
                stock=_stock(sku, item, data),
                weight_grams=item.grams or None,
                requires_shipping=item.ships,
            )
        )
    return variants


def _values(option: dict[str, str] | str, chart: SizeChart | None) -> dict[str, str]:
    if isinstance(option, dict):
        return option
    if chart is None:
        raise ValueError("a product whose sizes come from a chart must name its size_chart")
    return {row[0]: row[0] for row in chart.rows}


def _price(pounds: Decimal, currency: str, rule: PriceListData) -> Money:
    steps = (pounds * rule.rate / rule.step).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return Money(steps * rule.step - rule.less, currency)


def _stock(sku: str, item: ProductData, data: DemoData) -> tuple[Stock, ...]:
    if not item.ships:
        return ()
    # Seeded by the SKU: a new product in the file leaves the stock of the others as it was.
    draw = random.Random(sku)  # noqa: S311
    sold_out = sku in item.sold_out
    return tuple(
        Stock(warehouse, 0 if sold_out else draw.choice((0, 2, 5, 9, 14, 30)), 24 if sold_out else 0)
        for warehouse in sorted(data.warehouses)
    )
