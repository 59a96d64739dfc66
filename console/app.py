"""The console as one web application: its guard, its pages, its files."""

from __future__ import annotations

import logging
import re
import sys
from contextlib import suppress

from nicegui import app, background_tasks, ui
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from console import cases_page, conversation_page, conversations_page
from console.files import ASSETS
from console.guard import Guard, Sessions
from console.live import Live
from console.login import add_login
from console.missing import add_missing
from console.rounds import Rounds
from console.threads import in_thread
from console.viewer import Viewer
from core.addresses import proxy_options
from core.database import reading, transaction
from core.identifiers import is_identifier
from core.logs import configure_logging
from core.settings import SettingsError, settings
from desk.accounts import ensure_first_admin
from desk.gateway_client import StaffDoor

logger = logging.getLogger(__name__)

_CASE_NUMBER = re.compile(r"Q-\d{1,10}")
# A browser that lost its connection has this long to come back to the same page, with everything typed in it.
_RECONNECT_SECONDS = 15.0
_PAGE_SECONDS = 15.0


def build() -> None:
    """Put guard, login, pages and files into NiceGUI's application."""
    current = settings()
    known, live = Sessions(), Live(current.shop)
    door = StaffDoor.from_settings(current)
    app.add_middleware(Guard, known=known)
    app.add_static_files("/assets", ASSETS, max_cache_age=7 * 24 * 3600)
    add_login(app, known)
    add_missing(app, known)
    _add_pages(known, live, door)

    @app.get("/health", include_in_schema=False)
    async def health() -> Response:
        try:
            await in_thread(_ask_database)
        except SQLAlchemyError:
            return JSONResponse({"status": "database down"}, 503)
        return JSONResponse({"status": "ok"})

    @app.get("/session", include_in_schema=False)
    async def session() -> Response:
        # Behind the guard: who is not logged in gets its 401. Pages ask when they lose the connection.
        return Response(status_code=204)

    app.on_startup(lambda: background_tasks.create(live.run(), name="live"))
    app.on_startup(lambda: background_tasks.create(Rounds(door, current.shop).run(), name="rounds"))


def _add_pages(known: Sessions, live: Live, door: StaffDoor) -> None:
    @app.get("/", include_in_schema=False)
    async def start() -> Response:
        return RedirectResponse("/cases", 303)

    @ui.page("/cases", response_timeout=_PAGE_SECONDS)
    async def all_cases(request: Request) -> None:
        await cases_page.show(request, Viewer.of(request, known), live, door)

    @ui.page("/cases/{number}", response_timeout=_PAGE_SECONDS)
    async def one_case(request: Request, number: str) -> None:
        number = number if _CASE_NUMBER.fullmatch(number) else ""
        await conversation_page.show_case(Viewer.of(request, known), live, door, number)

    @ui.page("/conversations", response_timeout=_PAGE_SECONDS)
    async def all_conversations(request: Request) -> None:
        await conversations_page.show(Viewer.of(request, known), live, door)

    @ui.page("/conversations/{conversation_id}", response_timeout=_PAGE_SECONDS)
    async def one_conversation(request: Request, conversation_id: str) -> None:
        conversation_id = conversation_id if is_identifier(conversation_id) else ""
        await conversation_page.show_conversation(Viewer.of(request, known), live, door, conversation_id)


def _ask_database() -> None:
    with reading() as session:
        session.execute(text("SELECT 1"))


def main() -> None:
    """Check what the console needs, then serve it until stopped."""
    try:
        current = settings()
        if not current.internal_token:
            raise SettingsError("QUAYSIDE_INTERNAL_TOKEN is missing: run `make setup`")
        with transaction() as session:
            ensure_first_admin(session, current.shop, current.console_user, current.console_password)
    except SettingsError as error:
        sys.exit(f"quayside: {error}.")
    except SQLAlchemyError as error:
        sys.exit(f"quayside: the database is not ready ({type(error).__name__}). Run `make setup` first.")
    configure_logging()
    build()
    # Ctrl-C: uvicorn has shut down in order by then, and only passes the signal on.
    with suppress(KeyboardInterrupt):
        ui.run(
            host=current.console_host,
            port=current.console_port,
            title="Quayside",
            favicon=ASSETS / "mark.svg",
            reload=False,
            show=False,
            show_welcome_message=False,
            tailwind=False,
            reconnect_timeout=_RECONNECT_SECONDS,
            **proxy_options(current),
        )
