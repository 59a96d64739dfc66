"""What our Rasa components share: how one is made, and how its data files count in Rasa's training cache."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Dict, List

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

# Longer messages are cut for understanding; nobody states a need after four thousand characters.
MAX_CHARS = 4000


class Component(GraphComponent):
    """A component without training of its own.

    Subclasses name in `DATA` the files that their result depends on: Rasa's cache knows only the class's own source.
    """

    DATA: tuple[Path, ...] = ()

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Component:
        return cls(config)

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> str:
        return fingerprint_of(cls.DATA)


def fingerprint_of(paths: tuple[Path, ...]) -> str:
    """Return a digest of files, and of all files below folders."""
    digest = hashlib.sha256()
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and file.suffix != ".pyc":
                digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def text_of(message: Message) -> str:
    """Return the message's text, cut to what is read of it; "" if it has none."""
    text = message.get(TEXT)
    return text[:MAX_CHARS] if isinstance(text, str) else ""


def language_of(message: Message, default: str = "en") -> str:
    """Return the language that the identifier found for a message."""
    return str((message.get("language") or {}).get("code") or default)


def add_entities(message: Message, found: List[Dict[str, Any]]) -> None:
    """Add entities to those a message has already."""
    message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
