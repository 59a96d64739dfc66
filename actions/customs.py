"""Customs and duties: of an order on its way, or in general for the shopper's country."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions import parcel_words as words
from actions import settled
from actions.import_charges import charges_due, say_how_to_pay, say_if_not_paid, told_of_charges
from actions.places import Places, asks_in_general, means_another_country, places_meant, say_where_not_delivered
from actions.scenario import Scenario
from actions.tracking import Delivery, open_case_if_needed, proved_delivery, say_where_it_is
from actions.turn import Events, Turn
from actions.values import country, money
from commerce.delivery import Condition
from commerce.parcel import CustomsState, DutiesPaidBy, Parcel, ParcelStatus
from commerce.systems import systems

# ISO 3166 keeps ZZ for "no country": a border lies between it and every country.
_ANY_ORIGIN = "ZZ"
_SPEAKS_OF_CUSTOMS = {Condition.in_customs, Condition.customs_action_needed, Condition.customs_overdue}


class ActionCustoms(Scenario):
    """Explains customs by the handbook; with an order in hand, what customs are doing with it."""

    def name(self) -> str:
        return "action_customs"

    async def perform(self, turn: Turn) -> Events:
        """Answer, and open a case where a person has to act."""
        answered: Events = [SlotSet("next_step", "answered")]
        if not turn.slot("order_number") or asks_in_general(turn):
            _in_general(turn, await places_meant(turn))
            return answered
        delivery = await proved_delivery(turn)
        if means_another_country(turn, delivery.order, delivery.parcels):
            _in_general(turn, await places_meant(turn))
            return answered
        settled.tell(turn, delivery.order.number)
        _of_order(turn, delivery)
        case = await open_case_if_needed(turn, delivery)
        return [*answered, SlotSet("case_number", case)] if case else answered


def _of_order(turn: Turn, delivery: Delivery) -> None:
    order = delivery.order
    if charges_due(delivery):
        if not told_of_charges(turn):
            say_where_it_is(turn, delivery)
        say_how_to_pay(turn, delivery)
        return
    if any(assessed.condition in _SPEAKS_OF_CUSTOMS for assessed in delivery.assessment.parcels):
        say_where_it_is(turn, delivery)
        return
    if not delivery.parcels:
        _by_country(turn, order.country)
        return
    crossing = [parcel for parcel in delivery.parcels if words.customs_explained(parcel)]
    if not crossing:
        turn.say("utter_customs_none", order=order.number, country=country(order.country))
    elif all(_cleared(parcel) for parcel in crossing):
        turn.say("utter_customs_cleared", order=order.number, country=country(order.country))
        say_where_it_is(turn, delivery)
    else:
        explained = words.customs_explained(crossing[0]) or words.arrival(crossing[0])
        place = country(crossing[0].destination)
        turn.say("utter_customs_not_reached", order=order.number, country=place, explained=explained)


def _cleared(parcel: Parcel) -> bool:
    if parcel.status is ParcelStatus.delivered:
        return True
    return parcel.customs is not None and parcel.customs.state is CustomsState.cleared


def _in_general(turn: Turn, places: Places) -> None:
    if not places.codes:
        turn.say("utter_customs_unknown_country")
    for place in say_where_not_delivered(turn, systems().handbook, places.codes):
        _by_country(turn, place)
    turn.say("utter_customs_ask_order")


def _by_country(turn: Turn, place: str) -> None:
    """The destination's rule; whether a parcel crosses a border at all is known when it has a warehouse."""
    rule = systems().handbook.customs_between(_ANY_ORIGIN, place)
    if rule is None:
        raise ValueError(f"no customs border around {place}")
    shop_pays = rule.duties_paid_by is DutiesPaidBy.shop
    name = "utter_customs_general_shop_pays" if shop_pays else "utter_customs_general_shopper_pays"
    least, most = rule.usual_days
    turn.say(name, country=country(place), least=least, most=most)
    if rule.duty_free_up_to and not shop_pays:
        turn.say("utter_customs_free_limit", country=country(place), limit=money(rule.duty_free_up_to))
    if not shop_pays:
        say_if_not_paid(turn, rule, place)
