"""The reply generator: language, placeholders, options, cards, variations, and what happens when one is missing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.core.actions.action import create_bot_utterance
from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from assistant.replies.catalogue import Translations
from assistant.replies.nlg import MISSING, TranslatedReplies
from assistant.turn import replies

RESPONSES: dict[str, list[dict[str, Any]]] = {
    "utter_hello": [{"text": "Hello!", "buttons": [{"title": "Track", "payload": "/track_order"}]}],
    "utter_price": [{"text": "Order {number} costs {price}."}],
    "utter_step": [{"text": "It {state}."}],
    "utter_three": [{"text": "One"}, {"text": "Two"}, {"text": "Three"}],
    "utter_when": [
        {"text": "It is paid.", "condition": [{"type": "slot", "name": "paid", "value": True}]},
        {"text": "It is not paid."},
    ],
    "utter_circle": [{"text": "{circle}"}],
    "term_in_customs": [{"text": "waits at customs in {country}"}],
    "option_yes": [{"text": "Yes"}],
    "label_price": [{"text": "Price"}],
}

PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgctxt "utter_hello"
msgid "Hello!"
msgstr "¡Hola!"

msgctxt "utter_hello.button"
msgid "Track"
msgstr "Seguir"

msgctxt "utter_price"
msgid "Order {number} costs {price}."
msgstr "El pedido {number} cuesta {price}."

msgctxt "utter_step"
msgid "It {state}."
msgstr "Ahora {state}."

msgctxt "term_in_customs"
msgid "waits at customs in {country}"
msgstr "espera en la aduana de {country}"

msgctxt "option_yes"
msgid "Yes"
msgstr "Sí"

msgctxt "label_price"
msgid "Price"
msgstr "Precio"

#, fuzzy
msgctxt "utter_when"
msgid "It is paid."
msgstr "no es esto"
"""

Conversation = Callable[..., DialogueStateTracker]
Said = Callable[..., UserUttered]


@pytest.fixture
def nlg(tmp_path: Path) -> TranslatedReplies:
    file = tmp_path / "es" / "LC_MESSAGES" / "replies.po"
    file.parent.mkdir(parents=True)
    file.write_text(PO, encoding="utf-8")
    generator = TranslatedReplies()
    generator.responses = RESPONSES
    generator.translations = Translations.load(tmp_path)
    return generator


async def test_a_reply_comes_in_the_language_of_the_conversation(nlg: TranslatedReplies, conversation: Conversation):
    message = await nlg.generate("utter_hello", conversation(language="es"), "quayside")
    assert message["text"] == "¡Hola!"
    assert message["buttons"] == [{"title": "Seguir", "payload": "/track_order"}]
    assert message["language"] == "es"


async def test_without_a_language_the_channels_hint_decides_then_english(
    nlg: TranslatedReplies, conversation: Conversation, said: Said
):
    hinted = await nlg.generate("utter_hello", conversation(said("?", locale="es-MX")), "quayside")
    assert hinted["text"] == "¡Hola!"
    unknown = await nlg.generate("utter_hello", conversation(said("?", locale="ja-JP")), "quayside")
    assert (unknown["text"], unknown["language"]) == ("Hello!", "en")


async def test_a_value_that_ends_with_a_full_stop_ends_the_sentence(
    nlg: TranslatedReplies, conversation: Conversation, said: Said
):
    nlg.responses["utter_open"] = [{"text": "Open until {closes}."}]
    tracker = conversation(said("?", locale="es-MX"))
    message = await nlg.generate("utter_open", tracker, "quayside", values={"closes": {"$time": "16:00"}})
    assert message["text"].endswith("m.") and ".." not in message["text"]


async def test_values_are_written_for_the_reader(nlg: TranslatedReplies, conversation: Conversation):
    values = {"number": "#1042", "price": {"$money": ["12.90", "EUR"]}}
    message = await nlg.generate("utter_price", conversation(language="es"), "quayside", values=values)
    assert message["text"] == "El pedido #1042 cuesta 12,90\xa0€."


async def test_a_term_put_into_a_reply_is_translated_and_filled(nlg: TranslatedReplies, conversation: Conversation):
    values = {"state": {"$reply": ["term_in_customs", {"country": {"$country": "DE"}}]}}
    message = await nlg.generate("utter_step", conversation(language="es"), "quayside", values=values)
    assert message["text"] == "Ahora espera en la aduana de Alemania."


async def test_what_a_shopper_typed_is_never_read_as_a_placeholder(nlg: TranslatedReplies, conversation: Conversation):
    values = {"number": "{price}", "price": "{number.__class__}"}
    message = await nlg.generate("utter_price", conversation(), "quayside", values=values)
    assert message["text"] == "Order {price} costs {number.__class__}."


async def test_options_become_buttons(nlg: TranslatedReplies, conversation: Conversation):
    options = [{"title": {"$reply": "option_yes"}, "payload": "/affirm"}]
    message = await nlg.generate("utter_hello", conversation(language="es"), "quayside", options=options)
    assert message["buttons"][-1] == {"title": "Sí", "payload": "/affirm"}


