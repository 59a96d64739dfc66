"""Questions that the handbook answers: delivery options, returns, ways to pay, by the shopper's country."""

from __future__ import annotations

import asyncio

from rasa_sdk.events import SlotSet

from actions.identity import NotProved, proved_order
from actions.scenario import Scenario
from actions.turn import Events, Turn
from actions.values import Typed, country, days, listing, listing_or, money, reply
from commerce.errors import SystemDown
from commerce.handbook import Handbook, ShippingOption
from commerce.systems import systems


class ActionHandbookAnswer(Scenario):
    """Answers from the handbook, for the country of the order in hand or of the browser, else for most countries."""

    def name(self) -> str:
        return "action_handbook_answer"

    async def perform(self, turn: Turn) -> Events:
        """Answer the question the intent asks; inside a form the form goes on by itself."""
        place = await _country(turn)
        handbook = await asyncio.to_thread(lambda: systems().handbook)
        {"shipping_options": _shipping, "return_policy": _returns, "payment_methods": _payments}[turn.intent](
            turn, handbook, place
        )
        return [SlotSet("next_step", "answered")]


async def _country(turn: Turn) -> str | None:
    if turn.slot("order_number"):
        try:
            return (await proved_order(turn)).country
        except (NotProved, SystemDown):
            pass  # a general question needs no order
    return turn.country


def _shipping(turn: Turn, handbook: Handbook, place: str | None) -> None:
    ways = listing(_option(option) for option in handbook.shipping_for(place or "").options)
    if place:
        turn.say("utter_shipping_options", country=country(place), ways=ways)
    else:
        turn.say("utter_shipping_options_default", ways=ways)


def _option(option: ShippingOption) -> Typed:
    least, most = option.days
    days = {"$days": least} if least == most else reply("term_shipping_days", least=least, most=most)
    name = f"term_shipping_{option.code}"
    if option.free_from:
        price, free_from = money(option.price), money(option.free_from)
        return reply(f"{name}_free_from", carrier=option.carrier, days=days, price=price, free_from=free_from)
    return reply(name, carrier=option.carrier, days=days, price=money(option.price))


def _returns(turn: Turn, handbook: Handbook, place: str | None) -> None:
    rule = handbook.returns_for(place or "")
    free = rule.return_paid_by == "shop"
    window, refund = days(rule.window_days), days(rule.refund_within_days)
    if place:
        name = "utter_return_policy_free" if free else "utter_return_policy_shopper_pays"
        turn.say(name, country=country(place), window=window, refund=refund)
    else:
        name = "utter_return_policy_default_free" if free else "utter_return_policy_default_shopper_pays"
        turn.say(name, window=window, refund=refund)
    if rule.excluded:
        turn.say("utter_return_policy_excluded", excluded=listing(reply(f"term_excluded_{e}") for e in rule.excluded))


def _payments(turn: Turn, handbook: Handbook, place: str | None) -> None:
    rule = handbook.payments_for(place or "")
    methods = listing_or(_method(method.value, rule.card_brands) for method in rule.methods)
    if place:
        turn.say("utter_payment_methods", country=country(place), methods=methods)
    else:
        turn.say("utter_payment_methods_default", methods=methods)
    turn.say("utter_charged_at_order" if rule.charged == "at_order" else "utter_charged_at_dispatch")


def _method(method: str, brands: tuple[str, ...]) -> Typed:
    if method == "card" and brands:
        return reply("term_method_card_brands", brands=listing(brands))
    return reply(f"term_method_{method}")
