"""Nothing is lost, nothing is said twice: reloads, broken streams, restarts, refusals, several tabs."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.widget.conftest import Shopper, Visits
from tests.widget.stand_in import StandIn, Trouble

pytestmark = pytest.mark.slow


def test_a_reload_keeps_the_history_and_the_open_chat(shopper: Shopper) -> None:
    shopper.visit().open()
    shopper.write("Hello")
    shopper.reads("Hello", "You said: Hello")
    shopper.page.reload()
    expect(shopper.panel).to_be_visible()
    shopper.reads("Hello", "You said: Hello")
    shopper.write("Again")
    shopper.reads("Hello", "You said: Hello", "Again", "You said: Again")
    assert len(shopper.gateway.talks) == 1


def test_a_broken_stream_is_resumed_without_loss_or_repetition(shopper: Shopper) -> None:
    shopper.visit().open()
    shopper.write("Hello")
    shopper.reads("Hello", "You said: Hello")
    last = str(shopper.gateway.newest.events[-1][0])
    shopper.gateway.drop(half=True)
    shopper.gateway.say(text="Cut in the middle")
    shopper.gateway.say(text="Said meanwhile")
    shopper.reads("Hello", "You said: Hello", "Cut in the middle", "Said meanwhile")
    assert shopper.gateway.resumed_from[-1] == last


def test_streams_that_break_again_and_again_lose_nothing(shopper: Shopper) -> None:
    shopper.visit().open()
    for number in range(4):
        shopper.gateway.drop()
        shopper.gateway.say(text=f"Number {number}")
        expect(shopper.bubbles).to_have_count(number + 1, timeout=15_000)
    shopper.reads("Number 0", "Number 1", "Number 2", "Number 3")


@pytest.mark.parametrize(("chunk", "newline"), [(1, "\n"), (3, "\r\n"), (7, "\r"), (2, "\r\n")])
def test_the_stream_may_come_in_any_pieces(gateway: StandIn, visits: Visits, chunk: int, newline: str) -> None:
    gateway.chunk, gateway.newline = chunk, newline
    shopper = visits.tab().visit().open()
    gateway.say(text="Grüße, 包裹在海关 🌲\nzweite Zeile")
    gateway.say(text="再见")
    shopper.reads("Grüße, 包裹在海关 🌲\nzweite Zeile", "再见")


def test_the_server_restarts_in_the_middle(shopper: Shopper) -> None:
    shopper.visit().open()
    shopper.write("Before")
    shopper.reads("Before", "You said: Before")
    shopper.gateway.stop()
    expect(shopper.state).to_have_text("The chat cannot be reached right now. We keep trying.", timeout=6000)
    shopper.write("While it was away")
    expect(shopper.page.locator("quayside-chat .pending .status")).to_have_text("Sending…")
    shopper.gateway.restart()
    shopper.page.evaluate("dispatchEvent(new Event('online'))")  # do not sit out the pause
    expect(shopper.bubbles).to_have_count(4, timeout=20_000)
    shopper.reads("Before", "You said: Before", "While it was away", "You said: While it was away")
    expect(shopper.page.locator("quayside-chat .pending")).to_have_count(0)
    expect(shopper.state).to_have_text("")


def test_a_message_whose_acknowledgement_was_lost_is_sent_again_and_counts_once(shopper: Shopper) -> None:
    shopper.visit().open()
    shopper.gateway.accept_then_break = True
    shopper.write("Once only")
    shopper.reads("Once only", "You said: Once only")
    shopper.page.wait_for_timeout(2000)  # longer than the first pause before trying again
    assert len({post["id"] for post in shopper.gateway.posts}) == 1
    assert len(shopper.gateway.received) == 1
    unsent = "Object.keys(localStorage).filter((key) => key.includes(':out:'))"
    assert shopper.page.evaluate(unsent) == []
    shopper.reads("Once only", "You said: Once only")
    expect(shopper.page.locator("quayside-chat .pending")).to_have_count(0)


def test_what_is_written_offline_is_sent_in_order_when_back(shopper: Shopper) -> None:
    shopper.visit().open()
    shopper.page.context.set_offline(True)
    expect(shopper.state).to_have_text("You are offline. Your messages will be sent when you are back.")
    for text in ("one", "two", "three"):
        shopper.write(text)
    shopper.reads("one", "two", "three")
    expect(shopper.page.locator("quayside-chat .pending .status")).to_have_text(["Sending…"] * 3)
    shopper.page.context.set_offline(False)
    expect(shopper.bubbles).to_have_count(6)
    assert [post["text"] for post in shopper.gateway.received] == ["one", "two", "three"]
    expect(shopper.state).to_have_text("")


def test_what_is_written_offline_survives_a_closed_tab(gateway: StandIn, visits: Visits) -> None:
    context = visits.context()
    first = visits.tab(context).visit().open()
    gateway.stop()
    first.write("Do not lose me")
    expect(first.page.locator("quayside-chat .pending")).to_have_count(1)
    first.page.close()
    gateway.restart()
    second = visits.tab(context).visit()
    second.wait(lambda: gateway.received)
    assert [post["text"] for post in gateway.received] == ["Do not lose me"]
    second.open()
    second.reads("Do not lose me", "You said: Do not lose me")


def test_too_many_messages_wait_as_long_as_asked(shopper: Shopper) -> None:
    shopper.visit().open()
    shopper.gateway.troubles["messages"] = [Trouble(429, "Un momento, por favor.", retry_after=2)]
    shopper.write("One")
    expect(shopper.notice).to_have_text("Un momento, por favor.")
    shopper.write("Two")
    shopper.page.wait_for_timeout(1000)
    assert len(shopper.gateway.posts) == 1
    expect(shopper.bubbles).to_have_count(4)
    assert [post["text"] for post in shopper.gateway.received] == ["One", "Two"]
    expect(shopper.notice).to_have_text("")


@pytest.mark.parametrize("door", ["sessions", "history", "events"])
def test_a_server_in_trouble_is_asked_again(shopper: Shopper, door: str) -> None:
    shopper.gateway.troubles[door] = [Trouble(503), Trouble(500)]
    shopper.visit()
    shopper.launcher.click()
    shopper.wait_until_connected()
    shopper.write("Hello")
    shopper.reads("Hello", "You said: Hello")


def test_an_expired_token_begins_anew_and_says_so(shopper: Shopper) -> None:
    shopper.gateway.greeting = [{"text": "Hello!"}]
    shopper.visit().open()
    shopper.write("Old")
    shopper.reads("Hello!", "Old", "You said: Old")
    shopper.gateway.expire()
    ended = "Your earlier chat has ended. This is a new one."
    shopper.reads("Hello!", "Old", "You said: Old", ended, "Hello!")
    shopper.write("New")
    shopper.reads("Hello!", "Old", "You said: Old", ended, "Hello!", "New", "You said: New")
    assert [len(talk.accepted) for talk in shopper.gateway.talks.values()] == [1, 1]
    shopper.page.reload()
    shopper.reads("Hello!", "New", "You said: New")


def test_a_message_refused_for_its_token_is_sent_to_the_new_conversation(shopper: Shopper) -> None:
    shopper.visit().open()
    shopper.gateway.troubles["messages"] = [Trouble(401)]
    shopper.write("Take me along")
    expect(shopper.bubbles.last).to_have_text("You said: Take me along")
    assert shopper.mine.all_inner_texts() == ["Take me along"]


def test_a_token_that_expired_between_two_visits_is_told(shopper: Shopper) -> None:
    shopper.gateway.greeting = [{"text": "Hello!"}]
    shopper.visit().open()
    shopper.launcher.click()
    shopper.gateway.expire()
    shopper.visit().open()
    shopper.reads("Your earlier chat has ended. This is a new one.", "Hello!")


def test_two_tabs_show_the_same_conversation(gateway: StandIn, visits: Visits) -> None:
    context = visits.context()
    one = visits.tab(context).visit().open()
    two = visits.tab(context).visit().open()
    two.wait_until_connected(2)
    assert len(gateway.talks) == 1
    one.write("From the first")
    for tab in (one, two):
        tab.reads("From the first", "You said: From the first")
    two.write("From the second")
    for tab in (one, two):
        tab.reads("From the first", "You said: From the first", "From the second", "You said: From the second")
    assert len(gateway.posts) == 2


def test_two_tabs_opened_at_once_share_one_new_conversation(gateway: StandIn, visits: Visits) -> None:
    context = visits.context()
    tabs = [visits.tab(context).visit() for _ in range(2)]
    for tab in tabs:
        tab.launcher.evaluate("button => setTimeout(() => button.click(), 50)")
    tabs[1].wait_until_connected(2)
    assert len(gateway.talks) == 1


def test_a_new_conversation_in_one_tab_is_taken_up_by_the_other(gateway: StandIn, visits: Visits) -> None:
    context = visits.context()
    one = visits.tab(context).visit().open()
    two = visits.tab(context).visit().open()
    two.wait_until_connected(2)
    gateway.expire()
    one.wait(lambda: len(gateway.talks) == 2 and gateway.streams == 2)
    two.write("Same place?")
    one.reads("Your earlier chat has ended. This is a new one.", "Same place?", "You said: Same place?")
    assert len(gateway.talks) == 2


def test_reading_in_one_tab_clears_the_count_in_the_other(gateway: StandIn, visits: Visits) -> None:
    context = visits.context()
    one = visits.tab(context).visit().open()
    one.write("Hello")
    one.reads("Hello", "You said: Hello")
    one.launcher.click()
    two = visits.tab(context).visit()
    two.wait_until_connected(2)
    gateway.say(text="News")
    for tab in (one, two):
        expect(tab.page.locator("quayside-chat .badge")).to_have_text("1")
    one.launcher.click()
    expect(two.page.locator("quayside-chat .badge")).to_be_hidden()


def test_a_silent_connection_is_given_up(gateway: StandIn, visits: Visits) -> None:
    shopper = visits.tab()
    shopper.page.clock.install()
    shopper.visit().open()
    assert len(gateway.resumed_from) == 1
    shopper.page.clock.fast_forward(44_000)
    shopper.page.wait_for_timeout(200)
    assert len(gateway.resumed_from) == 1
    shopper.page.clock.fast_forward(2_000)
    shopper.page.clock.fast_forward(2_000)
    shopper.wait(lambda: len(gateway.resumed_from) == 2)


def test_a_tab_that_nobody_sees_gives_its_connection_back(gateway: StandIn, visits: Visits) -> None:
    shopper = visits.tab()
    shopper.page.clock.install()
    shopper.visit().open()
    hide = """hidden => {
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
        document.dispatchEvent(new Event('visibilitychange'));
    }"""
    shopper.page.evaluate(hide, True)
    gateway.say(text="Seen at once")
    shopper.page.clock.fast_forward(30_000)
    gateway.say(text="Keeps the line busy")
    expect(shopper.bubbles).to_have_count(2)
    shopper.page.clock.fast_forward(31_000)
    shopper.wait(lambda: gateway.streams == 0)
    gateway.say(text="Said to nobody")
    shopper.page.evaluate(hide, False)
    shopper.reads("Seen at once", "Keeps the line busy", "Said to nobody")


def test_a_browser_that_keeps_nothing_can_still_chat(visits: Visits) -> None:
    context = visits.context()
    context.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage'])"
        " Object.defineProperty(window, name, { get() { throw new DOMException('refused', 'SecurityError'); } });"
    )
    shopper = visits.tab(context).visit().open()
    shopper.write("Hello")
    shopper.reads("Hello", "You said: Hello")


def test_nonsense_in_the_stream_and_in_the_storage_is_passed_over(gateway: StandIn, visits: Visits) -> None:
    context = visits.context()
    shopper = visits.tab(context).visit()
    prefix = f"quayside:{gateway.url}/chat/:"
    shopper.page.evaluate(
        "prefix => { for (const key of ['session', 'read', 'texts', 'out:1:x']) localStorage[prefix + key] = '{{'; }",
        prefix,
    )
    shopper.visit().open()
    gateway.newest.events.append((50_000, "fireworks", {"colour": "red"}))
    gateway.newest.events.append((50_001, "message", {"id": "50001", "from": "oracle", "text": "New kinds of speaker"}))
    shopper.reads("New kinds of speaker")
