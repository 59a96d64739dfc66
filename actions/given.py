"""What a message gives: order numbers and contacts, with corrections understood."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from actions.needs import SERVED
from actions.turn import CONTACT_ENTITIES, Turn, reply_name
from actions.word_lists import all_words, alternatives
from core.settings import settings

# Contacts of earlier messages are taken up again within this time only: later somebody else may sit there.
_CONTACT_MEMORY_SECONDS = 3600.0


@dataclass(frozen=True)
class Given:
    """Order numbers (those meant, in the order of the text) and contacts of a message.

    `corrects` is one of the contacts that may as well be the order number: a bare "1006" where a contact of #1034 was
    asked for. `instead` says that it is rather that: it is tried so first, and kept when it fits in neither way.
    `side_by_side` marks two numbers without a word between them, "1031, 8004": the second may be the postcode that goes
    with the first.
    """

    orders: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    corrects: str | None = None
    instead: bool = False
    side_by_side: bool = False

    def __bool__(self) -> bool:
        return bool(self.orders or self.contacts)


def read(turn: Turn) -> Given:
    """Return what the message gives."""
    entities = turn.entities("order_number", *CONTACT_ENTITIES)
    waiting = orders_in_question(turn)
    if waiting and not turn.entities("order_number"):
        return _read_again(turn, entities, waiting)
    given = _told_apart(entities, turn.text)
    postcodes = tuple(str(e["value"]) for e in entities if _is_rather_a_postcode(e))
    if given.orders == postcodes and len(postcodes) == 1 and not given.contacts:
        # Said once more, it is the order number after all; so it is in a question, where an order is spoken of.
        in_question = bool(waiting) and turn.intent in SERVED and _has_words_beside(turn.text, entities)
        return given if in_question or postcodes[0] in earlier_contacts(turn) else Given(contacts=postcodes)
    return given


def orders_in_question(turn: Turn) -> list[str]:
    """Return the orders that a contact in the message is for, the one asked about first."""
    if _is_asked_in_passing(turn):
        return list(turn.slot("unproved_orders"))
    number = turn.slot("order_number")
    return [str(number), *(turn.slot("more_orders") or [])] if number else []


def _told_apart(entities: list[dict[str, Any]], text: str) -> Given:
    """Tell orders and postcodes apart, where no order is spoken of yet."""
    found = [e for e in entities if e["entity"] == "order_number"]
    orders = ([e for e in found if not _denied(text, e)] or found) if len(found) > 1 else found
    postcodes = [e for e in orders if _is_rather_a_postcode(e)]
    if len(postcodes) < len(orders):
        orders = [e for e in orders if e not in postcodes]
    else:
        postcodes = []
    numbers = tuple(str(e["value"]) for e in orders)
    given = [e for e in entities if e["entity"] != "order_number" or e in postcodes]
    contacts = tuple(str(e["value"]) for e in given if str(e["value"]) not in numbers)
    if len(orders) == 2 and not contacts and _stand_side_by_side(orders, text):
        numbers = numbers[::-1] if _is_named(orders[1]) and not _is_named(orders[0]) else numbers
        return Given(numbers, (numbers[1],), side_by_side=True)
    return Given(numbers, contacts)


def _is_rather_a_postcode(entity: dict[str, Any]) -> bool:
    """Whether a number that nothing calls an order is of another length than the shop's: "46006" beside "#1042"."""
    if entity["entity"] != "order_number" or _is_named(entity):
        return False
    number, example = str(entity["value"]), settings().order_number_example
    return number.isdigit() and example.isdigit() and len(number) != len(example)


def _is_named(entity: dict[str, Any]) -> bool:
    return bool((entity.get("additional_info") or {}).get("named"))


def _stand_side_by_side(orders: list[dict[str, Any]], text: str) -> bool:
    """Whether only signs, or "order", stand between two numbers; with another word ("and") both orders are meant."""
    between = text[orders[0].get("end") or 0 : orders[1].get("start") or 0].lower()
    if _is_named(orders[1]):
        between = _words().between.sub(" ", between)
    return bool(re.fullmatch(r"[\s,;:./-]+", between))


