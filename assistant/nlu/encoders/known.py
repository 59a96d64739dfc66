"""Vectors of many texts, remembered from one time to the next: encoding is the longest part of a training.

A file per encoder in `models/encoders` holds the digests of the texts and their vectors. Its name carries a digest of
our encoders' own files: where they change, all is read anew. It may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from assistant.nlu.encoders.changes import CHANGES, LEARNT

KEPT = Path(__file__).resolve().parents[3] / "models" / "encoders"
_BATCH = 512
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
    path = kept / f"vectors-{''.join(c if c.isalnum() else '-' for c in name)}-{encoders_source(name)[:8]}.npz"
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
    return np.vstack([known[key] for key in keys]).astype(np.float32)


def encoders_source(name: str) -> str:
    """Return a digest of the encoders' own files, and of what was learnt if the encoder of that name has learnt."""
    folder = Path(__file__).parent
    sources = sorted(folder.glob("*.py")) + ([CHANGES] if name == LEARNT and CHANGES.is_file() else [])
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()


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
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".npz", delete=False) as file:
        rows = np.vstack([known[key] for key in keys])
        np.savez(file, keys=np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(-1, 16), rows=rows)
    Path(file.name).replace(path)
