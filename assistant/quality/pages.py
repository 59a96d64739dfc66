"""The figures as a page: tables for the terminal or for Markdown, with a line on what each one means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from tabulate import tabulate  # type: ignore[import-untyped]

from assistant.quality.figures import IntentFigures, IntentRow
from assistant.quality.measured import ALL, CrossValidated, Measured

_INTENT_HEADS = (
    "language", "messages", "accuracy", "macro F1", "acts rightly", "asks back", "acts wrongly",
    "out of scope seen", "false alarms", "calibration error",
)  # fmt: skip
_FITTED_HEADS = (
    "language", "examples", "accuracy", "macro F1", "out of scope seen", "false alarms", "calibration error",
)  # fmt: skip
_ROW_HEADS = ("intent", "messages", "precision", "recall", "F1", "confused with")
_EMOTION_HEADS = (
    "language", "messages", "anger seen", "frustration seen", "either seen", "calm taken for anger",
    "calm taken for either",
)  # fmt: skip
_NEEDS_HEADS = (
    "language", "one need", "several", "exact", "exact, one", "exact, several", "one cut in two", "several seen",
)  # fmt: skip
_UNSEEN = (
    "Messages that nobody had seen who wrote examples (tests/nlu/unseen). Out of scope is an intent like the others."
)


def page(measured: Measured, markdown: bool) -> str:
    """Return the whole page.

    Args:
        measured: the figures.
        markdown: tables for GitHub and a title; else for the terminal.
    """
    shown = "github" if markdown else "simple"
    lines = ["# How well messages are understood", ""] if markdown else []
    lines += [f"Model {measured.model}; `make nlu-report` measures again.", ""]
    if measured.every > 1:
        lines += [f"Only one message in {measured.every} was read: rough figures, not to be quoted.", ""]
    for title, meaning, heads, rows in _sections(measured):
        lines += [f"## {title}" if markdown else title.upper(), meaning, ""]
        # Numbers are written here, to the digit; tabulate would shorten "0.50".
        lines += [tabulate(rows, heads, tablefmt=shown, disable_numparse=True, colalign=_aligned(rows)), ""]
    return "\n".join(lines)


_Section = tuple[str, str, Sequence[str], list[list[str]]]


def _sections(measured: Measured) -> Iterator[_Section]:
    sets = (
        ("Unseen messages", f"{_UNSEEN} {_known(measured)}", measured.unseen),
        ("Unseen messages with typing errors", "The same, mistyped: the same slips in every run.", measured.mistyped),
        (
            "Older messages",
            "tests/nlu/<language>.yml: never trained on, but seen while examples were written.",
            measured.older,
        ),
    )
    for title, meaning, figures in sets:
        if figures:
            yield title, meaning, _INTENT_HEADS, [_intent_row(name, of) for name, of in figures.items()]
    if measured.cross_validated:
        yield from _cross_validation(measured.cross_validated)
    if measured.needs:
        meaning = "tests/nlu/compound: all needs of a message, in their order."
        yield "Several needs in one message", meaning, _NEEDS_HEADS, _needs_rows(measured)
    if measured.emotions:
        yield (
            "Feelings",
            "tests/nlu/feelings: half of the calm ones are traps.",
            _EMOTION_HEADS,
            _emotion_rows(measured),
        )
    if measured.entities:
        kinds = [row.kind for row in measured.entities[ALL]]
        meaning = "tests/nlu/entities: F1 by kind; right when kind and words are right, # and punctuation aside."
        yield "What is named", meaning, ("language", *kinds), _entity_rows(measured, kinds)
        heads = ("kind", "expected", "precision", "recall", "F1")
        rows = [
            [row.kind, str(row.expected), _share(row.precision), _share(row.recall), _share(row.f1)]
            for row in measured.entities[ALL]
        ]
        yield "What is named, all languages", "", heads, rows
    meaning = "Unseen messages of all languages, the weakest intent first."
    yield "Intents", meaning, _ROW_HEADS, _intent_table(measured.intents)
    yield "Time and memory", "On this machine, one message after the other.", ("what", "how much"), _costs(measured)


def _cross_validation(of: CrossValidated) -> Iterator[_Section]:
    meaning = (
        f"The training examples in {of.folds} parts, each understood by a classifier that was fitted on the others, "
        f"with config.yml as it is now and vectors by {' and '.join(of.encoders)}. What says the same in other words "
        "stands in several parts: for comparing classifiers only."
    )
    if of.left_out:
        meaning += f" Without {' and '.join(of.left_out)}, which learnt from all these examples and knows the answers."
    rows = [
        [
            language, str(figures.messages), _share(figures.accuracy), _share(figures.macro_f1),
            _share(figures.out_of_scope_recall), _share(figures.false_alarms), _share(figures.calibration_error),
        ]
        for language, figures in of.languages.items()
    ]  # fmt: skip
    yield "Cross-validation", meaning, _FITTED_HEADS, rows
    meaning = "Training examples of all languages, the weakest intent first."
    yield "Cross-validation, intents", meaning, _ROW_HEADS, _intent_table(of.intents)


def _known(measured: Measured) -> str:
    messages = measured.unseen[ALL].messages if measured.unseen else 0
    return f"{measured.known} of the {messages} stand in the examples all the same: short ones, which everybody says."


def costs(measured: Measured) -> dict[str, float]:
    """Return time per message in milliseconds (median and 95 %) and the process's peak memory in megabytes."""
    milliseconds = 1000 * np.array(measured.seconds or [0.0])
    return {
        "median_ms": round(float(np.median(milliseconds)), 1),
        "p95_ms": round(float(np.percentile(milliseconds, 95)), 1),
        "resident_mb": round(measured.resident_mb),
    }


