"""When people are there: in the shop's time, and in the shopper's where an order tells it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from actions.hand_over import ActionHandOver
from actions.not_served import ActionNotServed
from actions.opening_hours import ActionOpeningHours
from actions.routing import ActionRoute
from actions.tracking import ActionTrackOrder
from tests.actions.conftest import Conversation, run

Known = Callable[..., Conversation]
LONG = "well I see, but what I would like to know is this: does my parcel come by then, on the 24th of December?"
EVE = {"kind": "date", "month": 12, "day": 24, "year": None}


def asks(conversation: Conversation, **entities: Any) -> Conversation:
    """Ask for the hours."""
    return conversation.hears("when are you open", "opening_hours", **entities)


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2026-12-01T10:00:00+00:00", "right now, today until <18:00> (<Europe/London> time)"),
        ("2026-12-01T19:00:00+00:00", "back on <2026-12-02T09:00:00+00:00 Europe/London>"),
        ("2026-12-05T17:00:00+00:00", "back on <2026-12-07T09:00:00+00:00 Europe/London>"),  # Saturday evening
        ("2026-12-25T10:00:00+00:00", "back on <2026-12-29T09:00:00+00:00 Europe/London>"),
        ("2026-07-01T16:30:00+00:00", "right now, today until <18:00>"),  # summer time
    ],
)
def test_now_and_in_a_usual_week(shop: str, at: Callable[[str], None], now: str, said: str) -> None:
    at(now)
    outcome = run(ActionOpeningHours(), asks(Conversation()))
    assert said in outcome.text()
    assert "<0> to <4> <09:00>–<18:00>, <5> <10:00>–<16:00>" in outcome.text()
    assert outcome.messages[-1]["options"][0]["payload"] == "/human_agent"
    assert outcome.slots["next_step"] == "answered" and "case_number" not in outcome.slots


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (EVE, "On <2026-12-24> our team isn't here. They are back on <2026-12-29T09:00:00+00:00 Europe/London>"),
        ({"kind": "holiday", "name": "christmas"}, "our team isn't here. They are back on <2026-12-29"),
        ({"kind": "holiday", "name": "christmas"}, "On <2026-12-25>"),  # not its eve, by which a parcel has to come
        ({"kind": "holiday", "name": "easter_monday"}, "On <2027-03-29> our team isn't here"),
        ({"kind": "holiday", "name": "good_friday"}, "On <2027-03-26> our team isn't here"),
        ({"kind": "holiday", "name": "easter"}, "On <2027-03-28> our team isn't here"),
        ({"kind": "holiday", "name": "spring_festival"}, "On <2027-02-06> our team is here"),
        ({"kind": "weekday", "weekday": 5}, "On <2026-12-05> our team is here: <10:00>–<16:00> (<Europe/London> time)"),
        ({"kind": "weekday", "weekday": 6}, "On <2026-12-06> our team isn't here. They are back on <2026-12-07"),
        ({"kind": "in_days", "days": 0}, "On <2026-12-01> our team is here: <09:00>–<18:00>"),
        ({"kind": "date", "month": 11, "day": 20, "year": 2026}, "right now, today until"),  # past: as if not asked
        ({"kind": "nothing"}, "right now, today until"),
    ],
)
def test_on_a_day_asked_about(shop: str, asked: dict[str, Any], said: str) -> None:
    outcome = run(ActionOpeningHours(), asks(Conversation(), deadline=asked))
    assert said in outcome.text()
    assert outcome.slots["deadline"] is None  # no parcel has to be there by then


@pytest.mark.parametrize(
    ("order", "week", "closes"),
    [
        ("1006", "<0> to <4> <03:00>–<12:00>, <5> <04:00>–<10:00>", "<12:00>"),  # Texas
        ("1033", "<0> to <4> <20:00>–<05:00>, <5> <21:00>–<03:00>", "<2026-12-01T18:00:00+00:00 Australia/Sydney>"),
        ("1029", "<0> to <4> <18:00>–<03:00>, <5> <19:00>–<01:00>", "<2026-12-01T18:00:00+00:00 Asia/Tokyo>"),
    ],
)
def test_in_the_shoppers_time_where_the_order_tells_it(known: Known, order: str, week: str, closes: str) -> None:
    outcome = run(ActionOpeningHours(), asks(known(order)))
    assert f"In your local time that is: {week}" in outcome.text()
    assert f"<18:00> (<Europe/London> time; your local time: {closes})" in outcome.text()


@pytest.mark.parametrize("order", ["1004", "1024"])  # in the desk's own zone; no parcel that tells one
def test_the_time_is_told_once(known: Known, order: str) -> None:
    assert "local time" not in run(ActionOpeningHours(), asks(known(order))).text()


def test_without_proof_no_zone_is_told(shop: str) -> None:
    assert "local time" not in run(ActionOpeningHours(), asks(Conversation().knows(order_number="1006"))).text()


def test_a_case_that_waits_is_named_and_none_is_opened(shop: str, cases: Callable[[], list[Any]]) -> None:
    conversation = Conversation()
    run(ActionOpeningHours(), asks(conversation))
    assert cases() == []
    run(ActionHandOver(), conversation.hears("a person please", "human_agent"))
    outcome = run(ActionOpeningHours(), asks(conversation))
    assert outcome.said[-1] == "utter_hours_case" and f"Your case {cases()[0].number} is waiting" in outcome.text()
    assert len(cases()) == 1


def test_how_long_right_after_a_person_was_promised(shop: str) -> None:
    conversation = Conversation().hears("a person please", "human_agent")
    conversation.keeps(run(ActionHandOver(), conversation))
    outcome = run(ActionRoute(), conversation.hears("how long will that take", "delivery_estimate"))
    assert outcome.said[-1] == "utter_hours_case" and outcome.slots["next_step"] == "answered"


def test_how_long_is_about_the_order_where_there_is_one(known: Known) -> None:
    conversation = known("1001").hears("a person please", "human_agent")
    conversation.keeps(run(ActionHandOver(), conversation))
    outcome = run(ActionRoute(), conversation.hears("how long will that take", "delivery_estimate"))
    assert outcome.said == [] and outcome.slots["next_step"] == "estimate"
    named = Conversation().hears("hello", "greet").says("utter_hand_over_requested")
    asked = named.hears("how long will 1001 take", "delivery_estimate", order_number="1001")
    assert run(ActionRoute(), asked).slots["next_step"] == "identify"


def test_with_the_orders_down_the_hours_are_told(known: Known, down: Callable[[str], None]) -> None:
    conversation = known("1006")
    down("orders")
    assert run(ActionOpeningHours(), asks(conversation)).said == ["utter_hours_open_now", "utter_hours_week"]


@pytest.mark.parametrize("intent", ["inform", "nlu_fallback", "delivery_estimate", "parcel_delayed", "deny"])
def test_a_day_alone_right_after_asks_of_that_day(known: Known, intent: str) -> None:
    conversation = known("1003")
    conversation.keeps(run(ActionOpeningHours(), asks(conversation)))
    conversation.hears("and the 26th", intent, deadline={"kind": "date", "month": 12, "day": 26, "year": None})
    assert "On <2026-12-26> our team isn't here" in run(ActionRoute(), conversation).text()


def test_a_day_alone_taken_for_what_is_not_served(shop: str) -> None:
    conversation = Conversation()
    conversation.keeps(run(ActionOpeningHours(), asks(conversation)))
    outcome = run(ActionNotServed(), conversation.hears("then", "warranty", confidence=0.4, deadline=EVE))
    assert "On <2026-12-24> our team isn't here" in outcome.text() and outcome.slots["deadline"] is None


def test_more_than_a_day_right_after_is_a_question_of_its_own(known: Known) -> None:
    conversation = known("1003")
    conversation.keeps(run(ActionOpeningHours(), asks(conversation)))
    outcome = run(ActionRoute(), conversation.hears(LONG, "delivery_estimate", deadline=EVE))
    assert outcome.slots["next_step"] == "estimate"


def test_the_place_where_a_parcel_waits_has_hours_of_its_own(known: Known) -> None:
    conversation = known("1030").hears("where is it", "track_order")
    conversation.keeps(run(ActionTrackOrder(), conversation))
    outcome = run(ActionOpeningHours(), asks(conversation, deadline={"kind": "weekday", "weekday": 6}))
    assert outcome.said == ["utter_pickup_hours"] and outcome.slots["deadline"] is None
    assert "Relais Tabac de Wazemmes" in outcome.text() and "until <2026-12-11>" in outcome.text()
    (ours,) = outcome.messages[0]["options"]
    pressed = conversation.keeps(outcome).hears(ours["payload"], "opening_hours")
    assert "our team" in run(ActionOpeningHours(), pressed).text().lower()


@pytest.mark.parametrize("order", ["1001", "1030"])
def test_the_desks_hours_where_nothing_was_said_of_a_pick_up_point(known: Known, order: str) -> None:
    conversation = known(order).hears("hi", "greet").says("utter_order" if order == "1001" else "utter_greet")
    assert "utter_hours_week" in run(ActionOpeningHours(), asks(conversation)).said
