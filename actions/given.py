"""What a message gives: order numbers and contacts, with corrections understood."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from actions.turn import CONTACT_ENTITIES, Turn

# Contacts of earlier messages are taken up again within this time only: later somebody else may sit there.
_CONTACT_MEMORY_SECONDS = 3600.0


@dataclass(frozen=True)
class Given:
    """Order numbers (those meant, in the order of the text) and contacts of a message.

    `corrects` is a contact that may as well be the order number again, corrected: a bare "1043" after "1042", given
    when a contact was asked for. `side_by_side` marks two numbers without a word between them, "1031, 8004": the second
    may be the postcode that goes with the first.
    """

    orders: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    corrects: str | None = None
    side_by_side: bool = False

    def __bool__(self) -> bool:
        return bool(self.orders or self.contacts)


def read(turn: Turn) -> Given:
    """Return what the message gives."""
    orders = _meant(turn)
    contacts = tuple(str(e["value"]) for e in turn.entities(*CONTACT_ENTITIES) if str(e["value"]) not in orders)
    held = turn.slot("order_number")
    if held and not orders:
        return _read_again(turn, contacts, str(held))
    if len(orders) == 2 and not contacts and _stand_side_by_side(turn):
        return Given(orders, (orders[1],), side_by_side=True)
    return Given(orders, contacts)


def _stand_side_by_side(turn: Turn) -> bool:
    """Whether only a sign stands between the two order numbers; with a word between them ("and") both are meant."""
    first, second = turn.entities("order_number")[:2]
    between = turn.text[first.get("end") or 0 : second.get("start") or 0]
    return bool(re.fullmatch(r"[\s,;:./-]+", between))


def _read_again(turn: Turn, contacts: tuple[str, ...], held: str) -> Given:
    """Where a contact was asked for, any number is taken for a postcode; some of them correct the order number."""
    alike = [e for e in turn.entities("postcode") if str(e["value"]).isdigit() and len(e["value"]) == len(held)]
    if not alike or _words().postcode.search(turn.text.lower()):
        return Given(contacts=contacts)
    another = any(e["value"] == held for e in alike) or turn.entities("email", "phone")
    if another or _words().takes_back.match(turn.text.lower()):
        others = [e for e in alike if e["value"] != held]
        meant = [str(e["value"]) for e in others if len(others) == 1 or not _denied(turn, e)]
        if meant:
            return Given(tuple(meant), tuple(c for c in contacts if c not in {str(e["value"]) for e in alike}))
    contacts = tuple(c for c in contacts if c != held)  # the order number once more is no contact
    bare = turn.text.strip()
    return Given(contacts=contacts, corrects=bare if _one_slip_apart(bare, held) else None)


def _one_slip_apart(one: str, other: str) -> bool:
    """Whether two numbers of the same length differ by one digit, or by two neighbours changed over."""
    if not one.isdigit() or len(one) != len(other):
        return False
    wrong = [i for i in range(len(one)) if one[i] != other[i]]
    if len(wrong) == 2 and wrong[1] - wrong[0] == 1:
        return one[wrong[0]] == other[wrong[1]] and one[wrong[1]] == other[wrong[0]]
    return len(wrong) == 1


def earlier_contacts(turn: Turn) -> tuple[str, ...]:
    """Return the contacts last given in this conversation within the hour, to try with a corrected order number."""
    for events in turn.earlier_turns():
        message = events[0]
        if turn.seconds_since(message) > _CONTACT_MEMORY_SECONDS:
            return ()
        entities = (message.get("parse_data") or {}).get("entities") or []
        found = tuple(str(e["value"]) for e in entities if e.get("entity") in CONTACT_ENTITIES and e.get("value"))
        if found:
            return found
    return ()


def earlier_order(turn: Turn) -> str | None:
    """Return the order number last mentioned in an earlier message, such as in a question about returns."""
    for events in turn.earlier_turns():
        entities = (events[0].get("parse_data") or {}).get("entities") or []
        for entity in reversed(entities):
            if entity.get("entity") == "order_number" and entity.get("value"):
                return str(entity["value"])
    return None


def _meant(turn: Turn) -> tuple[str, ...]:
    """The order numbers that are meant: of "1043, not 1042" only the first."""
    entities = turn.entities("order_number")
    if len(entities) > 1:
        entities = [e for e in entities if not _denied(turn, e)] or entities
    return tuple(str(entity["value"]) for entity in entities)


def _denied(turn: Turn, entity: dict[str, Any]) -> bool:
    return _words().not_this_one.search(turn.text[: entity.get("start") or 0].lower()) is not None


@dataclass(frozen=True)
class _Words:
    """The words of corrections.yml, as patterns over small letters."""

    not_this_one: re.Pattern[str]
    takes_back: re.Pattern[str]
    postcode: re.Pattern[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    data = yaml.safe_load((Path(__file__).parent / "corrections.yml").read_text(encoding="utf-8"))
    between = _any_of(data["between"], borders=False)
    return _Words(
        re.compile(rf"(?:{_any_of(_all(data['not_this_one']))})\s*(?:(?:{between})\s*){{0,2}}$"),
        re.compile(rf"\W*(?:{_any_of(_all(data['takes_back']))})"),
        re.compile(_any_of(data["postcode"])),
    )


def _all(by_language: dict[str, list[str]]) -> list[str]:
    return [word for words in by_language.values() for word in words]


def _any_of(words: list[str], borders: bool = True) -> str:
    """Alternatives, the longest first; words in Latin letters end at their borders, Chinese has none."""
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(rf"(?<!\w){re.escape(w)}(?!\w)" if borders and w[0] < "\u2e80" else re.escape(w) for w in ordered)
