"""It says delivered, but it is not here: facts, checks, the wait, and a claim written once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from actions.claims import ActionDeliveredNotReceived, ActionOpenClaim, ValidateClaimForm
from actions.routing import ActionRoute
from commerce.embedded.tables import ClaimRow
from core.database import reading
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


class TestClaim:
    """After the question, a yes or a no."""

    def test_yes_records_reports_and_opens_the_case(self, known: Known, cases: Cases) -> None:
        outcome = run(ActionOpenClaim(), confirmed(known, "1010", "1010-1"))
        (claim,), (case,) = claims(), cases()
        assert (claim.order_number, claim.parcel_ref) == ("1010", "1010-1")
        assert (case.reason, case.priority, case.order_number) == ("delivered_not_received", "high", "1010")
        assert case.facts["claim"]["number"] == f"C-{claim.number}" or case.facts["claim"]["number"] == claim.number
        assert case.facts["delivery"]["left"] == "mailbox"
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

    def test_a_second_claim_of_the_same_parcel_is_not_made(self, known: Known) -> None:
        conversation = confirmed(known, "1010", "1010-1")
        run(ActionOpenClaim(), conversation)
        again = run(ActionOpenClaim(), conversation.hears("yes", "affirm"))
        assert again.said == ["utter_claim_known"]
        assert len(claims()) == 1

    def test_french_law_wants_a_statement(self, known: Known, at: Callable[[str], None]) -> None:
        outcome = run(ActionOpenClaim(), confirmed(known, "1021", "1021-1"))
        assert outcome.said == ["utter_claim_opened", "utter_claim_needs_statement"]

    @pytest.mark.parametrize(("intent", "confidence"), [("affirm", 0.54), ("deny", 0.99), ("inform", 0.99)])
    def test_what_is_no_clear_yes_is_asked_for_again(self, known: Known, intent: str, confidence: float) -> None:
        conversation = confirmed(known, "1010", "1010-1").hears("deny", intent, confidence=confidence)
        assert run(ValidateClaimForm(), conversation).slots == {"claim_confirmed": None}
        assert run(ActionOpenClaim(), conversation).said == ["utter_claim_not_opened"]
        assert claims() == []

    def test_a_clear_yes_and_any_no_are_taken(self, known: Known) -> None:
        assert run(ValidateClaimForm(), confirmed(known, "1010", "1010-1")).events == []
        assert run(ValidateClaimForm(), confirmed(known, "1010", "1010-1", False)).events == []

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
