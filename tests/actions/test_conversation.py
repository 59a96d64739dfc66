"""Say that again, and stop."""

from __future__ import annotations

from actions.conversation import ActionRepeat, ActionStop
from tests.actions.conftest import Conversation, run


def test_the_last_answer_is_said_again_with_its_buttons_and_card() -> None:
    card = {
        "type": "parcel",
        "title": "#1001",
        "subtitle": None,
        "status": "x",
        "fields": [],
        "items": [],
        "link": None,
    }
    conversation = Conversation().hears("where is it", "track_order")
    conversation.says("utter_a", "First.").says(
        "utter_b", "Second.", buttons=[{"title": "Yes", "payload": "/affirm"}], custom=card
    )
    outcome = run(ActionRepeat(), conversation.hears("again please", "repeat"))
    assert [message["values"]["answer"] for message in outcome.messages] == ["First.", "Second."]
    assert outcome.messages[1]["options"] == [{"title": "Yes", "payload": "/affirm"}]
    assert outcome.messages[1]["details"] == card


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
