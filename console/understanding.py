"""How the assistant understood a shopper's message: one line of marks, and everything behind it on demand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from nicegui import ui

from console.steps import DID
from console.texts import Texts
from console.words import EMOTIONS, ENTITIES, INTENTS, RISKS, SLOTS, word

# Below this an intent is marked as doubtful: about where a wrong guess becomes likely.
_DOUBTFUL = 0.6
_SILENT_ACTIONS = frozenset({"action_listen"})


def show_understanding(t: Texts, turn: dict[str, Any], *, codes: bool) -> None:
    """Draw a message's understanding (the Turn that the assistant sent) inside the current element.

    Args:
        t: the reader's texts.
        turn: the understanding.
        codes: whether the reader is shown the assistant's own names and timing beside the words.
    """
    with ui.element("details").classes("understood") as details:
        with ui.element("summary"):
            _marks(t, turn)
        body = ui.element("div").classes("understood-body")
    drawn = False

    def draw_once() -> None:
        # Most are never opened: what is behind them is drawn when somebody looks.
        nonlocal drawn
        if not drawn:
            drawn = True
            with body:
                _everything(t, turn, codes)

    details.on("toggle", draw_once, args=[])


def _marks(t: Texts, turn: dict[str, Any]) -> None:
    intent = turn.get("intent") or {}
    confidence = _number(intent.get("confidence"))
    if intent.get("name"):
        doubtful = confidence is not None and confidence < _DOUBTFUL
        shown = f" {confidence:.0%}" if confidence is not None else ""
        _mark(word(t, INTENTS, intent["name"]) + shown, "intent" + (" doubtful" if doubtful else ""))
    if turn.get("language"):
        _mark(t.language_name(turn["language"]), "language")
    emotion = turn.get("emotion") or {}
    if emotion.get("name") not in {None, "calm"}:
        _mark(word(t, EMOTIONS, emotion["name"]), f"emotion {_class(emotion['name'])}")
    for risk in turn.get("risk") or []:
        _mark(word(t, RISKS, risk), "risk")
    for entity in turn.get("entities") or []:
        if entity.get("entity") != "language":
            _mark(_plain(entity.get("value")), "entity")


def _mark(text: str, kind: str) -> None:
    ui.label(text).classes(f"mark {kind}")


def _everything(t: Texts, turn: dict[str, Any], with_codes: bool) -> None:
    ranking = turn.get("intent_ranking") or []
    _line(
        t("Intent"),
        [_scored(word(t, INTENTS, i.get("name")), i.get("confidence")) for i in ranking],
        codes=[str(i.get("name")) for i in ranking] if with_codes else (),
    )
    emotion = turn.get("emotion") or {}
    if emotion.get("name"):
        _line(t("Emotion"), [_scored(word(t, EMOTIONS, emotion["name"]), emotion.get("score"))])
    _line(t("Risk"), [word(t, RISKS, risk) for risk in turn.get("risk") or []])
    _line(
        t("Entities"),
        [
            f"{word(t, ENTITIES, e.get('entity'))}: {_plain(e.get('value'))}"
            for e in turn.get("entities") or []
            if e.get("entity") != "language"
        ],
    )
    actions = [a for a in turn.get("actions") or [] if a.get("name") not in _SILENT_ACTIONS]
    _line(
        t("What it did"),
        [word(t, DID, a.get("name")) for a in actions],
        codes=[_action(a) for a in actions] if with_codes else (),
    )
    slots = turn.get("slots") or {}
    _line(
        t("Remembered"),
        [word(t, SLOTS, name) for name in slots],
        codes=[f"{name} = {_plain(value)}" for name, value in slots.items()] if with_codes else (),
    )
    latency = _number(turn.get("latency_ms"))
    if latency is not None and with_codes:
        _line(t("Took"), [f"{latency:.0f} ms"])


def _line(label: str, values: list[str], codes: Sequence[str] = ()) -> None:
    """Draw what belongs to a label: each value in words, with the assistant's own name of it for who trains it."""
    if not values:
        return
    ui.label(label).classes("understood-label")
    with ui.element("div").classes("understood-values"):
        for value, code in zip_longest(values, codes):
            with ui.element("div").classes("understood-value"):
                ui.label(value)
                if code:
                    ui.label(code).classes("code")


def _action(action: dict[str, Any]) -> str:
    policy, confidence = action.get("policy"), _number(action.get("confidence"))
    source = " ".join(filter(None, (policy, f"{confidence:.2f}" if confidence is not None else "")))
    return f"{action.get('name')} ({source})" if source else str(action.get("name"))


def _scored(text: str, score: Any) -> str:
    number = _number(score)
    return text if number is None else f"{text} {number:.0%}"


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _class(name: str) -> str:
    return "".join(c for c in name if c.isalpha() or c in "-_")
