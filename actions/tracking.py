"""Where is my order: every parcel, what is not sent yet, and a case where a person has to act."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from rasa_sdk.events import SlotSet

from actions import parcel_words as words
from actions import settled
from actions.cases import CaseRequest, case_number_of_claim, open_case, people
from actions.identity import may_read_address, proved_order
from actions.lost import say_whether_lost
from actions.refunds import say_refunds
from actions.scenario import Scenario
from actions.snapshot import facts_of
from actions.told import told_before
from actions.turn import Events, Turn
from actions.values import Typed, option, reply
from commerce.claim import Claim
from commerce.delivery import (
    Condition,
    DeliveryAssessment,
    NextStep,
    ParcelAssessment,
    UnshippedAssessment,
    UntrackedAssessment,
    assess,
)
from commerce.order import Order
from commerce.parcel import DutiesPaidBy, Parcel, ParcelStatus
from commerce.systems import systems
from core.clock import utc_now
from desk.cases import Priority, Reason
from desk.summary import Statement, statement


@dataclass(frozen=True)
class _Trouble:
    """What the desk and the shopper hear when a person has to act."""

    reason: Reason
    priority: Priority
    reply: str


_LOST = _Trouble(Reason.LOST, Priority.HIGH, "utter_case_lost")
_CUSTOMS = _Trouble(Reason.CUSTOMS, Priority.NORMAL, "utter_case_customs")
_STOPPED = _Trouble(Reason.TRACKING_PROBLEM, Priority.NORMAL, "utter_case_stopped")
_IT_DOES_NOT_COME = ("parcel_delayed", "delivered_not_received")
# The gravest first: one order gets one case.
_TROUBLES = {
    Condition.overdue_lost: _LOST,
    Condition.exception: _STOPPED,
    Condition.returned: _STOPPED,
    Condition.customs_action_needed: _CUSTOMS,
    Condition.customs_overdue: _CUSTOMS,
    Condition.delivery_failed: _STOPPED,
    Condition.late: _Trouble(Reason.LATE, Priority.NORMAL, "utter_case_late"),
    Condition.dispatch_late: _Trouble(Reason.LATE, Priority.NORMAL, "utter_case_not_shipped"),
}


@dataclass(frozen=True)
class Reported:
    """An open claim, and the number of the case at work on it, if there is one."""

    claim: Claim
    case: str | None


@dataclass(frozen=True)
class Delivery:
    """An order whose proof the conversation holds, with its parcels and how they are doing.

    `reported` are the parcels, by id, that were reported missing though marked delivered.
    """

    order: Order
    parcels: tuple[Parcel, ...]
    assessment: DeliveryAssessment
    reported: Mapping[str, Reported] = field(default_factory=dict)

    @property
    def news_at(self) -> datetime | None:
        """When a parcel of it last moved."""
        return max((parcel.last_news_at for parcel in self.parcels), default=None)

    @property
    def zone(self) -> str | None:
        """The shopper's time zone, as far as a parcel tells it."""
        return self.parcels[0].destination_zone if self.parcels else None


async def proved_delivery(turn: Turn, order_number: str | None = None) -> Delivery:
    """Return the order talked about (or a named one) with its parcels.

    Raises:
        NotProved: the conversation holds no proof for it.
        SystemDown: a system does not answer.
    """
    order = await proved_order(turn, order_number)
    parcels = await asyncio.to_thread(systems().parcels.of_order, order)
    assessment = assess(order, parcels, utc_now(), systems().handbook)
    return Delivery(order, parcels, assessment, await _reported(turn, order, parcels))


async def _reported(turn: Turn, order: Order, parcels: tuple[Parcel, ...]) -> dict[str, Reported]:
    known = {}
    for parcel in parcels:
        if parcel.status is ParcelStatus.delivered:
            claim = await asyncio.to_thread(systems().orders.open_claim, turn.shop, order.number, parcel)
            if claim:
                known[parcel.id] = Reported(claim, await case_number_of_claim(turn, claim.number))
    return known


class ActionTrackOrder(Scenario):
    """Says where an order is; also where the further orders of the same message are."""

    def name(self) -> str:
        return "action_track_order"

    async def perform(self, turn: Turn) -> Events:
        """Tell about every order asked for, and open a case where a person has to act."""
        case = None
        for number in [None, *(turn.slot("more_orders") or [])]:
            delivery = await proved_delivery(turn, number)
            settled.tell(turn, delivery.order.number)
            if not say_whether_lost(turn, delivery.assessment):
                say_where_it_is(turn, delivery, again=Again.IN_SHORT)
            case = await open_case_if_needed(turn, delivery) or case
        return [
            SlotSet("next_step", "answered"),
            SlotSet("more_orders", None),
            *([SlotSet("case_number", case)] if case else []),
        ]


