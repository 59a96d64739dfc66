"""What a shopper sees while talking: messages, buttons, cards, typing, people."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.widget.conftest import Shopper, Visits
from tests.widget.stand_in import Trouble

pytestmark = pytest.mark.slow

CARD = {
    "type": "parcel",
    "title": "Parcel 1 of 2",
    "subtitle": "JD0146",
    "status": "On its way",
    "progress": {"step": 3, "of": 5},
    "fields": [{"label": "Last seen", "value": "Leipzig"}],
    "items": [{"title": "Fjord sweater", "detail": "M"}, {"title": "Beanie", "detail": None}],
    "link": {"title": "Follow the parcel", "url": "https://carrier.example/JD0146"},
}
GREETING = {"from": "system", "text": "Hello!", "buttons": [{"title": "Where is it?", "token": "signed-1"}]}


def test_a_message_is_sent_and_answered(shopper: Shopper) -> None:
    shopper.visit().open()
    shopper.write("Where is my order?")
    shopper.reads("Where is my order?", "You said: Where is my order?")
    (post,) = shopper.gateway.received
    assert set(post) == {"id", "text"}
    assert len(post["id"]) == 32
    expect(shopper.field).to_have_value("")


def test_no_request_is_made_before_the_shopper_opens_the_chat(shopper: Shopper) -> None:
    shopper.visit()
    shopper.page.wait_for_timeout(300)
    assert not {path for _, path in shopper.gateway.requests} - {"/page", "/chat/widget.js", "/favicon.ico"}


def test_shift_enter_breaks_the_line_and_the_field_grows(shopper: Shopper) -> None:
    shopper.visit().open()
    low = shopper.field.bounding_box()
    shopper.field.press_sequentially("one")
    shopper.field.press("Shift+Enter")
    shopper.field.press_sequentially("two")
    high = shopper.field.bounding_box()
    assert low and high and high["height"] > low["height"] + 10
    shopper.field.press("Enter")
    expect(shopper.mine).to_have_text("one\ntwo", use_inner_text=True)
    shopper.wait(lambda: shopper.gateway.received)
    assert shopper.gateway.received[0]["text"] == "one\ntwo"


def test_nothing_is_sent_when_there_is_nothing_to_say(shopper: Shopper) -> None:
    shopper.visit().open()
    shopper.write("   \n ")
    expect(shopper.button("Send")).to_be_disabled()
    shopper.page.wait_for_timeout(200)
    assert shopper.gateway.posts == []


def test_a_button_sends_its_token_and_can_be_used_once(shopper: Shopper) -> None:
    shopper.gateway.greeting = [GREETING]
    shopper.visit().open()
    shopper.button("Where is it?").click()
    shopper.reads("Hello!", "Where is it?", "You said: Where is it?")
    (post,) = shopper.gateway.received
    assert set(post) == {"id", "button"} and post["button"] == "signed-1"
    expect(shopper.button("Where is it?")).to_be_disabled()
    assert shopper.focused() == "textarea"


def test_buttons_of_a_question_that_is_over_cannot_be_pressed(shopper: Shopper) -> None:
    shopper.gateway.greeting = [GREETING]
    shopper.visit().open()
    expect(shopper.button("Where is it?")).to_be_enabled()
    shopper.write("Something else")
    expect(shopper.button("Where is it?")).to_be_disabled()
    shopper.page.reload()
    shopper.reads("Hello!", "Something else", "You said: Something else")
    expect(shopper.button("Where is it?")).to_be_disabled()


def test_a_card_shows_everything_it_carries(shopper: Shopper) -> None:
    shopper.gateway.answer = lambda post: [{"text": "Found it.", "card": CARD}]
    shopper.visit().open()
    shopper.write("1042")
    card = shopper.page.get_by_role("article", name="Parcel 1 of 2")
    for text in ("JD0146", "On its way", "Last seen", "Leipzig", "Fjord sweater", "Beanie"):
        expect(card.get_by_text(text, exact=True)).to_be_visible()
    expect(card.get_by_role("img", name="Step 3 of 5")).to_be_visible()
    assert card.locator(".progress .done").count() == 3
    link = card.get_by_role("link", name="Follow the parcel (opens in a new tab)")
    expect(link).to_have_attribute("href", "https://carrier.example/JD0146")
    expect(link).to_have_attribute("rel", "noopener noreferrer")


def test_typing_comes_and_goes_and_is_said_when_it_lasts(shopper: Shopper) -> None:
    shopper.visit().open()
    dots = shopper.page.locator("quayside-chat .typing")
    shopper.gateway.newest.typing = True
    expect(dots).to_be_visible()
    expect(shopper.page.get_by_text("Virtual assistant is typing…")).to_have_count(1, timeout=4000)
    shopper.gateway.newest.typing = False
    expect(dots).to_be_hidden()
    expect(shopper.page.get_by_text("is typing…")).to_have_count(0)


def test_a_person_is_told_apart_from_the_assistant(shopper: Shopper) -> None:
    shopper.visit().open()
    expect(shopper.panel.get_by_role("heading")).to_have_text("Harbour & Pine support")
    shopper.gateway.say(text="I am a machine.")
    shopper.gateway.say(**{"from": "system", "text": "Anna has joined"})
    shopper.gateway.say(**{"from": "person", "name": "Anna", "text": "I am not."})
    expect(shopper.page.locator("quayside-chat .assistant .who")).to_have_text("Virtual assistant")
    expect(shopper.page.locator("quayside-chat .person .who")).to_have_text("Anna")
    expect(shopper.page.locator("quayside-chat .with")).to_have_text("Anna, customer service")
    expect(shopper.page.locator("quayside-chat .system .bubble")).to_have_text("Anna has joined")
    shopper.gateway.say(text="It is me again.")
    expect(shopper.page.locator("quayside-chat .with")).to_have_text("Virtual assistant")


def test_what_is_said_twice_is_shown_twice_and_what_comes_twice_is_shown_once(shopper: Shopper) -> None:
    shopper.visit().open()
    shopper.write("Hello")
    shopper.reads("Hello", "You said: Hello")
    shopper.write("Hello")
    shopper.reads("Hello", "You said: Hello", "Hello", "You said: Hello")
    talk = shopper.gateway.newest
    talk.events += [(10_000 + at, kind, data) for at, (_, kind, data) in enumerate(list(talk.events))]
    shopper.gateway.say(text="The end")
    shopper.reads("Hello", "You said: Hello", "Hello", "You said: Hello", "The end")


def test_addresses_become_links_and_line_breaks_stay(shopper: Shopper) -> None:
    shopper.visit().open()
    text = "See https://a.example/x?y=1&z=2.\n请看http://b.example/路。谢谢 (https://c.example/d) ftp://e.example"
    shopper.gateway.say(text=text)
    expect(shopper.bubbles).to_have_text([text])
    links = shopper.bubbles.get_by_role("link")
    assert [link.get_attribute("href") for link in links.all()] == [
        "https://a.example/x?y=1&z=2",
        "http://b.example/",
        "https://c.example/d",
    ]
    assert shopper.bubbles.inner_text() == text


def test_the_limit_is_told_before_and_enforced_in_characters(shopper: Shopper) -> None:
    shopper.gateway.message_max_chars = 300
    shopper.visit().open()
    count = shopper.page.locator("quayside-chat .count")
    shopper.field.fill("x" * 50)
    expect(count).to_be_hidden()
    shopper.field.fill("🌲" * 299)  # one character each, though two UTF-16 units
    expect(count).to_have_text("Characters left: 1")
    expect(shopper.button("Send")).to_be_enabled()
    shopper.field.fill("🌲" * 302)
    expect(count).to_have_text("Your message is too long by 2 characters.")
    expect(shopper.button("Send")).to_be_disabled()
    shopper.field.press("Enter")
    shopper.page.wait_for_timeout(200)
    assert shopper.gateway.posts == []
    expect(shopper.field).to_have_value("🌲" * 302)


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_refused_message_is_marked_and_the_reason_told(shopper: Shopper, status: int) -> None:
    shopper.visit().open()
    shopper.gateway.troubles["messages"] = [Trouble(status, "Ese mensaje no sirve.")]
    shopper.write("Bad one")
    expect(shopper.notice).to_have_text("Ese mensaje no sirve.")
    expect(shopper.page.locator("quayside-chat .undelivered .status")).to_have_text("Not sent")
    shopper.write("Good one")
    shopper.reads("Bad one", "Good one", "You said: Good one")
    expect(shopper.notice).to_have_text("")
    assert [post["text"] for post in shopper.gateway.posts] == ["Bad one", "Good one"]


def test_messages_that_come_while_the_chat_is_closed_are_counted(shopper: Shopper) -> None:
    shopper.visit().open()
    shopper.write("Hello")
    shopper.reads("Hello", "You said: Hello")
    shopper.launcher.click()
    shopper.gateway.say(text="One more thing")
    shopper.gateway.say(text="And another")
    expect(shopper.page.locator("quayside-chat .badge")).to_have_text("2")
    expect(shopper.launcher).to_have_accessible_name("Open the chat (New messages: 2)")
    shopper.page.reload()
    expect(shopper.page.locator("quayside-chat .badge")).to_have_text("2")
    shopper.launcher.click()
    expect(shopper.page.locator("quayside-chat .badge")).to_be_hidden()
    shopper.launcher.click()
    shopper.page.reload()
    shopper.wait_until_connected()
    expect(shopper.page.locator("quayside-chat .badge")).to_be_hidden()


def test_a_shopper_who_reads_above_is_not_pulled_down(shopper: Shopper) -> None:
    shopper.visit().open()
    for number in range(30):
        shopper.gateway.say(text=f"Line {number}\nand more\nand more")
    expect(shopper.bubbles).to_have_count(30)
    shopper.log.evaluate("log => { log.scrollTop = 0; }")
    shopper.page.wait_for_timeout(100)
    shopper.gateway.say(text="News")
    expect(shopper.bubbles).to_have_count(31)
    assert shopper.log.evaluate("log => log.scrollTop") == 0
    shopper.button("New message").click()
    expect(shopper.bubbles.last).to_be_in_viewport()
    expect(shopper.button("New message")).to_be_hidden()


def test_the_page_may_open_the_chat_with_a_draft(shopper: Shopper) -> None:
    shopper.visit()
    shopper.page.evaluate("document.querySelector('quayside-chat').open({ draft: 'Where is #1042?' })")
    expect(shopper.field).to_have_value("Where is #1042?")
    shopper.field.press("Enter")
    shopper.reads("Where is #1042?", "You said: Where is #1042?")


def test_days_are_told_apart(visits: Visits) -> None:
    shopper = visits.tab(locale="en-GB")
    shopper.gateway.greeting = [{"text": "Old", "at": "2026-03-02T10:00:00Z"}, {"text": "New"}]
    shopper.visit().open()
    days = shopper.page.locator("quayside-chat .day")
    expect(days).to_have_count(2)
    expect(days.first).to_contain_text("2 March")
