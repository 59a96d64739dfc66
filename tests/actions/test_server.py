"""The action server as a process: who gets in, and what it lets out."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.actions.conftest import CLOCK, ROOT, Conversation
from tests.ports import free_port

TOKEN = "token-for-the-action-servers-test"
KEY = {"X-Quayside-Token": TOKEN}


@pytest.fixture(scope="module")
def server(demo_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A running server on the demo shop; gives its address and its log."""
    port, log = free_port(), tmp_path_factory.mktemp("server") / "log"
    environment = os.environ | {
        "QUAYSIDE_VAR_DIR": str(demo_database),
        "QUAYSIDE_CLOCK": CLOCK,
        "QUAYSIDE_ACTIONS_PORT": str(port),
        "QUAYSIDE_ACTIONS_TOKEN": TOKEN,
    }
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, "-m", "actions"], cwd=ROOT, env=environment, stderr=output)
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                httpx.get(f"{address}/health").raise_for_status()
                break
            except httpx.HTTPError:
                assert process.poll() is None and time.monotonic() < deadline, log.read_text()
                time.sleep(0.2)
        yield address, log
    finally:
        process.terminate()
        process.wait(10)


def call(action: str, conversation: Conversation) -> dict[str, Any]:
    """The body Rasa posts."""
    tracker = conversation.tracker()
    state = tracker.current_state() | {"active_loop": tracker.active_loop}
    return {"next_action": action, "sender_id": conversation.id, "tracker": state, "domain": {}, "version": "3.6.21"}


@pytest.mark.parametrize(
    "headers", [{}, {"X-Quayside-Token": "wrong"}, {"X-Quayside-Token": ""}, {"Authorization": TOKEN}]
)
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/webhook"), ("GET", "/actions"), ("GET", "/"), ("GET", "/health/")]
)
def test_without_the_token_nobody_gets_in(
    server: tuple[str, Path], headers: dict[str, str], method: str, path: str
) -> None:
    assert httpx.request(method, server[0] + path, headers=headers).status_code == 401


def test_an_action_is_run(server: tuple[str, Path]) -> None:
    body = call("action_dont_know", Conversation().hears("no idea", "dont_know"))
    answer = httpx.post(f"{server[0]}/webhook", json=body, headers=KEY).raise_for_status().json()
    assert answer["responses"][0]["response"] == "utter_dont_know"
    assert answer["events"] == [{"event": "slot", "timestamp": None, "name": "next_step", "value": "answered"}]


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b'{"next_action": "action_nobody_wrote", "tracker": {}, "domain": {}}', 404),
    ],
)
def test_bad_calls_are_refused(server: tuple[str, Path], content: bytes, status: int) -> None:
    assert httpx.post(f"{server[0]}/webhook", content=content, headers=KEY).status_code == status


def test_a_broken_call_gives_nothing_away(server: tuple[str, Path]) -> None:
    """rasa-sdk's own server would send back and log the whole conversation."""
    body = call("action_route", Conversation().hears("I'm lucia.ferrer@example.com", "inform")) | {
        "tracker": "lucia@example.com"
    }
    answer = httpx.post(f"{server[0]}/webhook", json=body, headers=KEY)
    assert answer.status_code == 500
    assert "lucia" not in answer.text and "lucia" not in server[1].read_text()


def test_the_logs_hold_no_personal_data(server: tuple[str, Path]) -> None:
    conversation = Conversation().hears(
        "1001 lucia.ferrer@example.com", order_number="1001", email="lucia.ferrer@example.com"
    )
    httpx.post(f"{server[0]}/webhook", json=call("action_route", conversation), headers=KEY).raise_for_status()
    assert "lucia" not in server[1].read_text().lower()


def test_it_refuses_to_start_without_a_proper_token(tmp_path: Path) -> None:
    environment = os.environ | {"QUAYSIDE_VAR_DIR": str(tmp_path), "QUAYSIDE_ACTIONS_TOKEN": "short"}
    done = subprocess.run(
        [sys.executable, "-m", "actions"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "QUAYSIDE_ACTIONS_TOKEN" in done.stderr and "Traceback" not in done.stderr
