"""The checks a conversation test can make, one function a kind; each raises AssertionError with what was there."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from desk.summary import in_english
from tests.conversations import shapes
from tests.conversations.conversation import Conversation
from tests.conversations.shapes import CASE_PARTS, Shape

_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Check:
    """A check and what it takes."""

    run: Callable[[Conversation, Any], None]
    takes: Shape


def _texts(value: Any) -> list[str]:
    return [str(v) for v in value] if isinstance(value, list) else [str(value)]


def _folded(text: str) -> str:
    """Case and the kind of space do not matter: dates and amounts are full of narrow and hard spaces."""
    return "".join(" " if unicodedata.category(c) == "Zs" else c for c in text).casefold()


def _missing(parts: Any, text: str) -> list[str]:
    return [part for part in _texts(parts) if _folded(part) not in _folded(text)]


def _bot(talk: Conversation, value: Any) -> None:
    shown = [(m["text"] or "").strip() for m in talk.last.shown]
    assert str(value).strip() in shown, f"no reply was exactly {value!r}"


def _utter(talk: Conversation, value: Any) -> None:
    assert value in talk.last.reply_names, f"{value} was not said; said: {talk.last.reply_names}"


def _text_contains(talk: Conversation, value: Any) -> None:
    missing = _missing(value, talk.last.text)
    assert not missing, f"the replies do not contain {missing}"


def _text_contains_one_of(talk: Conversation, value: Any) -> None:
    assert len(_missing(value, talk.last.text)) < len(_texts(value)), f"the replies contain none of {_texts(value)}"


def _text_does_not_contain(talk: Conversation, value: Any) -> None:
    absent = _missing(value, talk.last.text)
    found = [part for part in _texts(value) if part not in absent]
    assert not found, f"the replies contain {found}"


def _says_the_same(talk: Conversation, _value: Any) -> None:
    before = next((turn for turn in reversed(talk.turns[:-1]) if turn.shown), None)
    assert before is not None, "nothing was said before"
    same = _NUMBER.sub("#", talk.last.text) == _NUMBER.sub("#", before.text)
    assert same, f"before, this was said: {before.text}"


def _language(talk: Conversation, value: Any) -> None:
    languages = {m.get("language") for m in talk.last.shown if m["from"] != "person"}
    assert languages == {value}, f"the replies are in {sorted(map(str, languages)) or 'no language: there are none'}"


def _slot_was_set(talk: Conversation, value: Any) -> None:
    slots = talk.slots
    for name, expected in _slot_pairs(value):
        actual = slots.get(name)
        known = [n for n, v in slots.items() if v is not None]
        assert actual is not None, f"slot {name} is not set; set are {known}"
        assert expected is None or actual == expected, f"slot {name} is {actual!r}"


def _slot_was_not_set(talk: Conversation, value: Any) -> None:
    slots = talk.slots
    for name, unwanted in _slot_pairs(value):
        actual = slots.get(name)
        assert actual is None if unwanted is None else actual != unwanted, f"slot {name} is {actual!r}"


def _slot_pairs(value: list[Any]) -> list[tuple[str, Any]]:
    return [pair for item in value for pair in (item.items() if isinstance(item, dict) else [(item, None)])]


def _intent(talk: Conversation, value: Any) -> None:
    actual = (talk.last.understanding.get("intent") or {}).get("name")
    assert actual == value, f"understood as {actual}"


def _buttons(talk: Conversation, value: Any) -> None:
    titles = [b["title"] for m in talk.last.shown for b in m.get("buttons") or []]
    missing = [title for title in _texts(value) if title not in titles]
    assert not missing, f"there are no buttons {missing}; there are {titles}"


def _card(talk: Conversation, value: Any) -> None:
    cards = [m["card"] for m in talk.last.shown if m.get("card")]
    fits = any(all(not _missing(part, _written(card.get(name))) for name, part in value.items()) for card in cards)
    assert fits, f"no such card; cards: {cards}"


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _case(talk: Conversation, value: Any) -> None:
    case = talk.open_case()
    if value == "none":
        assert case is None, f"there is case {case.number if case else ''}: {case.reason if case else ''}"
        return
    assert case is not None, "there is no case at the desk"
    for name, wanted in value.items():
        actual = getattr(case, name)
        if name in CASE_PARTS:
            missing = _missing(wanted, in_english(actual) if name == "summary" else _written(actual))
            assert not missing, f"{missing} is not in the case's {name}: {actual!r}"
        else:
            assert str(actual) == str(wanted), f"the case's {name} is {actual!r}"


def _cases(talk: Conversation, value: Any) -> None:
    actual = talk.number_of_cases()
    assert actual == value, f"this conversation has had {actual} cases"


def _claim(talk: Conversation, value: Any) -> None:
    made = talk.shop.claims()
    expected = [] if value == "none" else [str(value)]
    assert made == expected, f"claims made in this conversation: {made}"


def _order(talk: Conversation, value: Any) -> None:
    order = talk.shop.order(value["number"])
    assert order is not None, f"there is no order {value['number']}"
    for path, wanted in value.items():
        actual: Any = order
        for name in path.split("."):
            actual = getattr(actual, name)
        assert str(actual) == str(wanted), f"{path} of order {order.number} is {actual}"


def _transcript_contains(talk: Conversation, value: Any) -> None:
    missing = _missing(value, "\n".join(entry.text for entry in talk.transcript()))
    assert not missing, f"staff cannot read {missing} in the transcript"


def _replies(talk: Conversation, value: Any) -> None:
    assert len(talk.last.shown) == value, f"there were {len(talk.last.shown)} replies"


def _no_reply(talk: Conversation, _value: Any) -> None:
    assert talk.last.status == 202, f"the message was refused: {talk.last.status}"
    assert not talk.last.shown, f"something was said: {talk.last.text!r}"


def _refused(talk: Conversation, value: Any) -> None:
    assert talk.last.status == value, f"the gateway answered {talk.last.status}"


CHECKS: dict[str, Check] = {
    "bot": Check(_bot, shapes.TEXT),
    "utter": Check(_utter, shapes.REPLY),
    "text_contains": Check(_text_contains, shapes.TEXTS),
    "text_contains_one_of": Check(_text_contains_one_of, shapes.TEXTS),
    "text_does_not_contain": Check(_text_does_not_contain, shapes.TEXTS),
    "says_the_same": Check(_says_the_same, shapes.YES),
    "language": Check(_language, shapes.LANGUAGE),
    "slot_was_set": Check(_slot_was_set, shapes.SLOTS),
    "slot_was_not_set": Check(_slot_was_not_set, shapes.SLOTS),
    "intent": Check(_intent, shapes.INTENT),
    "buttons": Check(_buttons, shapes.TEXTS),
    "card": Check(_card, shapes.CARD),
    "case": Check(_case, shapes.CASE),
    "cases": Check(_cases, shapes.NUMBER),
    "claim": Check(_claim, shapes.TEXT),
    "order": Check(_order, shapes.ORDER),
    "transcript_contains": Check(_transcript_contains, shapes.TEXTS),
    "replies": Check(_replies, shapes.NUMBER),
    "no_reply": Check(_no_reply, shapes.YES),
    "refused": Check(_refused, shapes.NUMBER),
}
