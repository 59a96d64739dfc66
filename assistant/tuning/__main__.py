"""`make tune-encoder`: learn from the examples in `data/nlu`, and keep what was learnt beside the encoder.

It goes on from what was learnt before, three rounds, some forty minutes on two cores. Afterwards `make train`; the new
file belongs to the change that brings it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from assistant.nlu.emotion_model import FEELINGS
from assistant.nlu.encoders.changes import CHANGES, about_changes, read_changes, write_changes
from assistant.nlu.encoders.e5 import PREFIX
from assistant.nlu.encoders.e5_weights import E5Weights, e5_weights
from assistant.nlu.encoders.pieces import Pieces
from assistant.nlu.wording import wording
from assistant.quality.examples import ROOT, Example, read_examples
from assistant.quality.terminal import keep_quiet, show_progress
from assistant.tuning.recipe import GO_ON, Lesson, Recipe

_LONGEST = 96  # pieces; longer examples are cut


def tuned(
    plain: E5Weights, examples: Sequence[Example], recipe: Recipe, begin: E5Weights | None = None
) -> dict[str, np.ndarray]:
    """Return what is added to the encoder's tensors after learning from the examples.

    Args:
        plain: the encoder as published. examples: what it learns from. recipe: how.
        begin: the encoder from which it learns on, if it has learnt before.
    """
    # Imported here: TensorFlow must be told before to be quiet.
    from assistant.tuning.learning import Learner

    learnt = Learner(begin or plain, recipe, show_progress).learn(_lesson(examples, Pieces(plain.pieces())))
    show_progress("")
    return {name: tensor - plain.tensor(name, *tensor.shape) for name, tensor in learnt.items()}


def _lesson(examples: Sequence[Example], pieces: Pieces) -> Lesson:
    read = [pieces.numbers(PREFIX + wording(example.text), _LONGEST) for example in examples]
    _, intents = np.unique([example.intent for example in examples], return_inverse=True)
    feelings = [FEELINGS.index(example.emotion or FEELINGS[0]) for example in examples]
    return Lesson(read, intents, np.array(feelings))


def main() -> None:
    """Learn and write the changes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=CHANGES, help="where the changes are written")
    parser.add_argument("--afresh", action="store_true", help="forget what was learnt before: twice as long")
    arguments = parser.parse_args()
    keep_quiet()
    weights, examples = e5_weights().read_bytes(), read_examples(ROOT / "data" / "nlu")
    plain, goes_on = E5Weights(weights), CHANGES.is_file() and not arguments.afresh
    recipe = GO_ON if goes_on else Recipe()
    begin = E5Weights(weights, read_changes()) if goes_on else None
    changes = tuned(plain, examples, recipe, begin)
    history = about_changes()["history"] if goes_on else []
    about = {"history": [*history, {"examples": len(examples), **asdict(recipe)}]}
    write_changes(arguments.to, changes, about)
    sys.stdout.write(f"Learnt from {len(examples)} examples: {arguments.to}. Now `make train`.\n")


if __name__ == "__main__":
    main()
