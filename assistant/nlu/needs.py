"""The needs of a message, in their order: "cancel the lamp and where is the rest?" has two, "it broke, alas" one.

Each clause has been classified. Two clauses are two needs when both are sure of what they want, and when it is not one
matter told from two sides (needs.yml); clauses that say nothing of their own go with their neighbours. The first need
is the message's intent; the others are answered after it (assistant/waiting.py).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message

from assistant.nlu.clauses import CLAUSES, stretches
from assistant.nlu.component import Component, text_of
from assistant.nlu.intents import CLAUSE_RANKINGS
from assistant.nlu.phrases import data_of

_DATA = Path(__file__).with_name("needs.yml")


@dataclass(frozen=True)
class _Lines:
    no_needs: frozenset[str]
    reasons: frozenset[str]
    wishes: frozenset[str]
    beside: frozenset[str]
    families: tuple[frozenset[str], ...]

    def are_one(self, a: str, b: str) -> bool:
        """Whether two intents in one message are one need."""
        if a == b or any(a in family and b in family for family in self.families):
            return True
        if a in self.beside or b in self.beside:
            return True
        return (a in self.reasons and b in self.wishes) or (b in self.reasons and a in self.wishes)


@lru_cache(maxsize=1)
def _lines() -> _Lines:
    data = data_of(_DATA)
    lists = {name: frozenset(intents) for name, intents in data.items() if name != "families"}
    return _Lines(**lists, families=tuple(map(frozenset, data["families"])))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class NeedReader(Component):
    """Sets `needs`: a list of {"intent", "confidence", "start", "end"}, in the order in which they were said.

    A message with one need has one, that of the whole; one that only greets, or gives data, has none. Of a long story
    that is unclear as a whole, the one clause that is clear tells the need.

    Config:
        sure: how sure a part must be of its intent to be a need of its own.
        clear: how sure the one clause must be that speaks for an unclear whole.
        price: of each cut, as the logarithm of how much likelier the parts must be than the whole.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__({"sure": 0.4, "clear": 0.7, "price": -0.3, **config})

    def process(self, messages: list[Message]) -> list[Message]:
        """Read the needs of incoming messages."""
        for message in messages:
            needs = self._needs(message)
            message.set("needs", needs, add_to_output=True)
            if needs and not self._is_feeling(message):
                _lead(message, needs[0])
        return messages

    def _is_feeling(self, message: Message) -> bool:
        """Whether the whole calls for a person, or complains: that leads, whatever stands beside it."""
        intent = message.get(INTENT) or {}
        return intent.get("name") in _lines().beside and intent["confidence"] >= self.config["sure"]

    def _needs(self, message: Message) -> list[dict[str, Any]]:
        several = self._several(message)
        if several:
            return several
        intent = message.get(INTENT) or {}
        if intent.get("name") is None or intent["name"] in _lines().no_needs:
            return []
        span = {"start": 0, "end": len(text_of(message))}
        return [{"intent": intent["name"], "confidence": intent["confidence"], **span}]

    def _several(self, message: Message) -> list[dict[str, Any]]:
        """Return the needs that the clauses tell; nothing when the whole tells it better."""
        clauses, rankings = message.get(CLAUSES) or [], message.get(CLAUSE_RANKINGS) or []
        if not clauses or not rankings:
            return []
        runs = dict(zip(stretches(len(clauses)), (ranking[0] for ranking in rankings), strict=True))
        runs[(0, len(clauses))] = message.get(INTENT)
        best = self._best_cut(runs, len(clauses))
        found: list[dict[str, Any]] = []
        for first, last in best:
            intent, end = runs[(first, last)], clauses[last - 1]["end"]
            told = any(_lines().are_one(need["intent"], intent["name"]) for need in found)
            if told or intent["name"] in _lines().no_needs or intent["confidence"] < self.config["sure"]:
                found[-1:] = [{**need, "end": end} for need in found[-1:]]
                continue
            start = clauses[first]["start"] if found else 0
            found.append({"intent": intent["name"], "confidence": intent["confidence"], "start": start, "end": end})
        return found if len(found) > 1 else self._clear(message, clauses, runs)

    def _clear(
        self, message: Message, clauses: list[dict[str, int]], runs: dict[tuple[int, int], dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """Return the need of an unclear whole that clear parts tell, if all of them tell the same one."""
        if message.get(INTENT)["confidence"] >= self.config["sure"]:
            return []
        parts = [
            {"intent": intent["name"], "confidence": intent["confidence"], "start": clauses[first]["start"]}
            | {"end": clauses[last - 1]["end"]}
            for (first, last), intent in runs.items()
            if intent["confidence"] >= self.config["clear"] and intent["name"] not in _lines().no_needs
        ]
        surest = max(parts, key=lambda part: part["confidence"], default=None)
        is_one = all(_lines().are_one(part["intent"], surest["intent"]) for part in parts) if surest else False
        return [surest] if surest and is_one else []

    def _best_cut(self, runs: dict[tuple[int, int], dict[str, Any]], count: int) -> list[tuple[int, int]]:
        """Return the runs that together explain the message best: the likeliest intents, with a price for each cut."""
        best: list[tuple[float, list[tuple[int, int]]]] = [(0.0, [])]
        for end in range(1, count + 1):
            ways = [
                (best[start][0] + math.log(max(runs[(start, end)]["confidence"], 1e-6)) - self.config["price"], start)
                for start in range(end)
                if (start, end) in runs
            ]
            value, start = max(ways)
            best.append((value, [*best[start][1], (start, end)]))
        return best[-1][1]


def _lead(message: Message, need: dict[str, Any]) -> None:
    """Make a need the message's intent."""
    intent = {"name": need["intent"], "confidence": need["confidence"]}
    others = [
        {**entry, "confidence": min(entry["confidence"], need["confidence"])}
        for entry in message.get(INTENT_RANKING_KEY) or []
        if entry["name"] != need["intent"]
    ]
    message.set(INTENT, intent, add_to_output=True)
    message.set(INTENT_RANKING_KEY, [intent, *others], add_to_output=True)
