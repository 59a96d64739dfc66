"""What all answers to something beside an order have in common: news of a missing parcel in them comes first."""

from __future__ import annotations

from abc import abstractmethod

from actions.claim_talk import leads_to_the_claim
from actions.scenario import Scenario
from actions.turn import Events, Turn


class Digression(Scenario):
    """An action that answers beside the task; "found it, thanks" was taken for thanks, and is led to action_route."""

    async def perform(self, turn: Turn) -> Events:
        """Lead what is said of a claim on; answer everything else."""
        return leads_to_the_claim(turn) or await self.answer(turn)

    @abstractmethod
    async def answer(self, turn: Turn) -> Events:
        """Answer the turn and return the events; may raise anything."""
