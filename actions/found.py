"""News of a parcel that was reported missing: it is there, the report is taken back, or it is missing after all."""

from __future__ import annotations

from dataclasses import dataclass

from rasa_sdk.events import FollowupAction, SlotSet

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


@dataclass(frozen=True)
class _News:
    """The statement for the desk; the replies once it is told, where nothing is reported, where no order is known."""

    says: str
    passed_on: str
    nothing: str = ""
    which: str = ""


_OF_NEED = {
    "parcel_found": _News("turned_up", "utter_found_passed_on", "utter_found", "utter_found_which"),
    "report_withdrawn": _News(
        "withdrawn", "utter_withdrawal_passed_on", "utter_withdrawal_nothing", "utter_withdrawal_which"
    ),
    "still_missing": _News("still_missing", "utter_missing_passed_on"),
}


class ActionParcelFound(Scenario):
    """Tells the desk the news of a parcel, where a claim or a case is about it; closes neither."""

    def name(self) -> str:
        return "action_parcel_found"

    async def perform(self, turn: Turn) -> Events:
        """Answer; without an order the shopper may name it, and what was reported of it is found."""
        number = turn.slot("order_number")
        delivery = await proved_delivery(turn) if number and holds_proof(turn, number) else None
        need = str(turn.slot("need")) if turn.slot("need") in _OF_NEED else "parcel_found"
        news = _OF_NEED[need]
        case = await _tell_of_claims(turn, delivery, news) if delivery else None
        case = case or await _tell_of_case(turn, number if delivery else None, news)
        if case:
            turn.say(news.passed_on, case=case)
        elif need == "still_missing":
            return [SlotSet("need", "delivered_not_received"), FollowupAction("action_delivered_not_received")]
        else:
            turn.say(news.nothing if delivery else news.which)
        return [
            SlotSet("next_step", "answered"),
            SlotSet("need", None if case or delivery else need),
            *([SlotSet("case_number", case)] if case else []),
        ]


async def _tell_of_claims(turn: Turn, delivery: Delivery, news: _News) -> str | None:
    """Tell the case of every claim there is of the order's parcels; claims without a case get one. Its number."""
    number, said, facts = None, [], []
    for parcel in delivery.parcels:
        known = delivery.reported.get(parcel.id)
        if known is None:
            continue
        tracking = parcel.tracking_number or parcel.id
        told = statement(news.says, parcel=tracking)
        case = await case_of_claim(turn, known.claim.number, [told])
        if case and not case.here:
            number = case.number
        else:
            said.append(told)
            facts.append({"number": known.claim.number, "order": delivery.order.number, "parcel": tracking})
    if not said:
        return number
    order, reason = delivery.order.number, Reason.DELIVERED_NOT_RECEIVED
    request = CaseRequest(reason, Priority.LOW, said, order_number=order, facts={"claim": facts})
    return (await open_case(turn, request)).number


async def _tell_of_case(turn: Turn, order: str | None, news: _News) -> str | None:
    """Tell the conversation's own case, if it is about a parcel (of this order, where one is proved)."""
    about = await case_about(turn, _ABOUT_A_PARCEL)
    if about is None or (order and about[0] not in (None, order)):
        return None
    said = [statement(news.says, parcel=None)]
    return (await open_case(turn, CaseRequest(about[1], Priority.LOW, said, order_number=order))).number
