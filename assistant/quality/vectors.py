"""Sentence vectors of many texts, kept in `models/encoders` so that each text is read once.

A file per encoder holds two arrays, the digests of the texts and their vectors. Its name carries a digest of our
encoders' own files: where they change, all is read anew. It may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from assistant.nlu.encoders.encoder import Encoder, open_encoder
from assistant.quality.examples import ROOT

KEPT = ROOT / "models" / "encoders"
_BATCH = 2000
_MOST_ROWS = 250_000  # half a gigabyte for both encoders; the oldest go first


def no_progress(text: str) -> None:
    """Say nothing."""


def joined_vectors(
    texts: Sequence[str],
    encoders: Sequence[str] = ("use", "e5"),
    kept: Path = KEPT,
    progress: Callable[[str], None] = no_progress,
) -> np.ndarray:
    """Return one row per text: the vectors of several encoders side by side, each centred and of length 1.

    Args:
        texts: what to read.
        encoders: the names of the encoders.
        kept: the folder where vectors are kept.
        progress: is told in a few words how far it is.
    """
    parts = [_centred(vectors(texts, name, kept, progress)) for name in encoders]
    return np.hstack(parts) / np.sqrt(len(parts), dtype=np.float32)


def vectors(
    texts: Sequence[str],
    name: str,
    kept: Path = KEPT,
    progress: Callable[[str], None] = no_progress,
    opened: Callable[[str], Encoder] = open_encoder,
) -> np.ndarray:
    """Return one encoder's vector of each text, from its file where it has been read before."""
    path = kept / f"vectors-{_file_name(name)}-{_sources()}.npz"
    known = _read(path)
    digests = [hashlib.sha256(text.encode()).hexdigest()[:24] for text in texts]
    new = {digest: text for digest, text in zip(digests, texts, strict=True) if digest not in known}
    if new:
        known |= _encoded(new, name, progress, opened)
        _write(path, known)
    return np.vstack([known[digest] for digest in digests]).astype(np.float32)


def _encoded(
    new: dict[str, str], name: str, progress: Callable[[str], None], opened: Callable[[str], Encoder]
) -> dict[str, np.ndarray]:
    encoder = opened(name)
    found: dict[str, np.ndarray] = {}
    order = list(new)
    for start in range(0, len(order), _BATCH):
        progress(f"vectors of {name}: {start} of {len(order)} sentences")
        batch = order[start : start + _BATCH]
        rows = encoder.encode([new[digest] for digest in batch]).astype(np.float16)
        found.update(zip(batch, rows, strict=True))
    return found


def _read(path: Path) -> dict[str, np.ndarray]:
    try:
        with np.load(path, allow_pickle=False) as file:
            return dict(zip(file["digests"].tolist(), file["vectors"], strict=True))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):  # not there, or broken off: it is made again
        return {}


def _write(path: Path, known: dict[str, np.ndarray]) -> None:
    """Write beside the place and move in when whole: several processes may do so at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    digests = list(known)[-_MOST_ROWS:]
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".npz", delete=False) as file:
        np.savez(file, digests=np.array(digests), vectors=np.vstack([known[digest] for digest in digests]))
    Path(file.name).replace(path)


def _centred(rows: np.ndarray) -> np.ndarray:
    moved = rows - rows.mean(axis=0)
    return np.asarray(moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def _file_name(name: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in name)


def _sources() -> str:
    folder = ROOT / "assistant" / "nlu" / "encoders"
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(folder.glob("*.py")))).hexdigest()[:8]
