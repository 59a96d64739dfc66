"""A conversation test as its author wrote it: read from YAML, checked for slips, kept with its line numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.conversations.checks import CHECKS

# A step holds exactly one of these, or a check; what they mean stands in README.md.
DOES = ("user", "button", "person", "outage")


class CaseError(ValueError):
    """A test file is not well formed; the message names the file, the line and what to do."""


@dataclass(frozen=True)
class Step:
    """One step: what is done or checked (`kind`), with what (`value`), and where it stands."""

    kind: str
    value: Any
    line: int


@dataclass(frozen=True)
class ConversationCase:
    """One test case with its fixtures and metadata filled in."""

    name: str
    line: int
    steps: tuple[Step, ...]
    slots: dict[str, Any] = field(default_factory=dict)
    outages: tuple[str, ...] = ()
    locale: str | None = None


class _LineLoader(yaml.SafeLoader):
    """Remembers the line of every mapping under the key `__line__`."""


def _mapping(loader: _LineLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    mapping: dict[Any, Any] = loader.construct_mapping(node, deep=True)
    mapping["__line__"] = node.start_mark.line + 1
    return mapping


_LineLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_cases(path: Path) -> list[ConversationCase]:
    """Return the test cases of a file.

    Raises:
        CaseError: the file is not YAML or a case is not well formed.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _LineLoader)
    except yaml.YAMLError as error:
        raise CaseError(f"{path.name} is not YAML: {error}") from error
    if not isinstance(content, dict) or not content.get("test_cases"):
        raise CaseError(f"{path.name}: there is no list 'test_cases'")
    fixtures = _named(path, content.get("fixtures"))
    metadata = _named(path, content.get("metadata"))
    return [_case(path, raw, fixtures, metadata) for raw in content["test_cases"]]


def _without_line(mapping: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in mapping.items() if k != "__line__"}


def _named(path: Path, raw: list[dict[str, Any]] | None) -> dict[str, Any]:
    named: dict[str, Any] = {}
    for item in raw or []:
        pairs = _without_line(item)
        if len(pairs) != 1:
            raise CaseError(f"{path.name}:{item['__line__']}: a fixture or metadata has one name, as in '- name: …'")
        named.update(pairs)
    return named


def _case(path: Path, raw: dict[str, Any], fixtures: dict[str, Any], metadata: dict[str, Any]) -> ConversationCase:
    line = raw.get("__line__", 1)
    where = f"{path.name}:{line}"
    if not raw.get("test_case") or not raw.get("steps"):
        raise CaseError(f"{where}: a case needs a name ('test_case') and 'steps'")
    unknown = set(_without_line(raw)) - {"test_case", "steps", "fixtures", "metadata"}
    if unknown:
        raise CaseError(f"{where}: unknown in a case: {', '.join(sorted(unknown))}")
    slots, outages = _fixtures(where, raw.get("fixtures") or [], fixtures)
    told = raw.get("metadata")
    if told is not None and told not in metadata:
        raise CaseError(f"{where}: there is no metadata '{told}' in this file")
    steps = tuple(_step(path, step) for step in raw["steps"])
    if steps[0].kind in CHECKS:
        raise CaseError(f"{where}: the first step must do something ({', '.join(DOES)})")
    return ConversationCase(
        str(raw["test_case"]), line, steps, slots, outages, (metadata.get(told) or {}).get("locale") if told else None
    )


def _fixtures(where: str, names: list[str], fixtures: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    slots: dict[str, Any] = {}
    outages: list[str] = []
    for name in names:
        if name not in fixtures:
            raise CaseError(f"{where}: there is no fixture '{name}' in this file")
        for item in fixtures[name]:
            for key, value in _without_line(item).items():
                if key == "outage":
                    outages.append(str(value))
                else:
                    slots[key] = value
    return slots, tuple(outages)


def _step(path: Path, raw: Any) -> Step:
    if not isinstance(raw, dict):
        raise CaseError(f"{path.name}: a step is '- kind: value', not {raw!r}")
    line = raw["__line__"]
    pairs = _without_line(raw)
    if len(pairs) != 1:
        raise CaseError(f"{path.name}:{line}: a step does or checks one thing, here are {len(pairs)}")
    kind, value = next(iter(pairs.items()))
    if kind not in DOES and kind not in CHECKS:
        raise CaseError(f"{path.name}:{line}: unknown step '{kind}'; there are {', '.join([*DOES, *CHECKS])}")
    return Step(kind, _plain(value), line)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items() if k != "__line__"}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value
