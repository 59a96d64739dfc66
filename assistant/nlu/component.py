"""What our Rasa components share: how one is made, and how its data files count in Rasa's training cache."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

# Longer messages are cut for understanding; nobody states a need after four thousand characters.
MAX_CHARS = 4000


class Component(GraphComponent):
    """A component without training of its own.

    The lexicons it reads are read when the assistant starts: changing one needs a restart and no training. What changes
    the training data's features (language, tokens, vectors) counts in Rasa's cache by `own_source`.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Component:
        return cls(config)


def own_source(file: str) -> str:
    """Return a digest of a module's source (`own_source(__file__)`): Rasa's cache knows a class, not what it calls."""
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()


def text_of(message: Message) -> str:
    """Return the message's text, cut to what is read of it; "" if it has none."""
    text = message.get(TEXT)
    return text[:MAX_CHARS] if isinstance(text, str) else ""


def language_of(message: Message, default: str = "en") -> str:
    """Return the language that the identifier found for a message."""
    return str((message.get("language") or {}).get("code") or default)


def word_starts(message: Message) -> frozenset[int] | None:
    """Return where the words of a message begin; None if it was not cut into words."""
    tokens = message.get(TOKENS_NAMES[TEXT])
    return frozenset(token.start for token in tokens) if tokens else None


def add_entities(message: Message, found: list[dict[str, Any]]) -> None:
    """Add entities to those a message has already."""
    message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
