"""The needs of a message, in their order: "cancel the lamp and where is the rest?" has two, "it broke, alas" one.

Each clause has been classified. The message is cut so that its parts are as clear as can be; of two parts that follow
each other, need_pairs.py decides whether they are two needs. The first need is the message's intent; the others are
answered after it (assistant/waiting.py).
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message

from assistant.nlu.clauses import CLAUSES, stretches
from assistant.nlu.component import Component, text_of
from assistant.nlu.intents import CLAUSE_RANKINGS
from assistant.nlu.need_pairs import BOTH, SECOND, Part, features, lines, verdict


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class NeedReader(Component):
    """Sets `needs`: a list of {"intent", "confidence", "start", "end"}, in the order in which they were said.

    A message with one need has one, that of the whole; one that only greets, or gives data, has none. Of a long story
    that is unclear as a whole, the one clause that is clear tells the need.

    Config:
        sure: how sure a part must be of its intent to be a need of its own.
        clear: how sure the one clause must be that speaks for an unclear whole.
        price: of each cut, as the logarithm of how much likelier the parts must be than the whole; below nothing,
            the parts may be a little less likely.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__({"sure": 0.4, "clear": 0.7, "price": -0.3, **config})

    def process(self, messages: list[Message]) -> list[Message]:
        """Read the needs of incoming messages."""
        for message in messages:
            needs = [
                {"intent": need.intent, "confidence": need.confidence, "start": need.start, "end": need.end}
                for need in self._needs(message)
            ]
            message.set("needs", needs, add_to_output=True)
            if needs and not self._is_feeling(message):
                _lead(message, needs[0])
        return messages

    def _is_feeling(self, message: Message) -> bool:
        """Whether the whole calls for a person, or complains: that leads, whatever stands beside it."""
        intent = message.get(INTENT) or {}
        return intent.get("name") in lines().beside and intent["confidence"] >= self.config["sure"]

    def _needs(self, message: Message) -> list[Part]:
        intent = message.get(INTENT) or {}
        if intent.get("name") is None:
            return []
        whole = whole_of(message)
        runs = runs_of(message)
        several = self._several(text_of(message), whole, runs)
        if len(several) > 1:
            return several
        clear = self._clear(whole, runs)
        if clear:
            return [clear]
        return [] if whole.intent in lines().no_needs else [whole]

    def _several(self, text: str, whole: Part, runs: dict[tuple[int, int], Part]) -> list[Part]:
        """Return the needs that the clauses tell, in their order."""
        found: list[Part] = []
        for part in self.best_cut(whole, runs):
            judged = None
            if self.is_judged(found, part):
                judged = verdict(features(text, whole, found[-1], part))
            found = self.joined(found, part, judged)
        return found

    def is_need(self, part: Part) -> bool:
        """Whether a part may be a need: it is sure of what it wants."""
        return part.intent not in lines().no_needs and part.confidence >= self.config["sure"]

    def is_judged(self, found: list[Part], part: Part) -> bool:
        """Whether it is to be decided if a part is one more need, after those that were found."""
        return bool(found) and self.is_need(part) and all(part.intent != need.intent for need in found)

    def joined(self, found: list[Part], part: Part, judged: str | None) -> list[Part]:
        """Return the needs found, once the next part is among them; no words are lost between them.

        Args:
            found: the needs before. part: the next. judged: the verdict on the last of them and this; None for none.
        """
        if not found:
            return [replace(part, start=0)] if self.is_need(part) else []
        if judged == BOTH:
            return [*found, part]
        last = found[-1]
        together = replace(part, start=last.start) if judged == SECOND else replace(last, end=part.end)
        return [*found[:-1], together]

    def _clear(self, whole: Part, runs: dict[tuple[int, int], Part]) -> Part | None:
        """Return the need of an unclear whole that clear parts tell, if all of them tell the same one."""
        if whole.confidence >= self.config["sure"]:
            return None
        parts = [
            part
            for part in runs.values()
            if part.confidence >= self.config["clear"] and part.intent not in lines().no_needs
        ]
        surest = max(parts, key=lambda part: part.confidence, default=None)
        return surest if surest and all(lines().are_alike(part.intent, surest.intent) for part in parts) else None

    def best_cut(self, whole: Part, runs: dict[tuple[int, int], Part]) -> list[Part]:
        """Return the runs that together explain the message best: the likeliest intents, with a price for each cut."""
        count = max((last for _, last in runs), default=0)
        given = {**runs, (0, count): whole} if runs else {}
        best: list[tuple[float, list[Part]]] = [(0.0, [])]
        for end in range(1, count + 1):
            ways = [
                (best[start][0] + math.log(max(given[(start, end)].confidence, 1e-6)) - self.config["price"], start)
                for start in range(end)
                if (start, end) in given
            ]
            value, start = max(ways)
            best.append((value, [*best[start][1], given[(start, end)]]))
        return best[-1][1]


def whole_of(message: Message) -> Part:
    """Return a message as one part; it has an intent."""
    return Part(message.get(INTENT_RANKING_KEY) or [message.get(INTENT)], 0, len(text_of(message)))


def runs_of(message: Message) -> dict[tuple[int, int], Part]:
    """Return the parts that a message's clauses make up, by the first clause and the one after the last."""
    clauses, rankings = message.get(CLAUSES) or [], message.get(CLAUSE_RANKINGS) or []
    return {
        (first, last): Part(ranking, clauses[first]["start"], clauses[last - 1]["end"])
        for (first, last), ranking in zip(stretches(len(clauses)), rankings, strict=False)
    }


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
