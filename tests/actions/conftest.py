"""An action, the demo shop at a fixed moment, and conversations as Rasa sends them."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

ROOT = Path(__file__).resolve().parents[2]
RESPONSES: dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["responses"]
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
CLOCK = "2026-12-01T10:00:00+00:00"  # a Tuesday; the desk is open
CONVERSATION = "conversation-0001"


@dataclass
class Conversation:
    """Builds the tracker that Rasa sends to the action server."""

    id: str = CONVERSATION
    slots: dict[str, Any] = field(default_factory=dict)
    form: str | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    messages: int = 0
    latest: dict[str, Any] = field(default_factory=dict)
    locale: str | None = "en-GB"

    def hears(self, text: str, intent: str = "inform", **parsed: Any) -> Conversation:
        """Add a message; entities are given as kind="value" or kind=["value", …], found in the text."""
        self.messages += 1
        confidence, start = parsed.pop("confidence", 0.95), 0
        extra = {key: parsed.pop(key) for key in ("risk", "emotion", "intent_ranking", "language") if key in parsed}
        entities = []
        for kind, values in parsed.items():
            for value in values if isinstance(values, list) else [values]:
                found = text.find(str(value))
                start = found if found >= 0 else 0
                entities.append({"entity": kind, "value": value, "start": start, "end": start + len(str(value))})
                if kind in ("tracking_number", "deadline"):
                    self.slots[kind] = value
        data = {"intent": {"name": intent, "confidence": confidence}, "entities": entities, "text": text, **extra}
        metadata = {"shop": "demo", "locale": self.locale, "received_at": CLOCK}
        self.latest = {**data, "message_id": f"message-{self.messages:04}", "metadata": metadata}
        self.events += [
            {"event": "action", "name": "action_listen"},
            {"event": "user", "text": text, "parse_data": data, "timestamp": 1_000_000.0 + 60 * self.messages},
        ]
        return self

    def says(self, name: str, text: str = "…", **data: Any) -> Conversation:
        """Add a reply of the assistant."""
        self.events.append({"event": "bot", "text": text, "data": data, "metadata": {"utter_action": name}})
        return self

    def keeps(self, outcome: Outcome, language: str = "en") -> Conversation:
        """Add what an action said, as the assistant keeps it."""
        self.events.append({"event": "slot", "name": "proof", "value": self.slots.get("proof")})
        for message in outcome.messages:
            said = {key: message.get(key) for key in ("values", "options", "details")}
            metadata = {"utter_action": message["response"], "language": language, "said": said}
            self.events.append({"event": "bot", "text": "…", "data": {}, "metadata": metadata})
        return self

    def acts(self, name: str) -> Conversation:
        """Add an action."""
        self.events.append({"event": "action", "name": name})
        return self

    def knows(self, **slots: Any) -> Conversation:
        """Set slots."""
        self.slots.update(slots)
        return self

    def tracker(self) -> Tracker:
        """Return the tracker; inside a form's own run Rasa adds the form as the last action."""
        return Tracker(
            self.id,
            dict(self.slots),
            self.latest,
            list(self.events),
            False,
            None,
            {"name": self.form} if self.form else {},
            "action_listen",
        )


def names(
    conversation: Conversation, *codes: str, come_from: str | None = None, own_order: bool = False
) -> Conversation:
    """Have the latest message name countries, by code, in this order.

    Args:
        conversation: is changed, and returned.
        codes: of the countries.
        come_from: one of them, where something comes from.
        own_order: the message speaks of the shopper's own order.
    """
    for place, code in enumerate(codes):
        entity: dict[str, Any] = {"entity": "country", "value": code, "start": place, "end": place + 1}
        told = {"from": code == come_from, "own_order": own_order}
        entity["additional_info"] = {name: True for name, holds in told.items() if holds}
        conversation.latest["entities"].append(entity)
    return conversation


@dataclass
class Outcome:
    """What an action did."""

    events: list[dict[str, Any]]
    messages: list[dict[str, Any]]

    @property
    def said(self) -> list[str]:
        """Names of the replies."""
        return [message["response"] for message in self.messages]

    @property
    def slots(self) -> dict[str, Any]:
        """Slots that were set, the last value of each."""
        return {event["name"]: event["value"] for event in self.events if event["event"] == "slot"}

    def values(self, name: str) -> dict[str, Any]:
        """Values of the first reply of a name."""
        return next(message["values"] for message in self.messages if message["response"] == name)

    @property
    def everything(self) -> str:
        """All that was said, with every value, for searching in."""
        return repr(self.messages)

    def text(self) -> str:
        """The replies in English, with plain values; typed values other than replies stay as they are."""
        return "\n".join(written(message["response"], message["values"]) for message in self.messages)


def written(name: str, values: dict[str, Any]) -> str:
    """Fill a reply as the assistant does; fails when the reply or a value is missing."""
    assert name in RESPONSES, name
    variations = RESPONSES[name]
    for variation in variations:
        missing = set(PLACEHOLDER.findall(variation.get("text") or "")) - set(values)
        assert not missing, f"{name} lacks {missing}"
    text: str = variations[0]["text"]
    return PLACEHOLDER.sub(lambda match: plain(values[match[1]], values), text)


