"""Addresses of clients, as limits count them: seen through the shop's own proxies, and one for each customer."""

from __future__ import annotations

import errno
import ipaddress
from typing import TypedDict

from core.settings import Settings


class ProxyOptions(TypedDict):
    """The part of a uvicorn server's options that says whose X-Forwarded-For is believed."""

    proxy_headers: bool
    forwarded_allow_ips: str


def proxy_options(settings: Settings) -> ProxyOptions:
    """Return the options of a server that people outside reach.

    X-Forwarded-For is believed from the addresses in `QUAYSIDE_TRUSTED_PROXIES` only; from nobody when it is empty,
    while uvicorn by itself believes everybody on this machine.
    """
    return {"proxy_headers": bool(settings.trusted_proxies), "forwarded_allow_ips": settings.trusted_proxies}


def why_not_listening(host: str, port: int, setting: str, error: OSError | UnicodeError) -> str:
    """Return why a door cannot be listened on, and what to do about it.

    Args:
        host: where it should have listened.
        port: the port there.
        setting: the setting that moves the port; the one of the host is named alike.
        error: what `bind` said.
    """
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return (
            f"Port {port} is taken (is Quayside already running?). Stop the program that uses it, or choose another "
            f"port: {setting} in .env."
        )
    if number == errno.EACCES:
        return f"Port {port} is not for this user to open. Choose one above 1023: {setting} in .env."
    host_setting = setting.removesuffix("PORT") + "HOST"
    return (
        f"{host} is no address of this machine. Set {host_setting} in .env to one of its own: 127.0.0.1 for this "
        "machine only, 0.0.0.0 for all."
    )


def address_key(host: str | None) -> str:
    """Return what counts as one client's address: an IPv4 address, or the /64 network of an IPv6 one."""
    try:
        address = ipaddress.ip_address(host or "")
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        # One customer gets a whole /64: counting single addresses would count nothing.
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
