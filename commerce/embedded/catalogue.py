"""The product system on the embedded shop's tables."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from commerce.embedded import tables as t
from commerce.embedded.mapping import to_product
from commerce.embedded.outage import asking
from commerce.product import Product, Variant


class EmbeddedCatalogue:
    """Port `Catalogue` on the services' database."""

    def product(self, shop: str, handle: str) -> Product | None:
        """Return the product with this handle, or None. Raises `SystemDown`."""
        with asking("catalogue", shop) as session:
            row = session.scalar(select_products(shop).where(t.ProductRow.handle == handle))
            return to_product(row) if row else None

    def variant(self, shop: str, sku: str) -> tuple[Product, Variant] | None:
        """Return the variant with this SKU and its product, or None. Raises `SystemDown`."""
        with asking("catalogue", shop) as session:
            row = session.scalar(select_products(shop).where(t.ProductRow.variants.any(t.VariantRow.sku == sku)))
            if row is None:
                return None
            product = to_product(row)
            return product, next(v for v in product.variants if v.sku == sku)

    def products(self, shop: str) -> tuple[Product, ...]:
        """Return every product of the shop, by title. Raises `SystemDown`."""
        with asking("catalogue", shop) as session:
            return tuple(to_product(row) for row in session.scalars(select_products(shop).order_by(t.ProductRow.title)))


def select_products(shop: str) -> Select[t.ProductRow]:
    """Return a query for products of a shop that loads all of them in a few statements."""
    variants = selectinload(t.ProductRow.variants)
    return (
        select(t.ProductRow)
        .where(t.ProductRow.shop == shop)
        .options(
            joinedload(t.ProductRow.size_chart),
            variants.selectinload(t.VariantRow.prices),
            variants.selectinload(t.VariantRow.stock),
        )
    )
