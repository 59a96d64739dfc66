"""A product of the catalogue: variants, stock, size chart."""

from __future__ import annotations

from dataclasses import dataclass

from commerce.money import Money


@dataclass(frozen=True, slots=True)
class Stock:
    """How many pieces lie in one warehouse; `incoming` are on their way to it."""

    warehouse: str
    available: int
    incoming: int = 0


@dataclass(frozen=True, slots=True)
class Variant:
    """What can be bought: one combination of a product's options. `prices` has one amount a currency."""

    sku: str
    title: str  # "Navy / 42"
    options: tuple[tuple[str, str], ...]  # (("Colour", "Navy"), ("Size", "42"))
    prices: tuple[Money, ...]
    stock: tuple[Stock, ...] = ()
    barcode: str | None = None
    weight_grams: int | None = None
    requires_shipping: bool = True

    @property
    def available(self) -> int:
        """Pieces over all warehouses."""
        return sum(s.available for s in self.stock)

    def price(self, currency: str) -> Money | None:
        """Return the price in a currency, or None where it is not sold in it."""
        return next((p for p in self.prices if p.currency == currency), None)


@dataclass(frozen=True, slots=True)
class SizeChart:
    """Sizes of a product: `columns` such as ("EU", "UK", "US", "Foot length (cm)"), one row a size."""

    id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """A product. `handle` is its stable name in addresses ("harbour-sneaker")."""

    shop: str
    handle: str
    title: str
    kind: str  # "shoes", "clothing", "home", "electronics", or an imported shop's type
    description: str
    variants: tuple[Variant, ...]
    vendor: str | None = None
    tags: tuple[str, ...] = ()
    size_chart: SizeChart | None = None
    warranty_months: int | None = None
