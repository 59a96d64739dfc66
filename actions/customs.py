"""Customs and duties: of an order on its way, or in general for the shopper's country."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from rasa_sdk.events import SlotSet

from actions import parcel_words as words
from actions import settled
from actions.import_charges import (
    charges_due,
    say_how_to_pay,
    say_if_not_paid,
    say_if_refused,
    told_of_charges,
)
from actions.places import (
    Places,
    asks_in_general,
    means_another_country,
    places_meant,
    say_where_not_delivered,
    talks_of_another_country,
)
from actions.scenario import Scenario
from actions.tracking import Again, Delivery, open_case_if_needed, proved_delivery, say_where_it_is
from actions.turn import ANSWERED, Events, Turn
from actions.values import Typed, country, listing, money, reply
from commerce.delivery import Condition
from commerce.handbook import CustomsRule
from commerce.parcel import CustomsState, DutiesPaidBy, Parcel, ParcelStatus
from commerce.systems import systems

# ISO 3166 keeps ZZ for "no country": a border lies between it and every country.
_ANY_ORIGIN = "ZZ"
# What a parcel waits for at customs, and when customs want papers or may still want some.
_WAITS = (CustomsState.payment_due, CustomsState.documents_needed)
_MAY_ASK = (CustomsState.documents_needed, CustomsState.not_reached, CustomsState.clearing)
_SPEAKS_OF_CUSTOMS = {Condition.in_customs, Condition.customs_action_needed, Condition.customs_overdue}


class ActionCustoms(Scenario):
    """Explains customs by the handbook; with an order in hand, what customs are doing with it."""

    def name(self) -> str:
        return "action_customs"

    async def perform(self, turn: Turn) -> Events:
        """Answer, and open a case where a person has to act."""
        if not turn.slot("order_number") or asks_in_general(turn):
            say_customs_in_general(turn, await places_meant(turn))
            return ANSWERED
        delivery = await proved_delivery(turn)
        if _means_another_country(turn, delivery):
            say_customs_in_general(turn, await places_meant(turn))
            return ANSWERED
        settled.tell(turn, delivery.order.number)
        say_customs_of_order(turn, delivery)
        case = await open_case_if_needed(turn, delivery)
        return [*ANSWERED, SlotSet("case_number", case)] if case else ANSWERED


def _means_another_country(turn: Turn, delivery: Delivery) -> bool:
    """Whether not the order in hand is meant: another country is named, or was just now, and customs don't have it."""
    order, parcels = delivery.order, delivery.parcels
    if means_another_country(turn, order, parcels):
        return True
    return not is_with_customs(delivery) and talks_of_another_country(turn, order, parcels)


def is_with_customs(delivery: Delivery) -> bool:
    """Tell whether customs have a parcel of the order now, or wait for something."""
    return any(assessed.condition in _SPEAKS_OF_CUSTOMS for assessed in delivery.assessment.parcels)


def say_customs_of_order(turn: Turn, delivery: Delivery) -> None:
    """Say what customs do with an order, what is to pay and to whom, and what follows."""
    order = delivery.order
    if not delivery.parcels:
        _by_country(turn, order.country)
        return
    crossing = list(_crossing(delivery.parcels))
    if not crossing:
        turn.say("utter_customs_none", order=order.number, country=country(order.country))
        return
    due = charges_due(delivery)
    if due:
        if not told_of_charges(turn):
            say_where_it_is(turn, delivery)
    elif is_with_customs(delivery):
        say_where_it_is(turn, delivery)
    elif all(_cleared(parcel) for parcel, _ in crossing):
        turn.say("utter_customs_cleared", order=order.number, country=country(crossing[0][0].destination))
        say_where_it_is(turn, delivery, again=Again.NOT)
    else:
        parcel, rule = crossing[0]
        explained = words.customs_rule_words(rule, parcel.destination, _duties(parcel, rule))
        place = country(parcel.destination)
        turn.say("utter_customs_not_reached", order=order.number, country=place, explained=explained)
    for parcel, rule in _different(crossing):
        _of_parcel(turn, parcel, rule)
    if due:
        say_how_to_pay(turn, delivery)


