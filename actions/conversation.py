"""Steering the conversation itself: say that again, and stop."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions.scenario import Scenario, leave_form
from actions.turn import Events, Turn


class ActionRepeat(Scenario):
    """Says the last answer again, with its card and its buttons."""

    def name(self) -> str:
        return "action_repeat"

    async def perform(self, turn: Turn) -> Events:
        """Repeat every reply of the last turn that had one."""
        replies = turn.last_replies()
        for said in replies:
            data = said.get("data") or {}
            buttons = [
                {"title": b.get("title", ""), "payload": b.get("payload", "")} for b in data.get("buttons") or []
            ]
            turn.say("utter_repeat", options=buttons, details=data.get("custom"), answer=str(said.get("text") or ""))
        if not replies:
            turn.say("utter_nothing_to_repeat")
        return [SlotSet("next_step", "answered")]


class ActionStop(Scenario):
    """Stops the task that is open, and says so."""

    def name(self) -> str:
        return "action_stop"

    async def perform(self, turn: Turn) -> Events:
        """Leave any form and forget what it was for."""
        turn.say("utter_stop" if turn.active_form else "utter_nothing_to_stop")
        return leave_form(
            ("next_step", "answered"),
            ("need", None),
            ("claim_parcel", None),
            ("claim_confirmed", None),
            ("deadline", None),
            ("tracking_number", None),
        )
