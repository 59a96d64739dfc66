"""A wrong number is told as wrong, an unknown one explained, silence explained."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from actions.tracking_problem import ActionTrackingProblem
from tests.actions.conftest import Conversation, run

Known = Callable[..., Conversation]
RIGHT = "CY799106295DE"  # of order 1009


def problem(known: Known, order: str, number: str | None = None, valid: bool | None = True) -> Conversation:
    conversation = known(order)
    if number is None:
        return conversation.hears("tracking does not work", "tracking_problem")
    conversation.hears(f"{number} does not work", "tracking_problem", tracking_number=number)
    conversation.events[-1]["parse_data"]["entities"][0]["additional_info"] = {"carrier": "dhl", "valid": valid}
    return conversation


def test_a_number_with_a_typing_mistake(known: Known) -> None:
    outcome = run(ActionTrackingProblem(), problem(known, "1009", "CY799106296DE", valid=False))
    assert outcome.said == ["utter_tracking_number_mistyped", "utter_tracking_numbers", "utter_order"]
    assert outcome.values("utter_tracking_numbers")["right"] == {"$list_or": [RIGHT]}
    assert outcome.slots["tracking_number"] is None


def test_a_number_of_another_parcel(known: Known) -> None:
    outcome = run(ActionTrackingProblem(), problem(known, "1009", "CY799898197DE"))
    assert outcome.said[0] == "utter_tracking_number_not_this_order"
    assert RIGHT in outcome.text()


def test_the_right_number_as_people_write_it(known: Known) -> None:
    outcome = run(ActionTrackingProblem(), problem(known, "1009", "cy 799 106 295 de", valid=None))
    assert outcome.said[0] == "utter_tracking_number_right"


def test_no_number_given_tells_it(known: Known) -> None:
    outcome = run(ActionTrackingProblem(), problem(known, "1009"))
    assert outcome.said == ["utter_tracking_numbers", "utter_order"]


def test_no_number_yet(known: Known) -> None:
    outcome = run(ActionTrackingProblem(), problem(known, "1024", "CY799898197DE"))
    assert outcome.said[:2] == ["utter_tracking_number_not_this_order", "utter_no_tracking_number_yet"]
    assert run(ActionTrackingProblem(), problem(known, "1024")).said[0] == "utter_no_tracking_number_yet"


def test_a_number_the_carrier_does_not_know_yet(known: Known) -> None:
    outcome = run(ActionTrackingProblem(), problem(known, "1018"))
    assert outcome.said == ["utter_tracking_numbers", "utter_tracking_not_scanned_yet"]


def test_a_number_that_has_not_updated(known: Known) -> None:
    assert "has not been scanned for <5>" in run(ActionTrackingProblem(), problem(known, "1015")).text()


def test_one_that_is_lost_gets_a_case(known: Known, cases: Callable[[], list[Any]]) -> None:
    outcome = run(ActionTrackingProblem(), problem(known, "1016"))
    assert outcome.said[-1] == "utter_case_lost" and cases()[0].reason == "lost"


def test_parcels_down(known: Known, down: Callable[[str], None]) -> None:
    conversation = problem(known, "1009")
    down("parcels")
    assert run(ActionTrackingProblem(), conversation).said == ["utter_hand_over_system_down"]
