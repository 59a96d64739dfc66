"""`make tune-needs`: learn when two parts of a message are two needs, from the messages in `data/needs`.

It takes the newest model, since how sure that is of its intents is what the decision is made by: after a training that
changed much, or when messages were added. What was learnt stands in assistant/nlu/need_weights.yml.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from assistant.nlu.need_pairs import BOTH, FIRST, SECOND, VERDICTS, WEIGHTS, Part, features
from assistant.nlu.needs import NeedReader, runs_of, whole_of
from assistant.quality.cross_validation import component_options
from assistant.quality.examples import ROOT
from assistant.quality.held_back import read_messages
from assistant.quality.terminal import keep_quiet, show_progress
from assistant.quality.understanding import Model, newest_model

EXAMPLES = ROOT / "data" / "needs"
_STRENGTH = 0.3  # inverse of how strongly weights are held near nothing
# Messages with one need are most of what shoppers send, and less than half of the examples: each counts for so many.
_SINGLE = 4.0


@dataclass(frozen=True)
class Case:
    """A message as the intent classifier read it, and its needs."""

    text: str
    whole: Part
    runs: dict[tuple[int, int], Part]
    needs: tuple[str, ...]


def read_cases(model: Model, examples: Path = EXAMPLES) -> list[Case]:
    """Return the messages in a folder as a model's intent classifier reads them."""
    cases = []
    for path in sorted(examples.glob("*.yml")):
        messages = read_messages(path)
        for number, given in enumerate(messages):
            show_progress(f"{path.name}: {number} of {len(messages)}")
            message = model.classified(given.text, path.stem)
            cases.append(Case(given.text, whole_of(message), runs_of(message), tuple(given.expected["needs"])))
    show_progress("")
    return cases


def rows(case: Case, reader: NeedReader) -> Iterator[tuple[dict[str, float], str]]:
    """Give what is seen of each pair of parts that the reader would judge, and the right verdict."""
    found: list[Part] = []
    for part in reader.best_cut(case.whole, case.runs):
        right = None
        if reader.is_judged(found, part):
            right = _right(found[-1].intent in case.needs, part.intent in case.needs)
            if right:
                yield features(case.text, case.whole, found[-1], part), right
        found = reader.joined(found, part, right)


def _right(first: bool, second: bool) -> str | None:
    if first and second:
        return BOTH
    return FIRST if first else SECOND if second else None


def learnt(cases: Sequence[Case], reader: NeedReader) -> dict[str, dict[str, float]]:
    """Return the weights of each verdict."""
    from sklearn.linear_model import LogisticRegression

    pairs = [(case, *row) for case in cases for row in rows(case, reader)]
    signs = list(pairs[0][1])
    seen = np.array([[told[sign] for sign in signs] for _, told, _ in pairs])
    counts = [_SINGLE if len(case.needs) == 1 else 1.0 for case, *_ in pairs]
    model = LogisticRegression(C=_STRENGTH, fit_intercept=False, max_iter=5000)
    model.fit(seen, [right for *_, right in pairs], sample_weight=counts)
    by_verdict = dict(zip(model.classes_, model.coef_, strict=True))
    return {name: {s: round(float(w), 3) for s, w in zip(signs, by_verdict[name], strict=True)} for name in VERDICTS}


def main() -> None:
    """Learn and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, help="a model's archive; the newest if not given")
    arguments = parser.parse_args()
    keep_quiet()
    cases = read_cases(Model(arguments.model or newest_model(ROOT / "models")))
    weights = learnt(cases, NeedReader(component_options(ROOT / "config.yml", NeedReader)[0]))
    head = "# Learnt by `make tune-needs` (assistant/tuning/needs.py): do not edit. What it means: need_pairs.py.\n"
    WEIGHTS.write_text(head + yaml.safe_dump(weights, sort_keys=False), encoding="utf-8")
    sys.stdout.write(f"Learnt from {len(cases)} messages: {WEIGHTS}. Now `make train`.\n")


if __name__ == "__main__":
    main()
