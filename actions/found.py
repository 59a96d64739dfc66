"""The parcel has turned up: glad to hear it, and the desk hears of it where a person is at work on it."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions.cases import CaseRequest, case_about, case_of_claim, open_case
from actions.identity import holds_proof
from actions.scenario import Scenario
from actions.tracking import Delivery, Reported, proved_delivery
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
        cases = await _tell_of_claims(turn, delivery) if delivery else []
        case = cases[-1] if cases else await _tell_of_case(turn, number if delivery else None)
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


async def _tell_of_claims(turn: Turn, delivery: Delivery) -> list[str]:
    """Tell the case of every claim there is of the order's parcels; one without a case gets one."""
    parcels = {parcel.id: parcel.tracking_number or parcel.id for parcel in delivery.parcels}
    return [await _tell(turn, delivery.order.number, parcels[i], known) for i, known in delivery.reported.items()]


async def _tell(turn: Turn, order: str, parcel: str, known: Reported) -> str:
    said = [statement("turned_up", parcel=parcel)]
    case = await case_of_claim(turn, known.claim.number, said)
    if case and not case.here:
        return case.number
    facts = {"claim": {"number": known.claim.number, "order": order, "parcel": parcel}}
    request = CaseRequest(Reason.DELIVERED_NOT_RECEIVED, Priority.LOW, said, order_number=order, facts=facts)
    return (await open_case(turn, request)).number


async def _tell_of_case(turn: Turn, order: str | None) -> str | None:
    """Tell the conversation's own case, if it is about a parcel (of this order, where one is proved)."""
    about = await case_about(turn, _ABOUT_A_PARCEL)
    if about is None or (order and about[0] not in (None, order)):
        return None
    said = [statement("turned_up", parcel=None)]
    return (await open_case(turn, CaseRequest(about[1], Priority.LOW, said, order_number=order))).number
