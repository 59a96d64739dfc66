"""What the assistant tried, as the transcript tells it."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from transcripts.entries import Entry, Speaker
from transcripts.steps import Step, steps

_IDS = count(1)


def entry(speaker: Speaker, message_id: str | None, reply: str = "", **more: Any) -> Entry:
    content = {"reply": reply} if reply else {}
    now = datetime(2026, 12, 1, tzinfo=UTC)
    return Entry(next(_IDS), now, speaker, "text", content, message_id=message_id, **more)


def understood(intent: str, *risk: str) -> dict[str, Any]:
    return {"intent": {"name": intent}, "risk": list(risk)}


def test_each_message_has_the_replies_that_it_really_got() -> None:
    told = steps(
        [
            entry(Speaker.ASSISTANT, "greeting", "utter_greet"),
            entry(Speaker.SHOPPER, "m1", understanding=understood("track_order")),
            entry(Speaker.SHOPPER, "m2", understanding=understood("complaint", "lawyer")),
            entry(Speaker.ASSISTANT, "m1:0", "utter_ask_order_number"),
            entry(Speaker.ASSISTANT, "m2:0", "utter_hand_over_risk"),
        ]
    )
    assert told == [
        Step("track_order", [], ["utter_ask_order_number"]),
        Step("complaint", ["lawyer"], ["utter_hand_over_risk"]),
    ]


def test_what_a_person_answered_or_was_never_sent_was_not_tried() -> None:
    told = steps(
        [
            entry(Speaker.SHOPPER, "m1", understanding=understood("track_order")),
            entry(Speaker.ASSISTANT, "m1:0", "utter_order", suppressed=True),
            entry(Speaker.SYSTEM, "joined:1"),
            entry(Speaker.SHOPPER, "m2"),
            entry(Speaker.PERSON, "person:1"),
        ]
    )
    assert told == [Step("track_order")]


def test_the_assistants_failure_is_a_step_too() -> None:
    told = steps(
        [
            entry(Speaker.SHOPPER, "m1", understanding=understood("track_order")),
            entry(Speaker.SYSTEM, "m1:failed"),
        ]
    )
    assert told == [Step("track_order", [], ["failed"])]
