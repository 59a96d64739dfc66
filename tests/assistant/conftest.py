"""Fixtures of the assistant's tests, which run in the assistant's own environment (Python 3.10)."""
# ruff: noqa: E402

from __future__ import annotations

import os

# Before anything imports TensorFlow or Rasa.
os.environ.update(
    TF_CPP_MIN_LOG_LEVEL="3",
    CUDA_VISIBLE_DEVICES="-1",
    SQLALCHEMY_SILENCE_UBER_WARNING="1",
    RASA_TELEMETRY_ENABLED="false",
)

from assistant.logs import silence_old_libraries

silence_old_libraries()

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

EXAMPLES = Path(__file__).parents[2] / "data" / "nlu"
TINY_DOMAIN = """
version: "3.1"
intents: [greet, track_order, human_agent]
slots:
  language: {type: text, mappings: [{type: custom}]}
  requested_slot: {type: text, influence_conversation: false, mappings: [{type: custom}]}
  contact: {type: text, mappings: [{type: custom}]}
  unproved_orders: {type: list, influence_conversation: false, mappings: [{type: custom}]}
actions: [action_hand_over, action_track]
"""


@pytest.fixture(scope="session")
def examples() -> list[tuple[str, str, str]]:
    """All training examples: language, intent, text."""
    blocks = [
        block for path in EXAMPLES.glob("*/*.yml") for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
    ]
    return [
        (block["metadata"]["language"], block["intent"], line.removeprefix("- "))
        for block in blocks
        for line in block["examples"].splitlines()
    ]


@pytest.fixture
def domain() -> Domain:
    """A domain with the slots that components read."""
    return Domain.from_yaml(TINY_DOMAIN)


@pytest.fixture
def conversation(domain: Domain) -> Callable[..., DialogueStateTracker]:
    """Makes a conversation from events and slots: conversation(event, …, language="es")."""

    def make(*events: Event, **slots: Any) -> DialogueStateTracker:
        tracker = DialogueStateTracker.from_events("conversation", list(events), domain.slots, domain=domain)
        for name, value in slots.items():
            tracker.slots[name].value = value
        return tracker

    return make


@pytest.fixture
def said() -> Callable[..., UserUttered]:
    """Makes a message of a shopper: said("hello", emotion={…}, risk=[…])."""

    def make(text: str, message_id: str = "m-1", locale: str | None = None, **parsed: Any) -> UserUttered:
        parse_data = {"text": text, "intent": {"name": None, "confidence": 0.0}, "entities": [], **parsed}
        metadata = {"shop": "demo", "locale": locale}
        return UserUttered(
            text,
            parse_data["intent"],
            parse_data["entities"],
            parse_data,
            message_id=message_id,
            input_channel="storefront_chat",
            metadata=metadata,
        )

    return make
