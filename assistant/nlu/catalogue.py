"""The words of the shop's catalogue, from the file that the services write; read again when the file changes.

The assistant asks no system of the shop. The file holds no more than what a shopper sees anyway (ops/catalogue_terms.py
writes it): {"products": [{"handle", "title", "aliases": […]}], "options": {"Colour": ["Navy", …], …}}.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SETTING = "QUAYSIDE_CATALOGUE_TERMS"
# A file that is larger is not ours.
_MOST_BYTES = 20_000_000
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Product:
    """A product as the shopper may name it."""

    handle: str
    title: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Terms:
    """All products, and the values of the options by the option's name."""

    products: tuple[Product, ...] = ()
    options: tuple[tuple[str, tuple[str, ...]], ...] = ()


class CatalogueFile:
    """The file of terms; `terms` is what it holds now."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._terms = Terms()

    @classmethod
    def of_the_shop(cls) -> CatalogueFile:
        """Return the file that is set for this process; without one, a catalogue without products."""
        path = os.environ.get(SETTING)
        return cls(Path(path) if path else None)

    @property
    def terms(self) -> Terms:
        """The words as they stand in the file; those of before while it cannot be read."""
        if self._path is None:
            return self._terms
        try:
            status = self._path.stat()
            seen = (status.st_mtime_ns, status.st_size)
            if seen != self._seen and status.st_size <= _MOST_BYTES:
                self._seen = seen
                self._terms = _terms(json.loads(self._path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            pass
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            _log.warning("The catalogue's words in %s cannot be read: %s", self._path, error)
        return self._terms


def _terms(content: dict[str, Any]) -> Terms:
    products = [
        Product(str(p["handle"]), str(p["title"]), tuple(map(str, p.get("aliases", [])))) for p in content["products"]
    ]
    options = [(str(name), tuple(map(str, values))) for name, values in content.get("options", {}).items()]
    return Terms(tuple(products), tuple(options))
