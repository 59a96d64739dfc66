"""A stand-in for the gateway's storefront chat (contract of /chat) that fails on command.

It serves the real widget and the real demo page under the gateway's content security policy, streams real server-sent
events over real sockets, and can drop connections, cut them in the middle of an event, refuse, stall and restart.
"""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response, StreamingResponse
from fastapi.staticfiles import StaticFiles

from gateway.texts import Texts
from tests.ports import free_port

CHANNELS = Path(__file__).resolve().parents[2] / "gateway" / "channels"
# As strict as it can be: no inline script or style, and no HTML sink of the DOM (trusted types).
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<script src="/chat/widget.js" defer {attributes}></script></head>
<body><h1>Shop</h1><a href="#" id="before">A link</a></body></html>"""

Reply = dict[str, Any]


@dataclass
class Talk:
    """One conversation: its token and everything shown in it, in order."""

    id: str
    token: str
    locale: str | None
    events: list[tuple[int, str, Reply]] = field(default_factory=list)
    accepted: dict[str, str] = field(default_factory=dict)
    typing: bool = False


@dataclass(frozen=True)
class Trouble:
    """An answer that is not success, given instead of the usual one."""

    status: int
    message: str = "Not now."
    retry_after: int | None = None

    def response(self) -> Response:
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        body = {"error": {"code": "trouble", "message": self.message}}
        return JSONResponse(body, self.status, headers=headers)


class StandIn:
    """The server in a thread of its own. Tests read its state and set its behaviour directly."""

    def __init__(self) -> None:
        self.talks: dict[str, Talk] = {}
        self.received: list[dict[str, Any]] = []  # every accepted post, in order; a repeated id appears once
        self.posts: list[dict[str, Any]] = []  # every post that came in
        self.requests: list[tuple[str, str]] = []
        self.resumed_from: list[str | None] = []
        self.troubles: dict[str, list[Trouble]] = {}
        self.answer: Callable[[dict[str, Any]], list[Reply]] = lambda post: [{"text": f"You said: {post['text']}"}]
        self.greeting: list[Reply] = []
        self.message_max_chars: int | None = None
        self.accept_then_break = False  # the post is taken, the answer to it is lost
        self.direction: str | None = None
        self.demo_orders: list[dict[str, str]] | None = None
        self.streams = 0
        self.chunk = 0  # bytes in a piece of the stream; 0: an event at a time
        self.newline = "\n"
        self._texts = Texts.load()
        self._next_id = 100
        self._cut = 0
        self._half = False
        self._expired: set[str] = set()
        self._app = self._make_app()
        self._socket = self._listen(free_port())
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._server: uvicorn.Server | None = None

    # ---- process

    @staticmethod
    def _listen(port: int) -> socket.socket:
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        return listening

    def start(self) -> None:
        config = uvicorn.Config(self._app, log_level="critical", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)

    def stop(self) -> None:
        assert self._server
        self.drop()
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()

    def restart(self) -> None:
        self._socket = self._listen(self.port)
        self.start()

    def drop(self, *, half: bool = False) -> None:
        """Break every open stream; `half`: the next event is cut in the middle, and the stream with it."""
        if half:
            self._half = True
        else:
            self._cut += 1

    # ---- what is said

    def say(self, talk: Talk | None = None, **message: Any) -> int:
        """Say something in a conversation (the newest one by default) and return its id."""
        talk = talk or self.newest
        identifier = self._number()
        told = {"from": "assistant", "name": None, "buttons": [], "card": None, "language": "en", "at": _now()}
        talk.events.append((identifier, "message", {**told, **message, "id": str(identifier)}))
        return identifier

    @property
    def newest(self) -> Talk:
        return list(self.talks.values())[-1]

    def expire(self) -> None:
        """Every token given so far is worth nothing any more."""
        self._expired |= {talk.token for talk in self.talks.values()}
        self.drop()

    def _number(self) -> int:
        self._next_id += 1
        return self._next_id

    def _trouble(self, door: str) -> Response | None:
        waiting = self.troubles.get(door, [])
        return waiting.pop(0).response() if waiting else None

    def _talk(self, request: Request) -> Talk | None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token in self._expired:
            return None
        return next((talk for talk in self.talks.values() if talk.token == token), None)

    # ---- doors

    def _make_app(self) -> FastAPI:
        app = FastAPI()

        @app.middleware("http")
        async def policy(request: Request, call_next: Any) -> Response:
            self.requests.append((request.method, request.url.path))
            response: Response = await call_next(request)
            response.headers["Content-Security-Policy"] = POLICY
            response.headers["Cache-Control"] = "no-store"
            return response

        @app.get("/chat/widget.js")
        async def widget() -> Response:
            return FileResponse(CHANNELS / "widget" / "quayside-chat.js", media_type="text/javascript")

        @app.get("/")
        async def shop() -> Response:
            return FileResponse(CHANNELS / "storefront" / "index.html")

        @app.get("/page")
        async def page(request: Request) -> Response:
            attributes = " ".join(f'data-{name}="{value}"' for name, value in request.query_params.items())
            return HTMLResponse(_PAGE.format(attributes=attributes))

        @app.get("/page/twice")
        async def twice() -> Response:
            return HTMLResponse(_PAGE.format(attributes="") + _PAGE.format(attributes=""))

        @app.get("/storefront-data/demo-orders.json")
        async def orders() -> Response:
            return Response(status_code=404) if self.demo_orders is None else JSONResponse(self.demo_orders)

        app.mount("/storefront", StaticFiles(directory=CHANNELS / "storefront"))
        app.post("/chat/sessions")(self._sessions)
        app.post("/chat/messages")(self._messages)
        app.get("/chat/history")(self._history)
        app.get("/chat/events")(self._events)
        return app

    async def _sessions(self, request: Request) -> Response:
        if trouble := self._trouble("sessions"):
            return trouble
        locale = (await request.json())["locale"]
        talk = self._talk(request)
        if talk is None and request.headers.get("authorization"):
            return Trouble(401).response()
        if talk is None:
            number = len(self.talks) + 1
            talk = Talk(f"conversation-{number}", f"token-{number}", locale)
            self.talks[talk.id] = talk
            for reply in self.greeting:
                self.say(talk, **reply)
        language = self._texts.negotiate(locale)
        session = {
            "conversation_id": talk.id,
            "token": talk.token,
            "locale": language or "en",
            "strings": self._texts.widget(language, "Harbour & Pine"),
            "direction": self.direction or self._texts.direction(language),
        }
        if self.message_max_chars:
            session["message_max_chars"] = self.message_max_chars
        return JSONResponse(session, 201)

    async def _messages(self, request: Request) -> Response:
        post = await request.json()
        self.posts.append(post)
        if trouble := self._trouble("messages"):
            return trouble
        talk = self._talk(request)
        if talk is None:
            return Trouble(401).response()
        if post["id"] not in talk.accepted:
            talk.accepted[post["id"]] = post.get("text") or post["button"]
            self.received.append(post)
            text = post.get("text") or self._title(talk, post["button"])
            talk.events.append((self._number(), "echo", {"id": post["id"], "text": text, "at": _now()}))
            for reply in self.answer({**post, "text": text}):
                self.say(talk, **reply)
        if self.accept_then_break:
            self.accept_then_break = False
            await asyncio.sleep(0.3)  # the echo is faster than the bad news
            raise ConnectionResetError  # uvicorn answers 500: the message is in, the widget cannot know
        return JSONResponse({"message_id": f"inbox-{post['id']}"}, 202)

    @staticmethod
    def _title(talk: Talk, token: str) -> str:
        buttons = [button for _, _, data in talk.events for button in data.get("buttons", [])]
        return next(str(button["title"]) for button in buttons if button["token"] == token)

    async def _history(self, request: Request) -> Response:
        if trouble := self._trouble("history"):
            return trouble
        talk = self._talk(request)
        if talk is None:
            return Trouble(401).response()
        events = list(talk.events)
        return JSONResponse(
            {"entries": [d for _, _, d in events], "last_event_id": str(events[-1][0]) if events else "0"}
        )

    async def _events(self, request: Request) -> Response:
        if trouble := self._trouble("events"):
            return trouble
        talk = self._talk(request)
        if talk is None:
            return Trouble(401).response()
        last = request.headers.get("last-event-id")
        self.resumed_from.append(last)
        return StreamingResponse(self._stream(talk, int(last or 0)), media_type="text/event-stream")

    async def _stream(self, talk: Talk, last: int) -> AsyncIterator[bytes]:
        cut, typing = self._cut, False
        self.streams += 1
        try:
            yield b": hello\n\n"
            while cut == self._cut:
                if talk.typing != typing:
                    typing = talk.typing
                    yield self._frame(None, "typing", {"on": typing})
                for identifier, kind, data in [event for event in talk.events if event[0] > last]:
                    frame = self._frame(identifier, kind, data)
                    if self._half:
                        self._half = False
                        yield frame[: len(frame) // 2]
                        raise ConnectionResetError
                    for piece in self._pieces(frame):
                        yield piece
                        await asyncio.sleep(0.001 if self.chunk else 0)
                    last = identifier
                await asyncio.sleep(0.02)
            raise ConnectionResetError  # no polite end of the stream: the connection breaks
        finally:
            self.streams -= 1

    def _frame(self, identifier: int | None, kind: str, data: Reply) -> bytes:
        # Spread over several data lines, as the format allows: JSON may have line breaks between its parts.
        body = json.dumps(data, ensure_ascii=False, indent=1).split("\n")
        lines = [f"event: {kind}", *(f"data: {line}" for line in body)]
        if identifier is not None:
            lines.insert(0, f"id: {identifier}")
        return (self.newline.join(lines) + self.newline * 2).encode()

    def _pieces(self, frame: bytes) -> list[bytes]:
        size = self.chunk or len(frame)
        return [frame[at : at + size] for at in range(0, len(frame), size)]


def _now() -> str:
    return datetime.now(UTC).isoformat()
