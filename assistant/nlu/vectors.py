"""Sentence vectors: sentences that mean the same lie close together, whatever their language.

So examples in one language help all others. Several encoders can be joined, each knowing what others do not; what was
gained by which is told in docs/understanding.md.
"""

from __future__ import annotations

import os
from functools import partial
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

from assistant.nlu.clauses import CLAUSES, clause_texts
from assistant.nlu.component import own_source
from assistant.nlu.encoders.known import encoders_source, known_vectors
from assistant.nlu.encoders.reading import encode
from assistant.nlu.wording import wording, wording_source

SETTING = "QUAYSIDE_ENCODERS"


def encoder_names(config: dict[str, Any]) -> list[str]:
    """Return the encoders to join: those of config.yml, or in their place those of the setting QUAYSIDE_ENCODERS."""
    setting = os.environ.get(SETTING, "").strip() if config.get("by_setting", True) else ""
    return [name.strip() for name in setting.split(",")] if setting else list(config["encoders"])


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceVectors(DenseFeaturizer, GraphComponent):
    """Adds the sentence vector of each message, and of each clause that the message was cut into.

    Config:
        encoders: their names, joined in this order.
        by_setting: whether the setting QUAYSIDE_ENCODERS wins over them.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {**DenseFeaturizer.get_default_config(), "encoders": ["use", "e5"], "by_setting": True}

    def __init__(self, config: dict[str, Any], name: str) -> None:
        super().__init__(name, {**self.get_default_config(), **config})
        self._names = encoder_names(self._config)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceVectors:
        component = cls(config, execution_context.node_name)
        # Read the weights now, not at the first shopper's message.
        component.vectors(["ready"])
        return component

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        names = encoder_names({**cls.get_default_config(), **config})
        return own_source(__file__) + wording_source() + "".join(name + encoders_source(name) for name in names)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """An encoder that is not there says so itself."""

    def vectors(self, texts: list[str]) -> np.ndarray:
        """Return one row per text: the vectors of all encoders side by side."""
        read = [wording(text) for text in texts]
        return np.hstack([encode(name, read) for name in self._names])

    def process(self, messages: list[Message]) -> list[Message]:
        """Add vectors to incoming messages and their clauses."""
        for message in messages:
            clauses = clause_texts(message)
            rows = self.vectors([message.get(TEXT) or "", *clauses])
            self.add_features_to_message(None, rows[:1], TEXT, message)
            if clauses:
                self.add_features_to_message(None, rows[1:], CLAUSES, message)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add vectors to the training examples; those that were encoded before are remembered."""
        examples = [example for example in training_data.training_examples if example.get(TEXT)]
        read = [wording(example.get(TEXT)) for example in examples]
        rows = np.hstack([known_vectors(name, read, partial(encode, name)) for name in self._names])
        for example, row in zip(examples, rows, strict=True):
            self.add_features_to_message(None, row[np.newaxis, :], TEXT, example)
        return training_data
