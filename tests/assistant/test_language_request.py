"""Requests for a language: what is one, which language it names, and what becomes of the message."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message

from assistant.nlu.language_request import LanguageRequest, wanted_language

LANGUAGES = ["en", "es", "fr", "de", "zh-Hans"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in english please", "en"),
        ("auf deutsch bitte", "de"),
        ("en français svp", "fr"),
        ("¿en español?", "es"),
        ("请说中文", "zh"),
        ("English?", "en"),
        ("Sprechen Sie auch Französisch?", "fr"),
        ("Könnten Sie das bitte noch einmal auf Englisch sagen?", "en"),
        ("¿me lo puedes repetir en alemán, por favor?", "de"),
        ("pouvez-vous me répondre en espagnol", "es"),
        ("可以用英文吗？", "en"),
        ("请用德语再说一遍", "de"),
        ("in polish please", "pl"),
        ("auf Polnisch bitte", "pl"),
        ("en italien s'il vous plaît", "it"),
        ("请说日语", "ja"),
        ("parlez anglais s'il vous plait", "en"),
        ("habla inglés porfa", "en"),
        ("sprich deutsch pls", "de"),
        ("说英语", "en"),
        ("speak english pls", "en"),
        # "Switch", "back to"…
        ("passe en chinois", "zh"),
        ("换回中文", "zh"),
        ("can u change language to german", "de"),
        ("vuelve al español", "es"),
        ("zurück auf deutsch", "de"),
        ("go back to english", "en"),
        # What is not spoken is not what is wanted.
        ("I don't speak German, English please", "en"),
        ("je ne parle pas l'anglais, en français svp", "fr"),
        ("no hablo inglés, mejor en español", "es"),
        ("ich spreche kein Französisch, bitte auf Deutsch", "de"),
        ("我看不懂英文，请用中文", "zh"),
        ("in english, not in german", "en"),
    ],
)
def test_a_request_names_its_language(text: str, expected: str) -> None:
    assert wanted_language(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "is the manual in English?",
        "nail polish please",
        "I don't speak German",
        "我的订单是英文地址",
        "liefern Sie an den deutschen Zoll?",
        "je veux ma facture en anglais",
        "换成德国尺码",
        "retour en Allemagne",
        "in english or in german",
        "mais c normal ??",
        "c normal ??",
        "1003",
        "ok",
        "",
    ],
)
def test_what_says_something_else_or_nothing_is_none(text: str) -> None:
    assert wanted_language(text) is None


def test_no_other_need_of_the_training_data_is_a_request_for_a_language(examples: list[tuple[str, str, str]]) -> None:
    # "Do you do French?" may ask what the assistant can: it is answered as the wish for it.
    others = [text for _, intent, text in examples if intent not in ("repeat", "bot_challenge")]
    assert [text for text in others if wanted_language(text)] == []


def taken(text: str, intent: str, tracker: DialogueStateTracker | None = None) -> Message:
    message = Message(data={"text": text, "intent": {"name": intent, "confidence": 0.5}})
    message.set("language", {"code": "de", "confidence": 0.9})
    message.set("entities", [{"entity": "language", "value": "de", "start": 0, "end": 0}])
    return LanguageRequest({"languages": LANGUAGES}).process([message], tracker)[0]


def values(message: Message, kind: str) -> list[str]:
    return [entity["value"] for entity in message.get("entities") if entity["entity"] == kind]


def test_a_request_is_taken_for_repeat_and_changes_the_language_at_once() -> None:
    message = taken("请说中文", "nlu_fallback")
    assert message.get("intent") == {"name": "repeat", "confidence": 1.0}
    assert message.get("language")["code"] == "zh-Hans"
    assert values(message, "language") == ["zh-Hans"] == values(message, "language_wanted")


def test_a_language_that_is_not_served_changes_nothing_but_the_intent() -> None:
    message = taken("auf Polnisch bitte", "out_of_scope")
    assert message.get("intent")["name"] == "repeat"
    assert message.get("language")["code"] == "de" and values(message, "language") == ["de"]
    assert values(message, "language_wanted") == ["pl"]


def test_among_other_words_a_language_counts_where_the_message_asks_to_repeat() -> None:
    text = "my screen went dark, what was your answer, can I have it in Spanish"
    assert values(taken(text, "repeat"), "language_wanted") == ["es"]
    assert values(taken(text, "product_question"), "language_wanted") == []


def test_a_request_counts_whatever_the_message_was_taken_for() -> None:
    for intent in ("repeat", "human_agent"):
        assert values(taken("anglais svp, parlez anglais", intent), "language_wanted") == ["en"]


def test_that_a_language_is_not_served_is_told_in_the_conversations_language(
    conversation: Callable[..., DialogueStateTracker],
) -> None:
    message = taken("in polish please", "repeat", conversation(language="fr"))
    assert message.get("language")["code"] == "fr" and values(message, "language") == ["fr"]
    assert values(message, "language_wanted") == ["pl"]


@pytest.mark.parametrize(
    ("spoken", "text", "goes_on"),
    [
        ("zh-Hans", "说中文", True),
        ("zh-Hans", "请用中文再说一遍", False),
        ("fr", "en français svp", True),
        ("en", "could you say that again in English", False),
        ("de", "说中文", False),
    ],
)
def test_a_conversation_in_that_language_already_goes_on(
    spoken: str, text: str, goes_on: bool, conversation: Callable[..., DialogueStateTracker]
) -> None:
    message = taken(text, "repeat", conversation(language=spoken))
    (wanted,) = [entity for entity in message.get("entities") if entity["entity"] == "language_wanted"]
    assert wanted["additional_info"]["goes_on"] is goes_on
