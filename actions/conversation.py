"""Steering the conversation itself: say that again (in another language, if one is named), and stop."""

from __future__ import annotations

from typing import Any

from actions.digression import Digression
from actions.given import read
from actions.identity import NotProved, told_to_the_same
from actions.scenario import leave_form
from actions.turn import ANSWERED, Events, Turn, reply_name
from actions.values import language, listing_or, option
from actions.withdrawal import take_back


class ActionRepeat(Digression):
    """Says the last answer again, with its card and its buttons; in the language asked for, if one was."""

    def name(self) -> str:
        return "action_repeat"

    async def answer(self, turn: Turn) -> Events:
        """Repeat every reply of the last turn that had one; greet in the language asked for when there was none.

        Where the conversation is in that language already, it just goes on.

        Raises:
            NotProved: the answer was about an order, and its proof has run out since.
        """
        asked = next(iter(turn.entities("language_wanted")), None)
        about = (asked or {}).get("additional_info") or {}
        served = about.get("served") or []
        replies = turn.last_replies(without=("utter_language_not_spoken",))
        if asked and asked["value"] not in served:
            spoken = listing_or(language(code) for code in served)
            person = option("option_person", "/human_agent")
            turn.say(
                "utter_language_not_spoken",
                options=[person],
                language=language(asked["value"]),
                languages=spoken,
            )
        elif not replies:
            turn.say("utter_greet" if asked else "utter_nothing_to_repeat")
        elif about.get("goes_on"):
            # A form that is open asks its question again by itself.
            if not turn.active_form:
                turn.say("utter_go_ahead")
        else:
            _say_again(turn, replies)
        return ANSWERED


def _say_again(turn: Turn, replies: list[dict[str, Any]]) -> None:
    for said in replies:
        if _tells_something(said) and not told_to_the_same(turn, said):
            raise NotProved
        # A form that is open asks its question again by itself.
        if not (turn.active_form and reply_name(said).startswith("utter_ask_")):
            turn.say_again(said)


def _tells_something(said: dict[str, Any]) -> bool:
    """Whether a reply holds more than its fixed words; that a person comes, and whom to call till then, is for all."""
    if reply_name(said).startswith("utter_hand_over_"):
        return False
    made_from = (said.get("metadata") or {}).get("said") or {}
    return bool(made_from.get("values") or made_from.get("details"))


class ActionStop(Digression):
    """Stops the task that is open, and says so."""

    def name(self) -> str:
        return "action_stop"

    async def answer(self, turn: Turn) -> Events:
        """Leave any form and forget what it was for."""
        if await take_back(turn, read(turn)):
            return leave_form(("next_step", "answered"))
        turn.say("utter_stop" if turn.active_form else "utter_nothing_to_stop")
        return leave_form(
            ("next_step", "answered"),
            ("need", None),
            ("unproved_orders", None),
            ("claim_parcel", None),
            ("claim_confirmed", None),
            ("deadline", None),
            ("tracking_number", None),
        )
