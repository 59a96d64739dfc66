"""Two parts of a message that follow each other: are they two needs, or does one of them tell what is needed?

"It came broken | I want my money back" is one need, the second; "cancel the lamp | where is the rest?" are two. A
multinomial logistic regression decides (https://en.wikipedia.org/wiki/Multinomial_logistic_regression) by how sure the
parts are, what the whole and either part alone would say, and how their intents belong together (needs.yml). Its
weights (need_weights.yml) were learnt from the messages in `data/needs` by `make tune-needs`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.nlu.phrases import data_of

_DATA = Path(__file__).with_name("needs.yml")
WEIGHTS = Path(__file__).with_name("need_weights.yml")
FIRST, SECOND, BOTH = VERDICTS = ("first", "second", "both")
_LEAST = 1e-3  # probabilities below are alike

Ranking = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Part:
    """Neighbouring clauses that were read together: what they may mean, and where they stand in the message."""

    ranking: Ranking
    start: int
    end: int

    @property
    def intent(self) -> str:
        """The likeliest intent."""
        return str(self.ranking[0]["name"])

    @property
    def confidence(self) -> float:
        """How likely that is."""
        return float(self.ranking[0]["confidence"])

    def chance(self, intent: str) -> float:
        """Return how likely an intent is; 0 for one that is not ranked."""
        return next((float(guess["confidence"]) for guess in self.ranking if guess["name"] == intent), 0.0)


@dataclass(frozen=True)
class Lines:
    """How intents belong together, from needs.yml."""

    no_needs: frozenset[str]
    reasons: frozenset[str]
    wishes: frozenset[str]
    beside: frozenset[str]
    families: tuple[frozenset[str], ...]

    def are_alike(self, a: str, b: str) -> bool:
        """Whether two intents are the same matter, told from two sides."""
        return a == b or any(self.signs(a, b).values())

    def signs(self, first: str, second: str) -> dict[str, bool]:
        """Return what holds of two intents, told in this order."""
        return {
            "family": any({first, second} <= family for family in self.families),
            "reason, then wish": first in self.reasons and second in self.wishes,
            "wish, then reason": first in self.wishes and second in self.reasons,
            "first is a feeling": first in self.beside,
            "second is a feeling": second in self.beside,
        }


@lru_cache(maxsize=1)
def lines() -> Lines:
    """Return how intents belong together."""
    data = data_of(_DATA)
    lists = {name: frozenset(intents) for name, intents in data.items() if name != "families"}
    return Lines(**lists, families=tuple(map(frozenset, data["families"])))


def features(text: str, whole: Part, first: Part, second: Part) -> dict[str, float]:
    """Return what the decision is made by.

    Args:
        text: the message. whole: as one need. first, second: the parts, neighbours in it.
    """
    said = text[first.start : first.end].rstrip(), text[second.start : second.end].rstrip()
    return {
        "always": 1.0,
        "first is sure": _odds(first.confidence),
        "second is sure": _odds(second.confidence),
        "whole is first": _odds(whole.chance(first.intent)),
        "whole is second": _odds(whole.chance(second.intent)),
        "whole is sure": _odds(whole.confidence),
        "first may be second": _odds(first.chance(second.intent)),
        "second may be first": _odds(second.chance(first.intent)),
        **{name: float(holds) for name, holds in lines().signs(first.intent, second.intent).items()},
        "first asks": float(said[0].endswith(("?", "？"))),
        "second asks": float(said[1].endswith(("?", "？"))),
        "sentence ends between": float(said[0].endswith(tuple(".!?;。！？；"))),
        "comma between": float(said[0].endswith((",", "，", ":", "："))),
        "second is long": math.log((1 + len(said[1])) / (1 + len(said[0]))),
    }


def _odds(probability: float) -> float:
    even = min(max(probability, _LEAST), 1 - _LEAST)
    return math.log(even / (1 - even))


def verdict(told: Mapping[str, float]) -> str:
    """Return which of two parts tell a need, FIRST, SECOND or BOTH, by their features."""
    weights = data_of(WEIGHTS)
    scores = {name: sum(weight * told[sign] for sign, weight in weights[name].items()) for name in VERDICTS}
    return max(scores, key=lambda name: scores[name])
