"""What the assistant cannot do yet: an honest sentence, and a person."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions import settled
from actions.cases import CaseRequest, open_case, people
from actions.clarify import clarify
from actions.customs_in_hand import say_customs_in_hand
from actions.needs import SURE_ENOUGH, not_served
from actions.refunds import say_refunds
from actions.scenario import Scenario, leave_form
from actions.snapshot import OrderInCase, facts_of, order_in_case
from actions.tracking import Delivery, proved_delivery
from actions.turn import Events, Turn
from actions.values import option
from desk.cases import Priority, Reason
from desk.summary import statement


class ActionNotServed(Scenario):
    """Says what the assistant cannot do yet, and offers a person."""

    def name(self) -> str:
        return "action_not_served"

    async def perform(self, turn: Turn) -> Events:
        """Say so, with a button to a person; what was hardly understood is asked about first.

        A problem with paying, of who has import charges to pay, is taken for a question about those.
        """
        if turn.intent == "payment_problem" and await say_customs_in_hand(turn):
            return [SlotSet("next_step", "answered")]
        if turn.confidence < SURE_ENOUGH:
            return await clarify(turn)
        if settled.answers_again(turn, turn.intent):
            return [SlotSet("next_step", "answered")]
        turn.say(f"utter_cannot_{turn.intent}", options=[option("option_person", "/human_agent")])
        return [SlotSet("next_step", "answered")]


class ActionPassToDesk(Scenario):
    """Prepares a case for what only a person can do; with the order in it, where the need is about one."""

    def name(self) -> str:
        return "action_pass_to_desk"

    async def perform(self, turn: Turn) -> Events:
        """Open the case and say so; a need that was hardly understood is asked about first."""
        if turn.intent == "privacy_request" and turn.active_form == "identity_form":
            turn.say("utter_why_details")  # "why do you need my e-mail?"
            return [SlotSet("next_step", "answered")]
        without_order = turn.intent in _WITHOUT_ORDER
        if without_order and turn.confidence < SURE_ENOUGH:
            return await clarify(turn)
        if without_order and settled.answers_again(turn, turn.intent):
            return _end(turn)
        about_order = turn.slot("next_step") == "desk" and not without_order
        need = str(turn.slot("need")) if about_order else turn.intent
        delivery = await proved_delivery(turn) if about_order else None
        if delivery and settled.holds(turn, delivery.order.number):
            settled.tell_again(turn, delivery.order.number)
            settled.offer_person(turn, always=True)
            return _end(turn)
        if delivery:
            settled.tell(turn, delivery.order.number)
            if need == "refund_status" and say_refunds(turn, delivery.order, [option("option_person", "/human_agent")]):
                return _end(turn)
        elif need == "complaint":
            settled.end(turn)
        opened = await open_case(turn, _request(need, _of(delivery) if delivery else await order_in_case(turn)))
        if delivery:
            if need == "refund_status":
                turn.say("utter_cannot_refund_status")
            zone, order = delivery.zone, delivery.order.number
            turn.say("utter_passed_to_desk", case=opened.number, order=order, people=people(zone))
        else:
            turn.say(f"utter_cannot_{need}")
            turn.say("utter_passed_to_desk_no_order", case=opened.number, people=people())
        return [*_end(turn), SlotSet("case_number", opened.number)]


def _end(turn: Turn) -> Events:
    """End the turn; a claim goes on asking for its yes, an order number that was asked for is not needed any more."""
    form = [] if turn.active_form == "claim_form" else leave_form()
    return [*form, SlotSet("next_step", "answered")]


_WITHOUT_ORDER = frozenset(intent for intent, entry in not_served().items() if entry.order == "false")


def _of(delivery: Delivery) -> OrderInCase:
    number = delivery.order.number
    facts = facts_of(delivery.order, delivery.parcels)
    return OrderInCase(number, facts, (statement("order_proved", order=number),))


def _request(need: str, order: OrderInCase) -> CaseRequest:
    entry = not_served().get(need)
    priority = entry.priority if entry else Priority.NORMAL
    said = [statement("need", need=need), *order.said]
    return CaseRequest(Reason.NOT_SERVED, priority, said, order_number=order.number, facts=order.facts)
