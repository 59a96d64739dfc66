"""Follow-ups to a general question: "and Norway?" asks the same of another country, whatever it was taken for."""

from __future__ import annotations

from actions.customs import say_customs_in_general
from actions.given import Given
from actions.handbook_answers import say_of_handbook
from actions.needs import SURE_ENOUGH
from actions.places import countries_in_talk, named_countries, places_meant
from actions.turn import Turn, replies_of
from actions.word_lists import kinds_named

# What was asked in general, by its intent, and how the replies begin that answered it; the first that fits counts.
_TOPICS = {
    "customs_and_duties": ("utter_customs_general_", "utter_customs_unknown_country", "utter_customs_ask_order"),
    "return_policy": ("utter_return_policy_",),
    "payment_methods": ("utter_payment_", "utter_charged_"),
    "shipping_options": ("utter_delivered_to", "utter_shipping_options", "utter_not_delivered_to"),
}
_SAYS_NOTHING_ELSE = ("inform", "nlu_fallback")
_CUSTOMS = "customs_and_duties"
# "And what about leather shoes?" has about so many signs.
_SHORT = 40
_DELIVERY, _HOW_LONG = "shipping_options", "delivery_estimate"


async def say_for_that_country(turn: Turn, given: Given) -> bool:
    """Answer the general question of a moment ago for the country that a message names and says little else of.

    Such a message that follows nothing is a question of its own; False when it is neither.
    """
    if given or turn.active_form == "claim_form" or turn.mentions("tracking_number") or turn.mentions("deadline"):
        return False
    topic = _topic(turn)
    if not named_countries(turn):
        return await _say_how_long(turn, topic)
    if _names_a_country_only(turn):
        topic = topic or _likeliest(turn)
    elif turn.intent not in _SAYS_NOTHING_ELSE and turn.confidence >= SURE_ENOUGH:
        return False
    if topic is None:
        return False
    if topic == _CUSTOMS:
        say_customs_in_general(turn, await places_meant(turn))
    else:
        await say_of_handbook(turn, topic)
    return True


async def say_customs_of_goods(turn: Turn) -> bool:
    """Answer "what about perfume?", right after what customs mean in a country, with what they mean there."""
    # To the classifier perfume is near counterfeits; words of a claim would be a risk.
    short = len(turn.text) <= _SHORT and not turn.risk and not turn.active_form
    if not short or _topic(turn) != _CUSTOMS or not kinds_named("goods_words.yml", turn.text, turn.language):
        return False
    if turn.intent == _CUSTOMS or named_countries(turn):
        return False  # a question that is complete
    say_customs_in_general(turn, await places_meant(turn))
    return True


async def _say_how_long(turn: Turn, topic: str | None) -> bool:
    """Say how long delivery takes to the country whose prices were told, if no order is there that could be meant."""
    if topic != _DELIVERY or turn.intent != _HOW_LONG or turn.slot("order_number") or not countries_in_talk(turn):
        return False
    await say_of_handbook(turn, _DELIVERY)
    turn.say("utter_estimate_ask_order")
    return True


def _topic(turn: Turn) -> str | None:
    """The intent of the general question that was answered last, if nothing else was said since."""
    said = replies_of(turn.last_replies())
    return next((topic for topic, begin in _TOPICS.items() if any(name.startswith(begin) for name in said)), None)


def _names_a_country_only(turn: Turn) -> bool:
    return any((e.get("additional_info") or {}).get("alone") for e in turn.entities("country"))


def _likeliest(turn: Turn) -> str | None:
    """What a country alone asks where nothing was asked before: whether we deliver there; of an open order nothing."""
    if turn.active_form or turn.slot("order_number"):
        return None
    likeliest = next(iter(turn.ranking), "")
    return likeliest if likeliest in _TOPICS else _DELIVERY
