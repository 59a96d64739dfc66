"""No message whatever makes a component fail, and none takes long."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.shared.nlu.training_data.message import Message

from assistant.channel import typed_text
from assistant.nlu.country import CountryFinder
from assistant.nlu.deadline import DeadlineFinder
from assistant.nlu.emotion import EmotionReader
from assistant.nlu.entities import ShopEntities
from assistant.nlu.language import LanguageIdentifier
from assistant.nlu.phrases import fold, straighten
from assistant.nlu.risk import RiskReader
from assistant.nlu.spelling import WordPieces
from assistant.nlu.tokens import MultilingualTokenizer
from assistant.nlu.vectors import SentenceVectors

LANGUAGES = ["en", "es", "fr", "de", "zh-Hans"]


@pytest.fixture(scope="module")
def pipeline() -> list:
    return [
        LanguageIdentifier({"languages": LANGUAGES}),
        MultilingualTokenizer({**MultilingualTokenizer.get_default_config(), "languages": LANGUAGES}),
        SentenceVectors({"alias": "vectors"}, "vectors"),
        WordPieces({"alias": "pieces"}, "pieces"),
        ShopEntities({}),
        DeadlineFinder({}),
        CountryFinder({}),
        EmotionReader({}),
        RiskReader({}),
    ]


def understood(pipeline: list, text: str) -> dict:
    message = Message({"text": text, "metadata": {"locale": None}})
    for component in pipeline:
        component.process([message])
    return message.as_dict(only_output_properties=True)


TEXTS = st.one_of(
    st.text(max_size=200),
    st.text(alphabet="0123456789 #+-/.,:()€$@aZ", max_size=80),
    st.text(alphabet="我的订单1042😡！？\u200b\u202e ٤٢", max_size=60),
)


@settings(max_examples=250, deadline=None)
@given(text=TEXTS)
def test_any_text_is_understood_somehow(pipeline: list, text: str) -> None:
    parsed = understood(pipeline, typed_text(text))
    assert parsed["language"]["code"] in LANGUAGES
    assert parsed["emotion"]["name"] in ("calm", "frustration", "anger") and 0 <= parsed["emotion"]["score"] <= 1
    for entity in parsed["entities"]:
        assert 0 <= entity["start"] <= entity["end"] <= len(parsed["text"])


@given(text=st.text(max_size=300))
def test_folding_keeps_positions(text: str) -> None:
    assert len(fold(text)) == len(text) == len(straighten(text))


@pytest.mark.parametrize(
    "text",
    [
        "a" * 20_000,
        "1042 " * 4000,
        "où est ma commande " * 1000,
        "我的订单" * 5000,
        "😡" * 20_000,
        "أين طلبي " * 2000,
        "!?" * 10_000,
        "not " * 5000 + "angry",
        "{" * 10_000,
        "a\u0301" * 10_000,
    ],
    ids=lambda text: text[:8],
)
def test_very_long_messages_do_not_hold_up_the_others(pipeline: list, text: str) -> None:
    started = time.thread_time()  # what else the machine does must not count
    understood(pipeline, text)
    assert time.thread_time() - started < 3
