"""Risk: what a person must see, whatever the intent: chargeback, lawyer, authority, counterfeit, safety, exposure…

Pure data: the phrases stand in the lexicons. What only sounds so ("court shoes", "fake fur", "fire sale") is taken out
before.
"""

from __future__ import annotations

from collections.abc import Collection

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from assistant.nlu.component import Component, language_of, text_of, word_starts
from assistant.nlu.phrases import blanked, fold, matches, spoken

RISKS = ("chargeback", "lawyer", "authority", "counterfeit", "safety", "public_exposure", "self_harm")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class RiskReader(Component):
    """Sets `risk`, the list of risks that a message names (empty for most)."""

    def process(self, messages: list[Message]) -> list[Message]:
        """Read the risks of incoming messages."""
        for message in messages:
            message.set(
                "risk", read_risks(text_of(message), language_of(message), word_starts(message)), add_to_output=True
            )
        return messages


def read_risks(text: str, language: str, starts: Collection[int] | None = None) -> list[str]:
    """Return the risks that a text in a language names, in the order of `RISKS`; `starts` is where its words begin."""
    folded = blanked(spoken(language, "risk", "harmless"), fold(text))
    return [risk for risk in RISKS if any(matches(spoken(language, "risk", risk), folded, starts))]
