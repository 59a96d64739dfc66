"""The public door: the channels, the health check, and the demo storefront."""

from __future__ import annotations

from html import escape
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from core.settings import listed
from gateway.gateway import Gateway
from gateway.web import SecureHeaders, refuse_politely

_STOREFRONT = Path(__file__).parent / "channels" / "storefront"
_DEMO_NAME = escape("Harbour & Pine")


def public_app(gateway: Gateway) -> ASGIApp:
    """Return the app of the public port."""
    app = FastAPI(title="Quayside", docs_url=None, redoc_url=None, openapi_url=None)
    refuse_politely(app, gateway.texts)

    @app.get("/health")
    async def health() -> JSONResponse:
        state = await gateway.health()
        return JSONResponse(state, 200 if state["status"] == "ok" else 503, {"Cache-Control": "no-store"})

    @app.get("/storefront-data/demo-orders.json")
    async def demo_orders() -> Response:
        # Written by the set-up for the demo shop only; a real shop has no such file.
        path = gateway.settings.var_dir / "demo-orders.json"
        exists = await run_in_threadpool(path.is_file)
        return FileResponse(path) if exists else JSONResponse([])

    for channel in gateway.channels:
        app.include_router(channel.doors())

    page = (_STOREFRONT / "index.html").read_text(encoding="utf-8")
    page = page.replace(_DEMO_NAME, escape(gateway.settings.shop_name))

    @app.api_route("/", methods=["GET", "HEAD"])
    async def storefront() -> HTMLResponse:
        return HTMLResponse(page, headers={"Cache-Control": "no-cache"})

    app.mount("/storefront", StaticFiles(directory=_STOREFRONT))
    origins = [origin.rstrip("/").lower() for origin in listed(gateway.settings.allowed_origins)]
    # The token travels in a header that only a page with the token can set: no cookies, no credentials.
    shared = CORSMiddleware(
        GZipMiddleware(app, minimum_size=1024),
        allow_origins=origins,
        allow_methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type", "Last-Event-ID"],
        expose_headers=["Retry-After"],
        max_age=600,
    )
    return SecureHeaders(shared)
