"""The doors themselves: health, metrics, headers, other shops' pages."""

from __future__ import annotations

import asyncio
import gzip
import re

import pytest

from core.settings import settings
from tests.gateway.conftest import House, running
from tests.gateway.standin import StandIn


async def test_health_tells_of_an_assistant_that_is_away_without_failing(house: House) -> None:
    assert (await house.public.get("/health")).json() == {"status": "ok", "database": "ok", "assistant": "ok"}
    house.assistant.stop()

    async def away() -> bool:
        answer = await house.public.get("/health")
        assert answer.status_code == 200
        return answer.json()["assistant"] == "away"

    async with asyncio.timeout(10):
        while not await away():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_metrics_count_what_happens(house: House) -> None:
    async def value(name: str) -> float:
        lines = (await house.staff.get("/metrics", headers={"Authorization": "none"})).text.splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name))

    names = [
        'quayside_messages_accepted_total{channel="storefront_chat"}',
        'quayside_messages_ended_total{status="answered"}',
        'quayside_requests_refused_total{reason="empty"}',
        "quayside_ack_seconds_count",
        "quayside_turn_seconds_count",
    ]
    before = [await value(name) for name in names]
    shopper = await house.shopper()
    await shopper.say("hello")
    await shopper.hears(2)
    await shopper.send("")
    assert [await value(name) for name in names] == [count + 1 for count in before]
    assert await value("quayside_event_streams") == 1
    house.assistant.stop()
    await shopper.say("anybody?")
    assert await value("quayside_inbox_depth") == 1


async def test_responses_keep_a_browser_safe(house: House) -> None:
    for path in ("/", "/health", "/chat/widget.js", "/nowhere", "/chat/history"):
        headers = (await house.public.get(path)).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "server" not in headers


async def test_the_widget_is_small_and_may_be_loaded_by_any_shops_page(house: House) -> None:
    answer = await house.public.get("/chat/widget.js")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(gzip.compress(answer.content)) > 1000
    again = await house.public.get("/chat/widget.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code in {200, 304}


@pytest.fixture
def another_shop(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shop has a name of its own."""
    monkeypatch.setenv("QUAYSIDE_SHOP_NAME", "Bits & <Bobs>")


@pytest.mark.usefixtures("another_shop")
async def test_the_storefront_bears_the_shops_name(house: House) -> None:
    page = (await house.public.get("/")).text
    assert "<title>Bits &amp; &lt;Bobs&gt;</title>" in page
    assert "Harbour &amp; Pine" not in page


async def test_the_demo_storefront_is_at_the_root(house: House) -> None:
    assert (await house.public.head("/")).status_code == 200, "so that a monitor can look"
    page = await house.public.get("/")
    assert page.status_code == 200
    assert "/chat/widget.js" in page.text
    addresses = set(re.findall(r'(?:src|href)="(/[^"#]+)"', page.text))
    assert len(addresses) > 5
    for address in addresses:
        assert (await house.public.get(address)).status_code == 200, address


async def test_only_named_origins_may_use_the_chat(standin: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUAYSIDE_ALLOWED_ORIGINS", "https://shop.example, https://other.example/")
    settings.cache_clear()
    async with running(standin) as house:
        for origin, allowed in (
            ("https://shop.example", True),
            ("https://other.example", True),
            ("https://evil.example", False),
            ("null", False),
        ):
            preflight = await house.public.options(
                "/chat/messages",
                headers={
                    "Origin": origin,
                    "Access-Control-Request-Method": "POST",
                    "Access-Control-Request-Headers": "authorization,content-type,last-event-id",
                },
            )
            assert (preflight.headers.get("Access-Control-Allow-Origin") == origin) is allowed
            assert (preflight.status_code == 200) is allowed
            # A refusal must be readable too, or the widget cannot show it.
            refused = await house.public.post("/chat/messages", headers={"Origin": origin})
            assert refused.status_code == 401
            assert (refused.headers.get("Access-Control-Allow-Origin") == origin) is allowed


async def test_without_named_origins_no_other_page_may(house: House) -> None:
    answer = await house.public.post("/chat/sessions", json={"locale": "en"}, headers={"Origin": "https://x.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers


async def test_what_is_not_there_is_told_politely(house: House) -> None:
    for method, path, status in (
        ("GET", "/nowhere", 404),
        ("GET", "/../core/settings.py", 404),
        ("GET", "/%2e%2e/%2e%2e/core/settings.py", 404),
        ("GET", "/chat/messages", 405),
        ("GET", "/storefront/../widget/quayside-chat.js", 404),
        ("GET", "/storefront/%2e%2e/storefront_chat.py", 404),
        ("DELETE", "/chat/sessions", 405),
        ("GET", "/docs", 404),
        ("GET", "/openapi.json", 404),
    ):
        answer = await house.public.request(method, path, headers={"Accept-Language": "de"})
        assert answer.status_code == status, path
        assert answer.json()["error"]["message"]


async def test_the_demo_storefront_offers_the_orders_that_the_set_up_wrote(house: House) -> None:
    address = "/storefront-data/demo-orders.json"
    assert (await house.public.get(address)).json() == [], "a real shop offers none"
    (house.settings.var_dir / "demo-orders.json").write_text('[{"number": "1001"}]', encoding="utf-8")
    assert (await house.public.get(address)).json() == [{"number": "1001"}]
