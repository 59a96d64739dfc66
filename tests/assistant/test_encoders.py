"""A stronger encoder by its path: a small one is made here, in the form in which sentence-transformers exports them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers

from assistant.nlu.encoders.encoder import EncoderNotFound, open_encoder
from assistant.nlu.encoders.known import known_vectors
from assistant.nlu.vectors import SentenceVectors, encoder_names

WORDS = {"[UNK]": 0, "query:": 1, "parcel": 2, "colis": 3, "refund": 4}
MEANINGS = np.array([[0, 0, 1], [0, 0, 0], [1, 0, 0], [1, 0, 0], [0, 1, 0]], dtype=np.float32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An encoder of five words; each means one thing."""
    graph = helper.make_graph(
        [helper.make_node("Gather", ["meanings", "input_ids"], ["last_hidden_state"])],
        "tiny",
        [
            helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["texts", "tokens"]),
            helper.make_tensor_value_info("attention_mask", TensorProto.INT64, ["texts", "tokens"]),
        ],
        [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["texts", "tokens", 3])],
        [numpy_helper.from_array(MEANINGS, "meanings")],
    )
    (tmp_path / "onnx").mkdir()
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, str(tmp_path / "onnx" / "model.onnx"))
    tokenizer = Tokenizer(models.WordLevel(WORDS, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    return tmp_path


def test_words_are_averaged_and_padding_counts_for_nothing(folder: Path) -> None:
    parcel, both, colis = open_encoder(str(folder)).encode(["parcel", "parcel refund refund", "colis"])
    np.testing.assert_allclose(parcel, [1, 0, 0], atol=1e-6)
    np.testing.assert_allclose(both, np.array([1, 2, 0]) / np.sqrt(5), atol=1e-6)
    assert parcel @ colis == pytest.approx(1)


def test_the_first_word_stands_for_all_where_the_folder_says_so(folder: Path) -> None:
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(json.dumps({"pooling_mode_cls_token": True}), encoding="utf-8")
    np.testing.assert_allclose(open_encoder(f"{folder}/").encode(["refund parcel parcel"]), [[0, 1, 0]], atol=1e-6)


def test_the_words_before_a_text_come_from_the_folder(folder: Path) -> None:
    config = {"prompts": {"query": "refund "}}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(config), encoding="utf-8")
    vector = open_encoder(f"{folder}//").encode(["parcel"])[0]
    np.testing.assert_allclose(vector, np.array([1, 1, 0]) / np.sqrt(2), atol=1e-6)


def test_the_setting_joins_encoders(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUAYSIDE_ENCODERS", f"use, {folder}")
    assert encoder_names({"encoders": ["use", "e5"]}) == ["use", str(folder)]
    assert SentenceVectors({}, "vectors").vectors(["parcel", ""]).shape == (2, 1024 + 3)


@pytest.mark.parametrize("missing", ["tokenizer.json", "onnx/model.onnx"])
def test_what_is_missing_is_said(folder: Path, missing: str) -> None:
    (folder / missing).unlink()
    with pytest.raises(EncoderNotFound, match=missing.rsplit("/", maxsplit=1)[-1]):
        open_encoder(f"{folder}/./")


def test_a_name_that_cannot_be_fetched_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(EncoderNotFound, match="QUAYSIDE_ENCODERS"):
        open_encoder("nobody/has-this-encoder")


def test_vectors_of_training_are_remembered(tmp_path: Path) -> None:
    encoded: list[str] = []

    def encode(texts: list[str]) -> np.ndarray:
        encoded.extend(texts)
        return np.array([[len(text), 0.1] for text in texts], dtype=np.float32)

    first = known_vectors("tiny", ["one", "three", "one"], encode, tmp_path)
    again = known_vectors("tiny", ["three", "four"], encode, tmp_path)
    assert encoded == ["one", "three", "four"]
    np.testing.assert_array_equal(first[1], again[0])
    next(tmp_path.glob("*.npz")).write_bytes(b"broken off")
    np.testing.assert_array_equal(known_vectors("tiny", ["one"], encode, tmp_path), first[:1])
