"""A real browser, a stand-in gateway, and a shopper who knows where things are on the screen."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from tests.widget.stand_in import StandIn

_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Collected before any script of the page runs; read at the end of every test.
_WATCH = """
window.violations = [];
addEventListener('securitypolicyviolation', (event) => {
    violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
});
"""


# For each file anew: while it is open, its event loop keeps asynchronous tests elsewhere from starting theirs.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    assert path, "These tests need chromium: `make browser`, or apt-get install chromium."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def gateway() -> Iterator[StandIn]:
    stand_in = StandIn()
    stand_in.start()
    yield stand_in
    stand_in.stop()


class Shopper:
    """One tab of a shop with the chat in it."""

    def __init__(self, page: Page, gateway: StandIn) -> None:
        self.page = page
        self.gateway = gateway
        self.launcher = page.locator("quayside-chat .launcher")
        self.panel = page.locator("quayside-chat dialog")
        self.log = page.get_by_role("log")
        self.field = page.get_by_role("textbox")
        self.bubbles = page.locator("quayside-chat .bubble")
        self.mine = page.locator("quayside-chat .shopper .bubble")
        self.state = page.locator("quayside-chat .state")
        self.notice = page.get_by_role("alert")

    def visit(self, **attributes: str) -> Shopper:
        """Load a page of the shop; the arguments become the script's data attributes."""
        self.page.goto(f"{self.gateway.url}/page?{urlencode(attributes)}")
        self.launcher.wait_for()
        return self

    def open(self) -> Shopper:
        self.launcher.click()
        expect(self.panel).to_be_visible()
        self.wait_until_connected()
        return self

    def wait_until_connected(self, streams: int = 1) -> None:
        self.wait(lambda: self.gateway.streams >= streams)

    def write(self, text: str) -> None:
        self.field.fill(text)
        self.field.press("Enter")

    def reads(self, *texts: str) -> None:
        """What stands in the log, from top to bottom, and nothing else."""
        expect(self.bubbles).to_have_text(list(texts))

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def wait(self, condition: Callable[[], Any], seconds: float = 10) -> None:
        for _ in range(int(seconds / 0.02)):
            if condition():
                return
            self.page.wait_for_timeout(20)
        raise AssertionError("it did not happen in time")

    def focused(self) -> str:
        """The class and name of what has the focus, within the chat or outside it."""
        return str(
            self.page.evaluate("""() => {
                const inside = document.querySelector('quayside-chat').shadowRoot.activeElement;
                const node = inside || document.activeElement;
                return [node.localName, node.className || node.id].filter(Boolean).join('.');
            }""")
        )


class Visits:
    """Opens tabs, and remembers what the browser complained about in any of them."""

    def __init__(self, browser: Browser, gateway: StandIn) -> None:
        self._browser = browser
        self.gateway = gateway
        self.contexts: list[BrowserContext] = []
        self.errors: list[str] = []

    def context(self, **options: Any) -> BrowserContext:
        context = self._browser.new_context(**options)
        context.set_default_timeout(10_000)
        context.add_init_script(_WATCH)
        self.contexts.append(context)
        return context

    def tab(self, context: BrowserContext | None = None, **options: Any) -> Shopper:
        page = (context or self.context(**options)).new_page()
        page.on("pageerror", lambda error: self.errors.append(f"{error}"))
        page.on("console", lambda message: self._console(message.type, message.text))
        return Shopper(page, self.gateway)

    def _console(self, kind: str, text: str) -> None:
        # A failed request is written to the console by the browser itself: refusals and lost connections are tested.
        if kind in {"error", "warning"} and not text.startswith("Failed to load resource"):
            self.errors.append(text)

    def complaints(self) -> list[str]:
        pages = [page for context in self.contexts for page in context.pages if page.url.startswith("http")]
        return self.errors + [text for page in pages for text in page.evaluate("window.violations")]


@pytest.fixture
def visits(browser: Browser, gateway: StandIn) -> Iterator[Visits]:
    visits = Visits(browser, gateway)
    yield visits
    complaints = visits.complaints()
    for context in visits.contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def shopper(visits: Visits) -> Shopper:
    return visits.tab()
