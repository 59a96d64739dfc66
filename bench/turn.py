"""`python -m bench.turn`: a whole turn, from the shopper's post to the reply, beside stock Rasa in the same run.

Ours: gateway, assistant, action server; the reply is timed where a browser has it, in the event stream. The other:
`rasa run` with its REST channel, its own replies and its trackers in memory, the same model and the same action
server. Each conversation is held with both, turn by turn.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import requests

from bench.figures import Row, table
from core.identifiers import new_identifier
from core.settings import ROOT
from ops.chat import parse_events
from ops.environment import assistant_environment
from tests.ports import free_port
from tests.stack import ASSISTANT_PYTHON, Stack

_SAID = (
    "hello",
    "where is my order 1003?",
    "jonas.brandt@example.net",
    "what's your return policy?",
    "thanks",
)
_CONVERSATIONS = 12
_START_SECONDS = 120
_ANSWER_SECONDS = 30
_CREDENTIALS = "rest:\n"
_ENDPOINTS = """\
action_endpoint:
  url: ${QUAYSIDE_ACTIONS_URL}
  headers:
    X-Quayside-Token: ${QUAYSIDE_ACTIONS_TOKEN}
"""


class Ours:
    """A conversation through the gateway."""

    def __init__(self, stack: Stack) -> None:
        self._url = stack.gateway_url
        self._http = _local()
        begun = self._http.post(f"{self._url}/chat/sessions", json={"locale": "en"}, timeout=_ANSWER_SECONDS)
        self._http.headers["Authorization"] = f"Bearer {begun.json()['token']}"
        self._stream = self._http.get(f"{self._url}/chat/events", stream=True, timeout=_ANSWER_SECONDS)
        self._events = parse_events(self._stream.iter_lines(chunk_size=1, decode_unicode=True))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    def say(self, text: str) -> float:
        """Return the seconds from a message to the first reply to it."""
        client_id = new_identifier()
        began = time.perf_counter()
        posted = self._http.post(
            f"{self._url}/chat/messages", json={"id": client_id, "text": text}, timeout=_ANSWER_SECONDS
        )
        posted.raise_for_status()
        echoed = False
        for event in self._events:
            data = json.loads(event["data"])
            echoed = echoed or (event["event"] == "echo" and data["id"] == client_id)
            if echoed and event["event"] == "message":
                if data["from"] != "assistant":
                    raise RuntimeError(f"no reply to {text!r}, but: {data['text']}")
                return time.perf_counter() - began
        raise RuntimeError("the event stream ended")


class Stock:
    """A conversation through Rasa's REST channel."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._http = _local()
        self._sender = new_identifier()

    def say(self, text: str) -> float:
        """Return the seconds from a message to the replies to it."""
        body = {"sender": self._sender, "message": text, "metadata": {"shop": "demo", "locale": "en"}}
        began = time.perf_counter()
        answer = self._http.post(self._url, json=body, timeout=_ANSWER_SECONDS)
        took = time.perf_counter() - began
        answer.raise_for_status()
        if not answer.json():
            raise RuntimeError(f"stock Rasa had no reply to {text!r}")
        return took


def _local() -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # no proxy may stand in between
    return session


@contextmanager
def _stock(stack: Stack, folder: Path) -> Iterator[str]:
    """Run stock Rasa beside a stack, with its model and action server; give the address of its REST channel."""
    (folder / "credentials.yml").write_text(_CREDENTIALS, encoding="utf-8")
    (folder / "endpoints.yml").write_text(_ENDPOINTS, encoding="utf-8")
    port = free_port()
    command = ["-m", "rasa", "run", "--model", str(stack.model), "--port", str(port), "--interface", "127.0.0.1"]
    files = ["--credentials", str(folder / "credentials.yml"), "--endpoints", str(folder / "endpoints.yml")]
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "SQLALCHEMY_SILENCE_UBER_WARNING": "1", "SANIC_WORKERS": "1"}
    with (folder / "stock.log").open("wb") as log:
        process = subprocess.Popen(
            [ASSISTANT_PYTHON, *command, *files],
            cwd=ROOT,
            env=assistant_environment(stack.settings, stack.model, stack.environment | quiet),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, process, folder / "stock.log")
        yield f"{url}/webhooks/rest/webhook"
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            # The door opens before the model is there.
            if _local().get(f"{url}/webhooks/rest/", timeout=2).ok:
                Stock(f"{url}/webhooks/rest/webhook").say(_SAID[0])
                return
        except (requests.RequestException, RuntimeError):
            pass
        time.sleep(0.5)
    raise SystemExit(f"stock Rasa did not start:\n{log.read_text(errors='replace')[-3000:]}")


def _talk(stack: Stack, stock_url: str, taken: dict[tuple[str, str], list[float]], ours_first: bool) -> None:
    with Ours(stack) as ours:
        stock = Stock(stock_url)
        ways = [("ours", ours.say), ("stock", stock.say)]
        for text, (way, say) in itertools.product(_SAID, ways if ours_first else ways[::-1]):
            taken[way, text].append(say(text))


def main() -> None:
    """Measure both and print the table."""
    os.chdir(ROOT)
    taken: dict[tuple[str, str], list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "var").mkdir()
        limits = {"messages_per_minute": "10000", "conversations_per_hour": "100000", "log_level": "ERROR"}
        stack = Stack(folder / "var", settings=limits)
        stack.prepare()
        try:
            stack.start()
            with _stock(stack, folder) as url:
                _talk(stack, url, defaultdict(list), True)  # what is loaded at the first message is loaded now
                for number in range(_CONVERSATIONS):
                    _talk(stack, url, taken, number % 2 == 0)
        finally:
            stack.stop()
    rows = [Row(text, taken["ours", text], taken["stock", text]) for text in _SAID]
    every_turn = Row("all turns", [s for row in rows for s in row.ours], [s for row in rows for s in row.other])
    print("A whole turn: from the post to the reply")
    print(table("Quayside", "stock Rasa", [*rows, every_turn]))


if __name__ == "__main__":
    main()
