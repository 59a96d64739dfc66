"""When a message is not understood: ask once with choices, then hand over."""

from __future__ import annotations

from actions.digression import Digression
from actions.hand_over import hand_over
from actions.needs import SERVED
from actions.scenario import Scenario
from actions.turn import ANSWERED, Events, Turn, replies_of
from actions.values import option
from core.settings import settings

_CHOICES = 3
# Offered when the likeliest intents say nothing useful.
_USUAL = ("track_order", "return_policy")
# Intents worth offering as a choice; each has a reply option_<intent>.
OFFERED = (
    *SERVED,
    "shipping_options",
    "cancel_order",
    "delivery_instructions",
    "change_address",
    "change_order",
    "return_item",
    "exchange_item",
    "request_refund",
    "refund_status",
    "damaged_item",
    "wrong_item",
    "missing_item",
    "return_policy",
    "warranty",
    "payment_methods",
    "payment_problem",
    "billing_dispute",
    "invoice_request",
    "price_adjustment",
    "gift_card",
    "privacy_request",
    "opening_hours",
    "complaint",
)


class ActionDefaultFallback(Scenario):
    """What Rasa falls back to when no rule fits; its own would take back the shopper's message."""

    def name(self) -> str:
        return "action_default_fallback"

    async def perform(self, turn: Turn) -> Events:
        """Ask in other words; the second time in a row, hand over."""
        return await clarify(turn)


class ActionDontKnow(Digression):
    """Answers "I don't know": says where to find what was asked for, and offers a person."""

    def name(self) -> str:
        return "action_dont_know"

    async def answer(self, turn: Turn) -> Events:
        """Explain what the open question means."""
        explain_missing(turn)
        return ANSWERED


async def clarify(turn: Turn) -> Events:
    """Ask once what is meant, with the likeliest choices; the second time in a row, hand over."""
    previous = next(turn.earlier_turns(), [])
    if any(name.startswith("utter_clarify") for name in replies_of(previous)):
        return await hand_over(turn, "failed_attempts")
    if turn.active_form == "identity_form":
        if turn.slot("requested_slot") == "contact":
            turn.say("utter_clarify_contact", options=[option("option_person", "/human_agent")])
        else:
            example = settings().order_number_example
            turn.say("utter_clarify_order_number", options=[option("option_person", "/human_agent")], example=example)
    else:
        turn.say("utter_clarify", options=_choices(turn))
    return ANSWERED


def explain_missing(turn: Turn) -> None:
    """Say where to find what the form asks for; without a form, offer a person."""
    person = option("option_person", "/human_agent")
    if turn.active_form == "identity_form" and turn.slot("requested_slot") == "contact":
        turn.say("utter_dont_know_contact", options=[person])
    elif turn.active_form == "identity_form":
        choices = [person, option("option_no_order_yet", "/shipping_options")]
        turn.say("utter_dont_know_order_number", options=choices, example=settings().order_number_example)
    else:
        turn.say("utter_dont_know", options=[person])


def _choices(turn: Turn) -> list[dict[str, object]]:
    likely = [intent for intent in turn.ranking if intent in OFFERED]
    intents = dict.fromkeys([*likely[: _CHOICES - 1], *_USUAL])
    choices = [option(f"option_{intent}", f"/{intent}") for intent in list(intents)[:_CHOICES]]
    return [*choices, option("option_person", "/human_agent")]
