"""One small network: what it learns with Keras, it does with numpy.

A hidden layer over the sentence vectors and the pieces of words, then one score per class. It learns with dropout, the
AdamW optimiser and a falling learning rate; classes with few examples count for more (by the square root of how many).
The same data give the same network: all draws are seeded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.special import erf
from sklearn.preprocessing import normalize

_BATCH = 256
# Pieces of words are many (262,144 places) and each says little: they are folded into so many sums.
_FOLDED = 512
_SUMS = 4  # in so many of them each piece counts
# Learning goes best when inputs are about so large.
_SPREAD = 0.17


class Network:
    """A trained network; `arrays` are its weights.

    Arrays:
        mean, scale: what makes vectors even.
        inner, inner_bias, outer, outer_bias: of the two layers.
    """

    def __init__(self, arrays: Mapping[str, np.ndarray]) -> None:
        self._arrays = {name: np.asarray(array, dtype=np.float32) for name, array in arrays.items()}

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the weights, to be stored; the layers' in half precision."""
        small = ("inner", "outer")
        return {name: a.astype(np.float16) if name in small else a for name, a in self._arrays.items()}

    @classmethod
    def fitted(
        cls, vectors: np.ndarray, folded: np.ndarray, classes: np.ndarray, config: Mapping[str, Any], seed: int
    ) -> Network:
        """Return a network that has learnt from labelled messages.

        Args:
            vectors, folded: a row per message; pieces of words as `Folding` gives them.
            classes: the number of each message's class.
            config: hidden, dropout, epochs, learning_rate, weight_decay, label_smoothing.
            seed: where its draws begin.
        """
        mean = vectors.mean(axis=0)
        scale = _SPREAD / max(float((vectors - mean).std()), 1e-6)
        network = cls({"mean": mean, "scale": np.array(scale)})
        layers = _learnt(network._inputs(vectors, folded), classes, config, seed)
        network._arrays.update(layers)
        return network

    def scores(self, vectors: np.ndarray, folded: np.ndarray) -> np.ndarray:
        """Return one row per message and one score per class."""
        a = self._arrays
        inner = self._inputs(vectors, folded) @ a["inner"] + a["inner_bias"]
        active = inner * 0.5 * (1.0 + erf(inner / np.sqrt(2.0)))
        return np.asarray(active @ a["outer"] + a["outer_bias"])

    def _inputs(self, vectors: np.ndarray, folded: np.ndarray) -> np.ndarray:
        even = (vectors - self._arrays["mean"]) * self._arrays["scale"]
        return np.hstack([even, folded]).astype(np.float32)


@dataclass(frozen=True)
class Folding:
    """Folds pieces of words into a few sums: messages that share rare pieces stay near to each other.

    Attributes:
        rarity: of each piece: what few messages have tells more.
    """

    rarity: np.ndarray

    @classmethod
    def fitted(cls, pieces: csr_matrix) -> Folding:
        """Return a folding that knows how rare each piece is; `pieces` has a row per message."""
        rarity = np.log((1 + pieces.shape[0]) / (1 + pieces.getnnz(axis=0))) + 1
        return cls(np.asarray(rarity, dtype=np.float32))

    def folded(self, pieces: csr_matrix) -> np.ndarray:
        """Return random sums of the weighted pieces, a row per message."""
        weighted = pieces.astype(np.float32)
        # Only what a message has is looked at: the whole table is long, and somebody waits.
        weighted.data = (1 + np.log(weighted.data)) * self.rarity[weighted.indices]
        sums = normalize(weighted, copy=False) @ _signs(pieces.shape[1])
        return np.asarray(sums.toarray() * np.float32(_SPREAD * np.sqrt(_FOLDED) / 2))


@lru_cache(maxsize=2)
def _signs(places: int) -> csr_matrix:
    """Return for each place of the pieces the sums that it counts in, and with which sign."""
    draws = np.random.default_rng(1)
    columns = draws.integers(0, _FOLDED, size=_SUMS * places, dtype=np.int32)
    signs = draws.integers(0, 2, size=len(columns), dtype=np.int8) - np.float32(0.5)
    # Built row by row, as it is stored: the usual way takes some thirty megabytes more, for good.
    begins = np.arange(0, len(columns) + 1, _SUMS, dtype=np.int32)
    return csr_matrix((signs, columns, begins), shape=(places, _FOLDED))


def _learnt(inputs: np.ndarray, classes: np.ndarray, config: Mapping[str, Any], seed: int) -> dict[str, np.ndarray]:
    # Imported here: answering needs no TensorFlow.
    import tensorflow as tf

    tf.keras.utils.set_random_seed(seed)
    count = int(classes.max()) + 1
    model = tf.keras.Sequential(
        [
            tf.keras.layers.Dropout(config["dropout"] / 2, seed=seed),
            tf.keras.layers.Dense(config["hidden"], activation="gelu", name="inner"),
            tf.keras.layers.Dropout(config["dropout"], seed=seed + 1),
            tf.keras.layers.Dense(count, name="outer"),
        ]
    )
    steps = config["epochs"] * -(-len(inputs) // _BATCH)
    rate = tf.keras.optimizers.schedules.CosineDecay(config["learning_rate"], steps)
    model.compile(
        optimizer=tf.keras.optimizers.AdamW(rate, weight_decay=config["weight_decay"], jit_compile=False),
        loss=tf.keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=config["label_smoothing"]),
    )
    weights = 1 / np.sqrt(np.bincount(classes, minlength=count))
    model.fit(
        inputs,
        np.eye(count, dtype=np.float32)[classes],
        sample_weight=(weights / weights[classes].mean())[classes].astype(np.float32),
        batch_size=_BATCH,
        epochs=config["epochs"],
        verbose=0,
    )
    inner, outer = model.get_layer("inner"), model.get_layer("outer")
    names = ("inner", "inner_bias", "outer", "outer_bias")
    return dict(zip(names, [*inner.get_weights(), *outer.get_weights()], strict=True))
