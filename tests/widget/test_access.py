"""Everyone can use it: by keyboard, with a screen reader, in Chinese, from right to left, on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.widget.conftest import Shopper, Visits
from tests.widget.stand_in import StandIn
from tests.widget.test_talking import CARD, GREETING

pytestmark = pytest.mark.slow
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
ENDED = "The chat is over."
# The lowest contrast of each text in the chat with what is painted behind it (WCAG 2), as {text: ratio}. axe measures
# only what is scrolled into sight. A canvas turns every way to write a colour into red, green, blue.
CONTRASTS = """() => {
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    const painted = (colours) => {
        canvas.clearRect(0, 0, 1, 1);
        for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const luminance = (rgb) => rgb
        .map((v) => v / 255)
        .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const ratios = {};
    const root = document.querySelector('quayside-chat').shadowRoot;
    for (const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT); walker.nextNode(); ) {
        const text = walker.currentNode.data.trim();
        const owner = walker.currentNode.parentElement;
        if (!text || owner.closest(':disabled, .unseen') || !owner.checkVisibility()) continue;
        const behind = [];
        for (let node = owner; node; node = node.parentElement) behind.unshift(getComputedStyle(node).backgroundColor);
        const [low, high] = [painted(behind), painted([...behind, getComputedStyle(owner).color])]
            .map(luminance).sort((a, b) => a - b);
        ratios[text] = Math.min(ratios[text] ?? 99, (high + 0.05) / (low + 0.05));
    }
    return ratios;
}"""


def be_still(page: Page) -> None:
    """Wait until what moves in the chat has come to rest."""
    page.evaluate("""() => Promise.allSettled(
        document.querySelector('quayside-chat').shadowRoot.getAnimations().map((animation) => animation.finished)
    )""")


def complaints_of_axe(page: Page) -> list[str]:
    """What axe-core finds wrong, a line for each element."""
    # Colours are measured when nothing moves any more.
    page.evaluate(
        "Promise.all(document.querySelector('quayside-chat').shadowRoot.getAnimations().map((a) => a.finished))"
    )
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


def fill_with_everything(shopper: Shopper) -> None:
    """A conversation with each kind of thing the chat can show, and a field that is too full."""
    gateway = shopper.gateway
    gateway.answer = lambda post: [{"text": "Found https://a.example/", "card": CARD, "buttons": GREETING["buttons"]}]
    shopper.write("1042")
    shopper.reads("Hello!", "1042", "Found https://a.example/")
    shopper.write("Again")
    shopper.reads("Hello!", "1042", "Found https://a.example/", "Again", "Found https://a.example/")
    gateway.say(**{"from": "system", "text": "Anna has joined"})
    gateway.say(**{"from": "person", "name": "Anna", "text": "Hi, https://a.example/"})
    gateway.say(text=ENDED)
    expect(shopper.bubbles.last).to_have_text(ENDED)
    shopper.field.fill("x" * 2001)


def test_everything_can_be_done_by_keyboard(shopper: Shopper) -> None:
    shopper.gateway.greeting = [GREETING]
    shopper.visit()
    keys = shopper.page.keyboard
    shopper.page.locator("#before").focus()
    keys.press("Tab")
    assert shopper.focused() == "button.launcher"
    keys.press("Enter")
    expect(shopper.panel).to_be_visible()
    assert shopper.focused() == "textarea"
    shopper.wait_until_connected()
    keys.press("Shift+Tab")
    assert shopper.focused() == "button"  # the quick reply, nearest above the field
    keys.press("Enter")
    shopper.reads("Hello!", "Where is it?", "You said: Where is it?")
    assert shopper.focused() == "textarea"
    keys.type("And more")
    keys.press("Tab")
    assert shopper.focused() == "button.send"
    keys.press("Space")
    expect(shopper.bubbles.last).to_have_text("You said: And more")
    assert shopper.focused() == "textarea"
    keys.press("Escape")
    expect(shopper.panel).to_be_hidden()
    assert shopper.focused() == "button.launcher"


def test_the_order_of_the_tab_key_is_the_order_on_the_screen(shopper: Shopper) -> None:
    shopper.gateway.greeting = [GREETING]
    shopper.visit().open()
    expect(shopper.button("Where is it?")).to_be_visible()
    shopper.button("Close the chat").focus()
    passed = [shopper.focused()]
    for _ in range(4):
        shopper.page.keyboard.press("Tab")
        passed.append(shopper.focused())
    assert passed == ["button.icon", "div.log", "button", "textarea", "button.launcher"]


def test_what_has_the_focus_can_be_seen(shopper: Shopper) -> None:
    shopper.visit().open()
    for key in ("Shift+Tab", "Shift+Tab"):
        shopper.page.keyboard.press(key)
        style = shopper.page.evaluate(
            "getComputedStyle(document.querySelector('quayside-chat').shadowRoot.activeElement).outlineStyle"
        )
        assert style == "solid", shopper.focused()


def test_focus_goes_back_to_what_opened_the_chat(shopper: Shopper) -> None:
    shopper.visit()
    shopper.page.evaluate("""() => {
        const link = document.getElementById('before');
        link.addEventListener('click', () => document.querySelector('quayside-chat').open());
    }""")
    shopper.page.locator("#before").click()
    assert shopper.focused() == "textarea"
    shopper.page.keyboard.press("Escape")
    assert shopper.focused() == "a.before"


def test_a_reload_does_not_steal_the_focus(shopper: Shopper) -> None:
    shopper.visit().open()
    shopper.page.reload()
    expect(shopper.panel).to_be_visible()
    assert shopper.focused() == "body"


def test_roles_and_names_are_what_a_screen_reader_needs(shopper: Shopper) -> None:
    shopper.gateway.greeting = [GREETING]
    shopper.visit()
    expect(shopper.page.get_by_role("button", name="Open the chat", expanded=False)).to_be_visible()
    shopper.open()
    shopper.write("Hi")
    shopper.reads("Hello!", "Hi", "You said: Hi")
    expect(shopper.page.locator("quayside-chat")).to_match_aria_snapshot("""
        - dialog "Harbour & Pine support":
          - heading "Harbour & Pine support" [level=2]
          - paragraph: Virtual assistant
          - button "Close the chat"
          - log "Conversation":
            - paragraph: /An automated assistant answers here/
            - paragraph: /Virtual assistant/
            - text: Hello!
            - group "Suggested answers":
              - button "Where is it?" [disabled]
            - paragraph: /You/
            - text: Hi
            - paragraph: /Virtual assistant/
            - text: "You said: Hi"
          - textbox "Your message"
          - button "Send" [disabled]
        - button "Minimise the chat" [expanded]
    """)


def test_each_message_is_read_aloud_once(visits: Visits) -> None:
    """Live regions hear of additions: what counts is what is added to the log while it is live."""
    context = visits.context()
    context.add_init_script("""
        window.heard = [];
        const hear = (log) => new MutationObserver((changes) => {
            for (const change of changes)
                for (const node of change.addedNodes)
                    if (log.ariaLive === 'polite')
                        heard.push(node.querySelector?.('.bubble')?.textContent ?? node.textContent);
        }).observe(log, { childList: true, subtree: true });
        const wait = setInterval(() => {
            const log = document.querySelector('quayside-chat')?.shadowRoot.querySelector('[role=log]');
            if (log) { clearInterval(wait); hear(log); }
        }, 1);
    """)
    shopper = visits.tab(context)
    shopper.gateway.greeting = [{"text": "Hello!"}]
    shopper.visit().open()
    shopper.write("Hi")
    shopper.reads("Hello!", "Hi", "You said: Hi")
    shopper.gateway.drop()
    shopper.wait(lambda: len(shopper.gateway.resumed_from) == 2)
    shopper.gateway.say(text="Still here")
    shopper.reads("Hello!", "Hi", "You said: Hi", "Still here")
    notice, *heard = shopper.page.evaluate("heard")
    assert notice.startswith("An automated assistant answers here")
    assert heard == ["Hello!", "Hi", "You said: Hi", "Still here"]
    shopper.page.reload()
    shopper.reads("Hello!", "Hi", "You said: Hi", "Still here")
    shopper.page.wait_for_timeout(600)
    shopper.gateway.say(text="Something new")
    shopper.reads("Hello!", "Hi", "You said: Hi", "Still here", "Something new")
    assert shopper.page.evaluate("heard") == ["Something new"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("accent", ["#1f5c4d", "#ffe04d", "#0000ff", "#ff3b30", "#111", "#777", "#fff"])
def test_every_text_can_be_read_whatever_the_accent(visits: Visits, scheme: str, accent: str) -> None:
    shopper = visits.tab(color_scheme=scheme)
    shopper.gateway.greeting = [GREETING]
    shopper.visit(accent=accent).open()
    fill_with_everything(shopper)
    be_still(shopper.page)
    ratios = shopper.page.evaluate(CONTRASTS)
    assert {"1042", "Where is it?", "https://a.example/", "On its way", "Leipzig", "Anna has joined"} <= set(ratios)
    assert {text: ratio for text, ratio in ratios.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visits: Visits, scheme: str) -> None:
    shopper = visits.tab(color_scheme=scheme)
    shopper.gateway.greeting = [GREETING]
    shopper.visit().open()
    fill_with_everything(shopper)
    # The bare page around the chat has no landmarks; the demo shop's page is tested as a whole elsewhere.
    rules_of_pages = ("region", "landmark")
    assert [line for line in complaints_of_axe(shopper.page) if not line.startswith(rules_of_pages)] == []


def test_what_is_typed_in_the_chat_is_not_for_the_shortcuts_of_the_page(shopper: Shopper) -> None:
    shopper.visit()
    shopper.page.evaluate("window.keys = ''; document.addEventListener('keydown', (event) => { keys += event.key; })")
    shopper.page.keyboard.press("x")
    shopper.open()
    shopper.field.press_sequentially("/s")
    assert shopper.page.evaluate("keys") == "x"


def test_chinese_input_is_not_sent_while_it_is_composed(shopper: Shopper) -> None:
    shopper.visit(locale="zh-CN").open()
    keyboard = shopper.page.context.new_cdp_session(shopper.page)
    keyboard.send("Input.imeSetComposition", {"text": "ni hao", "selectionStart": 6, "selectionEnd": 6})
    expect(shopper.field).to_have_value("ni hao")
    # What an input method lets through: Enter that takes the letters as they are (229: "processed by the method").
    keyboard.send("Input.dispatchKeyEvent", {"type": "keyDown", "key": "Enter", "windowsVirtualKeyCode": 13})
    keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", "key": "Enter", "windowsVirtualKeyCode": 13})
    keyboard.send("Input.imeSetComposition", {"text": "ni hao", "selectionStart": 6, "selectionEnd": 6})
    keyboard.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": "Enter", "windowsVirtualKeyCode": 229})
    keyboard.send("Input.insertText", {"text": "你好"})
    shopper.page.wait_for_timeout(200)
    assert shopper.gateway.posts == []
    shopper.field.fill("你好")
    shopper.field.press("Enter")
    shopper.reads("你好", "You said: 你好")


def test_escape_ends_the_composition_and_not_the_chat(shopper: Shopper) -> None:
    shopper.visit().open()
    shopper.field.evaluate(
        "f => f.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', isComposing: true, bubbles: true }))"
    )
    expect(shopper.panel).to_be_visible()


def test_the_chat_speaks_the_language_of_the_shop(visits: Visits) -> None:
    shopper = visits.tab(locale="fr-FR")
    shopper.visit(locale="zh-CN").open()
    expect(shopper.button("发送")).to_be_visible()
    assert shopper.page.locator("quayside-chat .root").get_attribute("lang") == "zh-Hans"
    shopper.page.reload()
    expect(shopper.button("发送")).to_be_visible()


def test_without_a_language_the_chat_follows_the_browser(visits: Visits) -> None:
    shopper = visits.tab(locale="es-MX")
    shopper.visit().open()
    expect(shopper.button("Enviar")).to_be_visible()
    assert shopper.gateway.newest.locale == "es-MX"


def test_from_right_to_left_everything_stands_on_the_other_side(gateway: StandIn, visits: Visits) -> None:
    gateway.direction = "rtl"
    shopper = visits.tab().visit().open()
    gateway.say(text="مرحبا، أين طلبي؟")
    gateway.say(text="Order #1042, in English")
    shopper.write("שלום 1042")
    expect(shopper.bubbles).to_have_count(4)
    panel, box = shopper.panel.bounding_box(), [bubble.bounding_box() for bubble in shopper.bubbles.all()]
    send = shopper.page.locator("quayside-chat .send").bounding_box()
    assert panel and send and all(box)
    middle = panel["x"] + panel["width"] / 2
    said, mine = box[0], box[2]
    assert said["x"] + said["width"] > middle + 100  # the assistant on the right
    assert mine["x"] < middle - 100  # the shopper on the left
    assert send["x"] < middle - 100
    directions = [bubble.evaluate("b => getComputedStyle(b).direction") for bubble in shopper.bubbles.all()[:3]]
    assert directions == ["rtl", "ltr", "rtl"]


def test_on_a_phone_the_chat_is_the_screen(gateway: StandIn, visits: Visits) -> None:
    gateway.greeting = [GREETING]
    shopper = visits.tab(**PHONE).visit()
    shopper.launcher.tap()
    expect(shopper.panel).to_be_visible()
    be_still(shopper.page)
    assert shopper.panel.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    # Modal: the page behind can neither be reached nor scrolled.
    assert shopper.panel.evaluate("panel => panel.matches(':modal')")
    assert shopper.page.evaluate("getComputedStyle(document.documentElement).overflow") == "hidden"
    assert shopper.field.evaluate("field => parseFloat(getComputedStyle(field).fontSize)") >= 16
    shopper.button("Where is it?").tap()
    shopper.reads("Hello!", "Where is it?", "You said: Where is it?")
    assert shopper.focused() == "div.log"  # no keyboard jumps up for a tap
    shopper.button("Close the chat").tap()
    expect(shopper.panel).to_be_hidden()
    assert shopper.page.evaluate("document.documentElement.style.overflow") == ""
    assert shopper.focused() == "button.launcher"


def test_the_keyboard_of_a_phone_leaves_the_field_in_sight(visits: Visits) -> None:
    shopper = visits.tab(**PHONE).visit()
    shopper.launcher.tap()
    shopper.wait_until_connected()
    shopper.page.evaluate("""() => {
        Object.defineProperties(visualViewport, { height: { value: 420 }, offsetTop: { value: 60 } });
        visualViewport.dispatchEvent(new Event('resize'));
    }""")
    be_still(shopper.page)
    box = shopper.panel.bounding_box()
    assert box == {"x": 0, "y": 60, "width": 390, "height": 420}


def test_turning_the_phone_keeps_the_chat_open(visits: Visits) -> None:
    shopper = visits.tab(viewport={"width": 900, "height": 700}).visit().open()
    shopper.field.fill("Half a sen")
    shopper.page.set_viewport_size({"width": 400, "height": 800})
    shopper.wait(lambda: shopper.panel.evaluate("panel => panel.matches(':modal')"))
    assert shopper.focused() == "textarea"
    shopper.page.set_viewport_size({"width": 900, "height": 700})
    shopper.wait(lambda: not shopper.panel.evaluate("panel => panel.matches(':modal')"))
    expect(shopper.field).to_have_value("Half a sen")
    shopper.page.keyboard.press("Escape")
    expect(shopper.panel).to_be_hidden()


def test_nothing_moves_for_those_who_asked_for_stillness(visits: Visits) -> None:
    shopper = visits.tab(reduced_motion="reduce").visit().open()
    shopper.gateway.newest.typing = True
    expect(shopper.page.locator("quayside-chat .typing")).to_be_visible()
    shopper.write("Hello")
    assert shopper.page.evaluate("document.querySelector('quayside-chat').shadowRoot.getAnimations().length") == 0


def test_high_contrast_keeps_edges_and_focus(visits: Visits) -> None:
    shopper = visits.tab(forced_colors="active").visit().open()
    shopper.gateway.say(text="Hello")
    expect(shopper.bubbles).to_have_count(1)
    for name in (".bubble", ".panel", ".launcher"):
        border = shopper.page.locator(f"quayside-chat {name}").first.evaluate("n => getComputedStyle(n).borderTopWidth")
        assert border == "1px", name
    assert shopper.page.locator("quayside-chat .field").evaluate("n => getComputedStyle(n).outlineStyle") == "solid"
