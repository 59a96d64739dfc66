"""The language of a message: what it shows, weighed against what was known."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.language import LanguageIdentifier

LANGUAGES = ["en", "es", "fr", "de", "zh-Hans"]


@pytest.fixture(scope="module")
def identifier() -> LanguageIdentifier:
    return LanguageIdentifier({"languages": LANGUAGES})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("where is my parcel, it should have come yesterday", "en"),
        ("¿dónde está mi pedido? lo espero desde ayer", "es"),
        ("bonjour, où en est ma commande ?", "fr"),
        ("wo bleibt meine Bestellung", "de"),
        ("我的包裹到哪里了", "zh-Hans"),
        ("订单1042", "zh-Hans"),
        ("订单1042，邮箱ana@example.com", "zh-Hans"),
        ("1042这笔到哪了", "zh-Hans"),
        ("我的DHL包裹在哪里", "zh-Hans"),
        ("DONDE ESTA MI PEDIDO", "es"),
    ],
)
def test_a_clear_message_shows_its_language(identifier: LanguageIdentifier, text: str, expected: str) -> None:
    assert identifier.identify(text)[0] == expected


@pytest.mark.parametrize(
    "text", ["ok", "1042", "😡😡😡", "anna@example.com", "", "  ", "#1042", "?!", "https://x.example/de/wo"]
)
@pytest.mark.parametrize("known", LANGUAGES)
def test_what_tells_nothing_keeps_the_language(identifier: LanguageIdentifier, text: str, known: str) -> None:
    assert identifier.identify(text, known)[0] == known


@pytest.mark.parametrize(
    ("known", "text"),
    [
        ("fr", "mais c normal ??"),
        ("fr", "c normal ??"),
        ("fr", "ok merci bcp"),
        ("fr", "non non"),
        ("en", "im out on monday"),
        ("en", "im so angry"),
        ("en", "im phoning the police"),
        ("en", "if im not in"),
        ("en", "dont know"),
        ("en", "ill wait, its fine"),
        ("en", "cant find it"),
        ("en", "chargeback"),
        ("en", "klarna?"),
        ("de", "hallo?"),
        ("de", "moin"),
        ("de", "wo isch mis päckli"),
        ("de", "was kostet der express in die usa"),
        ("de", "was war die frage"),
        ("es", "déjalo"),
        ("es", "ya terminamos"),
        ("zh-Hans", "thank you"),
        ("zh-Hans", "hello"),
    ],
)
def test_short_messages_keep_the_language_spoken_and_mostly_the_one_hinted_at(
    identifier: LanguageIdentifier, known: str, text: str
) -> None:
    assert identifier.identify(text, known)[0] == known
    if known != "zh-Hans":
        assert identifier.identify(text, None, known)[0] == known


def test_the_examples_keep_their_language_and_are_never_taken_for_chinese(
    identifier: LanguageIdentifier, examples: list[tuple[str, str, str]]
) -> None:
    found = [(code, identifier.identify(text, code)[0]) for code, _, text in examples]
    assert all(code == "zh-Hans" or kept != "zh-Hans" for code, kept in found)
    assert sum(code == kept for code, kept in found) > 0.998 * len(found)


def test_a_hint_weighs_less_than_what_was_spoken(identifier: LanguageIdentifier) -> None:
    assert identifier.identify("bonjour", None, "en")[0] == "fr"
    assert identifier.identify("bonjour", "en")[0] == "en"
    assert identifier.identify("wo ist mein paket", "en")[0] == "de"


@pytest.mark.parametrize(
    ("known", "text", "expected"),
    [
        ("es", "sorry, can we speak English please?", "en"),
        ("en", "ich möchte lieber auf Deutsch schreiben", "de"),
        ("de", "je ne parle pas allemand", "fr"),
        ("fr", "请问我的快递什么时候到", "zh-Hans"),
        ("zh-Hans", "where is my order 1042", "en"),
    ],
)
def test_a_shopper_who_changes_language_is_followed(
    identifier: LanguageIdentifier, known: str, text: str, expected: str
) -> None:
    assert identifier.identify(text, known)[0] == expected


@pytest.mark.parametrize("text", ["どこですか", "어디 있어요", "где мой заказ", "أين طلبي", "איפה ההזמנה שלי"])
def test_a_language_not_served_keeps_what_was_known(identifier: LanguageIdentifier, text: str) -> None:
    assert identifier.identify(text, "fr")[0] == "fr"


def test_mixed_messages_follow_the_main_part(identifier: LanguageIdentifier) -> None:
    assert identifier.identify("where is my 订单 please, number 1042")[0] == "en"
    assert identifier.identify("我的tracking number显示invalid怎么办")[0] == "zh-Hans"


def _message(text: str, locale: str | None = None) -> Message:
    return Message({"text": text, "metadata": {"locale": locale}})


def test_the_conversations_language_comes_before_the_channels_hint(
    identifier: LanguageIdentifier, conversation: Callable[..., DialogueStateTracker]
) -> None:
    told = identifier.process([_message("ok", "de-DE")], conversation(language="fr"))[0]
    assert told.get("language")["code"] == "fr"
    hinted = identifier.process([_message("ok", "es-MX")], conversation())[0]
    assert hinted.get("language")["code"] == "es"
    unserved = identifier.process([_message("ok", "ja-JP")], conversation())[0]
    assert unserved.get("language")["code"] == "en"


@pytest.mark.parametrize(
    ("locale", "expected"), [("zh-CN", "zh-Hans"), ("zh", "zh-Hans"), ("EN_gb", "en"), ("de-AT", "de")]
)
def test_locales_name_served_languages(identifier: LanguageIdentifier, locale: str, expected: str) -> None:
    message = identifier.process([_message("1042", locale)])[0]
    assert message.get("language")["code"] == expected


def test_it_reaches_the_parsed_message_and_fills_the_slot_by_an_entity(identifier: LanguageIdentifier) -> None:
    parsed = identifier.process([_message("guten Tag, wo ist mein Paket")])[0].as_dict(only_output_properties=True)
    assert parsed["language"]["code"] == "de" and 0.5 < parsed["language"]["confidence"] <= 1
    assert [(e["entity"], e["value"]) for e in parsed["entities"]] == [("language", "de")]


def test_training_examples_say_their_own_language(identifier: LanguageIdentifier) -> None:
    example = Message({"text": "ok", "intent": "affirm", "metadata": {"intent": {"language": "fr"}}})
    identifier.process_training_data(TrainingData([example]))
    assert example.get("language") == {"code": "fr", "confidence": 1.0}
