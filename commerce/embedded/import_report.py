"""What an import did: how much was kept, and which parts of the file were not, with line and reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


class FileError(Exception):
    """The whole file cannot be read; the message says why and what to do."""


class RecordError(Exception):
    """One order, product or customer of the file cannot be read. `line` is where, counted from 1."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line, self.reason = line, reason


@dataclass(frozen=True, slots=True)
class Problem:
    """Something of the file that was not imported."""

    line: int
    what: str  # "order #1042"
    reason: str


@dataclass(slots=True)
class Report:
    """The outcome of one import. `kept` and `replaced` count by noun ("order"); a replaced one was there before."""

    file_kind: str
    kept: Counter[str] = field(default_factory=Counter)
    replaced: Counter[str] = field(default_factory=Counter)
    noted: Counter[str] = field(default_factory=Counter)  # "drafts left out": 3
    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def add(self, noun: str, *, replaced: bool) -> None:
        """Count one that was written."""
        self.kept[noun] += 1
        self.replaced[noun] += replaced

    @property
    def nothing_imported(self) -> bool:
        """Whether the file brought nothing at all."""
        return not self.kept

    def text(self, file_name: str) -> str:
        """Return the summary that a person reads."""
        lines = [f"{file_name}: {self.file_kind}"]
        for noun, count in self.kept.items():
            new, old = count - self.replaced[noun], self.replaced[noun]
            lines.append(f"  imported: {_count(count, noun)} ({new} new, {old} updated)")
        lines += [f"  {count} {what}" for what, count in self.noted.items()]
        lines += [f"  {remark}" for remark in self.remarks]
        if self.problems:
            lines.append(f"  not imported: {len(self.problems)}")
            by_line = sorted(self.problems, key=lambda p: p.line)
            lines += [f"    line {p.line}, {p.what}: {p.reason}" for p in by_line]
        if self.nothing_imported:
            lines.append("  Nothing was imported.")
        return "\n".join(lines) + "\n"


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
