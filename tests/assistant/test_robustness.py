"""No message whatever makes a component fail, and none takes long."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.shared.nlu.training_data.message import Message

from assistant.channel import typed_text
from assistant.nlu.colours import ColourFinder
from assistant.nlu.country import CountryFinder
from assistant.nlu.dates import DateFinder
from assistant.nlu.deadline import DeadlineFinder
from assistant.nlu.emotion import EmotionReader
from assistant.nlu.entities import ShopEntities
from assistant.nlu.language import LanguageIdentifier
from assistant.nlu.money import MoneyFinder
from assistant.nlu.names import NameFinder
from assistant.nlu.phrases import fold, straighten
from assistant.nlu.products import ProductFinder
from assistant.nlu.quantities import QuantityFinder
from assistant.nlu.risk import RiskReader
from assistant.nlu.sizes import SizeFinder
from assistant.nlu.spelling import WordPieces
from assistant.nlu.tokens import MultilingualTokenizer
from assistant.nlu.vectors import SentenceVectors

LANGUAGES = ["en", "es", "fr", "de", "zh-Hans"]


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> list:
    return [
        LanguageIdentifier({"languages": LANGUAGES}),
        MultilingualTokenizer({**MultilingualTokenizer.get_default_config(), "languages": LANGUAGES}),
        SentenceVectors({"alias": "vectors"}, "vectors"),
        WordPieces({"alias": "pieces"}, "pieces"),
        ShopEntities({}),
        DeadlineFinder({}),
        CountryFinder({}),
        _products(tmp_path_factory.mktemp("catalogue") / "terms.json"),
        ColourFinder({}),
        SizeFinder({}),
        MoneyFinder({}),
        DateFinder({}),
        QuantityFinder({}),
        NameFinder({}),
        EmotionReader({}),
        RiskReader({}),
    ]


def _products(path: Path) -> ProductFinder:
    """Return a finder of a small catalogue."""
    terms = {"products": [{"handle": "mug", "title": "Stoneware Mug"}], "options": {"Material": ["Oak"]}}
    path.write_text(json.dumps(terms), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUAYSIDE_CATALOGUE_TERMS", str(path))
        return ProductFinder({})


def understood(pipeline: list, text: str) -> dict:
    message = Message({"text": text, "metadata": {"locale": None}})
    for component in pipeline:
        component.process([message])
    return message.as_dict(only_output_properties=True)


PIECES = [
    "size", "in", "38", "EU", "my name is", "Ana", "regards", "two", "mugs", "€", "20", "1.299,00", "ago", "last",
    "Monday", "stoneware", "mgu", "blue", "de la", "O'", "M.", "½", "twenty-five", "ich heiße", "hace", "vor", "x", "×",
]  # fmt: skip
TEXTS = st.one_of(
    st.text(st.characters(), max_size=200),
    st.text(alphabet="0123456789 #+-/.,:()€$@aZ", max_size=80),
    st.text(alphabet="0123456789 XLSM/-½.,€¥$kr cm EU US size", max_size=80),
    st.text(alphabet="我叫王伟是两三件双码号元块十百千万黑红的昨上周前1042 ", max_size=80),
    st.lists(st.sampled_from(PIECES), max_size=20).map(" ".join),
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
        "38 or " * 5000,
        "1.299 " * 4000,
        "一" * 20_000,
        "my name is " * 3000,
        "Ana " * 5000,
        "stonewrae " * 3000,
        "two blue " * 3000,
        " " * 20_000,
        "XL/" * 7000,
        "twenty " * 4000,
    ],
    ids=lambda text: text[:8],
)
def test_very_long_messages_do_not_hold_up_the_others(pipeline: list, text: str) -> None:
    started = time.thread_time()  # what else the machine does must not count
    understood(pipeline, text)
    assert time.thread_time() - started < 3
