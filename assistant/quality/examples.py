"""The training examples as they stand in `data/nlu/<language>/<topic>.yml`: each with its file and line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CHINESE = re.compile(r"[\u3400-\u9fff]")


class UnreadableFile(Exception):
    """A file is not what it should be; the message says where and what to do."""


@dataclass(frozen=True)
class Example:
    """One sentence: what it says, what it stands for, and where it is written (lines count from 1)."""

    text: str
    intent: str
    language: str | None
    emotion: str | None
    path: Path
    line: int

    @property
    def place(self) -> str:
        """Where it is written, as editors understand it: "data/nlu/en/social.yml:12"."""
        return place(self.path, self.line)


@dataclass(frozen=True)
class Block:
    """One block: an intent, its metadata as written, and its examples."""

    intent: str
    metadata: dict[str, Any]
    examples: tuple[Example, ...]
    path: Path
    line: int


def place(path: Path, line: int) -> str:
    """Return a place in a file, with the path from the project's folder where it is below it."""
    return f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}:{line}"


def folded(text: str) -> str:
    """Return a text without case, accents and punctuation: what makes two sentences the same."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(re.findall(r"\w+", "".join(c for c in plain if not unicodedata.combining(c))))


def is_short(folded_text: str) -> bool:
    """Tell whether a folded text is what everybody says: "yes", "thank you", "你好呀"."""
    return len(folded_text) <= 4 if _CHINESE.search(folded_text) else len(folded_text.split()) <= 2


def read_blocks(path: Path) -> Iterator[Block]:
    """Give the blocks of a file of examples, in order; none when it has no `nlu`.

    Raises:
        UnreadableFile: it is not YAML, or a block has no intent or no examples.
    """
    for node in _entries(compose(path), "nlu"):
        fields = _fields(node)
        line = node.start_mark.line + 1
        if not isinstance(fields.get("intent"), yaml.ScalarNode) or not _is_lines(fields.get("examples")):
            raise UnreadableFile(
                f"{place(path, line)}: a block needs `intent: …` and `examples: |`, with lines under it."
            )
        intent = str(fields["intent"].value)
        metadata = plain(fields["metadata"]) if "metadata" in fields else {}
        metadata = metadata if isinstance(metadata, dict) else {}
        yield Block(intent, metadata, tuple(_examples(fields["examples"], intent, metadata, path)), path, line)


def read_examples(folder: Path) -> list[Example]:
    """Return all examples below a folder, file by file in the order of their names.

    Raises:
        UnreadableFile: a file is not YAML, or a block in it is not whole.
    """
    return [
        example for path in sorted(folder.rglob("*.yml")) for block in read_blocks(path) for example in block.examples
    ]


def compose(path: Path) -> yaml.Node | None:
    """Return a file as YAML nodes, which know their lines.

    Raises:
        UnreadableFile: it is not YAML.
    """
    try:
        node: yaml.Node | None = yaml.compose(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UnreadableFile(f"{place(path, line)}: {error.problem}. Mend the YAML there.") from error
    return node


def plain(node: yaml.Node) -> Any:
    """Return what a YAML node holds, as Python's own types."""
    return yaml.safe_load(yaml.serialize(node))


def _examples(node: yaml.ScalarNode, intent: str, metadata: dict[str, Any], path: Path) -> Iterator[Example]:
    language, emotion = metadata.get("language"), metadata.get("emotion")
    for number, line in enumerate(str(node.value).splitlines()):
        text = line.strip().removeprefix("-").strip()
        if text:
            # The lines begin under the one with the bar.
            yield Example(text, intent, language, emotion, path, node.start_mark.line + 2 + number)


def _is_lines(node: yaml.Node | None) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.style == "|"


def _entries(node: yaml.Node | None, key: str) -> list[yaml.Node]:
    found = _fields(node).get(key)
    return list(found.value) if isinstance(found, yaml.SequenceNode) else []


def _fields(node: yaml.Node | None) -> dict[str, Any]:
    return {key.value: value for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}
