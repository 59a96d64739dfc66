"""What a message about a delivery asks that its intent does not tell: read by its words (asked.yml)."""

from __future__ import annotations

import re
from enum import StrEnum

from actions.turn import Turn
from actions.word_lists import folded, word_lists

_FILE = "asked.yml"


class Asked(StrEnum):
    """What is asked; each has its words in `asked.yml`."""

    DISPATCH = "dispatch"  # when it leaves, not when it comes
    IF_NOT = "if_not"  # what, if it does not come
    IF_NOBODY_IS_THERE = "if_nobody_is_there"
    LOST = "lost"  # whether it is lost
    ANOTHER_ATTEMPT = "another_attempt"  # whether and when they try to deliver it again
    COLLECT = "collect"  # whether it can be collected
    WHO = "who"  # who took or signed for it
    WHERE_LEFT = "where_left"  # where it was left, with which neighbour
    CARRIER = "carrier"
    ADDRESS = "address"
    HOUR = "hour"  # at what time of the day it comes


def asks(turn: Turn, *kinds: Asked) -> bool:
    """Tell whether a message asks one of these."""
    words, said = word_lists(_FILE, turn.language), folded(turn.text)
    return any(words[kind].search(said) for kind in kinds) or (Asked.IF_NOT in kinds and _is_bare_if_not(turn))


def _is_bare_if_not(turn: Turn) -> bool:
    """Whether the message is nothing but "and if not?"."""
    said = re.sub(r"[ ,]+", " ", folded(turn.text)).strip()
    return word_lists(_FILE, turn.language)["bare_if_not"].fullmatch(said) is not None
