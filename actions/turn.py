"""One turn as an action sees it: what the shopper wrote, what is known, and how to answer."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.values import Typed
from core.clock import utc_now
from core.settings import settings

CONTACT_ENTITIES = ("email", "phone", "postcode")
_WORD = re.compile(r"[^\W\d_]+")
_UNSPACED = re.compile(r"[\u3400-\u9fff]")
Events = list[EventType]
# Nothing but an answer: what is open stays open. Shared, so never changed in place.
ANSWERED: Events = [SlotSet("next_step", "answered")]
_ROUTINE = {"action_listen", "action_session_start", "action_extract_slots"}


class Turn:
    """The conversation at the moment an action runs, read-only, and the replies the action gives."""

    def __init__(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        self._dispatcher = dispatcher
        self._tracker = tracker
        self.message: dict[str, Any] = tracker.latest_message or {}
        self._metadata: dict[str, Any] = self.message.get("metadata") or {}
        self._remembered: dict[str, Any] = {}

    # Who and where

    @property
    def conversation_id(self) -> str:
        """The conversation's unguessable identifier."""
        return str(self._tracker.sender_id)

    @property
    def message_id(self) -> str:
        """The message's identifier, unique within the conversation."""
        return str(self.message.get("message_id") or self.conversation_id)

    def key(self, purpose: str) -> str:
        """Return the idempotency key of something this turn writes, the same if the message is worked on again."""
        return hashlib.sha256(f"{self.conversation_id}/{self.message_id}/{purpose}".encode()).hexdigest()

    @property
    def shop(self) -> str:
        """The shop the shopper writes to."""
        return str(self._metadata.get("shop") or settings().shop)

    @property
    def language(self) -> str | None:
        """The language of the conversation ("es"), when it is known."""
        own = self.slot("language") or (self.message.get("language") or {}).get("code")
        return (
            str(own) if own else (str(self._metadata["locale"]).split("-")[0] if self._metadata.get("locale") else None)
        )

    @property
    def country(self) -> str | None:
        """The country of the browser's locale ("es-MX" → MX), when it names one. A hint, never proof."""
        region = re.search(r"[-_]([A-Za-z]{2})(?=$|[-_])", str(self._metadata.get("locale") or ""))
        return region[1].upper() if region else None

    # What the message says

    @property
    def text(self) -> str:
        """The message as typed; a pressed button is its payload."""
        return str(self.message.get("text") or "")

    @property
    def intent(self) -> str:
        """The intent the message was taken for; "nlu_fallback" when it was not understood."""
        return str((self.message.get("intent") or {}).get("name") or "")

    @property
    def confidence(self) -> float:
        """How sure the understanding is, 0 to 1."""
        return float((self.message.get("intent") or {}).get("confidence") or 0.0)

    @property
    def ranking(self) -> list[str]:
        """The likeliest intents, best first, without the fallback."""
        ranked = [str(entry.get("name")) for entry in self.message.get("intent_ranking") or []]
        return [name for name in ranked if name != "nlu_fallback"]

    def probability(self, intent: str) -> float:
        """How likely the message has an intent, 0 to 1; 0 for one that is not among the likeliest."""
        ranked = self.message.get("intent_ranking") or []
        return next((float(e.get("confidence") or 0.0) for e in ranked if e.get("name") == intent), 0.0)

    @property
    def risk(self) -> list[str]:
        """Risk words found in the message."""
        return [str(kind) for kind in self.message.get("risk") or []]

    @property
    def emotion(self) -> str | None:
        """What the message sounds like: anger, frustration or calm."""
        name = (self.message.get("emotion") or {}).get("name")
        return str(name) if name else None

    @property
    def says_more_than_data(self) -> bool:
        """Whether words are left beside the entities: three, or four signs of a script without spaces."""
        rest = self.text
        for entity in self.message.get("entities") or []:
            start, end = entity.get("start") or 0, entity.get("end") or 0
            rest = rest[:start] + " " * (end - start) + rest[end:]
        return len(_WORD.findall(rest)) >= 3 or len(_UNSPACED.findall(rest)) >= 4

    def mentions(self, kind: str) -> list[Any]:
        """Return what the message mentions of one kind of entity, each value once, in the order of the text."""
        return [entity["value"] for entity in self.entities(kind)]

    def entities(self, *kinds: str) -> list[dict[str, Any]]:
        """Return the message's entities of some kinds, each value once, in the order of the text."""
        return _entities(self.message, kinds)

    # What is remembered

    def slot(self, name: str) -> Any:
        """Return what is remembered under a name, or None."""
        return self._remembered[name] if name in self._remembered else self._tracker.slots.get(name)

    def remember(self, name: str, value: Any) -> None:
        """Set a slot along with whatever events the action returns."""
        self._remembered[name] = value

    @property
    def remembered(self) -> Events:
        """The events of what was set by `remember`."""
        return [SlotSet(name, value) for name, value in self._remembered.items()]

    @property
    def active_form(self) -> str | None:
        """The form that is waiting for an answer, if any."""
        name = self._tracker.active_loop_name
        return str(name) if name else None

    @property
    def events(self) -> list[dict[str, Any]]:
        """Everything that happened in the conversation, oldest first."""
        return list(self._tracker.events)

    @property
    def answers_the_form(self) -> bool:
        """Whether the form runs on the message itself: not at its start, nor when it asks again after a digression."""
        # Rasa runs the validator on a copy of the conversation that ends with the form itself and what it would fill.
        own_run_seen = False
        for event in reversed(self._tracker.events):
            kind = event.get("event")
            if kind == "user":
                return own_run_seen
            if kind == "action" and not own_run_seen:
                own_run_seen = True
            elif kind in ("action", "active_loop", "action_execution_rejected", "loop_interrupted"):
                return False
        return False

    @property
    def events_of_this_turn(self) -> list[dict[str, Any]]:
        """What happened since the message came in."""
        turn: list[dict[str, Any]] = []
        for event in reversed(self._tracker.events):
            turn.append(event)
            if event.get("event") == "user":
                break
        return list(reversed(turn))

    def earlier_turns(self) -> Iterator[list[dict[str, Any]]]:
        """Yield the events of each earlier message's turn, newest first; the message itself is the first event."""
        turn: list[dict[str, Any]] = []
        skipped_current = False
        for event in reversed(self._tracker.events):
            turn.append(event)
            if event.get("event") == "user":
                if skipped_current:
                    yield list(reversed(turn))
                skipped_current, turn = True, []

    def seconds_since(self, event: dict[str, Any]) -> float:
        """Return how long before the latest message something happened."""
        now = next((e.get("timestamp") for e in reversed(self._tracker.events) if e.get("event") == "user"), None)
        return float(now or utc_now().timestamp()) - float(event.get("timestamp") or 0.0)

    def last_replies(self, without: tuple[str, ...] = ()) -> list[dict[str, Any]]:
        """Return what the assistant said last, as bot events in order; empty when it has not said anything.

        Args:
            without: names of replies that do not count.
        """
        for turn in self.earlier_turns():
            said = [event for event in turn if event.get("event") == "bot" and reply_name(event) not in without]
            if said:
                return said
        return []

    # Answering

    def say(
        self,
        response: str,
        *,
        options: list[dict[str, Any]] | None = None,
        details: dict[str, Any] | None = None,
        **values: Typed,
    ) -> None:
        """Give a reply of domain.yml; `values` fill its placeholders, `options` are quick replies, `details` a card."""
        extra: dict[str, Any] = {"values": values}
        if options:
            extra["options"] = options
        if details:
            extra["details"] = details
        self._dispatcher.utter_message(response=response, **extra)

    def say_again(self, said: dict[str, Any]) -> None:
        """Give a reply once more, a bot event, in the language that the conversation has now."""
        made_from = (said.get("metadata") or {}).get("said") or {}
        self.say(
            reply_name(said),
            options=made_from.get("options"),
            details=made_from.get("details"),
            **(made_from.get("values") or {}),
        )

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What this action has said so far: each reply with its name as `response`, `values`, `options`, `details`."""
        return list(self._dispatcher.messages)

    @property
    def said(self) -> list[str]:
        """The names of the replies that this action has given so far."""
        return [str(message.get("response") or "") for message in self._dispatcher.messages]

    def unsay(self, since: int | None = None) -> None:
        """Take back what this action has said from one reply on; without one, all that it has said and set."""
        del self._dispatcher.messages[since or 0 :]
        if since is None:
            self._remembered.clear()


def entities_of(said: dict[str, Any], *kinds: str) -> list[dict[str, Any]]:
    """Return the entities of some kinds of an earlier message, a user event, as `Turn.entities` does of the latest."""
    return _entities(said.get("parse_data") or {}, kinds)


def _entities(parsed: dict[str, Any], kinds: tuple[str, ...]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for entity in sorted(parsed.get("entities") or [], key=lambda e: e.get("start") or 0):
        if entity.get("entity") in kinds and entity.get("value") not in (None, ""):
            found.setdefault(f"{entity['entity']} {entity['value']}", entity)
    return list(found.values())


def actions_of(turn_events: list[dict[str, Any]]) -> list[str]:
    """Return the names of the actions done in a turn, without Rasa's own routine."""
    names = [str(event.get("name")) for event in turn_events if event.get("event") == "action"]
    return [name for name in names if name not in _ROUTINE]


def replies_of(turn_events: list[dict[str, Any]]) -> list[str]:
    """Return the names of the replies given in a turn."""
    return [reply_name(event) for event in turn_events if event.get("event") == "bot"]


def reply_name(said: dict[str, Any]) -> str:
    """Return the name of a reply, a bot event."""
    return str((said.get("metadata") or {}).get("utter_action") or "")
