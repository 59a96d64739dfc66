"""What the encoder has learnt of shops' messages: small changes of its weights, in a small file.

Written by `make tune-encoder`. A change is far smaller than the weight that it changes, so that a number of some bits
for each, and a scale for each row of a matrix, say enough: 9 MB instead of 57.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

CHANGES = Path(__file__).with_name("e5-tuned.npz")
LEARNT = "e5-tuned"  # the name of the encoder that has them
_SCALE, _ABOUT = ".scale", "about"
_MOST = 15  # numbers from -15 to 15


def write_changes(path: Path, changes: Mapping[str, np.ndarray], about: Mapping[str, Any]) -> None:
    """Write what is added to the tensors of these names.

    Args:
        path: where to. changes: by the names of E5's file. about: what it was learnt from, for people.
    """
    arrays: dict[str, np.ndarray] = {_ABOUT: np.array(json.dumps(about))}
    for name, change in changes.items():
        if change.ndim == 1:
            arrays[name] = change.astype(np.float16)
            continue
        scale = np.maximum(np.abs(change).max(axis=1, keepdims=True) / _MOST, np.finfo(np.float32).tiny)
        arrays[name] = np.rint(change / scale).astype(np.int8)
        arrays[name + _SCALE] = scale.astype(np.float32)
    np.savez_compressed(path, **arrays)


def read_changes(path: Path = CHANGES) -> dict[str, np.ndarray]:
    """Return what is added to each tensor, as float32."""
    with np.load(path, allow_pickle=False) as stored:
        arrays = {name: stored[name].astype(np.float32) for name in stored.files if name != _ABOUT}
    return {
        name: array * arrays.get(name + _SCALE, np.float32(1.0))
        for name, array in arrays.items()
        if not name.endswith(_SCALE)
    }


def about_changes(path: Path = CHANGES) -> dict[str, Any]:
    """Return what the changes were learnt from."""
    with np.load(path, allow_pickle=False) as stored:
        return dict(json.loads(str(stored[_ABOUT])))
