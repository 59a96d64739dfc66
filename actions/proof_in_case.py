"""An order that is proved when a person has been asked for already: the case gets it, so that nobody asks once more."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from actions.snapshot import facts_of_proved
from actions.turn import Turn
from core.database import reading, transaction
from desk import cases as desk
from desk.summary import Statement, statement


async def tell_case_of_proof(turn: Turn, proof: str, orders: Collection[str]) -> None:
    """Give the conversation's open case, if it has no order yet, the one that has just been proved, with its facts.

    Args:
        turn: the conversation.
        proof: the new token, which the conversation holds from here on.
        orders: the orders proved now.
    """
    order = await asyncio.to_thread(_lacking, turn, orders)
    if order is None:
        return
    turn.remember("proof", proof)
    facts = await facts_of_proved(turn, order)
    await asyncio.to_thread(_add, turn, order, statement("order_proved", order=order), facts)


def _lacking(turn: Turn, orders: Collection[str]) -> str | None:
    """The first of some orders that the open case lacks."""
    with reading() as session:
        case = desk.live_case_of(session, turn.shop, turn.conversation_id)
        return next((order for order in orders if case and desk.lacks_order(case, order)), None)


def _add(turn: Turn, order: str, said: Statement, facts: dict[str, object]) -> None:
    with transaction() as session:
        case = desk.live_case_of(session, turn.shop, turn.conversation_id)
        if case and desk.lacks_order(case, order):
            desk.add_order(session, case, order, said, facts)
