"""Questions of who has a parcel with customs: what customs mean for it is told before what the shop does otherwise."""

from __future__ import annotations

from actions.customs import is_with_customs, say_customs_of_order, say_part_of_customs
from actions.identity import NotProved
from actions.import_charges import charges_due, just_told, say_how_to_pay
from actions.tracking import Delivery, proved_delivery
from actions.turn import Turn, replies_of
from actions.values import option
from actions.word_lists import kinds_named
from commerce.errors import SystemDown

# What was hardly understood counts as about paying from this share of the likeliest intent's probability on.
_NEARLY_AS_LIKELY = 0.8
# Words by what they ask about ("papers", "charges"…), and replies that have told that the parcel is with customs.
_QUESTIONS = "customs_questions.yml"
_OF_CUSTOMS = ("utter_customs_", "utter_refused_", "utter_charges_")
_ABOUT_PAYING = ("customs_and_duties", "payment_methods", "payment_problem")


async def say_customs_in_hand(turn: Turn) -> bool:
    """Answer a question about paying with what customs mean for the order in hand; False when it is not about that.

    Charges that are due are always meant; any others only right after the shopper was told that it is with customs.
    """
    if await say_customs_asked_for(turn):
        return True
    delivery = None if _asks_for_the_shops_ways(turn) else await _delivery_in_hand(turn)
    if delivery is None:
        return False
    if charges_due(delivery):
        say_how_to_pay(turn, delivery)
    elif just_told(turn) and is_with_customs(delivery):
        say_customs_of_order(turn, delivery)
        turn.say("utter_customs_shops_ways", options=[option("option_payment_methods", "/payment_methods")])
    else:
        return False
    return True


async def say_customs_asked_for(turn: Turn) -> bool:
    """Answer, right after it was told that customs have the parcel, the part of it that the message asks for.

    Its words decide, whatever need it was taken for; False when it asks for none.
    """
    parts = _parts_asked_for(turn)
    delivery = await _delivery_in_hand(turn) if parts else None
    if delivery is None or not (charges_due(delivery) or is_with_customs(delivery)):
        return False
    before = len(turn.messages)
    say_part_of_customs(turn, delivery, parts)
    return len(turn.messages) > before


def _parts_asked_for(turn: Turn) -> list[str]:
    named = any(turn.mentions(kind) for kind in ("order_number", "tracking_number", "deadline", "country"))
    said = replies_of(turn.last_replies())
    about_customs = any(name.startswith(_OF_CUSTOMS) for name in said)
    if named or turn.active_form or turn.text.startswith("/") or not (about_customs or just_told(turn)):
        return []
    asked = kinds_named(_QUESTIONS, turn.text, turn.language)
    if "other" in asked:
        return []
    # "How long?" alone asks when it comes; how long they keep it is more than how long they take.
    if "held" in asked or not (about_customs or turn.intent == "customs_and_duties"):
        asked = [part for part in asked if part != "days"]
    # "How much longer?", "wie lange": words of an amount are in it by chance.
    return [part for part in asked if part != "charges"] if {"days", "held"} & set(asked) else asked


async def say_customs_just_told(turn: Turn) -> bool:
    """Answer what was hardly understood, right after the charges were told, if it is likeliest about paying them."""
    likeliest = next((name for name in turn.ranking if name in _ABOUT_PAYING), None)
    if not just_told(turn) or likeliest is None:
        return False
    if turn.probability(likeliest) < _NEARLY_AS_LIKELY * turn.probability(turn.ranking[0]):
        return False
    delivery = await _delivery_in_hand(turn)
    if delivery is None:
        return False
    if charges_due(delivery):
        say_how_to_pay(turn, delivery)
        return True
    if likeliest == "customs_and_duties" and is_with_customs(delivery):
        say_customs_of_order(turn, delivery)
        return True
    return False


async def _delivery_in_hand(turn: Turn) -> Delivery | None:
    """The order in hand, if it is proved and can be seen: how to pay in the shop can be said without one."""
    try:
        return await proved_delivery(turn)
    except (NotProved, SystemDown):
        return None


def _asks_for_the_shops_ways(turn: Turn) -> bool:
    """The button below the answer about the charges."""
    offered = any(name.startswith(("utter_charges_", "utter_customs_")) for name in replies_of(turn.last_replies()))
    return offered and turn.text.startswith("/")
