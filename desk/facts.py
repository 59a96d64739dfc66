"""The facts of a case, plain JSON that actions make, and how those of a further escalation are added."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def added(older: Mapping[str, Any], newer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of both: a second order, parcel or claim stands beside the first, a newer state replaces it."""
    return {**older, **{key: _both(older[key], value) if key in older else value for key, value in newer.items()}}


def things(facts: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """Return the things of a kind ("claim") that the facts hold; several stand in a list."""
    return [thing for thing in _things(facts.get(key)) if isinstance(thing, Mapping)]


def _both(older: Any, newer: Any) -> Any:
    """One fact twice: things are told apart by their number; of two plain values the newer counts."""
    things = [*_things(older), *_things(newer)]
    if not things:
        return newer
    latest: dict[str, Any] = {_name(thing): thing for thing in things}
    both = list(latest.values())
    return both if isinstance(older, list) or isinstance(newer, list) or len(both) > 1 else both[0]


def _things(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if isinstance(value, Mapping) else []


def _name(thing: Any) -> str:
    numbered = thing if isinstance(thing, Mapping) else {}
    return str(numbered.get("number") or numbered.get("tracking_number") or thing)
