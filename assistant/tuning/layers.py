"""E5's layers in Keras, begun with its own weights, so that they can learn on (BERT: https://arxiv.org/abs/1810.04805)."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from assistant.nlu.encoders.e5_weights import E5Weights

_LITTLE = -1e9


class EncoderLayer(tf.keras.layers.Layer):
    """One layer: attention, then two dense steps, each added to what came in and normalised.

    Args:
        weights: where it begins. number: which of the encoder's layers it is. dropout: part that is silent in learning.
    """

    def __init__(self, weights: E5Weights, number: int, dropout: float) -> None:
        super().__init__(name=f"l{number}")
        self._heads = weights.heads
        hidden = weights.hidden
        self.dense = {part: tf.keras.layers.Dense(hidden, name=part) for part in ("q", "k", "v", "ao", "fo")} | {
            "fi": tf.keras.layers.Dense(4 * hidden, name="fi")
        }
        self.normal = {
            part: tf.keras.layers.LayerNormalization(epsilon=weights.epsilon, dtype="float32", name=part)
            for part in ("aln", "oln")
        }
        self._dropout = tf.keras.layers.Dropout(dropout)
        self._begin(weights)

    def _begin(self, weights: E5Weights) -> None:
        for part, layer in self.dense.items():
            inputs = 4 * weights.hidden if part == "fo" else weights.hidden
            layer.build((None, inputs))
            matrix = weights.tensor(f"{self.name}.{part}.w", layer.units, inputs)
            layer.set_weights([matrix.T, weights.tensor(f"{self.name}.{part}.b", layer.units)])
        for part, normal in self.normal.items():
            normal.build((None, None, weights.hidden))
            normal.set_weights([weights.tensor(f"{self.name}.{part}.{end}", weights.hidden) for end in ("w", "b")])

    def call(self, state: tf.Tensor, mask: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Return the next state.

        Args:
            state: texts × tokens × hidden. mask: texts × tokens, 1 where there is a token.
        """
        attention = self.dense["ao"](self._attention(state, mask))
        state = self.normal["aln"](_sum(state, self._dropout(attention, training=training)))
        outer = self.dense["fo"](tf.nn.gelu(self.dense["fi"](state)))
        return self.normal["oln"](_sum(state, self._dropout(outer, training=training)))

    def _attention(self, state: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
        query, key, value = (self._by_head(self.dense[part](state)) for part in "qkv")
        alike = tf.matmul(query, key, transpose_b=True) / query.shape[-1] ** 0.5
        hidden = tf.cast((1 - mask)[:, tf.newaxis, tf.newaxis, :] * _LITTLE, alike.dtype)
        mixed = tf.transpose(tf.matmul(tf.nn.softmax(alike + hidden), value), [0, 2, 1, 3])
        shape = tf.shape(mixed)
        return tf.reshape(mixed, [shape[0], shape[1], self._heads * mixed.shape[-1]])

    def _by_head(self, state: tf.Tensor) -> tf.Tensor:
        shape = tf.shape(state)
        parted = tf.reshape(state, [shape[0], shape[1], self._heads, state.shape[-1] // self._heads])
        return tf.transpose(parted, [0, 2, 1, 3])

    def tensors(self) -> dict[str, np.ndarray]:
        """Return the layer's weights by the names that E5's file gives them."""
        found: dict[str, np.ndarray] = {}
        for part, layer in self.dense.items():
            matrix, bias = layer.get_weights()
            found |= {f"{self.name}.{part}.w": matrix.T, f"{self.name}.{part}.b": bias}
        for part, normal in self.normal.items():
            scale, shift = normal.get_weights()
            found |= {f"{self.name}.{part}.w": scale, f"{self.name}.{part}.b": shift}
        return found


def _sum(state: tf.Tensor, change: tf.Tensor) -> tf.Tensor:
    return tf.cast(state, tf.float32) + tf.cast(change, tf.float32)


class Embedding:
    """What stands below the layers: a vector for each token and each place."""

    def __init__(self, weights: E5Weights) -> None:
        hidden = weights.hidden
        self._words = weights.tensor("emb.word", -1, hidden)
        self._places = weights.tensor("emb.pos", -1, hidden) + weights.tensor("emb.type", -1, hidden)[0]
        self._normal: Any = tf.keras.layers.LayerNormalization(epsilon=weights.epsilon, dtype="float32")
        self._normal.build((None, None, hidden))
        self._normal.set_weights([weights.tensor(f"emb.ln.{end}", hidden) for end in ("w", "b")])

    def __call__(self, tokens: np.ndarray) -> tf.Tensor:
        """Return texts × tokens × hidden."""
        return self._normal(self._words[tokens] + self._places[: tokens.shape[1]])
