"""When will it be here, and will it be here by a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from actions.claims import ActionDeliveredNotReceived
from actions.deadline import Limit, resolve
from actions.estimate import ActionDeliveryEstimate
from actions.routing import ActionRoute
from actions.tracking import ActionTrackOrder
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
        ({"kind": "weekday", "weekday": 1, "coming": True}, date(2026, 12, 8)),  # never today
        ({"kind": "weekday", "weekday": 4, "coming": True}, date(2026, 12, 4)),
        ({"kind": "weekday", "weekday": 0, "week_later": True}, date(2026, 12, 14)),
        ({"kind": "weekday", "weekday": 0, "weeks": 2}, date(2026, 12, 14)),
        ({"kind": "date", "month": 12, "day": 24, "year": None}, date(2026, 12, 24)),
        ({"kind": "date", "month": 1, "day": 6, "year": None}, date(2027, 1, 6)),
        ({"kind": "date", "month": 11, "day": 30, "year": None}, date(2026, 11, 30)),
        ({"kind": "date", "month": 3, "day": 15, "year": None}, date(2027, 3, 15)),
        ({"kind": "date", "month": 12, "day": 24, "year": 2027}, date(2027, 12, 24)),
        ({"kind": "in_days", "days": 3}, date(2026, 12, 4)),
        ({"kind": "week", "ahead": 0}, date(2026, 12, 6)),
        ({"kind": "week", "ahead": 1}, date(2026, 12, 13)),
        ({"kind": "date", "month": 2, "day": 30, "year": None}, None),
        ({"kind": "holiday", "name": "nowhere"}, None),
        ({"kind": "in_days", "days": 10**12}, None),
        ({"kind": "other"}, None),
        ("christmas", None),
        (None, None),
    ],
)
def test_what_day_is_meant(deadline: Any, day: date | None) -> None:
    assert resolve(deadline, TUESDAY) == (day and Limit(day))


@pytest.mark.parametrize(
    ("deadline", "last"),
    [
        ({"kind": "weekday", "weekday": 5}, date(2026, 12, 4)),
        ({"kind": "date", "month": 12, "day": 24, "year": None}, date(2026, 12, 23)),
        ({"kind": "week", "ahead": 1}, date(2026, 12, 6)),
        ({"kind": "in_days", "days": 1}, TUESDAY),
        ({"kind": "in_days", "days": 0}, TUESDAY),  # "before tonight"
    ],
)
def test_before_a_day_is_the_day_before_it_at_the_latest(deadline: dict[str, Any], last: date) -> None:
    limit = resolve({**deadline, "before": True}, TUESDAY)
    assert limit and limit.last_day == last


@pytest.mark.parametrize(
    ("order", "deadline", "said"),
    [
        ("1001", {"kind": "holiday", "name": "christmas"}, "utter_arrives_by_yes"),
        ("1001", {"kind": "weekday", "weekday": 3}, "utter_arrives_that_day"),  # Thursday 3 December
        ("1001", {"kind": "in_days", "days": 1}, "utter_arrives_by_likely_not"),
        ("1001", {"kind": "date", "month": 11, "day": 29, "year": None}, "utter_day_is_past"),
        ("1001", {"kind": "weekday", "weekday": 3, "before": True}, "utter_arrives_that_day_only"),
        ("1001", {"kind": "weekday", "weekday": 4, "before": True}, "utter_arrives_by_yes"),
        ("1001", {"kind": "weekday", "weekday": 2, "before": True}, "utter_arrives_by_likely_not"),
        ("1003", {"kind": "in_days", "days": 3}, "utter_arrives_by_unknown_past"),  # late: its estimate has passed
        ("1019", {"kind": "in_days", "days": 3}, "utter_arrives_by_unknown_not_sent"),  # never handed over
        ("1025", {"kind": "holiday", "name": "christmas"}, "utter_arrives_by_unknown_not_sent"),  # nor packed
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


@pytest.mark.parametrize("order", ["1003", "1005", "1008", "1033", "1014"])
def test_after_the_verdict_nothing_is_said_twice(known: Known, order: str) -> None:
    conversation = known(order).hears("where is it", "track_order")
    conversation.keeps(run(ActionTrackOrder(), conversation))
    saturday = {"kind": "weekday", "weekday": 5}
    outcome = run(ActionDeliveryEstimate(), conversation.hears("by Saturday?", "delivery_estimate", deadline=saturday))
    assert outcome.said[0].startswith("utter_arrives_")
    assert not {"utter_nothing_new", "utter_order"} & set(outcome.said)


def test_the_answer_names_both_days(known: Known) -> None:
    deadline = {"kind": "holiday", "name": "christmas"}
    conversation = known("1001").hears("before Christmas?", "delivery_estimate", deadline=deadline)
    outcome = run(ActionDeliveryEstimate(), conversation)
    assert outcome.values("utter_arrives_by_yes") == {
        "order": "1001",
        "limit": {"$reply": ["term_by_day", {"day": {"$date": "2026-12-24"}}]},
        "expected": {"$date": "2026-12-03"},
    }


def test_today_is_the_shoppers_today(known: Known, at: Callable[[str], None]) -> None:
    """At 10:00 UTC on Tuesday it is Tuesday in Sydney; at 14:00 it is Wednesday there."""
    deadline = {"kind": "in_days", "days": 1}
    for moment, day in (("2026-12-01T10:00:00+00:00", "2026-12-02"), ("2026-12-01T14:00:00+00:00", "2026-12-03")):
        at(moment)
        conversation = known("1033").hears("by tomorrow?", "delivery_estimate", deadline=deadline)
        assert f"by <{day}>" in run(ActionDeliveryEstimate(), conversation).text()


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ("1001", ["utter_estimate"]),
        ("1027", ["utter_estimate_today"]),
        ("1004", ["utter_arrived_already"]),
        ("1024", ["utter_estimate_not_sent"]),
        ("1018", ["utter_order"]),  # announced to the carrier: perhaps still here
        ("1003", ["utter_order"]),
        ("1016", ["utter_order", "utter_case_lost"]),
        ("1037", ["utter_order_in_parcels", *["utter_parcel_of_many"] * 3]),
    ],
)
def test_without_a_day(known: Known, order: str, said: list[str]) -> None:
    outcome = run(ActionDeliveryEstimate(), known(order).hears("when will it come", "delivery_estimate"))
    assert outcome.said == said


@pytest.mark.parametrize(
    ("order", "leaves", "expected"),
    # To Britain it takes 2 to 3 working days from leaving, to Sweden 3 to 6.
    [("1035", "2026-12-03", "2026-12-08"), ("1026", "2026-12-02", "2026-12-07"), ("1024", "2026-12-02", "2026-12-10")],
)
def test_of_what_has_not_left_both_days_are_told(known: Known, order: str, leaves: str, expected: str) -> None:
    outcome = run(ActionDeliveryEstimate(), known(order).hears("when does it leave", "delivery_estimate"))
    assert f"leave our warehouse by <{leaves}> and is expected on <{expected}>" in outcome.text()
    card = outcome.messages[0]["details"]
    assert {"label": {"$reply": "label_leaves_by"}, "value": {"$date": leaves}} in card["fields"]


def test_no_carrier_is_blamed_for_what_has_not_left(known: Known) -> None:
    deadline = {"kind": "holiday", "name": "christmas"}
    conversation = known("1025").hears("before Christmas?", "delivery_estimate", deadline=deadline)
    text = run(ActionDeliveryEstimate(), conversation).text()
    assert "not on its way yet" in text and "should have left our warehouse by" in text and "carrier" not in text


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


def test_a_journey_beside_the_day_it_is_needed_by(known: Known) -> None:
    friday = {"kind": "weekday", "weekday": 4}
    conversation = known("1001").hears("I fly to Japan on Friday", "delivery_estimate", deadline=friday)
    assert run(ActionDeliveryEstimate(), names(conversation, "JP")).said == ["utter_arrives_by_yes"]


@pytest.mark.parametrize(("come_from", "own_order"), [("CN", False), (None, True), ("CN", True)])
def test_the_order_in_hand_is_meant_whatever_country_it_comes_from(
    known: Known, come_from: str | None, own_order: bool
) -> None:
    conversation = known("1001").hears("when does my parcel from China arrive?", "delivery_estimate")
    outcome = run(ActionDeliveryEstimate(), names(conversation, "CN", come_from=come_from, own_order=own_order))
    assert outcome.said == ["utter_estimate"] and "<CN>" not in outcome.text()


def test_how_long_from_a_country_is_not_how_long_to_it(shop: str) -> None:
    conversation = Conversation().hears("how long from China?", "delivery_estimate")
    outcome = run(ActionDeliveryEstimate(), names(conversation, "CN", come_from="CN"))
    assert outcome.said == ["utter_shipping_options", "utter_estimate_ask_order"]
    assert "<GB>" in outcome.text() and "<CN>" not in outcome.text()


@pytest.mark.parametrize("come_from", ["CN", None])
def test_whose_own_order_it_is_is_asked_before_anything_is_said_of_the_country(
    shop: str, come_from: str | None
) -> None:
    conversation = Conversation().hears("when does my parcel from China arrive?", "delivery_estimate")
    outcome = run(ActionRoute(), names(conversation, "CN", come_from=come_from, own_order=True))
    assert outcome.slots["next_step"] == "identify" and not outcome.said


def test_how_long_to_wait_right_after_the_wait_was_told(known: Known) -> None:
    conversation = known("1012").hears("says delivered, nothing here", "delivered_not_received")
    conversation.keeps(run(ActionDeliveredNotReceived(), conversation))
    outcome = run(ActionDeliveryEstimate(), conversation.hears("how long do I have to wait?", "delivery_estimate"))
    assert outcome.said == ["utter_not_received_wait"]
    fresh = run(ActionDeliveryEstimate(), known("1012").hears("when does it come?", "delivery_estimate"))
    assert fresh.said == ["utter_arrived_already"]


def _day(month: int, number: int) -> dict[str, Any]:
    return {"kind": "date", "month": month, "day": number, "year": None}


@pytest.mark.parametrize(
    ("deadline", "said"),
    [
        (_day(12, 10), "utter_collect_in_time"),
        (_day(12, 11), "utter_collect_in_time"),  # the last day
        (_day(12, 12), "utter_collect_too_late"),
        ({**_day(12, 20), "before": True}, "utter_collect_too_late"),
        ({**_day(12, 3), "before": True}, "utter_collect_in_time"),
    ],
)
def test_a_parcel_that_waits_to_be_collected_is_not_expected(known: Known, deadline: dict[str, Any], said: str) -> None:
    conversation = known("1030").hears("can I fetch it then?", "delivery_estimate", deadline=deadline)
    outcome = run(ActionDeliveryEstimate(), conversation)
    assert outcome.said == [said]
    assert "<2026-12-11>" in outcome.text() and "Wazemmes" in outcome.text() and "expected" not in outcome.text()


def test_of_several_parcels_each_has_its_day(known: Known) -> None:
    today = {"kind": "in_days", "days": 0}
    conversation = known("1037").hears("will everything be here today?", "delivery_estimate", deadline=today)
    text = run(ActionDeliveryEstimate(), conversation).text()
    assert "with Pour-over Kettle (EU) is expected on that very day, <2026-12-01>" in text
    assert "with Linen Bed Set" in text and "hardly" in text and "<2026-12-04>" in text
    assert "Headphones" not in text


@pytest.mark.parametrize(
    ("message", "article", "others"),
    [
        ("does the kettle come today?", "Kettle", ["Bed Set", "Headphones"]),
        ("and the BED SET, today?", "Bed Set", ["Kettle", "Headphones"]),
        ("were the headphones for today?", "Headphones", ["Kettle", "Bed Set"]),
    ],
)
@pytest.mark.parametrize("deadline", [{"kind": "in_days", "days": 0}, None])
def test_the_article_named_is_the_one_meant(
    known: Known, message: str, article: str, others: list[str], deadline: dict[str, Any] | None
) -> None:
    conversation = known("1037").hears(message, "delivery_estimate", deadline=deadline)
    text = run(ActionDeliveryEstimate(), conversation).text()
    assert article in text
    assert not any(other in text for other in others)


@pytest.mark.parametrize(
    ("order", "days", "said"),
    [
        ("1035", 1, "utter_leaves_perhaps_later"),  # by Thursday
        ("1035", 2, "utter_leaves_in_time"),
        ("1026", 1, "utter_leaves_in_time"),
    ],
)
def test_when_it_leaves_is_not_when_it_arrives(known: Known, order: str, days: int, said: str) -> None:
    soon = {"kind": "in_days", "days": days}
    conversation = known(order).hears("will it ship by then?", "delivery_estimate", deadline=soon)
    assert run(ActionDeliveryEstimate(), conversation).said == [said, "utter_leaves_then_expected"]


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("¿sale para entonces?", "es"),
        ("il part d'ici là ?", "fr"),
        ("geht es bis dahin raus?", "de"),
        ("到时候能发吗", "zh-Hans"),
    ],
)
def test_leaving_in_other_languages(known: Known, message: str, language: str) -> None:
    soon = {"kind": "in_days", "days": 2}
    conversation = known("1035", language=language).hears(message, "delivery_estimate", deadline=soon)
    assert run(ActionDeliveryEstimate(), conversation).said[0] == "utter_leaves_in_time"


def test_who_leaves_by_then_does_not_ask_when_it_is_sent(known: Known) -> None:
    soon = {"kind": "in_days", "days": 2}
    conversation = known("1035").hears("I leave then, will it be here?", "delivery_estimate", deadline=soon)
    assert run(ActionDeliveryEstimate(), conversation).said == ["utter_arrives_by_likely_not"]


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("what if it doesn't come on Thursday?", "en"),
        ("And if not?", "en"),
        ("¿y si el jueves no llega?", "es"),
        ("¿y si no?", "es"),
        ("et s'il n'arrive pas jeudi ?", "fr"),
        ("et sinon ?", "fr"),
        ("und wenn es nicht kommt?", "de"),
        ("Was, wenn nicht?", "de"),
        ("要是周四没到呢", "zh-Hans"),
        ("万一没到怎么办", "zh-Hans"),
    ],
)
def test_if_it_does_not_come(known: Known, message: str, language: str) -> None:
    thursday = {"kind": "weekday", "weekday": 3}
    conversation = known("1001", language=language).hears(message, "delivery_estimate", deadline=thursday)
    outcome = run(ActionDeliveryEstimate(), conversation)
    assert outcome.said == ["utter_if_it_does_not_come"]
    assert "<2026-12-06>" in outcome.text() and "DHL" in outcome.text()


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ("1028", ["utter_if_it_does_not_come"]),
        ("1018", ["utter_if_not_moving"]),
        ("1024", ["utter_if_not_sent"]),
        ("1037", ["utter_if_it_does_not_come", "utter_if_not_moving"]),
        ("1030", ["utter_order"]),
        ("1016", ["utter_order", "utter_case_lost"]),
    ],
)
def test_what_happens_then_depends_on_where_it_is(known: Known, order: str, said: list[str]) -> None:
    conversation = known(order).hears("and if it doesn't come?", "delivery_estimate")
    assert run(ActionDeliveryEstimate(), conversation).said == said


def test_if_nobody_is_there(known: Known) -> None:
    conversation = known("1028").hears("what if I'm not at home?", "delivery_estimate")
    outcome = run(ActionDeliveryEstimate(), conversation)
    assert outcome.said == ["utter_if_nobody_is_there"] and "DHL" in outcome.text()
