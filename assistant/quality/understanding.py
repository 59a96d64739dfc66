"""What a trained model understands of a message: the real pipeline, as the assistant runs it."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from rasa.core.channels.channel import UserMessage
    from rasa.shared.nlu.training_data.message import Message

FALLBACK = "nlu_fallback"


class NoModel(Exception):
    """There is no model to measure, or it cannot be loaded; the message says what to do."""


@dataclass(frozen=True)
class Understood:
    """What was understood of one message.

    Attributes:
        intent: the likeliest intent, also where the assistant would ask back.
        confidence: how sure it is of that, between 0 and 1.
        asks: whether it asks back instead of acting.
        needs: the intents of all needs, in order; the likeliest intent alone where the model sees no needs.
        emotion: "anger", "frustration" or "calm"; None where the model reads none.
        entities: kind and words of what is named, as often as it is named.
        seconds: how long it took.
    """

    intent: str
    confidence: float
    asks: bool
    needs: tuple[str, ...]
    emotion: str | None
    entities: Counter[tuple[str, str]]
    seconds: float


class Reader(Protocol):
    """Reads messages."""

    def read(self, text: str, language: str) -> Understood:
        """Return what is understood of a text."""
        ...


class Model:
    """A trained model.

    Args:
        path: its archive.

    Raises:
        NoModel: it cannot be loaded with the code as it is.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():  # Rasa would take another one that it finds nearby, and say nothing
            raise NoModel(f"{path} is no file. Give a model, such as models/quayside-….tar.gz, or none for the newest.")
        from rasa.core.agent import Agent

        try:
            self._agent = Agent.load(str(path))
        except Exception as error:  # whatever Rasa or a component meets in an archive
            raise NoModel(
                f"{path} cannot be loaded ({error}). Train one with `make train`, or give another."
            ) from error
        if self._agent.processor is None:
            raise NoModel(f"There is no model in {path}. Train one with `make train`, or give another.")
        self._loop = asyncio.new_event_loop()

    def read(self, text: str, language: str) -> Understood:
        """Return what is understood of a text; the storefront's locale is the language's."""
        message = _message(text, language)
        started = time.perf_counter()
        # The agent would give no metadata on; its processor does.
        parsed = self._loop.run_until_complete(self._agent.processor.parse_message(message))
        return understood(parsed, time.perf_counter() - started)

    def classified(self, text: str, language: str) -> Message:
        """Return a text as the intent classifier leaves it, before anything else is read from it."""
        from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
        from rasa.nlu.classifiers.classifier import IntentClassifier

        processor = self._agent.processor
        nodes = processor.model_metadata.predict_schema.nodes
        target = next(name for name, node in nodes.items() if issubclass(node.uses, IntentClassifier))
        inputs = {PLACEHOLDER_MESSAGE: [_message(text, language)], PLACEHOLDER_TRACKER: None}
        return processor.graph_runner.run(inputs, targets=[target])[target][0]


def _message(text: str, language: str) -> UserMessage:
    from rasa.core.channels.channel import UserMessage

    return UserMessage(text, metadata={"shop": "demo", "locale": language})


def understood(parsed: dict[str, Any], seconds: float) -> Understood:
    """Return the parts of a parsed message that are measured."""
    ranking = [guess for guess in parsed.get("intent_ranking") or [parsed["intent"]] if guess["name"] != FALLBACK]
    best: dict[str, Any] = ranking[0] if ranking else {"name": "", "confidence": 0.0}
    needs = [str(need["intent"]) for need in parsed.get("needs") or []]
    return Understood(
        intent=str(best["name"]),
        confidence=float(best["confidence"]),
        asks=parsed["intent"]["name"] == FALLBACK,
        needs=tuple(needs or [str(best["name"])]),
        emotion=(parsed.get("emotion") or {}).get("name"),
        entities=Counter(_named(entity, parsed.get("text") or "") for entity in parsed.get("entities") or []),
        seconds=seconds,
    )


def _named(entity: dict[str, Any], text: str) -> tuple[str, str]:
    """Return an entity's kind and its words as the message has them; a deadline is a date."""
    kind = str(entity["entity"])
    return "date" if kind == "deadline" else kind, plain_words(text[entity.get("start", 0) : entity.get("end", 0)])


def plain_words(words: str) -> str:
    """Return what an entity's words come to: "#1042" and "1042" are the same."""
    return words.casefold().strip(" \t#.,;:!?()\"'“”。，！？")


def newest_model(folder: Path) -> Path:
    """Return the newest model in a folder.

    Raises:
        NoModel: there is none.
    """
    found = sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise NoModel(f"There is no model in {folder}. Train one with `make train`, or give one by --model.")
    return found[-1]
