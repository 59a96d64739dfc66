"""News of a case: how one stands that the shopper names, or asks after as "my case" or "my request"."""

from __future__ import annotations

from actions import settled
from actions.cases import CaseState, people, state_of_case
from actions.needs import order_needs
from actions.turn import Turn
from actions.values import option
from actions.word_lists import words_of_all
from desk.cases import Status

# So sure must another need be, where the message has a word for a case: it may be one for a phone.
_SURELY_ANOTHER = 0.8
# What asking after a case is taken for; any other need that is sure is one of its own.
_ASKS_AFTER = ("track_order", "parcel_delayed", "refund_status", "delivery_estimate")


async def say_case_news(turn: Turn) -> bool:
    """Say how the case asked about stands, or what was settled with it; return whether the message asks about one.

    Of a case that belongs to another conversation, and to no order that this one has proved, nothing is said, not even
    whether it exists.
    """
    named = turn.mentions("case_number")
    if named:
        case = await state_of_case(turn, str(named[0]))
        if case:
            _say(turn, case)
        else:
            turn.say("utter_case_elsewhere", options=[option("option_person", "/human_agent")])
        return True
    if not _asks_after_the_matter(turn):
        return False
    case = await state_of_case(turn)
    if case is None:
        return settled.answers_of_no_order(turn)
    _say(turn, case)
    return True


def _say(turn: Turn, case: CaseState) -> None:
    if settled.is_of_case(turn, case.number) and settled.answers_of_no_order(turn):
        return
    if case.status is Status.CLOSED:
        turn.say("utter_case_closed", options=[option("option_not_solved", "/human_agent")], case=case.number)
    elif case.status is Status.TAKEN:
        turn.say("utter_case_taken", case=case.number)
    else:
        turn.say("utter_case_open", case=case.number, people=people())


def _asks_after_the_matter(turn: Turn) -> bool:
    if turn.intent in order_needs() and turn.intent not in _ASKS_AFTER and turn.confidence >= _SURELY_ANOTHER:
        return False
    words = words_of_all("case_news.yml")
    return words["matter"].search(words["no_matter"].sub(" ", turn.text.lower())) is not None
