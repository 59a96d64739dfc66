"""Killed in the middle of a turn, at every step there is: every message answered once, no write twice, order kept.

Real processes: the failpoint makes one of them die of SIGKILL at the named place, once; it is started again and the
conversation must be what it would have been without the kill.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import threading
import time
from collections.abc import Iterator

import pytest
import requests
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.database import make_engine
from core.identifiers import new_identifier
from core.settings import ROOT
from ops.chat import parse_events
from tests.stack import SERVICES_PYTHON, Stack

pytestmark = pytest.mark.slow

CLOCK = "2026-12-01T10:00:00+00:00"
# The order whose parcel is marked delivered and is not there; see commerce/embedded/demo/README.md.
ORDER, EMAIL = "1011", "grace.okafor@example.net"
THE_YES = "yes"
UP_TO_THE_WRITE = ["My parcel is marked as delivered but it is not here", ORDER, EMAIL]

FAILPOINTS = [
    ("gateway", "gateway.before_accept_commit"),
    ("gateway", "gateway.after_accept"),
    ("gateway", "gateway.before_post"),
    ("gateway", "gateway.after_post"),
    ("gateway", "gateway.after_turn_commit"),
    ("gateway", "gateway.during_delivery"),
    ("assistant", "assistant.before_handle"),
    ("assistant", "assistant.after_save"),
    ("actions", "actions.before_action"),
    ("actions", "actions.after_claim"),
    ("actions", "actions.after_action"),
]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The real processes over a new demo shop."""
    running = Stack(tmp_path_factory.mktemp("resilience"), CLOCK, {"messages_per_minute": "10000"})
    running.prepare()
    try:
        running.start()
        yield running
    finally:
        running.stop()


class Shopper:
    """A visitor at the storefront chat who goes on through outages, as the widget does."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        answer = requests.post(f"{stack.gateway_url}/chat/sessions", json={"locale": "en-GB"}, timeout=10)
        self.conversation_id: str = answer.json()["conversation_id"]
        self.headers = {"Authorization": f"Bearer {answer.json()['token']}"}

    def send(self, words: str) -> str:
        """Send a message until it is accepted (the same client id each time) and return its client id."""
        client_id = new_identifier()
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                answer = requests.post(
                    f"{self._stack.gateway_url}/chat/messages",
                    json={"id": client_id, "text": words},
                    headers=self.headers,
                    timeout=10,
                )
                if answer.status_code == 202:
                    return client_id
            except requests.RequestException:
                pass
            time.sleep(0.2)
        raise AssertionError(f"{words!r} was not accepted within a minute")

    def shown(self) -> list[dict[str, str]]:
        """What others said to the shopper, as a reload shows it."""
        answer = requests.get(f"{self._stack.gateway_url}/chat/history", headers=self.headers, timeout=10)
        return [entry for entry in answer.json()["entries"] if entry.get("from") in ("assistant", "person", "system")]


class Listener:
    """The widget's ear: server-sent events, taken up again after every break at the last event seen."""

    def __init__(self, stack: Stack, shopper: Shopper, after: str) -> None:
        self.message_ids: list[str] = []
        self._stack, self._shopper, self._last_id = stack, shopper, str(after)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Listener:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()

    def wait_for(self, message_id: str, seconds: float = 20) -> None:
        """Wait until a message has come through the stream."""
        deadline = time.monotonic() + seconds
        while message_id not in self.message_ids and time.monotonic() < deadline:
            time.sleep(0.1)

    def _listen(self) -> None:
        while not self._stop.is_set():
            headers = {**self._shopper.headers, "Last-Event-ID": self._last_id}
            try:
                url = f"{self._stack.gateway_url}/chat/events"
                with requests.get(url, headers=headers, stream=True, timeout=(2, 20)) as stream:
                    for event in parse_events(stream.iter_lines(chunk_size=1, decode_unicode=True)):
                        self._last_id = event.get("id", self._last_id)
                        if event["event"] == "message":
                            self.message_ids.append(json.loads(event["data"])["id"])
            except requests.RequestException:
                time.sleep(0.2)


def _scalars(stack: Stack, query: str, **values: str) -> list[str]:
    engine = make_engine(stack.settings.services_database_url).execution_options(read_only=True)
    try:
        with Session(engine) as session:
            return [str(v) for v in session.scalars(text(query), values)]
    finally:
        engine.dispose()


def _reply_names(stack: Stack, conversation_id: str) -> list[str]:
    query = (
        "SELECT json_extract(content, '$.reply') FROM transcript_entries "
        "WHERE conversation_id = :id AND speaker = 'assistant' ORDER BY id"
    )
    return _scalars(stack, query, id=conversation_id)


