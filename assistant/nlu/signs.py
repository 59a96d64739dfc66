"""Signs of feeling on the surface of a message: found phrases, capitals, punctuation, emoji, laughter.

They are counted the same way for every language; the phrases stand in the lexicons (section `emotion`).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from math import log1p

import numpy as np

from assistant.nlu.phrases import blanked, fold, matches, spoken

_FURIOUS_EMOJI = re.compile("[😡🤬👿💢🖕]")
_UNHAPPY_EMOJI = re.compile("[😠😤😒🙄😞😩😫😭👎]")
_CHEERFUL = re.compile(
    "[😂🤣😊😍🥰😘❤😁😄😃🙂😉🎉🤩😅🔥💕😆😎🥳]|\\b(?:lol|haha+|jaja+|jeje+|mdr|ptdr|lmao|rofl|hihi|hehe|xd)\\b|哈哈|嘻嘻|嘿嘿|hhh"
)
_LETTERS = re.compile(r"[^\W\d_]")
_SHOUTED = re.compile(r"[!?！？]{3,}")
_CLAUSE_END = re.compile(r"[.,;!?。，；！？\n]")
# How far before a phrase a negation still counts, within its clause.
_NEGATION_REACH = 14
# Lists that only tell kinds apart; the weighing ones are "rage", "anger" and "frustration".
_KINDS = ("swearing", "insult", "repeating", "demanding", "delight", "elsewhere")
# Beyond this, more of the same says no more.
_ENOUGH = 4


@dataclass(frozen=True)
class Signs:
    """How often each sign is in a message; `loud` is the part of capitals among its letters, if they are ten or more.

    `swearing`, `insult`, `repeating` and `demanding` are told apart from `rage`, `anger` and `frustration`, which say
    how heavily a phrase weighs: most phrases are counted in both ways. `delight` and `elsewhere` (somebody or
    something other than the shop: a boss, the weather, oneself) speak for calm.
    """

    rage: int
    anger: int
    frustration: int
    denied: int
    harmless: int
    swearing: int
    insult: int
    repeating: int
    demanding: int
    delight: int
    elsewhere: int
    furious_emoji: int
    unhappy_emoji: int
    cheerful: int
    loud: float
    shouts: int
    exclamations: int
    questions: int
    length: int

    @property
    def is_loud(self) -> bool:
        """Whether the message is typed as one shouts."""
        return self.loud >= 0.7 or self.shouts > 0

    def numbers(self) -> np.ndarray:
        """Return the signs as numbers to learn from: counts with a ceiling, the length on a logarithmic scale."""
        *counts, length = vars(self).values()
        return np.array([*(min(count, _ENOUGH) for count in counts), log1p(length)], dtype=np.float32)


def find_signs(text: str, language: str, starts: Collection[int] | None = None) -> Signs:
    """Return the signs in a text in a language; `starts` is where its words begin."""
    folded = fold(text)
    calm = spoken(language, "emotion", "calm")
    harmless = sum(1 for _ in calm.finditer(folded))
    folded = blanked(calm, folded)
    told = {kind: _count(folded, language, kind, starts)[0] for kind in _KINDS}
    denied = 0
    # The heavy lists first; what they found is taken out, so that no phrase is counted twice.
    for kind in ("rage", "anger", "frustration"):
        told[kind], negated = _count(folded, language, kind, starts)
        denied += negated
        folded = blanked(spoken(language, "emotion", kind), folded)
    letters = _LETTERS.findall(text)
    return Signs(
        **told,
        denied=denied,
        harmless=harmless,
        furious_emoji=len(_FURIOUS_EMOJI.findall(text)),
        unhappy_emoji=len(_UNHAPPY_EMOJI.findall(text)),
        cheerful=len(_CHEERFUL.findall(text.lower())),
        loud=sum(letter.isupper() for letter in letters) / len(letters) if len(letters) >= 10 else 0.0,
        shouts=len(_SHOUTED.findall(text)),
        exclamations=text.count("!") + text.count("！"),
        questions=text.count("?") + text.count("？"),
        length=len(text),
    )


def _count(folded: str, language: str, kind: str, starts: Collection[int] | None) -> tuple[int, int]:
    """Return how many phrases of a list are said, and how many more are denied ("I'm not angry")."""
    negation = spoken(language, "emotion", "negations")
    said = denied = 0
    for match in matches(spoken(language, "emotion", kind), folded, starts):
        before = _CLAUSE_END.split(folded[max(0, match.start() - _NEGATION_REACH) : match.start()])[-1]
        if negation.search(before):
            denied += 1
        else:
            said += 1
    return said, denied
