"""A stand-in for the assistant, built on its contract, that can be told to misbehave."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PREFIX = "/webhooks/quayside"

Behaviour = Callable[[dict[str, Any], "BaseHTTPRequestHandler"], "dict[str, Any] | int | None"]


def reply(text: str, **more: Any) -> dict[str, Any]:
    """One reply as the assistant sends it."""
    return {"name": "utter_test", "text": text, "buttons": [], "card": None, "language": "en", **more}


def turn(body: dict[str, Any]) -> dict[str, Any]:
    """How the assistant understood a message."""
    return {"text": body["text"], "language": "en", "intent": {"name": "greet", "confidence": 0.9}, "risk": []}


def answering(*replies: dict[str, Any]) -> Behaviour:
    """Answer every message with these replies."""
    return lambda body, _handler: {"replies": list(replies), "turn": turn(body)}


def echoing(body: dict[str, Any], _handler: BaseHTTPRequestHandler) -> dict[str, Any]:
    """Answer each message with two replies that quote it, so that order and repetition show."""
    said, locale = body["text"] or body["payload"], body["metadata"]["locale"] or "en"
    language = "zh-Hans" if locale.startswith("zh") else locale.split("-")[0]
    replies = [reply(f"{which} on {said}", language=language) for which in ("first", "second")]
    return {"replies": replies, "turn": turn(body)}


def status(code: int) -> Behaviour:
    """Answer every message with an HTTP error."""
    return lambda _body, _handler: code


def cut_off(_body: dict[str, Any], handler: BaseHTTPRequestHandler) -> None:
    """Break the connection in the middle of a turn, as a killed process does."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def slow(seconds: float, then: Behaviour = echoing) -> Behaviour:
    """Take some time over every message."""

    def behave(body: dict[str, Any], handler: BaseHTTPRequestHandler) -> dict[str, Any] | int | None:
        time.sleep(seconds)
        return then(body, handler)

    return behave


class StandIn:
    """The stand-in: `behaviour` says what it does with a message it has not seen; `seen` and `run` what came.

    A message id that was answered before is answered with the same again, and not run: as Rasa's tracker remembers.
    """

    def __init__(self, token: str) -> None:
        self.token = token
        self.behaviour: Behaviour = echoing
        self.seen: list[dict[str, Any]] = []
        self.run: list[str] = []
        self.handbacks: list[dict[str, Any]] = []
        self.at_once = 0
        self.most_at_once = 0
        self.answered: dict[str, dict[str, Any]] = {}
        self.lock = threading.Lock()
        self.port = 0
        self._server: _Server | None = None
        self.start()

    def start(self) -> None:
        """Listen, on the same port as before."""
        self._server = _Server(("127.0.0.1", self.port), _Handler)
        self._server.standin = self
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        """Be gone: nobody listens, and every connection breaks."""
        if self._server is None:
            return
        self._server.shutdown()
        self._server.server_close()
        for connection in list(self._server.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._server = None

    def texts(self) -> list[str]:
        """The texts (or payloads) of the messages that were run, in order."""
        first = {body["message_id"]: body for body in reversed(self.seen)}
        return [first[message_id]["text"] or first[message_id]["payload"] for message_id in self.run]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    standin: StandIn

    def __init__(self, *args: Any) -> None:
        self.connections: set[socket.socket] = set()
        super().__init__(*args)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # broken connections are what this is for


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *_args: Any) -> None:
        pass

    def do_GET(self) -> None:
        self._answer(200 if self.path == f"{PREFIX}/health" else 404, {"status": "ok", "model": "stand-in"})

    def do_POST(self) -> None:
        standin = self.server.standin
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers["Authorization"] != f"Bearer {standin.token}":
            self._answer(401, {})
        elif self.path == f"{PREFIX}/handback":
            standin.handbacks.append(body)
            self._answer(200, {"ok": True})
        elif self.path == f"{PREFIX}/messages":
            self._message(standin, body)
        else:
            self._answer(404, {})

    def _message(self, standin: StandIn, body: dict[str, Any]) -> None:
        message_id = body["message_id"]
        with standin.lock:
            standin.seen.append(body)
            known = standin.answered.get(message_id)
            standin.at_once += 1
            standin.most_at_once = max(standin.most_at_once, standin.at_once)
        try:
            result = known or standin.behaviour(body, self)
        finally:
            with standin.lock:
                standin.at_once -= 1
        if result is None:
            return
        if isinstance(result, int):
            self._answer(result, {"error": "told to"})
            return
        with standin.lock:
            if known is None:
                standin.run.append(message_id)
                standin.answered[message_id] = result
        wire = {
            "message_id": message_id,
            "conversation_id": body["conversation_id"],
            "duplicate": known is not None,
            **result,
        }
        self._answer(200, wire)

    def _answer(self, code: int, body: dict[str, Any]) -> None:
        raw = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)
