"""The staff door, on loopback: people take conversations over, answer, and hand them back."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.orm import Session
from starlette.types import ASGIApp

from core.identifiers import is_identifier
from desk.settlement import Settlement
from gateway import conversations, inbox, metrics
from gateway.conversations import GateTaken, NoConversation
from gateway.gateway import Gateway
from gateway.refusals import Refusal
from gateway.tables import Conversation
from gateway.text import clean, is_blank
from gateway.web import SecureHeaders, refuse_politely

_LONGEST_TEXT = 8000
_LONGEST_NOTE = 4000  # what the assistant takes


def _written(text: str) -> str:
    text = clean(text)
    if is_blank(text):
        raise ValueError("there is nothing in it")
    return text


Agent = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Written = Annotated[str, Field(max_length=_LONGEST_TEXT), AfterValidator(_written)]


class _Body(BaseModel):
    model_config = ConfigDict(strict=True)

    agent: Agent


class TakeoverBody(_Body):
    """Who takes over, and the name that the shopper sees."""

    agent_name: Annotated[str, Field(max_length=100), AfterValidator(_written)]


class PersonMessageBody(_Body):
    """What a person writes; the same id is sent once."""

    id: str = Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")
    text: Written


class HandbackBody(_Body):
    """Who hands back, what was settled, and a note that only the shop's people read."""

    note: Annotated[str, Field(max_length=_LONGEST_NOTE), AfterValidator(clean)] = ""
    settled: Settlement | None = None
    # A colleague goes on with it: the shopper whose last message was not answered hears so.
    released: bool = False


def staff_app(gateway: Gateway) -> ASGIApp:
    """Return the app of the staff door: everything under /conversations needs the internal token."""
    app = FastAPI(title="Quayside staff door", docs_url=None, redoc_url=None, openapi_url=None)
    refuse_politely(app, gateway.texts)

    @app.get("/health")
    async def health() -> JSONResponse:
        state = await gateway.health()
        return JSONResponse(state, 200 if state["status"] == "ok" else 503)

    @app.get("/metrics")
    async def read_metrics() -> Response:
        metrics.INBOX_DEPTH.set(await gateway.database.read(lambda s: inbox.depth(s, gateway.settings.shop)))
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    @app.exception_handler(GateTaken)
    async def taken(_request: Request, error: GateTaken) -> JSONResponse:
        return JSONResponse({"agent": error.agent}, 409)

    @app.exception_handler(NoConversation)
    async def unknown(_request: Request, _error: NoConversation) -> JSONResponse:
        return JSONResponse({"error": {"code": "not_found", "message": "no such conversation"}}, 404)

    app.include_router(_StaffDoor(gateway).router())
    return SecureHeaders(app)


class _StaffDoor:
    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._expected = f"Bearer {gateway.settings.internal_token}".encode()

    def router(self) -> APIRouter:
        router = APIRouter(prefix="/conversations/{conversation_id}", dependencies=[Depends(self._check)])
        router.add_api_route("", self._show, methods=["GET"])
        router.add_api_route("/takeover", self._take_over, methods=["POST"])
        router.add_api_route("/messages", self._say, methods=["POST"])
        router.add_api_route("/handback", self._hand_back, methods=["POST"])
        return router

    async def _check(self, request: Request) -> None:
        given = request.headers.get("authorization", "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._expected):
            raise Refusal(401, "unauthorised")

    async def _show(self, conversation_id: str) -> JSONResponse:
        _require_identifier(conversation_id)
        shop = self._gateway.settings.shop
        found = await self._gateway.database.read(lambda s: conversations.find(s, shop, conversation_id))
        return _state(found)

    async def _take_over(self, conversation_id: str, body: TakeoverBody) -> JSONResponse:
        agent, name = body.agent, body.agent_name
        act = partial(conversations.take_over, texts=self._gateway.texts, agent=agent, agent_name=name)
        answer = await self._act(conversation_id, act)
        self._gateway.typing(conversation_id, False)
        return answer

    async def _say(self, conversation_id: str, body: PersonMessageBody) -> JSONResponse:
        act = partial(conversations.say_as_person, key=body.id, agent=body.agent, text=body.text)
        return await self._act(conversation_id, act)

    async def _hand_back(self, conversation_id: str, body: HandbackBody) -> JSONResponse:
        act = partial(
            conversations.hand_back,
            texts=self._gateway.texts,
            agent=body.agent,
            note=body.note,
            settled=body.settled,
            released=body.released,
        )
        answer = await self._act(conversation_id, act)
        self._gateway.workers.wake(conversation_id)
        return answer

    async def _act(self, conversation_id: str, act: Callable[..., None]) -> JSONResponse:
        _require_identifier(conversation_id)

        def work(session: Session) -> Conversation:
            conversation = conversations.lock(session, self._gateway.settings.shop, conversation_id)
            act(session, conversation=conversation)
            return conversation

        conversation = await self._gateway.database.write(work)
        self._gateway.changed(conversation_id)
        return _state(conversation)


def _require_identifier(value: str) -> None:
    if not is_identifier(value):
        raise NoConversation(value)


def _state(conversation: Conversation) -> JSONResponse:
    return JSONResponse(
        {
            "id": conversation.id,
            "channel": conversation.channel,
            "locale": conversation.locale,
            "language": conversation.language,
            "handler": conversation.handler,
            "agent": conversation.agent,
        }
    )
