"""`make tune-encoder`: learn from the examples in `data/nlu`, and keep what was learnt beside the encoder.

Half an hour on two cores. Afterwards `make train`; the new file belongs to the change that brings it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from assistant.nlu.emotion_model import FEELINGS
from assistant.nlu.encoders.changes import CHANGES, write_changes
from assistant.nlu.encoders.e5 import PREFIX
from assistant.nlu.encoders.e5_weights import E5Weights, e5_weights
from assistant.nlu.wording import wording
from assistant.quality.examples import ROOT, Example, read_examples
from assistant.quality.terminal import keep_quiet, show_progress
from assistant.tuning.recipe import Lesson, Recipe

_LONGEST = 96  # tokens; longer examples are cut
_DIRECTIONS = 32


def tuned(weights: E5Weights, examples: Sequence[Example], recipe: Recipe) -> dict[str, np.ndarray]:
    """Return what learning from the examples adds to the encoder's tensors."""
    # Imported here: TensorFlow must be told before to be quiet.
    from assistant.tuning.learning import Learner

    learnt = Learner(weights, recipe, show_progress).learn(_lesson(examples, weights.tokenizer()))
    show_progress("")
    return {name: tensor - weights.tensor(name, *tensor.shape) for name, tensor in learnt.items()}


def _lesson(examples: Sequence[Example], tokenizer: Tokenizer) -> Lesson:
    tokenizer.enable_truncation(_LONGEST)
    read = tokenizer.encode_batch([PREFIX + wording(example.text) for example in examples])
    _, intents = np.unique([example.intent for example in examples], return_inverse=True)
    feelings = [FEELINGS.index(example.emotion or FEELINGS[0]) for example in examples]
    return Lesson([encoding.ids for encoding in read], intents, np.array(feelings))


def main() -> None:
    """Learn and write the changes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=CHANGES, help="where the changes are written")
    parser.add_argument("--epochs", type=int, default=Recipe.epochs, help="how often every example is seen")
    arguments = parser.parse_args()
    keep_quiet()
    recipe = Recipe(epochs=arguments.epochs)
    examples = read_examples(ROOT / "data" / "nlu")
    changes = tuned(E5Weights(e5_weights().read_bytes()), examples, recipe)
    write_changes(arguments.to, changes, _DIRECTIONS, {"examples": len(examples), **asdict(recipe)})
    sys.stdout.write(f"Learnt from {len(examples)} examples: {arguments.to}. Now `make train`.\n")


if __name__ == "__main__":
    main()
