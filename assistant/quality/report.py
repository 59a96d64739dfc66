"""`python -m assistant.quality.report`: how well a trained model understands, measured through its real pipeline.

The newest model in models/, or the one given, reads the held-back messages of tests/nlu; tables go to the terminal, and
with --out and --json into files. With --cross-validate the classifier is measured on the training examples, too.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant.quality.examples import ROOT, UnreadableFile
from assistant.quality.terminal import keep_quiet, show_progress


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; returns 1 when there is nothing to measure, or nothing to measure with."""
    parser = argparse.ArgumentParser(prog="python -m assistant.quality.report", description=__doc__)
    parser.add_argument("model", nargs="?", type=Path, help="the model; the newest in models/ when none is given")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the page as Markdown, too")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures as JSON, too")
    parser.add_argument(
        "--every", type=int, default=1, metavar="N", help="read one message in N only: a quick, rough look"
    )
    parser.add_argument(
        "--cross-validate", action="store_true", help="also fit the classifier on parts of the examples (minutes)"
    )
    parser.add_argument("--folds", type=int, default=5, metavar="N", help="into how many parts they are cut (5)")
    options = parser.parse_args(arguments)
    keep_quiet()
    # Imported here: what they import reads TensorFlow, which must be quiet by then.
    from assistant.nlu.encoders.encoder import EncoderNotFound
    from assistant.quality.cross_validation import CannotCrossValidate, CrossValidation
    from assistant.quality.measured import measure
    from assistant.quality.pages import costs, page
    from assistant.quality.understanding import Model, NoModel, newest_model

    try:
        # First, so that what keeps it from cross-validating is said before the minutes that a model takes.
        validation = CrossValidation(ROOT, options.folds) if options.cross_validate else None
        path = options.model or newest_model(ROOT / "models")
        show_progress(f"loading {path.name}")
        measured = measure(Model(path), path.name, ROOT, max(1, options.every), show_progress)
        measured.cross_validated = validation.run(show_progress) if validation else None
    except (NoModel, UnreadableFile, CannotCrossValidate, EncoderNotFound) as error:
        show_progress("")
        sys.stderr.write(f"quayside: {error}\n")
        return 1
    show_progress("")
    sys.stdout.write(page(measured, markdown=False))
    if options.out:
        options.out.write_text(page(measured, markdown=True), encoding="utf-8")
    if options.json:
        figures: dict[str, Any] = {**asdict(measured), **costs(measured)}
        del figures["seconds"]
        options.json.write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
