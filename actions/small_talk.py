"""Thanks, a goodbye, and what is none of a shop's business: answered in kind, unless there is news in it."""

from __future__ import annotations

from actions.claim_talk import leads_to_the_claim
from actions.scenario import Scenario
from actions.turn import ANSWERED, Events, Turn

_REPLIES = {"thanks": "utter_thanks", "goodbye": "utter_goodbye", "out_of_scope": "utter_out_of_scope"}


class ActionSmallTalk(Scenario):
    """Says the reply of the intent; "found it, thanks" is news first."""

    def name(self) -> str:
        return "action_small_talk"

    async def perform(self, turn: Turn) -> Events:
        """Answer; a form that is open goes on."""
        to_the_claim = leads_to_the_claim(turn)
        if to_the_claim:
            return to_the_claim
        turn.say(_REPLIES[turn.intent])
        return ANSWERED
