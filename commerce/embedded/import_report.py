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


_NAMES_SHOWN = 5


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
    noticed: dict[str, list[str]] = field(default_factory=dict)  # "placed in the future": ["#1042", …]

    def add(self, noun: str, *, replaced: bool) -> None:
        """Count one that was written."""
        self.kept[noun] += 1
        self.replaced[noun] += replaced

    def notice(self, what: str, name: str) -> None:
        """Remember something about an order that was kept all the same, to be told with a few of the names."""
        self.noticed.setdefault(what, []).append(name)

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
        lines += [f"  {_count(len(names), 'order')} {what}: {_some(names)}" for what, names in self.noticed.items()]
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


def _some(names: list[str]) -> str:
    more = len(names) - _NAMES_SHOWN
    return ", ".join(names[:_NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")