def plain(value: Any, around: dict[str, Any]) -> str:
    """Write a typed value; every type must be known."""
    if not isinstance(value, dict):
        assert isinstance(value, (str, int)), value
        return str(value)
    ((kind, content),) = value.items()
    if kind == "$reply":
        name, own = (content, {}) if isinstance(content, str) else content
        return written(name, {**around, **own})
    if kind in ("$list", "$list_or"):
        return ", ".join(plain(item, around) for item in content)
    assert kind in (
        "$money", "$date", "$datetime", "$number", "$days", "$hours", "$country", "$language", "$city", "$time",
        "$weekday",
    ), kind  # fmt: skip
    return f"<{content}>" if not isinstance(content, list) else f"<{' '.join(map(str, content))}>"


def check_card(card: dict[str, Any]) -> None:
    """A card must be writable, too."""
    assert card["type"] in ("parcel", "order", "case")
    for text in [card["title"], card["subtitle"], card["status"]]:
        assert text is None or plain(text, {})
    for entry in card["fields"]:
        assert plain(entry["label"], {}) and plain(entry["value"], {})
    for item in card["items"]:
        assert plain(item["title"], {})


def run(action: Action, conversation: Conversation) -> Outcome:
    """Run an action; every reply must exist, with all its values."""
    dispatcher = CollectingDispatcher()
    events = asyncio.run(action.run(dispatcher, conversation.tracker(), {}))  # type: ignore[typeddict-item]
    outcome = Outcome(list(events), dispatcher.messages)
    outcome.text()
    for message in dispatcher.messages:
        assert not message["text"] and not message["buttons"] and not message["custom"]
        for option in message.get("options") or []:
            assert plain(option["title"], {}) and option["payload"].startswith("/")
        if message.get("details"):
            check_card(message["details"])
    return outcome


@pytest.fixture(scope="session")
def demo_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo shop, made once for the fixed moment."""
    from commerce.embedded.demo import create
    from core.database import Base, engine
    from core.secrets import ensure_secrets
    from core.settings import settings
    from core.tables import import_tables

    folder = tmp_path_factory.mktemp("demo")
    before = {name: os.environ.get(name) for name in ("QUAYSIDE_VAR_DIR", "QUAYSIDE_CLOCK")}
    os.environ.update(QUAYSIDE_VAR_DIR=str(folder), QUAYSIDE_CLOCK=CLOCK)
    ensure_secrets(folder)
    settings.cache_clear()
    engine.cache_clear()
    import_tables()
    Base.metadata.create_all(engine())
    create("demo")
    engine().dispose()
    with sqlite3.connect(folder / "quayside.sqlite") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for name, value in before.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value
    settings.cache_clear()
    engine.cache_clear()
    return folder


@pytest.fixture
def shop(demo_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A demo shop of one's own, at the fixed moment; returns its name."""
    from core.database import engine
    from core.settings import settings

    for name in ("quayside.sqlite", "secrets.env"):
        shutil.copy(demo_database / name, tmp_path / name)
    monkeypatch.setenv("QUAYSIDE_VAR_DIR", str(tmp_path))
    monkeypatch.setenv("QUAYSIDE_CLOCK", CLOCK)
    monkeypatch.setattr("actions.identity.FLOOR_SECONDS", 0.0)
    settings.cache_clear()
    engine.cache_clear()
    yield "demo"
    engine().dispose()
    settings.cache_clear()
    engine.cache_clear()


@pytest.fixture
def conversation() -> Conversation:
    """A conversation that has just begun."""
    return Conversation()


@pytest.fixture
def known(shop: str) -> Callable[..., Conversation]:
    """Make a conversation that has proved some orders, the first of which is talked about."""
    from actions.identity import issue_proof
    from actions.turn import Turn
    from commerce.contact import ContactKind

    def make(*orders: str, contact: str = "proved@example.com", by: str = "email", **slots: Any) -> Conversation:
        made = Conversation().hears("hello", "greet")
        proof = issue_proof(Turn(CollectingDispatcher(), made.tracker()), dict.fromkeys(orders, ContactKind(by)))
        return made.knows(order_number=orders[0], contact=contact, proof=proof, **slots)

    return make


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Set the clock to another moment."""
    from core.settings import settings

    def set_clock(moment: str) -> None:
        monkeypatch.setenv("QUAYSIDE_CLOCK", moment)
        settings.cache_clear()

    return set_clock


@pytest.fixture
def cases(shop: str) -> Callable[[], list[Any]]:
    """Return the cases at the desk, oldest first."""
    from sqlalchemy import select

    from core.database import reading
    from desk.cases import Case

    def all_cases() -> list[Any]:
        with reading() as session:
            return list(session.scalars(select(Case).order_by(Case.id)))

    return all_cases


@pytest.fixture
def down(shop: str) -> Callable[[str], None]:
    """Switch a system off."""
    from commerce.embedded.outage import switch

    return lambda system: switch(shop, system, down=True)  # type: ignore[arg-type]
