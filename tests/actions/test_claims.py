"""It says delivered, but it is not here: facts, checks, the wait, and a claim written once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import select

from actions.claims import ActionDeliveredNotReceived, ActionOpenClaim, AskClaimConfirmed, ValidateClaimForm
from actions.clarify import ActionDontKnow
from actions.conversation import ActionRepeat, ActionStop
from actions.found import ActionParcelFound
from actions.hand_over import ActionHandOver
from actions.handbook_answers import ActionHandbookAnswer
from actions.identity import issue_proof
from actions.identity_form import ValidateIdentityForm
from actions.not_served import ActionNotServed, ActionPassToDesk
from actions.opening_hours import ActionOpeningHours
from actions.routing import ActionRoute
from actions.small_talk import ActionSmallTalk
from actions.tracking import ActionTrackOrder
from actions.turn import Turn
from commerce.contact import ContactKind
from commerce.embedded.tables import ClaimRow
from core.database import reading, transaction
from desk.case import CaseEvent, EventKind
from desk.cases import close
from desk.summary import in_english
from tests.actions.conftest import Conversation, run

Known = Callable[..., Conversation]
Cases = Callable[[], list[Any]]


def claims() -> list[ClaimRow]:
    with reading() as session:
        return list(session.scalars(select(ClaimRow).order_by(ClaimRow.id)))


def not_received(known: Known, order: str, **slots: Any) -> Conversation:
    return known(order).knows(**slots).hears("it says delivered but it is not here", "delivered_not_received")


def confirmed(known: Known, order: str, parcel: str, answer: bool | None = True) -> Conversation:
    conversation = known(order).knows(claim_parcel=parcel, claim_confirmed=answer)
    conversation.form = "claim_form"
    return conversation.hears("yes" if answer else "no", "affirm" if answer else "deny")


def test_what_the_carrier_says_what_to_check_then_the_question(known: Known, cases: Cases) -> None:
    outcome = run(ActionDeliveredNotReceived(), not_received(known, "1011"))
    assert outcome.said == ["utter_not_received_facts", "utter_not_received_address", "utter_not_received_checks"]
    text = outcome.text()
    assert "Royal Mail" in text and 'the carrier noted "behind the recycling bins"' in text
    assert "Grace Okafor, 14 Beech Road, M21 8BL Manchester" in text
    checks = outcome.values("utter_not_received_checks")["checks"]["$list"]
    assert checks[0] == {"$reply": "term_check_safe_place"}, "where the carrier says it is comes first"
    assert {"$reply": "term_check_photo"} in checks
    assert outcome.events == [
        {"event": "slot", "timestamp": None, "name": "claim_parcel", "value": "1011-1"},
        {"event": "slot", "timestamp": None, "name": "claim_confirmed", "value": None},
        {"event": "slot", "timestamp": None, "name": "tracking_number", "value": None},
        {"event": "slot", "timestamp": None, "name": "next_step", "value": "claim"},
    ]
    assert cases() == [] and claims() == []


@pytest.mark.parametrize(
    ("order", "until"),
    [
        ("1009", ["2026-12-02T00:00:00+00:00", "Europe/Madrid"]),
        ("1012", ["2026-12-03T00:00:00+00:00", "America/Los_Angeles"]),
    ],
)
def test_the_handbooks_wait(known: Known, order: str, until: list[str]) -> None:
    outcome = run(ActionDeliveredNotReceived(), not_received(known, order))
    assert outcome.values("utter_not_received_wait")["until"] == {"$datetime": until}
    assert outcome.slots == {"claim_parcel": None, "next_step": "answered"}


def test_not_delivered_at_all(known: Known) -> None:
    outcome = run(ActionDeliveredNotReceived(), not_received(known, "1001"))
    assert outcome.said == ["utter_order"] and outcome.slots["next_step"] == "answered"


def test_too_late_goes_to_a_person(known: Known, cases: Cases, at: Callable[[str], None]) -> None:
    at("2027-03-01T10:00:00+00:00")
    outcome = run(ActionDeliveredNotReceived(), not_received(known, "1010"))
    assert outcome.said == ["utter_not_received_facts", "utter_not_received_too_late"]
    (case,) = cases()
    assert (case.reason, case.order_number) == ("delivered_not_received", "1010")
    assert claims() == []


def test_of_several_parcels_the_missing_one_is_asked_for(known: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from commerce.embedded.parcels import EmbeddedParcels

    whole = EmbeddedParcels.of_order

    def two_delivered(self: EmbeddedParcels, order: Any) -> tuple[Any, ...]:
        (parcel,) = whole(self, order)
        return parcel, replace(parcel, id="1010-2", tracking_number="CY000000005DE")

    monkeypatch.setattr(EmbeddedParcels, "of_order", two_delivered)
    conversation = not_received(known, "1010")
    outcome = run(ActionDeliveredNotReceived(), conversation)
    assert outcome.said == ["utter_which_parcel_missing"]
    payloads = [option["payload"] for option in outcome.messages[0]["options"]]
    assert payloads[1] == '/delivered_not_received{"tracking_number":"CY000000005DE"}'
    pressed = conversation.hears(payloads[1], "delivered_not_received", tracking_number="CY000000005DE")
    assert run(ActionRoute(), pressed).slots["next_step"] == "not_received"
    assert run(ActionDeliveredNotReceived(), pressed).slots["claim_parcel"] == "1010-2"


class TestKnown:
    """A parcel that was reported missing before."""

    def reported(self, known: Known) -> Conversation:
        conversation = confirmed(known, "1010", "1010-1")
        run(ActionOpenClaim(), conversation)
        return conversation

    def elsewhere(self, known: Known) -> Conversation:
        conversation = Conversation(id="conversation-0002").hears("hello", "greet")
        proof = issue_proof(Turn(CollectingDispatcher(), conversation.tracker()), {"1010": ContactKind.email})
        conversation.knows(order_number="1010", contact="carmen.iglesias@example.com", proof=proof)
        return conversation.hears("it says delivered but there is nothing", "delivered_not_received")

    def test_in_the_same_conversation(self, known: Known, cases: Cases) -> None:
        conversation = self.reported(known).hears("it says delivered and it is NOT here", "delivered_not_received")
        outcome = run(ActionDeliveredNotReceived(), conversation)
        assert outcome.said == ["utter_claim_known"]
        assert outcome.slots == {"claim_parcel": None, "next_step": "answered", "case_number": cases()[0].number}
        assert len(cases()) == 1 and len(claims()) == 1

    def test_in_another_conversation_the_case_learns_of_it_once(self, known: Known, cases: Cases) -> None:
        self.reported(known)
        conversation = self.elsewhere(known)
        for _ in range(2):
            outcome = run(ActionDeliveredNotReceived(), conversation)
            assert outcome.said == ["utter_claim_known_elsewhere"]
        (case,) = cases()
        assert outcome.values("utter_claim_known_elsewhere")["case"] == case.number
        assert outcome.values("utter_claim_known_elsewhere")["date"] == {"$date": "2026-12-01"}
        with reading() as session:
            events = session.scalars(select(CaseEvent).where(CaseEvent.kind == EventKind.ASKED_AGAIN)).all()
            assert [event.details for event in events] == [{"conversation_id": "conversation-0002"}]

    def test_in_the_case_of_another_order_it_is_found_too(self, known: Known, cases: Cases) -> None:
        conversation = known("1017", "1010").hears("where is it", "track_order")
        run(ActionTrackOrder(), conversation)
        conversation.knows(order_number="1010", claim_parcel="1010-1", claim_confirmed=True)
        conversation.form = "claim_form"
        run(ActionOpenClaim(), conversation.hears("yes", "affirm"))
        (case,) = cases()
        assert case.order_number == "1017" and case.facts["claim"]["order"] == "1010"
        conversation.form = None
        again = run(ActionDeliveredNotReceived(), conversation.hears("still not here", "delivered_not_received"))
        assert again.said == ["utter_claim_known"] and len(cases()) == 1
        assert run(ActionDeliveredNotReceived(), self.elsewhere(known)).said == ["utter_claim_known_elsewhere"]

    def test_when_nobody_is_at_work_on_it_any_more(self, known: Known, cases: Cases) -> None:
        self.reported(known)
        with transaction() as session:
            close(session, "demo", cases()[0].number, "anna", outcome="solved")
        outcome = run(ActionDeliveredNotReceived(), self.elsewhere(known))
        assert outcome.said == ["utter_claim_known_no_case"]
        _, case = cases()
        assert (case.conversation_id, case.order_number) == ("conversation-0002", "1010")
        assert case.facts["claim"]["number"] == "C-1001" and len(claims()) == 1
        assert case.facts["claim"]["report_by"] == "2026-12-03", "two working days after the Tuesday it was reported"


class TestQuestion:
    """The question whether to report it, and what comes in between."""

    def asked(self, known: Known) -> Conversation:
        conversation = known("1010").knows(claim_parcel="1010-1", need="delivered_not_received")
        conversation.form = "claim_form"
        return conversation.says("utter_ask_claim_confirmed")

    def test_it_is_asked_in_full_with_the_facts_and_shortly_after_something_else(self, known: Known) -> None:
        conversation = not_received(known, "1010").says("utter_not_received_checks")
        assert run(AskClaimConfirmed(), conversation).said == ["utter_ask_claim_confirmed"]
        conversation.hears("and what about returns", "return_policy").says("utter_return_policy_free")
        again = run(AskClaimConfirmed(), conversation)
        assert again.said == ["utter_ask_claim_again"] and "#1010" in again.text()
        named = run(AskClaimConfirmed(), conversation.knows(claim_parcel="1010-1"))
        assert "parcel CY799898197DE" in named.text(), "which one is meant is said"

    @pytest.mark.parametrize(
        ("intent", "step"), [("refund_status", "desk"), ("track_order", "track"), ("delivery_estimate", "estimate")]
    )
    def test_another_question_about_the_order_leaves_the_claim_open(self, known: Known, intent: str, step: str) -> None:
        outcome = run(ActionRoute(), self.asked(known).hears("and this?", intent))
        assert outcome.slots["next_step"] == step
        assert not [event for event in outcome.events if event["event"] == "active_loop"]
        assert "requested_slot" not in outcome.slots

    def test_another_parcel_begins_anew_and_is_never_claimed_in_its_place(self, known: Known) -> None:
        for heard in ({"tracking_number": "CY000000005DE"}, {"order_number": "1010"}):
            said = self.asked(known).hears("sorry, the other one isn't here", "delivered_not_received", **heard)
            outcome = run(ActionRoute(), said)
            assert outcome.slots["next_step"] == "not_received" and outcome.said == []
            assert outcome.events[0] == {"event": "active_loop", "timestamp": None, "name": None}

    def test_a_case_for_it_leaves_the_claim_open_too(self, known: Known, cases: Cases) -> None:
        conversation = self.asked(known).hears("where is my refund", "refund_status")
        outcome = run(ActionPassToDesk(), conversation.knows(next_step="desk", need="refund_status"))
        assert outcome.said[-1] == "utter_passed_to_desk" and len(cases()) == 1
        assert not [event for event in outcome.events if event["event"] == "active_loop"]

    def test_another_order_leaves_the_claim_and_says_that_nothing_was_reported(self, known: Known) -> None:
        conversation = self.asked(known).hears("no, it's 1004, not 1010", "inform", order_number=["1004", "1010"])
        outcome = run(ActionRoute(), conversation)
        assert outcome.said == ["utter_claim_left"] and "#1010" in outcome.text()
        assert (outcome.slots["order_number"], outcome.slots["next_step"]) == ("1004", "identify")
        assert outcome.events[0] == {"event": "active_loop", "timestamp": None, "name": None}
        assert claims() == []

    def test_half_an_answer_is_thanked_for_and_only_the_rest_asked(self, known: Known) -> None:
        conversation = self.asked(known).hears("the address is right", "change_address")
        first = run(AskClaimConfirmed(), conversation)
        assert first.said == ["utter_claim_checked", "utter_ask_claim_now"] and "#1010" in first.text()
        again = run(AskClaimConfirmed(), conversation.keeps(first).hears("I looked everywhere", "dont_know"))
        assert again.said == ["utter_ask_claim_now"]

    def test_back_to_it_after_a_no_only_the_question_is_asked(self, known: Known) -> None:
        conversation = not_received(known, "1010")
        conversation.keeps(run(ActionDeliveredNotReceived(), conversation)).says("utter_ask_claim_confirmed")
        conversation.hears("not yet", "deny").says("utter_claim_not_opened")
        conversation.hears("ok report it after all", "nlu_fallback").acts("action_route")
        assert run(ActionRoute(), conversation).slots["next_step"] == "not_received"
        back = run(ActionDeliveredNotReceived(), conversation)
        assert back.said == [] and back.slots["next_step"] == "claim"
        conversation.acts("action_delivered_not_received")
        assert run(AskClaimConfirmed(), conversation).said == ["utter_ask_claim_now"]

    def test_yes_report_it_after_a_no_needs_no_second_question(self, known: Known) -> None:
        conversation = not_received(known, "1010")
        conversation.keeps(run(ActionDeliveredNotReceived(), conversation)).says("utter_ask_claim_confirmed")
        conversation.hears("no", "deny").says("utter_claim_not_opened")
        conversation.hears("yes report it", "delivered_not_received")
        assert run(ActionRoute(), conversation).slots["next_step"] == "not_received"
        outcome = run(ActionDeliveredNotReceived(), conversation)
        assert outcome.said == [] and outcome.events[-1]["name"] == "action_open_claim"
        reported = run(ActionOpenClaim(), conversation.knows(claim_parcel="1010-1", claim_confirmed=True))
        assert reported.said == ["utter_claim_opened"] and len(claims()) == 1

    def test_yes_report_it_without_a_question_before_is_asked_about(self, known: Known) -> None:
        conversation = not_received(known, "1010").hears("yes report it", "delivered_not_received")
        outcome = run(ActionDeliveredNotReceived(), conversation)
        assert outcome.slots["next_step"] == "claim" and claims() == []

    @pytest.mark.parametrize("reply", ["utter_claim_not_opened", "utter_claim_left"])
    def test_a_bare_yes_after_a_no_or_a_hand_over_takes_it_up_again(self, known: Known, reply: str) -> None:
        conversation = self.asked(known).hears("no", "deny").says(reply)
        conversation.form = None
        outcome = run(ActionRoute(), conversation.hears("yes actually", "affirm"))
        assert (outcome.slots["need"], outcome.slots["next_step"]) == ("delivered_not_received", "not_received")

    def test_a_hand_over_in_between_says_that_nothing_is_reported(self, known: Known) -> None:
        outcome = run(ActionHandOver(), self.asked(known).hears("what's your phone number", "human_agent"))
        assert outcome.said == ["utter_hand_over_requested", "utter_claim_left"]

    def test_what_was_hardly_the_wish_for_a_person_answers_the_checks(self, known: Known) -> None:
        conversation = self.asked(known).hears("no", "deny").says("utter_claim_not_opened")
        conversation.form = None
        conversation.hears("i dont live alone, asked roomates, nothing", "human_agent", confidence=0.42)
        outcome = run(ActionHandOver(), conversation)
        assert outcome.said == [] and outcome.events[0]["name"] == "action_route"
        assert run(ActionRoute(), conversation).slots["next_step"] == "not_received"

    def test_opening_hours_while_it_is_too_early_are_told(self, known: Known) -> None:
        conversation = known("1009").hears("not here", "delivered_not_received").says("utter_not_received_wait")
        conversation.hears("are you open tomorrow", "opening_hours", deadline={"kind": "in_days", "days": 1})
        assert "utter_hours_that_day" in run(ActionOpeningHours(), conversation).said

    def test_the_checks_answered_while_nothing_is_asked(self, known: Known) -> None:
        conversation = self.asked(known).hears("no", "deny").says("utter_claim_not_opened")
        conversation.form = None
        conversation.hears("yes its the right address and i checked everywhere", "change_address")
        assert run(ActionRoute(), conversation).slots["next_step"] == "not_received"

    def test_while_it_is_too_early_the_moment_is_said_again(self, known: Known) -> None:
        conversation = not_received(known, "1009")
        conversation.keeps(run(ActionDeliveredNotReceived(), conversation))
        conversation.hears("but I need it today", "delivery_estimate", deadline={"kind": "in_days", "days": 0})
        assert run(ActionRoute(), conversation).slots["next_step"] == "not_received"
        outcome = run(ActionDeliveredNotReceived(), conversation)
        assert outcome.said == ["utter_claim_wait"]
        assert outcome.values("utter_claim_wait")["until"] == {
            "$datetime": ["2026-12-02T00:00:00+00:00", "Europe/Madrid"]
        }

    @pytest.mark.parametrize(
        ("order", "by", "reply"),
        [
            ("1021", "email", "utter_claim_signed"),
            ("1021", "postcode", "utter_claim_signed_hidden"),
            ("1010", "email", "utter_claim_signed_by_nobody"),
        ],
    )
    def test_who_signed(self, known: Known, order: str, by: str, reply: str) -> None:
        conversation = known(order, by=by).knows(claim_parcel=f"{order}-1").says("utter_ask_claim_confirmed")
        conversation.form = "claim_form"
        outcome = run(ActionRoute(), conversation.hears("hang on, who signed", "delivered_not_received"))
        assert outcome.said == [reply] and outcome.slots == {"next_step": "answered"}

    @pytest.mark.parametrize("text", ["hang on, who signed", "oh thats my wife lol"])
    def test_whatever_it_was_taken_for_the_question_stays(self, known: Known, text: str) -> None:
        said = self.asked(known).hears(text, "out_of_scope").acts("claim_form")
        outcome = run(ValidateClaimForm(), said)
        assert outcome.slots == {"claim_confirmed": None} and len(outcome.said) == 1

    def test_somebody_who_may_have_it(self, known: Known) -> None:
        outcome = run(ActionRoute(), self.asked(known).hears("oh thats my wife lol", "nlu_fallback"))
        assert outcome.said == ["utter_claim_ask_them"] and outcome.slots == {"next_step": "answered"}

    @pytest.mark.parametrize("text", ["case number?", "how long til i hear back"])
    def test_which_case_and_when_they_answer_after_a_claim(self, known: Known, text: str) -> None:
        conversation = confirmed(known, "1010", "1010-1")
        conversation.keeps(run(ActionOpenClaim(), conversation))
        conversation.form = None
        assert run(ActionRoute(), conversation.hears(text, "dont_know")).slots["next_step"] == "not_received"
        assert run(ActionDeliveredNotReceived(), conversation).said == ["utter_claim_known"]

    def test_which_case_where_no_parcel_was_reported(self, known: Known, cases: Cases) -> None:
        conversation = known("1001").hears("a person please", "human_agent")
        conversation.keeps(run(ActionHandOver(), conversation)).hears("case number?", "dont_know")
        outcome = run(ActionRoute(), conversation)
        assert outcome.said == ["utter_hand_over_already"] and cases()[0].number in outcome.text()

    def test_report_it_means_the_parcel_only_when_one_was_talked_about(self, known: Known) -> None:
        outcome = run(ActionRoute(), known("1010").hears("report it", "nlu_fallback"))
        assert outcome.slots["next_step"] == "answered"


class TestFound:
    """The parcel has turned up."""

    def test_in_the_middle_of_the_question(self, known: Known, cases: Cases) -> None:
        conversation = known("1010").knows(claim_parcel="1010-1", need="delivered_not_received")
        conversation.form = "claim_form"
        conversation.hears("found it!", "parcel_found").acts("claim_form")
        assert run(ValidateClaimForm(), conversation).slots == {"claim_confirmed": False}
        outcome = run(ActionOpenClaim(), conversation)
        assert outcome.said == ["utter_found_not_reported"] and outcome.slots["next_step"] == "answered"
        assert claims() == [] and cases() == []

    def test_after_the_claim_its_case_learns_of_it(self, known: Known, cases: Cases) -> None:
        conversation = confirmed(known, "1010", "1010-1")
        run(ActionOpenClaim(), conversation)
        conversation.form = None
        conversation.hears("found it, cancel the report", "parcel_found")
        assert run(ActionRoute(), conversation).slots["next_step"] == "found"
        outcome = run(ActionParcelFound(), conversation)
        (case,) = cases()
        assert (
            outcome.said == ["utter_found_passed_on"] and outcome.values("utter_found_passed_on")["case"] == case.number
        )
        assert "CY799898197DE" in in_english(case.summary) and "turned up" in in_english(case.summary)
        assert case.status == "open" and case.priority == "high" and len(claims()) == 1

    def test_in_another_conversation_the_same_case_learns_of_it(self, known: Known, cases: Cases) -> None:
        run(ActionOpenClaim(), confirmed(known, "1010", "1010-1"))
        conversation = TestKnown().elsewhere(known).hears("it came after all", "parcel_found")
        for _ in range(2):
            assert run(ActionParcelFound(), conversation).said == ["utter_found_passed_on"]
        (case,) = cases()
        assert in_english(case.summary).count("turned up") == 1

    def test_a_case_of_the_conversation_without_a_proof(self, known: Known, cases: Cases) -> None:
        run(ActionOpenClaim(), confirmed(known, "1010", "1010-1"))
        conversation = Conversation(messages=5).hears("hello", "greet").hears("it is here now", "parcel_found")
        assert run(ActionRoute(), conversation).slots["next_step"] == "found"
        assert run(ActionParcelFound(), conversation).said == ["utter_found_passed_on"]
        assert "turned up" in in_english(cases()[0].summary)

    def claimed(self, known: Known) -> Conversation:
        conversation = confirmed(known, "1010", "1010-1")
        conversation.keeps(run(ActionOpenClaim(), conversation))
        conversation.form = None
        return conversation

    @pytest.mark.parametrize(
        ("text", "intent", "need"),
        [
            ("it's here now", "repeat", "parcel_found"),
            ("my neighbour had it", "damaged_item", "parcel_found"),
            ("so cancel the claim", "cancel_order", "report_withdrawn"),
            ("close it", "nlu_fallback", "report_withdrawn"),
        ],
    )
    def test_whatever_the_words_after_a_claim_were_taken_for(
        self, known: Known, text: str, intent: str, need: str
    ) -> None:
        outcome = run(ActionRoute(), self.claimed(known).hears(text, intent, confidence=0.65))
        assert (outcome.slots["need"], outcome.slots["next_step"]) == (need, "found")

    @pytest.mark.parametrize(
        "text",
        [
            "checked absolutely everywhere",
            "hab wirklich überall geschaut",
            "j'ai cherché partout, franchement",
            "都找过了，每个角落",
        ],
    )
    def test_who_has_looked_everywhere_has_not_found_it(self, known: Known, text: str) -> None:
        conversation = self.claimed(known)
        conversation.slots["language"] = {"c": "en", "h": "de", "j": "fr", "都": "zh-Hans"}[text[0]]
        outcome = run(ActionRoute(), conversation.hears(text, "parcel_found", confidence=0.9))
        assert (outcome.slots["need"], outcome.slots["next_step"]) == ("delivered_not_received", "not_received")

    @pytest.mark.parametrize("text", ["did you find it", "has the mug set arrived", "have you found my parcel?"])
    def test_a_question_is_no_news(self, known: Known, text: str) -> None:
        outcome = run(ActionRoute(), self.claimed(known).hears(text, "parcel_found", confidence=0.9))
        assert outcome.slots["need"] != "parcel_found" and outcome.slots["next_step"] == "track"

    def test_with_its_number_it_is_found_once_it_is_known_whose_it_is(self, shop: str) -> None:
        said = Conversation().hears("its here now sorry! order 1010", "track_order", order_number="1010")
        outcome = run(ActionRoute(), said)
        assert (outcome.slots["need"], outcome.slots["next_step"]) == ("parcel_found", "identify")
        assert outcome.slots["order_number"] == "1010"

    def test_the_number_with_the_news_answers_the_form_too(self, shop: str) -> None:
        asked = Conversation(form="identity_form").knows(need="delivered_not_received")
        outcome = run(ValidateIdentityForm(), asked.hears("found it, 1010", order_number="1010").acts("identity_form"))
        assert outcome.slots["need"] == "parcel_found"

    @pytest.mark.parametrize(
        "action",
        [
            ActionStop(),
            ActionRepeat(),
            ActionDontKnow(),
            ActionHandbookAnswer(),
            ActionOpeningHours(),
            ActionNotServed(),
            ActionSmallTalk(),
        ],
    )
    def test_taken_for_something_else_it_is_routed_all_the_same(self, known: Known, action: Action) -> None:
        outcome = run(action, self.claimed(known).hears("it's here, sorry", "stop"))
        assert outcome.said == [] and outcome.events[0]["name"] == "action_route"
        assert outcome.events[0]["event"] == "followup"

    def test_where_the_order_was_tracked_and_a_report_is_known(self, known: Known) -> None:
        run(ActionOpenClaim(), confirmed(known, "1010", "1010-1"))
        conversation = known("1010").hears("where is it", "track_order")
        conversation.keeps(run(ActionTrackOrder(), conversation))
        outcome = run(ActionRoute(), conversation.hears("it's here", "nlu_fallback"))
        assert (outcome.slots["need"], outcome.slots["next_step"]) == ("parcel_found", "found")

    def test_the_report_taken_back_reaches_the_case_and_cancels_no_order(self, known: Known, cases: Cases) -> None:
        conversation = self.claimed(known).hears("cancel the claim", "cancel_order").knows(need="report_withdrawn")
        assert run(ActionParcelFound(), conversation).said == ["utter_withdrawal_passed_on"]
        (case,) = cases()
        assert "take back the report" in in_english(case.summary) and "turned up" not in in_english(case.summary)
        assert "cancel" not in in_english(case.summary)

    def test_nothing_to_take_back(self, known: Known, cases: Cases) -> None:
        conversation = known("1010").hears("cancel the claim", "cancel_order").knows(need="report_withdrawn")
        assert run(ActionParcelFound(), conversation).said == ["utter_withdrawal_nothing"]
        stranger = Conversation().hears("cancel the claim", "cancel_order").knows(need="report_withdrawn")
        assert run(ActionParcelFound(), stranger).said == ["utter_withdrawal_which"]
        assert cases() == []

    def test_missing_after_all_overtakes_the_good_news(self, known: Known, cases: Cases) -> None:
        conversation = self.claimed(known).hears("found it", "parcel_found")
        conversation.keeps(run(ActionParcelFound(), conversation))
        conversation.hears("no wait, that's not it", "dont_know")
        assert run(ActionDontKnow(), conversation).events[0]["event"] == "followup"
        outcome = run(ActionRoute(), conversation)
        assert (outcome.slots["need"], outcome.slots["next_step"]) == ("still_missing", "found")
        assert run(ActionParcelFound(), conversation.knows(need="still_missing")).said == ["utter_missing_passed_on"]
        (case,) = cases()
        assert "missing after all" in in_english(case.summary) and "turned up" not in in_english(case.summary)

    def test_missing_after_all_before_anything_was_reported_takes_the_claim_up(self, known: Known) -> None:
        conversation = known("1010").hears("found it", "parcel_found").says("utter_found_not_reported")
        outcome = run(ActionRoute(), conversation.hears("oh no, not mine", "deny"))
        assert outcome.slots["next_step"] == "not_received"

    def test_otherwise_a_glad_word(self, known: Known, cases: Cases) -> None:
        assert run(ActionParcelFound(), known("1010").hears("it came", "parcel_found")).said == ["utter_found"]
        stranger = Conversation().hears("it came", "parcel_found")
        outcome = run(ActionParcelFound(), stranger)
        assert outcome.said == ["utter_found_which"] and outcome.slots["need"] == "parcel_found"
        assert cases() == []


class TestClaim:
    """After the question, a yes or a no."""

    def test_yes_records_reports_and_opens_the_case(self, known: Known, cases: Cases) -> None:
        outcome = run(ActionOpenClaim(), confirmed(known, "1010", "1010-1"))
        (claim,), (case,) = claims(), cases()
        assert (claim.order_number, claim.parcel_ref) == ("1010", "1010-1")
        assert (case.reason, case.priority, case.order_number) == ("delivered_not_received", "high", "1010")
        assert case.facts["claim"]["number"] == f"C-{claim.number}"
        assert case.facts["delivery"]["left"] == "mailbox"
        assert case.facts["delivery"]["delivered_at"]["zone"] == "Europe/Madrid"
        assert case.facts["order"]["email"] and "41002 Sevilla" in case.facts["order"]["address"]
        assert "checked" in in_english(case.summary)
        assert outcome.said == ["utter_claim_opened"]
        assert outcome.values("utter_claim_opened")["case"] == case.number
        assert outcome.events == [
            {"event": "slot", "timestamp": None, "name": name, "value": value}
            for name, value in [
                ("claim_confirmed", None),
                ("claim_parcel", None),
                ("next_step", "answered"),
                ("case_number", case.number),
            ]
        ]

    def test_the_same_message_again_writes_nothing_and_says_the_same(self, known: Known, cases: Cases) -> None:
        conversation = confirmed(known, "1010", "1010-1")
        first, again = run(ActionOpenClaim(), conversation), run(ActionOpenClaim(), conversation)
        assert len(claims()) == 1 and len(cases()) == 1
        assert first.text() == again.text()

    def test_it_says_the_same_also_where_a_case_was_open_before(self, known: Known) -> None:
        conversation = confirmed(known, "1010", "1010-1")
        run(ActionHandOver(), conversation.hears("a person", "human_agent"))
        conversation.hears("yes", "affirm")
        first, again = run(ActionOpenClaim(), conversation), run(ActionOpenClaim(), conversation)
        assert first.said == again.said == ["utter_claim_opened"]

    def test_a_second_claim_of_the_same_parcel_is_not_made(self, known: Known) -> None:
        conversation = confirmed(known, "1010", "1010-1")
        run(ActionOpenClaim(), conversation)
        again = run(ActionOpenClaim(), conversation.hears("yes", "affirm"))
        assert again.said == ["utter_claim_known"]
        assert len(claims()) == 1

    def test_french_law_wants_a_statement(self, known: Known, at: Callable[[str], None]) -> None:
        outcome = run(ActionOpenClaim(), confirmed(known, "1021", "1021-1"))
        assert outcome.said == ["utter_claim_opened", "utter_claim_needs_statement"]

    @pytest.mark.parametrize(
        ("intent", "confidence", "slots"),
        [("affirm", 0.54, {"claim_confirmed": None}), ("deny", 0.99, {"claim_confirmed": False}), ("inform", 0.99, {})],
    )
    def test_what_is_no_clear_yes_claims_nothing(
        self, known: Known, intent: str, confidence: float, slots: dict[str, Any]
    ) -> None:
        conversation = confirmed(known, "1010", "1010-1").hears("mhm", intent, confidence=confidence)
        assert run(ValidateClaimForm(), conversation.acts("claim_form")).slots == slots
        assert run(ActionOpenClaim(), conversation).said == ["utter_claim_not_opened"]
        assert claims() == []

    def test_a_clear_yes_and_any_no_are_taken(self, known: Known) -> None:
        for answer in (True, False):
            conversation = confirmed(known, "1010", "1010-1", answer).acts("claim_form")
            assert run(ValidateClaimForm(), conversation).slots == {"claim_confirmed": answer}

    def test_what_began_the_question_does_not_answer_it(self, known: Known) -> None:
        conversation = not_received(known, "1010").acts("action_delivered_not_received")
        assert run(ValidateClaimForm(), conversation.acts("claim_form")).slots == {}

    def test_a_wrong_address_reaches_a_person_and_claims_nothing(self, known: Known, cases: Cases) -> None:
        conversation = confirmed(known, "1010", "1010-1", False).hears("that is my old address", "change_address")
        outcome = run(ActionOpenClaim(), conversation)
        (case,) = cases()
        assert (
            outcome.said == ["utter_passed_to_desk"] and outcome.values("utter_passed_to_desk")["case"] == case.number
        )
        assert "wrong address" in in_english(case.summary) and claims() == []

    def test_an_order_refunded_before_is_for_a_person(self, known: Known, cases: Cases) -> None:
        outcome = run(ActionDeliveredNotReceived(), not_received(known, "1036"))
        assert outcome.said == ["utter_order", "utter_passed_to_desk"]
        assert outcome.slots["next_step"] == "answered" and len(cases()) == 1
        assert run(ActionOpenClaim(), confirmed(known, "1036", "1036-1")).said == ["utter_claim_not_opened"]
        assert claims() == []

    @pytest.mark.parametrize("answer", [False, None])
    def test_anything_but_a_yes_writes_nothing(self, known: Known, cases: Cases, answer: bool | None) -> None:
        outcome = run(ActionOpenClaim(), confirmed(known, "1010", "1010-1", answer))
        assert outcome.said == ["utter_claim_not_opened"]
        assert claims() == [] and cases() == []

    @pytest.mark.parametrize(
        ("order", "parcel"), [("1009", "1009-1"), ("1001", "1001-1"), ("1010", "1011-1"), ("1010", "")]
    )
    def test_a_parcel_that_may_not_be_claimed_is_not(self, known: Known, order: str, parcel: str) -> None:
        """Still within the wait, not delivered, of another order, none: whatever the slots say."""
        outcome = run(ActionOpenClaim(), confirmed(known, order, parcel))
        assert outcome.said == ["utter_claim_not_opened"]
        assert claims() == []

    @pytest.mark.parametrize("system", ["orders", "parcels"])
    def test_system_down_claims_nothing(
        self, known: Known, cases: Cases, down: Callable[[str], None], system: str
    ) -> None:
        conversation = confirmed(known, "1010", "1010-1")
        down(system)
        outcome = run(ActionOpenClaim(), conversation)
        assert outcome.said == ["utter_hand_over_system_down"]
        assert claims() == [] and cases()[0].reason == "system_down"

    def test_the_write_that_fails_is_not_claimed(
        self, known: Known, cases: Cases, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from commerce.embedded.orders import EmbeddedOrders

        def fails(*_: Any) -> None:
            raise RuntimeError("disk full")

        monkeypatch.setattr(EmbeddedOrders, "record_claim", fails)
        outcome = run(ActionOpenClaim(), confirmed(known, "1010", "1010-1"))
        assert outcome.said == ["utter_something_wrong"]
        assert outcome.slots["requested_slot"] is None
