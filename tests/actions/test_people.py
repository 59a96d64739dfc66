"""Handing over: the reason, the priority, the hours of the desk, and one case a conversation."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from actions.hand_over import ActionHandOver
from actions.needs import not_served
from actions.not_served import ActionNotServed, ActionPassToDesk
from actions.routing import ActionRoute
from desk.summary import in_english
from tests.actions.conftest import Conversation, run

Known = Callable[..., Conversation]
Cases = Callable[[], list[Any]]


@pytest.mark.parametrize(
    ("message", "slots", "reason", "priority", "said"),
    [
        ({"intent": "human_agent"}, {}, "requested", "normal", "utter_hand_over_requested"),
        ({"intent": "affirm"}, {}, "requested", "normal", "utter_hand_over_requested"),
        ({"intent": "track_order", "emotion": {"name": "anger"}}, {}, "anger", "high", "utter_hand_over_anger"),
        ({"intent": "complaint", "risk": ["lawyer"]}, {}, "risk", "high", "utter_hand_over_risk"),
        ({"intent": "chargeback_threat"}, {}, "risk", "high", "utter_hand_over_risk"),
        ({"intent": "counterfeit_claim"}, {}, "risk", "high", "utter_hand_over_risk"),
        ({"intent": "damaged_item", "risk": ["safety"]}, {}, "risk", "urgent", "utter_hand_over_safety"),
        ({"intent": "inform", "risk": ["self_harm", "lawyer"]}, {}, "risk", "urgent", "utter_hand_over_self_harm"),
        (
            {"intent": "inform"},
            {"next_step": "hand_over", "handover_reason": "identity_failed"},
            "identity_failed",
            "normal",
            "utter_hand_over_identity_failed",
        ),
        (
            {"intent": "inform"},
            {"next_step": "hand_over", "handover_reason": "system_down"},
            "system_down",
            "high",
            "utter_hand_over_system_down",
        ),
        (
            {"intent": "inform"},
            {"next_step": "hand_over", "handover_reason": "error"},
            "system_down",
            "high",
            "utter_something_wrong",
        ),
    ],
)
def test_why(  # noqa: PLR0917
    shop: str, cases: Cases, message: dict[str, Any], slots: dict[str, str], reason: str, priority: str, said: str
) -> None:
    conversation = Conversation(form="identity_form").hears("…", **message).knows(**slots, requested_slot="contact")
    outcome = run(ActionHandOver(), conversation)
    (case,) = cases()
    assert (case.reason, case.priority, case.language) == (reason, priority, "en")
    assert outcome.said == [said]
    assert outcome.events == [
        {"event": "active_loop", "timestamp": None, "name": None},
        *(
            {"event": "slot", "timestamp": None, "name": name, "value": value}
            for name, value in [
                ("requested_slot", None),
                ("next_step", "answered"),
                ("case_number", case.number),
                ("handover_reason", None),
                ("contact", None),
            ]
        ),
    ]


def test_the_conversation_is_not_paused(shop: str) -> None:
    """The gate in the gateway is the pause: until somebody comes the shopper may go on with the assistant."""
    outcome = run(ActionHandOver(), Conversation().hears("a person please", "human_agent"))
    assert not any(event["event"] == "pause" for event in outcome.events)


def test_the_case_carries_the_proved_order_and_what_was_tried(known: Known, cases: Cases) -> None:
    conversation = known("1016", need="track_order").hears("where is it", "track_order").acts("action_route")
    conversation.acts("action_track_order").hears("a person please", "human_agent")
    run(ActionHandOver(), conversation)
    (case,) = cases()
    assert case.order_number == "1016" and case.facts["parcels"][0]["status"] == "in_transit"
    assert case.tried == ["greet", "track_order: action_route, action_track_order"]
    assert "Order #1016 (proved)" in in_english(case.summary)


def test_a_number_that_was_not_proved_is_told_as_such(shop: str, cases: Cases) -> None:
    conversation = Conversation().knows(order_number="1016").hears("a person please", "human_agent")
    run(ActionHandOver(), conversation)
    (case,) = cases()
    assert case.order_number is None and case.facts == {}
    assert "Named order #1016, not proved." in in_english(case.summary)


def test_asked_again_says_that_the_team_has_it(shop: str, cases: Cases) -> None:
    conversation = Conversation().hears("a person please", "human_agent")
    run(ActionHandOver(), conversation)
    again = run(ActionHandOver(), conversation.hears("a person!", "human_agent"))
    assert again.said == ["utter_hand_over_already"]
    assert len(cases()) == 1


def test_when_it_gets_worse_that_is_said(shop: str, cases: Cases) -> None:
    conversation = Conversation().hears("a person please", "human_agent")
    run(ActionHandOver(), conversation)
    again = run(ActionHandOver(), conversation.hears("my solicitor will write", "chargeback_threat", risk=["lawyer"]))
    assert again.said == ["utter_hand_over_added"]
    assert [(case.reason, case.priority) for case in cases()] == [("risk", "high")]


def test_anger_after_a_case_hides_nothing(known: Known, cases: Cases) -> None:
    conversation = known("1016", need="complaint").hears("it's too much", "complaint")
    run(ActionPassToDesk(), conversation)
    run(ActionHandOver(), conversation.hears("I'm furious", "complaint", emotion={"name": "anger"}))
    (case,) = cases()
    assert (case.reason, case.reasons) == ("not_served", ["not_served", "anger"])
    assert in_english(case.summary) == "Need: complaint. Order #1016 (proved). The shopper is angry."


def test_what_may_save_somebody_is_said_even_then(shop: str) -> None:
    conversation = Conversation().hears("a person please", "human_agent")
    run(ActionHandOver(), conversation)
    again = run(ActionHandOver(), conversation.hears("it caught fire", "damaged_item", risk=["safety"]))
    assert again.said == ["utter_hand_over_safety"]


def in_danger(conversation: Conversation) -> Conversation:
    return conversation.hears("I want to end it all", "out_of_scope", risk=["self_harm"])


@pytest.mark.parametrize(
    ("locale", "called", "not_called"),
    [
        ("en-GB", ["999", "116 123", "Samaritans", "<GB>"], ["911"]),
        ("en-US", ["911", "988"], ["999"]),
        ("de-DE", ["112", "0800 1110111"], ["911"]),
        ("fr-FR", ["112", "3114"], ["911"]),
        ("es-ES", ["112", "024"], ["911"]),
        ("zh-CN", ["120", "110", "12356"], ["911"]),
        ("fr-CA", ["911", "988"], ["112"]),
        ("en-AU", ["000", "13 11 14"], ["911"]),
        ("ja-JP", ["119", "110", "findahelpline.com"], ["911"]),
        ("sv-SE", ["112", "findahelpline.com"], ["911"]),
        ("pt-BR", ["112 in Europe", "911 in the US", "findahelpline.com"], ["BR"]),
        ("es", ["112 in Europe", "findahelpline.com"], []),
        (None, ["112 in Europe", "findahelpline.com"], []),
    ],
)
def test_whom_to_call_is_the_shoppers_own(
    shop: str, locale: str | None, called: list[str], not_called: list[str]
) -> None:
    outcome = run(ActionHandOver(), in_danger(Conversation(locale=locale)))
    assert outcome.said == ["utter_hand_over_self_harm"]
    assert all(number in outcome.text() for number in called), outcome.text()
    assert not any(number in outcome.text() for number in not_called), outcome.text()


def test_the_proved_orders_country_comes_before_the_browsers(known: Known) -> None:
    conversation = known("1003")  # to Germany
    conversation.locale = "en-US"
    text = run(ActionHandOver(), in_danger(conversation)).text()
    assert "0800 1110111" in text and "911" not in text


def test_a_dangerous_article_too(shop: str) -> None:
    conversation = Conversation(locale="en-GB").hears("it caught fire", "damaged_item", risk=["safety"])
    text = run(ActionHandOver(), conversation).text()
    assert "If somebody is hurt, call 999 (<GB>)." in text and "112" not in text and "Samaritans" not in text


@pytest.mark.parametrize("system", ["orders", "parcels"])
def test_nobody_in_danger_waits_for_a_system(
    known: Known, cases: Cases, monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    conversation = in_danger(known("1003"))
    where = {"orders": "orders.EmbeddedOrders.find", "parcels": "parcels.EmbeddedParcels.of_order"}[system]
    monkeypatch.setattr("actions.hand_over._CRISIS_SECONDS", 0.05)
    monkeypatch.setattr(f"commerce.embedded.{where}", lambda *_: time.sleep(0.4))
    outcome = run(ActionHandOver(), conversation)
    assert outcome.said == ["utter_hand_over_self_harm"] and "116 123" in outcome.text()
    assert cases()[0].order_number == "1003"


def test_without_the_handbook_the_general_words_are_said(shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> None:
        raise RuntimeError("no handbook")

    monkeypatch.setattr("commerce.handbook.Handbook.emergencies_for", fails)
    outcome = run(ActionHandOver(), in_danger(Conversation()))
    assert outcome.said == ["utter_hand_over_self_harm"] and "911 in the US" in outcome.text()


def test_without_a_desk_whom_to_call_is_said_all_the_same(shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError("database gone")

    monkeypatch.setattr("actions.cases.transaction", fails)
    outcome = run(ActionHandOver(), in_danger(Conversation(locale="en-GB")))
    assert outcome.said == ["utter_self_harm_no_case", "utter_something_wrong_no_case"]
    assert "116 123" in outcome.text()


def test_orders_down_the_case_is_opened_all_the_same(known: Known, cases: Cases, down: Callable[[str], None]) -> None:
    conversation = known("1016").hears("a person please", "human_agent")
    down("orders")
    assert run(ActionHandOver(), conversation).said == ["utter_hand_over_requested"]
    assert cases()[0].order_number == "1016"


def test_no_desk_no_promise(shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError("database gone")

    monkeypatch.setattr("actions.cases.transaction", fails)
    outcome = run(ActionHandOver(), Conversation().hears("a person please", "human_agent"))
    assert outcome.said == ["utter_something_wrong_no_case"]
    assert outcome.slots["case_number"] is None


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-12-01T10:00:00+00:00", None),
        ("2026-12-01T20:00:00+00:00", "2026-12-02T09:00:00+00:00"),
        # Christmas Eve to Boxing Day, and Monday in lieu of it
        ("2026-12-24T12:00:00+00:00", "2026-12-29T09:00:00+00:00"),
    ],
)
def test_when_a_person_answers(shop: str, at: Callable[[str], None], moment: str, opens: str | None) -> None:
    at(moment)
    people = run(ActionHandOver(), Conversation().hears("a person please", "human_agent")).messages[0]["values"][
        "people"
    ]
    if opens is None:
        assert people == {"$reply": "term_people_open"}
    else:
        values = {"opens": {"$datetime": [opens, "Europe/London"]}, "city": {"$city": "Europe/London"}}
        assert people == {"$reply": ["term_people_closed", values]}


def test_in_the_shoppers_own_time_when_an_order_tells_it(known: Known, at: Callable[[str], None]) -> None:
    conversation = known("1014", need="cancel_order", next_step="desk").hears("…", "inform")
    at("2026-12-01T08:00:00+00:00")
    people = run(ActionPassToDesk(), conversation).values("utter_passed_to_desk")["people"]
    opens = {"$datetime": ["2026-12-01T09:00:00+00:00", "Europe/Vienna"]}
    assert people == {"$reply": ["term_people_closed_your_time", {"opens": opens}]}


class TestNotServed:
    """What the assistant cannot do yet."""

    @pytest.mark.parametrize("need", [n for n, entry in not_served().items() if entry.order == "true"])
    def test_about_an_order_a_case_is_prepared(self, known: Known, cases: Cases, need: str) -> None:
        conversation = known("1024", need=need, next_step="desk").hears("…", "inform")
        outcome = run(ActionPassToDesk(), conversation)
        (case,) = cases()
        assert (case.reason, case.priority) == ("not_served", not_served()[need].priority.value)
        assert case.order_number == "1024" and need in in_english(case.summary)
        looked_up = [f"utter_cannot_{need}"] if not_served()[need].looked_up else []
        assert outcome.said == [*looked_up, "utter_passed_to_desk"]

    @pytest.mark.parametrize("need", [n for n, entry in not_served().items() if entry.order == "false"])
    def test_without_an_order(self, shop: str, cases: Cases, need: str) -> None:
        conversation = Conversation().knows(need="cancel_order", next_step="answered").hears("…", need)
        outcome = run(ActionPassToDesk(), conversation)
        assert outcome.said == [f"utter_cannot_{need}", "utter_passed_to_desk_no_order"]
        assert cases()[0].priority == not_served()[need].priority.value

    @pytest.mark.parametrize("need", ["privacy_request", "complaint"])
    def test_the_order_that_was_proved_goes_with_it(self, known: Known, cases: Cases, need: str) -> None:
        run(ActionPassToDesk(), known("1016", need="track_order").hears("…", need))
        (case,) = cases()
        assert case.order_number == "1016" and case.facts["order"]["number"] == "1016"
        assert in_english(case.summary) == f"Need: {need}. Order #1016 (proved)."

    def test_an_order_that_was_only_named_is_told_as_such(self, shop: str, cases: Cases) -> None:
        conversation = Conversation().knows(order_number="1016").hears("…", "complaint")
        run(ActionPassToDesk(), conversation)
        (case,) = cases()
        assert case.order_number is None and case.facts == {}
        assert in_english(case.summary) == "Need: complaint. Named order #1016, not proved."

    def test_the_order_named_in_the_complaint_itself(self, known: Known, cases: Cases) -> None:
        conversation = known("1016").hears("I complain about order 1024!", "complaint", order_number="1024")
        run(ActionPassToDesk(), conversation)
        (case,) = cases()
        assert case.order_number == "1016"
        assert "Named order #1024, not proved. Order #1016 (proved)." in in_english(case.summary)
        assert "1024" not in str(case.facts)

    @pytest.mark.parametrize("need", [n for n, entry in not_served().items() if entry.order == "none"])
    def test_only_an_offer(self, shop: str, cases: Cases, need: str) -> None:
        outcome = run(ActionNotServed(), Conversation().hears("…", need))
        assert outcome.said == [f"utter_cannot_{need}"]
        assert [option["payload"] for option in outcome.messages[0]["options"]] == ["/human_agent"]
        assert cases() == []

    @pytest.mark.parametrize("need", ["privacy_request", "complaint"])
    def test_no_case_on_a_guess(self, shop: str, cases: Cases, need: str) -> None:
        outcome = run(ActionPassToDesk(), Conversation().hears("…", need, confidence=0.5))
        assert outcome.said == ["utter_clarify"] and cases() == []

    def test_why_do_you_need_that(self, shop: str, cases: Cases) -> None:
        conversation = Conversation(form="identity_form").hears("why do you need my e-mail?", "privacy_request")
        outcome = run(ActionPassToDesk(), conversation)
        assert outcome.said == ["utter_why_details"] and cases() == []

    def test_a_guess_is_asked_about(self, shop: str) -> None:
        outcome = run(ActionNotServed(), Conversation().hears("and when comes the jacket?", "stock", confidence=0.57))
        assert outcome.said == ["utter_clarify"]

    def test_parcels_down_nothing_is_claimed(self, known: Known, down: Callable[[str], None]) -> None:
        conversation = known("1024", need="cancel_order", next_step="desk").hears("…", "inform")
        down("parcels")
        assert run(ActionPassToDesk(), conversation).said == ["utter_hand_over_system_down"]


def test_a_case_about_money_carries_what_was_paid_back(known: Known, cases: Cases) -> None:
    """Who works on it sees how much, when, to where and for which piece, with its size."""
    conversation = known("1021").hears("a person please", "human_agent")
    run(ActionHandOver(), conversation)
    (refund,) = cases()[0].facts["order"]["refunds"]
    assert refund["amount"] == "106.90 EUR" and refund["method"] and refund["refunded_at"] and refund["items"]


class TestProvedAfterwards:
    """The order is proved when the case is open already: the case gets it, once."""

    def asked(self, text: str = "I need a human, order 1015") -> Conversation:
        named = {"order_number": "1015"} if "1015" in text else {}
        conversation = Conversation().hears(text, "human_agent", **named)
        return conversation.knows(**run(ActionHandOver(), conversation).slots)

    def proves(self, conversation: Conversation, order: str, mail: str) -> Conversation:
        conversation.hears(f"{order} {mail}", order_number=order, email=mail)
        return conversation.knows(**run(ActionRoute(), conversation).slots)

    @pytest.mark.parametrize("text", ["I need a human, order 1015", "I need a human"])
    def test_the_case_gets_its_facts(self, shop: str, cases: Cases, text: str) -> None:
        conversation = self.proves(self.asked(text), "1015", "priya.nair@example.com")
        assert conversation.slots["next_step"] == "track"
        (case,) = cases()
        assert case.order_number == case.facts["order"]["number"] == "1015" and case.status == "open"
        said = in_english(case.summary)
        assert said.count("1015") == 1 and "Order #1015 (proved)." in said
        before = case.facts
        self.proves(conversation, "1034", "amelia.hartley@example.com")
        assert cases()[0].facts == before, "it has its order now"

    def test_another_order_than_the_one_named_is_not_its(self, shop: str, cases: Cases) -> None:
        self.proves(self.asked(), "1034", "amelia.hartley@example.com")
        assert cases()[0].order_number is None and "1034" not in in_english(cases()[0].summary)

    def test_a_wrong_contact_tells_it_nothing(self, shop: str, cases: Cases) -> None:
        self.proves(self.asked(), "1015", "eve@example.com")
        assert cases()[0].order_number is None and "order" not in cases()[0].facts
