"""Handing over to a person: one case a conversation, with the reason, and the shopper told what happens next."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

from actions.cases import CaseRequest, open_case, people
from actions.crisis import CRISES, whom_to_call
from actions.identity import holds_proof
from actions.scenario import Scenario, leave_form
from actions.snapshot import snapshot
from actions.turn import Events, Turn
from desk.cases import Priority, Reason

logger = logging.getLogger(__name__)

_WITHOUT_CASE = {"self_harm": "utter_self_harm_no_case", "safety": "utter_safety_no_case"}
# Nobody in danger waits for a system.
_CRISIS_SECONDS = 1.0


@dataclass(frozen=True)
class _Why:
    """Why it is handed over: the desk's reason and priority, the reply, and what the desk reads."""

    reason: Reason
    priority: Priority
    reply: str
    words: str


_WHY = {
    "requested": _Why(
        Reason.REQUESTED, Priority.NORMAL, "utter_hand_over_requested", "The shopper asked for a person."
    ),
    "anger": _Why(Reason.ANGER, Priority.HIGH, "utter_hand_over_anger", "The shopper is angry."),
    "risk": _Why(Reason.RISK, Priority.HIGH, "utter_hand_over_risk", "Risk words"),
    "safety": _Why(Reason.RISK, Priority.URGENT, "utter_hand_over_safety", "A product may be dangerous"),
    "self_harm": _Why(Reason.RISK, Priority.URGENT, "utter_hand_over_self_harm", "The shopper may be in danger"),
    "failed_attempts": _Why(
        Reason.FAILED_ATTEMPTS, Priority.NORMAL, "utter_hand_over_failed_attempts", "Not understood twice in a row."
    ),
    "identity_failed": _Why(
        Reason.IDENTITY_FAILED,
        Priority.NORMAL,
        "utter_hand_over_identity_failed",
        "Too many tries to prove identity failed. Check who it is before saying anything about the order.",
    ),
    "system_down": _Why(
        Reason.SYSTEM_DOWN, Priority.HIGH, "utter_hand_over_system_down", "A system did not answer the assistant."
    ),
    "error": _Why(
        Reason.SYSTEM_DOWN, Priority.HIGH, "utter_something_wrong", "The assistant itself failed; see the log."
    ),
}


class ActionHandOver(Scenario):
    """Passes the conversation to the desk; predicted by EscalationPolicy and by rules."""

    def name(self) -> str:
        return "action_hand_over"

    async def perform(self, turn: Turn) -> Events:
        """Open the case, say so, and leave any form."""
        return await hand_over(turn, _why(turn))

    async def system_down(self, turn: Turn) -> Events:
        """Whatever does not answer: what may save somebody is said."""
        _say_whom_to_call(turn)
        return await super().system_down(turn)

    async def broken(self, turn: Turn) -> Events:
        """Whatever is broken: what may save somebody is said."""
        _say_whom_to_call(turn)
        return await super().broken(turn)


def _say_whom_to_call(turn: Turn) -> None:
    why = _why(turn)
    if why in CRISES:
        turn.say(_WITHOUT_CASE[why], call=whom_to_call(why, turn.country))


async def hand_over(turn: Turn, why: str) -> Events:
    """Open (or add to) the conversation's case for one of the reasons above, and tell the shopper."""
    cause = _WHY[why]
    order = turn.slot("order_number")
    known = bool(order) and holds_proof(turn, order)
    facts = await _facts(turn, order, why) if known else {}
    opened = await open_case(
        turn,
        CaseRequest(
            cause.reason,
            cause.priority,
            _summary(turn, cause, order, known),
            order_number=order if known else None,
            facts=facts,
        ),
    )
    # What may save somebody is said each time; "the team already has it" only where nothing new is asked for.
    if why in CRISES:
        where = facts.get("order", {}).get("country") or turn.country
        turn.say(cause.reply, case=opened.number, people=people(), call=whom_to_call(why, where))
    elif opened.created or why in ("identity_failed", "system_down", "error"):
        turn.say(cause.reply, case=opened.number, people=people())
    elif why in ("risk", "anger"):
        turn.say("utter_hand_over_added", case=opened.number, people=people())
    else:
        turn.say("utter_hand_over_already", case=opened.number, people=people())
    return leave_form(
        ("next_step", "answered"),
        ("case_number", opened.number),
        ("handover_reason", None),
        ("contact", turn.slot("contact") if known else None),
    )


async def _facts(turn: Turn, order: str, why: str) -> dict[str, Any]:
    """The order's facts; in a crisis only those that are there at once."""
    if why not in CRISES:
        return await snapshot(turn, order)
    try:
        async with asyncio.timeout(_CRISIS_SECONDS):
            return await snapshot(turn, order)
    except Exception as error:
        logger.warning("a crisis is handed over without the order's facts: %s", type(error).__name__)
        return {}


def _why(turn: Turn) -> str:
    """The reason, the gravest first."""
    if "self_harm" in turn.risk:
        return "self_harm"
    if "safety" in turn.risk:
        return "safety"
    if turn.risk or turn.intent in ("chargeback_threat", "counterfeit_claim"):
        return "risk"
    if turn.slot("next_step") == "hand_over" and turn.slot("handover_reason"):
        return str(turn.slot("handover_reason"))
    if turn.intent in ("human_agent", "affirm"):
        return "requested"
    return "anger" if turn.emotion in ("anger", "frustration") else "requested"


def _summary(turn: Turn, cause: _Why, order: str | None, known: bool) -> str:
    words = cause.words
    if cause.reason is Reason.RISK:
        words = f"{words}: {', '.join(turn.risk) or turn.intent}."
    parts = [words]
    need = turn.slot("need")
    if need:
        parts.append(f"Need: {need}.")
    if order:
        parts.append(f"Order #{order} (proved)." if known else f"Named order #{order}, not proved.")
    note = turn.slot("handed_back_note")
    if note:
        parts.append(f"A person settled before: {note}")
    return " ".join(parts)