def say_part_of_customs(turn: Turn, delivery: Delivery, parts: Collection[str]) -> None:
    """Say of an order with customs only what is asked: `papers`, `charges`, how long it is `held`, `days`."""
    for parcel, rule in _different(list(_crossing(delivery.parcels))):
        if "papers" in parts:
            _say_papers(turn, parcel, rule)
        if "days" in parts:
            _say_days(turn, parcel, rule)
        if _state(parcel) is not CustomsState.payment_due:
            _say_charges(turn, parcel, rule, paid="charges" in parts, refused="held" in parts)
    if charges_due(delivery) and {"charges", "held"} & set(parts):
        say_how_to_pay(turn, delivery)


_Crossing = tuple[Parcel, CustomsRule]


def _crossing(parcels: Sequence[Parcel]) -> Iterator[_Crossing]:
    """The parcels that cross a customs border, with the rule of where they go."""
    for parcel in parcels:
        rule = systems().handbook.customs_between(parcel.origin, parcel.destination)
        if rule:
            yield parcel, rule


def _different(crossing: list[_Crossing]) -> list[_Crossing]:
    """The parcels still to come, one of those of which the same would be said."""
    coming = [(parcel, rule) for parcel, rule in crossing if parcel.status is not ParcelStatus.delivered]
    alike = {(p.carrier_name, p.destination, _duties(p, rule), _state(p)): (p, rule) for p, rule in reversed(coming)}
    return list(alike.values())


def _of_parcel(turn: Turn, parcel: Parcel, rule: CustomsRule) -> None:
    """Days, papers, charges and what if it is refused, as far as where it is has not said it."""
    if _state(parcel) in _WAITS:
        _say_days(turn, parcel, rule)
    if _state(parcel) in _MAY_ASK:
        _say_papers(turn, parcel, rule)
    # How the charges are paid follows, or that we pay them was said.
    if _state(parcel) is not CustomsState.payment_due:
        _say_charges(turn, parcel, rule, paid=True, refused=True)


def _say_days(turn: Turn, parcel: Parcel, rule: CustomsRule) -> None:
    least, most = rule.usual_days
    name = "utter_customs_days_wait" if _state(parcel) in _WAITS else "utter_customs_days"
    turn.say(name, country=country(parcel.destination), least=least, most=most)


def _say_papers(turn: Turn, parcel: Parcel, rule: CustomsRule) -> None:
    needed = _state(parcel) is CustomsState.documents_needed
    name = "utter_customs_papers_needed" if needed else "utter_customs_papers_if_asked"
    turn.say(name, carrier=parcel.carrier_name, papers=_papers(rule))


def _say_charges(turn: Turn, parcel: Parcel, rule: CustomsRule, *, paid: bool, refused: bool) -> None:
    """Who pays, and what follows when the parcel is refused or not paid for."""
    ours = _duties(parcel, rule) is DutiesPaidBy.shop
    if paid and ours:
        turn.say("utter_customs_charges_ours")
    elif paid:
        turn.say("utter_customs_charges_not_named", carrier=parcel.carrier_name)
        _say_free_limit(turn, rule, parcel.destination)
    if refused and ours:
        say_if_refused(turn, rule, parcel.destination)
    elif refused:
        say_if_not_paid(turn, rule, parcel.destination)


def _duties(parcel: Parcel, rule: CustomsRule) -> DutiesPaidBy:
    return parcel.customs.duties if parcel.customs else rule.duties_paid_by


def _state(parcel: Parcel) -> CustomsState:
    return parcel.customs.state if parcel.customs else CustomsState.not_reached


def _papers(rule: CustomsRule) -> Typed:
    return listing(reply(f"term_paper_{paper}") for paper in rule.papers)


def _say_free_limit(turn: Turn, rule: CustomsRule, place: str) -> None:
    limit = rule.duty_free_up_to
    if limit is None:
        return
    excepted = listing(reply(f"term_goods_{goods}") for goods in rule.duty_free_except)
    if rule.duty_free_except:
        turn.say("utter_customs_free_limit_except", country=country(place), limit=money(limit), excepted=excepted)
    else:
        turn.say("utter_customs_free_limit", country=country(place), limit=money(limit))


def _cleared(parcel: Parcel) -> bool:
    if parcel.status is ParcelStatus.delivered:
        return True
    return parcel.customs is not None and parcel.customs.state is CustomsState.cleared


def say_customs_in_general(turn: Turn, places: Places) -> None:
    """Say what customs mean in countries, for who asks before ordering; without any, that it depends on the country."""
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
    if not shop_pays:
        _say_free_limit(turn, rule, place)
        say_if_not_paid(turn, rule, place)
