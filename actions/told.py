"""What this conversation has been told already, so that nobody reads the same long answer twice in a row."""

from __future__ import annotations

from itertools import islice
from typing import Any

from actions.turn import Turn, reply_name

# After that, the shopper may have forgotten it, or somebody else may sit there.
_MEMORY_SECONDS = 3600.0


def told_before(turn: Turn, messages: list[dict[str, Any]], turns: int | None = None) -> bool:
    """Tell whether an earlier turn of the last hour gave all of these replies, with the same values and cards.

    Args:
        turn: the conversation.
        messages: replies of this turn (see `Turn.messages`).
        turns: how many turns back to look; all of the hour when None.
    """
    wanted = [_content(m["response"], m, turn.language) for m in messages]
    for events in islice(turn.earlier_turns(), turns):
        if turn.seconds_since(events[0]) > _MEMORY_SECONDS:
            return False
        told = [
            _content(reply_name(event), metadata.get("said") or {}, metadata.get("language"))
            for event in events
            if event.get("event") == "bot" and (metadata := event.get("metadata") or {})
        ]
        if wanted and all(content in told for content in wanted):
            return True
    return False


def _content(name: str, said: dict[str, Any], language: str | None) -> tuple[Any, ...]:
    return name, said.get("values") or {}, said.get("options") or [], said.get("details") or None, language
