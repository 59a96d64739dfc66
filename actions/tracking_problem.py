"""Something is wrong with the tracking: a wrong number, a number the carrier does not know yet, or no news."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions import parcel_words as words
from actions import settled
from actions.lost import say_whether_lost
from actions.scenario import Scenario
from actions.tracking import Again, Delivery, open_case_if_needed, proved_delivery, say_where_it_is
from actions.turn import Events, Turn
from actions.values import days, listing_or
from commerce.delivery import Condition
from commerce.systems import systems


class ActionTrackingProblem(Scenario):
    """Checks the number that was given against the order's, and tells where the parcel is."""

    def name(self) -> str:
        return "action_tracking_problem"

    async def perform(self, turn: Turn) -> Events:
        """Explain what is wrong, and open a case where a person has to act."""
        delivery = await proved_delivery(turn)
        settled.tell(turn, delivery.order.number)
        _say_of_number(turn, delivery, turn.slot("tracking_number"))
        waiting = [a for a in delivery.assessment.parcels if a.condition is Condition.label_only]
        if waiting and len(waiting) == len(delivery.assessment.parcels):
            parcel = waiting[0].parcel
            rule = systems().handbook.delivery_for(parcel.destination)
            turn.say(
                "utter_tracking_not_scanned_yet",
                details=words.parcel_card(waiting[0], delivery.order.number),
                carrier=parcel.carrier_name,
                announced=words.moment_day(parcel.label_created_at, parcel.destination_zone),
                label_days=days(rule.label_only_days),
            )
        elif not say_whether_lost(turn, delivery.assessment):
            say_where_it_is(turn, delivery, again=Again.IN_SHORT)
        case = await open_case_if_needed(turn, delivery)
        events: Events = [SlotSet("next_step", "answered"), SlotSet("tracking_number", None)]
        return [*events, SlotSet("case_number", case)] if case else events


def _say_of_number(turn: Turn, delivery: Delivery, given: str | None) -> None:
    order = delivery.order.number
    right = [parcel.tracking_number for parcel in delivery.parcels if parcel.tracking_number]
    if given is None:
        _say_right_numbers(turn, delivery, right)
    elif normalised(given) in {normalised(number) for number in right}:
        turn.say("utter_tracking_number_right", tracking=given, order=order)
    else:
        if mistyped(turn, given):
            turn.say("utter_tracking_number_mistyped", tracking=given)
        else:
            turn.say("utter_tracking_number_not_this_order", tracking=given, order=order)
        _say_right_numbers(turn, delivery, right)


def _say_right_numbers(turn: Turn, delivery: Delivery, right: list[str]) -> None:
    if right:
        turn.say("utter_tracking_numbers", order=delivery.order.number, right=listing_or(right))
    elif not delivery.assessment.untracked:  # where it is says that there is none here
        turn.say("utter_no_tracking_number_yet", order=delivery.order.number)


def normalised(number: str) -> str:
    """Return a tracking number without what people type between its parts."""
    return "".join(character for character in number if character.isalnum()).upper()


def mistyped(turn: Turn, number: str) -> bool:
    """Tell whether the understanding found the number's check digit wrong when it was given."""
    for event in reversed(turn.events):
        for entity in (event.get("parse_data") or {}).get("entities") or []:
            if entity.get("entity") == "tracking_number" and entity.get("value") == number:
                return (entity.get("additional_info") or {}).get("valid") is False
    return False
