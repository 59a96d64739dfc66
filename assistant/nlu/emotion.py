"""Emotion: how angry or frustrated a message sounds, from words and from how it is typed.

The scores, all between 0 and 1:
- every phrase found weighs by its list: rage 0.75, anger 0.46, frustration 0.3; phrases add up as independent signs
  (1 - the product of 1 - weight), so that two of "anger" come to 0.71 and three to 0.84;
- shouting (capitals), "!!!" or "???", and furious emoji make found words count for more; shouting alone is frustration
  at most: some people always write so;
- what only sounds angry ("mad about these shoes", "damn good") is taken out before, and a negated word does not count;
- `anger` from 0.5 on, `frustration` from 0.3 on, else `calm`, whose score is how calm.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from assistant.nlu.component import Component, language_of, text_of, word_starts
from assistant.nlu.phrases import blanked, fold, matches, spoken

_RAGE, _ANGER, _FRUSTRATION = 0.75, 0.46, 0.3
ANGER_FROM, FRUSTRATION_FROM = 0.5, 0.3
_FURIOUS_EMOJI = re.compile("[😡🤬👿💢🖕]")
_UNHAPPY_EMOJI = re.compile("[😠😤😒🙄😞😩😫😭👎]")
_CHEERFUL = re.compile("[😂🤣😊😍🥰😘❤😁😄😃🙂😉🎉🤩😅]|\\b(?:lol|haha+|jaja+|mdr|lmao|hihi|hehe)\\b|哈哈")
_LETTERS = re.compile(r"[^\W\d_]")
_SHOUTED = re.compile(r"[!?！？]{3,}")
_NEGATION_REACH = 14


@dataclass(frozen=True)
class Emotion:
    """What a message sounds like: "anger", "frustration" or "calm", with its score."""

    name: str
    score: float


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class EmotionReader(Component):
    """Sets `emotion` ({"name", "score"}) on every message."""

    def process(self, messages: list[Message]) -> list[Message]:
        """Read the emotion of incoming messages."""
        for message in messages:
            emotion = read_emotion(text_of(message), language_of(message), word_starts(message))
            message.set("emotion", {"name": emotion.name, "score": emotion.score}, add_to_output=True)
        return messages


def read_emotion(text: str, language: str, starts: Collection[int] | None = None) -> Emotion:
    """Return the emotion of a text in a language; `starts` is where its words begin."""
    anger, frustration = _scores(text, language, starts)
    if anger >= ANGER_FROM:
        return Emotion("anger", round(anger, 3))
    if frustration >= FRUSTRATION_FROM:
        return Emotion("frustration", round(frustration, 3))
    return Emotion("calm", round(1 - frustration, 3))


def _scores(text: str, language: str, starts: Collection[int] | None) -> tuple[float, float]:
    folded = blanked(spoken(language, "emotion", "calm"), fold(text))
    angry, folded = _signs(folded, language, "rage", _RAGE, starts)
    more, folded = _signs(folded, language, "anger", _ANGER, starts)
    angry += more
    unhappy, _ = _signs(folded, language, "frustration", _FRUSTRATION, starts)
    angry += [_ANGER] * min(2, len(_FURIOUS_EMOJI.findall(text)))
    unhappy += [_FRUSTRATION] * min(2, len(_UNHAPPY_EMOJI.findall(text)))
    if _CHEERFUL.search(text.lower()):
        angry, unhappy = [weight / 2 for weight in angry], [weight / 2 for weight in unhappy]
    elif _is_loud(text):
        angry = [min(0.9, weight * 1.4) for weight in angry]
        unhappy = [*(weight * 1.4 for weight in unhappy), 0.2]
    return _together(angry), _together(angry + unhappy)


def _signs(
    folded: str, language: str, kind: str, weight: float, starts: Collection[int] | None
) -> tuple[list[float], str]:
    """Return the weight of each phrase of a list that is not negated, and the text without those phrases."""
    negation = spoken(language, "emotion", "negations")
    found = []
    for match in matches(spoken(language, "emotion", kind), folded, starts):
        before = re.split(r"[.,;!?。，；！？\n]", folded[max(0, match.start() - _NEGATION_REACH) : match.start()])[-1]
        if not negation.search(before):
            found.append(weight)
    return found, blanked(spoken(language, "emotion", kind), folded)


def _is_loud(text: str) -> bool:
    letters = _LETTERS.findall(text)
    capitals = sum(letter.isupper() for letter in letters)
    return (len(letters) >= 10 and capitals >= 0.7 * len(letters)) or _SHOUTED.search(text) is not None


def _together(weights: list[float]) -> float:
    calm = 1.0
    for weight in weights:
        calm *= 1 - weight
    return 1 - calm
