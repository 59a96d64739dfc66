"""A request taken back: "no wait, don't cancel". The case that has it learns so, instead of a second request."""

from __future__ import annotations

from actions.cases import CaseRequest, case_has_need, open_case
from actions.given import Given
from actions.turn import Turn, replies_of
from actions.values import option
from actions.word_lists import words_of_all
from desk.cases import Priority, Reason
from desk.summary import statement

_NEED = "cancel_order"
# What taking it back is taken for.
_TAKEN_FOR = (_NEED, "change_order", "deny", "stop", "affirm", "inform", "nlu_fallback")
# Said of much else, too: these take back what was just passed on, and nothing where nothing was.
_KEEPS_IT, _NO = "keeps_it", ("deny", "stop")
_PASSED_ON = "utter_cannot_cancel_order"


async def take_back(turn: Turn, given: Given) -> bool:
    """Pass on that a cancellation is not wanted any more, and say so; return whether that is what the message says."""
    plainly = _says(_NEED, turn)
    if turn.intent not in _TAKEN_FOR or not (plainly or _may_take_back(turn)):
        return False
    if any(order != turn.slot("order_number") for order in given.orders):
        return False  # of another order: a person has to read it
    known = await case_has_need(turn, _NEED)
    if not (known or plainly):
        return False
    turn.remember("need", None)
    if not known:
        turn.say("utter_nothing_to_take_back", options=[option("option_person", "/human_agent")])
        return True
    request = CaseRequest(Reason.NOT_SERVED, Priority.NORMAL, [statement("need_withdrawn", need=_NEED)])
    turn.say("utter_taken_back", case=(await open_case(turn, request)).number)
    return True


def _may_take_back(turn: Turn) -> bool:
    """Whether it is to be kept after all, or a no comes right after it was passed on."""
    just_passed_on = _PASSED_ON in replies_of(turn.last_replies())
    return _says(_KEEPS_IT, turn) or (just_passed_on and turn.intent in _NO and not turn.says_more_than_data)


def _says(kind: str, turn: Turn) -> bool:
    text, words = turn.text.lower(), words_of_all("withdrawal.yml")
    return words[kind].search(text) is not None and words["unless"].search(text) is None
