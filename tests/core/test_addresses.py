"""Whose address counts, and what counts as one."""

from __future__ import annotations

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from core.addresses import address_key, proxy_options
from core.settings import Settings


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("testclient", "unknown"),
        (None, "unknown"),
    ],
)
def test_what_counts_as_one_address(host: str | None, key: str) -> None:
    assert address_key(host) == key


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "seen"),
    [
        ("", "10.0.0.1", "203.0.113.9", "10.0.0.1"),
        ("", "127.0.0.1", "203.0.113.9", "127.0.0.1"),
        ("10.0.0.1", "10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.7", "203.0.113.9", "198.51.100.7"),
        ("192.0.2.5, 10.0.0.0/8", "10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "10.0.0.1", "1.1.1.1, 203.0.113.9", "203.0.113.9"),
    ],
    ids=["nobody is trusted", "not even this machine", "a proxy", "not the proxy", "a network", "a forged beginning"],
)
def test_a_forwarded_address_is_believed_from_the_named_proxies_only(
    trusted: str, peer: str, forwarded: str, seen: str
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        client = Request(scope).client
        await PlainTextResponse(client.host if client else "")(scope, receive, send)

    config = uvicorn.Config(app, log_config=None, **proxy_options(Settings(trusted_proxies=trusted)))
    config.load()
    client = TestClient(config.loaded_app, client=(peer, 50000))
    assert client.get("/", headers={"X-Forwarded-For": forwarded}).text == seen
