"""A stand-in for the gateway's staff door, built on its contract, that keeps transcripts as the gateway does."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from core.database import transaction
from transcripts.entries import Speaker, record


@dataclass
class StandIn:
    """The door's state; tests look into it and break it."""

    token: str
    shop: str = "demo"
    conversations: set[str] = field(default_factory=set)
    holders: dict[str, tuple[str, str]] = field(default_factory=dict)
    said: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    down: bool = False
    lose_answers: bool = False  # does the work, but the answer never arrives
    port: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> ThreadingHTTPServer:
        """Serve on a free port of loopback; returns the server, to be shut down."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    def answer(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Do what a request asks, and return status and answer."""
        parts = path.strip("/").split("/")
        if len(parts) < 2 or parts[0] != "conversations" or parts[1] not in self.conversations:
            return 404, {}
        conversation_id, action = parts[1], "/".join(parts[2:])
        with self._lock:
            if method == "GET" and not action:
                return 200, self._state(conversation_id)
            return self._act(conversation_id, action, body)

    def _state(self, conversation_id: str) -> dict[str, Any]:
        holder = self.holders.get(conversation_id)
        return {
            "id": conversation_id,
            "channel": "storefront_chat",
            "locale": "es-ES",
            "language": "es",
            "handler": "person" if holder else "assistant",
            "agent": holder[0] if holder else None,
        }

    def _act(self, conversation_id: str, action: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        holder = self.holders.get(conversation_id)
        if action == "takeover":
            if holder and holder[0] != body["agent"]:
                return 409, {"agent": holder[0]}
            if not holder:
                self.holders[conversation_id] = (body["agent"], body["agent_name"])
                self._write(conversation_id, Speaker.SYSTEM, f"{body['agent_name']} se ha unido a la conversación.")
            return 200, {}
        if holder is None or holder[0] != body["agent"]:
            return 409, {"agent": holder[0] if holder else None}
        if action == "messages":
            if all(said["id"] != body["id"] for said in self.said):
                self.said.append({"conversation_id": conversation_id, **body})
                self._write(conversation_id, Speaker.PERSON, body["text"], {"agent_name": holder[1]})
            return 200, {}
        if action == "handback":
            del self.holders[conversation_id]
            self.notes.append({"conversation_id": conversation_id, **body})
            self._write(conversation_id, Speaker.SYSTEM, f"{holder[1]} ha salido. El asistente vuelve a responder.")
            return 200, {}
        return 404, {}

    def _write(self, conversation_id: str, speaker: Speaker, text: str, content: dict[str, Any] | None = None) -> None:
        with transaction() as session:
            record(
                session, shop=self.shop, conversation_id=conversation_id, speaker=speaker, text=text, content=content
            )


def _handler(door: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._serve("GET")

        def do_POST(self) -> None:
            self._serve("POST")

        def _serve(self, method: str) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
            if door.down:
                return self._reply(503, {})
            if self.headers.get("Authorization") != f"Bearer {door.token}":
                return self._reply(401, {})
            status, answer = door.answer(method, self.path, body)
            if door.lose_answers and method == "POST":
                self.close_connection = True
                return None
            return self._reply(status, answer)

        def _reply(self, status: int, answer: dict[str, Any]) -> None:
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler
