"""An order as a case carries it: its number, its facts in plain JSON, and a statement on whether it was proved."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from actions.given import read
from actions.identity import NotProved, holds_proof, proved_order
from actions.parcel_words import piece
from actions.turn import Turn
from commerce.errors import SystemDown
from commerce.order import Address, Order, Refund
from commerce.parcel import Checkpoint, Parcel
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
    return replace(order, facts=await facts_of_proved(turn, order.number)) if order.number else order


async def facts_of_proved(turn: Turn, order_number: str) -> dict[str, Any]:
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
            "email": order.customer.email,
            "phone": order.customer.phone or order.shipping_address.phone,
            "address": _address(order.shipping_address),
            "country": order.country,
            "stage": order.stage.value,
            "payment": order.financial_status.value,
            "total": str(order.total),
            "items": [_counted(line.title, line.variant, line.quantity) for line in order.lines],
            "refunds": [_refund(order, refund) for refund in order.refunds],
        },
        "parcels": [_parcel(parcel) for parcel in parcels],
    }


def local_moment(at: datetime, zone: str) -> dict[str, str]:
    """Return a moment as the clock of its place showed it, which is what the shopper was told."""
    return {"at": at.astimezone(ZoneInfo(zone)).isoformat(), "zone": zone}


def _parcel(parcel: Parcel) -> dict[str, Any]:
    last = parcel.last_checkpoint
    return {
        "tracking_number": parcel.tracking_number,
        "order": parcel.order_number,
        "carrier": parcel.carrier_name,
        "status": parcel.status.value,
        "expected": parcel.expected.isoformat() if parcel.expected else None,
        "last_scan": _scan(last) if last else None,
        "items": [_counted(item.title, item.variant, item.quantity) for item in parcel.items],
        "tracking_url": parcel.tracking_url,
    }


def _scan(last: Checkpoint) -> dict[str, Any]:
    return {**local_moment(last.at, last.zone), "place": last.place, "code": last.code.value, "text": last.text}


def _counted(title: str, variant: str | None, quantity: int) -> str:
    return f"{quantity} × {piece(title, variant, 1)}"


def _address(address: Address) -> str:
    town = " ".join(filter(None, (address.postcode, address.city)))
    region = address.region if address.region != address.city else None
    parts = (address.name, address.company, address.line1, address.line2, town, region)
    return ", ".join(filter(None, parts))


def _refund(order: Order, refund: Refund) -> dict[str, Any]:
    titles = {line.id: (line.title, line.variant) for line in order.lines}
    paid = next((payment for payment in order.payments if payment.id == refund.payment_id), None)
    return {
        "amount": str(refund.amount),
        "status": refund.status.value,
        "refunded_at": refund.at.isoformat() if refund.at else None,
        "method": " ".join(filter(None, (paid.label, paid.last4))) if paid else None,
        "items": [_counted(*titles[line.line_id], line.quantity) for line in refund.lines if line.line_id in titles],
        "reason": refund.reason,
    }
