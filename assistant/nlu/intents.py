"""Intents: two logistic regressions, one on sentence vectors and one on pieces of words, that vote.

The vectors know meaning across languages, the pieces know the shop's words and how people misspell them. Both are
convex: training is quick and always ends in the same place. What is stored is plain numbers (numpy arrays, read without
pickle), so a model file cannot run code, nor break with another scikit-learn.
"""

from __future__ import annotations

import logging
import warnings
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
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from assistant.nlu.component import own_source

logger = logging.getLogger(__name__)

_FILE = "intents.npz"
Weights = dict[str, np.ndarray]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class VotingIntentClassifier(IntentClassifier, GraphComponent):
    """Sets `intent` and `intent_ranking`, with probabilities that mean what they say.

    Config:
        vectors_C, pieces_C: inverse regularisation of the two models.
        vectors_weight: the vectors' share of the vote, between 0 and 1.
        sharpness: exponent on the voted probabilities (calibration; 1 leaves them).
        ranking_length: how many intents the ranking lists.
        max_iter: limit of each model's training.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            "vectors_C": 30.0,
            "pieces_C": 10.0,
            "vectors_weight": 0.5,
            "sharpness": 1.0,
            "ranking_length": 5,
            "max_iter": 200,
        }

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
    ) -> VotingIntentClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        return own_source(__file__)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit both models on the examples that have a text and an intent, and store them."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        labels = [example.get(INTENT) for example in examples]
        if len(set(labels)) > 1:
            self.weights = self.fit(_vectors(examples), _pieces(examples), labels)
            with self._model_storage.write_to(self._resource) as folder:
                np.savez(folder / _FILE, **self.weights)
        else:
            logger.warning("Fewer than two intents have examples: no intent classifier is trained.")
        return self._resource

    def fit(self, vectors: np.ndarray, pieces: csr_matrix, labels: list[str]) -> Weights:
        """Return the trained weights; rows of `vectors` and `pieces` are the labelled messages."""
        rarity = np.log((1 + pieces.shape[0]) / (1 + pieces.getnnz(axis=0))) + 1
        by_vectors = self._regression("vectors_C").fit(vectors, labels)
        by_pieces = self._regression("pieces_C").fit(_weighted(pieces, rarity), labels)
        return {
            "intents": np.array(by_vectors.classes_, dtype=str),
            "vectors": by_vectors.coef_.T.astype(np.float32),
            "vectors_bias": by_vectors.intercept_.astype(np.float32),
            "pieces": by_pieces.coef_.T.astype(np.float32),
            "pieces_bias": by_pieces.intercept_.astype(np.float32),
            "rarity": rarity.astype(np.float32),
        }

    def _regression(self, strength: str) -> LogisticRegression:
        warnings.filterwarnings("ignore", category=ConvergenceWarning)  # the last decimals do not matter here
        return LogisticRegression(
            C=self.config[strength],
            class_weight="balanced",
            multi_class="multinomial",
            max_iter=self.config["max_iter"],
            tol=1e-3,
        )

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> VotingIntentClassifier:
        component = cls(config, model_storage, resource)
        try:
            with model_storage.read_from(resource) as folder, np.load(folder / _FILE, allow_pickle=False) as stored:
                component.weights = dict(stored)
        except ValueError:  # the storage's way to say that nothing was trained
            logger.warning("The model holds no intent classifier: every message will go to the fallback.")
        return component

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
        names = weights["intents"]
        return [{"name": str(names[i]), "confidence": float(probabilities[i])} for i in order]

    def probabilities(self, weights: Weights, vectors: np.ndarray, pieces: csr_matrix) -> np.ndarray:
        """Return the voted probabilities: one row per message, one column per intent of `weights["intents"]`."""
        share = self.config["vectors_weight"]
        votes = share * _log_softmax(vectors @ weights["vectors"] + weights["vectors_bias"])
        scores = _weighted(pieces, weights["rarity"]) @ weights["pieces"] + weights["pieces_bias"]
        votes += (1 - share) * _log_softmax(scores)
        return np.asarray(np.exp(_log_softmax(votes * self.config["sharpness"])))


def _weighted(pieces: csr_matrix, rarity: np.ndarray) -> csr_matrix:
    """Weigh counts as is usual for text (tf-idf, logarithmic counts), each message to length 1."""
    counts = pieces.astype(np.float32)
    counts.data = 1 + np.log(counts.data)
    return normalize(counts @ diags(rarity.astype(np.float32)))


def _log_softmax(scores: np.ndarray) -> np.ndarray:
    shifted = scores - scores.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))


def _vectors(messages: list[Message]) -> np.ndarray:
    return np.vstack([message.get_dense_features(TEXT)[1].features for message in messages])


def _pieces(messages: list[Message]) -> csr_matrix:
    return vstack([message.get_sparse_features(TEXT)[1].features for message in messages]).tocsr()
