"""A conversation being run: the shopper at the front door, the person at the desk, and what there is to check."""

from __future__ import annotations

import json
import sqlite3
import time
from dataclasses import dataclass, field
from typing import Any

import requests
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from core.database import make_engine
from core.identifiers import new_identifier
from desk import cases
from tests.stack import Stack
from transcripts.entries import Entry, Speaker, entries_after

_TURN_SECONDS = 60.0


@dataclass
class Turn:
    """What came of one step: what the shopper was shown, and what was written down."""

    said: str
    status: int = 202
    shown: list[dict[str, Any]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All that the shopper was shown in this turn."""
        return "\n".join(message["text"] or "" for message in self.shown)

    @property
    def understanding(self) -> dict[str, Any]:
        """How the assistant understood the shopper's words; empty when it did not see them."""
        return next((e.understanding for e in self.entries if e.understanding), {})

    @property
    def reply_names(self) -> list[str]:
        """The names of the replies in domain.yml."""
        return [e.content.get("reply") or "" for e in self.entries if e.speaker is Speaker.ASSISTANT]


class Conversation:
    """One visitor's conversation on a running stack.

    Args:
        stack: the processes to talk to.
        locale: the visitor's language tag as the storefront tells it, or None.
    """

    def __init__(self, stack: Stack, locale: str | None) -> None:
        self._stack = stack
        self._http = requests.Session()
        self._engine = make_engine(stack.settings.services_database_url).execution_options(read_only=True)
        answer = self._http.post(f"{stack.gateway_url}/chat/sessions", json={"locale": locale}, timeout=10)
        answer.raise_for_status()
        self.id: str = answer.json()["conversation_id"]
        self._http.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        self.turns: list[Turn] = []
        self.slots: dict[str, Any] = {}
        self._agent = ""
        self._seen_entry = 0
        self._seen_message: set[str] = set()
        self._collect(Turn("(conversation opened)"))

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()
        self._engine.dispose()

    @property
    def last(self) -> Turn:
        """The turn that checks speak of."""
        return self.turns[-1]

    def set_slots(self, slots: dict[str, Any]) -> None:
        """Put slots into the assistant's memory of this conversation before its first word."""
        with sqlite3.connect(self._stack.var_dir / "tracker.sqlite", timeout=30) as tracker:
            for name, value in slots.items():
                event = {"event": "slot", "timestamp": time.time(), "name": name, "value": value}
                tracker.execute(
                    "INSERT INTO events (sender_id, type_name, timestamp, data) VALUES (?, 'slot', ?, ?)",
                    (self.id, event["timestamp"], json.dumps(event)),
                )
        self.slots.update(slots)

    def say(self, words: str) -> None:
        """Write a message as the shopper and wait for the turn to end."""
        self._send(words, {"text": words})

    def press(self, title: str) -> None:
        """Press a button that was shown, by its title, and wait for the turn to end."""
        shown = [b for turn in reversed(self.turns) for m in turn.shown for b in m.get("buttons") or []]
        token = next((b["token"] for b in shown if b["title"] == title), None)
        assert token, f"there is no button {title!r}; there were {[b['title'] for b in shown]}"
        self._send(f"[{title}]", {"button": token})

    def person(self, what: dict[str, str]) -> None:
        """Act as a person at the desk: `takes_over`, `says`, `hands_back`."""
        ((kind, value),) = what.items()
        if kind == "takes_over":
            self._agent = value.lower()
            self._staff("takeover", {"agent": self._agent, "agent_name": value})
        elif kind == "says":
            self._staff("messages", {"id": new_identifier(), "agent": self._agent, "text": value})
        elif kind == "hands_back":
            self._staff("handback", {"agent": self._agent, "note": value})
        else:
            raise AssertionError(f"a person can takes_over, says or hands_back, not {kind}")
        self._collect(Turn(f"(person: {kind} {value})"))

    def open_case(self) -> cases.Case | None:
        """Return the case at the desk that this conversation has, or None."""
        with Session(self._engine) as session:
            return cases.live_case_of(session, shop=self._stack.settings.shop, conversation_id=self.id)

    def claims(self) -> list[str]:
        """Return the order numbers of the claims that were made in this conversation, one for each claim."""
        query = text(
            "SELECT o.number FROM shop_claims c JOIN shop_orders o ON o.id = c.order_id "
            "WHERE c.idempotency_key IN (SELECT message_id FROM transcript_entries WHERE conversation_id = :id)"
        )
        with Session(self._engine) as session:
            return list(session.scalars(query, {"id": self.id}))

    def _staff(self, verb: str, body: dict[str, str]) -> None:
        answer = requests.post(
            f"{self._stack.internal_url}/conversations/{self.id}/{verb}",
            json=body,
            headers=self._stack.internal_headers,
            timeout=30,
        )
        assert answer.status_code == 200, f"the staff door answered {answer.status_code}: {answer.text}"

    def _send(self, said: str, body: dict[str, str]) -> None:
        answer = self._http.post(
            f"{self._stack.gateway_url}/chat/messages", json={"id": new_identifier(), **body}, timeout=10
        )
        turn = Turn(said, answer.status_code)
        if answer.status_code == 202:
            self._wait_for_turn(answer.json()["message_id"])
        self._collect(turn)

    def _wait_for_turn(self, message_id: str) -> None:
        deadline = time.monotonic() + _TURN_SECONDS
        query = text("SELECT status FROM inbox WHERE id = :id")
        while time.monotonic() < deadline:
            with Session(self._engine) as session:
                if session.scalar(query, {"id": message_id}) != "pending":
                    return
            time.sleep(0.03)
        raise AssertionError(f"no answer within {_TURN_SECONDS:.0f} s; the assistant's log ends with:\n" + self._logs())

    def _logs(self) -> str:
        return "\n".join(f"--- {name}\n{self._stack.log(name)[-1500:]}" for name in self._stack.processes)

    def _collect(self, turn: Turn) -> None:
        history = self._http.get(f"{self._stack.gateway_url}/chat/history", timeout=10).json()["entries"]
        for message in history:
            if message["id"] not in self._seen_message:
                self._seen_message.add(message["id"])
                if message.get("from") in ("assistant", "person", "system"):
                    turn.shown.append(message)
        with Session(self._engine) as session:
            turn.entries = entries_after(session, self._stack.settings.shop, self.id, self._seen_entry)
        if turn.entries:
            self._seen_entry = turn.entries[-1].id
        self.slots.update(turn.understanding.get("slots") or {})
        self.turns.append(turn)

    def story(self) -> list[str]:
        """Return the whole conversation, a line for each thing said, for a failure's report."""
        lines = []
        for turn in self.turns:
            lines.append(f"  shopper: {turn.said}" + ("" if turn.status == 202 else f"   (refused: {turn.status})"))
            seen = turn.understanding
            if seen:
                intent = seen.get("intent") or {}
                actions = ", ".join(a["name"] for a in seen.get("actions") or [] if a["name"] != "action_listen")
                sure = f"{intent.get('name')} {intent.get('confidence') or 0:.2f}"
                entities = [(e["entity"], e["value"]) for e in seen.get("entities") or []]
                lines.append(f"      {seen.get('language')} · {sure} · {actions} · {entities}")
            names = iter(turn.reply_names)
            for message in turn.shown:
                name = f" ({next(names, '')})" if message["from"] == "assistant" else ""
                lines.append(f"  {message['from']}{name}: {message['text']}")
                lines.extend(f"      [{b['title']}]" for b in message.get("buttons") or [])
        return lines


def switch_outages(stack: Stack, systems: list[str]) -> None:
    """Make these of the embedded shop's systems stop answering, and all others answer."""
    engine = create_engine(stack.settings.services_database_url, connect_args={"timeout": 30})
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM shop_outages WHERE shop = :shop"), {"shop": stack.settings.shop})
        for system in systems:
            connection.execute(
                text("INSERT INTO shop_outages (shop, system, mode) VALUES (:shop, :system, 'down')"),
                {"shop": stack.settings.shop, "system": system},
            )
    engine.dispose()
