"""What trained components read of messages, and how they keep what they learnt: numbers, without pickle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.message import Message
from scipy.sparse import csr_matrix, vstack

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Inputs:
    """What trained components read of messages, a row for each.

    Attributes:
        vectors: of sentences, by the name of what made them (SentenceVectors, or its alias). pieces: counts of word
            pieces (WordPieces).
    """

    vectors: dict[str, np.ndarray]
    pieces: csr_matrix

    def joined(self, names: Sequence[str] | None = None) -> np.ndarray:
        """Return the vectors side by side: of all who made some, or of those named."""
        return np.hstack([self.vectors[name] for name in (self.vectors if names is None else names)])

    def rows(self, chosen: np.ndarray) -> Inputs:
        """Return some of the rows, by their numbers."""
        return Inputs({name: rows[chosen] for name, rows in self.vectors.items()}, self.pieces[chosen])


def inputs_of(messages: list[Message], attribute: str = TEXT) -> Inputs:
    """Return what the featurizers found of messages, or of another attribute of theirs (which may have many rows)."""
    names = [
        feature.origin
        for feature in messages[0].features
        if feature.is_dense() and feature.type == FEATURE_TYPE_SENTENCE and feature.attribute == attribute
    ]
    vectors = {name: _vectors(messages, attribute, name) for name in names}
    rows = [message.get_sparse_features(attribute)[1].features for message in messages]
    # A single one is what comes in while people wait: stacking it would take as long as reading it.
    return Inputs(vectors, (rows[0] if len(rows) == 1 else vstack(rows)).tocsr())


def _vectors(messages: list[Message], attribute: str, name: str) -> np.ndarray:
    rows = [message.get_dense_features(attribute, [name])[1].features for message in messages]
    return np.vstack(rows).astype(np.float32)


def softmax(scores: np.ndarray) -> np.ndarray:
    """Return scores as probabilities, each row adding up to one."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def stored_arrays(storage: ModelStorage, resource: Resource, file: str) -> Arrays | None:
    """Return what a trained component kept in a file of the model; None when it kept nothing.

    Arrays of objects are refused, so that a model file cannot run code.
    """
    try:
        with storage.read_from(resource) as folder, np.load(folder / file, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except (ValueError, FileNotFoundError):  # the storage's ways to say that nothing was trained
        return None
