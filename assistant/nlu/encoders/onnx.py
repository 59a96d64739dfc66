"""Any sentence encoder in the form in which sentence-transformers exports one: an ONNX model and its tokenizer.

A folder holds `tokenizer.json` and the model (`onnx/model.onnx` or `model.onnx`); beside them may stand
`1_Pooling/config.json` (mean of the words or the first one) and `config_sentence_transformers.json` (the words put
before a text, "query: " for E5). https://sbert.net/docs/sentence_transformer/usage/efficiency.html
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from assistant.nlu.encoders.encoder import EncoderNotFound

# A quantised model is smaller and faster, and hardly less exact: taken when it is there.
_MODELS = (
    "onnx/model_quantized.onnx",
    "onnx/model_qint8_avx512_vnni.onnx",
    "onnx/model.onnx",
    "model_quantized.onnx",
    "model.onnx",
)
# One text at a time: a quantised model rounds by the largest number of the whole batch, so that a text would have
# another vector in other company, and training would depend on the order of the examples.
_LONGEST = 256
# Many texts are read by two at once, each on a core of its own: sharing one text between cores takes longer.
_READERS = 2


class OnnxEncoder:
    """Runs an ONNX model on the CPU.

    Args:
        folder: where the model is.

    Raises:
        EncoderNotFound: the folder holds no model, or no tokenizer.
    """

    def __init__(self, folder: Path) -> None:
        self._tokenizer = _tokenizer(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(_model(folder)), options, ["CPUExecutionProvider"])
        self._inputs = {node.name for node in self._session.get_inputs()}
        outputs = [node.name for node in self._session.get_outputs()]
        self._output = "sentence_embedding" if "sentence_embedding" in outputs else outputs[0]
        self._first_token = bool(_json(folder / "1_Pooling" / "config.json").get("pooling_mode_cls_token"))
        self._prefix = _prefix(folder)

    def encode(self, texts: list[str]) -> np.ndarray:
        """Return one row of float32 per text, each of length 1."""
        read = self._tokenizer.encode_batch([self._prefix + text for text in texts])
        if len(read) == 1:
            return self._run(read[0].ids)
        with ThreadPoolExecutor(_READERS) as readers:
            return np.vstack(list(readers.map(self._run, [encoding.ids for encoding in read])))

    def _run(self, tokens: list[int]) -> np.ndarray:
        ids = np.array([tokens], dtype=np.int64)
        mask = np.ones_like(ids)
        known = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        given = {name: array for name, array in known.items() if name in self._inputs}
        output = np.asarray(self._session.run([self._output], given)[0], dtype=np.float32)
        vectors = output if output.ndim == 2 else self._pooled(output)
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)

    def _pooled(self, output: np.ndarray) -> np.ndarray:
        return np.asarray(output[:, 0] if self._first_token else output.mean(axis=1))


def _tokenizer(folder: Path) -> Tokenizer:
    path = folder / "tokenizer.json"
    if not path.is_file():
        raise EncoderNotFound(f"The encoder in {folder} has no tokenizer.json: export it with sentence-transformers.")
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(_LONGEST)
    return tokenizer


def _model(folder: Path) -> Path:
    found = next((folder / name for name in _MODELS if (folder / name).is_file()), None)
    if found is None:
        raise EncoderNotFound(
            f"The encoder in {folder} has no ONNX model ({', '.join(_MODELS)}): export it with "
            'SentenceTransformer(…, backend="onnx").'
        )
    return found


def _json(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def _prefix(folder: Path) -> str:
    config = _json(folder / "config_sentence_transformers.json")
    prompts = config.get("prompts") or {}
    return str(prompts.get(config.get("default_prompt_name") or "query") or "")
