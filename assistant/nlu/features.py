"""What trained components read of messages, and how they keep what they learnt: numbers, without pickle."""

from __future__ import annotations

import numpy as np
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from scipy.sparse import csr_matrix, vstack

Arrays = dict[str, np.ndarray]


def vectors_of(messages: list[Message], attribute: str = TEXT) -> np.ndarray:
    """Return the sentence vectors of messages (SentenceVectors), or of another attribute of theirs, row by row."""
    rows = [message.get_dense_features(attribute)[1].features for message in messages]
    return np.vstack(rows).astype(np.float32)


def pieces_of(messages: list[Message], attribute: str = TEXT) -> csr_matrix:
    """Return the counts of word pieces of messages (WordPieces), or of another attribute of theirs, row by row."""
    rows = [message.get_sparse_features(attribute)[1].features for message in messages]
    # A single one is what comes in while people wait: stacking it would take as long as reading it.
    return (rows[0] if len(rows) == 1 else vstack(rows)).tocsr()


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
