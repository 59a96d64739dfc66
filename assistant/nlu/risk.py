"""Risk: what a person must see, whatever the intent: chargeback, lawyer, authority, counterfeit, safety, exposure…

Pure data: the phrases stand in the lexicons. What only sounds so ("court shoes", "fake fur", "fire sale") is taken out
before.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from assistant.nlu.component import Component, language_of, text_of, word_starts
from assistant.nlu.phrases import blanked, fold, matches, spoken, without_addresses

RISKS = ("chargeback", "lawyer", "authority", "counterfeit", "safety", "public_exposure", "self_harm")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class RiskReader(Component):
    """Sets `risk`, the list of risks that a message names (empty for most)."""

    def process(self, messages: list[Message]) -> list[Message]:
        """Read the risks of incoming messages."""
        for message in messages:
            text = without_addresses(text_of(message))
            message.set("risk", read_risks(text, language_of(message), word_starts(message)), add_to_output=True)
        return messages


def read_risks(text: str, language: str, starts: Collection[int] | None = None) -> list[str]:
    """Return the risks that a text in a language names, in the order of `RISKS`; `starts` is where its words begin."""
    folded = blanked(spoken(language, "risk", "harmless"), fold(text))
    folded = _without_cartons(folded, language)
    return [risk for risk in RISKS if any(matches(spoken(language, "risk", risk), folded, starts))]


def _without_cartons(folded: str, language: str) -> str:
    """Return the text without the cartons that burst; as it is when anything else in it could be what went off."""
    without = _burst_open(language).sub(lambda match: match["held"] or "#" * len(match[0]), folded)
    # Danger is missed at a higher price than a broken carton is taken for one: any such word is enough.
    return folded if spoken(language, "risk", "burst_open", "danger").search(without) else without


@cache
def _burst_open(language: str) -> re.Pattern[str]:
    """A pattern for "the carton exploded on its way" and "exploded carton", but not for what is inside of one."""
    things, between, bursts, articles, inside = (
        spoken(language, "risk", "burst_open", kind).pattern
        for kind in ("things", "between", "bursts", "articles", "inside")
    )
    thing_first = rf"(?:{things})\W*(?:(?:{between})\W*){{0,4}}(?:{bursts})"
    burst_first = rf"(?:{bursts})\W*(?:(?:{articles})\W*){{0,2}}(?:{things})"
    # Taken first, and left as it stands: what exploded is then what was in it.
    held = rf"(?:{inside})\W*(?:(?:{articles})\W*)?(?:{things})"
    return re.compile(rf"(?P<held>{held})|{thing_first}|{burst_first}")
