"""Several needs in one message: where it is cut, and what of it is one need after all."""

from __future__ import annotations

import pytest
from rasa.shared.nlu.training_data.message import Message

from assistant.nlu.clauses import CLAUSES, find_clauses, stretches
from assistant.nlu.intents import CLAUSE_RANKINGS
from assistant.nlu.needs import NeedReader


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("cancel the lamp and where is the rest?", "en", ["cancel the lamp ", "and where is the rest?"]),
        (
            "¿dónde está mi pedido? además quiero otra talla",
            "es",
            ["¿dónde está mi pedido? ", "además quiero otra talla"],
        ),
        ("取消台灯，另外其他的到哪了", "zh-Hans", ["取消台灯，", "另外其他的到哪了"]),
        ("it cost 1.200,50 at example.com", "en", ["it cost 1.200,50 at example.com"]),
        ("hi, where is it?", "en", ["hi, where is it?"]),
        ("", "en", [""]),
    ],
)
def test_where_a_message_is_cut(text: str, language: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in find_clauses(text, language)] == expected


def needs(text: str, whole: tuple[str, float], *runs: tuple[str, float]) -> list[str]:
    """Return the needs read, as "intent: words"; `runs` are the intents of the stretches of its clauses."""
    spans = find_clauses(text, "en")
    message = Message({"text": text, "intent": {"name": whole[0], "confidence": whole[1]}})
    if len(spans) > 1:
        assert len(runs) == len(stretches(len(spans)))
        message.set(CLAUSES, [{"start": start, "end": end} for start, end in spans])
        message.set(CLAUSE_RANKINGS, [[{"name": name, "confidence": sure}] for name, sure in runs])
    found = NeedReader({}).process([message])[0].get("needs")
    return [f"{need['intent']}: {text[need['start'] : need['end']].strip()}" for need in found]


def test_two_needs_keep_their_order() -> None:
    read = needs(
        "cancel the lamp and where is the rest?", ("cancel_order", 0.5), ("cancel_order", 0.95), ("track_order", 0.9)
    )
    assert read == ["cancel_order: cancel the lamp", "track_order: and where is the rest?"]


def test_a_reason_and_a_wish_are_one_need() -> None:
    text = "the mug came broken and I want my money back"
    assert needs(text, ("request_refund", 0.9), ("damaged_item", 0.9), ("request_refund", 0.95)) == [
        f"request_refund: {text}"
    ]


def test_an_unsure_part_is_no_need_of_its_own() -> None:
    text = "cancel the lamp and my cat is sad"
    assert needs(text, ("cancel_order", 0.8), ("cancel_order", 0.9), ("stock", 0.2)) == [f"cancel_order: {text}"]


def test_who_only_greets_needs_nothing() -> None:
    assert needs("hello", ("greet", 0.99)) == []


def test_of_a_long_message_single_clauses_and_pairs_are_read() -> None:
    assert stretches(3) == [(0, 1), (1, 2), (2, 3), (0, 2), (1, 3)]
    assert len(stretches(8)) == 15 and max(last - first for first, last in stretches(8)) == 2
