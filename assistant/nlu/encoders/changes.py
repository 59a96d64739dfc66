"""What the encoder has learnt of shops' messages: small changes of its weights, in a small file.

A matrix changes along few directions: kept are the most important ones, as two thin matrices whose product is the
change (https://arxiv.org/abs/2106.09685 learns such; here they are taken from what was learnt freely). Written by
`make tune-encoder`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

CHANGES = Path(__file__).with_name("e5-tuned.npz")
_DOWN, _UP, _ABOUT = ".down", ".up", "about"


def write_changes(path: Path, changes: Mapping[str, np.ndarray], directions: int, about: Mapping[str, Any]) -> None:
    """Write what is added to the tensors of these names.

    Args:
        path: where to. changes: by the names of E5's file.
        directions: how many are kept of a matrix. about: what it was learnt from, for people.
    """
    arrays: dict[str, np.ndarray] = {_ABOUT: np.array(json.dumps(about))}
    for name, change in changes.items():
        if change.ndim == 1:
            arrays[name] = change.astype(np.float16)
            continue
        up, strength, down = np.linalg.svd(change, full_matrices=False)
        spread = np.sqrt(strength[:directions])
        arrays[name + _UP] = (up[:, :directions] * spread).astype(np.float16)
        arrays[name + _DOWN] = (down[:directions] * spread[:, np.newaxis]).astype(np.float16)
    np.savez_compressed(path, **arrays)


def read_changes(path: Path = CHANGES) -> dict[str, np.ndarray]:
    """Return what is added to each tensor, as float32."""
    with np.load(path, allow_pickle=False) as stored:
        arrays = {name: stored[name].astype(np.float32) for name in stored.files if name != _ABOUT}
    changes = {name: array for name, array in arrays.items() if not name.endswith((_UP, _DOWN))}
    for name, up in arrays.items():
        if name.endswith(_UP):
            plain = name.removesuffix(_UP)
            changes[plain] = up @ arrays[plain + _DOWN]
    return changes


def about_changes(path: Path = CHANGES) -> dict[str, Any]:
    """Return what the changes were learnt from."""
    with np.load(path, allow_pickle=False) as stored:
        return dict(json.loads(str(stored[_ABOUT])))
