"""A conversation being run: the shopper at the front door, the person at the desk, and what there is to check."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import requests
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core.database import make_engine
from core.identifiers import new_identifier
from desk import cases
from tests.conversations.shop import Shop
from tests.stack import Stack
from transcripts.entries import Entry, Speaker, entries_after

_TURN_SECONDS = 60.0
_POLL_SECONDS = 0.02


@dataclass
class Turn:
    """What came of one step: what the shopper was shown, and what was written down."""

    said: str
    status: int = 202
    seconds: float = 0.0
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
        shop: the shop behind them.
        locale: the visitor's language tag as the storefront tells it, or None.
    """

    def __init__(self, stack: Stack, shop: Shop, locale: str | None) -> None:
        self._stack = stack
        self.shop = shop
        self._http = requests.Session()
        self._engine = make_engine(stack.settings.services_database_url).execution_options(read_only=True)
        answer = self._http.post(f"{stack.gateway_url}/chat/sessions", json={"locale": locale}, timeout=10)
        answer.raise_for_status()
        self.id: str = answer.json()["conversation_id"]
        self._http.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        self.turns: list[Turn] = []
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

    @property
    def slots(self) -> dict[str, Any]:
        """What the assistant remembers now, as its tracker store holds it."""
        remembered: dict[str, Any] = {}
        for event in self._tracker_events():
            if event["event"] == "slot":
                remembered[event["name"]] = event["value"]
            elif event["event"] in ("restart", "reset_slots"):
                remembered = {}
        return remembered

    def set_slots(self, slots: dict[str, Any]) -> None:
        """Put slots into the assistant's memory of this conversation before its first word."""
        if not slots:
            return
        at = time.time()
        listens = {"event": "action", "name": "action_listen", "policy": None, "confidence": None, "timestamp": at}
        events: list[dict[str, Any]] = [
            listens | {"name": "action_session_start"},
            {"event": "session_started", "timestamp": at},
            *({"event": "slot", "name": name, "value": value, "timestamp": at} for name, value in slots.items()),
            listens,
        ]
        rows = [(self.id, e["event"], at, e.get("name"), json.dumps(e)) for e in events]
        with closing(self._tracker_store()) as store, store:
            store.executemany(
                "INSERT INTO events (sender_id, type_name, timestamp, action_name, data) VALUES (?, ?, ?, ?, ?)", rows
            )

    def say(self, words: str) -> None:
        """Write a message as the shopper and wait for the turn to end; `<<case>>` is the number of the open case."""
        if "<<case>>" in words:
            case = self.open_case()
            assert case is not None, "there is no case at the desk to name"
            words = words.replace("<<case>>", case.number)
        self._send(words, {"text": words})

    def press(self, title: str) -> None:
        """Press a button that is shown, by its title, and wait for the turn to end."""
        history = self._history()
        buttons = [b for m in reversed(history) for b in m.get("buttons") or []]
        token = next((b["token"] for b in buttons if b["title"] == title and b["token"]), None)
        assert token, f"there is no button {title!r} to press; there are {[b['title'] for b in buttons]}"
        self._send(f"[{title}]", {"button": token})

    def person(self, what: dict[str, str]) -> None:
        """Act as a person at the desk: `takes_over`, `says`, `hands_back` (with `settled`, `until`)."""
        kind, value = next((kind, value) for kind, value in what.items() if kind not in ("settled", "until"))
        if kind == "takes_over":
            self._agent = value.lower()
            self._staff("takeover", {"agent": self._agent, "agent_name": value})
        elif kind == "says":
            self._staff("messages", {"id": new_identifier(), "agent": self._agent, "text": value})
        else:
            self._hand_back(value, what.get("settled"), what.get("until"))
        self._wait_until_nothing_is_pending()
        self._collect(Turn(f"(person: {kind} {value})"))

    def _hand_back(self, note: str, settled: str | None, until: str | None) -> None:
        """Hand back; who says what was settled closes the case with it, as the console suggests."""
        body: dict[str, Any] = {"agent": self._agent, "note": note}
        case = self.open_case()
        if settled and case:
            named = {"case_number": case.number, "order_number": case.order_number}
            body["settled"] = {"code": settled, "until": until, **named}
        elif settled:
            body["settled"] = {"code": settled, "until": until}
        self._staff("handback", body)
        if settled and case:
            self.shop.close_case(case.number, self._agent)

    def open_case(self) -> cases.Case | None:
        """Return the case at the desk that this conversation has, or None."""
        with Session(self._engine) as session:
            return cases.live_case_of(session, self.shop.key, self.id)

    def number_of_cases(self) -> int:
        """Return how many cases this conversation has had."""
        query = select(func.count()).where(cases.Case.shop == self.shop.key, cases.Case.conversation_id == self.id)
        with Session(self._engine) as session:
            return session.scalar(query) or 0

    def transcript(self) -> list[Entry]:
        """Return the conversation as staff read it."""
        with Session(self._engine) as session:
            return entries_after(session, self.shop.key, self.id)

    def _tracker_store(self) -> sqlite3.Connection:
        return sqlite3.connect(self._stack.settings.tracker_database_path, timeout=30)

    def _tracker_events(self) -> list[dict[str, Any]]:
        with closing(self._tracker_store()) as store:
            rows = store.execute("SELECT data FROM events WHERE sender_id = ? ORDER BY id", (self.id,)).fetchall()
        return [json.loads(data) for (data,) in rows]

    def _staff(self, verb: str, body: dict[str, Any]) -> None:
        answer = requests.post(
            f"{self._stack.internal_url}/conversations/{self.id}/{verb}",
            json=body,
            headers=self._stack.internal_headers,
            timeout=30,
        )
        assert answer.status_code == 200, f"the staff door answered {answer.status_code}: {answer.text}"

    def _send(self, said: str, body: dict[str, str]) -> None:
        began = time.monotonic()
        answer = self._http.post(
            f"{self._stack.gateway_url}/chat/messages", json={"id": new_identifier(), **body}, timeout=10
        )
        turn = Turn(said, answer.status_code)
        if answer.status_code == 202:
            self._wait_until_nothing_is_pending()
            turn.seconds = time.monotonic() - began
        self._collect(turn)

    def _wait_until_nothing_is_pending(self) -> None:
        deadline = time.monotonic() + _TURN_SECONDS
        query = text("SELECT count(*) FROM inbox WHERE conversation_id = :id AND status = 'pending'")
        while time.monotonic() < deadline:
            with Session(self._engine) as session:
                if session.scalar(query, {"id": self.id}) == 0:
                    return
            time.sleep(_POLL_SECONDS)
        raise AssertionError(f"no answer within {_TURN_SECONDS:.0f} s; the logs end with:\n" + self._logs())

    def _logs(self) -> str:
        return "\n".join(f"--- {name}\n{self._stack.log(name)[-1500:]}" for name in self._stack.processes)

    def _history(self) -> list[dict[str, Any]]:
        answer = self._http.get(f"{self._stack.gateway_url}/chat/history", timeout=10)
        answer.raise_for_status()
        return list(answer.json()["entries"])

    def _collect(self, turn: Turn) -> None:
        for message in self._history():
            if message["id"] not in self._seen_message:
                self._seen_message.add(message["id"])
                if message.get("from") in ("assistant", "person", "system"):
                    turn.shown.append(message)
        with Session(self._engine) as session:
            turn.entries = entries_after(session, self.shop.key, self.id, self._seen_entry)
        if turn.entries:
            self._seen_entry = turn.entries[-1].id
        self.turns.append(turn)

    def story(self) -> list[str]:
        """Return the whole conversation, a line for each thing said, for a failure's report."""
        lines = []
        for turn in self.turns:
            said = turn.said if len(turn.said) <= 500 else f"{turn.said[:500]}… ({len(turn.said)} characters)"
            lines.append(f"  shopper: {said}" + ("" if turn.status == 202 else f"   (refused: {turn.status})"))
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