def _costs(measured: Measured) -> list[list[str]]:
    found = costs(measured)
    return [
        ["time per message, median", f"{found['median_ms']:.1f} ms"],
        ["time per message, 95 %", f"{found['p95_ms']:.1f} ms"],
        ["resident memory at its highest", f"{found['resident_mb']:.0f} MB"],
    ]


def _intent_row(language: str, of: IntentFigures) -> list[str]:
    shares = (of.accuracy, of.macro_f1, of.acts_rightly, of.asks, of.acts_wrongly, of.out_of_scope_recall)
    return [language, str(of.messages), *map(_share, shares), _share(of.false_alarms), _share(of.calibration_error)]


def _intent_table(rows: Sequence[IntentRow]) -> list[list[str]]:
    return [
        [
            row.intent, str(row.messages), _share(row.precision), _share(row.recall), _share(row.f1),
            ", ".join(f"{name} ({count})" for name, count in row.confused_with),
        ]
        for row in rows
    ]  # fmt: skip


def _needs_rows(measured: Measured) -> list[list[str]]:
    return [
        [language, str(of.singles), str(of.compounds), *map(_share, _needs_shares(of))]
        for language, of in measured.needs.items()
    ]


def _needs_shares(of: Any) -> tuple[float, ...]:
    return of.exact, of.exact_singles, of.exact_compounds, of.singles_cut, of.compounds_seen


def _emotion_rows(measured: Measured) -> list[list[str]]:
    return [
        [
            language,
            str(of.messages),
            *map(_share, (of.anger_recall, of.frustration_recall, of.unhappy_recall)),
            *map(_share, (of.anger_false_alarms, of.unhappy_false_alarms)),
        ]
        for language, of in measured.emotions.items()
    ]


def _entity_rows(measured: Measured, kinds: list[str]) -> list[list[str]]:
    return [
        [language, *(next((_share(row.f1) for row in rows if row.kind == kind), "") for kind in kinds)]
        for language, rows in measured.entities.items()
    ]


def _share(value: float) -> str:
    return f"{100 * value:.1f} %"


def _aligned(rows: list[list[str]]) -> list[str]:
    """Words to the left, numbers to the right."""
    numbers = [all(cell[:1].isdigit() or not cell for cell in column) for column in zip(*rows, strict=True)]
    return ["right" if is_number else "left" for is_number in numbers]
