"""What comes from outside stays text; the script stays small, and asks the page for nothing it should not give."""

from __future__ import annotations

import gzip
import re

import pytest
from playwright.sync_api import expect

from gateway.texts import read_source
from tests.widget.conftest import Shopper
from tests.widget.stand_in import CHANNELS

SCRIPT = CHANNELS / "widget" / "quayside-chat.js"
LARGEST = 15 * 1024  # bytes, compressed
ATTACKS = [
    '<img src=x onerror="window.hacked = 1"><script>window.hacked = 1</script>',
    '<a href="javascript:window.hacked=1">press</a> javascript:window.hacked=1',
    "{{constructor.constructor('window.hacked=1')()}} ${window.hacked = 1}",
    'https://a.example/"onmouseover="window.hacked=1',
]


def test_the_script_stays_small() -> None:
    assert len(gzip.compress(SCRIPT.read_bytes(), 9)) < LARGEST


def test_the_script_needs_no_sink_that_parses_markup() -> None:
    script = SCRIPT.read_text(encoding="utf-8")
    assert (
        re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|DOMParser", script)
        == []
    )


def test_every_text_of_the_widget_is_one_the_gateway_sends() -> None:
    script = SCRIPT.read_text(encoding="utf-8")
    block = script[script.index("const TEXTS = {") : script.index("};", script.index("const TEXTS = {"))]
    names = set(re.findall(r"^\s+(\w+): ", block, re.MULTILINE))
    assert len(names) > 20
    assert names - set(read_source()["widget"]) == set()


@pytest.mark.slow
@pytest.mark.parametrize("attack", ATTACKS)
def test_markup_is_shown_as_text(shopper: Shopper, attack: str) -> None:
    card = {
        "type": attack,
        "title": attack,
        "subtitle": attack,
        "status": attack,
        "progress": {"step": 1, "of": 3},
        "fields": [{"label": attack, "value": attack}],
        "items": [{"title": attack, "detail": attack}],
        "link": {"title": attack, "url": "javascript:window.hacked=1"},
    }
    shopper.gateway.answer = lambda post: [
        {"from": "person", "name": attack, "text": attack, "card": card, "buttons": [{"title": attack, "token": "t"}]}
    ]
    shopper.visit().open()
    shopper.write(attack)
    shopper.reads(attack, attack)
    assert shopper.page.locator("quayside-chat .name").inner_text() == attack
    assert shopper.page.locator("quayside-chat .buttons button").inner_text() == attack
    assert shopper.page.locator("quayside-chat .who").last.inner_text() == attack
    assert shopper.page.locator("quayside-chat .log").locator("img, script, iframe").count() == 0
    addresses = [link.get_attribute("href") or "" for link in shopper.log.get_by_role("link").all()]
    assert all(address.startswith("https://a.example/") for address in addresses)
    assert shopper.page.evaluate("window.hacked") is None


@pytest.mark.slow
def test_a_card_without_a_web_address_has_no_link(shopper: Shopper) -> None:
    for url in ("javascript:alert(1)", "data:text/html,x", "//carrier.example", "not an address"):
        card = {"type": "order", "title": url, "link": {"title": "Look", "url": url}, "fields": [], "items": []}
        shopper.gateway.greeting.append({"text": url, "card": card})
    shopper.visit().open()
    expect(shopper.page.get_by_role("article")).to_have_count(4)
    expect(shopper.log.get_by_role("link")).to_have_count(0)


@pytest.mark.slow
def test_the_script_may_be_on_a_page_twice(shopper: Shopper) -> None:
    shopper.page.goto(f"{shopper.gateway.url}/page/twice")
    expect(shopper.page.locator("script")).to_have_count(2)
    expect(shopper.page.locator("quayside-chat")).to_have_count(1)


@pytest.mark.slow
def test_no_token_is_ever_in_an_address(shopper: Shopper) -> None:
    addresses: list[str] = []
    shopper.page.on("request", lambda request: addresses.append(request.url))
    shopper.visit().open()
    shopper.write("Hello")
    shopper.reads("Hello", "You said: Hello")
    assert len(addresses) >= 5
    assert [address for address in addresses if "token" in address or "?" in address.removesuffix("/page?")] == []
