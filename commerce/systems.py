"""The systems of this installation, chosen by settings: today the embedded shop."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from commerce.handbook import Handbook, handbook
from commerce.ports import Catalogue, Orders, Parcels


@dataclass(frozen=True, slots=True)
class Systems:
    """Everything an action may ask."""

    orders: Orders
    parcels: Parcels
    catalogue: Catalogue
    handbook: Handbook


@lru_cache(maxsize=1)
def systems() -> Systems:
    """Return the systems of this installation.

    Raises:
        HandbookError: a handbook file is wrong.
    """
    from commerce.embedded.catalogue import EmbeddedCatalogue
    from commerce.embedded.orders import EmbeddedOrders
    from commerce.embedded.parcels import EmbeddedParcels

    return Systems(EmbeddedOrders(), EmbeddedParcels(), EmbeddedCatalogue(), handbook())
