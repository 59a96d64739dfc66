"""What the assistant cannot do yet: an honest sentence, and a person."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions import settled
from actions.cases import CaseRequest, open_case, people
from actions.claim_talk import leads_to_the_claim
from actions.clarify import clarify
from actions.customs_in_hand import say_customs_asked_for, say_customs_in_hand
from actions.digression import Digression
from actions.follow_up import say_customs_of_goods
from actions.needs import SURE_ENOUGH, not_served
from actions.opening_hours import asks_of_another_day, say_opening_hours
from actions.parcel_words import given_back
from actions.refunds import say_refunds
from actions.scenario import Scenario, leave_form
from actions.snapshot import OrderInCase, facts_of, order_in_case
from actions.tracking import Delivery, proved_delivery
from actions.turn import ANSWERED, Events, Turn, replies_of
from actions.values import option
from commerce.order import FinancialStatus
from commerce.systems import systems
from desk.cases import Priority, Reason
from desk.summary import statement


class ActionNotServed(Digression):
    """Says what the assistant cannot do yet, and offers a person."""

    def name(self) -> str:
        return "action_not_served"

    async def answer(self, turn: Turn) -> Events:
        """Say so, with a button to a person; what was hardly understood is asked about first.

        A problem with paying, of who has import charges to pay, is taken for a question about those.
        """
        if await _is_about_customs(turn):
            return ANSWERED
        if asks_of_another_day(turn):
            await say_opening_hours(turn)
            return [SlotSet("deadline", None), *ANSWERED]
        if turn.confidence < SURE_ENOUGH:
            return await clarify(turn)
        if not settled.answers_again(turn, turn.intent):
            turn.say(f"utter_cannot_{turn.intent}", options=[option("option_person", "/human_agent")])
        return ANSWERED


async def _is_about_customs(turn: Turn) -> bool:
    """Answer a question about customs or import charges that was taken for something else; False when it is none."""
    of_charges = turn.intent == "payment_problem" and await say_customs_in_hand(turn)
    return of_charges or await say_customs_of_goods(turn)


class ActionPassToDesk(Scenario):
    """Prepares a case for what only a person can do; with the order in it, where the need is about one."""

    def name(self) -> str:
        return "action_pass_to_desk"

    async def perform(self, turn: Turn) -> Events:
        """Open the case and say so; a need that was hardly understood is asked about first."""
        to_the_claim = leads_to_the_claim(turn)
        if to_the_claim and turn.intent in _WITHOUT_ORDER:
            return to_the_claim
        if turn.intent == "privacy_request" and turn.active_form == "identity_form":
            turn.say("utter_why_details")  # "why do you need my e-mail?"
            return ANSWERED
        if turn.intent not in _WITHOUT_ORDER and turn.slot("next_step") == "desk":
            return await _pass_on_with_order(turn, str(turn.slot("need")))
        return await _pass_on(turn, turn.intent)


async def _pass_on_with_order(turn: Turn, need: str) -> Events:
    """Open the case of a need about the order in hand, unless that is settled or there is nothing left to do."""
    delivery = await proved_delivery(turn)
    zone, order = delivery.zone, delivery.order.number
    if settled.holds(turn, order):
        settled.tell_again(turn, order)
        settled.offer_person(turn, always=True)
        return _end(turn)
    if need == "cancel_order" and delivery.order.nothing_will_be_sent:
        _say_already_cancelled(turn, delivery)
        return _end(turn)
    settled.tell(turn, order)
    asks_for_money = need == "refund_status" or (need == "request_refund" and _is_refunded(delivery))
    if asks_for_money and say_refunds(turn, delivery.order, [option("option_person", "/human_agent")]):
        return _end(turn)
    _say_it_is_passed_on(turn, need)
    opened = await open_case(turn, _request(need, _of(delivery)))
    turn.say("utter_passed_to_desk", case=opened.number, order=order, people=people(zone))
    return [*_end(turn), SlotSet("case_number", opened.number)]


async def _pass_on(turn: Turn, need: str) -> Events:
    """Open the case of a need without an order; one that is about none may have been meant otherwise."""
    if need in _WITHOUT_ORDER:
        if await say_customs_asked_for(turn):
            return ANSWERED
        if turn.confidence < SURE_ENOUGH:
            return await clarify(turn)
        if settled.answers_again(turn, need):
            return _end(turn)
    if need == "complaint":
        settled.end(turn)
    opened = await open_case(turn, _request(need, await order_in_case(turn)))
    turn.say(f"utter_cannot_{need}")
    turn.say("utter_passed_to_desk_no_order", case=opened.number, people=people())
    return [*_end(turn), SlotSet("case_number", opened.number)]


def _is_refunded(delivery: Delivery) -> bool:
    return delivery.order.financial_status is FinancialStatus.refunded


def _say_already_cancelled(turn: Turn, delivery: Delivery) -> None:
    """Say that there is nothing left to cancel, and what became of the money where all of it was given back."""
    order, person = delivery.order, [option("option_person", "/human_agent")]
    if _is_refunded(delivery):
        zone = delivery.zone or systems().handbook.opening_hours.zone
        refunded = given_back(order, zone)
        turn.say("utter_already_cancelled_refunded", options=person, order=order.number, refunded=refunded)
    else:
        turn.say("utter_already_cancelled", options=person, order=order.number)


def _say_it_is_passed_on(turn: Turn, need: str) -> None:
    """Say once why it goes to the team, where routing left that to here: what the order tells comes first."""
    reply = f"utter_cannot_{need}"
    entry = not_served().get(need)
    left_to_here = (entry is not None and entry.looked_up) or need == turn.intent == "cancel_order"
    if left_to_here and reply not in replies_of(turn.events_of_this_turn):
        turn.say(reply)


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
