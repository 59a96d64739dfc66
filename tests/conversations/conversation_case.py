"""A conversation test as its author wrote it: read from YAML, checked for slips, kept with its line numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.conversations import shapes
from tests.conversations.checks import CHECKS

# A step holds exactly one of these, or a check; what they mean stands in README.md.
DOES = {"user": shapes.SAID, "button": shapes.TEXT, "person": shapes.ACT, "outage": shapes.SYSTEM}
_LINE = "__line__"


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
    """Remembers the line of every mapping under the key `__line__`, and refuses a key that stands there twice."""


def _mapping(loader: _LineLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [key.value for key, _ in node.value]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise yaml.constructor.ConstructorError(None, None, f"'{twice}' stands here twice", node.start_mark)
    mapping: dict[Any, Any] = loader.construct_mapping(node, deep=True)
    mapping[_LINE] = node.start_mark.line + 1
    return mapping


_LineLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_cases(path: Path) -> list[ConversationCase]:
    """Return the test cases of a file.

    Raises:
        CaseError: the file is not YAML or a case is not well formed.
    """
    content = _content(path)
    fixtures = _named(path, content.get("fixtures"))
    metadata = _named(path, content.get("metadata"))
    cases = [_case(path, raw, fixtures, metadata) for raw in content["test_cases"]]
    seen: dict[str, int] = {}
    for case in cases:
        if case.name in seen:
            raise CaseError(f"{path.name}:{case.line}: there is a case '{case.name}' in line {seen[case.name]} already")
        seen[case.name] = case.line
    return cases


def _content(path: Path) -> dict[str, Any]:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _LineLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise CaseError(f"{path.name}:{line}: {error.problem}") from error
    if not isinstance(content, dict) or not isinstance(content.get("test_cases"), list) or not content["test_cases"]:
        raise CaseError(f"{path.name}:1: there is no list 'test_cases'")
    unknown = set(_without_line(content)) - {"fixtures", "metadata", "test_cases"}
    if unknown:
        raise CaseError(f"{path.name}:1: unknown in a file of tests: {', '.join(sorted(unknown))}")
    return content


def _without_line(mapping: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in mapping.items() if k != _LINE}


def _named(path: Path, raw: list[dict[str, Any]] | None) -> dict[str, Any]:
    named: dict[str, Any] = {}
    for item in raw or []:
        pairs = _without_line(item)
        if len(pairs) != 1:
            raise CaseError(f"{path.name}:{item[_LINE]}: a fixture or metadata has one name, as in '- name: …'")
        named.update(pairs)
    return named


def _case(path: Path, raw: Any, fixtures: dict[str, Any], metadata: dict[str, Any]) -> ConversationCase:
    if not isinstance(raw, dict):
        raise CaseError(f"{path.name}:1: a case is '- test_case: its name', not {raw!r}")
    line = raw[_LINE]
    where = f"{path.name}:{line}"
    unknown = set(_without_line(raw)) - {"test_case", "steps", "fixtures", "metadata"}
    if unknown:
        raise CaseError(f"{where}: unknown in a case: {', '.join(sorted(unknown))}")
    if not isinstance(raw.get("test_case"), str) or not isinstance(raw.get("steps"), list) or not raw["steps"]:
        raise CaseError(f"{where}: a case needs a name ('test_case') and a list of 'steps'")
    slots, outages = _fixtures(where, raw.get("fixtures") or [], fixtures)
    steps = tuple(_step(path, step, line) for step in raw["steps"])
    if steps[0].kind in CHECKS:
        raise CaseError(f"{path.name}:{steps[0].line}: the first step must do something ({', '.join(DOES)})")
    locale = _locale(where, raw.get("metadata"), metadata)
    return ConversationCase(raw["test_case"], line, steps, slots, outages, locale)


def _locale(where: str, name: str | None, metadata: dict[str, Any]) -> str | None:
    if name is None:
        return None
    if name not in metadata:
        raise CaseError(f"{where}: there is no metadata '{name}' in this file")
    told = _without_line(metadata[name])
    if set(told) != {"locale"}:
        raise CaseError(f"{where}: metadata '{name}' may tell a locale, as in 'locale: es-ES', and nothing else")
    return str(told["locale"])


def _fixtures(where: str, names: list[str], fixtures: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    slots: dict[str, Any] = {}
    outages: list[str] = []
    for name in names:
        if name not in fixtures:
            raise CaseError(f"{where}: there is no fixture '{name}' in this file")
        for item in fixtures[name]:
            for key, value in _without_line(item).items():
                if key == "outage":
                    _must_fit(where, key, value, shapes.SYSTEM)
                    outages.append(str(value))
                else:
                    _must_fit(where, f"fixture {name}", [key], shapes.SLOTS)
                    slots[key] = value
    return slots, tuple(outages)


def _step(path: Path, raw: Any, line_of_case: int) -> Step:
    if not isinstance(raw, dict):
        raise CaseError(f"{path.name}:{line_of_case}: a step is '- kind: value', not {raw!r}")
    line = raw[_LINE]
    pairs = _without_line(raw)
    if len(pairs) != 1:
        raise CaseError(f"{path.name}:{line}: a step does or checks one thing, here are {len(pairs)}")
    kind, value = next(iter(pairs.items()))
    value = _plain(value)
    if kind in DOES:
        _must_fit(f"{path.name}:{line}", kind, value, DOES[kind])
    elif kind in CHECKS:
        _must_fit(f"{path.name}:{line}", kind, value, CHECKS[kind].takes)
    else:
        raise CaseError(f"{path.name}:{line}: unknown step '{kind}'; there are {', '.join([*DOES, *CHECKS])}")
    return Step(kind, value, line)


def _must_fit(where: str, kind: str, value: Any, shape: shapes.Shape) -> None:
    if not shape.fits(value):
        raise CaseError(f"{where}: '{kind}' takes {shape.called}, not {value!r}")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items() if k != _LINE}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value
