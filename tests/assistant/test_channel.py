"""The channel's own rules, without a model: what is typed, what a button may carry, how a turn is read from events."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest
import yaml
from pydantic import ValidationError
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException

from assistant.channel import Handback, IncomingMessage, QuaysideChannel, Settled, typed_text
from assistant.turn import HANDBACK_KEY, replies, turn_events, understanding

ROOT = Path(__file__).resolve().parents[2]
Said = Callable[..., UserUttered]
Conversation = Callable[..., DialogueStateTracker]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("/restart", "?"),
        ("//restart", "?"),
        ("  /restart", "?"),
        ("\u200b/restart", "?"),
        ("\ufeff \u2060/ /restart", "?"),
        ("\u202e/restart", "?"),
        ('/inform{"order_number":"1042"}', "?"),
        ("/ restart the search please", "restart the search please"),
        ("\x00\x07/restart\x1b", "?"),
        ("and/or", "and/or"),
        ("hello\nthere", "hello\nthere"),
        ("/", "?"),
        ("", "?"),
        ("\u200b\u200b", "?"),
        ("😡", "😡"),
        ("أين طلبي", "أين طلبي"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
    ],
)
def test_what_is_typed_is_never_a_command(typed: str, read: str) -> None:
    assert typed_text(typed) == read


GOOD = {
    "message_id": "m-1",
    "conversation_id": "conversation-1",
    "text": "hello",
    "payload": None,
    "channel": "storefront_chat",
    "metadata": {"shop": "demo", "locale": "es", "received_at": "2026-11-22T10:00:00Z", "handler_note": None},
}


def test_a_proper_message_is_taken() -> None:
    assert IncomingMessage.parse_obj(GOOD).text == "hello"


@pytest.mark.parametrize(
    "change",
    [
        {"text": None},
        {"payload": "/affirm"},
        {"text": 5},
        {"text": "x" * 20_001},
        {"conversation_id": "../../etc"},
        {"conversation_id": "short"},
        {"message_id": ""},
        {"message_id": "a b"},
        {"channel": "rest"},
        {"sender": "me"},
        {"metadata": {}},
        {"metadata": {**GOOD["metadata"], "locale": "es; drop"}},  # type: ignore[dict-item]
        {"metadata": {**GOOD["metadata"], "is_admin": True}},  # type: ignore[dict-item]
    ],
)
def test_a_malformed_message_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        IncomingMessage.parse_obj({**GOOD, **change})


SETTLED = {
    "code": "claim_taken_up",
    "at": "2026-12-01T09:00:00+00:00",
    "case_number": "Q-1004",
    "order_number": "1042",
    "tracking_number": "LX 1",
    "until": "2026-12-04",
}
HANDBACK = {"conversation_id": "conversation-1", "event_id": "h-1", "note": None}


def test_a_hand_back_may_say_what_was_settled() -> None:
    said = Handback.parse_obj({**HANDBACK, "settled": SETTLED}).settled
    assert said is not None and said.dict() == SETTLED
    assert Handback.parse_obj(HANDBACK).settled is None


@pytest.mark.parametrize(
    "change",
    [
        {"code": "paid_in_gold"},
        {"code": None},
        {"at": "yesterday"},
        {"at": "2026-12-01T09:00:00"},
        {"case_number": "1004"},
        {"order_number": ""},
        {"until": "2026-02-30"},
        {"until": "soon"},
        {"until": 5},
        {"amount": "12 EUR"},
    ],
)
def test_what_nobody_can_settle_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Handback.parse_obj({**HANDBACK, "settled": {**SETTLED, **change}})


def test_everything_that_can_be_settled_has_words() -> None:
    """The desk's list (desk/settlement.py) is tied to the same replies in tests/actions."""
    replies_of_domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["responses"]
    worded = {name[len("term_settled_") :] for name in replies_of_domain if name.startswith("term_settled_")}
    codes = set(get_args(Settled.__fields__["code"].outer_type_))
    assert codes - {"nothing"} == worded - {"when"}


