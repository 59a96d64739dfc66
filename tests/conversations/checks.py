"""The checks a conversation test can make, one function a kind; each raises AssertionError with what was there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.conversations.conversation import Conversation


def _texts(value: Any) -> list[str]:
    return [str(v) for v in value] if isinstance(value, list) else [str(value)]


def _bot(talk: Conversation, value: Any) -> None:
    shown = [(m["text"] or "").strip() for m in talk.last.shown]
    assert str(value).strip() in shown, f"no reply was exactly {value!r}"


def _utter(talk: Conversation, value: Any) -> None:
    assert value in talk.last.reply_names, f"{value} was not said; said: {talk.last.reply_names}"


def _text_contains(talk: Conversation, value: Any) -> None:
    said = talk.last.text.casefold()
    missing = [part for part in _texts(value) if part.casefold() not in said]
    assert not missing, f"the replies do not contain {missing}"


def _text_does_not_contain(talk: Conversation, value: Any) -> None:
    said = talk.last.text.casefold()
    found = [part for part in _texts(value) if part.casefold() in said]
    assert not found, f"the replies contain {found}"


def _language(talk: Conversation, value: Any) -> None:
    languages = {m.get("language") for m in talk.last.shown if m["from"] == "assistant"}
    assert languages == {value}, f"the replies are in {languages}"


def _slot_was_set(talk: Conversation, value: Any) -> None:
    for wanted in value:
        pairs = wanted if isinstance(wanted, dict) else {wanted: None}
        for name, expected in pairs.items():
            actual = talk.slots.get(name)
            assert actual is not None, f"slot {name} was not set; set: {_known(talk)}"
            assert expected is None or actual == expected, f"slot {name} is {actual!r}"


def _slot_was_not_set(talk: Conversation, value: Any) -> None:
    for wanted in value:
        pairs = wanted if isinstance(wanted, dict) else {wanted: None}
        for name, unwanted in pairs.items():
            actual = talk.slots.get(name)
            assert actual is None if unwanted is None else actual != unwanted, f"slot {name} is {actual!r}"


def _known(talk: Conversation) -> list[str]:
    return [name for name, value in talk.slots.items() if value is not None]


def _intent(talk: Conversation, value: Any) -> None:
    actual = (talk.last.understanding.get("intent") or {}).get("name")
    assert actual == value, f"understood as {actual}"


def _card(talk: Conversation, value: Any) -> None:
    cards = [m["card"] for m in talk.last.shown if m.get("card")]
    assert any(_matches(card, value) for card in cards), f"no such card; cards: {cards}"


def _matches(card: dict[str, Any], wanted: dict[str, Any]) -> bool:
    return all(str(text).casefold() in str(card.get(name)).casefold() for name, text in wanted.items())


def _case(talk: Conversation, value: Any) -> None:
    case = talk.open_case()
    if value == "none" or value is None:
        assert case is None, f"there is a case {case.number if case else ''}"
        return
    assert case is not None, "there is no case at the desk"
    for name, wanted in value.items():
        actual = getattr(case, name)
        assert str(actual) == str(wanted), f"the case's {name} is {actual!r}"


def _claim(talk: Conversation, value: Any) -> None:
    made = talk.claims()
    expected = [] if value == "none" else [str(value)]
    assert made == expected, f"claims made in this conversation: {made}"


def _replies(talk: Conversation, value: Any) -> None:
    assert len(talk.last.shown) == value, f"there were {len(talk.last.shown)} replies"


def _no_reply(talk: Conversation, value: Any) -> None:
    assert not talk.last.shown, f"something was said: {talk.last.text!r}"


def _refused(talk: Conversation, value: Any) -> None:
    assert talk.last.status == value, f"the gateway answered {talk.last.status}"


CHECKS: dict[str, Callable[[Conversation, Any], None]] = {
    "bot": _bot,
    "utter": _utter,
    "text_contains": _text_contains,
    "text_does_not_contain": _text_does_not_contain,
    "language": _language,
    "slot_was_set": _slot_was_set,
    "slot_was_not_set": _slot_was_not_set,
    "intent": _intent,
    "card": _card,
    "case": _case,
    "claim": _claim,
    "replies": _replies,
    "no_reply": _no_reply,
    "refused": _refused,
}
