"""The facts of an order as a case carries them: for the person at the desk, in plain JSON."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from actions.identity import NotProved, proved_order
from actions.turn import Turn
from commerce.errors import SystemDown
from commerce.order import Order
from commerce.parcel import Parcel
from commerce.systems import systems


async def snapshot(turn: Turn, order_number: str) -> dict[str, Any]:
    """Return the facts of an order whose proof the conversation holds; nothing when a system does not answer."""
    try:
        order = await proved_order(turn, order_number)
        return facts_of(order, await asyncio.to_thread(systems().parcels.of_order, order))
    except (SystemDown, NotProved):
        return {}


def facts_of(order: Order, parcels: Sequence[Parcel]) -> dict[str, Any]:
    """Return what a person wants to see of an order and its parcels."""
    return {
        "order": {
            "number": order.number,
            "placed_at": order.placed_at.isoformat(),
            "customer": order.customer.name,
            "country": order.country,
            "stage": order.stage.value,
            "payment": order.financial_status.value,
            "total": str(order.total),
            "items": [f"{line.quantity} × {line.title}" for line in order.lines],
        },
        "parcels": [_parcel(parcel) for parcel in parcels],
    }


def _parcel(parcel: Parcel) -> dict[str, Any]:
    last = parcel.last_checkpoint
    return {
        "tracking_number": parcel.tracking_number,
        "carrier": parcel.carrier_name,
        "status": parcel.status.value,
        "expected": parcel.expected.isoformat() if parcel.expected else None,
        "last_scan": f"{last.at.isoformat()} {last.place or ''}: {last.text}" if last else None,
        "items": [f"{item.quantity} × {item.title}" for item in parcel.items],
        "tracking_url": parcel.tracking_url,
    }
