"""How a case stands is told to whom it belongs; of any other case nothing is said, not even whether it exists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from actions.hand_over import ActionHandOver
from actions.not_served import ActionPassToDesk
from actions.routing import ActionRoute
from core.database import transaction
from desk import cases as desk
from tests.actions.conftest import Conversation, Outcome, run

Known = Callable[..., Conversation]


def opened(conversation: Conversation) -> str:
    """Open the conversation's case, and return its number."""
    return str(run(ActionHandOver(), conversation.hears("a person please", "human_agent")).slots["case_number"])


def asks(conversation: Conversation, number: str, intent: str = "track_order") -> Outcome:
    return run(ActionRoute(), conversation.hears(f"any news of {number}?", intent, case_number=number))


def change(step: Callable[..., Any], number: str, **how: Any) -> None:
    with transaction() as session:
        step(session, "demo", number, "anna", **how)


@pytest.mark.parametrize("intent", ["track_order", "nlu_fallback", "inform", "refund_status"])
def test_the_state_of_ones_own_case(shop: str, intent: str) -> None:
    conversation = Conversation()
    number = opened(conversation)
    waits = asks(conversation, number, intent)
    assert waits.said == ["utter_case_open"] and number in waits.text()
    assert waits.slots == {"next_step": "answered"}, "no order is asked for"
    change(desk.take, number)
    assert asks(conversation, number, intent).said == ["utter_case_taken"]
    change(desk.close, number, outcome="solved")
    closed = asks(conversation, number, intent)
    assert closed.said == ["utter_case_closed"] and closed.messages[0]["options"][0]["payload"] == "/human_agent"


def test_what_was_settled_with_it(shop: str) -> None:
    conversation = Conversation()
    number = opened(conversation)
    change(desk.take, number)
    change(desk.close, number, outcome="solved")
    slot = {"code": "refund_agreed", "at": "2026-12-01T09:00:00+00:00", "case_number": number, "until": "2026-12-04"}
    outcome = asks(conversation.knows(settled=slot), number)
    assert outcome.said == ["utter_settled_until", "utter_settled_offer"] and number in outcome.text()


def test_somebody_elses_case_and_one_that_does_not_exist_sound_the_same(shop: str) -> None:
    theirs = opened(Conversation(id="conversation-0002"))
    outcomes = [asks(Conversation(), number) for number in (theirs, "Q-9999")]
    assert outcomes[0] == outcomes[1] and outcomes[0].said == ["utter_case_elsewhere"]
    assert outcomes[0].messages[0]["options"][0]["payload"] == "/human_agent"


def test_a_case_of_another_chat_about_an_order_that_is_proved_here(known: Known) -> None:
    other = known("1006", need="cancel_order", next_step="desk")
    number = str(run(ActionPassToDesk(), other.hears("cancel it", "cancel_order")).slots["case_number"])
    here = Conversation(id="conversation-0002").hears("1006 78704", order_number="1006", postcode="78704")
    assert asks(here, number).said == ["utter_case_elsewhere"]
    here.hears("1006 78704", order_number="1006", postcode="78704")
    assert asks(here.knows(**run(ActionRoute(), here).slots), number).said == ["utter_case_open"]


@pytest.mark.parametrize(
    "text", ["how is my case?", "¿y mi caso?", "et mon dossier ?", "was macht mein Fall?", "工单怎么样了"]
)
@pytest.mark.parametrize("intent", ["nlu_fallback", "track_order"])
def test_without_its_number(shop: str, text: str, intent: str) -> None:
    conversation = Conversation()
    number = opened(conversation)
    outcome = run(ActionRoute(), conversation.hears(text, intent))
    assert outcome.said == ["utter_case_open"] and number in outcome.text()


@pytest.mark.parametrize(
    ("text", "intent"), [("in my case, where is it?", "track_order"), ("cancel my request, cancel it", "cancel_order")]
)
def test_other_words_and_other_wishes(shop: str, text: str, intent: str) -> None:
    conversation = Conversation()
    opened(conversation)
    assert run(ActionRoute(), conversation.hears(text, intent)).slots["next_step"] == "identify"


def test_without_a_case_the_order_is_asked_for(shop: str) -> None:
    outcome = run(ActionRoute(), Conversation().hears("what about my request?", "track_order"))
    assert outcome.slots["next_step"] == "identify"


def test_an_open_form_goes_on(shop: str) -> None:
    conversation = Conversation(form="identity_form").knows(need="track_order", requested_slot="order_number")
    assert asks(conversation, "Q-1006").events == [
        {"event": "slot", "timestamp": None, "name": "next_step", "value": "answered"}
    ]
