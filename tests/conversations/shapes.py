"""What may stand behind the name of a step: a slip here is told when the file is read, not when the check passes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from core.settings import ROOT
from desk.cases import Priority, Reason, Status
from desk.settlement import Settled

LANGUAGES = ("en", "es", "fr", "de", "zh-Hans")
# Of a case: compared as a whole, and those of which a part is enough.
CASE_FACTS = ("number", "reason", "priority", "status", "language", "order_number")
CASE_PARTS = ("reasons", "summary", "facts", "tried")
_CASE_WORDS = {"reason": Reason, "priority": Priority, "status": Status}


@dataclass(frozen=True)
class Shape:
    """A kind of value: how it is called in an error, and whether a value is one."""

    called: str
    fits: Callable[[Any], bool]


@lru_cache(maxsize=1)
def _domain() -> dict[str, set[str]]:
    content = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    # Every form of Rasa asks by `requested_slot`.
    names = {"slots": {*content["slots"], "requested_slot"}, "replies": set(content["responses"])}
    return names | {"intents": {i if isinstance(i, str) else next(iter(i)) for i in content["intents"]}}


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _is_said(value: Any) -> bool:
    if isinstance(value, dict):
        return set(value) == {"repeat", "times"} and _is_text(value["repeat"]) and isinstance(value["times"], int)
    return isinstance(value, str)


def _are_slots(value: Any) -> bool:
    if not isinstance(value, list) or not value:
        return False
    names = [name for item in value for name in (item if isinstance(item, dict) else [item])]
    return all(name in _domain()["slots"] for name in names)


def _is_mapping(value: Any, known: Callable[[str], bool]) -> bool:
    return isinstance(value, dict) and bool(value) and all(known(str(key)) for key in value)


def _is_case(value: Any) -> bool:
    if value == "none":
        return True
    if not _is_mapping(value, lambda key: key in (*CASE_FACTS, *CASE_PARTS)):
        return False
    return all(value[name] in list(words) for name, words in _CASE_WORDS.items() if name in value)


def _is_order(value: Any) -> bool:
    return isinstance(value, dict) and _is_text(value.get("number")) and len(value) > 1


def _is_act(value: Any) -> bool:
    if not isinstance(value, dict) or not all(map(_is_text, value.values())):
        return False
    if "hands_back" in value:
        return _is_hand_back(value)
    return len(value) == 1 and set(value) <= {"takes_over", "says"}


def _is_hand_back(value: dict[str, str]) -> bool:
    if not set(value) <= {"hands_back", "settled", "until"} or ("until" in value and "settled" not in value):
        return False
    return value.get("settled", Settled.NOTHING) in list(Settled)


SAID = Shape("a text in quotes, or {repeat: a text, times: a number}", _is_said)
TEXT = Shape("a text in quotes", _is_text)
TEXTS = Shape(
    "a text in quotes, or a list of them",
    lambda value: _is_text(value) or (isinstance(value, list) and bool(value) and all(map(_is_text, value))),
)
REPLY = Shape("the name of a reply in domain.yml", lambda value: value in _domain()["replies"])
INTENT = Shape("the name of an intent in domain.yml", lambda value: value in _domain()["intents"])
SLOTS = Shape("a list of slots of domain.yml, each with a value or without", _are_slots)
LANGUAGE = Shape(f"one of {', '.join(LANGUAGES)}", lambda value: value in LANGUAGES)
NUMBER = Shape("a number", lambda value: isinstance(value, int) and not isinstance(value, bool))
YES = Shape("true", lambda value: value is True)
SYSTEM = Shape("orders, parcels, catalogue or none", lambda value: value in ("orders", "parcels", "catalogue", "none"))
ACT = Shape(
    "one of takes_over, says, hands_back with a text; beside hands_back also settled, one of "
    f"{', '.join(Settled)}, and until, a day in quotes",
    _is_act,
)
CASE = Shape(f"none, or some of {', '.join((*CASE_FACTS, *CASE_PARTS))} with values the desk knows", _is_case)
CARD = Shape(
    "some of title, subtitle, status, fields, items, link with a text",
    lambda value: _is_mapping(value, ("title", "subtitle", "status", "fields", "items", "link").__contains__),
)
ORDER = Shape("number: an order number in quotes, and what is to hold of it", _is_order)