@contextlib.contextmanager
def _restarted_when_dead(stack: Stack, name: str) -> Iterator[None]:
    """Start a process again, without its failpoint, as soon as it has died."""

    def restart() -> None:
        stack.wait_dead(name)
        stack.start(name)

    thread = threading.Thread(target=restart, daemon=True)
    thread.start()
    yield
    thread.join(5)


def _wait_answered(stack: Stack, conversation_id: str, count: int) -> None:
    states = _wait_ended(stack, conversation_id, count)
    logs = "\n".join(f"--- {name}\n{stack.log(name)[-1500:]}" for name in stack.processes)
    assert states == ["answered"] * count, f"{states}\n{logs}"


def _wait_for_case(stack: Stack, conversation_id: str, seconds: float = 60) -> None:
    query = "SELECT number FROM cases WHERE conversation_id = :id"
    deadline = time.monotonic() + seconds
    while not _scalars(stack, query, id=conversation_id) and time.monotonic() < deadline:
        time.sleep(0.2)


def _wait_ended(stack: Stack, conversation_id: str, count: int, seconds: float = 90) -> list[str]:
    query = "SELECT status FROM inbox WHERE conversation_id = :id AND kind = 'message'"
    deadline = time.monotonic() + seconds
    states: list[str] = []
    while time.monotonic() < deadline:
        states = _scalars(stack, query, id=conversation_id)
        if len(states) == count and "pending" not in states:
            break
        time.sleep(0.1)
    return states


def _reset_shop(stack: Stack) -> None:
    subprocess.run(
        [SERVICES_PYTHON, "-m", "commerce.embedded.demo", "reset"], cwd=ROOT, env=stack.environment, check=True
    )


@pytest.mark.parametrize(("process", "failpoint"), FAILPOINTS, ids=[name for _, name in FAILPOINTS])
def test_a_kill_in_the_turn_that_writes_loses_and_doubles_nothing(stack: Stack, process: str, failpoint: str) -> None:
    _reset_shop(stack)
    shopper = Shopper(stack)
    for count, words in enumerate(UP_TO_THE_WRITE, start=1):
        shopper.send(words)
        _wait_answered(stack, shopper.conversation_id, count)
    shown_before = shopper.shown()

    stack.kill(process)
    stack.start(process, failpoint=failpoint)
    with Listener(stack, shopper, after=shown_before[-1]["id"]) as listener, _restarted_when_dead(stack, process):
        shopper.send(THE_YES)
        shopper.send("thanks")
        _wait_answered(stack, shopper.conversation_id, len(UP_TO_THE_WRITE) + 2)
        shown = shopper.shown()[len(shown_before) :]
        listener.wait_for(shown[-1]["id"])
    assert (stack.var_dir / f"fired-{failpoint}").exists(), "the failpoint did not fire: this test proved nothing"

    names = _reply_names(stack, shopper.conversation_id)
    assert names[-2:] == ["utter_claim_opened", "utter_thanks"], "answered once each, in order"
    assert names.count("utter_claim_opened") == 1
    assert len(_scalars(stack, "SELECT id FROM shop_claims")) == 1
    query = "SELECT number FROM cases WHERE conversation_id = :id"
    assert len(_scalars(stack, query, id=shopper.conversation_id)) == 1
    assert listener.message_ids == [message["id"] for message in shown], "shown once each, in order, over the kill"


def test_messages_sent_while_the_assistant_is_away_are_answered_when_it_is_back(stack: Stack) -> None:
    shopper = Shopper(stack)
    stack.kill("assistant")
    for words in ("hello", "what is your return policy?"):
        shopper.send(words)
    stack.start("assistant")
    _wait_answered(stack, shopper.conversation_id, 2)
    names = _reply_names(stack, shopper.conversation_id)
    assert names[0] == "utter_greet", names


def test_while_the_action_server_is_away_the_shopper_hears_so_and_is_answered_when_it_is_back(stack: Stack) -> None:
    shopper = Shopper(stack)
    stack.kill("actions")
    try:
        shopper.send("where is my order 1001?")
        _wait_for_case(stack, shopper.conversation_id)
        assert [message["from"] for message in shopper.shown()] == ["system", "system"], "the greeting and the delay"
    finally:
        stack.start("actions")
    _wait_answered(stack, shopper.conversation_id, 1)
    assert _reply_names(stack, shopper.conversation_id) == ["utter_ask_contact"]
    reasons = _scalars(stack, "SELECT reason FROM cases WHERE conversation_id = :id", id=shopper.conversation_id)
    assert reasons == ["system_down"]
