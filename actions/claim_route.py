"""Which way a message about a claim goes, once it is known what it says of it."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions import parcel_words as words
from actions.cases import case_at_work, people
from actions.claim_talk import Talk
from actions.given import Given
from actions.identification import identify
from actions.identity import holds_proof, may_read_address
from actions.tracking import Delivery, proved_delivery
from actions.turn import ANSWERED, Events, Turn, replies_of
from commerce.parcel import Parcel, ParcelStatus

# News for the desk, and the need that each is.
_NEWS = {
    Talk.FOUND: "parcel_found",
    Talk.WITHDRAWN: "report_withdrawn",
    Talk.STILL_MISSING: "still_missing",
}


async def route_claim(turn: Turn, given: Given, talk: Talk) -> Events | None:
    """Return the slots with the next step, answered at once where that can be; None when there is nothing to say."""
    # Found before anything was reported: the desk knows nothing that could be put right.
    from_the_start = talk is Talk.STILL_MISSING and "utter_found_not_reported" in replies_of(turn.last_replies())
    if talk in _NEWS and not from_the_start:
        return await _news(turn, given, _NEWS[talk])
    if await answer_beside(turn, talk):
        return ANSWERED
    if talk is Talk.CASE:
        return await _say_case(turn)
    return await identify(turn, "delivered_not_received", given)


async def answer_beside(turn: Turn, talk: Talk | None) -> bool:
    """Answer what is asked or said beside the claim's question, and tell whether it was such a thing."""
    if talk is Talk.WHO_SIGNED:
        _say_who_signed(turn, await proved_delivery(turn))
    elif talk is Talk.WITH_SOMEBODY:
        turn.say("utter_claim_ask_them")
    return talk in (Talk.WHO_SIGNED, Talk.WITH_SOMEBODY)


async def _news(turn: Turn, given: Given, need: str) -> Events:
    """No claim is made of it; whether there is one already is looked up only where it is asked for."""
    if given:
        return await identify(turn, need, given)
    number = turn.slot("order_number")
    news = [SlotSet("need", need), SlotSet("more_orders", None), SlotSet("next_step", "found")]
    return news if number and holds_proof(turn, number) else [*news, SlotSet("order_number", None)]


def _say_who_signed(turn: Turn, delivery: Delivery) -> None:
    """What the carrier noted of the parcels that are marked delivered; a name only to who may read it."""
    names = may_read_address(turn, delivery.order.number)
    delivered = [parcel for parcel in delivery.parcels if parcel.status is ParcelStatus.delivered]
    for parcel in [p for p in delivered if p.id == turn.slot("claim_parcel")] or delivered:
        carrier, left = parcel.carrier_name, words.left(parcel, names)
        turn.say(_signed(parcel, names), carrier=carrier, left=left)


def _signed(parcel: Parcel, names: bool) -> str:
    """The reply that tells where it was left, by whether there is a name and whether it is told."""
    if words.left(parcel, names=True) == words.left(parcel, names=False):
        return "utter_claim_signed_by_nobody"
    return "utter_claim_signed" if names else "utter_claim_signed_hidden"


async def _say_case(turn: Turn) -> Events | None:
    """The number of the case that is at work, if there is one."""
    case = await case_at_work(turn)
    if case is None:
        return None
    turn.say("utter_hand_over_already", case=case, people=people())
    return ANSWERED
