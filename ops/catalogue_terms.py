"""The words of the catalogue, for the assistant: titles, other names, options.

The assistant may not ask the shop's systems; it reads the file, and again when it changes (assistant/nlu/catalogue.py).
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from commerce.product import Product
from core.settings import Settings, settings

FILE_NAME = "catalogue-terms.json"


def catalogue_terms_path(of: Settings) -> Path:
    """Return where the words of the catalogue are kept."""
    return of.var_dir / FILE_NAME


def write_catalogue_terms() -> Path:
    """Write the words of the shop's catalogue as it is now; return the file.

    Raises:
        SystemDown: the catalogue does not answer.
    """
    from commerce.systems import systems

    path = catalogue_terms_path(settings())
    written = json.dumps(terms_of(systems().catalogue.products(settings().shop)), ensure_ascii=False)
    # The assistant may be reading: it finds the old file or the new one, never half of one.
    beside = path.with_suffix(f".{os.getpid()}.tmp")
    beside.write_text(written, encoding="utf-8")
    beside.replace(path)
    return path


def terms_of(products: tuple[Product, ...]) -> dict[str, Any]:
    """Return the words of products: handle and title of each, and all values of each option."""
    options: dict[str, list[str]] = {}
    for product in products:
        for variant in product.variants:
            for name, value in variant.options:
                values = options.setdefault(name, [])
                if value not in values:
                    values.append(value)
    named = [{"handle": p.handle, "title": p.title, "aliases": _aliases(p)} for p in products]
    return {"products": named, "options": options}


def _aliases(product: Product) -> list[str]:
    """Return what a product is called besides its title: its handle in words, when that says something else."""
    spoken = product.handle.replace("-", " ")
    return [] if spoken == product.title.lower() else [spoken]
