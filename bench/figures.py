"""Figures of a run: percentiles of what was measured, and two ways of doing the same in one small table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """What was measured (seconds), our way and the other way."""

    name: str
    ours: Sequence[float]
    other: Sequence[float]


def percentile(seconds: Sequence[float], share: float) -> float:
    """Return the measured value that at least this share (0 to 1) of all do not exceed. Raises ValueError."""
    if not seconds:
        raise ValueError("nothing was measured")
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def table(ours: str, other: str, rows: Sequence[Row]) -> str:
    """Return a table of p50 and p95 in milliseconds, and the other way's time as a multiple of ours."""
    lines = [f"{'':<34}{'':>6}{ours:>16}{other:>16}{'ratio':>9}"]
    for row in rows:
        for label, share in (("p50", 0.5), ("p95", 0.95)):
            a, b = percentile(row.ours, share), percentile(row.other, share)
            name = f"{row.name} (n={len(row.ours)})" if label == "p50" else ""
            lines.append(f"{name:<34}{label:>6}{a * 1000:>13.0f} ms{b * 1000:>13.0f} ms{b / a:>8.1f}x")
    return "\n".join(lines)
