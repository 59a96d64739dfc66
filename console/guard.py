"""The guard of every door of the console: nobody gets a page, a file or a websocket frame without a session.

An ASGI middleware rather than a page decorator, so that nothing that NiceGUI serves can be forgotten.
"""

from __future__ import annotations

import logging
import time
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.threads import in_thread
from core.database import reading, transaction
from desk import sessions
from desk.sessions import Person

logger = logging.getLogger(__name__)

SESSION_COOKIE = "quayside_session"
PUBLIC = frozenset({"/login", "/health", "/favicon.ico"})
PUBLIC_PREFIX = "/assets/"
# How long an answer of the database about a session holds; ending a session in this process takes effect at once.
_REMEMBER_SECONDS = 2.0
_TOUCH_SECONDS = 30.0
_REMEMBER_AT_MOST = 2000
_STRANGER_BYTES = 16 * 1024
# Socket.IO's frame for "the user did something on the page"; the others are its own heartbeat and acknowledgements.
_USER_EVENT = '42["event"'

# NiceGUI's Vue compiles its templates in the browser, which takes inline scripts and eval; everything else is ours,
# and nothing may be loaded from, sent to or framed by another place.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class Sessions:
    """Who is logged in, as the database says, remembered for a moment: every frame of every page asks."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, Person | None]] = {}
        self._touched: dict[str, float] = {}

    async def person(self, token: str | None) -> Person | None:
        """Return who is logged in with a token, if anybody."""
        if not token:
            return None
        known = self._known.get(token)
        if known is not None and time.monotonic() - known[0] < _REMEMBER_SECONDS:
            return known[1]
        person = await in_thread(_read_person, token)
        if len(self._known) >= _REMEMBER_AT_MOST:
            self._known.clear()
        self._known[token] = (time.monotonic(), person)
        return person

    async def active(self, token: str) -> None:
        """Note that somebody did something, now and then also in the database."""
        now = time.monotonic()
        if now - self._touched.get(token, -_TOUCH_SECONDS) < _TOUCH_SECONDS:
            return
        if len(self._touched) >= _REMEMBER_AT_MOST:
            self._touched.clear()
        self._touched[token] = now
        await in_thread(_touch, token)

    async def end(self, token: str) -> None:
        """End a session everywhere."""
        await in_thread(_end, token)
        self.forget(token)

    def forget(self, token: str) -> None:
        """Ask the database again at the next question about this token."""
        self._known.pop(token, None)


def _read_person(token: str) -> Person | None:
    with reading() as session:
        return sessions.person_of(session, token)


def _touch(token: str) -> None:
    with transaction() as session:
        sessions.touch(session, token)


def _end(token: str) -> None:
    with transaction() as session:
        sessions.end(session, token)


class Guard:
    """Let through only who is logged in; put `person` and `token` into the request's state."""

    def __init__(self, app: ASGIApp, known: Sessions) -> None:
        self._app = app
        self._sessions = known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer for the app, or pass on to it."""
        if scope["type"] == "http":
            await self._http(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers, path = Headers(scope=scope), scope["path"]
        if scope["method"] not in {"GET", "HEAD"} and not same_origin(headers):
            await PlainTextResponse("This request came from another site.", 403)(scope, receive, send)
        elif path in PUBLIC and scope["method"] == "POST":
            await self._small_post(scope, receive, send)
        elif path in PUBLIC or path.startswith(PUBLIC_PREFIX) or await self._admit(scope, headers):
            await self._app(scope, receive, send)
        elif scope["method"] == "GET" and "text/html" in headers.get("accept", ""):
            await RedirectResponse(f"/login?next={quote(path)}", 303)(scope, receive, send)
        else:
            await PlainTextResponse("Log in first.", 401)(scope, receive, send)

    async def _small_post(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Whoever is not logged in yet has little to say; a form is held in memory before anything can check it.
        body = await _read_body(receive, _STRANGER_BYTES)
        if body is None:
            await PlainTextResponse("This is too much for a login.", 413)(scope, receive, send)
            return
        waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive_again() -> Message:
            return waiting.pop() if waiting else await receive()

        await self._app(scope, receive_again, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        if not same_origin(headers) or not await self._admit(scope, headers):
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        token = scope["state"]["token"]

        async def guarded_receive() -> Message:
            message = await receive()
            if message["type"] != "websocket.receive":
                return message
            if await self._sessions.person(token) is None:
                await send({"type": "websocket.close", "code": 1008})
                return {"type": "websocket.disconnect", "code": 1008}
            if (message.get("text") or "").startswith(_USER_EVENT):
                await self._sessions.active(token)
            return message

        await self._app(scope, guarded_receive, send)

    async def _admit(self, scope: Scope, headers: Headers) -> bool:
        token = cookie(headers, SESSION_COOKIE)
        person = await self._sessions.person(token)
        if person is None or token is None:
            return False
        scope.setdefault("state", {}).update(person=person, token=token)
        if scope["type"] == "http" and not scope["path"].startswith("/_nicegui"):
            await self._sessions.active(token)
        return True


async def _read_body(receive: Receive, limit: int) -> bytes | None:
    """Return a request's body; None when it is longer than the limit (bytes) or broken off, whatever it announces."""
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > limit:
            return None
    return body


def same_origin(headers: Headers) -> bool:
    """Tell whether a request comes from a page of ours: browsers name the origin of every post and websocket."""
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}
    return urlsplit(origin).netloc == headers.get("host")


def cookie(headers: Headers, name: str) -> str | None:
    """Return a cookie of a request."""
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return None
    return None if found is None else found.value


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending
