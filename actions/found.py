"""The parcel has turned up: glad to hear it, and the desk hears of it where a person is at work on it."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions.cases import CaseRequest, case_about, case_of_claim, open_case
from actions.identity import holds_proof
from actions.scenario import Scenario
from actions.tracking import Delivery, proved_delivery
from actions.turn import Events, Turn
from desk.cases import Priority, Reason
from desk.summary import statement

# Cases that are about a parcel that does not come.
_ABOUT_A_PARCEL = (
    Reason.DELIVERED_NOT_RECEIVED,
    Reason.LOST,
    Reason.LATE,
    Reason.TRACKING_PROBLEM,
    Reason.CUSTOMS,
)


class ActionParcelFound(Scenario):
    """Tells the desk that a parcel has turned up, where a claim or a case is about it; closes neither."""

    def name(self) -> str:
        return "action_parcel_found"

    async def perform(self, turn: Turn) -> Events:
        """Answer; without an order the shopper may name it, and what was reported of it is found."""
        number = turn.slot("order_number")
        delivery = await proved_delivery(turn) if number and holds_proof(turn, number) else None
        case = await _tell_of_claims(turn, delivery) if delivery else None
        case = case or await _tell_of_case(turn, number if delivery else None)
        if case:
            turn.say("utter_found_passed_on", case=case)
        else:
            turn.say("utter_found" if delivery else "utter_found_which")
        need = None if case or delivery else "parcel_found"
        return [
            SlotSet("next_step", "answered"),
            SlotSet("need", need),
            *([SlotSet("case_number", case)] if case else []),
        ]


async def _tell_of_claims(turn: Turn, delivery: Delivery) -> str | None:
    """Tell the case of every claim there is of the order's parcels; claims without a case get one. Its number."""
    number, said, facts = None, [], []
    for parcel in delivery.parcels:
        known = delivery.reported.get(parcel.id)
        if known is None:
            continue
        tracking = parcel.tracking_number or parcel.id
        turned_up = statement("turned_up", parcel=tracking)
        case = await case_of_claim(turn, known.claim.number, [turned_up])
        if case and not case.here:
            number = case.number
        else:
            said.append(turned_up)
            facts.append({"number": known.claim.number, "order": delivery.order.number, "parcel": tracking})
    if not said:
        return number
    order, reason = delivery.order.number, Reason.DELIVERED_NOT_RECEIVED
    request = CaseRequest(reason, Priority.LOW, said, order_number=order, facts={"claim": facts})
    return (await open_case(turn, request)).number


async def _tell_of_case(turn: Turn, order: str | None) -> str | None:
    """Tell the conversation's own case, if it is about a parcel (of this order, where one is proved)."""
    about = await case_about(turn, _ABOUT_A_PARCEL)
    if about is None or (order and about[0] not in (None, order)):
        return None
    said = [statement("turned_up", parcel=None)]
    return (await open_case(turn, CaseRequest(about[1], Priority.LOW, said, order_number=order))).number
