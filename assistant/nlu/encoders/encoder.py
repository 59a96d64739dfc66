"""What a sentence encoder is, and how one is opened by its name."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

import numpy as np

from assistant.nlu.encoders.changes import LEARNT


class Encoder(Protocol):
    """Turns texts into vectors of length 1."""

    def encode(self, texts: list[str]) -> np.ndarray:
        """Return one row of float32 per text, each of length 1."""
        ...


class EncoderNotFound(Exception):
    """An encoder that was asked for is not there, or is none; the message says what to do."""


@lru_cache(maxsize=4)
def open_encoder(name: str) -> Encoder:
    """Return an encoder, opened once in a process.

    Args:
        name: "use", "e5" or "e5-tuned" for those that are installed; else a folder with an ONNX model and its
            tokenizer, or the name of one on Hugging Face, such as "intfloat/multilingual-e5-base".

    Raises:
        EncoderNotFound: there is none of that name, or it lacks a file.
    """
    # Imported here: each reads its library, which takes a second.
    if name == "use":
        from assistant.nlu.encoders.use import UniversalSentenceEncoder

        return UniversalSentenceEncoder()
    if name in ("e5", LEARNT):
        from assistant.nlu.encoders.e5 import E5

        return E5(learnt=name == LEARNT)
    from assistant.nlu.encoders.hub import encoder_folder
    from assistant.nlu.encoders.onnx import OnnxEncoder

    return OnnxEncoder(encoder_folder(name))
