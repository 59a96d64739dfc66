"""What both doors share: bodies read with a limit, refusals as JSON, headers that keep a browser safe."""

from __future__ import annotations

import asyncio
import logging

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ValidationError
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway import metrics
from gateway.refusals import Refusal
from gateway.texts import Texts

log = logging.getLogger(__name__)

_BODY_SECONDS = 10.0
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
}


async def body_as[Model: BaseModel](request: Request, model: type[Model], *, max_bytes: int, max_chars: int) -> Model:
    """Return a JSON body as a model. `max_chars` is what a shopper is told when the body is over `max_bytes`.

    Raises:
        Refusal: it is too large, too slow, not UTF-8, not JSON, or not of the model's form.
    """
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            raw = await _read(request, max_bytes)
    except TimeoutError as error:
        raise Refusal(408, "bad_request") from error
    except ClientDisconnect as error:
        raise Refusal(400, "bad_request") from error
    if raw is None:
        raise Refusal(413, "too_large", limit=max_chars)
    try:
        return model.model_validate_json(raw)
    except (ValidationError, ValueError) as error:
        raise Refusal(400, "bad_request") from error


async def _read(request: Request, max_bytes: int) -> bytes | None:
    # Counted while it comes in: what a client says about its length proves nothing.
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > max_bytes:
            return None
    return bytes(raw)


def language_of(request: Request, texts: Texts) -> str | None:
    """Return the language to refuse in: the conversation's, or the browser's."""
    locale: str | None = getattr(request.state, "locale", None)
    return locale or texts.from_header(request.headers.get("accept-language"))


def refuse_politely(app: FastAPI, texts: Texts) -> None:
    """Make an app answer every error as `{"error": {"code", "message"}}` in the visitor's language."""

    def answer(request: Request, refusal: Refusal) -> JSONResponse:
        metrics.REFUSED.labels(refusal.code).inc()
        message = texts.say(refusal.code, language_of(request, texts), **refusal.values)
        body = {"error": {"code": refusal.code, "message": message}}
        return JSONResponse(body, refusal.status, {"Cache-Control": "no-store", **refusal.headers})

    @app.exception_handler(Refusal)
    async def _refusal(request: Request, error: Refusal) -> JSONResponse:
        return answer(request, error)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        return answer(request, Refusal(error.status_code, "not_found" if error.status_code == 404 else "bad_request"))

    @app.exception_handler(Exception)
    async def _failure(request: Request, error: Exception) -> JSONResponse:
        # Starlette raises it again afterwards, so that the server logs it.
        return answer(request, Refusal(500, "unavailable"))


class SecureHeaders:
    """ASGI middleware that adds the security headers a response does not set itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)
