"""Thanks, a goodbye, and what is none of a shop's business: answered in kind, unless there is news in it."""

from __future__ import annotations

from actions.digression import Digression
from actions.turn import ANSWERED, Events, Turn

_REPLIES = {"thanks": "utter_thanks", "goodbye": "utter_goodbye", "out_of_scope": "utter_out_of_scope"}


class ActionSmallTalk(Digression):
    """Says the reply of the intent; "found it, thanks" is news first."""

    def name(self) -> str:
        return "action_small_talk"

    async def answer(self, turn: Turn) -> Events:
        """Answer; a form that is open goes on."""
        turn.say(_REPLIES[turn.intent])
        return ANSWERED
