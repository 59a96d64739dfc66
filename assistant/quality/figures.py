"""Figures of how well messages are understood: plain numbers, from what was expected and what was understood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import precision_recall_fscore_support

from assistant.quality.understanding import Understood, plain_words

OUT_OF_SCOPE = "out_of_scope"
_BINS = 10
_CONFUSED = 3


@dataclass(frozen=True)
class IntentFigures:
    """How well intents are understood: shares between 0 and 1.

    Attributes:
        messages: how many there were.
        accuracy: the likeliest intent is right.
        macro_f1: the mean F1 of the intents, each counting the same.
        acts_rightly, acts_wrongly, asks: what comes of a message; together 1.
        out_of_scope_recall: of what is out of scope, how much is seen as such.
        false_alarms: of all else, how much is seen as out of scope.
        calibration_error: how far confidence is from being right, on average (ten bins).
    """

    messages: int
    accuracy: float
    macro_f1: float
    acts_rightly: float
    acts_wrongly: float
    asks: float
    out_of_scope_recall: float
    false_alarms: float
    calibration_error: float


@dataclass(frozen=True)
class IntentRow:
    """One intent: its figures, and as what its messages are taken most often when not as itself."""

    intent: str
    messages: int
    precision: float
    recall: float
    f1: float
    confused_with: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class KindRow:
    """One kind of entity, or all together."""

    kind: str
    expected: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class EmotionFigures:
    """How well feelings are seen.

    Attributes:
        anger_recall, frustration_recall: how much of either is seen as what it is.
        unhappy_recall: how much of both is seen as either of the two.
        anger_false_alarms: how much of the calm is taken for anger.
        unhappy_false_alarms: how much of the calm is taken for either.
    """

    messages: int
    anger_recall: float
    frustration_recall: float
    unhappy_recall: float
    anger_false_alarms: float
    unhappy_false_alarms: float


@dataclass(frozen=True)
class NeedsFigures:
    """How well several needs in one message are seen.

    Attributes:
        singles, compounds: how many messages have one need, and several.
        exact: the needs are all right, in their order; of all messages.
        exact_singles, exact_compounds: the same of either.
        singles_cut: of the singles, how many were cut in two.
        compounds_seen: of the compounds, how many were seen as several, rightly or not.
    """

    singles: int
    compounds: int
    exact: float
    exact_singles: float
    exact_compounds: float
    singles_cut: float
    compounds_seen: float


def intent_figures(expected: Sequence[str], found: Sequence[Understood]) -> IntentFigures:
    """Return the figures of messages with one intent each."""
    right = np.array([want == got.intent for want, got in zip(expected, found, strict=True)], dtype=bool)
    asks = np.array([got.asks for got in found], dtype=bool)
    seen = np.array([got.intent == OUT_OF_SCOPE for got in found], dtype=bool)
    outside = np.array([want == OUT_OF_SCOPE for want in expected], dtype=bool)
    rows = intent_rows(expected, [got.intent for got in found])
    return IntentFigures(
        messages=len(expected),
        accuracy=share(right),
        macro_f1=float(np.mean([row.f1 for row in rows])) if rows else 0.0,
        acts_rightly=share(right & ~asks),
        acts_wrongly=share(~right & ~asks),
        asks=share(asks),
        out_of_scope_recall=share(seen[outside]),
        false_alarms=share(seen[~outside]),
        calibration_error=calibration_error([got.confidence for got in found], right),
    )


def intent_rows(expected: Sequence[str], found: Sequence[str]) -> list[IntentRow]:
    """Return one row per expected intent, the weakest first."""
    names = sorted(set(expected))
    if not names:
        return []
    precision, recall, f1, support = precision_recall_fscore_support(expected, found, labels=names, zero_division=0)
    wrong = {name: Counter[str]() for name in names}
    for want, got in zip(expected, found, strict=True):
        if want != got:
            wrong[want][got] += 1
    rows = [
        IntentRow(
            name, int(support[i]), float(precision[i]), float(recall[i]), float(f1[i]),
            tuple(wrong[name].most_common(_CONFUSED)),
        )
        for i, name in enumerate(names)
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row.f1, row.intent))


def calibration_error(confidence: Sequence[float], right: np.ndarray) -> float:
    """Return the expected calibration error: |confidence - accuracy| in ten bins, weighed by their sizes."""
    sure = np.asarray(confidence, dtype=float)
    bins = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    filled = [bins == number for number in range(_BINS) if (bins == number).any()]
    return float(sum(chosen.mean() * abs(sure[chosen].mean() - right[chosen].mean()) for chosen in filled))


def entity_rows(expected: Sequence[Sequence[tuple[str, str]]], found: Sequence[Understood]) -> list[KindRow]:
    """Return one row per kind and one for all; what is named counts when its kind is right and its words overlap.

    "by Friday" and "Friday" are the same day: where a name begins is nothing that an answer depends on.

    Args:
        expected: kind and words of each message's entities.
        found: what was understood.
    """
    wanted, given, right = Counter[str](), Counter[str](), Counter[str]()
    kinds = sorted({kind for message in expected for kind, _ in message})
    for message, got in zip(expected, found, strict=True):
        wanted.update(kind for kind, _ in message)
        named = [(kind, words) for kind, words in got.entities.elements() if kind in kinds]
        given.update(kind for kind, _ in named)
        for kind, words in message:
            match = next((n for n in named if n[0] == kind and _overlap(plain_words(words), n[1])), None)
            if match:
                named.remove(match)
                right[kind] += 1
    rows = [_kind_row(kind, wanted[kind], given[kind], right[kind]) for kind in kinds]
    return [*rows, _kind_row("all", wanted.total(), given.total(), right.total())]


def _overlap(one: str, other: str) -> bool:
    return bool(one and other) and (one in other or other in one)


def emotion_figures(expected: Sequence[str], found: Sequence[Understood]) -> EmotionFigures:
    """Return the figures of messages with one feeling each."""
    want, got = np.array(expected, dtype=str), np.array([message.emotion or "" for message in found], dtype=str)
    angry, frustrated, calm = (want == name for name in ("anger", "frustration", "calm"))
    unhappy = (got == "anger") | (got == "frustration")
    return EmotionFigures(
        messages=len(want),
        anger_recall=share(got[angry] == "anger"),
        frustration_recall=share(got[frustrated] == "frustration"),
        unhappy_recall=share(unhappy[angry | frustrated]),
        anger_false_alarms=share(got[calm] == "anger"),
        unhappy_false_alarms=share(unhappy[calm]),
    )


def needs_figures(expected: Sequence[Sequence[str]], found: Sequence[Understood]) -> NeedsFigures:
    """Return the figures of messages with one need or several."""
    exact = np.array([tuple(want) == got.needs for want, got in zip(expected, found, strict=True)], dtype=bool)
    several = np.array([len(want) > 1 for want in expected], dtype=bool)
    seen = np.array([len(got.needs) > 1 for got in found], dtype=bool)
    return NeedsFigures(
        singles=int((~several).sum()),
        compounds=int(several.sum()),
        exact=share(exact),
        exact_singles=share(exact[~several]),
        exact_compounds=share(exact[several]),
        singles_cut=share(seen[~several]),
        compounds_seen=share(seen[several]),
    )


def share(chosen: np.ndarray) -> float:
    """Return how many are true, between 0 and 1; 0 where there are none at all."""
    return float(chosen.mean()) if len(chosen) else 0.0


def _kind_row(kind: str, wanted: int, given: int, right: int) -> KindRow:
    precision, recall = right / given if given else 0.0, right / wanted if wanted else 0.0
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return KindRow(kind, wanted, precision, recall, f1)
