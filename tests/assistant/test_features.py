"""Tokens, vectors, word pieces, and the intent classifier on them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.encoders.reading import encode
from assistant.nlu.features import inputs_of
from assistant.nlu.intents import NetworkIntentClassifier
from assistant.nlu.spelling import WordPieces
from assistant.nlu.tokens import MultilingualTokenizer
from assistant.nlu.vectors import SentenceVectors

EXAMPLES = {
    "track_order": [
        "where is my order",
        "has my parcel shipped",
        "track my package",
        "dónde está mi pedido",
        "包裹到哪了",
    ],
    "cancel_order": ["cancel my order", "i don't want it any more, cancel it", "anular mi pedido", "取消订单"],
    "greet": ["hello", "hi there", "good morning", "hola", "你好"],
}


def tokens(text: str, language: str) -> list[str]:
    message = Message({"text": text, "language": {"code": language}})
    tokenizer = MultilingualTokenizer({**MultilingualTokenizer.get_default_config()})
    return [token.text for token in tokenizer.process([message])[0].get(TOKENS_NAMES[TEXT])]


def test_each_language_is_cut_by_its_own_rules() -> None:
    assert tokens("where's my order?", "en") == ["where", "'s", "my", "order", "?"]
    assert tokens("l'article n'est pas là", "fr") == ["l'", "article", "n'", "est", "pas", "là"]
    assert tokens("我的订单到哪里了", "zh-Hans") == ["我", "的", "订单", "到", "哪里", "了"]
    assert tokens("日本語です", "xx-Unknown") != []


def test_positions_of_tokens_are_those_of_the_text() -> None:
    message = Message({"text": "  hi   there", "language": {"code": "en"}})
    tokenizer = MultilingualTokenizer({**MultilingualTokenizer.get_default_config()})
    cut = tokenizer.process([message])[0].get(TOKENS_NAMES[TEXT])
    assert [(t.start, t.end) for t in cut] == [(2, 4), (7, 12)]


def test_vectors_lie_close_across_languages() -> None:
    for name, least in (("use", 0.6), ("e5", 0.9)):
        order, pedido, weather = encode(name, ["where is my order?", "¿dónde está mi pedido?", "what a sunny day"])
        assert order @ pedido > least
        assert order @ weather < order @ pedido - 0.08
        assert np.linalg.norm(order) == pytest.approx(1, abs=1e-4)


def test_numbers_do_not_move_vectors_much_and_empty_texts_have_none() -> None:
    for name in ("use", "e5"):
        one, other, empty = encode(name, ["order 1042", "order 1077", "  "])
        assert one @ other > 0.9 and not empty.any()


def featurized(texts: list[str], intent: str | None = None) -> list[Message]:
    messages = [Message({"text": text, **({"intent": intent} if intent else {})}) for text in texts]
    SentenceVectors({}, "vectors").process(messages)
    return WordPieces({"alias": "pieces"}, "pieces").process(messages)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[LocalModelStorage, Resource]:
    folder: Path = tmp_path_factory.mktemp("model")
    storage, resource = LocalModelStorage(folder), Resource("intents")
    classifier = NetworkIntentClassifier({}, storage, resource)
    data = [message for intent, texts in EXAMPLES.items() for message in featurized(texts, intent)]
    classifier.train(TrainingData(data))
    return storage, resource


def load(trained: tuple[LocalModelStorage, Resource]) -> NetworkIntentClassifier:
    return NetworkIntentClassifier.load({}, *trained, ExecutionContext(GraphSchema({})))


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("where is my parcel", "track_order"),
        ("wheres my ordr", "track_order"),
        ("wo ist meine Bestellung", "track_order"),
        ("please cancel", "cancel_order"),
        ("Bitte stornieren", "cancel_order"),
        ("HELLO", "greet"),
    ],
)
def test_intents_are_found_in_languages_and_spellings_not_trained(
    trained: tuple[LocalModelStorage, Resource], text: str, intent: str
) -> None:
    message = load(trained).process(featurized([text]))[0]
    assert message.get("intent")["name"] == intent


def test_the_ranking_is_a_distribution_in_order(trained: tuple[LocalModelStorage, Resource]) -> None:
    message = load(trained).process(featurized(["where is it"]))[0]
    confidences = [entry["confidence"] for entry in message.get("intent_ranking")]
    assert confidences == sorted(confidences, reverse=True) and sum(confidences) == pytest.approx(1, abs=1e-5)
    assert message.as_dict(only_output_properties=True)["intent"] == message.get("intent_ranking")[0]


def test_a_message_without_text_has_no_intent(trained: tuple[LocalModelStorage, Resource]) -> None:
    message = load(trained).process([Message({"text": ""})])[0]
    assert message.get("intent") == {"name": None, "confidence": 0.0}


def test_training_twice_gives_the_same_model(trained: tuple[LocalModelStorage, Resource], tmp_path: Path) -> None:
    again = NetworkIntentClassifier({}, LocalModelStorage(tmp_path), Resource("intents"))
    again.train(TrainingData([m for intent, texts in EXAMPLES.items() for m in featurized(texts, intent)]))
    rows = featurized(["where is my order", "cancel it"])
    first, second = (classifier.probabilities(inputs_of(rows)) for classifier in (load(trained), again))
    np.testing.assert_allclose(first, second, atol=2e-3)  # stored in half precision


def test_a_model_file_is_read_without_pickle(tmp_path: Path) -> None:
    storage, resource = LocalModelStorage(tmp_path), Resource("intents")
    with storage.write_to(resource) as folder:
        np.savez(folder / "intents.npz", intents=np.array([print], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"), storage.read_from(resource) as folder:
        np.load(folder / "intents.npz", allow_pickle=False)["intents"]
    assert load((storage, resource)).networks == []
