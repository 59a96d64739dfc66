"""What somebody sees at an address that leads nowhere: a sentence, and the way back."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.exception_handlers import http_exception_handler
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from console.files import TEMPLATES, asset
from console.guard import Sessions
from console.viewer import Viewer


def add_missing(app: FastAPI, known: Sessions) -> None:
    """Answer for every address that the app does not have."""

    @app.exception_handler(404)
    async def missing(request: Request, error: HTTPException) -> Response:
        # Files are open to strangers, who have no language of their own; browsers do not show these answers.
        if not hasattr(request.state, "person") or "text/html" not in request.headers.get("accept", ""):
            return await http_exception_handler(request, error)
        texts = Viewer.of(request, known).texts
        back = "/conversations" if request.url.path.startswith("/conversations") else "/cases"
        page = TEMPLATES.get_template("missing.html")
        return HTMLResponse(page.render(t=texts, language=texts.language, asset=asset, back=back), 404)
