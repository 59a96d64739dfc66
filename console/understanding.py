"""How the assistant understood a shopper's message: one line of marks, and everything behind it on demand."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from nicegui import ui

from console.steps import DID
from console.texts import Texts
from console.words import EMOTIONS, ENTITIES, INTENTS, REASONS, RISKS, SLOTS, word

# Below this an intent is marked as doubtful: about where a wrong guess becomes likely.
_DOUBTFUL = 0.6
_NOT_UNDERSTOOD = "nlu_fallback"
# What the assistant keeps for itself: what it asks next, keys and numbers of its own.
_INNER_SLOTS = frozenset({"requested_slot", "next_step", "proof", "claim_parcel", "settled", "waiting_needs"})
_SLOT_WORDS: Mapping[str, Mapping[Any, str]] = {"need": INTENTS, "handover_reason": REASONS}
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
    confidence, risks = _number(intent.get("confidence")), turn.get("risk") or []
    for risk in risks:
        _mark(word(t, RISKS, risk), "risk")
    doubtful = confidence is not None and confidence < _DOUBTFUL
    # Of a message that is dangerous, a doubtful guess at what it wants is no news.
    if intent.get("name") and not (risks and (doubtful or intent["name"] == _NOT_UNDERSTOOD)):
        shown = f" {confidence:.0%}" if confidence is not None else ""
        _mark(word(t, INTENTS, intent["name"]) + shown, "intent" + (" doubtful" if doubtful else ""))
    if turn.get("language"):
        _mark(t.language_name(turn["language"]), "language")
    emotion = turn.get("emotion") or {}
    if emotion.get("name") not in {None, "calm"}:
        _mark(word(t, EMOTIONS, emotion["name"]), f"emotion {_class(emotion['name'])}")
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
    needs = turn.get("needs") or []
    _line(t("Needs"), [f"{word(t, INTENTS, need.get('name'))}: {need.get('text')}" for need in needs])
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
    if with_codes:
        codes = [f"{name} = {_plain(value)}" for name, value in slots.items()]
        _line(t("Remembered"), [word(t, SLOTS, name) for name in slots], codes=codes)
    else:
        known = {name: _remembered(t, name, value) for name, value in slots.items() if name not in _INNER_SLOTS}
        _line(t("Remembered"), [f"{word(t, SLOTS, name)}: {value}" for name, value in known.items() if value])
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


def _remembered(t: Texts, name: str, value: Any) -> str:
    """Return what is remembered as people write it; nothing for what was forgotten, or means nothing to people."""
    if isinstance(value, bool):
        return t("Yes") if value else t("No")
    if isinstance(value, list):
        return t.listing([str(part) for part in value])
    if not isinstance(value, str | int | float):
        return ""
    if name == "language":
        return t.language_name(str(value))
    return word(t, _SLOT_WORDS[name], str(value)) if name in _SLOT_WORDS else str(value)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _class(name: str) -> str:
    return "".join(c for c in name if c.isalpha() or c in "-_")
