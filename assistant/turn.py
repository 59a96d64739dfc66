"""What happened in one turn, read from the conversation's events: the replies said and how the message was understood.

A fresh turn and one that is asked for again are read by the same code from the same saved events, so that both answers
are the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

DEFAULT_LANGUAGE = "en"
_SECRET_SLOTS = frozenset({"proof"})
HANDBACK_KEY = "handback_event_id"
_RANKING_LENGTH = 5
# Rasa calls a policy "policy_1_RulePolicy"; people want to read "RulePolicy".
_POLICY_PREFIX = re.compile(r"^policy_\d+_")


def turn_events(events: Sequence[Event], message_id: str) -> list[Event]:
    """Return the events of one message's turn, starting with the message itself; empty if it was never handled."""
    found: list[Event] = []
    for event in events:
        if isinstance(event, UserUttered) and event.message_id == message_id and not found:
            found.append(event)
        elif found:
            if _begins_something_else(event, message_id):
                break
            found.append(event)
    return found


def _begins_something_else(event: Event, message_id: str) -> bool:
    if HANDBACK_KEY in (event.metadata or {}):
        return True
    # A second need of the same message is re-fed by an action, as a message without an input channel of its own.
    return isinstance(event, UserUttered) and event.message_id != message_id and event.input_channel is not None


def replies(events: Sequence[Event], language: str) -> list[dict[str, Any]]:
    """Return what the assistant said in these events, as the gateway's `Reply` objects."""
    return [_reply(event, language) for event in events if isinstance(event, BotUttered)]


def _reply(event: BotUttered, language: str) -> dict[str, Any]:
    metadata = event.metadata or {}
    return {
        "name": metadata.get("utter_action"),
        "text": event.text or None,
        "buttons": [
            {"title": button.get("title", ""), "payload": button.get("payload", "")}
            for button in event.data.get("buttons") or []
        ],
        "card": event.data.get("custom") or None,
        "language": metadata.get("language") or language,
    }


def understanding(events: Sequence[Event], tracker: DialogueStateTracker, latency_ms: int | None) -> dict[str, Any]:
    """Return the `Turn` of the given turn's events: how the message was understood and what was done.

    Args:
        events: the turn's events, the message first (see `turn_events`); not empty.
        tracker: the conversation, for its language when the message (a button) carries none.
        latency_ms: how long the turn took; taken from the events' own times when it was not measured.
    """
    message = events[0]
    if not isinstance(message, UserUttered):
        raise TypeError("a turn begins with a message")
    parsed = message.parse_data
    return {
        "text": message.text,
        "language": language_of(message, tracker),
        "intent": _named(parsed.get("intent") or {}),
        "intent_ranking": [_named(entry) for entry in (parsed.get("intent_ranking") or [])[:_RANKING_LENGTH]],
        "needs": [_need(message, need) for need in _several(parsed)],
        "entities": list(message.entities),
        "emotion": parsed.get("emotion"),
        "risk": list(parsed.get("risk") or []),
        "actions": [
            {
                "name": event.action_name or event.action_text,
                "policy": _POLICY_PREFIX.sub("", event.policy or "") or None,
                "confidence": round(float(event.confidence or 0.0), 4),
            }
            for event in events
            if isinstance(event, ActionExecuted) and event.action_name != ACTION_LISTEN_NAME
        ],
        "slots": {event.key: _shown(event) for event in events if isinstance(event, SlotSet)},
        "latency_ms": _elapsed_ms(events) if latency_ms is None else latency_ms,
    }


def language_of(message: UserUttered, tracker: DialogueStateTracker) -> str:
    """Return the language a turn is held in: the message's own, or the conversation's for a button."""
    own = (message.parse_data.get("language") or {}).get("code")
    slot = tracker.get_slot("language") if "language" in tracker.slots else None
    return own or slot or DEFAULT_LANGUAGE


def _named(entry: dict[str, Any]) -> dict[str, Any]:
    return {"name": entry.get("name"), "confidence": round(float(entry.get("confidence") or 0.0), 4)}


def _several(parsed: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the needs of a message that has more than one."""
    needs = parsed.get("needs") or []
    return needs if len(needs) > 1 else []


def _need(message: UserUttered, need: dict[str, Any]) -> dict[str, Any]:
    words = (message.text or "")[need["start"] : need["end"]].strip()
    return {**_named({**need, "name": need["intent"]}), "text": words}


def _elapsed_ms(events: Sequence[Event]) -> int:
    return max(0, round((events[-1].timestamp - events[0].timestamp) * 1000))


def _shown(slot: SlotSet) -> Any:
    """The slot's value as transcripts may hold it: of a proof of identity, which is a key, only that there is one."""
    return "(set)" if slot.key in _SECRET_SLOTS and slot.value is not None else slot.value