@pytest.mark.parametrize("token", [None, "", "short", "${QUAYSIDE_ASSISTANT_TOKEN}"])
def test_it_does_not_start_without_a_token(token: str | None) -> None:
    with pytest.raises(RasaException, match="QUAYSIDE_ASSISTANT_TOKEN"):
        QuaysideChannel.from_credentials({"token": token})


def _spoken(text: str, name: str, **data: object) -> BotUttered:
    return BotUttered(text, data=data, metadata={"utter_action": name, "language": "es"})


def test_a_turn_is_what_happened_until_the_next_message(said: Said) -> None:
    second_need = UserUttered("and cancel it", {"name": "cancel_order"}, message_id="m-1-2")
    events = [
        said("first", "m-0"),
        _spoken("before", "utter_a"),
        said("where is it", "m-1"),
        _spoken("here", "utter_b"),
        second_need,
        _spoken("cancelled", "utter_c"),
        SlotSet("x", 1, metadata={HANDBACK_KEY: "h-1"}),
        said("thanks", "m-2"),
        _spoken("after", "utter_d"),
    ]
    turn = turn_events(events, "m-1")
    assert [reply["text"] for reply in replies(turn, "es")] == ["here", "cancelled"]
    assert turn_events(events, "m-9") == []


def test_replies_carry_name_buttons_card_and_language() -> None:
    card = {"type": "case", "title": "Q-1001"}
    events = [_spoken("Hola", "utter_greet", buttons=[{"title": "Sí", "payload": "/affirm"}], custom=card)]
    assert replies(events, "en") == [
        {
            "name": "utter_greet",
            "text": "Hola",
            "buttons": [{"title": "Sí", "payload": "/affirm"}],
            "card": card,
            "language": "es",
        }
    ]


def test_the_turn_tells_how_it_was_understood(said: Said, conversation: Conversation) -> None:
    message = said(
        "wo ist 1042",
        language={"code": "de", "confidence": 0.9},
        intent={"name": "track_order", "confidence": 0.91234567},
        intent_ranking=[{"name": f"i{n}", "confidence": 0.1} for n in range(9)],
        entities=[{"entity": "order_number", "value": "1042"}],
        emotion={"name": "calm", "score": 0.9},
        risk=["lawyer"],
    )
    events = [
        message,
        SlotSet("order_number", "1042"),
        ActionExecuted("action_track", policy="policy_1_RulePolicy", confidence=1.0),
        ActionExecuted("action_listen"),
    ]
    turn = understanding(events, conversation(), 12)
    assert turn["language"] == "de" and turn["intent"] == {"name": "track_order", "confidence": 0.9123}
    assert len(turn["intent_ranking"]) == 5 and turn["risk"] == ["lawyer"] and turn["emotion"]["name"] == "calm"
    assert turn["actions"] == [{"name": "action_track", "policy": "RulePolicy", "confidence": 1.0}]
    assert turn["slots"] == {"order_number": "1042"} and turn["latency_ms"] == 12


def test_the_turn_tells_the_needs_of_a_message_that_has_several(said: Said, conversation: Conversation) -> None:
    text = "cancel the lamp and where is the rest?"
    first = {"intent": "cancel_order", "confidence": 0.91234567, "start": 0, "end": 16}
    second = {"intent": "track_order", "confidence": 0.8, "start": 16, "end": len(text)}
    assert understanding([said(text, needs=[first, second])], conversation(), 1)["needs"] == [
        {"name": "cancel_order", "confidence": 0.9123, "text": "cancel the lamp"},
        {"name": "track_order", "confidence": 0.8, "text": "and where is the rest?"},
    ]


def test_the_turn_tells_no_needs_where_the_intent_says_it_all(said: Said, conversation: Conversation) -> None:
    one = {"intent": "cancel_order", "confidence": 0.9, "start": 0, "end": 5}
    for message in (said("hello"), said("/affirm"), said("hello", needs=[]), said("hello", needs=[one])):
        assert understanding([message], conversation(), 1)["needs"] == []


def test_a_button_carries_no_language_and_takes_the_conversations(said: Said, conversation: Conversation) -> None:
    assert understanding([said("/affirm")], conversation(language="fr"), 1)["language"] == "fr"
