"""Where is my order: every story of the demo shop is told truly, whole and with what happens next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from rasa_sdk import Action

from actions.claims import ActionOpenClaim
from actions.estimate import ActionDeliveryEstimate
from actions.not_served import ActionPassToDesk
from actions.tracking import ActionTrackOrder
from actions.tracking_problem import ActionTrackingProblem
from commerce.embedded.import_file import read_into
from core.database import transaction
from desk.cases import close
from tests.actions.conftest import ROOT, Conversation, Outcome, run

Known = Callable[..., Conversation]
Cases = Callable[[], list[Any]]

ANSWERED = [
    {"event": "slot", "timestamp": None, "name": "next_step", "value": "answered"},
    {"event": "slot", "timestamp": None, "name": "more_orders", "value": None},
]


def test_in_transit_says_place_local_time_and_day(known: Known, cases: Cases) -> None:
    outcome = run(ActionTrackOrder(), known("1001").hears("where is it", "track_order"))
    assert outcome.said == ["utter_order"]
    text = outcome.text()
    assert "#1001" in text and "Vitoria-Gasteiz" in text
    assert "<2026-11-30T20:50:00+00:00 Europe/Madrid>" in text  # 21:50 on the wall there
    assert "It is expected on <2026-12-03>." in text
    assert outcome.events == ANSWERED
    assert cases() == []


def test_card_says_the_same(known: Known) -> None:
    outcome = run(ActionTrackOrder(), known("1001").hears("where is it", "track_order"))
    card = outcome.messages[0]["details"]
    assert card["type"] == "parcel" and card["progress"] == {"step": 2, "of": 4}
    assert {"label": {"$reply": "label_expected"}, "value": {"$date": "2026-12-03"}} in card["fields"]
    assert card["link"]["url"].startswith("https://")


def test_every_parcel_of_a_split_order(known: Known) -> None:
    outcome = run(ActionTrackOrder(), known("1037").hears("where is it", "track_order"))
    assert outcome.said == ["utter_order_in_parcels", *["utter_parcel_of_many"] * 3]
    assert [m["values"]["number"] for m in outcome.messages[1:]] == [1, 2, 3]
    text = outcome.text()
    assert "delivered" in text and "out for delivery" in text and "announced" in text


@pytest.mark.parametrize(
    ("order", "reason", "priority", "reply"),
    [
        ("1014", "late", "normal", "utter_case_late"),
        ("1016", "lost", "high", "utter_case_lost"),
        ("1017", "lost", "high", "utter_case_lost"),
        ("1019", "late", "normal", "utter_case_not_shipped"),
        ("1020", "tracking_problem", "normal", "utter_case_stopped"),
        ("1025", "late", "normal", "utter_case_not_shipped"),
        ("1038", "tracking_problem", "normal", "utter_case_stopped"),
        ("1039", "customs", "normal", "utter_case_customs"),
    ],
)
def test_where_a_person_has_to_act_there_is_a_case(  # noqa: PLR0917
    known: Known, cases: Cases, order: str, reason: str, priority: str, reply: str
) -> None:
    outcome = run(ActionTrackOrder(), known(order).hears("where is it", "track_order"))
    assert outcome.said[-1] == reply
    (case,) = cases()
    assert (case.reason, case.priority, case.order_number) == (reason, priority, order)
    assert case.facts["order"]["number"] == order
    assert outcome.values(reply)["case"] == case.number
    assert outcome.events == [
        *ANSWERED,
        {"event": "slot", "timestamp": None, "name": "case_number", "value": case.number},
    ]


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ("1003", "The parcel is late: it was expected on <2026-11-29>."),
        ("1005", "at customs (<CN>). Customs there usually take 2 to 7 working days."),
        ("1007", "<31.46 CAD>"),
        ("1008", "so please don't pay anything"),
        ("1009", 'the carrier noted "portal"'),
        ("1013", 'left with a neighbour; the carrier noted "Schuster, Nr. 90"'),
        ("1015", "has not been scanned for <5>"),
        ("1015", "That is still within the normal."),
        ("1015", "It is expected on <2026-12-02>. If nothing has moved by <2026-12-05>"),
        ("1033", "That happens on long stretches"),
        ("1033", "It is expected on <2026-12-05>. If nothing has moved by <2026-12-08>"),
        ("1018", "has not been scanned there yet"),
        ("1022", "This order was cancelled on <2026-11-29>"),
        ("1024", "will leave our warehouse by"),
        ("1027", "out for delivery"),
        ("1030", "Relais Tabac de Wazemmes (112 rue Gambetta, 59000 Lille)"),
        ("1031", "could not hand it over"),
        ("1032", "need a document or some details from you"),
        ("1040", "so please don't pay anything"),
    ],
)
def test_what_each_state_means_is_said(known: Known, cases: Cases, order: str, words: str) -> None:
    outcome = run(ActionTrackOrder(), known(order).hears("where is it", "track_order"))
    assert words in outcome.text()
    assert cases() == []


@pytest.mark.slow
def test_every_order_of_the_demo_shop_can_be_told(known: Known) -> None:
    from commerce.embedded.demo import demo_orders

    numbers = [item.order.number for item in demo_orders("demo")]
    assert len(numbers) > 150
    for number in numbers:
        outcome = run(ActionTrackOrder(), known(number).hears("where is it", "track_order"))
        assert outcome.said and "utter_something_wrong" not in outcome.said, number


def test_several_orders_of_one_message(known: Known) -> None:
    conversation = known("1034", "1004").knows(more_orders=["1004"]).hears("where are 1034 and 1004", "track_order")
    outcome = run(ActionTrackOrder(), conversation)
    assert [m["values"]["order"] for m in outcome.messages] == ["1034", "1004"]
    assert outcome.events == ANSWERED


def test_asked_again_the_case_is_not_opened_twice(known: Known, cases: Cases) -> None:
    conversation = known("1016").hears("where is it", "track_order")
    first = run(ActionTrackOrder(), conversation)
    again = run(ActionTrackOrder(), conversation)  # the same message, worked on again after a crash
    assert first.said == again.said and first.text() == again.text()
    later = run(ActionTrackOrder(), conversation.hears("and now?", "track_order"))
    assert later.said[-1] == "utter_case_known"
    assert len(cases()) == 1


@pytest.mark.parametrize(
    ("order", "fact"),
    [
        ("1001", "It was last scanned in Vitoria-Gasteiz"),
        ("1003", "It was expected on <2026-11-29>."),
        ("1024", "will leave our warehouse by"),
        ("1030", "Relais Tabac de Wazemmes"),
        ("1037", "of 3."),
    ],
)
def test_asked_again_a_moment_later_only_what_matters_is_told(known: Known, order: str, fact: str) -> None:
    conversation = known(order).hears("where is it", "track_order")
    full = run(ActionTrackOrder(), conversation)
    again = run(ActionTrackOrder(), conversation.keeps(full).hears("and now?", "track_order"))
    assert again.said == ["utter_nothing_new"]
    assert fact in again.text() and f"#{order}" in again.text() and len(again.text()) < len(full.text()) + 80
    assert not again.messages[0].get("details")
    # And a third time.
    third = run(ActionTrackOrder(), conversation.keeps(again).hears("and now??", "track_order"))
    assert third.messages == again.messages


@pytest.mark.parametrize(("order", "until"), [("1003", "2026-12-02"), ("1015", "2026-12-05")])
def test_asked_again_until_when_to_wait_is_still_said(known: Known, order: str, until: str) -> None:
    conversation = known(order).hears("where is it", "track_order")
    conversation.keeps(run(ActionTrackOrder(), conversation))
    again = run(ActionTrackOrder(), conversation.hears("and now?", "track_order"))
    assert again.said == ["utter_nothing_new"]
    assert f"<{until}>" in again.text() and "look for it" in again.text()


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("has it been lost?", "en"),
        ("¿se ha perdido?", "es"),
        ("il s'est perdu ?", "fr"),
        ("ist es verschollen?", "de"),
        ("是不是弄丢了", "zh-Hans"),
    ],
)
@pytest.mark.parametrize(("order", "until"), [("1003", "2026-12-02"), ("1033", "2026-12-08")])
def test_whether_it_is_lost(known: Known, order: str, until: str, message: str, language: str) -> None:
    outcome = run(ActionTrackOrder(), known(order, language=language).hears(message, "track_order"))
    assert outcome.said == ["utter_not_lost"]
    assert f"<{until}>" in outcome.text()


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ("1016", ["utter_order", "utter_case_lost"]),
        ("1014", ["utter_not_lost", "utter_case_late"]),
        ("1004", ["utter_order"]),
    ],
)
def test_what_is_lost_or_there_is_said_to_be(known: Known, order: str, said: list[str]) -> None:
    assert run(ActionTrackOrder(), known(order).hears("is it lost?", "track_order")).said == said


def test_after_a_failed_delivery_nothing_is_invented_about_the_next(known: Known) -> None:
    outcome = run(ActionTrackOrder(), known("1031").hears("do they try again?", "track_order"))
    assert "DHL hasn't named a day for another attempt" in outcome.text()
    assert "choose a new day" in outcome.text() and "<2026-12-04>" in outcome.text()


def test_asked_again_the_open_case_is_named_briefly(known: Known, cases: Cases) -> None:
    conversation = known("1014").hears("where is it", "track_order")
    conversation.keeps(run(ActionTrackOrder(), conversation)).hears("so where is it", "track_order")
    outcome = run(ActionTrackOrder(), conversation)
    assert outcome.said == ["utter_nothing_new", "utter_case_still_open"]
    assert outcome.text().count(cases()[0].number) == 1 and len(cases()) == 1


def test_what_has_changed_or_is_long_ago_is_told_in_full(known: Known, at: Callable[[str], None]) -> None:
    def told() -> Conversation:
        conversation = known("1015").hears("where is it", "track_order")
        return conversation.keeps(run(ActionTrackOrder(), conversation))

    # An hour later.
    conversation = told()
    conversation.messages += 60
    assert run(ActionTrackOrder(), conversation.hears("and now?", "track_order")).said == ["utter_order"]
    # In another language.
    conversation = told().knows(language="de").hears("und jetzt?", "track_order")
    assert run(ActionTrackOrder(), conversation).said == ["utter_order"]
    # Another order.
    proof = known("1015", "1001").slots["proof"]
    conversation = told().knows(order_number="1001", proof=proof).hears("and the other?", "track_order")
    assert run(ActionTrackOrder(), conversation).said == ["utter_order"]
    # A day more without a scan.
    conversation = told()
    at("2026-12-02T09:00:00+00:00")
    conversation.knows(proof=known("1015").slots["proof"]).hears("and now?", "track_order")
    assert run(ActionTrackOrder(), conversation).said == ["utter_order"]


@pytest.mark.slow
@pytest.mark.parametrize("deadline", [None, {"kind": "in_days", "days": 2}])
def test_text_and_card_never_disagree_on_the_day(known: Known, deadline: dict[str, Any] | None) -> None:
    from commerce.embedded.demo import demo_orders

    unknown = {"utter_arrives_by_unknown", "term_arrival_unknown"}
    for number in [item.order.number for item in demo_orders("demo")]:
        for action, intent in ((ActionTrackOrder(), "track_order"), (ActionDeliveryEstimate(), "delivery_estimate")):
            conversation = known(number).hears("when and where", intent).knows(deadline=deadline)
            messages = run(action, conversation).messages
            cards = [(m, days_on_card(m["details"])) for m in messages if m.get("details")]
            for message, on_card in cards:
                said = days_said(message["values"])
                assert not said or not on_card or said == on_card, number
            shown = set().union(*(on_card for _, on_card in cards))
            if len(cards) == 1 and shown:
                said = set().union(*(days_said(m["values"]) for m in messages))
                assert said <= shown, number
            assert not shown or not any(f"'{name}'" in repr(messages) for name in unknown), number


@pytest.mark.slow
def test_text_and_card_never_disagree_on_the_scan(known: Known) -> None:
    from commerce.embedded.demo import demo_orders

    not_scanned = {"term_label_only", "term_label_only_late", "term_scan_none"}
    for number in [item.order.number for item in demo_orders("demo")]:
        messages = run(ActionTrackOrder(), known(number).hears("where is it", "track_order")).messages
        for message in messages:
            card, values = message.get("details"), message["values"]
            if not card or card["type"] != "parcel" or "answer" not in values:
                continue
            answer, fields = repr(values["answer"]), {e["label"]["$reply"]: e["value"] for e in card["fields"]}
            on_card = fields.get("label_last_scan")
            if any(f"'{name}'" in answer for name in not_scanned):
                assert on_card is None and card["progress"]["step"] == 1, number
            elif "'term_scan" in answer:
                assert repr(on_card) in answer, number
            if "'term_returned" in answer:
                back = "'term_returned_back'" in answer
                assert (card["status"] == {"$reply": "label_status_returned"}) is back, number


def test_what_has_come_back_is_said_to_be_back(known: Known) -> None:
    outcome = run(ActionTrackOrder(), known("1020").hears("where is it", "track_order"))
    assert "has been back with us since <2026-11-30>" in outcome.text()
    assert outcome.messages[0]["details"]["status"] == {"$reply": "label_status_returned"}


def days_on_card(card: dict[str, Any]) -> set[str]:
    return {str(e["value"]) for e in card["fields"] if e["label"] == {"$reply": "label_expected"}}


def days_said(value: Any) -> set[str]:
    """Every value called "expected" in a reply, and in the replies put into it."""
    if isinstance(value, list):
        return set().union(*map(days_said, value))
    if not isinstance(value, dict):
        return set()
    own = {str(value["expected"])} if "expected" in value else set()
    return own.union(*map(days_said, value.values()))


@pytest.mark.parametrize("system", ["orders", "parcels"])
def test_a_system_that_is_down_is_said_to_be(
    known: Known, cases: Cases, down: Callable[[str], None], system: str
) -> None:
    conversation = known("1001").hears("where is it", "track_order")
    down(system)
    outcome = run(ActionTrackOrder(), conversation)
    assert outcome.said == ["utter_hand_over_system_down"]
    assert "#1001" not in outcome.text()
    (case,) = cases()
    assert case.reason == "system_down"
    assert outcome.events == [
        {"event": "active_loop", "timestamp": None, "name": None},
        {"event": "slot", "timestamp": None, "name": "requested_slot", "value": None},
        {"event": "slot", "timestamp": None, "name": "next_step", "value": "answered"},
        {"event": "slot", "timestamp": None, "name": "case_number", "value": case.number},
    ]


def test_our_own_mistake_ends_honestly(known: Known, cases: Cases, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError("lucia.ferrer@example.com")

    conversation = known("1001").hears("where is it", "track_order")
    monkeypatch.setattr("actions.tracking.assess", broken)
    outcome = run(ActionTrackOrder(), conversation)
    assert outcome.said == ["utter_something_wrong"]
    assert cases()[0].reason == "system_down"
    assert outcome.slots["requested_slot"] is None


def test_a_slow_system_is_not_waited_for(known: Known, cases: Cases, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    conversation = known("1001").hears("where is it", "track_order")
    monkeypatch.setattr("actions.scenario.LIMIT_SECONDS", 0.05)
    monkeypatch.setattr("commerce.embedded.parcels.EmbeddedParcels.of_order", lambda *_: time.sleep(0.4))
    outcome = run(ActionTrackOrder(), conversation)
    assert outcome.said == ["utter_hand_over_system_down"]
    assert len(cases()) == 1


class TestImportedFromShopify:
    """An orders export carries no tracking numbers: what is not known is not made up."""

    @pytest.fixture
    def told(self, known: Known, shop: str) -> Callable[..., Outcome]:
        """Import #5001 (the shirt sent on 8 November, the candle not) and ask about it."""
        assert read_into(ROOT / "tests" / "commerce" / "files" / "orders_export.csv", shop)

        def ask(action: Action, need: str = "track_order") -> Outcome:
            return run(action, known("5001", need=need).hears("and my order?", need))

        return ask

    def test_what_was_sent_and_what_was_not_are_both_told(self, told: Callable[..., Outcome]) -> None:
        outcome = told(ActionTrackOrder())
        assert outcome.said[:3] == ["utter_order_in_parts", "utter_not_shipped_part", "utter_untracked_part"]
        assert "Marinière" in str(outcome.values("utter_untracked_part")["items"])
        assert "Bougie" in str(outcome.values("utter_not_shipped_part")["items"])
        assert "no tracking for it here" in outcome.text() and "without tracking" not in outcome.text()

    def test_after_the_longest_usual_time_a_person_looks(
        self, told: Callable[..., Outcome], cases: Cases, at: Callable[[str], None]
    ) -> None:
        outcome = told(ActionTrackOrder())
        # Sunday the 8th, and five working days to France at the longest.
        assert "<2026-11-13>" in outcome.text()
        assert len(cases()) == 1

    def test_a_question_for_the_number_does_not_say_that_nothing_was_sent(self, told: Callable[..., Outcome]) -> None:
        assert "utter_no_tracking_number_yet" not in told(ActionTrackingProblem(), "tracking_problem").said


