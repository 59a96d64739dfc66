"""What a message answers to the claim's question: it asks two things at once, and only one answer may write."""

from __future__ import annotations

from enum import StrEnum, auto

from actions.claim_words import Said, read_words
from actions.needs import SURE, SURE_ENOUGH, SURE_OF_YES, order_needs
from actions.turn import Turn

# What talking of the address, or of its not being there, is taken for; any other need is one of its own.
_SAME_MATTER = ("change_address", "delivered_not_received", "track_order", "parcel_delayed")


class Answer(StrEnum):
    """How a message answers "have you looked everywhere, is the address right, shall I report it?"."""

    YES = auto()
    NO = auto()
    CHECKED = auto()  # the first half only: looked everywhere, the address is right
    WRONG_ADDRESS = auto()
    FOUND = auto()  # it is there: nothing is to be reported
    UNCLEAR = auto()  # taken for a yes, but not clear enough to write
    NONE = auto()  # something else


def answer_of(turn: Turn) -> Answer:
    """Return what the message answers to the claim's question."""
    said = read_words(turn)
    if _says_it_is_there(turn, said):
        return Answer.FOUND
    if said.has("no_report") or says_withdrawn(said, lately=True):
        return Answer.NO
    if said.has("wrong_address"):
        return Answer.WRONG_ADDRESS
    return _yes_or_no(turn, said)


def _yes_or_no(turn: Turn, said: Said) -> Answer:
    # To the classifier "found" and "looked everywhere" are near each other: without words for it, it is no yes.
    near_found = turn.intent == "parcel_found" and turn.confidence >= SURE_ENOUGH and not _asks_for_report(said)
    if not near_found and _is_clear_yes(turn, said):
        return Answer.YES
    another_need = turn.intent in order_needs() and turn.intent not in _SAME_MATTER and turn.confidence >= SURE
    if said.has("checked") and not said.has("not_yet") and not said.asks and not another_need:
        return Answer.CHECKED
    if turn.intent == "deny":
        return Answer.NO
    return Answer.UNCLEAR if turn.intent == "affirm" else Answer.NONE


def says_found(turn: Turn, *, lately: bool) -> bool:
    """Tell whether a message says that the parcel is there after all.

    Args:
        turn: the conversation.
        lately: a missing parcel was just talked about, so that "it's here" means that one.
    """
    said = read_words(turn)
    if said.is_question or _asks_for_report(said) or said.has("missing_after_all"):
        return False
    return said.plainly("found", "found_it") if lately else said.plainly("found")


def says_withdrawn(said: Said, *, lately: bool) -> bool:
    """Tell whether a message takes the report back, "close it" only where one was just talked about."""
    return said.plainly("withdraw", "withdraw_it") if lately else said.plainly("withdraw")


def _says_it_is_there(turn: Turn, said: Said) -> bool:
    """Whether it answers the question with the news that it is there: by its words, or by the classifier."""
    if says_found(turn, lately=True):
        return True
    taken_for_it = turn.intent == "parcel_found" and turn.confidence >= SURE_ENOUGH and not _asks_for_report(said)
    return taken_for_it and (said.has("unsure") or not said.has("checked")) and not said.has("missing_after_all")


def is_explicit_yes(turn: Turn) -> bool:
    """Tell whether a message is a yes that says itself to what: "yes, report it"."""
    said = read_words(turn)
    return answer_of(turn) is Answer.YES and said.begins_with_yes and said.has("report")


def wants_report(turn: Turn) -> bool:
    """Tell whether a message asks to have the parcel reported, outside of the question."""
    return _asks_for_report(read_words(turn))


def _asks_for_report(said: Said) -> bool:
    return said.has("report") and not said.is_held_back


def _is_clear_yes(turn: Turn, said: Said) -> bool:
    """Whether it is a yes to a write: by the classifier or by its words, and nothing in it takes the yes back."""
    if said.is_held_back:
        return False
    if turn.intent == "affirm" and turn.confidence >= SURE_OF_YES:
        return True
    if said.begins_with_yes and (said.has("report") or said.has("checked")):
        return True
    return (said.begins_with_yes or said.has("report")) and said.says_nothing_else
