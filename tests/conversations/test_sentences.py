"""What shoppers say in the conversation tests was not trained on: else they would only test the memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from assistant.quality.examples import folded, is_short
from core.settings import ROOT
from tests.conversations.conversation_case import read_cases

HERE = Path(__file__).parent


def examples(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the examples below a folder, folded, each with its file's name."""
    for path in sorted(folder.rglob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", []):
            for line in block["examples"].splitlines():
                yield folded(line.removeprefix("- ")), str(path.relative_to(ROOT))


def test_no_sentence_was_trained_on() -> None:
    known = {**dict(examples(ROOT / "tests" / "nlu")), **dict(examples(ROOT / "data" / "nlu"))}
    assert len(known) > 1000
    leaked = [
        f"{path.name}:{step.line}: {step.value!r} stands in {known[folded(step.value)]}"
        for path in sorted(HERE.glob("*.yml"))
        for case in read_cases(path)
        for step in case.steps
        if step.kind == "user" and isinstance(step.value, str) and folded(step.value) in known
        if not is_short(folded(step.value))
    ]
    assert not leaked, "\n".join(leaked)
