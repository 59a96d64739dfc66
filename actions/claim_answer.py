"""What a message answers to the claim's question: it asks two things at once, and only one answer may write."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum, auto

from actions.needs import SURE, SURE_ENOUGH, SURE_OF_YES, order_needs
from actions.turn import Turn
from actions.word_lists import folded, word_lists

# What talking of the address, or of its not being there, is taken for; any other need is one of its own.
_SAME_MATTER = ("change_address", "delivered_not_received", "track_order", "parcel_delayed")


class Answer(StrEnum):
    """How a message answers "have you looked everywhere, is the address right, shall I report it?"."""

    YES = auto()
    NO = auto()
    CHECKED = auto()  # the first half only: looked everywhere, the address is right
    WRONG_ADDRESS = auto()
    UNCLEAR = auto()  # taken for a yes, but not clear enough to write
    NONE = auto()  # something else


def answer_of(turn: Turn) -> Answer:
    """Return what the message answers to the claim's question."""
    said = _read(turn)
    # To the classifier "found", "looked everywhere" and "report it" are near each other: words that ask for the report
    # tell them apart; without these it is no yes.
    found = turn.intent == "parcel_found" and turn.confidence >= SURE_ENOUGH and not _asks_for_report(said)
    if found and (said.has("unsure") or not said.has("checked")):
        return Answer.NONE
    if said.has("wrong_address"):
        return Answer.WRONG_ADDRESS
    if not found and _is_clear_yes(turn, said):
        return Answer.YES
    another_need = turn.intent in order_needs() and turn.intent not in _SAME_MATTER and turn.confidence >= SURE
    if said.has("checked") and not said.has("not_yet") and not said.asks and not another_need:
        return Answer.CHECKED
    if turn.intent == "deny":
        return Answer.NO
    return Answer.UNCLEAR if turn.intent == "affirm" else Answer.NONE


def wants_report(turn: Turn) -> bool:
    """Tell whether a message asks to have the parcel reported, outside of the question."""
    return _asks_for_report(_read(turn))


def _asks_for_report(said: _Said) -> bool:
    return said.has("report") and not said.is_held_back


def _is_clear_yes(turn: Turn, said: _Said) -> bool:
    """Whether it is a yes to a write: by the classifier or by its words, and nothing in it takes the yes back."""
    if said.is_held_back:
        return False
    if turn.intent == "affirm" and turn.confidence >= SURE_OF_YES:
        return True
    if said.begins_with_yes and (said.has("report") or said.has("checked")):
        return True
    return (said.begins_with_yes or said.has("report")) and said.says_nothing_else


@dataclass(frozen=True)
class _Said:
    """A message, folded, with the words of its language."""

    text: str
    asks: bool
    words: dict[str, re.Pattern[str]]

    def has(self, kind: str) -> bool:
        """Whether words of a kind stand in it."""
        return self.words[kind].search(self.text) is not None

    @property
    def is_held_back(self) -> bool:
        """Whether something in it keeps a yes from being one."""
        return self.asks or self.has("not_yet") or self.has("unsure")

    @property
    def begins_with_yes(self) -> bool:
        """Whether it begins with a yes, small words aside."""
        rest = self.text
        while not self.words["plain_yes"].match(rest):
            small = self.words["small"].match(rest)
            if small is None:
                return False
            rest = rest[small.end() :].lstrip(" ,")
        return True

    @property
    def says_nothing_else(self) -> bool:
        """Whether it is made of known words only."""
        rest = self.text
        for kind in ("report", "checked", "plain_yes", "small"):
            rest = self.words[kind].sub(" ", rest)
        return not rest.strip(" ,")


def _read(turn: Turn) -> _Said:
    words = word_lists("claim_answers.yml", turn.language or "en")
    return _Said(folded(turn.text), bool(re.search(r"[?？]", turn.text)), words)
