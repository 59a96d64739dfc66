"""The console as people have it: a real process, a real browser, the gateway's staff door played by the stand-in."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from core.database import Base, engine, reading, transaction
from core.secrets import ensure_secrets
from core.settings import ROOT, settings
from core.tables import import_tables
from desk import accounts, cases
from desk.summary import free_text
from tests.console import sample
from tests.console.sample import HOSTILE, PASSWORD, SHOP
from tests.console.stand_in import StandIn
from tests.ports import free_port
from transcripts.entries import Speaker

pytestmark = pytest.mark.slow

_CHROMIUM = shutil.which("chromium")
_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_PATIENCE_MS = 15_000
Log_in = Callable[..., Page]


@dataclass
class Console:
    """A console that runs, and the door behind it."""

    address: str
    gateway: StandIn
    problems: list[str] = field(default_factory=list)

    def conversation(self, name: str, **case: Any) -> tuple[str, str]:
        """Make a conversation of its own for a test; returns its id and its case's number."""
        conversation_id = f"conversation-{name}"
        self.gateway.conversations.add(conversation_id)
        sample.shopper_says(conversation_id, f"hola, soy {name}", f"m-{name}", {})
        return conversation_id, sample.open_case(conversation_id, f"m-{name}", **case)


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    folder = tmp_path_factory.mktemp("console")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUAYSIDE_VAR_DIR", str(folder))
        patch.delenv("QUAYSIDE_DATABASE_URL", raising=False)
        ensure_secrets(folder)
        settings.cache_clear()
        engine.cache_clear()
        import_tables()
        Base.metadata.create_all(engine())
        sample.add_staff()
        gateway = StandIn(settings().internal_token)
        server = gateway.start()
        port = free_port()
        # NiceGUI behaves otherwise when it believes to be in a test.
        variables = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "NICEGUI"))},
            "QUAYSIDE_CONSOLE_PORT": str(port),
            "QUAYSIDE_GATEWAY_INTERNAL_PORT": str(gateway.port),
        }
        process = subprocess.Popen([sys.executable, "-m", "console"], cwd=ROOT, env=variables)
        try:
            _wait_until_up(f"http://127.0.0.1:{port}/health", process)
            yield Console(f"http://127.0.0.1:{port}", gateway)
        finally:
            process.terminate()
            process.wait(10)
            server.shutdown()
            server.server_close()
            engine().dispose()
            settings.cache_clear()
            engine.cache_clear()


