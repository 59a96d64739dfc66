"""Two servers in one process: the public port and the staff door, stopped together and gracefully."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from core.addresses import ProxyOptions, proxy_options, why_not_listening
from core.settings import Settings
from gateway.gateway import Gateway
from gateway.public import public_app
from gateway.staff import staff_app
from gateway.worker import Patience

log = logging.getLogger(__name__)

_STAFF_HOST = "127.0.0.1"
_BACKLOG = 2048
_LAST_REQUESTS_SECONDS = 5


class PortTaken(RuntimeError):
    """A port cannot be listened on; the message says which, why, and what to do."""


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # Signals are the process's business: two servers would take them from one another.
        yield


async def serve(settings: Settings, patience: Patience | None = None) -> None:
    """Run the gateway until SIGTERM or SIGINT. Raises PortTaken, core.settings.SettingsError."""
    public = _listen(settings.gateway_host, settings.gateway_port, "QUAYSIDE_GATEWAY_PORT")
    staff = _listen(_STAFF_HOST, settings.gateway_internal_port, "QUAYSIDE_GATEWAY_INTERNAL_PORT")
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    gateway = Gateway(settings, patience)
    servers = [
        (_server(public_app(gateway), proxy_options(settings)), public),
        (_server(staff_app(gateway)), staff),
    ]
    async with gateway:
        running = [asyncio.create_task(server.serve(sockets=[listener])) for server, listener in servers]
        stopping = asyncio.create_task(stop.wait())
        log.info("listening on %s:%d, staff door on %d", *public.getsockname()[:2], staff.getsockname()[1])
        await asyncio.wait([*running, stopping], return_when=asyncio.FIRST_COMPLETED)
        log.info("stopping")
        # Streams last for hours: they must end before a server can wait for its requests.
        await gateway.stop_channels()
        for server, _listener in servers:
            server.should_exit = True
        stopping.cancel()
        await asyncio.gather(*running)


def _listen(host: str, port: int, setting: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, UnicodeError) as error:
        listener.close()
        raise PortTaken(why_not_listening(host, port, setting, error)) from error
    return listener


def _server(app: ASGIApp, proxies: ProxyOptions | None = None) -> _Server:
    config = uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        # Two servers in one process would each tell of the one start and the one stop, in the same words.
        log_level=logging.WARNING,
        access_log=False,
        server_header=False,
        backlog=_BACKLOG,
        timeout_graceful_shutdown=_LAST_REQUESTS_SECONDS,
        **(proxies or {"proxy_headers": False}),
    )
    return _Server(config)
