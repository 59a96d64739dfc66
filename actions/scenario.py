"""What every action has in common: a time limit, and an honest end when something fails."""

from __future__ import annotations

import asyncio
import logging
import traceback
from abc import ABC, abstractmethod

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.cases import CaseRequest, open_case, people
from actions.identity import NotProved
from actions.turn import Events, Turn
from commerce.errors import SystemDown
from core.failpoints import failpoint
from desk.cases import Priority, Reason
from desk.summary import Statement, statement

logger = logging.getLogger(__name__)

# A shopper waits this long for a system, then hears that it does not answer.
LIMIT_SECONDS = 5.0
# Our own database gets as long again to keep the case; the shopper should not wait longer for an honest word.
CASE_LIMIT_SECONDS = 5.0


class Scenario(Action, ABC):
    """An action of ours: subclasses write `perform`; whatever it raises, the shopper hears the truth, no form hangs."""

    @abstractmethod
    def name(self) -> str:
        """The action's name in domain.yml."""

    @abstractmethod
    async def perform(self, turn: Turn) -> Events:
        """Answer the turn and return the events; may raise anything."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Run `perform` within the time limit; on failure take back what was half said and end honestly."""
        turn = Turn(dispatcher, tracker)
        try:
            async with asyncio.timeout(LIMIT_SECONDS):
                failpoint("actions.before_action")
                events = [*await self.perform(turn), *turn.remembered]
                failpoint("actions.after_action")
                return events
        except NotProved:
            turn.unsay()
            return self.not_proved(turn)
        except (SystemDown, TimeoutError) as error:
            logger.warning("%s: %s", self.name(), error if isinstance(error, SystemDown) else "time limit passed")
            turn.unsay()
            return await self.system_down(turn)
        except Exception as error:
            log_failure(self.name(), error)
            turn.unsay()
            return await self.broken(turn)

    def not_proved(self, turn: Turn) -> Events:
        """End a turn in which the proof of identity is missing or has run out: nothing about an order is said."""
        turn.say("utter_proof_expired")
        return leave_form(("proof", None), ("contact", None), ("next_step", "answered"))

    async def system_down(self, turn: Turn) -> Events:
        """End a turn in which a system did not answer."""
        case = await _case_or_none(turn, statement("system_down"))
        if case:
            turn.say("utter_hand_over_system_down", case=case, people=people())
        else:
            turn.say("utter_something_wrong_no_case")
        return leave_form(("next_step", "answered"), ("case_number", case or turn.slot("case_number")))

    async def broken(self, turn: Turn) -> Events:
        """End a turn in which we failed ourselves."""
        case = await _case_or_none(turn, statement("step_failed", action=self.name()))
        if case:
            turn.say("utter_something_wrong", case=case, people=people())
        else:
            turn.say("utter_something_wrong_no_case")
        return leave_form(("next_step", "answered"), ("case_number", case or turn.slot("case_number")))


def leave_form(*slots: tuple[str, object]) -> Events:
    """Return the events that end any form and set some slots."""
    return [ActiveLoop(None), SlotSet("requested_slot", None), *(SlotSet(name, value) for name, value in slots)]


def log_failure(action: str, error: Exception) -> None:
    """Log where an action failed. The error's own text may quote personal data, so only its type is logged."""
    frames = traceback.extract_tb(error.__traceback__)
    where = " < ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in reversed(frames[-6:]))
    logger.error("%s failed: %s at %s", action, type(error).__name__, where)


async def _case_or_none(turn: Turn, what: Statement) -> str | None:
    try:
        need = statement("need", need=turn.slot("need") or turn.intent)
        request = CaseRequest(Reason.SYSTEM_DOWN, Priority.HIGH, [what, need])
        async with asyncio.timeout(CASE_LIMIT_SECONDS):
            return (await open_case(turn, request)).number
    except Exception as error:
        log_failure("opening a case", error)
        return None
