"""Cross-validation on the training examples: each is understood by a classifier that was fitted without it.

It takes the classifier alone, on features that are made once, so that five folds take minutes and not an hour. Examples
that say the same in other words, or in another language, stand in both parts: the figures are kinder than the truth,
and good for comparing two classifiers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from sklearn.model_selection import StratifiedKFold

from assistant.nlu.encoders.known import no_progress
from assistant.quality.understanding import Understood

_SEED = 7


class Classifier(Protocol):
    """A classifier without its pipeline; features are arrays or sparse matrices with one row per example.

    `fit` returns what `probabilities` takes as its first argument; that returns one row per example and one column per
    intent of `weights["intents"]`.
    """

    def fit(self, *features: Any, labels: list[str]) -> dict[str, Any]:
        """Fit on features and labels."""
        ...

    def probabilities(self, weights: dict[str, Any], *features: Any) -> np.ndarray:
        """Return the probability of each intent."""
        ...


def cross_validate(
    classifier: Classifier,
    features: Sequence[Any],
    labels: Sequence[str],
    folds: int = 5,
    progress: Callable[[str], None] = no_progress,
) -> list[Understood]:
    """Return what is understood of each example when it is not among those that were fitted.

    Args:
        classifier: is fitted once a fold.
        features: what it takes, such as vectors and word pieces: one row per example in each.
        labels: the intent of each example.
        folds: into how many parts the examples are cut, each with all intents.
        progress: is told in a few words how far it is.
    """
    found: dict[int, Understood] = {}
    split = StratifiedKFold(folds, shuffle=True, random_state=_SEED).split(np.zeros(len(labels)), labels)
    for number, (fitted, kept) in enumerate(split):
        progress(f"cross-validation: fold {number + 1} of {folds}")
        weights = classifier.fit(*(part[fitted] for part in features), labels=[labels[i] for i in fitted])
        rows = classifier.probabilities(weights, *(part[kept] for part in features))
        found.update(
            (int(i), _understood(str(weights["intents"][row.argmax()]), float(row.max())))
            for i, row in zip(kept, rows, strict=True)
        )
    return [found[i] for i in range(len(labels))]


def _understood(intent: str, confidence: float) -> Understood:
    return Understood(intent, confidence, False, (intent,), None, Counter(), 0.0)
