"""Logging in: one plain form, without a script or a websocket, so that nothing else is open to strangers."""

from __future__ import annotations

import asyncio
import re
import secrets
from typing import Annotated

from fastapi import FastAPI, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from console.files import TEMPLATES, asset
from console.guard import SESSION_COOKIE, Sessions
from console.problems import too_many_tries
from console.texts import LANGUAGE_NAMES, LANGUAGES, Texts, choose_language
from console.threads import in_thread
from core.addresses import address_key
from core.settings import settings
from desk.login import TooManyTries, WrongLogin, log_in
from desk.sessions import LONGEST

LANGUAGE_COOKIE = "quayside_language"
_FORM_COOKIE = "quayside_form"
# Where a login may lead: our own pages only, so that nobody can send a colleague elsewhere through us.
_NEXT = re.compile(r"/(cases|conversations)(/[A-Za-z0-9_-]{1,64})?")
_YEAR = 365 * 24 * 3600
# Each check of a password takes 64 MiB and a processor for 50 ms: so many at a time and no more.
_CHECKS_AT_ONCE = 2


def add_login(app: FastAPI, known: Sessions) -> None:
    """Add the login page to the app."""
    checks = asyncio.Semaphore(_CHECKS_AT_ONCE)

    @app.get("/login", include_in_schema=False)
    async def form(request: Request, next: str = "", lang: str = "") -> Response:
        if await known.person(request.cookies.get(SESSION_COOKIE)) is not None:
            return RedirectResponse(_safe(next), 303)
        return _page(request, next=next, chosen=lang)

    @app.post("/login", include_in_schema=False)
    async def submit(
        request: Request,
        name: Annotated[str, Form(max_length=200)] = "",
        password: Annotated[str, Form(max_length=1000)] = "",
        token: Annotated[str, Form(max_length=200)] = "",
        next: Annotated[str, Form(max_length=200)] = "",
    ) -> Response:
        # The form carries what its cookie says: another site can neither read nor set that cookie.
        if not token or not secrets.compare_digest(token.encode(), request.cookies.get(_FORM_COOKIE, "").encode()):
            return _page(request, next=next, name=name, error="expired")
        address = address_key(request.client.host if request.client else None)
        try:
            async with checks:
                session_token = await in_thread(log_in, settings().shop, name, password, address)
        except WrongLogin:
            return _page(request, next=next, name=name, error="wrong")
        except TooManyTries as error:
            return _page(request, next=next, name=name, error="wait", minutes=error.minutes)
        old = request.cookies.get(SESSION_COOKIE)
        if old:
            await known.end(old)
        response = RedirectResponse(_safe(next), 303)
        _set(response, SESSION_COOKIE, session_token, int(LONGEST.total_seconds()))
        response.delete_cookie(_FORM_COOKIE, path="/login")
        return response


def _page(  # noqa: PLR0913
    request: Request, *, next: str, name: str = "", chosen: str = "", error: str = "", minutes: int = 0
) -> Response:
    language = choose_language(chosen, request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language", ""))
    texts = Texts(language)
    messages = {
        "": "",
        "wrong": texts("The name or the password is wrong."),
        "expired": texts("The form had expired. Please try again."),
        "wait": too_many_tries(texts, minutes),
    }
    token = request.cookies.get(_FORM_COOKIE) or secrets.token_urlsafe(16)
    html = TEMPLATES.get_template("login.html").render(
        t=texts,
        asset=asset,
        language=language,
        languages=[(code, LANGUAGE_NAMES[code]) for code in LANGUAGES],
        shop_name=settings().shop_name,
        token=token,
        next=next if _NEXT.fullmatch(next) else "",
        name=name,
        error=messages[error],
    )
    status = {"": 200, "wait": 429, "expired": 400}.get(error, 401)
    response = HTMLResponse(html, status, headers={"Cache-Control": "no-store"})
    _set(response, _FORM_COOKIE, token, 3600, path="/login")
    if chosen in LANGUAGES:
        _set(response, LANGUAGE_COOKIE, chosen, _YEAR)
    return response


def _set(response: Response, name: str, value: str, seconds: int, path: str = "/") -> None:
    response.set_cookie(
        name, value, max_age=seconds, path=path, httponly=True, samesite="lax", secure=settings().secure_cookies
    )


def _safe(target: str) -> str:
    return target if _NEXT.fullmatch(target) else "/cases"
