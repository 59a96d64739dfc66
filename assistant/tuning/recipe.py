"""How the encoder learns, and what from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Recipe:
    """What may be tried.

    Attributes:
        kept: how many of the lower layers stay as they are.
        epochs: how often every example is seen. batch: how many at once.
        rate, steps_rate: how fast the layers learn, and the steps above them.
        dropout, smoothing, decay: against learning by heart.
        feelings: how much the feelings count beside the intents.
    """

    kept: int = 4
    epochs: int = 6
    batch: int = 64
    rate: float = 2e-4
    steps_rate: float = 1e-2
    dropout: float = 0.1
    smoothing: float = 0.1
    decay: float = 0.01
    feelings: float = 0.3
    seed: int = 0


# What has learnt before needs less.
GO_ON = Recipe(epochs=3, rate=1.5e-4)


@dataclass(frozen=True)
class Lesson:
    """What is learnt from: the tokens of each text, the number of its intent and of its feeling."""

    tokens: Sequence[Sequence[int]]
    intents: np.ndarray
    feelings: np.ndarray
