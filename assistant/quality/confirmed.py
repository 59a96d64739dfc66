"""`data/nlu/confirmed.yml`: what looks wrong to the check and was found right on a second reading."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from assistant.quality.examples import Example, UnreadableFile, folded, place

FILE = "confirmed.yml"  # in data/nlu


@dataclass(frozen=True)
class Confirmed:
    """Pairs of an intent (or a language) and a folded sentence."""

    neighbours: frozenset[tuple[str, str]] = frozenset()
    languages: frozenset[tuple[str, str]] = frozenset()

    def has_intent(self, example: Example) -> bool:
        """Tell whether the example's intent is confirmed, whatever its neighbours are."""
        return (example.intent, folded(example.text)) in self.neighbours

    def has_language(self, example: Example) -> bool:
        """Tell whether the example may stand in its language's files, whatever it looks like."""
        return (str(example.language), folded(example.text)) in self.languages


def read_confirmed(path: Path) -> Confirmed:
    """Return what is confirmed; nothing when there is no such file.

    Raises:
        UnreadableFile: it is not YAML, or not as its own comment says.
    """
    if not path.is_file():
        return Confirmed()
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as error:
        raise UnreadableFile(f"{place(path, 1)}: {error}. Mend the YAML there.") from error
    if not isinstance(content, dict) or set(content) - {"neighbours", "languages"}:
        raise UnreadableFile(f"{place(path, 1)}: only `neighbours:` and `languages:` stand here.")
    return Confirmed(_pairs(content.get("neighbours"), path), _pairs(content.get("languages"), path))


def _pairs(content: Any, path: Path) -> frozenset[tuple[str, str]]:
    if not isinstance(content or {}, dict) or not all(isinstance(texts, list) for texts in (content or {}).values()):
        raise UnreadableFile(f"{place(path, 1)}: write a list of sentences under each intent or language.")
    return frozenset((str(name), folded(str(text))) for name, texts in (content or {}).items() for text in texts)
