"""A request taken back: "no wait, don't cancel". The case that has it learns so, instead of a second request."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

from actions.cases import CaseRequest, case_has_need, open_case
from actions.given import Given, any_of
from actions.turn import Turn
from actions.values import option
from desk.cases import Priority, Reason
from desk.summary import statement

_NEED = "cancel_order"
# What taking it back is taken for.
_TAKEN_FOR = (_NEED, "deny", "stop", "inform", "nlu_fallback")


async def take_back(turn: Turn, given: Given) -> bool:
    """Pass on that a cancellation is not wanted any more, and say so; return whether that is what the message says."""
    if turn.intent not in _TAKEN_FOR or not _takes_back(turn.text.lower()):
        return False
    if any(order != turn.slot("order_number") for order in given.orders):
        return False  # of another order: a person has to read it
    turn.remember("need", None)
    if not await case_has_need(turn, _NEED):
        turn.say("utter_nothing_to_take_back", options=[option("option_person", "/human_agent")])
        return True
    request = CaseRequest(Reason.NOT_SERVED, Priority.NORMAL, [statement("need_withdrawn", need=_NEED)])
    turn.say("utter_taken_back", case=(await open_case(turn, request)).number)
    return True


def _takes_back(text: str) -> bool:
    takes_back, unless = _words()
    return takes_back.search(text) is not None and unless.search(text) is None


@lru_cache(maxsize=1)
def _words() -> tuple[re.Pattern[str], re.Pattern[str]]:
    data = yaml.safe_load(Path(__file__).with_name("withdrawal.yml").read_text(encoding="utf-8"))
    takes_back, unless = ([word for words in data[kind].values() for word in words] for kind in (_NEED, "unless"))
    return re.compile(any_of(takes_back)), re.compile(any_of(unless))
