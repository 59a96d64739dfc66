"""Ways to pay, by country: whether one that is named is offered, all that are, and when money is taken."""

from __future__ import annotations

from collections.abc import Iterable

from actions.customs_in_hand import say_customs_in_hand
from actions.needs import SURE
from actions.places import places_meant, say_where_not_delivered
from actions.turn import Turn
from actions.values import Typed, country, listing, listing_or, reply
from actions.word_lists import kinds_named
from commerce.handbook import Handbook, PaymentRule
from commerce.systems import systems

_WORDS, _CHARGED, _CARD = "payment_words.yml", "charged", "card"
# How likely a question about paying must be in a message that says more than the name of a way.
_WORTH_TAKING = 0.1
# What a question about paying is taken for where it was not clear.
_SAYS_NOTHING_ELSE = ("inform", "nlu_fallback")
_MAY_BE_PAYING = (
    *_SAYS_NOTHING_ELSE,
    "invoice_request",
    "billing_dispute",
    "payment_problem",
    "refund_status",
    "subscription",
    "opening_hours",
    "delivery_estimate",
)


async def say_payments(turn: Turn) -> None:
    """Answer a question about paying for the countries that are meant; of "from Japan" the shopper is there."""
    handbook, places = systems().handbook, await places_meant(turn, come_from=True)
    delivered: list[str | None] = [*say_where_not_delivered(turn, handbook, places.codes)]
    for place in delivered or [None]:
        _say_of(turn, handbook, place)


def _say_of(turn: Turn, handbook: Handbook, place: str | None) -> None:
    """Say whether the ways to pay that are named are offered, and which are; or only when money is taken, if asked."""
    rule = handbook.payments_for(place or "")
    named = kinds_named(_WORDS, turn.text, turn.language)
    if _CHARGED not in named:
        _say_named(turn, rule, place, named)
        methods = listing_or(_method(method.value, rule.card_brands) for method in rule.methods)
        if place:
            turn.say("utter_payment_methods", country=country(place), methods=methods)
        else:
            turn.say("utter_payment_methods_default", methods=methods)
    turn.say("utter_charged_at_order" if rule.charged == "at_order" else "utter_charged_at_dispatch")


async def say_payment_named(turn: Turn) -> bool:
    """Answer a message that was hardly understood by the way to pay that it names, or by its asking when; or False."""
    if turn.active_form or turn.text.startswith("/") or not _may_ask_about_paying(turn):
        return False
    if await say_customs_in_hand(turn):
        return True
    await say_payments(turn)
    return True


def _may_ask_about_paying(turn: Turn) -> bool:
    named = kinds_named(_WORDS, turn.text, turn.language) if turn.intent in _MAY_BE_PAYING else []
    if _CHARGED in named:
        return True
    if turn.confidence >= SURE and turn.intent not in _SAYS_NOTHING_ELSE:
        return False
    # "It was paid by card" tells something; "card?" asks.
    asks = not turn.says_more_than_data or turn.probability("payment_methods") >= _WORTH_TAKING
    return bool(named and asks)


def _say_named(turn: Turn, rule: PaymentRule, place: str | None, named: list[str]) -> None:
    """A yes or a no to each way that is named; where the checkout knows more than we do, only a yes."""
    offered = {*(method.value for method in rule.methods), *rule.card_brands}
    # "Visa card" asks about Visa, "gift card" about no bank's card.
    asked = [name for name in named if name != _CARD or named == [_CARD]]
    yes = [name for name in asked if name in offered]
    no = [name for name in asked if name not in offered and "other" not in offered]
    for name, ways in (("utter_payment_offered", yes), ("utter_payment_not_offered", no)):
        if ways and place:
            turn.say(name, country=country(place), methods=listing_or(map(name_of, ways)))


def name_of(way: str) -> Typed:
    """Return what a way to pay is called in a reply, from its name in payment_words.yml."""
    if not way.islower() or way in _NAMES_IN_SMALL_LETTERS:
        return _brand(way)
    return reply(f"term_method_{way}" if way in _KINDS else f"term_pay_{way}")


def _method(method: str, brands: Iterable[str]) -> Typed:
    named = [_brand(brand) for brand in brands] if method == _CARD else []
    return reply("term_method_card_brands", brands=listing(named)) if named else reply(f"term_method_{method}")


def _brand(name: str) -> Typed:
    return reply("term_brand_unionpay") if name == "UnionPay" else name


_KINDS = (_CARD, "paypal", "gift_card")
_NAMES_IN_SMALL_LETTERS = ("giropay", "konbini")
