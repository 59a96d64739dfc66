"""Intents by a small network on sentence vectors and pieces of words.

The vectors say what a message means in any language; a network learns which directions of meaning tell the intents
apart. Pieces of words stand beside them for what the encoders do not know: names, slang, typing errors. Networks that
see different vectors err differently: several are asked, and their answers averaged. What was tried instead, and what
it brought: docs/understanding.md.

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

from assistant.nlu.clauses import CLAUSES
from assistant.nlu.component import own_source
from assistant.nlu.features import Inputs, inputs_of, softmax, stored_arrays
from assistant.nlu.network import Folding, Network
from assistant.nlu.network import __file__ as network_file

logger = logging.getLogger(__name__)

_FILE = "intents.npz"
CLAUSE_RANKINGS = "clause_rankings"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class NetworkIntentClassifier(IntentClassifier, GraphComponent):
    """Sets `intent` and `intent_ranking`, with probabilities that mean what they say, and the same for each clause.

    Config:
        networks: what each of them has of its own: `vectors` (aliases of the SentenceVectors that it sees; all when
            not given), and what differs from the options below.
        hidden: neurons of each.
        dropout: part of the neurons that are silent while it learns; more of it trusts single examples less.
        epochs, learning_rate, weight_decay, label_smoothing: how it learns.
        temperature: evens out the probabilities; measured on held-out messages, so that 0.7 is right 7 times in 10.
        ranking_length: how many intents the ranking lists.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            "networks": [{}],
            "hidden": 1024,
            "dropout": 0.5,
            "epochs": 15,
            "learning_rate": 0.002,
            "weight_decay": 0.1,
            "label_smoothing": 0.05,
            "temperature": 1.0,
            "ranking_length": 5,
        }

    @classmethod
    def required_components(cls) -> list[type]:
        return [Featurizer]

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self.config = {**self.get_default_config(), **config}
        self._model_storage = model_storage
        self._resource = resource
        self.folding = Folding(np.empty(0))
        self.networks: list[Network] = []
        self.intents: list[str] = []

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> NetworkIntentClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        return own_source(__file__) + own_source(network_file)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on the examples that have a text and an intent, and store the result."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        labels = [example.get(INTENT) for example in examples]
        if len(set(labels)) > 1:
            self.fit(inputs_of(examples), labels)
            with self._model_storage.write_to(self._resource) as folder:
                np.savez(folder / _FILE, **self._stored())
        else:
            logger.warning("Fewer than two intents have examples: no intent classifier is trained.")
        return self._resource

    def fit(self, inputs: Inputs, labels: list[str]) -> None:
        """Learn from labelled messages; the rows of `inputs` are those messages."""
        intents, numbers = np.unique(labels, return_inverse=True)
        self.intents = [str(intent) for intent in intents]
        self.folding = Folding.fitted(inputs.pieces)
        folded = self.folding.folded(inputs.pieces)
        self.networks = [
            Network.fitted(inputs.joined(own.get("vectors")), folded, numbers, {**self.config, **own}, seed)
            for seed, own in enumerate(self.config["networks"])
        ]

    def _stored(self) -> dict[str, np.ndarray]:
        arrays = {"intents": np.array(self.intents), "rarity": self.folding.rarity}
        for number, network in enumerate(self.networks):
            arrays.update({f"{number}/{name}": array for name, array in network.arrays().items()})
        return arrays

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> NetworkIntentClassifier:
        component = cls(config, model_storage, resource)
        stored = stored_arrays(model_storage, resource, _FILE)
        if stored is None:
            logger.warning("The model holds no intent classifier: every message will go to the fallback.")
        else:
            component._read(stored)
        return component

    def _read(self, stored: dict[str, np.ndarray]) -> None:
        self.intents = [str(intent) for intent in stored.pop("intents")]
        self.folding = Folding(stored.pop("rarity"))
        numbers = sorted({name.split("/")[0] for name in stored}, key=int)
        self.networks = [
            Network({name.split("/")[1]: array for name, array in stored.items() if name.startswith(f"{number}/")})
            for number in numbers
        ]

    def process(self, messages: list[Message]) -> list[Message]:
        """Classify incoming messages; one without text, or an untrained model, gives no intent."""
        for message in messages:
            ranking = self._rankings(message, TEXT)[0] if self.networks and message.get(TEXT) else []
            message.set(INTENT, ranking[0] if ranking else {"name": None, "confidence": 0.0}, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            if self.networks and message.get(CLAUSES):
                message.set(CLAUSE_RANKINGS, self._rankings(message, CLAUSES))
        return messages

    def _rankings(self, message: Message, attribute: str) -> list[list[dict[str, Any]]]:
        return [self._ranking(row) for row in self.probabilities(inputs_of([message], attribute))]

    def _ranking(self, probabilities: np.ndarray) -> list[dict[str, Any]]:
        order = np.argsort(-probabilities)[: self.config["ranking_length"]]
        return [{"name": self.intents[i], "confidence": float(probabilities[i])} for i in order]

    def probabilities(self, inputs: Inputs) -> np.ndarray:
        """Return one row per message, one column per intent of `self.intents`."""
        folded = self.folding.folded(inputs.pieces)
        asked = [
            network.scores(inputs.joined(own.get("vectors")), folded) / self.config["temperature"]
            for network, own in zip(self.networks, self.config["networks"], strict=True)
        ]
        return np.asarray(np.mean([softmax(scores) for scores in asked], axis=0))
