"""Cases at the desk, as actions open them, and when the shopper hears from a person."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from actions.identity import holds_proof
from actions.settled import facts_of_settled, said_of_settled
from actions.turn import Turn, actions_of
from actions.values import Typed, city_of, moment, reply
from commerce.systems import systems
from core.clock import utc_now
from core.database import reading, transaction
from desk import cases as desk
from desk.cases import CaseNotFound, OpenedCase, Priority, Reason, Status
from desk.summary import Statement

_TRIED_LIMIT = 12


@dataclass(frozen=True)
class CaseRequest:
    """What a person needs to know. `summary` holds no personal data; `facts` is a JSON snapshot."""

    reason: Reason
    priority: Priority
    summary: Sequence[Statement]
    order_number: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)


async def open_case(turn: Turn, request: CaseRequest) -> OpenedCase:
    """Open the conversation's case, or add to the one it has; the same message never opens two."""
    return await asyncio.to_thread(_open, turn, request)


def _open(turn: Turn, request: CaseRequest) -> OpenedCase:
    with transaction() as session:
        return desk.open_case(
            session,
            shop=turn.shop,
            conversation_id=turn.conversation_id,
            reason=request.reason,
            priority=request.priority,
            language=turn.language,
            summary=[*request.summary, *said_of_settled(turn)],
            order_number=request.order_number,
            facts={**request.facts, **facts_of_settled(turn)},
            tried=_tried(turn),
            key=turn.key(request.reason.value),
        )


async def case_at_work(turn: Turn) -> str | None:
    """Return the number of the conversation's case that is not closed, if it has one."""
    return await asyncio.to_thread(_case_at_work, turn)


def _case_at_work(turn: Turn) -> str | None:
    with reading() as session:
        case = desk.live_case_of(session, turn.shop, turn.conversation_id)
        return case.number if case else None


async def case_has_need(turn: Turn, need: str) -> bool:
    """Tell whether the conversation's case, or the last one it had, is about a need, be it wanted or taken back."""
    return await asyncio.to_thread(_case_has_need, turn, need)


def _case_has_need(turn: Turn, need: str) -> bool:
    with reading() as session:
        case = desk.newest_case_of(session, turn.shop, turn.conversation_id)
        said = case.summary if case else []
        return any(s["code"] in ("need", "need_withdrawn") and s["values"]["need"] == need for s in said)


@dataclass(frozen=True)
class CaseState:
    """Where a case stands that the shopper may hear of."""

    number: str
    status: Status


async def state_of_case(turn: Turn, number: str | None = None) -> CaseState | None:
    """Return where a case stands: the one named, or else the conversation's own; None for one that is not theirs.

    Theirs is a case of this conversation, or of an order that this conversation has proved.
    """
    return await asyncio.to_thread(_state_of_case, turn, number)


def _state_of_case(turn: Turn, number: str | None) -> CaseState | None:
    with reading() as session:
        try:
            case = (
                desk.find(session, turn.shop, number)
                if number
                else desk.newest_case_of(session, turn.shop, turn.conversation_id)
            )
        except CaseNotFound:
            return None
        proved = bool(case and case.order_number and holds_proof(turn, case.order_number))
        theirs = case is not None and (proved or case.conversation_id == turn.conversation_id)
        return CaseState(case.number, Status(case.status)) if case and theirs else None


@dataclass(frozen=True)
class KnownCase:
    """A case that is at work already, and whether it belongs to this conversation."""

    number: str
    here: bool


async def case_number_of_claim(turn: Turn, claim: str) -> str | None:
    """Return the number of the case at work on a claim, whichever conversation it belongs to."""
    return await asyncio.to_thread(_case_number_of_claim, turn, claim)


def _case_number_of_claim(turn: Turn, claim: str) -> str | None:
    with reading() as session:
        case = desk.live_case_of_claim(session, turn.shop, claim, turn.conversation_id)
        return case.number if case else None


async def case_about(turn: Turn, reasons: Collection[Reason]) -> tuple[str | None, Reason] | None:
    """Return the order and the reason of the conversation's open case, if it has one for one of some reasons."""
    return await asyncio.to_thread(_case_about, turn, reasons)


def _case_about(turn: Turn, reasons: Collection[Reason]) -> tuple[str | None, Reason] | None:
    with reading() as session:
        case = desk.live_case_of(session, turn.shop, turn.conversation_id)
        reason = next((r for r in map(Reason, case.reasons) if r in reasons), None) if case else None
        return (case.order_number, reason) if case and reason else None


async def case_of_claim(turn: Turn, claim: str, said: Sequence[Statement] = ()) -> KnownCase | None:
    """Return the case at work on a claim; one of another conversation learns of this one, and what is `said` in it."""
    return await asyncio.to_thread(_case_of_claim, turn, claim, said)


def _case_of_claim(turn: Turn, claim: str, said: Sequence[Statement]) -> KnownCase | None:
    with transaction() as session:
        case = desk.live_case_of_claim(session, turn.shop, claim, turn.conversation_id)
        if case is None:
            return None
        here = case.conversation_id == turn.conversation_id
        if not here:
            desk.asked_again(session, case, turn.conversation_id, turn.key(f"asked_again:{case.number}"), said)
        return KnownCase(case.number, here)


def _tried(turn: Turn) -> list[str]:
    """What the conversation went through, oldest first: the intents with what was done about them."""
    steps: list[str] = []
    for events in turn.earlier_turns():
        intent = ((events[0].get("parse_data") or {}).get("intent") or {}).get("name")
        done = ", ".join(dict.fromkeys(actions_of(events)))
        steps.append(f"{intent}: {done}" if done else str(intent))
    return list(reversed(steps[:_TRIED_LIMIT]))


def people(zone: str | None = None) -> Typed:
    """The sentence that says when a person answers; `zone` is the shopper's time zone when an order tells it."""
    hours = systems().handbook.opening_hours
    now = utc_now()
    if hours.is_open(now):
        return reply("term_people_open")
    opens = hours.next_opening(now)
    if zone:
        return reply("term_people_closed_your_time", opens=moment(opens, zone))
    return reply("term_people_closed", opens=moment(opens, hours.zone), city=city_of(hours.zone))
