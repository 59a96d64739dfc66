"""Emotion: how angry or frustrated a message sounds, from what it means, how it is spelled and how it is typed.

Trained (emotion_model.py) on the examples of all languages: a block of data/nlu says in its `metadata` when its
examples are `emotion: frustration` or `emotion: anger`; every other block is calm. A model that was trained without
such examples, and a message without vectors, are read by the signs alone (signs.py):
- every phrase found weighs by its list: rage 0.75, anger 0.46, frustration 0.3; phrases add up as independent signs
  (1 - the product of 1 - weight), so that two of "anger" come to 0.71 and three to 0.84;
- shouting (capitals), "!!!" or "???", and furious emoji make found words count for more; shouting alone is frustration
  at most: some people always write so;
- what only sounds angry ("mad about these shoes", "damn good") is taken out before, and a negated word does not count.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu import emotion_model
from assistant.nlu.component import language_of, own_source, text_of, word_starts
from assistant.nlu.emotion_model import FEELINGS, Weights
from assistant.nlu.features import inputs_of, stored_arrays
from assistant.nlu.phrases import __file__ as phrases_file
from assistant.nlu.phrases import lexicon_source
from assistant.nlu.signs import Signs, find_signs
from assistant.nlu.signs import __file__ as signs_file

logger = logging.getLogger(__name__)

_FILE = "emotion.npz"
_RAGE, _ANGER, _FRUSTRATION = 0.75, 0.46, 0.3
# By signs alone.
ANGER_FROM, FRUSTRATION_FROM = 0.5, 0.3
# Fewer examples of a feeling than this teach nothing.
_FEWEST = 20


@dataclass(frozen=True)
class Emotion:
    """What a message sounds like.

    Attributes:
        name: "anger", "frustration" or "calm".
        score: between 0 and 1; how likely anger, or at least frustration, or calm is.
        reasons: what a person may be told, as codes: "shouting", "swearing", "insult", "repeated asking", "demanding",
            "emoji", and "wording" when none of these; none for calm.
    """

    name: str
    score: float
    reasons: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return what a parsed message holds."""
        return {"name": self.name, "score": self.score, "reasons": list(self.reasons)}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class EmotionReader(GraphComponent):
    """Sets `emotion` ({"name", "score", "reasons"}) on every message.

    Config:
        anger: the probability from which a message is called angry; chosen by cross-validation.
        frustration: the probability of frustration or anger together from which it is called frustrated.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"anger": 0.5, "frustration": 0.75}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage | None = None,
        resource: Resource | None = None,
        weights: Weights | None = None,
    ) -> None:
        self.config = {**self.get_default_config(), **config}
        self._model_storage = model_storage
        self._resource = resource
        self.weights = weights

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EmotionReader:
        return cls(config, model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        sources = (__file__, signs_file, phrases_file, str(emotion_model.__file__))
        return "".join(map(own_source, sources)) + lexicon_source()

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on the examples with a text and features, and store the result."""
        if self._resource is None or self._model_storage is None:
            raise ValueError("A reader is trained where it can store what it learnt.")
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        labels = np.array([FEELINGS.index(_told(example)) for example in examples], dtype=int)
        if examples and all(map(_has_features, examples)) and min(np.bincount(labels, minlength=3)) >= _FEWEST:
            self.weights = fit(examples, labels)
            with self._model_storage.write_to(self._resource) as folder:
                np.savez_compressed(folder / _FILE, **self.weights)
        else:
            logger.warning("Too few examples of some feeling: emotion is read by its signs alone.")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> EmotionReader:
        component = cls(config, model_storage, resource)
        component.weights = stored_arrays(model_storage, resource, _FILE)
        if component.weights is None:
            logger.warning("The model holds no emotion reader: emotion is read by its signs alone.")
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Read the emotion of incoming messages."""
        for message in messages:
            message.set("emotion", self.read(message).as_dict(), add_to_output=True)
        return messages

    def read(self, message: Message) -> Emotion:
        """Return the emotion of one message."""
        signs = _signs(message)
        if self.weights is None or not text_of(message).strip() or not _has_features(message):
            return by_signs(signs)
        read, numbers = inputs_of([message]), _numbers([message], [signs], self.weights["languages"])
        calm, _, anger = emotion_model.probabilities(self.weights, read.joined(), read.pieces, numbers)[0]
        if anger >= self.config["anger"] and not _only_denied(signs) and not _only_loud(signs):
            return Emotion("anger", round(float(anger), 3), _reasons(signs))
        if 1 - calm >= self.config["frustration"]:
            return Emotion("frustration", round(float(1 - calm), 3), _reasons(signs))
        return Emotion("calm", round(float(calm), 3))


def fit(examples: list[Message], labels: np.ndarray) -> Weights:
    """Return the weights trained on examples; labels are positions in `FEELINGS`."""
    languages = np.unique([language_of(example) for example in examples]).astype(str)
    signs = [_signs(example) for example in examples]
    sounds_angry = np.array([_sounds_angry(found) for found in signs])
    read, numbers = inputs_of(examples), _numbers(examples, signs, languages)
    weights = emotion_model.fit(read.joined(), read.pieces, numbers, labels, sounds_angry)
    return {**weights, "languages": languages}


def read_emotion(text: str, language: str, starts: Collection[int] | None = None) -> Emotion:
    """Return the emotion of a text in a language by its signs alone; `starts` is where its words begin."""
    return by_signs(find_signs(text, language, starts))


def by_signs(signs: Signs) -> Emotion:
    """Return the emotion that signs alone speak for."""
    angry = [_RAGE] * signs.rage + [_ANGER] * (signs.anger + min(2, signs.furious_emoji))
    unhappy = [_FRUSTRATION] * (signs.frustration + min(2, signs.unhappy_emoji))
    if signs.cheerful:
        angry, unhappy = [weight / 2 for weight in angry], [weight / 2 for weight in unhappy]
    elif signs.is_loud:
        angry = [min(0.9, weight * 1.4) for weight in angry]
        unhappy = [*(weight * 1.4 for weight in unhappy), 0.2]
    anger, frustration = _together(angry), _together(angry + unhappy)
    if anger >= ANGER_FROM:
        return Emotion("anger", round(anger, 3), _reasons(signs))
    if frustration >= FRUSTRATION_FROM:
        return Emotion("frustration", round(frustration, 3), _reasons(signs))
    return Emotion("calm", round(1 - frustration, 3))


def _reasons(signs: Signs) -> tuple[str, ...]:
    found = {
        "shouting": signs.is_loud,
        "swearing": signs.swearing,
        "insult": signs.insult,
        "repeated asking": signs.repeating,
        "demanding": signs.demanding,
        "emoji": signs.furious_emoji or signs.unhappy_emoji,
    }
    return tuple(code for code, there in found.items() if there) or ("wording",)


def _together(weights: list[float]) -> float:
    calm = 1.0
    for weight in weights:
        calm *= 1 - weight
    return 1 - calm


def _told(example: Message) -> str:
    """Return the feeling that an example's block names."""
    metadata = (example.get("metadata") or {}).get("intent") or {}
    emotion = metadata.get("emotion", "calm") if isinstance(metadata, dict) else "calm"
    if emotion not in FEELINGS:
        raise ValueError(f"A block of examples says `emotion: {emotion}`; it may be one of {', '.join(FEELINGS)}.")
    return str(emotion)


