"""Sentence vectors of the examples, each encoder's as it comes: what is near to what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from assistant.nlu.encoders.encoder import Encoder, open_encoder
from assistant.nlu.encoders.known import KEPT, known_vectors, no_progress


def joined_vectors(
    texts: Sequence[str],
    encoders: Sequence[str] = ("use", "e5"),
    kept: Path = KEPT,
    progress: Callable[[str], None] = no_progress,
) -> np.ndarray:
    """Return one row per text: the vectors of several encoders side by side, each centred and of length 1.

    Args:
        texts: what to read.
        encoders: the names of the encoders.
        kept: the folder where vectors are kept.
        progress: is told in a few words how far it is.
    """
    parts = [_centred(vectors(texts, name, kept, progress)) for name in encoders]
    return np.hstack(parts) / np.sqrt(len(parts), dtype=np.float32)


def vectors(
    texts: Sequence[str],
    name: str,
    kept: Path = KEPT,
    progress: Callable[[str], None] = no_progress,
    opened: Callable[[str], Encoder] = open_encoder,
) -> np.ndarray:
    """Return one encoder's vector of each text, from its file where it has been read before."""

    def encode(batch: list[str]) -> np.ndarray:
        return opened(name).encode(batch)

    return known_vectors(f"plain-{name}", texts, encode, kept, progress)


def _centred(rows: np.ndarray) -> np.ndarray:
    moved = rows - rows.mean(axis=0)
    return np.asarray(moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9), dtype=np.float32)
