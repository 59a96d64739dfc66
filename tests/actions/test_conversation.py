"""Say that again (in another language), and stop."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actions.conversation import ActionRepeat, ActionStop
from actions.tracking import ActionTrackOrder
from tests.actions.conftest import CLOCK, Conversation, Outcome, run

SERVED = {"served": ["en", "es", "de"]}


def asks_for(conversation: Conversation, code: str) -> Conversation:
    conversation.hears("in that language please", "repeat", language_wanted=code)
    conversation.latest["entities"][0]["additional_info"] = SERVED
    return conversation


@pytest.fixture
def told(known: Callable[..., Conversation]) -> tuple[Conversation, Outcome]:
    """A conversation in which has just been told where an order of several parcels is."""
    conversation = known("1037").hears("where is it", "track_order")
    outcome = run(ActionTrackOrder(), conversation)
    return conversation.keeps(outcome), outcome


def test_the_last_answer_is_said_again_with_its_buttons_and_cards(told: tuple[Conversation, Outcome]) -> None:
    conversation, first = told
    again = run(ActionRepeat(), conversation.hears("again please", "repeat"))
    assert again.messages == first.messages and any(message.get("details") for message in again.messages)


def test_asked_for_in_another_language_it_is_said_again_by_name(told: tuple[Conversation, Outcome]) -> None:
    conversation, first = told
    assert run(ActionRepeat(), asks_for(conversation, "es")).messages == first.messages


def test_where_that_language_is_spoken_already_the_conversation_goes_on(told: tuple[Conversation, Outcome]) -> None:
    conversation, _ = told
    heard = asks_for(conversation, "es")
    heard.latest["entities"][0]["additional_info"] = {**SERVED, "goes_on": True}
    assert run(ActionRepeat(), heard).said == ["utter_go_ahead"]


def test_a_language_that_is_not_spoken_is_refused_with_those_that_are(told: tuple[Conversation, Outcome]) -> None:
    conversation, first = told
    refusal = run(ActionRepeat(), asks_for(conversation, "pl"))
    assert refusal.said == ["utter_language_not_spoken"]
    assert refusal.values("utter_language_not_spoken") == {
        "language": {"$language": "pl"},
        "languages": {"$list_or": [{"$language": code} for code in SERVED["served"]]},
    }
    # The refusal is no answer: what is asked for then is the one before it.
    assert run(ActionRepeat(), asks_for(conversation.keeps(refusal), "es")).messages == first.messages


@pytest.mark.parametrize("asked", ["", "es"])
def test_nothing_about_an_order_is_said_again_when_its_proof_has_run_out(
    told: tuple[Conversation, Outcome], at: Callable[[str], None], asked: str
) -> None:
    conversation, _ = told
    at(CLOCK.replace("T10:00", "T11:01"))
    heard = asks_for(conversation, asked) if asked else conversation.hears("again please", "repeat")
    outcome = run(ActionRepeat(), heard)
    assert outcome.said == ["utter_proof_expired"] and "1037" not in outcome.everything
    assert outcome.slots["proof"] is None


def test_what_was_told_under_a_proof_that_is_gone_is_not_said_again_under_another(
    told: tuple[Conversation, Outcome], at: Callable[[str], None], known: Callable[..., Conversation]
) -> None:
    conversation, _ = told
    at(CLOCK.replace("T10:00", "T11:01"))
    conversation.knows(proof=known("1001").slots["proof"])
    assert run(ActionRepeat(), conversation.hears("again please", "repeat")).said == ["utter_proof_expired"]


def test_small_talk_may_be_said_again_at_any_time(
    told: tuple[Conversation, Outcome], at: Callable[[str], None]
) -> None:
    conversation, _ = told
    conversation.hears("thanks", "thanks").says("utter_thanks")
    at(CLOCK.replace("T10:00", "T12:00"))
    assert run(ActionRepeat(), conversation.hears("again please", "repeat")).said == ["utter_thanks"]


def test_the_question_of_an_open_form_is_left_to_the_form() -> None:
    conversation = Conversation(form="identity_form").hears("return it", "return_item")
    conversation.says("utter_cannot_return_item").says("utter_ask_order_number_plain")
    assert run(ActionRepeat(), conversation.hears("what?", "repeat")).said == ["utter_cannot_return_item"]


def test_asked_for_a_language_first_of_all_the_assistant_greets_in_it() -> None:
    assert run(ActionRepeat(), asks_for(Conversation(), "de")).said == ["utter_greet"]


def test_nothing_was_said_yet() -> None:
    assert run(ActionRepeat(), Conversation().hears("again", "repeat")).said == ["utter_nothing_to_repeat"]


def test_stop_leaves_the_form_and_says_so() -> None:
    conversation = Conversation(form="identity_form").hears("forget it", "stop").knows(need="cancel_order")
    outcome = run(ActionStop(), conversation)
    assert outcome.said == ["utter_stop"]
    assert outcome.events[:2] == [
        {"event": "active_loop", "timestamp": None, "name": None},
        {"event": "slot", "timestamp": None, "name": "requested_slot", "value": None},
    ]
    assert outcome.slots["need"] is None and outcome.slots["claim_parcel"] is None


def test_stop_outside_of_a_form() -> None:
    assert run(ActionStop(), Conversation().hears("stop", "stop")).said == ["utter_nothing_to_stop"]