class Again(Enum):
    """How where an order is, told a moment ago and unchanged since, is told once more."""

    IN_FULL = "in full"  # another question than where it is: what was told is a part of its answer
    IN_SHORT = "in short"  # that nothing has changed, with what matters most
    NOT = "not"  # the question has its answer already


def say_where_it_is(turn: Turn, delivery: Delivery, again: Again = Again.IN_FULL) -> None:
    """Tell about every part of an order; `again` decides what is said when all of it was told a moment ago."""
    before = len(turn.messages)
    names = may_read_address(turn, delivery.order.number)
    _say_all(turn, delivery, names)
    if not delivery.order.given_back_after_sending:  # where it is tells that
        say_refunds(turn, delivery.order)
    said = turn.messages[before:]
    if again is Again.IN_FULL or not told_before(turn, said):
        return
    turn.unsay(since=before)
    if again is Again.IN_SHORT:
        options = [chosen for message in said for chosen in message.get("options") or []]
        fact = _what_matters(delivery, names)
        turn.say("utter_nothing_new", options=options, order=delivery.order.number, fact=fact)


def _say_all(turn: Turn, delivery: Delivery, names: bool) -> None:
    order, assessment = delivery.order, delivery.assessment
    parcels, unshipped = assessment.parcels, assessment.unshipped
    untracked = assessment.untracked
    if not parcels and not (unshipped and untracked):
        card = words.order_card(order, assessment.headline, unshipped)
        turn.say("utter_order", details=card, order=order.number, answer=_of_no_parcel(order, assessment))
    elif len(parcels) == 1 and not unshipped and not untracked:
        turn.say(
            "utter_order",
            options=[option("option_not_here", "/delivered_not_received")] if _may_miss(delivery) else None,
            details=words.parcel_card(parcels[0], order.number),
            order=order.number,
            answer=_sentence(delivery, parcels[0], names),
        )
    else:
        _say_every_part(turn, delivery)


def _may_miss(delivery: Delivery) -> bool:
    """Whether to offer "it isn't here": not where (some of) it came back, nor while a person looks for it."""
    (parcel,) = delivery.parcels
    known = delivery.reported.get(parcel.id)
    at_work = known is not None and known.case is not None
    came_back = delivery.order.given_back_after_sending or delivery.order.came_back_at is not None
    return parcel.status is ParcelStatus.delivered and not came_back and not at_work


def _sentence(delivery: Delivery, assessed: ParcelAssessment, names: bool) -> Typed:
    """What to say of a parcel, with what came after its delivery."""
    told, parcel = words.sentence(assessed, names), assessed.parcel
    if assessed.condition is not Condition.delivered:
        return told
    if delivery.order.given_back_after_sending:
        then = words.given_back(delivery.order, parcel.destination_zone)
        return reply("term_delivered_then", delivered=told, then=then)
    known = delivery.reported.get(parcel.id)
    return words.reported_missing(parcel, known.claim, known.case) if known else told


def _what_matters(delivery: Delivery, names: bool) -> Typed:
    """The one fact to tell again: of several parcels, that of the one that fares worst."""
    assessment = delivery.assessment
    parcels = assessment.parcels
    worst = next((p for p in parcels if p.condition is assessment.headline), None)
    if worst is None:
        return _of_no_parcel(delivery.order, assessment)
    fact = _sentence(delivery, worst, names) if worst.condition is Condition.delivered else words.fact(worst, names)
    if len(parcels) == 1:
        return fact
    return reply("term_parcel_of_many", number=parcels.index(worst) + 1, count=len(parcels), fact=fact)


def _of_no_parcel(order: Order, assessment: DeliveryAssessment) -> Typed:
    unshipped = assessment.unshipped
    return words.unshipped_sentence(unshipped) if unshipped else _without_parcels(order, assessment)


def _say_every_part(turn: Turn, delivery: Delivery) -> None:
    order, parcels, unshipped = delivery.order, delivery.assessment.parcels, delivery.assessment.unshipped
    if unshipped or delivery.assessment.untracked:
        turn.say("utter_order_in_parts", order=order.number)
    else:
        turn.say("utter_order_in_parcels", order=order.number, count=len(parcels))
    for parcel in parcels:
        say_part(turn, delivery, parcel)
    if unshipped:
        say_part(turn, delivery, unshipped)
    if untracked := delivery.assessment.untracked:
        say_part(turn, delivery, untracked)


_Part = ParcelAssessment | UnshippedAssessment | UntrackedAssessment