def _wait_until_up(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(150):
        assert process.poll() is None, "the console ended instead of starting"
        try:
            if requests.get(address, timeout=1).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(0.2)
    raise AssertionError("the console did not come up")


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    assert _CHROMIUM, "chromium is missing: run `make browser`"
    browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=_FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def new_page(browser: Browser, console: Console) -> Iterator[Callable[..., Page]]:
    """Open a page in a browser of its own. Script errors and requests to other hosts fail the test."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def opening(**options: Any) -> Page:
        context = browser.new_context(**{"locale": "en-GB", "viewport": {"width": 1280, "height": 800}, **options})
        context.set_default_timeout(_PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(f"script error: {error}"))
        page.on("request", lambda r: None if _is_ours(r.url, console) else problems.append(f"request to {r.url}"))
        return page

    expect.set_options(timeout=_PATIENCE_MS)
    yield opening
    for context in contexts:
        context.close()
    assert problems == []


def _is_ours(url: str, console: Console) -> bool:
    return url.startswith((console.address, "data:", "blob:"))


@pytest.fixture
def log_in(new_page: Callable[..., Page], console: Console) -> Log_in:
    def logging_in(name: str, path: str = "/cases", **options: Any) -> Page:
        page = new_page(**options)
        page.goto(console.address + path)
        page.fill("#name", name)
        page.fill("#password", PASSWORD)
        page.click("button[type=submit]")
        page.wait_for_url(f"**{path}")
        return page

    return logging_in


def answer_box(page: Page) -> Any:
    return page.locator(".composer textarea")


def take_over(page: Page) -> None:
    page.get_by_role("button", name="Take over").click()
    expect(page.get_by_text("You answer here. The assistant is silent.")).to_be_visible()


def test_a_stranger_sees_only_the_login(new_page: Callable[..., Page], console: Console) -> None:
    _conversation, number = console.conversation("stranger")
    page = new_page()
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.goto(f"{console.address}/cases/{number}")
    expect(page).to_have_url(re.compile(r"/login\?next=/cases/Q-\d+$"))
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    assert "stranger" not in page.content()
    assert sockets == []


def test_wrong_then_right_password_leads_to_the_page_asked_for(new_page: Callable[..., Page], console: Console) -> None:
    _conversation, number = console.conversation("login")
    page = new_page()
    page.goto(f"{console.address}/cases/{number}")
    page.fill("#name", "anna")
    page.fill("#password", "wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("The name or the password is wrong.")
    expect(page.locator("#name")).to_have_value("anna")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{console.address}/cases/{number}")
    expect(page.get_by_text("hola, soy login")).to_be_visible()
    assert page.evaluate("document.cookie").find("quayside_session") == -1


def test_new_cases_come_into_the_list_without_a_reload(log_in: Log_in, console: Console) -> None:
    page = log_in("anna")
    expect(page.locator(".case-row").first).to_be_visible()
    page.evaluate("window.sameDocument = true")
    _conversation, number = console.conversation("arrives", priority="urgent", order_number="4711")
    row = page.locator(".case-row", has_text=number)
    expect(row).to_contain_text("Urgent")
    expect(row).to_contain_text("#4711")
    page.get_by_label("Search").fill("4711")
    expect(page.locator(".case-row")).to_have_count(1)
    assert page.evaluate("window.sameDocument")
    assert "4711" not in page.url
    row.click()
    expect(page.get_by_text("hola, soy arrives")).to_be_visible()


def test_the_keyboard_stays_on_its_row_when_the_list_changes(log_in: Log_in, console: Console) -> None:
    _conversation, number = console.conversation("keyboard", priority="urgent")
    page = log_in("anna")
    row = page.get_by_role("link", name=number)
    row.focus()
    _conversation, newer = console.conversation("keyboard-2", priority="urgent")
    expect(page.get_by_role("link", name=newer)).to_be_visible()
    expect(row).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name=newer)).to_be_focused()


def test_from_reading_along_to_handing_back(log_in: Log_in, console: Console) -> None:
    conversation, number = console.conversation("whole-way")
    page = log_in("anna", f"/cases/{number}")
    expect(page.get_by_text("The assistant answers here.")).to_be_visible()
    expect(answer_box(page)).to_be_hidden()

    started = time.monotonic()
    sample.shopper_says(conversation, "¿hay alguien?", "m-whole-way-2")
    page.get_by_text("¿hay alguien?").wait_for()
    assert time.monotonic() - started < 5, "a shopper's words take too long to appear"

    take_over(page)
    assert console.gateway.holders[conversation] == ("anna", "Anna")
    expect(answer_box(page)).to_be_focused()
    page.keyboard.type("Hola,")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("soy Anna.")
    # Enter that ends the composing of a Chinese word is not for us.
    answer_box(page).dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    assert console.gateway.said == []
    page.keyboard.press("Enter")
    expect(page.locator(".entry.person .bubble")).to_have_text("Hola,\nsoy Anna.")
    expect(answer_box(page)).to_have_value("")
    assert [said["text"] for said in console.gateway.said] == ["Hola,\nsoy Anna."]

    page.get_by_role("button", name="Hand back").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="What was settled?").click()
    page.get_by_role("option", name="Nothing settled").click()
    expect(dialog.get_by_label("We report back by (optional)")).to_be_hidden()
    dialog.get_by_role("combobox", name="What was settled?").click()
    page.get_by_role("option", name="Replacement agreed").click()
    expect(dialog.get_by_role("checkbox", name="Close the case too")).to_be_checked()
    dialog.get_by_label("We report back by (optional)").fill("2040-01-02")
    expect(dialog.get_by_role("checkbox", name="Close the case too")).not_to_be_checked()
    dialog.get_by_label("Internal note").fill("New parcel on Monday")
    dialog.get_by_role("button", name="Hand back").click()
    expect(page.get_by_text("You have this case.")).to_be_visible()
    expect(page.get_by_text("Report by 2 Jan 2040")).to_be_visible()
    expect(page.get_by_text("The assistant answers here.")).to_be_visible()
    told = console.gateway.notes[-1]
    assert told["note"] == "New parcel on Monday"
    assert (told["settled"]["code"], told["settled"]["until"]) == ("replacement_agreed", "2040-01-02")
    with reading() as session:
        assert cases.find(session, SHOP, number).taken_by == "anna", "a promise is kept by who sees it"
    page.goto(console.address + "/cases?view=mine")
    expect(page.locator(".case-row", has_text=number)).to_contain_text("Report by 2 Jan 2040")


def test_the_tab_says_how_many_messages_wait_for_an_answer(log_in: Log_in, console: Console) -> None:
    conversation, number = console.conversation("titled")
    with transaction() as session:
        accounts.add(session, shop=SHOP, name="tina", password=PASSWORD, role="agent")
    page = log_in("tina", f"/cases/{number}")
    take_over(page)
    expect(page).to_have_title(f"{number} · Quayside")
    for n in (2, 3):
        sample.shopper_says(conversation, "¿hola?", f"m-titled-{n}")
    expect(page).to_have_title(f"(2) {number} · Quayside")
    page.goto(console.address + "/cases")
    expect(page).to_have_title("(2) Cases · Quayside")
    page.goto(f"{console.address}/cases/{number}")
    answer_box(page).fill("Hola")
    answer_box(page).press("Enter")
    expect(page).to_have_title(f"{number} · Quayside")


def test_how_a_message_was_understood_opens_on_demand(log_in: Log_in, console: Console) -> None:
    conversation, number = console.conversation("understood")
    page = log_in("tom", f"/cases/{number}")
    sample.shopper_says(
        conversation,
        "¡voy a mi abogado!",
        "m-understood-2",
        {"risk": ["lawyer"], "emotion": {"name": "anger", "score": 0.8}},
    )
    entry = page.locator(".entry", has_text="abogado")
    expect(entry.locator("summary")).to_contain_text("Lawyer")
    grave = {"risk": ["self_harm"], "intent": {"name": "nlu_fallback", "confidence": 0.4}}
    sample.shopper_says(conversation, "ya no quiero vivir", "m-understood-3", grave)
    summary = page.locator(".entry", has_text="ya no quiero vivir").locator("summary")
    expect(summary).to_contain_text("Self-harm")
    expect(summary).not_to_contain_text("Not understood")
    expect(entry.get_by_text("identity_form (RulePolicy 1.00)")).to_be_hidden()
    entry.locator("summary").click()
    expect(entry.get_by_text("identity_form (RulePolicy 1.00)")).to_be_visible()
    expect(entry.get_by_text("dealt with whose order it is")).to_be_visible()


def test_who_answers_shoppers_reads_words_and_no_names_of_the_machinery(log_in: Log_in, console: Console) -> None:
    conversation, number = console.conversation("words")
    slots = {"order_number": "1042", "need": "track_order", "requested_slot": "contact", "claim_confirmed": None}
    sample.shopper_says(conversation, "¿y mi pedido?", "m-words-2", {"slots": slots})
    page = log_in("anna", f"/cases/{number}")
    entry = page.locator(".entry", has_text="¿y mi pedido?")
    entry.locator("summary").click()
    expect(entry.get_by_text("dealt with whose order it is")).to_be_visible()
    expect(entry.get_by_text("Order number: 1042")).to_be_visible()
    expect(entry.get_by_text("Need: Track order")).to_be_visible()
    for inner in ("Asked for", "Yes to the claim"):
        expect(entry).not_to_contain_text(inner)
    expect(entry.locator(".code")).to_have_count(0)
    expect(entry).not_to_contain_text("RulePolicy")
    expect(entry).not_to_contain_text(" ms")


def test_the_arrow_leads_back_to_the_list_as_it_was(log_in: Log_in, console: Console) -> None:
    _conversation, number = console.conversation("way-back", priority="urgent")
    page = log_in("anna")
    page.goto(f"{console.address}/cases?priority=urgent")
    page.get_by_role("link", name=number).click()
    page.get_by_role("link", name="Back to the list").click()
    expect(page).to_have_url(f"{console.address}/cases?priority=urgent")


def test_a_note_in_writing_survives_a_reload_until_it_is_added(log_in: Log_in, console: Console) -> None:
    _conversation, number = console.conversation("noted")
    page = log_in("anna", f"/cases/{number}")
    note = page.get_by_role("textbox", name="Internal note")
    note.fill("Ask the depot\non Monday\nor on Tuesday")
    height = note.evaluate("box => box.clientHeight")
    page.reload()
    expect(note).to_have_value("Ask the depot\non Monday\nor on Tuesday")
    assert note.evaluate("box => box.clientHeight") == height, "the box shows only a part of the text"
    note.fill("Ask the depot on Monday")
    page.get_by_role("button", name="Add note").click()
    expect(page.locator(".panel-history").get_by_text("Ask the depot on Monday")).to_be_visible()
    expect(note).to_have_value("")
    page.reload()
    expect(page.locator(".panel-history").get_by_text("Ask the depot on Monday")).to_be_visible()
    expect(note).to_have_value("")


def test_the_priority_has_a_name_for_who_does_not_see_it(log_in: Log_in, console: Console) -> None:
    _conversation, number = console.conversation("named")
    page = log_in("anna", f"/cases/{number}")
    expect(page.get_by_role("combobox", name="Priority")).to_be_visible()


def test_two_people_at_once_and_exactly_one_gets_it(log_in: Log_in, console: Console) -> None:
    conversation, number = console.conversation("race")
    pages = {"anna": log_in("anna", f"/cases/{number}"), "bei": log_in("bei", f"/cases/{number}")}
    for page in pages.values():
        expect(page.get_by_role("button", name="Take over")).to_be_enabled()
    for page in pages.values():
        page.get_by_role("button", name="Take over").click(no_wait_after=True)

    for page in pages.values():
        expect(page.get_by_text(re.compile("You answer here|has taken over this conversation"))).to_be_visible()
    winner, display_name = console.gateway.holders[conversation]
    loser = pages["bei" if winner == "anna" else "anna"]
    expect(pages[winner].get_by_text("You answer here.")).to_be_visible()
    expect(loser.get_by_text(f"{display_name} has taken over this conversation.")).to_be_visible()
    expect(answer_box(loser)).to_be_hidden()
    with reading() as session:
        assert cases.find(session, SHOP, number).taken_by == winner


def test_what_cannot_be_sent_stays_even_over_a_reload(log_in: Log_in, console: Console) -> None:
    _conversation, number = console.conversation("offline")
    page = log_in("anna", f"/cases/{number}")
    take_over(page)
    before = len(console.gateway.said)
    answer_box(page).fill("Lo miro ahora mismo")
    console.gateway.down = True
    try:
        page.keyboard.press("Enter")
        expect(page.locator(".composer-problem")).to_contain_text("Your text is kept.")
        expect(answer_box(page)).to_have_value("Lo miro ahora mismo")
    finally:
        console.gateway.down = False
    page.reload()
    expect(answer_box(page)).to_have_value("Lo miro ahora mismo")
    expect(page.get_by_text("You answer here.")).to_be_visible()
    answer_box(page).press("Enter")
    expect(page.locator(".entry.person .bubble")).to_have_text("Lo miro ahora mismo")
    assert len(console.gateway.said) == before + 1
    page.reload()
    expect(answer_box(page)).to_have_value("")


@pytest.mark.parametrize("by", ["button", "Enter"])
def test_an_answer_in_writing_survives_a_reload_and_is_sent_once(log_in: Log_in, console: Console, by: str) -> None:
    conversation, number = console.conversation(f"draft-{by.lower()}")
    page = log_in("anna", f"/cases/{number}")
    take_over(page)
    lines = "\n".join(["Lo miro ahora mismo."] * 5)
    answer_box(page).fill(lines)
    height = answer_box(page).evaluate("box => box.clientHeight")
    page.reload()
    expect(answer_box(page)).to_have_value(lines)
    assert answer_box(page).evaluate("box => box.clientHeight") == height, "the box shows only a part of the text"
    if by == "button":
        page.get_by_role("button", name="Send").click()
    else:
        answer_box(page).press("Enter")
    expect(page.locator(".entry.person .bubble")).to_have_text(lines)
    expect(answer_box(page)).to_have_value("")
    answer_box(page).press("Enter")
    page.get_by_role("button", name="Send").click()
    answer_box(page).press_sequentially("Ya está.")
    answer_box(page).press("Enter")
    expect(page.locator(".entry.person .bubble")).to_have_text([lines, "Ya está."])
    assert [s["text"] for s in console.gateway.said if s["conversation_id"] == conversation] == [lines, "Ya está."]


def test_what_is_too_long_is_said_and_not_cut(log_in: Log_in, console: Console) -> None:
    conversation, number = console.conversation("long")
    page = log_in("anna", f"/cases/{number}")
    take_over(page)
    answer_box(page).fill("x" * 2001)
    expect(page.get_by_text("Too long to send. Shorten it, or send it in parts. 2001 / 2000")).to_be_visible()
    answer_box(page).press("Enter")
    expect(answer_box(page)).to_have_value("x" * 2001)
    answer_box(page).fill("x" * 2000)
    expect(page.get_by_text("2000 / 2000")).to_be_visible()
    answer_box(page).press("Enter")
    expect(page.locator(".entry.person .bubble")).to_have_text("x" * 2000)
    assert [len(s["text"]) for s in console.gateway.said if s["conversation_id"] == conversation] == [2000]


def test_secure_addresses_can_be_followed_and_nothing_else(log_in: Log_in, console: Console) -> None:
    conversation, number = console.conversation("links")
    text = "见https://track.example.com/p?n=1，或 http://plain.example.com javascript:alert(1) (https://b.example.com)."
    sample.say(conversation, Speaker.ASSISTANT, text)
    page = log_in("anna", f"/cases/{number}")
    bubble = page.locator(".entry.assistant .bubble")
    expect(bubble).to_have_text(text)
    links = bubble.get_by_role("link")
    expect(links).to_have_text(["https://track.example.com/p?n=1", "https://b.example.com"])
    for n in range(2):
        assert links.nth(n).get_attribute("rel") == "noopener noreferrer"
        assert links.nth(n).get_attribute("target") == "_blank"


def test_hostile_words_are_shown_as_text(log_in: Log_in, console: Console) -> None:
    conversation, number = console.conversation("hostile", summary=[free_text(HOSTILE)], facts={"customer": HOSTILE})
    sample.shopper_says(
        conversation,
        HOSTILE,
        "m-hostile-2",
        {"intent": {"name": HOSTILE}, "entities": [{"entity": "email", "value": HOSTILE}]},
    )
    page = log_in("anna", f"/cases/{number}")
    expect(page.locator(".entry.shopper .bubble").last).to_have_text(HOSTILE)
    expect(page.locator(".panel-summary")).to_have_text(HOSTILE)
    sample.shopper_says(conversation, HOSTILE + " live", "m-hostile-3", {})
    expect(page.locator(".entry.shopper .bubble").last).to_have_text(HOSTILE + " live")
    for path in ("/cases", "/conversations"):
        page.goto(console.address + path)
        expect(page.locator(".cell-summary", has_text="window.hacked").first).to_be_visible()
    assert page.evaluate("window.hacked") is None
    assert page.locator("img[src=x]").count() == 0


def test_chinese_by_the_browsers_language_and_english_by_choice(log_in: Log_in, console: Console) -> None:
    _conversation, number = console.conversation("language", priority="high")
    page = log_in("bei", f"/cases/{number}", locale="zh-CN", timezone_id="Asia/Shanghai")
    expect(page.get_by_role("button", name="接管")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    page.get_by_label("语言").click()
    page.get_by_text("English").click()
    expect(page.get_by_role("button", name="Take over")).to_be_visible()
    page.goto(console.address + "/cases")
    expect(page.get_by_role("heading", name="Cases")).to_be_visible()
    with transaction() as session:
        account = accounts.find(session, SHOP, "bei")
        assert account is not None
        account.language = None


def test_handing_back_in_chinese(log_in: Log_in, console: Console) -> None:
    conversation, number = console.conversation("chinese")
    page = log_in("bei", f"/cases/{number}", locale="zh-CN", timezone_id="Asia/Shanghai")
    page.get_by_role("button", name="接管").click()
    page.get_by_role("button", name="交还助手").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="交还助手").click()
    expect(dialog.get_by_role("alert")).to_have_text("请选择处理结果，以免助手从头再问。")
    dialog.get_by_role("combobox", name="处理结果").click()
    expect(page.get_by_role("option")).to_have_text(
        [
            *("已答复问题", "已同意退款", "已同意补发或更换", "已修改订单或地址"),
            *("理赔已受理，我们会回复结果", "已婉拒请求", "其他（见备注）", "尚无结果，或顾客已离开"),
        ]
    )
    page.get_by_role("option", name="已婉拒请求").click()
    dialog.get_by_role("button", name="交还助手").click()
    expect(dialog).to_be_hidden()
    expect(page.locator(".panel-history .event-handed_back").get_by_text("已婉拒请求")).to_be_visible()
    told = console.gateway.notes[-1]
    assert (told["conversation_id"], told["note"]) == (conversation, "")
    assert (told["settled"]["code"], told["settled"]["until"]) == ("request_declined", None)


def test_a_phone_shows_conversation_and_details_in_turn(
    log_in: Log_in, console: Console, playwright: Playwright
) -> None:
    _conversation, number = console.conversation("phone", summary=[free_text("Parcel is late. " * 20)])
    page = log_in("anna", f"/cases/{number}", **playwright.devices["iPhone 13"])
    expect(page.get_by_text("hola, soy phone")).to_be_visible()
    expect(page.locator(".panel")).to_be_hidden()
    page.get_by_role("button", name="Details").click()
    expect(page.get_by_text("Parcel is late.").first).to_be_visible()
    expect(page.locator(".talk")).to_be_hidden()
    for path in (f"/cases/{number}", "/cases", "/conversations"):
        page.goto(console.address + path)
        page.locator(".work, .case-row, .conversation-row").first.wait_for()
        width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert width[0] <= width[1], f"{path} is wider than the phone"


def test_a_session_that_was_ended_shows_nothing_more(log_in: Log_in, console: Console) -> None:
    conversation, number = console.conversation("ended")
    page = log_in("tom", f"/cases/{number}")
    expect(page.get_by_text("The assistant answers here.")).to_be_visible()
    with transaction() as session:
        accounts.change(session, SHOP, "tom", role="trainer")  # ends the account's sessions
    page.wait_for_url("**/login*")
    sample.shopper_says(conversation, "un secreto", "m-ended-2")
    time.sleep(1.5)
    assert "un secreto" not in page.content()


def test_who_logs_out_is_asked_about_the_conversations_they_hold(log_in: Log_in, console: Console) -> None:
    conversation, number = console.conversation("left-alone")
    with transaction() as session:
        accounts.add(session, shop=SHOP, name="ines", password=PASSWORD, role="agent")
    page = log_in("ines", f"/cases/{number}")
    take_over(page)
    page.get_by_label("Account").click()
    page.get_by_text("Log out").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("You still hold 1 conversation")
    expect(dialog).to_contain_text(number)
    dialog.get_by_role("button", name="Stay").click()
    expect(dialog).to_be_hidden()
    assert console.gateway.holders[conversation][0] == "ines"
    page.get_by_label("Account").click()
    page.get_by_text("Log out").click()
    page.get_by_role("dialog").get_by_role("button", name="Give back and log out").click()
    page.wait_for_url("**/login")
    assert conversation not in console.gateway.holders
    assert console.gateway.notes[-1]["released"]
    with reading() as session:
        assert cases.find(session, SHOP, number).status == "open"


def test_people_change_their_own_password(log_in: Log_in, console: Console) -> None:
    with transaction() as session:
        accounts.add(session, shop=SHOP, name="paula", password=PASSWORD, role="manager")
    page, elsewhere = log_in("paula"), log_in("paula")

    def change(current: str, new: str, again: str) -> None:
        dialog.get_by_label("Current password").fill(current)
        dialog.get_by_label("New password", exact=True).fill(new)
        dialog.get_by_label("New password again").fill(again)
        dialog.get_by_role("button", name="Change password").click()

    page.get_by_label("Account").click()
    page.get_by_text("Change password").click()
    dialog = page.get_by_role("dialog")
    change(PASSWORD, "another-harbour-7", "another-harbour-8")
    expect(dialog.get_by_role("alert")).to_have_text("The two new passwords differ.")
    change("wrong-password", "another-harbour-7", "another-harbour-7")
    expect(dialog.get_by_role("alert")).to_have_text("The current password is wrong.")
    change(PASSWORD, "short", "short")
    expect(dialog.get_by_role("alert")).to_contain_text("at least 10 characters")
    change(PASSWORD, "another-harbour-7", "another-harbour-7")
    expect(page.get_by_text("Your password is changed.")).to_be_visible()
    elsewhere.wait_for_url("**/login*")
    page.reload()
    expect(page.get_by_role("heading", name="Cases")).to_be_visible()
    elsewhere.fill("#name", "paula")
    elsewhere.fill("#password", "another-harbour-7")
    elsewhere.click("button[type=submit]")
    expect(elsewhere.get_by_role("heading", name="Cases")).to_be_visible()


def test_logging_out_ends_the_session_in_every_tab(log_in: Log_in, console: Console) -> None:
    page = log_in("lena")
    other = page.context.new_page()
    other.goto(console.address + "/conversations")
    page.get_by_label("Account").click()
    page.get_by_text("Log out").click()
    page.wait_for_url("**/login")
    other.wait_for_url("**/login*")
    page.goto(console.address + "/cases")
    expect(page).to_have_url(re.compile("/login"))
