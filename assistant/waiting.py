"""The further needs of a message, answered after the first: "cancel the lamp, and where is the rest?" gets two answers.

They wait in a slot while the first one still asks something (whose order it is, a yes), and are then put to the
dialogue one by one, as messages of their own in the shopper's words. A person who takes over reads the whole message
and answers all of it: nothing waits any more then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rasa.core.actions.action import create_bot_utterance
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

SLOT = "waiting_needs"
# Said before a further need is answered, with the words in which it was told.
ANNOUNCEMENT = "utter_next_need"
# Marks a part of a message, whose feelings were counted with the whole (assistant/dialogue/escalation.py).
FURTHER = "further_need"
_HANDS_OVER = "action_hand_over"
_NOTED = "needs_of"
_ANNOUNCED = "announces"
# A part of a message must be surer than a message of its own: answering what nobody asked is worse than asking again.
_SURE = 0.6
# After as many messages of the shopper, what waits is forgotten: they have gone on to something else.
_PATIENCE = 8

Need = dict[str, Any]


def noted(tracker: DialogueStateTracker, message_id: str, events: Sequence[Event]) -> list[Event]:
    """Return the events that let the further needs of a turn's message wait; none when there are none, or it is done.

    Args:
        tracker: the conversation. message_id: of the turn's message. events: of the turn, its message first.
    """
    message = events[0]
    if SLOT not in tracker.slots or not isinstance(message, UserUttered):
        return []
    if any((event.metadata or {}).get(_NOTED) == message_id for event in events):
        return []
    further = [
        need
        for need in _further(message, message_id)
        if not _is_asked(need, events[1:]) and need["intent"] not in {known["intent"] for known in _known(tracker)}
    ]
    waiting = [*_known(tracker), *further] if not is_over(events) else []
    if waiting == _known(tracker):
        return []
    return [SlotSet(SLOT, waiting or None, metadata={_NOTED: message_id})]


def _further(message: UserUttered, message_id: str) -> list[Need]:
    needs = message.parse_data.get("needs") or []
    if len(needs) < 2 or any(need["confidence"] < _SURE for need in needs):
        return []
    text = message.text or ""
    # A complaint, or the wish for a person, may lead in the place of the first need: then all of them are further ones.
    answered = 1 if needs[0]["intent"] == message.intent_name else 0
    return [
        {
            "id": f"{message_id}:{number}",
            "text": text[need["start"] : need["end"]].strip(" ,;，；、\n"),
            "intent": need["intent"],
            "confidence": need["confidence"],
            "metadata": dict(message.metadata or {}),
        }
        for number, need in list(enumerate(needs, start=1))[answered:]
    ]


def is_over(events: Iterable[Event]) -> bool:
    """Whether the turn ended everything: a person is called, or the shopper said stop."""
    return any(
        (isinstance(event, ActionExecuted) and event.action_name == _HANDS_OVER)
        or (isinstance(event, UserUttered) and event.intent_name == "stop")
        for event in events
    )


def _known(tracker: DialogueStateTracker) -> list[Need]:
    return list(tracker.get_slot(SLOT) or [])


def next_need(tracker: DialogueStateTracker) -> Need | None:
    """Return the need that can be answered now; None when there is none, or the dialogue waits for an answer."""
    waiting = _known(tracker) if SLOT in tracker.slots else []
    is_free = (
        not tracker.is_paused()
        and tracker.active_loop_name is None
        and tracker.latest_action_name == ACTION_LISTEN_NAME
        and not _asks(tracker)
    )
    return waiting[0] if waiting and is_free else None


def _asks(tracker: DialogueStateTracker) -> bool:
    """Whether what was said last asks for a yes or a no."""
    for event in reversed(tracker.events):
        if isinstance(event, BotUttered):
            buttons = event.data.get("buttons") or []
            return any(str(button.get("payload", "")).startswith("/affirm") for button in buttons)
        if isinstance(event, UserUttered):
            return False
    return False


def is_stale(tracker: DialogueStateTracker, need: Need) -> bool:
    """Whether a need was asked again in the meantime, or the shopper has long gone on to something else."""
    origin = need["id"].rsplit(":", 1)[0]
    since: list[UserUttered] = []
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            if event.message_id == origin:
                break
            since.append(event)
    own = [event for event in since if event.input_channel is not None]
    return _is_asked(need, own) or len(own) > _PATIENCE


def _is_asked(need: Need, events: Iterable[Event]) -> bool:
    return any(isinstance(event, UserUttered) and event.intent_name == need["intent"] for event in events)


def is_done(tracker: DialogueStateTracker, need: Need) -> bool:
    """Whether a need was answered before the assistant was stopped, and only its place was not given up yet."""
    return any(isinstance(event, UserUttered) and event.message_id == need["id"] for event in tracker.events)


def is_announced(tracker: DialogueStateTracker, need: Need) -> bool:
    """Whether the shopper was told which need comes now."""
    return any((event.metadata or {}).get(_ANNOUNCED) == need["id"] for event in tracker.events)


def announced(need: Need, said: Mapping[str, Any]) -> BotUttered:
    """Return the event of the announcement. `said` is what the reply generator made of it."""
    return create_bot_utterance({**said, "utter_action": ANNOUNCEMENT, _ANNOUNCED: need["id"]})


def dropped() -> SlotSet:
    """Return the event after which nothing waits any more."""
    return SlotSet(SLOT, None)


def given_up(tracker: DialogueStateTracker, need: Need) -> SlotSet:
    """Return the event that takes a need from those that wait."""
    rest = [other for other in _known(tracker) if other["id"] != need["id"]]
    return SlotSet(SLOT, rest or None)


def understood(need: Need, parsed: Mapping[str, Any]) -> dict[str, Any]:
    """Return how a need's words are understood: as the whole message was, with what these words name.

    The feelings and risks of the whole message had their turn.
    """
    intent = {"name": need["intent"], "confidence": need["confidence"]}
    others = [entry for entry in parsed.get("intent_ranking") or [] if entry.get("name") != need["intent"]]
    span = {"start": 0, "end": len(need["text"])}
    return {
        **parsed,
        "intent": intent,
        "intent_ranking": [intent, *others],
        "needs": [{"intent": need["intent"], "confidence": need["confidence"], **span}],
        "emotion": {"name": "calm", "score": 0.0, "reasons": []},
        "risk": [],
        FURTHER: True,
    }