async def test_details_become_a_card_ready_to_show(nlg: TranslatedReplies, conversation: Conversation):
    details = {
        "type": "order",
        "title": "#1042",
        "progress": {"step": 2, "of": 4},
        "fields": [{"label": {"$reply": "label_price"}, "value": {"$money": ["5", "USD"]}}],
        "items": [{"title": "Lamp", "detail": {"$number": 2}}],
        "link": {"title": {"$reply": "option_yes"}, "url": "https://example.com/t"},
    }
    message = await nlg.generate("utter_hello", conversation(language="es"), "quayside", details=details)
    assert message["custom"] == {
        "type": "order",
        "title": "#1042",
        "subtitle": None,
        "status": None,
        "progress": {"step": 2, "of": 4},
        "fields": [{"label": "Precio", "value": "5,00\xa0US$"}],
        "items": [{"title": "Lamp", "detail": "2"}],
        "link": {"title": "Sí", "url": "https://example.com/t"},
    }


async def test_days_are_in_words_in_the_text_and_short_on_the_card(nlg: TranslatedReplies, conversation: Conversation):
    day = {"$date": "2026-12-03"}
    details = {"type": "order", "title": "#1042", "fields": [{"label": {"$reply": "label_price"}, "value": day}]}
    values = {"state": {"$reply": ["term_in_customs", {"country": day}]}}
    message = await nlg.generate("utter_step", conversation(language="es"), "quayside", values=values, details=details)
    assert "jueves 3 de diciembre" in message["text"]
    assert message["custom"]["fields"] == [{"label": "Precio", "value": "jue, 3 dic 2026"}]


async def test_latin_words_stand_apart_in_chinese(nlg: TranslatedReplies, conversation: Conversation):
    nlg.translations = Translations.load()
    nlg.responses = {"utter_list": [{"text": "{items}"}]}
    values = {"items": {"$list": ["DHL 标准", "UPS加急", "银联"]}}
    message = await nlg.generate("utter_list", conversation(language="zh-Hans"), "quayside", values=values)
    assert message["text"] == "DHL 标准、UPS 加急和银联"


async def test_what_a_reply_is_made_from_is_kept_with_it_and_never_leaves(
    nlg: TranslatedReplies, conversation: Conversation
):
    values = {"number": "#1042", "price": {"$money": ["12.90", "EUR"]}}
    message = await nlg.generate("utter_price", conversation(), "quayside", values=values)
    assert message["said"] == {"values": values, "options": [], "details": None}
    event = create_bot_utterance(message)
    assert event.metadata["said"]["values"] == values
    (shown,) = replies([event], "en")
    assert set(shown) == {"name", "text", "buttons", "card", "language"} and "$money" not in repr(shown)


async def test_a_card_of_unknown_type_is_left_out_and_logged(
    nlg: TranslatedReplies, conversation: Conversation, caplog: pytest.LogCaptureFixture
):
    message = await nlg.generate("utter_hello", conversation(), "quayside", details={"type": "html", "title": "x"})
    assert message["custom"] is None and message["text"] == "Hello!"
    assert "card" in caplog.text


async def test_the_draw_among_variations_is_the_messages(
    nlg: TranslatedReplies, conversation: Conversation, said: Said
):
    async def drawn(message_id: str) -> str:
        tracker = conversation(said("hi", message_id=message_id))
        return (await nlg.generate("utter_three", tracker, "quayside"))["text"]

    texts = {i: await drawn(f"m-{i}") for i in range(30)}
    assert set(texts.values()) == {"One", "Two", "Three"}
    assert texts == {i: await drawn(f"m-{i}") for i in range(30)}


async def test_conditions_see_the_actions_values(nlg: TranslatedReplies, conversation: Conversation):
    paid = await nlg.generate("utter_when", conversation(), "quayside", values={"paid": True})
    assert paid["text"] == "It is paid."
    assert (await nlg.generate("utter_when", conversation(), "quayside"))["text"] == "It is not paid."


async def test_a_missing_value_is_shown_safely_and_logged(
    nlg: TranslatedReplies, conversation: Conversation, caplog: pytest.LogCaptureFixture
):
    values = {"number": "#1042", "price": {"$money": ["?", "EUR"]}}
    message = await nlg.generate("utter_price", conversation(), "quayside", values=values)
    assert message["text"] == f"Order #1042 costs {MISSING}."
    message = await nlg.generate("utter_price", conversation(), "quayside", values={"number": "#1042"})
    assert message["text"] == f"Order #1042 costs {MISSING}."
    assert "needs a value for {price}" in caplog.text and "$money" in caplog.text


async def test_a_missing_or_fuzzy_translation_is_said_in_english_and_warned_of_once(
    nlg: TranslatedReplies, conversation: Conversation, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            message = await nlg.generate("utter_when", conversation(language="es"), "quayside", values={"paid": True})
    assert message["text"] == "It is paid."
    assert caplog.text.count("utter_when") == 1


async def test_replies_that_contain_themselves_end(nlg: TranslatedReplies, conversation: Conversation):
    values = {"circle": {"$reply": "utter_circle"}}
    message = await nlg.generate("utter_circle", conversation(), "quayside", values=values)
    assert message["text"] == MISSING


async def test_an_unknown_reply_is_none_and_logged(
    nlg: TranslatedReplies, conversation: Conversation, caplog: pytest.LogCaptureFixture
):
    assert await nlg.generate("utter_nothing", conversation(), "quayside") is None
    assert "utter_nothing" in caplog.text


def test_rasa_makes_it_from_endpoints_yml():
    endpoint = EndpointConfig(type="assistant.replies.nlg.TranslatedReplies")
    assert isinstance(NaturalLanguageGenerator.create(endpoint, None), TranslatedReplies)
