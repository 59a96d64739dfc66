"""Pieces of words: how a message is written, whatever it means. Typing errors and missing accents change few of them.

The pieces are hashed, so there is no vocabulary to learn or store, and they do not depend on how the text was cut.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import HashingVectorizer

from assistant.nlu.clauses import CLAUSES, clause_texts
from assistant.nlu.component import own_source, text_of
from assistant.nlu.wording import wording, wording_source

_NUMBER = re.compile(r"\d+")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class WordPieces(SparseFeaturizer, GraphComponent):
    """Adds the counts of a message's pieces of words, within word boundaries, without accents; every number is "0".

    Config:
        shortest, longest: length of the pieces in characters.
        size: number of places that pieces are hashed to, as a power of two.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {**SparseFeaturizer.get_default_config(), "shortest": 1, "longest": 4, "size": 18}

    def __init__(self, config: dict[str, Any], name: str) -> None:
        super().__init__(name, {**self.get_default_config(), **config})
        self._vectorizer = HashingVectorizer(
            analyzer="char_wb",
            ngram_range=(self._config["shortest"], self._config["longest"]),
            n_features=2 ** self._config["size"],
            strip_accents="unicode",
            norm=None,
            alternate_sign=False,
            dtype=np.float32,
        )

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> WordPieces:
        return cls(config, execution_context.node_name)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        return own_source(__file__) + wording_source()

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing can be wrong that Python does not say itself."""

    def process(self, messages: list[Message]) -> list[Message]:
        """Add pieces to incoming messages and their clauses."""
        for message in messages:
            clauses = clause_texts(message)
            rows = self._pieces([text_of(message), *clauses])
            self.add_features_to_message(None, rows[:1].tocoo(), TEXT, message)
            if clauses:
                self.add_features_to_message(None, rows[1:].tocoo(), CLAUSES, message)
        return messages

    def _pieces(self, texts: list[str]) -> csr_matrix:
        return self._vectorizer.transform([_NUMBER.sub("0", wording(text)) for text in texts])

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add pieces to the training examples."""
        examples = [example for example in training_data.training_examples if example.get(TEXT)]
        rows = self._pieces([text_of(example) for example in examples])
        for example, row in zip(examples, rows, strict=True):
            self.add_features_to_message(None, row.tocoo(), TEXT, example)
        return training_data
