"""What a message says of a missing parcel, by its words (claim_answers.yml), where the classifier does not tell."""

from __future__ import annotations

import re
from dataclasses import dataclass

from actions.turn import Turn
from actions.word_lists import FIRST_UNSPACED, folded, word_lists


@dataclass(frozen=True)
class Said:
    """A message, folded, with the words of its language."""

    text: str
    asks: bool
    words: dict[str, re.Pattern[str]]

    def has(self, kind: str) -> bool:
        """Whether words of a kind stand in it."""
        return self.words[kind].search(self.text) is not None

    def plainly(self, *kinds: str) -> bool:
        """Whether words of the kinds stand in it as they are meant: not denied close by, nothing told by hearsay."""
        if self.has("hearsay"):
            return False
        return any(not self._is_denied(found) for kind in kinds for found in self.words[kind].finditer(self.text))

    def _is_denied(self, found: re.Match[str]) -> bool:
        """Whether a negation stands up to three words (in Chinese two signs) before, or right after."""
        before = self.text[: found.start()].rpartition(",")[2]
        after = self.text[found.end() :].partition(",")[0]
        if found[0][0] >= FIRST_UNSPACED:
            return self.words["negation"].search(before[-2:]) is not None
        near = [*before.split()[-3:], *after.split()[:1]]
        return self.words["negation"].search(" ".join(near)) is not None

    @property
    def is_question(self) -> bool:
        """Whether it asks, by its sign or by how it begins."""
        found = self.words["question"].search(self.text)
        begins = found is not None and (found.start() == 0 or found[0][0] >= FIRST_UNSPACED)
        return self.asks or begins

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


def read_words(turn: Turn) -> Said:
    """Return the message with the words of the conversation's language."""
    return Said(folded(turn.text), bool(re.search(r"[?？]", turn.text)), word_lists("claim_answers.yml", turn.language))
