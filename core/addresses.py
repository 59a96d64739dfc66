"""Addresses of clients, as limits count them: seen through the shop's own proxies, and one for each customer."""

from __future__ import annotations

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
