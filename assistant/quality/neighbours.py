"""Examples among strangers: none of the nearest in meaning has their label, and those agree on another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.nlu.encoders.known import no_progress

_CHUNK = 1000


@dataclass(frozen=True)
class Stranger:
    """One example among strangers.

    Attributes:
        number: which of the examples.
        label: what most of its neighbours are.
        share: how many of them, between 0 and 1.
        nearness: how near they are on average (cosine).
        nearest: the number of the nearest of that label.
    """

    number: int
    label: str
    share: float
    nearness: float
    nearest: int


def strangers(
    rows: np.ndarray, labels: Sequence[str], k: int = 8, progress: Callable[[str], None] = no_progress
) -> list[Stranger]:
    """Return the examples among strangers, those that are surest first.

    Args:
        rows: one vector of length 1 per example.
        labels: the intent of each.
        k: how many neighbours are asked.
        progress: is told in a few words how far it is.
    """
    k = min(k, len(rows) - 1)
    found: list[Stranger] = []
    for start in range(0, len(rows) if k > 0 else 0, _CHUNK):
        progress(f"neighbours: {start} of {len(rows)} sentences")
        alike = rows[start : start + _CHUNK] @ rows.T
        chunk = np.arange(len(alike))
        alike[chunk, start + chunk] = -np.inf  # nobody is their own neighbour
        nearest = np.argpartition(-alike, k - 1, axis=1)[:, :k]
        for i in range(len(alike)):
            stranger = _stranger(start + i, nearest[i], alike[i], labels)
            if stranger:
                found.append(stranger)
    return sorted(found, key=lambda stranger: -stranger.share * stranger.nearness)


def _stranger(number: int, nearest: np.ndarray, alike: np.ndarray, labels: Sequence[str]) -> Stranger | None:
    counts = Counter(labels[i] for i in nearest)
    label, most = counts.most_common(1)[0]
    if labels[number] in counts or 2 * most <= len(nearest):
        return None
    best = max((i for i in nearest if labels[i] == label), key=lambda i: alike[i])
    return Stranger(number, label, most / len(nearest), float(alike[nearest].mean()), int(best))
