"""The messages that tests measure with: `tests/nlu/**` and what shoppers say in `tests/conversations`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from assistant.quality.examples import ROOT, UnreadableFile, compose, place, plain, read_blocks

TESTS = ROOT / "tests"


@dataclass(frozen=True)
class HeldBack:
    """One held-back message: its text, what is expected of it (intent, needs, emotion, entities), and its place."""

    text: str
    expected: dict[str, Any] = field(hash=False)
    path: Path = Path()
    line: int = 0

    @property
    def place(self) -> str:
        """Where it is written: "tests/nlu/unseen/en.yml:12"."""
        return place(self.path, self.line)


def read_messages(path: Path) -> list[HeldBack]:
    """Return the messages of a file below tests/nlu, written as `nlu:` blocks or as a list of `messages:`.

    Raises:
        UnreadableFile: it is not YAML, or a message has no text.
    """
    found = [
        HeldBack(example.text, {"intent": example.intent}, example.path, example.line)
        for block in read_blocks(path)
        for example in block.examples
    ]
    root = compose(path)
    for node in _listed(root, "messages"):
        content, line = plain(node), node.start_mark.line + 1
        if not isinstance(content, dict) or "text" not in content:
            raise UnreadableFile(f"{place(path, line)}: a message needs `text: …`.")
        expected = {key: value for key, value in content.items() if key != "text"}
        found.append(HeldBack(str(content["text"]), expected, path, line))
    return found


def read_all(tests: Path = TESTS) -> list[HeldBack]:
    """Return everything that the tests in a folder say, whatever they measure with it."""
    found = [message for path in sorted((tests / "nlu").rglob("*.yml")) for message in read_messages(path)]
    for path in sorted((tests / "conversations").glob("*.yml")):
        for case in _listed(compose(path), "test_cases"):
            found += [HeldBack(text, {}, path, line) for text, line in _said(case)]
    return found


def _said(case: yaml.Node) -> Iterator[tuple[str, int]]:
    for step in _listed(case, "steps"):
        for key, value in step.value if isinstance(step, yaml.MappingNode) else []:
            if key.value == "user" and isinstance(value, yaml.ScalarNode):
                yield str(value.value), value.start_mark.line + 1


def _listed(node: yaml.Node | None, name: str) -> list[yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        return []
    return next((value.value for key, value in node.value if key.value == name and isinstance(value.value, list)), [])
