"""What the assistant tried in a conversation: each message with what was really said to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from transcripts.entries import Entry, Speaker

# What the gateway says in the assistant's place has no reply's name; the end of its key says what it is.
_GATEWAY_SAYS = frozenset({"delayed", "failed"})


@dataclass
class Step:
    """A shopper's message as it was understood, and the names of the replies that it got, in order."""

    intent: str
    risks: list[str] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)


def steps(entries: Iterable[Entry]) -> list[Step]:
    """Return the steps of a transcript, oldest first; what went to a person, or never out, is none of them."""
    found: list[Step] = []
    by_message: dict[str, Step] = {}
    for entry in entries:
        message, _, part = (entry.message_id or "").partition(":")
        if entry.speaker is Speaker.SHOPPER and entry.understanding:
            intent = (entry.understanding.get("intent") or {}).get("name")
            step = Step(str(intent or "nlu_fallback"), [str(risk) for risk in entry.understanding.get("risk") or []])
            found.append(step)
            by_message[message] = step
        elif entry.speaker is Speaker.ASSISTANT and not entry.suppressed and found:
            answered = by_message.get(message, found[-1])
            answered.replies.append(str(entry.content.get("reply") or ""))
        elif entry.speaker is Speaker.SYSTEM and part in _GATEWAY_SAYS and message in by_message:
            by_message[message].replies.append(part)
    return found
