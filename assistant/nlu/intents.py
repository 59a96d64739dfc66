"""Intents by nearness to the examples: kernel ridge regression on meaning (vectors) and spelling (pieces of words).

Two messages are alike when their vectors lie close (a Gaussian of their distance) and, to a lesser part, when they
share rare pieces of words. The solution is exact and the same every time: no epochs, no seed. Training grows with the
cube of the number of examples: seconds for seven thousand, a few minutes and 5 GB for twenty thousand.

What is stored is plain numbers (numpy arrays, read without pickle), so a model file cannot run code.
"""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, diags, vstack
from sklearn.kernel_ridge import KernelRidge
from sklearn.preprocessing import normalize

from assistant.nlu.component import own_source

logger = logging.getLogger(__name__)

_FILE = "intents.npz"
Weights = dict[str, np.ndarray]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class NearnessIntentClassifier(IntentClassifier, GraphComponent):
    """Sets `intent` and `intent_ranking`, with probabilities that mean what they say.

    Config:
        narrowness: how quickly likeness falls with the distance of two vectors.
        spelling: the part of shared word pieces in likeness, beside 1 for the vectors.
        ridge: regularisation; more of it trusts single examples less.
        sharpness: turns scores into probabilities; measured on held-out messages, so that 0.7 is right 7 times in 10.
        ranking_length: how many intents the ranking lists.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"narrowness": 3.0, "spelling": 0.25, "ridge": 0.2, "sharpness": 20.0, "ranking_length": 5}

    @classmethod
    def required_components(cls) -> list[type]:
        return [Featurizer]

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self.config = {**self.get_default_config(), **config}
        self._model_storage = model_storage
        self._resource = resource
        self.weights: Weights | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> NearnessIntentClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        return own_source(__file__)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on the examples that have a text and an intent, and store the result."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        labels = [example.get(INTENT) for example in examples]
        if len(set(labels)) > 1:
            weights = self.fit(_vectors(examples), _pieces(examples), labels)
            self.weights = weights
            with self._model_storage.write_to(self._resource) as folder:
                np.savez(folder / _FILE, **weights)
        else:
            logger.warning("Fewer than two intents have examples: no intent classifier is trained.")
        return self._resource

    def fit(self, vectors: np.ndarray, pieces: csr_matrix, labels: list[str]) -> Weights:
        """Return the trained weights; rows of `vectors` and `pieces` are the labelled messages."""
        intents, numbers = np.unique(labels, return_inverse=True)
        rarity = np.log((1 + pieces.shape[0]) / (1 + pieces.getnnz(axis=0))) + 1
        spelled = _weighted(pieces, rarity)
        # An intent with few examples counts as much as one with many.
        balance = len(labels) / len(intents) / np.bincount(numbers)
        ridge = KernelRidge(kernel="precomputed", alpha=self.config["ridge"])
        ridge.fit(
            self._likeness(vectors, spelled, vectors, spelled),
            np.eye(len(intents), dtype=np.float32)[numbers],
            sample_weight=balance[numbers].astype(np.float32),
        )
        return {
            "intents": intents.astype(str),
            "pull": ridge.dual_coef_.astype(np.float32),
            "vectors": vectors.astype(np.float16),
            "rarity": rarity.astype(np.float32),
            "pieces_data": spelled.data.astype(np.float32),
            "pieces_indices": spelled.indices,
            "pieces_indptr": spelled.indptr,
        }

    def _likeness(self, a: np.ndarray, a_spelled: csr_matrix, b: np.ndarray, b_spelled: csr_matrix) -> np.ndarray:
        """Return how alike the messages of a (rows) and of b (columns) are."""
        alike = a @ b.T
        alike -= 1
        alike *= self.config["narrowness"]
        np.exp(alike, out=alike)
        alike += self.config["spelling"] * (a_spelled @ b_spelled.T).toarray()
        return np.asarray(alike)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> NearnessIntentClassifier:
        component = cls(config, model_storage, resource)
        try:
            with model_storage.read_from(resource) as folder, np.load(folder / _FILE, allow_pickle=False) as stored:
                component.weights = {name: stored[name] for name in stored.files}
        except ValueError:  # the storage's way to say that nothing was trained
            logger.warning("The model holds no intent classifier: every message will go to the fallback.")
        return component

    @property
    def weights(self) -> Weights | None:
        """The trained weights; None before training."""
        return self._weights

    @weights.setter
    def weights(self, weights: Weights | None) -> None:
        self._weights = weights
        if weights is not None:
            self._examples = np.ascontiguousarray(weights["vectors"], dtype=np.float32)
            parts = (weights["pieces_data"], weights["pieces_indices"], weights["pieces_indptr"])
            self._spelled = csr_matrix(parts, shape=(len(self._examples), len(weights["rarity"])))

    def process(self, messages: list[Message]) -> list[Message]:
        """Classify incoming messages; one without text, or an untrained model, gives no intent."""
        for message in messages:
            ranking = self._ranking(self.weights, message) if self.weights and message.get(TEXT) else []
            message.set(INTENT, ranking[0] if ranking else {"name": None, "confidence": 0.0}, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def _ranking(self, weights: Weights, message: Message) -> list[dict[str, Any]]:
        probabilities = self.probabilities(weights, _vectors([message]), _pieces([message]))[0]
        order = np.argsort(-probabilities)[: self.config["ranking_length"]]
        return [{"name": str(weights["intents"][i]), "confidence": float(probabilities[i])} for i in order]

    def probabilities(self, weights: Weights, vectors: np.ndarray, pieces: csr_matrix) -> np.ndarray:
        """Return one row per message, one column per intent of `weights["intents"]`."""
        spelled = _weighted(pieces, weights["rarity"])
        scores = self._likeness(vectors, spelled, self._examples, self._spelled) @ weights["pull"]
        powers = np.exp(self.config["sharpness"] * (scores - scores.max(axis=1, keepdims=True)))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _weighted(pieces: csr_matrix, rarity: np.ndarray) -> csr_matrix:
    """Weigh counts as is usual for text (tf-idf, logarithmic counts), each message to length 1."""
    counts = pieces.astype(np.float32)
    counts.data = 1 + np.log(counts.data)
    return normalize(counts @ diags(rarity.astype(np.float32))).tocsr()


def _vectors(messages: list[Message]) -> np.ndarray:
    return np.vstack([message.get_dense_features(TEXT)[1].features for message in messages]).astype(np.float32)


def _pieces(messages: list[Message]) -> csr_matrix:
    return vstack([message.get_sparse_features(TEXT)[1].features for message in messages]).tocsr()
