"""Import charges that the shopper has to pay: how, to whom, and what happens when nobody does."""

from __future__ import annotations

from actions import parcel_words as words
from actions.tracking import Delivery
from actions.turn import Turn, replies_of
from actions.values import days, money, option
from commerce.delivery import NextStep, ParcelAssessment
from commerce.handbook import CustomsRule
from commerce.parcel import DutiesPaidBy
from commerce.systems import systems

# Replies that have told the shopper of the charges.
_TELLING = ("utter_order", "utter_parcel_of_many", "utter_charges_", "utter_nothing_new")


def charges_due(delivery: Delivery) -> list[ParcelAssessment]:
    """Return the parcels of an order that wait for the shopper to pay import charges."""
    return [parcel for parcel in delivery.assessment.parcels if _is_due(parcel)]


def just_told(turn: Turn) -> bool:
    """Tell whether the last thing said was where an order is, or what it costs at customs."""
    return any(name.startswith(_TELLING) for name in replies_of(turn.last_replies()))


def say_how_to_pay(turn: Turn, delivery: Delivery) -> None:
    """Say of every parcel with charges how they are paid, and what happens if they are not."""
    order = delivery.order.number
    ways = [option("option_payment_methods", "/payment_methods"), option("option_person", "/human_agent")]
    for assessed in charges_due(delivery):
        parcel, customs = assessed.parcel, assessed.parcel.customs
        card, carrier = words.parcel_card(assessed, order), parcel.carrier_name
        if customs and customs.due:
            amount = money(customs.due)
            turn.say("utter_charges_how_to_pay", details=card, order=order, carrier=carrier, amount=amount)
        else:
            turn.say("utter_charges_how_to_pay_no_amount", details=card, order=order, carrier=carrier)
        rule = systems().handbook.customs_between(parcel.origin, parcel.destination)
        if rule:
            say_if_not_paid(turn, rule, parcel.destination, options=ways)


def say_if_not_paid(
    turn: Turn, rule: CustomsRule, country: str, options: list[dict[str, object]] | None = None
) -> None:
    """Say what happens to a parcel whose charges are not paid, and to the money."""
    in_full = rule.refund_if_refused == "in_full"
    name = "utter_charges_not_paid_in_full" if in_full else "utter_charges_not_paid_less_return"
    refund = systems().handbook.returns_for(country).refund_within_days
    turn.say(name, options=options, held=days(rule.holding_days), refund=days(refund))


def say_if_refused(turn: Turn, rule: CustomsRule, country: str) -> None:
    """Say what happens to a parcel that is refused although there is nothing to pay, and to the money."""
    name = "utter_refused_in_full" if rule.refund_if_refused == "in_full" else "utter_refused_less_return"
    refund = systems().handbook.returns_for(country).refund_within_days
    turn.say(name, held=days(rule.holding_days), refund=days(refund))


def told_of_charges(turn: Turn) -> bool:
    """Tell whether this conversation has said where the order is, and so that charges are due."""
    return any(name.startswith(_TELLING) for said in turn.earlier_turns() for name in replies_of(said))


def _is_due(assessed: ParcelAssessment) -> bool:
    customs = assessed.parcel.customs
    return assessed.next_step is NextStep.pay_duties and (customs is None or customs.duties is DutiesPaidBy.shopper)
