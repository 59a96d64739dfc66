"""What a person settled before handing back: said once, no second case, until something new happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from actions.claims import ActionDeliveredNotReceived
from actions.conversation import ActionStop
from actions.customs import ActionCustoms
from actions.estimate import ActionDeliveryEstimate
from actions.hand_over import ActionHandOver
from actions.needs import not_served
from actions.not_served import ActionNotServed, ActionPassToDesk
from actions.routing import ActionRoute
from actions.settled import _also_settled, _same_matters
from actions.tracking import ActionTrackOrder
from actions.tracking_problem import ActionTrackingProblem
from desk.settlement import Settled
from desk.summary import in_english
from tests.actions.conftest import Conversation, Outcome, run

Known = Callable[..., Conversation]
Cases = Callable[[], list[Any]]
LOST = "1017"
LATE = "1019"
TOLD = ("utter_settled", "utter_settled_until", "utter_settled_until_passed")


def settled(code: str = "refund_agreed", order: str | None = LOST, **more: Any) -> dict[str, Any]:
    """Slot `settled` as the channel sets it at a hand-back."""
    return {"code": code, "at": "2026-12-01T09:00:00+00:00", "case_number": "Q-1004", "order_number": order, **more}


def goes_on(conversation: Conversation, outcome: Outcome) -> Conversation:
    """Keep what an action remembered, as Rasa does."""
    return conversation.knows(**outcome.slots)


def told(outcome: Outcome) -> list[str]:
    return [name for name in outcome.said if name in TOLD]


def asks(known: Known, order: str = LOST, need: str = "track_order", **slots: Any) -> Conversation:
    return known(order, need=need, **slots).hears("where is it now?", need)


@pytest.mark.parametrize("code", [code for code in Settled if code is not Settled.NOTHING])
def test_it_is_said_first_and_the_question_is_answered(known: Known, cases: Cases, code: Settled) -> None:
    outcome = run(ActionTrackOrder(), asks(known, settled=settled(code.value)))
    assert outcome.said == ["utter_settled", "utter_order", "utter_settled_offer"]
    when = {"$reply": ["term_settled_when", {"day": {"$date": "2026-12-01"}, "case": "Q-1004"}]}
    assert outcome.values("utter_settled")["what"] == {"$reply": [f"term_settled_{code.value}", {"when": when}]}
    (option,) = outcome.messages[-1]["options"]
    assert (option["title"], option["payload"]) == ({"$reply": "option_not_solved"}, "/human_agent")
    assert cases() == []


def test_with_the_day_by_which_the_shop_reports_back_and_without_a_case(known: Known) -> None:
    slot = settled("claim_taken_up", case_number=None, until="2026-12-01")
    outcome = run(ActionTrackOrder(), asks(known, settled=slot))
    said = outcome.values("utter_settled_until")
    assert said["until"] == {"$date": "2026-12-01"}, "today is not past"
    assert said["what"] == {"$reply": ["term_settled_claim_taken_up", {"when": {"$date": "2026-12-01"}}]}


def test_it_is_said_once_and_still_no_case_is_opened(known: Known, cases: Cases) -> None:
    conversation = asks(known, settled=settled())
    goes_on(conversation, run(ActionTrackOrder(), conversation)).hears("and now?", "parcel_delayed")
    again = run(ActionTrackOrder(), conversation)
    assert again.said == ["utter_order", "utter_settled_offer"]
    assert cases() == []


def test_where_nobody_is_needed_a_person_is_offered_only_with_what_was_settled(known: Known) -> None:
    conversation = asks(known, "1006", settled=settled(order="1006"))
    first = run(ActionTrackOrder(), conversation)
    assert first.said == ["utter_settled", "utter_order", "utter_settled_offer"]
    second = run(ActionTrackOrder(), goes_on(conversation, first).hears("and now?", "track_order"))
    assert second.said == ["utter_order"]


@pytest.mark.parametrize(
    ("action", "order"),
    [(ActionTrackingProblem(), LOST), (ActionDeliveryEstimate(), LOST), (ActionCustoms(), LOST)],
)
def test_every_answer_about_the_order_knows_it(known: Known, cases: Cases, action: Any, order: str) -> None:
    outcome = run(action, asks(known, order, settled=settled(order=order)))
    assert outcome.said[0] == "utter_settled" and outcome.said[-1] == "utter_settled_offer"
    assert cases() == []


def test_another_order_is_a_new_matter(known: Known, cases: Cases) -> None:
    outcome = run(ActionTrackOrder(), asks(known, LATE, settled=settled()))
    assert not told(outcome) and "utter_settled_offer" not in outcome.said
    assert [case.order_number for case in cases()] == [LATE]


def test_an_unproved_order_says_nothing(known: Known, cases: Cases) -> None:
    conversation = Conversation().knows(order_number=LOST, settled=settled()).hears("where is it", "track_order")
    assert run(ActionTrackOrder(), conversation).said == ["utter_proof_expired"]


class TestNoOrderWasKnown:
    """The first order asked about with such a need is the one that was settled; the next one is new."""

    def test_the_need_was_not_known_either(self, known: Known, cases: Cases) -> None:
        conversation = asks(known, settled=settled(order=None))
        first = run(ActionTrackOrder(), conversation)
        assert told(first) and cases() == []
        assert first.slots["settled"]["order_number"] == LOST
        other = goes_on(conversation, first).knows(**asks(known, LATE).slots).hears("and that one?", "track_order")
        assert not told(run(ActionTrackOrder(), other)) and len(cases()) == 1

    def test_the_same_need(self, known: Known, cases: Cases) -> None:
        slot = settled("question_answered", None, need="invoice_request")
        conversation = asks(known, need="invoice_request", settled=slot, next_step="desk")
        assert run(ActionPassToDesk(), conversation).said == ["utter_settled", "utter_settled_offer"]
        assert cases() == []

    def test_another_need(self, known: Known, cases: Cases) -> None:
        slot = settled("question_answered", None, need="track_order")
        conversation = asks(known, need="invoice_request", settled=slot, next_step="desk")
        assert run(ActionPassToDesk(), conversation).said == ["utter_passed_to_desk"]
        assert len(cases()) == 1


class TestWhatOnlyAPersonCanDo:
    """A need that is settled gets no case; another need of the same order does."""

    def test_settled_by_what_was_agreed(self, known: Known, cases: Cases) -> None:
        conversation = asks(known, need="refund_status", settled=settled(), next_step="desk")
        first = run(ActionPassToDesk(), conversation)
        assert first.said == ["utter_settled", "utter_settled_offer"] and first.slots["next_step"] == "answered"
        goes_on(conversation, first).knows(next_step="desk").hears("and my money?", "refund_status")
        again = run(ActionPassToDesk(), conversation)
        assert again.said == ["utter_settled", "utter_settled_offer"], "it is all there is to answer"
        assert cases() == []

    def test_a_new_need(self, known: Known, cases: Cases) -> None:
        conversation = asks(known, need="change_address", settled=settled(), next_step="desk")
        assert run(ActionPassToDesk(), conversation).said == ["utter_settled", "utter_passed_to_desk"]
        (case,) = cases()
        assert case.facts["settled"] == {
            "what": "refund_agreed",
            "at": "2026-12-01T09:00:00+00:00",
            "case": "Q-1004",
        }

    def test_nothing_is_promised_before_it_is_known_that_it_is_settled(self, known: Known) -> None:
        conversation = asks(known, need="refund_status", settled=settled())
        assert run(ActionRoute(), conversation).said == []
        other = asks(known, need="return_item", settled=settled(order="1006"))
        assert run(ActionRoute(), other).said == ["utter_cannot_return_item"]

    def test_a_complaint_ends_it(self, known: Known, cases: Cases) -> None:
        conversation = asks(known, settled=settled()).hears("that is not solved", "complaint")
        outcome = run(ActionPassToDesk(), conversation)
        assert outcome.slots["settled"]["ended"] is True
        assert cases()[0].facts["settled"]["what"] == "refund_agreed"

    @pytest.mark.parametrize("code", ["other", "question_answered", "request_declined"])
    def test_what_is_about_no_order_is_answered_once_more_and_a_person_offered(
        self, shop: str, cases: Cases, code: str
    ) -> None:
        conversation = _handed_back("privacy_request", code).hears("so my data, is it gone?", "privacy_request")
        outcome = run(ActionPassToDesk(), conversation)
        assert outcome.said == ["utter_settled", "utter_settled_offer"] and cases() == []
        assert "Q-1004" in outcome.text()

    def test_another_need_about_no_order_is_a_new_matter(self, shop: str, cases: Cases) -> None:
        conversation = _handed_back("privacy_request", "other").hears("I want to complain", "complaint")
        assert not told(run(ActionPassToDesk(), conversation))
        (case,) = cases()
        assert case.facts["settled"]["case"] == "Q-1004" and "by hand" in in_english(case.summary)

    def test_a_complaint_is_answered_once_and_then_new(self, shop: str, cases: Cases) -> None:
        conversation = _handed_back("complaint", "other").hears("I still complain", "complaint")
        first = run(ActionPassToDesk(), conversation)
        assert told(first) and cases() == []
        again = goes_on(conversation, first).hears("this is bad", "complaint")
        assert not told(run(ActionPassToDesk(), again)) and len(cases()) == 1

    def test_what_only_a_person_knows_is_answered_once_more_too(self, shop: str) -> None:
        conversation = _handed_back("warranty", "question_answered").hears("and the warranty?", "warranty")
        assert run(ActionNotServed(), conversation).said == ["utter_settled", "utter_settled_offer"]

    def test_that_nothing_was_settled_stands_in_the_next_case(self, known: Known, cases: Cases) -> None:
        run(ActionTrackOrder(), asks(known, settled=settled("nothing"), handed_back_note="left"))
        (case,) = cases()
        assert (case.facts["settled"]["what"], case.facts["settled"]["case"]) == ("nothing", "Q-1004")
        assert in_english(case.summary).endswith("note: left")

    def test_the_list_knows_every_code_and_only_needs(self) -> None:
        assert set(_also_settled()) == {code.value for code in Settled if code is not Settled.NOTHING}
        assert {need for needs in _also_settled().values() for need in needs} <= set(not_served())


class TestAskedAgainWithoutAnOrder:
    """No order was ever named: what was settled is told to who asks after it, and no order number asked for."""

    @pytest.mark.parametrize("need", ["refund_status", "request_refund"])
    def test_a_need_that_fits(self, shop: str, cases: Cases, need: str) -> None:
        slot = settled(order=None, until="2026-12-04")
        outcome = run(ActionRoute(), Conversation().knows(settled=slot).hears("and my money?", need))
        assert outcome.said == ["utter_settled_until", "utter_settled_offer"] and cases() == []
        assert outcome.slots["next_step"] == "answered"
        again = Conversation().knows(settled=outcome.slots["settled"]).hears("my money, when?", need)
        assert run(ActionRoute(), again).said == ["utter_settled_until", "utter_settled_offer"]

    def test_what_only_the_order_can_tell_still_asks_for_it(self, shop: str) -> None:
        heard = Conversation().knows(settled=settled(order=None)).hears("where is my parcel?", "track_order")
        assert run(ActionRoute(), heard).slots["next_step"] == "identify"

    def test_a_new_need_still_asks_for_the_order(self, shop: str) -> None:
        heard = Conversation().knows(settled=settled(order=None)).hears("change my address", "change_address")
        outcome = run(ActionRoute(), heard)
        assert not told(outcome) and outcome.slots["next_step"] == "identify"

    @pytest.mark.parametrize(
        "text", ["so, my request?", "und mein Anliegen?", "et ma demande ?", "¿y mi solicitud?", "我的申请呢"]
    )
    @pytest.mark.parametrize("intent", ["nlu_fallback", "track_order"])
    def test_what_became_of_it(self, shop: str, text: str, intent: str) -> None:
        slot = settled("request_declined", order=None, case_number=None)
        outcome = run(ActionRoute(), Conversation().knows(settled=slot).hears(text, intent))
        assert outcome.said == ["utter_settled", "utter_settled_offer"]

    def test_about_an_order_only_to_who_has_proved_it(self, shop: str) -> None:
        heard = Conversation().knows(settled=settled(order="1006")).hears("and my money?", "refund_status")
        assert not told(run(ActionRoute(), heard))


def test_declined_and_asked_after_in_other_words(known: Known, cases: Cases) -> None:
    """To ask for a refund and to ask what becomes of it is one matter: no promise, no second case."""
    slot = settled("request_declined", order="1002", need="request_refund")
    conversation = asks(known, "1002", need="refund_status", settled=slot)
    assert run(ActionRoute(), conversation).said == []
    outcome = run(ActionPassToDesk(), conversation.knows(next_step="desk"))
    assert outcome.said == ["utter_settled", "utter_settled_offer"] and cases() == []


def test_the_matters_are_needs() -> None:
    assert {need for matter in _same_matters() for need in matter} <= set(not_served())


def _handed_back(need: str, code: str) -> Conversation:
    """A conversation that asked for something about no order, and was handed back by a person."""
    conversation = Conversation().hears("first", need)
    slot = settled(code, order=None)
    conversation.events.append({"event": "slot", "name": "settled", "value": slot})
    return conversation.knows(settled=slot, handed_back_note="by hand")


class TestMissingParcel:
    """It says delivered: what was settled for a parcel is not claimed again."""

    def test_the_settled_parcel(self, known: Known, cases: Cases) -> None:
        conversation = asks(known, "1010", "delivered_not_received", settled=settled(order="1010"))
        outcome = run(ActionDeliveredNotReceived(), conversation)
        assert outcome.said == ["utter_settled", "utter_not_received_facts", "utter_settled_offer"]
        assert outcome.slots["next_step"] == "answered" and outcome.slots["claim_parcel"] is None
        assert cases() == []

    def test_another_parcel_of_the_order(self, known: Known) -> None:
        slot = settled("claim_taken_up", "1010", tracking_number="ANOTHER")
        conversation = asks(known, "1010", "delivered_not_received", settled=slot)
        outcome = run(ActionDeliveredNotReceived(), conversation)
        assert told(outcome) and outcome.slots["next_step"] == "claim"


class TestUntilSomethingNewHappens:
    """Asking for a person, anger, risk, the day that passed."""

    def test_a_person_is_asked_for(self, known: Known, cases: Cases) -> None:
        conversation = asks(known, settled=settled(until="2026-12-04"), handed_back_note="by card")
        outcome = run(ActionHandOver(), conversation.hears("a person please", "human_agent"))
        assert outcome.said == ["utter_settled_until", "utter_hand_over_requested"]
        (case,) = cases()
        said = in_english(case.summary)
        assert "handed back on 2026-12-01: refund_agreed." in said and said.endswith("note: by card")
        assert case.facts["settled"] | {"case": "Q-1004", "report_by": "2026-12-04"} == case.facts["settled"]
        after = run(ActionTrackOrder(), goes_on(conversation, outcome).hears("where is it?", "track_order"))
        assert after.said == ["utter_order", "utter_case_lost"], "the case learns of it"

    @pytest.mark.parametrize("message", [{"emotion": {"name": "anger"}}, {"risk": ["lawyer"]}])
    def test_anger_and_risk_hear_nothing_of_it(self, known: Known, cases: Cases, message: dict[str, Any]) -> None:
        conversation = asks(known, settled=settled()).hears("…", "track_order", **message)
        outcome = run(ActionHandOver(), conversation)
        assert not told(outcome) and outcome.slots["settled"]["ended"] is True
        assert "refund_agreed" in in_english(cases()[0].summary)

    def test_about_an_order_it_is_said_only_to_who_has_proved_it(self, shop: str) -> None:
        conversation = Conversation().knows(settled=settled()).hears("a person please", "human_agent")
        assert run(ActionHandOver(), conversation).said == ["utter_hand_over_requested"]
        no_order = Conversation(id="conversation-0002").knows(settled=settled(order=None))
        assert told(run(ActionHandOver(), no_order.hears("a person please", "human_agent")))

    def test_the_day_to_report_back_has_passed(self, known: Known, cases: Cases) -> None:
        outcome = run(ActionTrackOrder(), asks(known, settled=settled(until="2026-11-30")))
        assert outcome.said == ["utter_settled_until_passed", "utter_order", "utter_case_lost"]
        assert len(cases()) == 1

    @pytest.mark.parametrize(
        "slot",
        [None, settled("nothing"), {**settled(), "at": "2026-09-01T09:00:00+00:00"}, {**settled(), "ended": True}],
    )
    def test_nothing_that_holds(self, known: Known, cases: Cases, slot: Any) -> None:
        outcome = run(ActionTrackOrder(), asks(known, settled=slot))
        assert outcome.said == ["utter_order", "utter_case_lost"]
        assert len(cases()) == 1

    def test_stopping_a_task_does_not_forget_it(self, known: Known) -> None:
        outcome = run(ActionStop(), asks(known, settled=settled()).hears("stop", "stop"))
        assert "settled" not in outcome.slots


def test_half_an_answer_is_not_told(known: Known, down: Callable[[str], None], cases: Cases) -> None:
    conversation = asks(known, settled=settled())
    down("parcels")
    outcome = run(ActionTrackOrder(), conversation)
    assert outcome.said == ["utter_hand_over_system_down"] and "settled" not in outcome.slots


class TestNews:
    """What only answered or declined something says nothing of what happened to the parcel since."""

    def test_a_parcel_delivered_since_may_be_claimed(self, known: Known) -> None:
        answered = settled("question_answered", order="1010", at="2026-11-20T10:00:00+00:00")
        outcome = run(ActionDeliveredNotReceived(), asks(known, "1010", "delivered_not_received", settled=answered))
        assert outcome.slots["next_step"] == "claim"

    def test_a_refund_agreed_settles_it_all_the_same(self, known: Known) -> None:
        agreed = settled("refund_agreed", order="1010", at="2026-11-20T10:00:00+00:00")
        outcome = run(ActionDeliveredNotReceived(), asks(known, "1010", "delivered_not_received", settled=agreed))
        assert outcome.slots["next_step"] == "answered" and "utter_settled_offer" in outcome.said

    def test_a_parcel_lost_after_a_return_was_declined_gets_its_case(self, known: Known, cases: Cases) -> None:
        declined = {**settled("request_declined", order="1017"), "need": "return_item"}
        run(ActionTrackOrder(), asks(known, "1017", settled=declined))
        assert [case.reason for case in cases()] == ["lost"]