def _sounds_angry(signs: Signs) -> bool:
    return bool(signs.rage or signs.anger or signs.swearing or signs.insult or signs.furious_emoji or signs.loud >= 0.7)


def _only_denied(signs: Signs) -> bool:
    """Whether anger is named only to be denied ("I'm not angry, just asking"): vectors hardly see a "not"."""
    return signs.denied > 0 and not (_sounds_angry(signs) or signs.frustration or signs.demanding)


def _only_loud(signs: Signs) -> bool:
    """Whether nothing but the capitals sounds angry: some people always write so."""
    words = signs.rage or signs.anger or signs.swearing or signs.insult or signs.furious_emoji or signs.frustration
    return signs.is_loud and not words and not signs.demanding and not signs.repeating


def _signs(message: Message) -> Signs:
    return find_signs(text_of(message), language_of(message), word_starts(message))


def _has_features(message: Message) -> bool:
    return message.get_dense_features(TEXT)[1] is not None and message.get_sparse_features(TEXT)[1] is not None


def _numbers(messages: list[Message], signs: list[Signs], languages: np.ndarray) -> np.ndarray:
    """Return the signs of messages as numbers, and in which language each is: some swear where others sigh."""
    spoken = [[float(language_of(message) == language) for language in languages] for message in messages]
    return np.hstack([np.vstack([found.numbers() for found in signs]), np.array(spoken, dtype=np.float32)])
