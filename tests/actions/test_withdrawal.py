"""A cancellation that is taken back reaches the case; one that is no use any more is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from actions.not_served import ActionPassToDesk
from actions.routing import ActionRoute
from desk.summary import in_english
from tests.actions.conftest import Conversation, Outcome, run

Known = Callable[..., Conversation]
Cases = Callable[[], list[Any]]
WITHDRAWN = "No longer wanted: cancel_order."


def cancels(conversation: Conversation, text: str = "cancel it please") -> list[str]:
    """Ask for the cancellation, and return the replies."""
    routed = run(ActionRoute(), conversation.hears(text, "cancel_order"))
    passed = run(ActionPassToDesk(), conversation.knows(**routed.slots))
    conversation.knows(**passed.slots)
    return [*routed.said, *passed.said]


def takes_back(conversation: Conversation, text: str, intent: str = "cancel_order") -> Outcome:
    return run(ActionRoute(), conversation.hears(text, intent))


@pytest.mark.parametrize(
    "text",
    [
        "oh no, don't cancel!",
        "mejor no lo canceles",
        "non, n'annulez plus",
        "halt, bitte nicht stornieren",
        "算了不取消了",
    ],
)
def test_the_case_learns_of_it(known: Known, cases: Cases, text: str) -> None:
    conversation = known("1024")
    assert cancels(conversation) == ["utter_cannot_cancel_order", "utter_passed_to_desk"]
    outcome = takes_back(conversation, text)
    (case,) = cases()
    assert outcome.said == ["utter_taken_back"] and case.number in outcome.text()
    assert outcome.slots["need"] is None and outcome.slots["next_step"] == "answered"
    assert WITHDRAWN in in_english(case.summary) and "Need: cancel_order." not in in_english(case.summary)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("I'd like to keep it after all", "change_order"),
        ("no, don't", "deny"),
        ("Nein, lieber doch behalten", "deny"),
        ("doch nicht", "stop"),
        ("al final sí lo quiero", "affirm"),
    ],
)
def test_where_it_was_just_passed_on_fewer_words_do(known: Known, cases: Cases, text: str, intent: str) -> None:
    conversation = known("1024")
    cancels(conversation)
    assert takes_back(conversation, text, intent).said == ["utter_taken_back"]
    assert WITHDRAWN in in_english(cases()[0].summary)


def test_where_nothing_was_passed_on_keeping_something_takes_nothing_back(known: Known, cases: Cases) -> None:
    outcome = takes_back(known("1024"), "the neighbour can keep it", "inform")
    assert "utter_taken_back" not in outcome.said and "utter_nothing_to_take_back" not in outcome.said
    assert cases() == []


def test_wanted_once_more_it_is_wanted(known: Known, cases: Cases) -> None:
    conversation = known("1024")
    cancels(conversation)
    takes_back(conversation, "don't cancel it")
    cancels(conversation, "cancel it after all")
    said = in_english(cases()[0].summary)
    assert WITHDRAWN not in said and "Need: cancel_order." in said


def test_before_anything_was_passed_on(shop: str, cases: Cases) -> None:
    conversation = Conversation(form="identity_form").knows(need="cancel_order", requested_slot="order_number")
    outcome = takes_back(conversation, "no dont cancel it")
    assert outcome.said == ["utter_nothing_to_take_back"] and cases() == []
    assert outcome.slots["requested_slot"] is None and outcome.slots["need"] is None


@pytest.mark.parametrize(
    "text", ["why don't you cancel it", "ich kann das nicht stornieren", "为什么不取消我的订单", "cancel it now"]
)
def test_other_words_still_ask_for_it(known: Known, cases: Cases, text: str) -> None:
    assert cancels(known("1024"), text) == ["utter_cannot_cancel_order", "utter_passed_to_desk"]
    assert len(cases()) == 1


def test_an_order_that_is_cancelled_already(known: Known, cases: Cases) -> None:
    conversation = known("1116")
    assert cancels(conversation) == ["utter_already_cancelled_refunded"] and cases() == []


def test_a_strangers_order_still_hears_at_once_that_the_team_does_it(shop: str) -> None:
    outcome = run(ActionRoute(), Conversation().hears("cancel 1116", "cancel_order", order_number="1116"))
    assert outcome.said == ["utter_cannot_cancel_order"] and outcome.slots["next_step"] == "identify"