def test_a_shopper_who_misses_what_nobody_can_look_up_gets_a_person(
    known: Known, cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    from commerce import delivery

    late = delivery.assess
    monkeypatch.setattr(
        "actions.tracking.assess",
        lambda *given: replace(
            late(*given), parcels=(), unshipped=None, untracked=delivery.UntrackedAssessment((), None, is_late=False)
        ),
    )
    assert cases() == []
    run(ActionTrackOrder(), known("1001", need="track_order").hears("where is it", "track_order"))
    assert cases() == []
    run(ActionTrackOrder(), known("1001", need="parcel_delayed").hears("it never came", "parcel_delayed"))
    assert [case.order_number for case in cases()] == ["1001"]


class TestAfterDelivery:
    """What came after a parcel was delivered is told with it."""

    def reported(self, known: Known) -> Conversation:
        conversation = known("1010").knows(claim_parcel="1010-1", claim_confirmed=True).hears("yes", "affirm")
        run(ActionOpenClaim(), conversation)
        return conversation

    @pytest.mark.parametrize("action", [ActionTrackOrder, ActionDeliveryEstimate])
    def test_it_was_reported_missing(self, known: Known, action: type[Action]) -> None:
        outcome = run(action(), self.reported(known).hears("any news?", "track_order"))
        assert outcome.said == ["utter_order"] and not outcome.messages[0].get("options")
        (name, values) = outcome.values("utter_order")["answer"]["$reply"]
        assert name == "term_reported_missing"
        assert (
            values["case"].startswith("Q-") and values["answer_days"] == 2 and values["date"] == {"$date": "2026-12-01"}
        )

    def test_the_answer_is_overdue(self, known: Known, at: Callable[[str], None]) -> None:
        conversation = self.reported(known).hears("any news?", "track_order")
        at("2026-12-09T10:00:00+00:00")
        conversation.knows(proof=known("1010").slots["proof"])
        assert "term_reported_missing_overdue" in run(ActionTrackOrder(), conversation).everything

    def test_nobody_is_at_work_on_it_any_more(self, known: Known, cases: Cases) -> None:
        conversation = self.reported(known).hears("any news?", "track_order")
        with transaction() as session:
            close(session, "demo", cases()[0].number, "anna", outcome="solved")
        outcome = run(ActionTrackOrder(), conversation)
        assert "term_reported_missing_no_case" in outcome.everything and outcome.messages[0]["options"]

    @pytest.mark.parametrize("action", [ActionTrackOrder, ActionDeliveryEstimate])
    def test_it_came_back_and_was_refunded(self, known: Known, action: type[Action]) -> None:
        outcome = run(action(), known("1036").hears("where is it", "track_order"))
        assert outcome.said == ["utter_order"] and not outcome.messages[0].get("options")
        assert "It came back to us on <2026-11-21>. The order was refunded in full on <2026-11-22>: <" in outcome.text()


@pytest.mark.parametrize(
    ("order", "amount", "day"), [("1021", "<106.90 EUR>", "2026-11-28"), ("1022", "<154.90 EUR>", "2026-11-29")]
)
def test_money_given_back_is_told(known: Known, order: str, amount: str, day: str) -> None:
    outcome = run(ActionTrackOrder(), known(order).hears("where is it", "track_order"))
    assert outcome.said == ["utter_order", "utter_refunded"]
    assert amount in outcome.text() and f"<{day}>" in outcome.text()


def test_what_came_back_is_not_offered_as_missing(known: Known) -> None:
    assert not run(ActionTrackOrder(), known("1021").hears("where is it", "track_order")).messages[0].get("options")


@pytest.mark.parametrize("order", ["1021", "1022", "1036"])
def test_a_refund_that_the_order_has_is_told_without_a_case(known: Known, cases: Cases, order: str) -> None:
    conversation = known(order, need="refund_status", next_step="desk").hears("my refund?", "refund_status")
    assert run(ActionPassToDesk(), conversation).said == ["utter_refunded"]
    assert cases() == []


def test_without_a_refund_on_the_order_a_person_looks(known: Known, cases: Cases) -> None:
    conversation = known("1004", need="refund_status", next_step="desk").hears("my refund?", "refund_status")
    said = run(ActionPassToDesk(), conversation).said
    assert said == ["utter_cannot_refund_status", "utter_passed_to_desk"]
    assert len(cases()) == 1
