"""A running assistant for tests: a small trained model, a stand-in action server, and the real process between them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
TINY = Path(__file__).with_name("tiny")
TOKEN = "assistant-token-for-tests"
ACTIONS_TOKEN = "actions-token-for-tests"


def train(folder: Path) -> Path:
    """Train the small model with this project's own config.yml; return its file."""
    command = [sys.executable, "-W", "ignore", "-m", "rasa", "train", "--domain", TINY / "domain.yml"]
    command += ["--data", TINY / "data", "--config", ROOT / "config.yml", "--out", folder, "--skip-validation"]
    # A cache of its own: the project's model may be in training beside it.
    own_cache = {**os.environ, "RASA_CACHE_DIRECTORY": str(folder / "cache")}
    done = subprocess.run(command, cwd=ROOT, env=own_cache, capture_output=True, text=True, check=False)
    models = list(folder.glob("*.tar.gz"))
    assert models, done.stdout[-2000:] + done.stderr[-2000:]
    return models[0]


class Actions:
    """Stands in for the action server: answers every call by `answers[action]`, and remembers the calls."""

    def __init__(self) -> None:
        self.answers: dict[str, dict[str, Any]] = {}
        self.delay_seconds = 0.0
        self.calls: list[dict[str, Any]] = []
        self.headers: list[str | None] = []
        actions = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                actions.calls.append(body)
                actions.headers.append(self.headers.get("X-Quayside-Token"))
                time.sleep(actions.delay_seconds)
                answer = actions.answers.get(body["next_action"], {"events": [], "responses": []})
                content = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                return None

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/webhook"

    def named(self, action: str) -> list[dict[str, Any]]:
        return [call for call in self.calls if call["next_action"] == action]


class Assistant:
    """The real `python -m assistant`, on a free port, with its own tracker database."""

    def __init__(self, model: Path, folder: Path, actions: Actions) -> None:
        self.port = free_port()
        self.log = folder / "assistant.log"
        self.environment = {
            "PATH": os.environ["PATH"],
            "QUAYSIDE_ASSISTANT_PORT": str(self.port),
            "QUAYSIDE_ASSISTANT_TOKEN": TOKEN,
            "QUAYSIDE_ACTIONS_URL": actions.url,
            "QUAYSIDE_ACTIONS_TOKEN": ACTIONS_TOKEN,
            "QUAYSIDE_TRACKER_DB": str(folder / "tracker.sqlite"),
            "QUAYSIDE_MODEL": str(model),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, **environment: str) -> Assistant:
        """Start the process and wait until it is healthy."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "assistant"],
                cwd=ROOT,
                env={**self.environment, **environment},
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text()[-3000:]
            try:
                if self.get("/webhooks/quayside/health")[0] == 200:
                    return self
            except OSError:
                time.sleep(0.3)
        raise AssertionError("the assistant did not start: " + self.log.read_text()[-3000:])

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)

    def get(self, path: str) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()

    def post(self, path: str, body: Any, token: str | None = TOKEN, timeout: float = 60) -> tuple[int, Any]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection.request("POST", f"/webhooks/quayside/{path}", content, headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())

    def say(self, conversation: str, message_id: str, text: str | None = None, **more: Any) -> dict[str, Any]:
        """Post a message and return the answer; `payload`, `locale` may be given."""
        status, answer = self.post("messages", message(conversation, message_id, text, **more))
        assert status == 200, answer
        return dict(answer)


def message(
    conversation: str, message_id: str, text: str | None = None, payload: str | None = None, locale: str | None = "en"
) -> dict[str, Any]:
    """Return a message as the gateway posts it."""
    metadata = {"shop": "demo", "locale": locale, "received_at": "2026-11-22T10:00:00Z", "handler_note": None}
    return {
        "message_id": message_id,
        "conversation_id": conversation,
        "text": text,
        "payload": payload,
        "channel": "storefront_chat",
        "metadata": metadata,
    }
