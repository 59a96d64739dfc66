"""Several needs in one message: where it is cut, and what of it is one need after all."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from rasa.nlu.classifiers.fallback_classifier import FallbackClassifier
from rasa.shared.nlu.training_data.message import Message

from assistant.nlu.clauses import CLAUSES, find_clauses, stretches
from assistant.nlu.intents import CLAUSE_RANKINGS
from assistant.nlu.need_pairs import BOTH
from assistant.nlu.needs import NeedReader

ROOT = Path(__file__).resolve().parents[2]


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
    others = dict.fromkeys((name for name, _ in runs if name != whole[0]), (1 - whole[1]) / 2)
    ranking = [{"name": name, "confidence": sure} for name, sure in (whole, *others.items())]
    message = Message({"text": text, "intent": ranking[0], "intent_ranking": ranking})
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


@pytest.fixture
def two_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was learnt: parts that are judged are two needs."""
    monkeypatch.setattr("assistant.nlu.needs.verdict", lambda told: BOTH)


@pytest.mark.usefixtures("two_needs")
def test_no_words_are_lost_between_needs() -> None:
    text = "cancel the lamp, my number is 1042, where is the rest? it has 5521 on it"
    told = {"cancel": ("cancel_order", 0.95), "where": ("track_order", 0.95)}
    spans = find_clauses(text, "en")
    runs = []
    for first, last in stretches(len(spans)):
        words = text[spans[first][0] : spans[last - 1][1]]
        alone = next((told[word] for word in told if word in words), ("inform", 0.6))
        runs.append(alone if last - first == 1 else ("inform", 0.1))
    read = needs(text, ("cancel_order", 0.3), *runs)
    assert read == [
        "cancel_order: cancel the lamp, my number is 1042,",
        "track_order: where is the rest? it has 5521 on it",
    ]


def test_an_unsure_part_is_no_need_of_its_own() -> None:
    text = "cancel the lamp and my cat is sad"
    assert needs(text, ("cancel_order", 0.8), ("cancel_order", 0.9), ("stock", 0.2)) == [f"cancel_order: {text}"]


def test_who_only_greets_needs_nothing() -> None:
    assert needs("hello", ("greet", 0.99)) == []


def test_of_a_long_message_single_clauses_and_pairs_are_read() -> None:
    assert stretches(3) == [(0, 1), (1, 2), (2, 3), (0, 2), (1, 3)]
    assert len(stretches(8)) == 15 and max(last - first for first, last in stretches(8)) == 2


def read(whole: tuple[str, float], *parts: tuple[str, float], ranked: tuple[tuple[str, float], ...] = ()) -> Message:
    """Return a message of two clauses as it is read: its intent, what else it may be, and what its clauses are."""
    text = "my lamp it is for the garden and where is the rest?"
    spans = find_clauses(text, "en")
    assert len(spans) == len(parts) == 2
    ranking = [{"name": name, "confidence": sure} for name, sure in (whole, *ranked)]
    message = Message({"text": text, "intent": ranking[0], "intent_ranking": ranking})
    message.set(CLAUSES, [{"start": start, "end": end} for start, end in spans])
    message.set(CLAUSE_RANKINGS, [[{"name": name, "confidence": sure}] for name, sure in parts])
    return NeedReader({}).process([message])[0]


@pytest.mark.usefixtures("two_needs")
def test_the_first_need_leads() -> None:
    message = read(("track_order", 0.6), ("cancel_order", 0.8), ("track_order", 0.9), ranked=(("cancel_order", 0.3),))
    assert message.get("intent") == {"name": "cancel_order", "confidence": 0.8}
    assert [entry["name"] for entry in message.get("intent_ranking")] == ["cancel_order", "track_order"]
    assert [need["intent"] for need in message.get("needs")] == ["cancel_order", "track_order"]
    assert {"intent", "intent_ranking", "needs"} <= message.output_properties


def test_one_need_leaves_the_intent_as_it_is() -> None:
    message = read(("track_order", 0.9), ("track_order", 0.8), ("track_order", 0.7), ranked=(("stock", 0.1),))
    assert message.get("intent") == {"name": "track_order", "confidence": 0.9}
    assert [entry["name"] for entry in message.get("intent_ranking")] == ["track_order", "stock"]


@pytest.mark.usefixtures("two_needs")
def test_a_first_need_less_sure_than_the_whole_is_no_reason_to_ask() -> None:
    """The first of the ranking is less sure than the second then, which must not be taken for ambiguous."""
    message = read(
        ("track_order", 0.9), ("cancel_order", 0.85), ("track_order", 0.95), ranked=(("cancel_order", 0.08),)
    )
    pipeline = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    config = next(component for component in pipeline if component["name"] == "FallbackClassifier")
    FallbackClassifier({**FallbackClassifier.get_default_config(), **config}).process([message])
    assert message.get("intent")["name"] == "cancel_order"


@pytest.mark.parametrize("feeling", ["complaint", "human_agent", "chargeback_threat"])
def test_a_whole_that_complains_or_wants_a_person_leads(feeling: str) -> None:
    parts, ranked = (("cancel_order", 0.9), ("track_order", 0.9)), (("cancel_order", 0.25), ("track_order", 0.2))
    message = read((feeling, 0.5), *parts, ranked=ranked)
    assert message.get("intent")["name"] == message.get("intent_ranking")[0]["name"] == feeling
    # Where it is only guessed, the first need leads again.
    message = read((feeling, 0.39), *parts, ranked=ranked)
    assert message.get("intent")["name"] == "cancel_order"


@pytest.mark.parametrize(
    ("whole", "other"),
    [(0.39, ("greet", 0.95)), (0.39, ("inform", 0.6)), (0.15, ("stock", 0.2)), (0.39, ("stock", 0.2))],
)
def test_of_an_unclear_story_the_one_clear_clause_speaks(whole: float, other: tuple[str, float]) -> None:
    message = read(("product_question", whole), other, ("track_order", 0.7))
    assert message.get("intent") == {"name": "track_order", "confidence": 0.7}
    assert [need["intent"] for need in message.get("needs")] == ["track_order"]


@pytest.mark.parametrize(("whole", "clause"), [(0.4, 0.7), (0.4, 0.95), (0.39, 0.69), (0.2, 0.5)])
def test_no_clause_speaks_for_a_whole_that_is_clear_or_where_it_is_unclear_itself(whole: float, clause: float) -> None:
    message = read(("product_question", whole), ("greet", 0.95), ("track_order", clause))
    assert message.get("intent") == {"name": "product_question", "confidence": whole}
    assert [need["intent"] for need in message.get("needs")] == ["product_question"]


def test_a_clause_that_needs_nothing_does_not_speak() -> None:
    message = read(("product_question", 0.3), ("greet", 0.9), ("inform", 0.9))
    assert message.get("intent")["name"] == "product_question"


def test_who_only_greets_is_not_led_elsewhere() -> None:
    assert read(("greet", 0.9), ("greet", 0.9), ("thanks", 0.3)).get("intent") == {"name": "greet", "confidence": 0.9}
