"""A YAML file of the handbook that remembers the line of every key, for error messages a person can act on."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from commerce.errors import HandbookError


class RuleFile:
    """A file, read; `data` is what it holds.

    Raises:
        HandbookError: it is missing, no YAML, or a value in it cannot be; the message names file, line and reason.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines: dict[tuple[Any, ...], int] = {}
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise HandbookError(path, 1, "the file is missing") from None
        except UnicodeDecodeError:
            raise HandbookError(path, 1, "the file is not UTF-8 text") from None
        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            raise _not_yaml(path, text, error) from None
        if node is None:
            raise HandbookError(path, 1, "the file is empty")
        self._walk(node, ())
        try:
            self.data: Any = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise _not_yaml(path, text, error) from None

    def line(self, where: tuple[Any, ...]) -> int:
        """Return the line of a key, or of the nearest thing around it."""
        while where and where not in self._lines:
            where = where[:-1]
        return self._lines.get(where, 1)

    def checked[R: BaseModel](self, model: type[R], where: tuple[Any, ...], base: dict[str, Any]) -> R:
        """Return the rule at a place of the file, completed from `base`, or say what is wrong and where."""
        data = self.data
        for key in where:
            data = data[key]
        if not isinstance(data, dict):
            raise HandbookError(self.path, self.line(where), "this must be a mapping of names to values")
        for own in ("source", "date"):
            if own not in data:
                raise HandbookError(self.path, self.line(where), f"{'/'.join(where) or 'the file'} has no {own!r}")
        try:
            return model(**{**base, **data})
        except ValidationError as error:
            # A misspelt name says more than the name that is missing because of it.
            first = min(error.errors(), key=lambda e: e["type"] != "extra_forbidden")
            name = ".".join(str(part) for part in first["loc"])
            reason = f"{name}: {first['msg']}" if name else first["msg"]
            raise HandbookError(self.path, self.line((*where, *first["loc"])), reason) from None

    def _walk(self, node: yaml.Node, where: tuple[Any, ...]) -> None:
        self._lines.setdefault(where, _line(node))
        for key, key_node, child in self._children(node):
            if (*where, key) in self._lines:
                raise HandbookError(self.path, _line(key_node), f"{key!r} is there twice")
            self._lines[(*where, key)] = _line(key_node)
            self._walk(child, (*where, key))

    def _children(self, node: yaml.Node) -> Iterator[tuple[Any, yaml.Node, yaml.Node]]:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                yield self._scalar(key), key, value
        elif isinstance(node, yaml.SequenceNode):
            for index, value in enumerate(node.value):
                yield index, value, value
        else:
            self._scalar(node)

    def _scalar(self, node: yaml.Node) -> Hashable:
        """What YAML reads: NO without quotes is False, 2026-13-01 is a date that cannot be."""
        if not isinstance(node, yaml.ScalarNode):
            raise HandbookError(self.path, _line(node), "a name must be a word, not a list or a mapping")
        try:
            value: Hashable = yaml.constructor.SafeConstructor().construct_object(node)
        except (ValueError, yaml.YAMLError) as error:
            reason = error.problem if isinstance(error, yaml.MarkedYAMLError) else error
            raise HandbookError(self.path, _line(node), f"{node.value!r} cannot be read: {reason}") from None
        return value


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _not_yaml(path: Path, text: str, error: yaml.YAMLError) -> HandbookError:
    if isinstance(error, yaml.MarkedYAMLError):
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return HandbookError(path, line, f"not YAML: {error.problem}")
    # A sign that no YAML file may hold: the error counts signs, not lines.
    line = text.count("\n", 0, getattr(error, "position", 0)) + 1
    return HandbookError(path, line, f"not YAML: {getattr(error, 'reason', error)}")
