"""E5's layers as ONNX operators (https://onnx.ai/onnx/operators/, version 17): BERT's encoder over one text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import ModelProto, TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from assistant.nlu.encoders.e5_weights import E5Weights

_INPUT, _OUTPUT = "input", "output"


def lower_graph(weights: E5Weights, layers: int) -> ModelProto:
    """Return the model of the first layers: from the vectors of a text's pieces (pieces × hidden) to what comes out."""
    graph = _Graph(weights)
    return graph.model(graph.through(graph.begun(), range(layers)), ["pieces", weights.hidden])


def upper_graph(weights: E5Weights, layers: int) -> ModelProto:
    """Return the model of the layers after those: from what came out to the text's vector, of length 1."""
    graph = _Graph(weights)
    return graph.model(graph.ended(graph.through(_INPUT, range(layers, weights.layers))), [weights.hidden])


def write_model(model: ModelProto, path: Path) -> None:
    """Write a model with whole bytes, of each column on a scale of its own: three times as exact as with one scale."""
    whole = path.with_suffix(".whole")
    onnx.save(model, str(whole))
    quantize_dynamic(whole, path, weight_type=QuantType.QInt8, per_channel=True)
    whole.unlink()


class _Graph:
    def __init__(self, weights: E5Weights) -> None:
        self._weights, self._hidden, self._heads = weights, weights.hidden, weights.heads
        self._nodes: list[Any] = []
        self._constants: dict[str, Any] = {}

    def model(self, output: str, shape: list[str | int]) -> ModelProto:
        """Return all that was added, as a model with this output."""
        self._nodes.append(helper.make_node("Identity", [output], [_OUTPUT]))
        given = helper.make_tensor_value_info(_INPUT, TensorProto.FLOAT, ["pieces", self._hidden])
        told = helper.make_tensor_value_info(_OUTPUT, TensorProto.FLOAT, shape)
        graph = helper.make_graph(self._nodes, "e5", [given], [told], list(self._constants.values()))
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)

    def begun(self) -> str:
        """Add the step below the layers: to each piece its place."""
        places = self._constant("places", self._weights.places())
        length = self._do("Shape", _INPUT, start=0, end=1)
        placed = self._do("Slice", places, self._integers(0), length, self._integers(0), self._integers(1))
        return self._normalised("emb.ln", self._do("Add", _INPUT, placed))

    def ended(self, state: str) -> str:
        """Add the step above the layers: the mean of all pieces, of length 1."""
        mean = self._do("ReduceMean", state, axes=[0], keepdims=0)
        return self._do("Div", mean, self._do("ReduceL2", mean, axes=[0], keepdims=1))

    def through(self, state: str, layers: range) -> str:
        """Add layers."""
        for number in layers:
            state = self._layer(f"l{number}", state)
        return state

    def _layer(self, name: str, state: str) -> str:
        """Attention, then two dense steps, each added to what came in and normalised."""
        hidden = self._hidden
        attention = self._linear(f"{name}.ao", self._attention(name, state), hidden, hidden)
        state = self._normalised(f"{name}.aln", self._do("Add", state, attention))
        inner = self._gelu(self._linear(f"{name}.fi", state, 4 * hidden, hidden))
        outer = self._linear(f"{name}.fo", inner, hidden, 4 * hidden)
        return self._normalised(f"{name}.oln", self._do("Add", state, outer))

    def _attention(self, name: str, state: str) -> str:
        hidden, heads = self._hidden, self._heads
        matrices = [self._weights.tensor(f"{name}.{part}.w", hidden, hidden) for part in "qkv"]
        biases = [self._weights.tensor(f"{name}.{part}.b", hidden) for part in "qkv"]
        # What the likeness of two pieces is divided by stands in the query's weights already.
        matrices[0], biases[0] = (array * (hidden // heads) ** -0.5 for array in (matrices[0], biases[0]))
        together = self._dense(state, np.vstack(matrices), np.hstack(biases))
        parted = self._do("Reshape", together, self._integers(0, 3, heads, hidden // heads))
        query, key, value = (
            self._do("Squeeze", part, self._integers(1)) for part in self._split(parted, parts=3, axis=1)
        )
        alike = self._do(
            "MatMul",
            self._do("Transpose", query, perm=[1, 0, 2]),
            self._do("Transpose", key, perm=[1, 2, 0]),
        )
        mixed = self._do("MatMul", self._do("Softmax", alike, axis=-1), self._do("Transpose", value, perm=[1, 0, 2]))
        return self._do("Reshape", self._do("Transpose", mixed, perm=[1, 0, 2]), self._integers(0, hidden))

    def _linear(self, name: str, state: str, size: int, inputs: int) -> str:
        return self._dense(
            state, self._weights.tensor(f"{name}.w", size, inputs), self._weights.tensor(f"{name}.b", size)
        )

    def _dense(self, state: str, matrix: np.ndarray, bias: np.ndarray) -> str:
        product = self._do("MatMul", state, self._constant(self._new("matrix"), matrix.T))
        return self._do("Add", product, self._constant(self._new("bias"), bias))

    def _normalised(self, name: str, state: str) -> str:
        scale, shift = (
            self._constant(self._new(name), self._weights.tensor(f"{name}.{end}", self._hidden)) for end in ("w", "b")
        )
        return self._do("LayerNormalization", state, scale, shift, axis=-1, epsilon=self._weights.epsilon)

    def _gelu(self, state: str) -> str:
        bent = self._do("Erf", self._do("Mul", state, self._number(0.5**0.5)))
        half = self._do("Mul", state, self._number(0.5))
        return self._do("Mul", half, self._do("Add", bent, self._number(1.0)))

    def _split(self, state: str, parts: int, axis: int) -> list[str]:
        outputs = [self._new("part") + str(part) for part in range(parts)]
        self._nodes.append(helper.make_node("Split", [state], outputs, axis=axis))
        return outputs

    def _do(self, operator: str, *inputs: str, **attributes: Any) -> str:
        output = self._new(operator.lower())
        self._nodes.append(helper.make_node(operator, list(inputs), [output], **attributes))
        return output

    def _new(self, kind: str) -> str:
        return f"{kind}.{len(self._nodes)}.{len(self._constants)}"

    def _number(self, value: float) -> str:
        return self._constant(f"number.{value}", np.array(value, dtype=np.float32))

    def _integers(self, *values: int) -> str:
        return self._constant("integers." + ".".join(map(str, values)), np.array(values))

    def _constant(self, name: str, array: np.ndarray) -> str:
        self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name
