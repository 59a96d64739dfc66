"""The emotion reader that has learnt from examples: what it adds to the signs, and that it works without."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.emotion import EmotionReader, read_emotion
from assistant.nlu.spelling import WordPieces
from assistant.nlu.tokens import MultilingualTokenizer
from assistant.nlu.vectors import SentenceVectors

EXAMPLES = Path(__file__).parents[2] / "data" / "nlu" / "en"
CONTEXT = ExecutionContext(GraphSchema({}), node_name="emotion")
# Of calm examples there are five times as many as a test needs.
CALM_STEP = 5


def prepared(*messages: Message) -> list[Message]:
    made = list(messages)
    MultilingualTokenizer({**MultilingualTokenizer.get_default_config()}).process(made)
    SentenceVectors({"alias": "vectors"}, "vectors").process(made)
    return WordPieces({"alias": "pieces"}, "pieces").process(made)


def example(text: str, intent: str = "complaint", language: str = "en", **told: str) -> Message:
    metadata = {"intent": {"language": language, **told}}
    return Message({"text": text, "intent": intent, "language": {"code": language}, "metadata": metadata})


def examples() -> TrainingData:
    messages = []
    for path in sorted(EXAMPLES.glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            feeling = {key: block["metadata"][key] for key in ("emotion",) if key in block["metadata"]}
            lines = block["examples"].splitlines()[:: 1 if feeling else CALM_STEP]
            messages += [example(line.removeprefix("- "), block["intent"], **feeling) for line in lines]
    return TrainingData(prepared(*messages))


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> LocalModelStorage:
    return LocalModelStorage(tmp_path_factory.mktemp("emotion"))


@pytest.fixture(scope="module")
def reader(storage: LocalModelStorage) -> EmotionReader:
    made = EmotionReader.create({}, storage, Resource("emotion"), CONTEXT)
    made.train(examples())
    return made


def emotion(reader: EmotionReader, text: str) -> dict:
    return reader.process(prepared(example(text)))[0].get("emotion")


@pytest.mark.parametrize(
    "text",
    [
        "what on earth is the matter with you people, refund me this instant",
        "send my parcel now you shower of halfwits",
    ],
)
def test_anger_in_words_of_no_list_is_found(reader: EmotionReader, text: str) -> None:
    assert read_emotion(text, "en").name != "anger", "else the signs alone would do"
    assert emotion(reader, text)["name"] == "anger"


@pytest.mark.parametrize(
    "text",
    [
        "this is killer, I love it",
        "I'm mad about these shoes",
        "holy crap these boots are gorgeous, do you have them in 38",
        "one cup is chipped, could you send another please",
        "I'm not angry, only wondering where it is",
        "where is my order 1042",
    ],
)
def test_calm_stays_calm(reader: EmotionReader, text: str) -> None:
    assert emotion(reader, text)["name"] != "anger"


def test_calm_has_no_reasons(reader: EmotionReader) -> None:
    said = emotion(reader, "hello, do you ship to Norway?")
    assert said["name"] == "calm" and said["score"] > 0.7 and said["reasons"] == []


def test_reasons_say_what_was_seen(reader: EmotionReader) -> None:
    said = emotion(reader, "FUCKING IDIOTS, THIRD TIME I ASK, SEND IT RIGHT NOW 😡")
    assert said["name"] == "anger" and said["score"] > 0.8
    assert said["reasons"] == ["shouting", "swearing", "insult", "repeated asking", "demanding", "emoji"]
    assert emotion(reader, "I despise this shop and everyone in it")["reasons"] == ["wording"]


def test_a_stored_reader_says_the_same(reader: EmotionReader, storage: LocalModelStorage) -> None:
    loaded = EmotionReader.load({}, storage, Resource("emotion"), CONTEXT)
    for text in ("you liars, where is my refund", "lovely, thank you", "third mail and no answer"):
        assert emotion(loaded, text) == emotion(reader, text)
    with (
        storage.read_from(Resource("emotion")) as folder,
        np.load(folder / "emotion.npz", allow_pickle=False) as stored,
    ):
        assert not any(stored[name].dtype == object for name in stored.files)


def test_training_twice_gives_the_same(reader: EmotionReader, tmp_path: Path) -> None:
    again = EmotionReader.create({}, LocalModelStorage(tmp_path), Resource("emotion"), CONTEXT)
    again.train(examples())
    for text in ("you liars, where is my refund", "third mail and no answer"):
        assert emotion(again, text)["score"] == pytest.approx(emotion(reader, text)["score"], abs=0.02)


def test_without_examples_of_feelings_the_signs_are_read(tmp_path: Path) -> None:
    untrained = EmotionReader.create({}, LocalModelStorage(tmp_path), Resource("emotion"), CONTEXT)
    untrained.train(TrainingData(prepared(example("hello", "greet"), example("where is it", "track_order"))))
    assert emotion(untrained, "you bunch of thieves")["name"] == "anger"


def test_a_model_from_before_reads_by_signs(tmp_path: Path) -> None:
    old = EmotionReader.load({}, LocalModelStorage(tmp_path), Resource("emotion"), CONTEXT)
    assert emotion(old, "you bunch of thieves") == {"name": "anger", "score": 0.75, "reasons": ["insult"]}


def test_a_wrong_word_in_the_data_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="emotion: furious"):
        EmotionReader.create({}, LocalModelStorage(tmp_path), Resource("emotion"), CONTEXT).train(
            TrainingData(prepared(example("hello", emotion="furious")))
        )
