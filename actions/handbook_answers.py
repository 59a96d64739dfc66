"""Questions that the handbook answers: delivery options, returns, ways to pay, by country."""

from __future__ import annotations

from actions.customs_in_hand import say_customs_asked_for, say_customs_in_hand
from actions.digression import Digression
from actions.import_charges import just_told
from actions.needs import SURE
from actions.payments import say_payments
from actions.places import Places, places_meant, say_where_not_delivered
from actions.turn import ANSWERED, Events, Turn
from actions.values import Typed, country, days, listing, money, reply
from commerce.handbook import Handbook, ShippingOption
from commerce.systems import systems


class ActionHandbookAnswer(Digression):
    """Answers from the handbook: for the countries named, the order's in hand or the browser's, else for most."""

    def name(self) -> str:
        return "action_handbook_answer"

    async def answer(self, turn: Turn) -> Events:
        """Answer the question the intent asks; inside a form the form goes on by itself."""
        say_customs = say_customs_in_hand if _may_be_about_customs(turn) else say_customs_asked_for
        if not await say_customs(turn):
            await say_of_handbook(turn, turn.intent)
        return ANSWERED


async def say_of_handbook(turn: Turn, topic: str) -> None:
    """Answer a question about delivery, returns or paying (their intents) for the countries that are meant."""
    if topic == "payment_methods":
        await say_payments(turn)
    elif topic == "shipping_options":
        say_ways_to(turn, systems().handbook, await places_meant(turn))
    else:
        # Of "from Japan" it is the shopper who is there.
        _say_returns(turn, systems().handbook, await places_meant(turn, come_from=True))


def _say_returns(turn: Turn, handbook: Handbook, places: Places) -> None:
    delivered: list[str | None] = [*say_where_not_delivered(turn, handbook, places.codes)]
    for place in delivered or [None]:
        _returns(turn, handbook, place)
    _excluded(turn, handbook, places)


def _may_be_about_customs(turn: Turn) -> bool:
    """Whether import charges may be meant: what to pay and how, or "how much", which delivery could cost as well."""
    if turn.intent == "payment_methods":
        return True
    return turn.intent == "shipping_options" and turn.confidence < SURE and just_told(turn)


def say_ways_to(turn: Turn, handbook: Handbook, places: Places) -> None:
    """Say how an order can be sent to countries, how long that takes and what it costs; without any, to most."""
    delivered = say_where_not_delivered(turn, handbook, places.codes)
    if places.named:
        for place in delivered:
            turn.say("utter_delivered_to", country=country(place), ways=_ways(handbook, place))
        if delivered:
            turn.say("utter_delivery_days_meant")
    elif delivered:
        place = delivered[0]
        turn.say("utter_shipping_options", country=country(place), ways=_ways(handbook, place))
    else:
        turn.say("utter_shipping_options_default", ways=_ways(handbook, ""))


def _ways(handbook: Handbook, place: str) -> Typed:
    return listing(_option(option) for option in handbook.shipping_for(place).options)


def _option(option: ShippingOption) -> Typed:
    least, most = option.days
    # They are working days, which Chinese says with the number.
    if least != most:
        days = reply("term_shipping_days", least=least, most=most)
    else:
        days = reply("term_shipping_one_day") if most == 1 else {"$days": most}
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


def _excluded(turn: Turn, handbook: Handbook, places: Places) -> None:
    """What cannot be returned from any of the countries, once for all of them."""
    excluded = dict.fromkeys(e for place in places.codes or ("",) for e in handbook.returns_for(place).excluded)
    if excluded:
        turn.say("utter_return_policy_excluded", excluded=listing(reply(f"term_excluded_{e}") for e in excluded))
