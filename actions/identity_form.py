"""The identity form: takes the order number and the contact, tries them, and asks for what is missing."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from rasa_sdk.events import SlotSet

from actions.clarify import explain_missing
from actions.given import read
from actions.identification import identify, to_a_person
from actions.identity import shown_only_postcodes
from actions.routing import need_in_form, say_what_cannot_be_done
from actions.scenario import Scenario
from actions.turn import Events, Turn, replies_of, reply_name
from actions.values import option
from core.settings import settings

# Fewer are a postcode.
_PHONE_DIGITS = 8
_ONLY_THE_NUMBER = "utter_ask_order_number_contact_noted"


class ValidateIdentityForm(Scenario):
    """Tries what the message gives. Without data in it, the form steps back and the rules answer the message."""

    def name(self) -> str:
        return "validate_identity_form"

    async def perform(self, turn: Turn) -> Events:
        """Return the slots to set; none when the message is not an answer to the form."""
        # At its start action_route has already tried the message's data; after a digression there is none.
        given = read(turn) if turn.answers_the_form else None
        if not given:
            return []
        need = need_in_form(turn)
        if need != turn.slot("need"):
            say_what_cannot_be_done(turn, need)
        return _end_unless_missing(await identify(turn, need, given))

    async def system_down(self, turn: Turn) -> Events:
        """End the form; the rules hand over."""
        return _end_unless_missing(to_a_person("system_down"))

    async def broken(self, turn: Turn) -> Events:
        """End the form; the rules hand over."""
        return _end_unless_missing(to_a_person("error"))


class _Ask(Scenario):
    """Asks for a slot in words that fit what was just said."""

    slot: ClassVar[str]

    def name(self) -> str:
        return f"action_ask_identity_form_{self.slot}"

    async def perform(self, turn: Turn) -> Events:
        """Ask, unless a reply of this turn has asked already."""
        said = replies_of(turn.events_of_this_turn)
        if not any(name.startswith(("utter_clarify", "utter_dont_know")) for name in said):
            self.ask(turn, said)
        return []

    @abstractmethod
    def ask(self, turn: Turn, said: list[str]) -> None:
        """Say the question; `said` are the replies of this turn so far."""


class AskOrderNumber(_Ask):
    """Asks for the order number."""

    slot = "order_number"

    def ask(self, turn: Turn, said: list[str]) -> None:
        """First with where to find it; after a digression shorter; that a contact came without it is said."""
        contacts = read(turn).contacts
        bare = [contact for contact in contacts if contact.isdigit() and len(contact) < _PHONE_DIGITS]
        if bare and not said:
            example = settings().order_number_example
            turn.say("utter_ask_order_number_after_postcode", postcode=bare[0], example=example)
        elif contacts and not said and _ONLY_THE_NUMBER in map(reply_name, turn.last_replies()):
            explain_missing(turn)
        elif contacts and not said:
            person = option("option_person", "/human_agent")
            turn.say(_ONLY_THE_NUMBER, options=[person], example=settings().order_number_example)
        elif any(name.startswith("utter_cannot_") for name in said):
            turn.say("utter_ask_order_number_plain", example=settings().order_number_example)
        elif said:
            turn.say("utter_ask_order_number_again")
        else:
            turn.say("utter_ask_order_number", example=settings().order_number_example)


class AskContact(_Ask):
    """Asks for the e-mail, phone or postcode on the order."""

    slot = "contact"

    def ask(self, turn: Turn, said: list[str]) -> None:
        """First with the reason why; after a mismatch for either of the two; after a digression shorter.

        Where a postcode has opened another order, for what is the person's own, whether or not this order exists.
        """
        order = str(turn.slot("order_number"))
        if "utter_identity_mismatch" in said:
            turn.say("utter_ask_contact_after_mismatch", order=order)
        elif said and not any(name.startswith(("utter_cannot_", "utter_claim_left")) for name in said):
            turn.say("utter_ask_contact_again", order=order)
        elif shown_only_postcodes(turn):
            turn.say("utter_ask_contact_not_postcode", order=order)
        else:
            turn.say("utter_ask_contact", order=order)


def _end_unless_missing(events: Events) -> Events:
    next_step = next(e["value"] for e in reversed(events) if e.get("name") == "next_step")
    return events if next_step == "identify" else [*events, SlotSet("requested_slot", None)]