def say_part(turn: Turn, delivery: Delivery, part: _Part) -> None:
    """Tell about one part of an order that has several."""
    card, parcels = card_of(delivery, part), delivery.assessment.parcels
    if isinstance(part, ParcelAssessment):
        number, count = parcels.index(part) + 1, len(parcels)
        answer = _sentence(delivery, part, may_read_address(turn, delivery.order.number))
        items = words.goods_of(part.parcel)
        turn.say("utter_parcel_of_many", details=card, number=number, count=count, items=items, answer=answer)
    elif isinstance(part, UnshippedAssessment):
        items, answer = words.goods_unshipped(part), words.unshipped_sentence(part)
        turn.say("utter_not_shipped_part", details=card, items=items, answer=answer)
    else:
        items = words.goods((line.title, line.variant, quantity) for line, quantity in part.lines)
        turn.say("utter_untracked_part", items=items, answer=words.untracked_sentence(part))


def card_of(delivery: Delivery, part: _Part) -> dict[str, Any] | None:
    """Return the card of one part of an order; None for what cannot be tracked."""
    order, parcels = delivery.order, delivery.assessment.parcels
    if isinstance(part, ParcelAssessment):
        return words.parcel_card(part, order.number, parcels.index(part) + 1, len(parcels))
    return words.order_card(order, part.condition, part) if isinstance(part, UnshippedAssessment) else None


def _without_parcels(order: Order, assessment: DeliveryAssessment) -> Typed:
    """What to say when neither a parcel nor the warehouse has anything of the order."""
    if assessment.untracked:
        return words.untracked_sentence(assessment.untracked)
    if assessment.headline is not Condition.cancelled:
        return reply("term_nothing_to_ship")
    if order.cancelled_at is None:
        return reply("term_cancelled_no_day")
    return reply("term_cancelled", date=words.moment_day(order.cancelled_at, systems().handbook.opening_hours.zone))


async def open_case_if_needed(turn: Turn, delivery: Delivery) -> str | None:
    """Open a case when a person has to act on a part of the order, say so, and return its number.

    What a person has settled is not worked on a second time: a person is offered instead.
    """
    trouble, parcel = _gravest(delivery.assessment)
    if trouble is None and delivery.assessment.untracked and turn.slot("need") in _IT_DOES_NOT_COME:
        trouble = _STOPPED  # nobody can look it up for the shopper
    if trouble is None or settled.holds(turn, delivery.order.number, delivery.news_at):
        settled.offer_person(turn, always=trouble is not None)
        return None
    order = delivery.order
    opened = await open_case(
        turn,
        CaseRequest(
            trouble.reason,
            trouble.priority,
            _summary(delivery),
            order_number=order.number,
            facts=facts_of(order, delivery.parcels),
        ),
    )
    if opened.news:
        carrier = parcel.parcel.carrier_name if parcel else ""
        turn.say(trouble.reply, case=opened.number, carrier=carrier, people=people(delivery.zone))
    elif any(m["response"] == "utter_nothing_new" and m["values"]["order"] == order.number for m in turn.messages):
        turn.say("utter_case_still_open", case=opened.number)
    else:
        turn.say("utter_case_known", case=opened.number, people=people(delivery.zone))
    return opened.number


def _gravest(assessment: DeliveryAssessment) -> tuple[_Trouble | None, ParcelAssessment | None]:
    parts = [(p.condition, p) for p in assessment.parcels if _needs_person(p)]
    if assessment.unshipped and assessment.unshipped.next_step is NextStep.open_case:
        parts.append((assessment.unshipped.condition, None))  # type: ignore[arg-type]
    for condition, trouble in _TROUBLES.items():
        for found, parcel in parts:
            if found is condition:
                return trouble, parcel
    return (_STOPPED if assessment.untracked and assessment.untracked.is_late else None), None


def _needs_person(assessed: ParcelAssessment) -> bool:
    customs = assessed.parcel.customs
    ours_to_pay = (
        assessed.next_step is NextStep.pay_duties and customs is not None and customs.duties is DutiesPaidBy.shop
    )
    return assessed.next_step is NextStep.open_case or ours_to_pay


def _summary(delivery: Delivery) -> list[Statement]:
    """What is wrong first: a list of cases shows only the beginning."""
    number, unshipped = delivery.order.number, delivery.assessment.unshipped
    said = [_of_parcel(assessed) for assessed in delivery.assessment.parcels]
    if unshipped:
        condition, ship_by = unshipped.condition.value, unshipped.ship_by
        said.append(statement("not_shipped", order=number, condition=condition, ship_by=ship_by))
    said.append(statement("order_to", order=number, country=delivery.order.country))
    if untracked := delivery.assessment.untracked:
        said.append(statement("untracked", order=number, expected=untracked.due))
    return [*said, statement("order_proved", order=number)]


def _of_parcel(assessed: ParcelAssessment) -> Statement:
    return statement(
        "parcel",
        parcel=assessed.parcel.tracking_number or assessed.parcel.id,
        carrier=assessed.parcel.carrier_name,
        condition=assessed.condition.value,
        expected=assessed.expected,
        silent=assessed.days_silent,
    )
