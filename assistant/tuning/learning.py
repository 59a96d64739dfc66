"""How the encoder learns: its upper layers, and above them one step that tells intents and one that tells feelings.

The steps are thrown away: what is kept is an encoder whose vectors tell a shop's matters apart. The lower layers, which
know languages, stay as they are: they run once, and what they say is kept while the others learn. It reads as the
assistant will read (the same wording, the same prefix).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import tensorflow as tf

from assistant.nlu.encoders.e5_weights import E5Weights
from assistant.tuning.layers import Embedding, EncoderLayer
from assistant.tuning.recipe import Lesson, Recipe

_STEADY = 16.0  # vectors have the length 1: so far apart can two scores be


class Learner:
    """Teaches an encoder.

    Args:
        weights: where it begins. recipe: how it learns.
        progress: is told in a few words how far it is.
    """

    def __init__(self, weights: E5Weights, recipe: Recipe, progress: Callable[[str], None]) -> None:
        tf.keras.utils.set_random_seed(recipe.seed)
        # Half the bytes, twice as fast; what is learnt is kept in whole ones.
        tf.keras.mixed_precision.set_global_policy("mixed_bfloat16")
        self._recipe, self._progress, self._hidden = recipe, progress, weights.hidden
        self._embedding = Embedding(weights)
        layers = [EncoderLayer(weights, number, recipe.dropout) for number in range(weights.layers)]
        self._lower, self._upper = layers[: recipe.kept], layers[recipe.kept :]
        self._draws = np.random.default_rng(recipe.seed)

    def learn(self, lesson: Lesson) -> dict[str, np.ndarray]:
        """Return the tensors of the layers that have learnt, by the names of E5's file."""
        states = self._below(lesson.tokens)
        steps = self._recipe.epochs * math.ceil(len(states) / self._recipe.batch)
        teach = self._teacher(lesson, steps)
        for epoch in range(self._recipe.epochs):
            losses = []
            for number, chosen in enumerate(self._batches(lesson.tokens)):
                state, mask = map(tf.constant, _padded([states[i].astype(np.float32) for i in chosen]))
                losses.append(float(teach(state, mask, tf.constant(chosen))))
                if number % 50 == 0:
                    done = (epoch * steps // self._recipe.epochs + number) / steps
                    self._progress(f"learning: {done:.0%}, round {epoch + 1}, loss {np.mean(losses[-50:]):.2f}")
        return {name: tensor for layer in self._upper for name, tensor in layer.tensors().items()}

    def _teacher(self, lesson: Lesson, steps: int) -> Callable[[tf.Tensor, tf.Tensor, tf.Tensor], tf.Tensor]:
        recipe = self._recipe
        tellers = [_teller(labels, self._hidden) for labels in (lesson.intents, lesson.feelings)]
        answers = [tf.one_hot(labels, int(labels.max()) + 1) for labels in (lesson.intents, lesson.feelings)]
        shares = [tf.constant(_shares(labels)) for labels in (lesson.intents, lesson.feelings)]
        loss_of = tf.keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=recipe.smoothing)
        body = [variable for layer in self._upper for variable in layer.trainable_variables]
        heads = [variable for teller in tellers for variable in teller.trainable_variables]
        for_body, for_heads = (
            tf.keras.optimizers.AdamW(_Slope(rate, steps), weight_decay=recipe.decay, jit_compile=False)
            for rate in (recipe.rate, recipe.steps_rate)
        )
        for_body.build(body)
        for_heads.build(heads)

        @tf.function(autograph=False, reduce_retracing=True)
        def teach(state: tf.Tensor, mask: tf.Tensor, chosen: tf.Tensor) -> tf.Tensor:
            with tf.GradientTape() as tape:
                vectors = self._above(state, mask)
                losses = [
                    loss_of(tf.gather(answer, chosen), teller(vectors) * _STEADY, tf.gather(share, chosen))
                    for answer, teller, share in zip(answers, tellers, shares, strict=True)
                ]
                loss = losses[0] + recipe.feelings * losses[1]
            slopes, _ = tf.clip_by_global_norm(tape.gradient(loss, body + heads), 1.0)
            for_body.apply_gradients(zip(slopes[: len(body)], body, strict=True))
            for_heads.apply_gradients(zip(slopes[len(body) :], heads, strict=True))
            return loss

        return teach

    def _below(self, tokens: Sequence[Sequence[int]]) -> list[np.ndarray]:
        """Return what the lower layers say of each text."""

        @tf.function(autograph=False, reduce_retracing=True)
        def run(state: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
            for layer in self._lower:
                state = layer(state, mask)
            return state

        states: dict[int, np.ndarray] = {}
        order = sorted(range(len(tokens)), key=lambda i: len(tokens[i]))
        for start in range(0, len(order), self._recipe.batch):
            chosen = order[start : start + self._recipe.batch]
            padded, mask = _padded([np.array(tokens[i], dtype=np.int32) for i in chosen])
            said = np.asarray(run(self._embedding(padded), tf.constant(mask)))
            states.update({i: said[row, : len(tokens[i])].astype(np.float16) for row, i in enumerate(chosen)})
            if start // self._recipe.batch % 50 == 0:
                self._progress(f"lower layers: {start} of {len(order)} sentences")
        return [states[i] for i in range(len(tokens))]

    def _above(self, state: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
        for layer in self._upper:
            state = layer(state, mask, training=True)
        weights = mask[:, :, tf.newaxis]
        pooled = tf.reduce_sum(tf.cast(state, tf.float32) * weights, axis=1) / tf.reduce_sum(weights, axis=1)
        return tf.math.l2_normalize(pooled, axis=-1)

    def _batches(self, tokens: Sequence[Sequence[int]]) -> Iterator[np.ndarray]:
        """Give texts of like length together, in another order each time."""
        order = np.argsort([len(text) + 3 * self._draws.random() for text in tokens])
        batches = np.split(order, range(self._recipe.batch, len(order), self._recipe.batch))
        for number in self._draws.permutation(len(batches)):
            yield batches[number]


class _Slope(tf.keras.optimizers.schedules.LearningRateSchedule):
    """Rises over the first part of the steps, then falls to nothing."""

    _RISE = 0.06

    def __init__(self, most: float, steps: int) -> None:
        self._most, self._steps = most, steps

    def __call__(self, step: tf.Tensor) -> tf.Tensor:
        part = tf.cast(step, tf.float32) / self._steps
        return self._most * tf.clip_by_value(tf.minimum(part / self._RISE, (1 - part) / (1 - self._RISE)), 1e-3, 1.0)


def _teller(labels: np.ndarray, hidden: int) -> tf.keras.layers.Dense:
    teller = tf.keras.layers.Dense(
        int(labels.max()) + 1, dtype="float32", kernel_initializer=tf.keras.initializers.RandomNormal(stddev=0.02)
    )
    teller.build((None, hidden))
    return teller


def _shares(labels: np.ndarray) -> np.ndarray:
    """Return how much each example counts: those of rare classes more, by the square root of how rare."""
    weights = 1 / np.sqrt(np.maximum(np.bincount(labels), 1))
    return np.asarray((weights / weights[labels].mean())[labels], dtype=np.float32)


def _padded(rows: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return texts of different length side by side, and where they have tokens; what is beyond counts for nothing."""
    longest = max(map(len, rows))
    padded = np.zeros((len(rows), longest, *rows[0].shape[1:]), dtype=rows[0].dtype)
    mask = np.zeros((len(rows), longest), dtype=np.float32)
    for number, row in enumerate(rows):
        padded[number, : len(row)] = row
        mask[number, : len(row)] = 1
    return padded, mask