def _read_again(turn: Turn, entities: list[dict[str, Any]], waiting: list[str]) -> Given:
    """Where a contact was asked for, any number is taken for a postcode; some of them are order numbers."""
    contacts = tuple(str(e["value"]) for e in entities if str(e["value"]) not in waiting)
    lengths = {len(number) for number in waiting}
    postcodes = [e for e in entities if e["entity"] == "postcode" and not _is_named(e)]
    alike = [e for e in postcodes if str(e["value"]).isdigit() and len(e["value"]) in lengths]
    if not alike or _words().postcode.search(turn.text.lower()):
        return Given(contacts=contacts)
    others = tuple(c for c in contacts if c not in {str(e["value"]) for e in alike})
    new = [e for e in alike if e["value"] not in waiting]
    said_again = [e for e in alike if e["value"] in waiting]
    if len(new) > 1 or (new and (_words().takes_back.match(turn.text.lower()) or _any_denied(turn.text, said_again))):
        meant = [e for e in new if len(new) == 1 or not _denied(turn.text, e)]
        numbers = [{**e, "entity": "order_number"} for e in meant]
        return _told_apart([*numbers, *(e for e in entities if e not in alike)], turn.text)
    if said_again and not new and (len(waiting) > 1 or _is_asked_in_passing(turn)):
        return Given(tuple(str(e["value"]) for e in said_again), others)
    if not new:
        return Given(contacts=others)  # the order number once more is no contact
    number = str(new[0]["value"])
    if others and not said_again and _has_words_beside(turn.text, entities):
        return Given((number,), others)  # "status of 9876? ana@example.com"
    # Beside a contact, where the number was asked for, in a question ("where is 1006?"), or one digit apart.
    in_question = bool(others) or _was_asked_for_the_number(turn) or turn.intent in SERVED
    rather = in_question or any(_one_slip_apart(number, order) for order in waiting)
    return Given(contacts=contacts, corrects=number, instead=rather and not said_again)


def _is_asked_in_passing(turn: Turn) -> bool:
    """Whether another contact was asked for of orders that wait, and no form does."""
    return bool(turn.slot("unproved_orders")) and turn.active_form != "identity_form"


def _has_words_beside(text: str, entities: list[dict[str, Any]]) -> bool:
    for entity in entities:
        start, end = entity.get("start") or 0, entity.get("end") or 0
        text = text[:start] + " " * (end - start) + text[end:]
    return re.search(r"[^\W\d_]", text) is not None


def _any_denied(text: str, entities: list[dict[str, Any]]) -> bool:
    return any(_denied(text, entity) for entity in entities)


def _was_asked_for_the_number(turn: Turn) -> bool:
    return "utter_ask_contact_after_mismatch" in map(reply_name, turn.last_replies())


def _one_slip_apart(one: str, other: str) -> bool:
    """Whether two numbers of the same length differ by one digit, or by two neighbours changed over."""
    if not one.isdigit() or len(one) != len(other):
        return False
    wrong = [i for i in range(len(one)) if one[i] != other[i]]
    if len(wrong) == 2 and wrong[1] - wrong[0] == 1:
        return one[wrong[0]] == other[wrong[1]] and one[wrong[1]] == other[wrong[0]]
    return len(wrong) == 1


def earlier_contacts(turn: Turn) -> tuple[str, ...]:
    """Return the contacts last given in this conversation within the hour, to try with a corrected order number.

    A bare number that may have been an order counts only where nothing else was given.
    """
    perhaps: tuple[str, ...] = ()
    for events in turn.earlier_turns():
        if turn.seconds_since(events[0]) > _CONTACT_MEMORY_SECONDS:
            break
        entities = _entities(events)
        given = _told_apart(entities, str(events[0].get("text") or ""))
        bare = {str(e["value"]) for e in entities if e["entity"] in ("order_number", "postcode") and not _is_named(e)}
        found = given.contacts or tuple(str(e["value"]) for e in entities if _is_rather_a_postcode(e))
        if found and not all(contact in bare and contact.isdigit() for contact in found):
            return found
        perhaps = perhaps or found
    return perhaps


def earlier_order(turn: Turn) -> str | None:
    """Return the order number last mentioned in an earlier message, such as in a question about returns."""
    for events in turn.earlier_turns():
        entities = _entities(events)
        given = _told_apart(entities, str(events[0].get("text") or ""))
        orders = given.orders[:1] if given.side_by_side else given.orders
        postcodes = [str(e["value"]) for e in entities if _is_rather_a_postcode(e)]
        orders = tuple(order for order in orders if order not in postcodes)
        if orders:
            return orders[-1]
    return None


def _entities(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What an earlier message gave, in the order of its text."""
    entities = (events[0].get("parse_data") or {}).get("entities") or []
    kinds = ("order_number", *CONTACT_ENTITIES)
    return sorted(
        (e for e in entities if e.get("entity") in kinds and e.get("value")), key=lambda e: e.get("start") or 0
    )


def _denied(text: str, entity: dict[str, Any]) -> bool:
    """Whether a number is the one that is not meant: in "1043, not 1042" the second."""
    return _words().not_this_one.search(text[: entity.get("start") or 0].lower()) is not None


@dataclass(frozen=True)
class _Words:
    """The words of corrections.yml, as patterns over small letters."""

    not_this_one: re.Pattern[str]
    takes_back: re.Pattern[str]
    postcode: re.Pattern[str]
    between: re.Pattern[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    data = yaml.safe_load((Path(__file__).parent / "corrections.yml").read_text(encoding="utf-8"))
    between = alternatives(data["between"], borders=False)
    return _Words(
        re.compile(rf"(?:{alternatives(all_words(data['not_this_one']))})\s*(?:(?:{between})\s*){{0,2}}$"),
        re.compile(rf"\W*(?:{alternatives(all_words(data['takes_back']))})"),
        re.compile(alternatives(data["postcode"])),
        re.compile(between),
    )
