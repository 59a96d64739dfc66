"""What the check refuses: one sentence with its place, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: its kind, where it is, and a sentence on what to do."""

    kind: str
    place: str
    advice: str


def shown(findings: Iterable[Finding], limit: int) -> Iterator[str]:
    """Give the lines to print: grouped by kind in the order found, each kind cut at a limit (0: none)."""
    for kind, group in groupby(sorted(findings, key=lambda finding: finding.kind), lambda finding: finding.kind):
        found = list(group)
        yield f"{kind}: {len(found)}"
        cut = found[:limit] if limit else found
        yield from (f"  {finding.place}: {finding.advice}" for finding in cut)
        if len(cut) < len(found):
            yield f"  … and {len(found) - len(cut)} more (--limit 0 shows all)"
