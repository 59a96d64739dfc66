"""The demo shop "Harbour & Pine": some 40 products, 40 orders with a story and 166 generated ones, always of today."""

from __future__ import annotations

from commerce.embedded.demo.shop import create, demo_orders, refresh, reset

__all__ = ["create", "demo_orders", "refresh", "reset"]
