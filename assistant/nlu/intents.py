"""Intents: two logistic regressions, one on sentence vectors and one on character and word n-grams, that vote.

The vectors know meaning across languages, the n-grams know the shop's words and how people misspell them. Both are
convex: training is quick and always ends in the same place.
"""

from __future__ import annotations

import logging
import warnings
from typing import Any, Dict, List, Type

import numpy as np
import skops.io
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, vstack
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression

logger = logging.getLogger(__name__)

_FILE = "intents.skops"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class VotingIntentClassifier(IntentClassifier, GraphComponent):
    """Sets `intent` and `intent_ranking`, with probabilities that mean what they say.

    Config:
        vectors_C, ngrams_C: inverse regularisation of the two models.
        vectors_weight: the vectors' share of the vote, between 0 and 1.
        sharpness: exponent on the voted probabilities (calibration; 1 leaves them).
        ranking_length: how many intents the ranking lists.
    """

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        return {
            "vectors_C": 30.0,
            "ngrams_C": 10.0,
            "vectors_weight": 0.5,
            "sharpness": 1.0,
            "ranking_length": 5,
            "max_iter": 200,
        }

    @classmethod
    def required_components(cls) -> List[Type]:
        return [Featurizer]

    def __init__(self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self.config = {**self.get_default_config(), **config}
        self._model_storage = model_storage
        self._resource = resource
        self._models: dict[str, Any] | None = None

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> VotingIntentClassifier:
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit both models on the examples that have a text and an intent; store them."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        labels = [example.get(INTENT) for example in examples]
        if len(set(labels)) > 1:
            self._models = self.fit(_vectors(examples), _ngrams(examples), labels)
            with self._model_storage.write_to(self._resource) as folder:
                skops.io.dump(self._models, folder / _FILE)
        else:
            logger.warning("Fewer than two intents have examples: no intent classifier is trained.")
        return self._resource

    def fit(self, vectors: np.ndarray, ngrams: csr_matrix, labels: list[str]) -> dict[str, Any]:
        """Return the fitted parts: "vectors" and "ngrams" (models), "tfidf" (weights of the n-grams)."""
        tfidf = TfidfTransformer(sublinear_tf=True)
        weighted = tfidf.fit_transform(ngrams)
        return {
            "tfidf": tfidf,
            "vectors": self._regression("vectors_C").fit(vectors, labels),
            "ngrams": self._regression("ngrams_C").fit(weighted, labels),
        }

    def _regression(self, strength: str) -> LogisticRegression:
        warnings.filterwarnings("ignore", category=ConvergenceWarning)  # the last decimals do not matter here
        return LogisticRegression(
            C=self.config[strength], class_weight="balanced", max_iter=self.config["max_iter"], tol=1e-3
        )

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> VotingIntentClassifier:
        """Load the stored models. skops builds scikit-learn's own classes only: a model file cannot run code."""
        component = cls(config, model_storage, resource)
        try:
            with model_storage.read_from(resource) as folder:
                component._models = skops.io.load(folder / _FILE)
        except ValueError:
            logger.warning("The model holds no intent classifier: every message will go to the fallback.")
        return component

    def process(self, messages: List[Message]) -> List[Message]:
        """Classify incoming messages; one without text, or an untrained model, gives no intent."""
        for message in messages:
            ranking = self._ranking(message) if self._models and message.get(TEXT) else []
            top = ranking[0] if ranking else {"name": None, "confidence": 0.0}
            message.set(INTENT, top, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def _ranking(self, message: Message) -> list[dict[str, Any]]:
        assert self._models is not None
        probabilities = self.probabilities(self._models, _vectors([message]), _ngrams([message]))[0]
        order = np.argsort(-probabilities)[: self.config["ranking_length"]]
        names = self._models["vectors"].classes_
        return [{"name": str(names[i]), "confidence": float(probabilities[i])} for i in order]

    def probabilities(self, models: dict[str, Any], vectors: np.ndarray, ngrams: csr_matrix) -> np.ndarray:
        """Return the voted probabilities, one row per message, in the order of the models' classes."""
        weight = self.config["vectors_weight"]
        votes = weight * models["vectors"].predict_log_proba(vectors)
        votes += (1 - weight) * models["ngrams"].predict_log_proba(models["tfidf"].transform(ngrams))
        votes = votes * self.config["sharpness"]
        powers = np.exp(votes - votes.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _vectors(messages: List[Message]) -> np.ndarray:
    return np.vstack([message.get_dense_features(TEXT)[1].features for message in messages])


def _ngrams(messages: List[Message]) -> csr_matrix:
    return vstack([message.get_sparse_features(TEXT)[1].features for message in messages]).tocsr().astype(np.float32)
