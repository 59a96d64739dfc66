"""Handing over to a person: one case a conversation, with the reason, and the shopper told what happens next."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from actions import settled
from actions.cases import CaseRequest, open_case, people
from actions.claim_talk import leads_to_the_claim
from actions.crisis import CRISES, whom_to_call
from actions.follow_up import say_customs_of_goods
from actions.needs import SURE_ENOUGH
from actions.scenario import Scenario, leave_form
from actions.snapshot import OrderInCase, order_in_case, order_named
from actions.turn import ANSWERED, Events, Turn
from desk.cases import Priority, Reason
from desk.summary import Statement, statement

logger = logging.getLogger(__name__)

_WITHOUT_CASE = {"self_harm": "utter_self_harm_no_case", "safety": "utter_safety_no_case"}
# Nobody in danger waits for a system.
_CRISIS_SECONDS = 1.0


@dataclass(frozen=True)
class _Why:
    """Why it is handed over: the desk's reason and priority, the reply, and the statement of the summary."""

    reason: Reason
    priority: Priority
    reply: str
    says: str | None


_WHY = {
    "requested": _Why(Reason.REQUESTED, Priority.NORMAL, "utter_hand_over_requested", "requested"),
    "anger": _Why(Reason.ANGER, Priority.HIGH, "utter_hand_over_anger", "anger"),
    "risk": _Why(Reason.RISK, Priority.HIGH, "utter_hand_over_risk", None),  # the risks say it
    "safety": _Why(Reason.RISK, Priority.URGENT, "utter_hand_over_safety", "safety"),
    "self_harm": _Why(Reason.RISK, Priority.URGENT, "utter_hand_over_self_harm", "self_harm"),
    "failed_attempts": _Why(
        Reason.FAILED_ATTEMPTS, Priority.NORMAL, "utter_hand_over_failed_attempts", "failed_attempts"
    ),
    "identity_failed": _Why(
        Reason.IDENTITY_FAILED, Priority.NORMAL, "utter_hand_over_identity_failed", "identity_failed"
    ),
    "system_down": _Why(Reason.SYSTEM_DOWN, Priority.HIGH, "utter_hand_over_system_down", "system_down"),
    "error": _Why(Reason.SYSTEM_DOWN, Priority.HIGH, "utter_something_wrong", "assistant_failed"),
}
# An intent that is a risk by itself, where no risk word was found.
_RISK_OF_INTENT = {"chargeback_threat": "chargeback", "counterfeit_claim": "counterfeit"}


class ActionHandOver(Scenario):
    """Passes the conversation to the desk; predicted by EscalationPolicy and by rules."""

    def name(self) -> str:
        return "action_hand_over"

    async def perform(self, turn: Turn) -> Events:
        """Open the case, say so, and leave any form; goods named where customs were talked of are no claim."""
        to_the_claim = leads_to_the_claim(turn) if _is_hardly_a_wish(turn) else None
        if to_the_claim:
            return to_the_claim
        if turn.intent in _RISK_OF_INTENT and await say_customs_of_goods(turn):
            return ANSWERED
        return await hand_over(turn, _why(turn))

    async def system_down(self, turn: Turn) -> Events:
        """Whatever does not answer: what may save somebody is said."""
        _say_whom_to_call(turn)
        return await super().system_down(turn)

    async def broken(self, turn: Turn) -> Events:
        """Whatever is broken: what may save somebody is said."""
        _say_whom_to_call(turn)
        return await super().broken(turn)


def _is_hardly_a_wish(turn: Turn) -> bool:
    """Whether a calm message was only just taken for the wish for a person."""
    calm = not turn.risk and turn.emotion not in ("anger", "frustration")
    return calm and turn.intent == "human_agent" and turn.confidence < SURE_ENOUGH


def _say_whom_to_call(turn: Turn) -> None:
    why = _why(turn)
    if why in CRISES:
        turn.say(_WITHOUT_CASE[why], call=whom_to_call(why, turn.country))


async def hand_over(turn: Turn, why: str) -> Events:
    """Open (or add to) the conversation's case for one of the reasons above, and tell the shopper."""
    cause = _WHY[why]
    order = await _order(turn, why)
    opened = await open_case(
        turn,
        CaseRequest(
            cause.reason,
            cause.priority,
            _summary(turn, cause, order),
            order_number=order.number,
            facts=order.facts,
        ),
    )
    if why == "requested":
        settled.tell_before_a_person(turn)
    settled.end(turn)
    # What may save somebody is said each time; "the team already has it" only where nothing new is asked for.
    if why in CRISES:
        where = order.facts.get("order", {}).get("country") or turn.country
        turn.say(cause.reply, case=opened.number, people=people(), call=whom_to_call(why, where))
    elif opened.created or why in ("identity_failed", "system_down", "error"):
        turn.say(cause.reply, case=opened.number, people=people())
    elif why in ("risk", "anger"):
        turn.say("utter_hand_over_added", case=opened.number, people=people())
    else:
        turn.say("utter_hand_over_already", case=opened.number, people=people())
    if turn.active_form == "claim_form" and why not in CRISES:
        turn.say("utter_claim_left", order=str(turn.slot("order_number")))
    return leave_form(
        ("next_step", "answered"),
        ("case_number", opened.number),
        ("handover_reason", None),
        ("contact", turn.slot("contact") if order.number else None),
    )


async def _order(turn: Turn, why: str) -> OrderInCase:
    """The order for the case; in a crisis with its facts only if they are there at once."""
    if why not in CRISES:
        return await order_in_case(turn)
    try:
        async with asyncio.timeout(_CRISIS_SECONDS):
            return await order_in_case(turn)
    except Exception as error:
        logger.warning("a crisis is handed over without the order's facts: %s", type(error).__name__)
        return order_named(turn)


def _why(turn: Turn) -> str:
    """The reason, the gravest first."""
    if "self_harm" in turn.risk:
        return "self_harm"
    if "safety" in turn.risk:
        return "safety"
    if turn.risk or turn.intent in _RISK_OF_INTENT:
        return "risk"
    if turn.slot("next_step") == "hand_over" and turn.slot("handover_reason"):
        return str(turn.slot("handover_reason"))
    if turn.intent in ("human_agent", "affirm"):
        return "requested"
    return "anger" if turn.emotion in ("anger", "frustration") else "requested"


def _summary(turn: Turn, cause: _Why, order: OrderInCase) -> list[Statement]:
    said = [statement(cause.says)] if cause.says else []
    if cause.reason is Reason.RISK:
        risks = turn.risk or [_RISK_OF_INTENT[turn.intent]]
        said += [statement("risk", risk=risk) for risk in risks]
    if turn.slot("need"):
        said.append(statement("need", need=turn.slot("need")))
    return [*said, *order.said]
