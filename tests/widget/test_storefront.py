"""The demo shop's page: five languages, departments, orders to ask about."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from tests.widget.conftest import Shopper, Visits
from tests.widget.stand_in import CHANNELS
from tests.widget.test_access import PHONE, complaints_of_axe

PAGE = CHANNELS / "storefront"
ORDERS = [{"number": "1042", "email": "anna@example.com", "state": "Split in two parcels"}]


def shop(shopper: Shopper, language: str | None = None) -> Shopper:
    shopper.page.goto(shopper.gateway.url + (f"/?lang={language}" if language else "/"))
    shopper.launcher.wait_for()
    return shopper


def test_every_translation_has_every_text() -> None:
    html = (PAGE / "index.html").read_text(encoding="utf-8")
    script = (PAGE / "storefront.js").read_text(encoding="utf-8")
    names = set(re.findall(r'data-(?:text|label)="(\w+)"', html)) | set(re.findall(r"texts\.(\w+)", script))
    files = sorted((PAGE / "texts").glob("*.json"))
    assert [file.stem for file in files] == ["de", "es", "fr", "zh-Hans"]
    for file in files:
        assert set(json.loads(file.read_text(encoding="utf-8"))) == names, file.name


def test_the_page_has_no_inline_script_or_style() -> None:
    html = (PAGE / "index.html").read_text(encoding="utf-8")
    assert re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", html) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "headline", "price", "send"),
    [
        ("en", "This season", "€82.90", "Send"),
        ("es", "Esta temporada", "82,90 €", "Enviar"),
        ("fr", "Cette saison", "82,90 €", "Envoyer"),
        ("de", "Diese Saison", "82,90 €", "Senden"),
        ("zh-Hans", "本季新品", "€82.90", "发送"),
    ],
)
def test_page_and_chat_speak_the_chosen_language(
    shopper: Shopper, language: str, headline: str, price: str, send: str
) -> None:
    shop(shopper, language)
    expect(shopper.page.locator("#shop-title")).to_have_text(headline)
    expect(shopper.page.locator(".price").first).to_have_text(price)
    expect(shopper.page.locator("html")).to_have_attribute("lang", language)
    shopper.open()
    expect(shopper.button(send)).to_be_visible()


@pytest.mark.slow
def test_the_language_switcher_switches(shopper: Shopper) -> None:
    shop(shopper)
    shopper.page.get_by_role("link", name="Español").click()
    expect(shopper.page.locator("#shop-title")).to_have_text("Esta temporada")
    assert shopper.page.url.endswith("/?lang=es")


@pytest.mark.slow
def test_departments_show_their_products(shopper: Shopper) -> None:
    shop(shopper)
    products = shopper.page.locator(".products li:visible")
    expect(products).to_have_count(8)
    shopper.page.get_by_role("link", name="Shoes").click()
    expect(products).to_have_count(1)
    shopper.page.get_by_role("link", name="Everything").click()
    expect(products).to_have_count(8)
    missing = shopper.page.evaluate(
        "[...document.images].filter((i) => i.complete && !i.naturalWidth).map((i) => i.src)"
    )
    assert missing == []


@pytest.mark.slow
def test_the_panel_of_orders_is_hidden_without_orders(shopper: Shopper) -> None:
    shop(shopper)
    shopper.wait(lambda: ("GET", "/storefront-data/demo-orders.json") in shopper.gateway.requests)
    shopper.page.wait_for_timeout(200)
    expect(shopper.page.locator("#try")).to_be_hidden()


@pytest.mark.slow
def test_an_order_can_be_asked_about(shopper: Shopper) -> None:
    shopper.gateway.demo_orders = ORDERS
    shop(shopper)
    expect(shopper.page.locator("#orders td")).to_have_text(
        ["#1042", "anna@example.com", "Split in two parcels", "Ask"]
    )
    shopper.page.get_by_role("button", name="Ask: #1042").click()
    expect(shopper.field).to_have_value("Where is my order #1042?")
    shopper.field.press("Enter")
    shopper.reads("Where is my order #1042?", "You said: Where is my order #1042?")


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_whole_page(visits: Visits, scheme: str) -> None:
    shopper = visits.tab(color_scheme=scheme)
    shopper.gateway.demo_orders = ORDERS
    shop(shopper, "zh-Hans").open()
    assert complaints_of_axe(shopper.page) == []


@pytest.mark.slow
def test_nothing_is_wider_than_a_phone(visits: Visits) -> None:
    shopper = visits.tab(**PHONE)
    shopper.gateway.demo_orders = ORDERS
    for language in ("de", "fr"):
        shop(shopper, language)
        expect(shopper.page.locator("#try")).to_be_visible()
        assert shopper.page.evaluate("document.documentElement.scrollWidth") == 390
