"""When will it be here, and will it be here by a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from actions.claims import ActionDeliveredNotReceived
from actions.deadline import resolve
from actions.estimate import ActionDeliveryEstimate
from tests.actions.conftest import Conversation, names, run

Known = Callable[..., Conversation]
TUESDAY = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("deadline", "day"),
    [
        ({"kind": "holiday", "name": "christmas"}, date(2026, 12, 24)),
        ({"kind": "weekday", "weekday": 4}, date(2026, 12, 4)),
        ({"kind": "weekday", "weekday": 1}, TUESDAY),
        ({"kind": "weekday", "weekday": 0}, date(2026, 12, 7)),
        ({"kind": "weekday", "weekday": 4, "next_week": True}, date(2026, 12, 11)),
        ({"kind": "date", "month": 12, "day": 24, "year": None}, date(2026, 12, 24)),
        ({"kind": "date", "month": 1, "day": 6, "year": None}, date(2027, 1, 6)),
        ({"kind": "date", "month": 11, "day": 30, "year": None}, date(2026, 11, 30)),
        ({"kind": "date", "month": 3, "day": 15, "year": None}, date(2027, 3, 15)),
        ({"kind": "date", "month": 12, "day": 24, "year": 2027}, date(2027, 12, 24)),
        ({"kind": "in_days", "days": 3}, date(2026, 12, 4)),
        ({"kind": "date", "month": 2, "day": 30, "year": None}, None),
        ({"kind": "holiday", "name": "nowhere"}, None),
        ({"kind": "in_days", "days": 10**12}, None),
        ({"kind": "other"}, None),
        ("christmas", None),
        (None, None),
    ],
)
def test_what_day_is_meant(deadline: Any, day: date | None) -> None:
    assert resolve(deadline, TUESDAY) == day


@pytest.mark.parametrize(
    ("order", "deadline", "said"),
    [
        ("1001", {"kind": "holiday", "name": "christmas"}, "utter_arrives_by_yes"),
        ("1001", {"kind": "weekday", "weekday": 3}, "utter_arrives_that_day"),  # Thursday 3 December
        ("1001", {"kind": "in_days", "days": 1}, "utter_arrives_by_likely_not"),
        ("1001", {"kind": "date", "month": 11, "day": 29, "year": None}, "utter_day_is_past"),
        ("1003", {"kind": "in_days", "days": 3}, "utter_arrives_by_unknown_past"),  # late: its estimate has passed
        ("1019", {"kind": "in_days", "days": 3}, "utter_arrives_by_unknown_past"),  # never handed over
        ("1032", {"kind": "in_days", "days": 9}, "utter_arrives_by_unknown_held_up"),  # papers wanted at customs
        ("1017", {"kind": "in_days", "days": 3}, "utter_arrives_by_no"),  # lost
        ("1022", {"kind": "in_days", "days": 3}, "utter_arrives_by_no"),  # cancelled
        ("1024", {"kind": "holiday", "name": "christmas"}, "utter_arrives_by_yes"),  # not packed, but promised
        ("1005", {"kind": "date", "month": 12, "day": 20, "year": None}, "utter_arrives_by_yes"),  # in customs
    ],
)
def test_by_a_day(known: Known, order: str, deadline: dict[str, Any], said: str) -> None:
    conversation = known(order).hears("will it be here in time", "delivery_estimate", deadline=deadline)
    outcome = run(ActionDeliveryEstimate(), conversation)
    assert outcome.said[0] == said
    assert outcome.slots["deadline"] is None


def test_the_answer_names_both_days(known: Known) -> None:
    deadline = {"kind": "holiday", "name": "christmas"}
    conversation = known("1001").hears("before Christmas?", "delivery_estimate", deadline=deadline)
    outcome = run(ActionDeliveryEstimate(), conversation)
    assert outcome.values("utter_arrives_by_yes") == {
        "order": "1001",
        "day": {"$date": "2026-12-24"},
        "expected": {"$date": "2026-12-03"},
    }


def test_today_is_the_shoppers_today(known: Known, at: Callable[[str], None]) -> None:
    """At 10:00 UTC on Tuesday it is Tuesday in Sydney; at 14:00 it is Wednesday there."""
    deadline = {"kind": "in_days", "days": 1}
    for moment, day in (("2026-12-01T10:00:00+00:00", "2026-12-02"), ("2026-12-01T14:00:00+00:00", "2026-12-03")):
        at(moment)
        conversation = known("1033").hears("by tomorrow?", "delivery_estimate", deadline=deadline)
        assert run(ActionDeliveryEstimate(), conversation).messages[0]["values"]["day"] == {"$date": day}


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ("1001", ["utter_estimate"]),
        ("1027", ["utter_estimate_today"]),
        ("1004", ["utter_arrived_already"]),
        ("1024", ["utter_estimate"]),
        ("1003", ["utter_order"]),
        ("1016", ["utter_order", "utter_case_lost"]),
        ("1037", ["utter_order_in_parcels", *["utter_parcel_of_many"] * 3]),
    ],
)
def test_without_a_day(known: Known, order: str, said: list[str]) -> None:
    outcome = run(ActionDeliveryEstimate(), known(order).hears("when will it come", "delivery_estimate"))
    assert outcome.said == said


def test_parcels_down(known: Known, down: Callable[[str], None]) -> None:
    conversation = known("1001").hears("when will it come", "delivery_estimate")
    down("parcels")
    assert run(ActionDeliveryEstimate(), conversation).said == ["utter_hand_over_system_down"]


@pytest.mark.parametrize("order", [None, "1001"])
def test_how_long_to_a_country_is_answered_without_an_order(shop: str, order: str | None) -> None:
    conversation = Conversation().knows(order_number=order).hears("how long to Germany?", "delivery_estimate")
    outcome = run(ActionDeliveryEstimate(), names(conversation, "DE"))
    assert outcome.said == ["utter_delivered_to", "utter_delivery_days_meant", "utter_estimate_ask_order"]
    assert "(<DE>): standard with DHL (1 to 3 days" in outcome.text()
    assert outcome.slots["next_step"] == "answered"


@pytest.mark.parametrize(("country", "said"), [("JP", "utter_delivered_to"), ("ES", "utter_estimate")])
def test_a_country_named_by_who_has_an_order_in_hand(known: Known, country: str, said: str) -> None:
    conversation = known("1001").hears("and how long does it take there?", "delivery_estimate")
    assert run(ActionDeliveryEstimate(), names(conversation, country)).said[0] == said


def test_how_long_to_wait_right_after_the_wait_was_told(known: Known) -> None:
    conversation = known("1012").hears("says delivered, nothing here", "delivered_not_received")
    conversation.keeps(run(ActionDeliveredNotReceived(), conversation))
    outcome = run(ActionDeliveryEstimate(), conversation.hears("how long do I have to wait?", "delivery_estimate"))
    assert outcome.said == ["utter_not_received_wait"]
    fresh = run(ActionDeliveryEstimate(), known("1012").hears("when does it come?", "delivery_estimate"))
    assert fresh.said == ["utter_arrived_already"]
