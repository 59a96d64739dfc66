"""The storefront chat: messages in by POST, answers out by server-sent events with resume."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse
from fastapi.sse import format_sse_event
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.addresses import address_key
from core.failpoints import failpoint
from gateway import conversations, metrics, outbox
from gateway.channels.streams import Streams
from gateway.conversations import NoConversation
from gateway.inbox import Incoming
from gateway.refusals import Refusal
from gateway.tables import Conversation, OutboxItem, Sender
from gateway.text import clean, is_blank
from gateway.tokens import BadToken, ButtonRef, Visitor
from gateway.web import body_as

if TYPE_CHECKING:
    from gateway.gateway import Gateway

log = logging.getLogger(__name__)

WIDGET = Path(__file__).with_name("widget") / "quayside-chat.js"

_HEARTBEAT_SECONDS = 15.0
_RECONNECT_MILLISECONDS = 2000
_EVENTS_AT_ONCE = 100
_HISTORY_LENGTH = 300
_NOTE_SECONDS = 1.0
# JSON may write one character in twelve bytes ("\\ud83d\\ude00"); the rest of the body is an id and names.
_BYTES_PER_CHARACTER = 12
_BYTES_BESIDE_TEXT = 2048


class SessionBody(BaseModel):
    """What the widget sends to begin or to take up a conversation."""

    model_config = ConfigDict(strict=True)

    locale: str | None = Field(None, max_length=64)


class MessageBody(BaseModel):
    """A message: the client's own id of it, and either a text or a button's token."""

    model_config = ConfigDict(strict=True)

    id: str = Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")
    text: str | None = None
    button: str | None = Field(None, min_length=1, max_length=512)

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.text is None) == (self.button is None):
            raise ValueError("either text or button")
        return self


@dataclass(frozen=True)
class Shown:
    """Outbox rows as a screen shows them, the id of the last one, and the ids that have not been delivered before."""

    entries: list[tuple[int, str, dict[str, Any]]]
    undelivered: list[int]


class StorefrontChat:
    """The channel of the chat widget, under /chat on the public port."""

    name = "storefront_chat"

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._streams = Streams()
        self._delivered: set[int] = set()
        self._noting: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Nothing to take up: a browser asks for what it has not seen, by the id of the last event it saw."""
        self._noting = asyncio.create_task(self._note_delivered())

    async def stop(self) -> None:
        """End every stream; the widgets come back when the gateway does."""
        self._streams.close()
        if self._noting is not None:
            self._noting.cancel()
            await asyncio.gather(self._noting, return_exceptions=True)

    def changed(self, conversation_id: str) -> None:
        """Wake the streams of a conversation."""
        self._streams.outbox_changed(conversation_id)

    def typing(self, conversation_id: str, on: bool) -> None:
        """Show or hide that an answer is being made."""
        self._streams.set_typing(conversation_id, on)

    def doors(self) -> APIRouter:
        """Return the routes under /chat."""
        router = APIRouter(prefix="/chat")
        router.add_api_route("/sessions", self._begin, methods=["POST"])
        router.add_api_route("/messages", self._take, methods=["POST"])
        router.add_api_route("/events", self._stream, methods=["GET"])
        router.add_api_route("/history", self._history, methods=["GET"])
        router.add_api_route("/widget.js", self._widget, methods=["GET"])
        return router

    async def _widget(self) -> FileResponse:
        # Any shop's page may load the script; five minutes keep a new version from waiting long.
        headers = {"Cache-Control": "public, max-age=300", "Cross-Origin-Resource-Policy": "cross-origin"}
        return FileResponse(WIDGET, media_type="text/javascript", headers=headers)

    def _visitor(self, request: Request) -> Visitor:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            who = self._gateway.tokens.visitor(token.strip() if scheme.lower() == "bearer" else "")
        except BadToken as error:
            raise Refusal(401, "unauthorised") from error
        request.state.locale = who.locale
        return who

    async def _begin(self, request: Request) -> JSONResponse:
        body = await body_as(request, SessionBody, max_bytes=_BYTES_BESIDE_TEXT, max_chars=_BYTES_BESIDE_TEXT)
        texts, settings = self._gateway.texts, self._gateway.settings
        locale = texts.negotiate(body.locale)
        request.state.locale = locale
        conversation = await self._known(request)
        status = 200 if conversation else 201
        if conversation is None:
            address = address_key(request.client.host if request.client else None)
            conversation = await self._gateway.open_conversation(self.name, body.locale, address)
        language = locale or conversation.language
        return JSONResponse(
            {
                "conversation_id": conversation.id,
                "token": self._gateway.tokens.visitor_token(Visitor(conversation.id, language)),
                "locale": language,
                "direction": texts.direction(language),
                "strings": texts.widget(language, settings.shop_name),
                "message_max_chars": settings.message_max_chars,
            },
            status,
            {"Cache-Control": "no-store"},
        )

    async def _known(self, request: Request) -> Conversation | None:
        """Return the conversation that a token takes up again; a token that is none of ours is no mistake here."""
        try:
            who = self._visitor(request)
        except Refusal:
            return None
        self._count_look(who)
        shop = self._gateway.settings.shop
        try:
            return await self._gateway.database.read(lambda s: conversations.find(s, shop, who.conversation_id))
        except NoConversation:
            return None

    async def _take(self, request: Request) -> JSONResponse:
        began = time.perf_counter()
        who = self._visitor(request)
        max_chars = self._gateway.settings.message_max_chars
        max_bytes = max_chars * _BYTES_PER_CHARACTER + _BYTES_BESIDE_TEXT
        body = await body_as(request, MessageBody, max_bytes=max_bytes, max_chars=max_chars)
        incoming = self._incoming(body, who, max_chars)
        address = address_key(request.client.host if request.client else None)
        message_id = await self._gateway.accept(incoming, self.name, address)
        metrics.ACK_SECONDS.observe(time.perf_counter() - began)
        return JSONResponse({"message_id": message_id}, 202, {"Cache-Control": "no-store"})

    def _incoming(self, body: MessageBody, who: Visitor, max_chars: int) -> Incoming:
        if body.button is not None:
            try:
                button = self._gateway.tokens.button(who.conversation_id, body.button)
            except BadToken as error:
                raise Refusal(422, "button_invalid") from error
            return Incoming(who.conversation_id, body.id, button=button)
        try:
            text = clean(body.text or "")
        except ValueError as error:
            raise Refusal(400, "bad_request") from error
        if len(text) > max_chars:
            raise Refusal(413, "too_large", limit=max_chars)
        if is_blank(text):
            raise Refusal(422, "empty")
        return Incoming(who.conversation_id, body.id, text=text)

    async def _history(self, request: Request) -> JSONResponse:
        who = await self._look(request)

        def read(session: Session) -> Shown:
            return self._shown(session, who, outbox.latest(session, who.conversation_id, _HISTORY_LENGTH))

        shown = await self._gateway.database.read(read)
        last = shown.entries[-1][0] if shown.entries else 0
        body = {"entries": [data for _id, _kind, data in shown.entries], "last_event_id": str(last)}
        return JSONResponse(body, headers={"Cache-Control": "no-store"})

    async def _look(self, request: Request) -> Visitor:
        """Return who asks to see a conversation that exists, within the limits."""
        who = self._visitor(request)
        self._count_look(who)
        shop = self._gateway.settings.shop
        try:
            await self._gateway.database.read(lambda s: conversations.find(s, shop, who.conversation_id))
        except NoConversation as error:
            raise Refusal(401, "unauthorised") from error
        return who

    def _count_look(self, who: Visitor) -> None:
        wait = self._gateway.limits.look(who.conversation_id)
        if wait:
            raise Refusal(429, "too_many_requests", retry_after=wait)

    async def _stream(self, request: Request) -> StreamingResponse:
        who = await self._look(request)
        if self._streams.is_full(who.conversation_id):
            raise Refusal(429, "too_many_streams", retry_after=_HEARTBEAT_SECONDS)
        after = _event_id(request.headers.get("last-event-id"))
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(self._events(who, after), media_type="text/event-stream", headers=headers)

    async def _events(self, who: Visitor, after: int) -> AsyncIterator[bytes]:
        def read(session: Session) -> Shown:
            rows = outbox.after(session, who.conversation_id, after, _EVENTS_AT_ONCE)
            return self._shown(session, who, rows)

        typing = False
        with self._streams.open(who.conversation_id) as stream:
            yield format_sse_event(retry=_RECONNECT_MILLISECONDS, comment="open")
            while not stream.closing:
                if stream.stale:
                    stream.stale = False
                    shown = await self._gateway.database.read(read)
                    for row_id, kind, data in shown.entries:
                        yield _event(kind, data, row_id)
                        failpoint("gateway.during_delivery")
                        after = row_id
                    self._delivered.update(shown.undelivered)
                    stream.stale = stream.stale or len(shown.entries) == _EVENTS_AT_ONCE
                if typing != self._streams.is_typing(who.conversation_id):
                    typing = not typing
                    yield _event("typing", {"on": typing})
                if not stream.stale and not await stream.wait(_HEARTBEAT_SECONDS):
                    yield format_sse_event(comment="")
                    # Nothing is missed for long, even if a wake-up was.
                    stream.stale = True

    async def _note_delivered(self) -> None:
        """Write down from time to time what has been sent: one transaction for many."""
        while True:
            await asyncio.sleep(_NOTE_SECONDS)
            ids, self._delivered = self._delivered, set()
            if not ids:
                continue
            try:
                await self._gateway.database.write(partial(outbox.mark_delivered, ids=ids))
            except SQLAlchemyError:
                log.exception("deliveries could not be noted")
                self._delivered |= ids

    def _shown(self, session: Session, who: Visitor, rows: list[OutboxItem]) -> Shown:
        pressable = outbox.open_buttons(session, who.conversation_id, rows)
        entries = [(row.id, *self._entry(row, row.id in pressable)) for row in rows]
        return Shown(entries, [r.id for r in rows if r.delivered_at is None and r.sender != Sender.SHOPPER])

    def _entry(self, row: OutboxItem, pressable: bool) -> tuple[str, dict[str, Any]]:
        at = row.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        if row.sender == Sender.SHOPPER:
            return "echo", {"id": row.key.removeprefix("echo:"), "from": row.sender, "text": row.text, "at": at}
        # A button whose question is over has no token: a screen may show it, but not press it.
        buttons = [
            {"title": button["title"], "token": self._button_token(row, index) if pressable else None}
            for index, button in enumerate(row.buttons)
        ]
        return "message", {
            "id": str(row.id),
            "from": row.sender,
            "name": row.name,
            "text": row.text,
            "buttons": buttons,
            "card": row.card,
            "at": at,
            "language": row.language,
        }

    def _button_token(self, row: OutboxItem, index: int) -> str:
        return self._gateway.tokens.button_token(row.conversation_id, ButtonRef(row.id, index))


def _event(kind: str, data: dict[str, Any], event_id: int | None = None) -> bytes:
    # ASCII only: some clients take U+2028 and its like for the end of a line.
    text = json.dumps(data, separators=(",", ":"))
    return format_sse_event(event=kind, data_str=text, id=None if event_id is None else str(event_id))


def _event_id(header: str | None) -> int:
    """Return the last event a browser saw; anything that is no id of ours means that it saw none."""
    return int(header) if header and header.isascii() and header.isdigit() and len(header) <= 15 else 0
