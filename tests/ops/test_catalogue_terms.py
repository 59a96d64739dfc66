"""The words of the catalogue, as the services write them for the assistant."""

from __future__ import annotations

from decimal import Decimal

from commerce.money import Money
from commerce.product import Product, Variant
from ops.catalogue_terms import terms_of


def test_titles_and_options_are_told_and_nothing_else() -> None:
    variants = tuple(
        Variant(sku, colour, (("Colour", colour),), (Money(Decimal(9), "EUR"),))
        for sku, colour in (("M-1", "Navy"), ("M-2", "Sand"), ("M-3", "Navy"))
    )
    mug = Product("demo", "the-mug", "Stoneware Mug", "home", "A mug.", variants)
    assert terms_of((mug,)) == {
        "products": [{"handle": "the-mug", "title": "Stoneware Mug", "aliases": ["the mug"]}],
        "options": {"Colour": ["Navy", "Sand"]},
    }
