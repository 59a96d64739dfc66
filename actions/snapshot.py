"""An order as a case carries it: its number, its facts in plain JSON, and a statement on whether it was proved."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from actions.given import read
from actions.identity import NotProved, holds_proof, proved_order
from actions.turn import Turn
from commerce.errors import SystemDown
from commerce.order import Order
from commerce.parcel import Parcel
from commerce.systems import systems
from desk.summary import Statement, statement


@dataclass(frozen=True)
class OrderInCase:
    """The order of a conversation for its case: number and facts only with proof, `said` for the summary."""

    number: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    said: tuple[Statement, ...] = ()


def order_named(turn: Turn) -> OrderInCase:
    """Return the order that the message names, or the one talked about; without a proof it is only said to be named."""
    named = dict.fromkeys(number for number in (*read(turn).orders, turn.slot("order_number")) if number)
    proved = [number for number in named if holds_proof(turn, number)]
    said = tuple(statement("order_proved" if n in proved else "order_named", order=n) for n in named)
    return OrderInCase(proved[0] if proved else None, said=said)


async def order_in_case(turn: Turn) -> OrderInCase:
    """Return the same order with its facts, which only who has proved it theirs may have asked about."""
    order = order_named(turn)
    return replace(order, facts=await _snapshot(turn, order.number)) if order.number else order


async def _snapshot(turn: Turn, order_number: str) -> dict[str, Any]:
    """The facts of an order whose proof the conversation holds; nothing when a system does not answer."""
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
        "order": parcel.order_number,
        "carrier": parcel.carrier_name,
        "status": parcel.status.value,
        "expected": parcel.expected.isoformat() if parcel.expected else None,
        "last_scan": f"{last.at.isoformat()} {last.place or ''}: {last.text}" if last else None,
        "items": [f"{item.quantity} × {item.title}" for item in parcel.items],
        "tracking_url": parcel.tracking_url,
    }
