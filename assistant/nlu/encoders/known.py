"""Vectors of training examples, remembered from one training to the next: encoding is the longest part of it."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

_FOLDER = Path(__file__).resolve().parents[3] / "models" / "encoders"
_BATCH = 512


def known_vectors(name: str, texts: list[str], encode: Callable[[list[str]], np.ndarray]) -> np.ndarray:
    """Return one row of float32 per text, encoding only those not remembered; then remember just these texts.

    Args:
        name: of the encoder; what it is remembered under.
        texts: of all training examples.
        encode: gives the vectors of some texts.
    """
    path = _FOLDER / f"vectors-{hashlib.sha256(name.encode()).hexdigest()[:12]}.npz"
    keys = [_key(text) for text in texts]
    known = _read(path)
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    for start in range(0, len(missing), _BATCH):
        batch = list(missing.items())[start : start + _BATCH]
        # Rounded as it will be remembered: the second training gives the same model as the first.
        vectors = encode([text for _, text in batch]).astype(np.float16)
        known.update(zip([key for key, _ in batch], vectors, strict=True))
    rows = np.vstack([known[key] for key in keys])
    if missing:
        _write(path, keys, rows)
    return rows.astype(np.float32)


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


def _read(path: Path) -> dict[bytes, np.ndarray]:
    try:
        with np.load(path, allow_pickle=False) as stored:
            keys, rows = stored["keys"], stored["rows"]
    except (OSError, ValueError, KeyError):  # there is none yet, or it was broken off
        return {}
    return {key.tobytes(): row for key, row in zip(keys, rows, strict=True)}


def _write(path: Path, keys: list[bytes], rows: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".npz", delete=False) as file:
        np.savez(file, keys=np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(-1, 16), rows=rows)
    Path(file.name).replace(path)
