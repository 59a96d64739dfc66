"""What a message means because a missing parcel was talked about: its words and what was said before tell."""

from __future__ import annotations

import json
from enum import StrEnum, auto
from itertools import chain, islice
from typing import Any

from rasa_sdk.events import FollowupAction

from actions.claim_answer import Answer, answer_of, says_found, says_withdrawn, wants_report
from actions.claim_words import Said, read_words
from actions.needs import SURE, SURE_ENOUGH, not_served
from actions.turn import CONTACT_ENTITIES, Events, Turn, replies_of

# Replies about a parcel that is marked delivered and not there, and for how many turns "report it" means that one.
_OF_THE_CLAIM = (
    "utter_not_received_",
    "utter_ask_claim_",
    "utter_claim_",
    "utter_found_",
    "utter_withdrawal_",
    "utter_missing_",
)
_CLAIM_IN_MIND = 6
# Replies after which a yes takes the claim up again.
_NOT_REPORTED = ("utter_claim_not_opened", "utter_claim_left")
_REPORTED = ("utter_claim_opened", "utter_claim_known")
_TAKEN_BACK = ("utter_found_passed_on", "utter_found_not_reported", "utter_withdrawal_passed_on")
_TO_WAIT = ("utter_not_received_wait", "utter_claim_wait")
# What being told to wait is answered with; the others where a day is named.
_IMPATIENCE = ("delivery_estimate", "parcel_delayed")
_IMPATIENCE_WITH_A_DAY = ("track_order", "inform", "nlu_fallback")


class Talk(StrEnum):
    """What is said of a claim outside of the answers to its question."""

    FOUND = auto()
    WITHDRAWN = auto()
    STILL_MISSING = auto()  # after it was said to be found
    REPORT = auto()  # it is to be reported, or the checks are answered
    WAIT = auto()  # impatience, while nothing can be reported yet
    WHO_SIGNED = auto()
    WITH_SOMEBODY = auto()  # somebody who may have it comes to mind
    REPORTED = auto()  # which case it is, or when the team answers
    CASE = auto()  # which case it is, where no parcel was reported


def talk_of(turn: Turn, *, with_data: bool) -> Talk | None:
    """Return what a message says of a claim, None when it says nothing of one.

    Args:
        turn: the conversation.
        with_data: the message gives an order number or a contact, too.
    """
    said, lately = read_words(turn), is_about_a_claim(turn)
    if _says_it_is_there(turn, lately):
        return Talk.FOUND
    if says_withdrawn(said, lately=lately):
        return Talk.WITHDRAWN
    talk = _in_the_talk(turn, said) if lately and not with_data else None
    return talk or (Talk.CASE if said.has("asks_case") and not with_data else None)


def is_about_a_claim(turn: Turn) -> bool:
    """Tell whether a parcel that is marked delivered was talked about: then "report it after all" means that one."""
    if not turn.slot("order_number"):
        return False
    lately = islice(turn.earlier_turns(), _CLAIM_IN_MIND)
    return _said_lately(turn, _OF_THE_CLAIM, _CLAIM_IN_MIND) or any(map(_tells_of_a_report, chain(*lately)))


def was_asked_lately(turn: Turn) -> bool:
    """Tell whether the claim's question was asked a moment ago, so that a "yes, report it" answers it."""
    return _said_lately(turn, ("utter_ask_claim_",), _CLAIM_IN_MIND)


def leads_to_the_claim(turn: Turn) -> Events | None:
    """Return what leads a message on to action_route that was taken for something else; None when it is no such one."""
    with_data = bool(turn.entities("order_number"))
    return [FollowupAction("action_route")] if talk_of(turn, with_data=with_data) else None


def _says_it_is_there(turn: Turn, lately: bool) -> bool:
    """Whether it is news that the parcel is there, by the words or by the classifier, and not another need."""
    if says_found(turn, lately=lately) and not _may_be_the_number(turn):
        return not (turn.intent in not_served() and turn.intent != "cancel_order" and turn.confidence >= SURE)
    said = read_words(turn)
    taken_for_it = turn.intent == "parcel_found" and turn.confidence >= SURE_ENOUGH
    # "I looked everywhere" and "has it turned up?" are near it, too.
    looked = said.has("everywhere") or (said.has("checked") and not said.has("unsure"))
    if said.is_question or looked:
        return False
    # To the classifier "report the parcel" is near "withdraw the report, the parcel is here": its words tell.
    return taken_for_it and not wants_report(turn) and not said.has("missing_after_all")


def _may_be_the_number(turn: Turn) -> bool:
    """Whether "found it" may well be said of what the identity form asks for: with it, or after being told where."""
    asked = turn.slot("requested_slot")
    if turn.active_form != "identity_form" or not asked:
        return False
    told_where = any(name.startswith("utter_dont_know_") for name in replies_of(turn.last_replies()))
    return told_where or bool(turn.entities(*(("order_number",) if asked == "order_number" else CONTACT_ENTITIES)))


def _in_the_talk(turn: Turn, said: Said) -> Talk | None:
    """What it says right after something was said of a missing parcel."""
    last = replies_of(turn.last_replies())
    if _takes_found_back(turn, said, last):
        return Talk.STILL_MISSING
    if said.has("who_signed"):
        return Talk.WHO_SIGNED
    if (said.has("asks_answer") or said.has("asks_case")) and _said_lately(turn, _REPORTED, _CLAIM_IN_MIND):
        return Talk.REPORTED
    if turn.active_form == "claim_form":
        with_somebody = said.has("near_person") and not said.has("negation") and not said.has("checked")
        return Talk.WITH_SOMEBODY if with_somebody else None
    return None if turn.active_form else _without_the_question(turn, said, last)


def _without_the_question(turn: Turn, said: Said, last: list[str]) -> Talk | None:
    """What it says while nothing is asked."""
    impatient = turn.intent in _IMPATIENCE or (turn.intent in _IMPATIENCE_WITH_A_DAY and turn.mentions("deadline"))
    if impatient and any(name in _TO_WAIT for name in last):
        return Talk.WAIT
    answer = answer_of(turn)
    if wants_report(turn) or answer is Answer.CHECKED or (answer is Answer.YES and said.has("checked")):
        return Talk.REPORT
    is_yes = answer is Answer.YES or turn.intent == "affirm"
    return Talk.REPORT if is_yes and last[-1:] and last[-1] in _NOT_REPORTED else None


def _takes_found_back(turn: Turn, said: Said, last: list[str]) -> bool:
    """Whether it comes right after the report was taken back, and says that the parcel is missing after all."""
    if not any(name in _TAKEN_BACK for name in last):
        return False
    missing_again = turn.intent == "delivered_not_received" and turn.confidence >= SURE
    return said.has("missing_after_all") or missing_again or wants_report(turn)


def _said_lately(turn: Turn, names: tuple[str, ...], turns: int) -> bool:
    lately = islice(turn.earlier_turns(), turns)
    return any(name.startswith(names) for events in lately for name in replies_of(events))


def _tells_of_a_report(event: dict[str, Any]) -> bool:
    """Whether a bot event told, as where an order is, that a parcel is reported missing."""
    said = (event.get("metadata") or {}).get("said") or {}
    return "term_reported_missing" in json.dumps(said.get("values") or {})
