"""Are the four processes up? Ports before the start, health checks after it."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Mapping

import requests

from core.addresses import why_not_listening
from core.settings import Settings
from ops.failure import Failure


def ports(settings: Settings) -> dict[str, tuple[str, int]]:
    """Return (host, port) of every door, by the setting that moves it."""
    return {
        "QUAYSIDE_GATEWAY_PORT": (settings.gateway_host, settings.gateway_port),
        "QUAYSIDE_GATEWAY_INTERNAL_PORT": ("127.0.0.1", settings.gateway_internal_port),
        "QUAYSIDE_CONSOLE_PORT": (settings.console_host, settings.console_port),
        "QUAYSIDE_ASSISTANT_PORT": ("127.0.0.1", settings.assistant_port),
        "QUAYSIDE_ACTIONS_PORT": ("127.0.0.1", settings.actions_port),
    }


def check_ports_free(settings: Settings) -> None:
    """Raise Failure naming the first door that cannot be opened, why, and the setting that moves it."""
    for name, (host, port) in ports(settings).items():
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except (OSError, UnicodeError) as error:
                raise Failure(why_not_listening(host, port, name, error)) from error


def health_addresses(settings: Settings) -> dict[str, str]:
    """Return the health check's address of each process."""
    return {
        "actions": f"http://127.0.0.1:{settings.actions_port}/health",
        "assistant": f"{settings.assistant_url}/health",
        "gateway": f"{settings.gateway_internal_url}/health",
        "console": f"http://{reachable(settings.console_host)}:{settings.console_port}/health",
    }


def reachable(host: str) -> str:
    """Return where a host that is listened on can be asked, as addresses hold it: "every address" is none to ask."""
    known = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104
    return known.get(host, f"[{host}]" if ":" in host else host)


def wait_until_healthy(
    addresses: Mapping[str, str], seconds: float, still_running: Callable[[], bool], tell: Callable[[str], None]
) -> bool:
    """Wait until every address answers 200; tell the name of each as it comes. False when time or processes ran out."""
    waiting = dict(addresses)
    deadline = time.monotonic() + seconds
    while waiting and time.monotonic() < deadline and still_running():
        for name in [n for n, address in waiting.items() if _answers(address)]:
            del waiting[name]
            tell(name)
        time.sleep(0.3)
    return not waiting


def _answers(address: str) -> bool:
    try:
        return requests.get(address, timeout=2).status_code == 200
    except requests.RequestException:
        return False
