"""It says delivered, but it is not here: what to check, how long to wait, and the claim after a plain yes."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from rasa_sdk.events import FollowupAction, SlotSet

from actions import parcel_words as words
from actions import settled
from actions.cases import CaseRequest, case_of_claim, open_case, people
from actions.claim_answer import Answer, answer_of, is_explicit_yes
from actions.claim_route import answer_beside
from actions.claim_talk import talk_of, was_asked_lately
from actions.identity import NotProved, may_read_address
from actions.scenario import Scenario
from actions.snapshot import facts_of, local_moment
from actions.told import told_before
from actions.tracking import Delivery, open_case_if_needed, proved_delivery, say_where_it_is
from actions.tracking_problem import normalised
from actions.turn import Events, Turn, actions_of, replies_of
from actions.values import Typed, listing, moment, option, reply
from commerce.claim import Claim
from commerce.delivery import ClaimAssessment, ClaimVerdict, claim_assessment
from commerce.errors import SystemDown
from commerce.order import Order
from commerce.parcel import Parcel, ParcelStatus
from commerce.systems import systems
from core.clock import utc_now
from core.failpoints import failpoint
from desk.cases import Priority, Reason
from desk.summary import Statement, statement

# So many turns later "how long do I have to wait?" is still about the wait for a parcel.
_WAIT_IN_MIND = 2
_NOTHING_TO_CLAIM: Events = [SlotSet("claim_parcel", None), SlotSet("next_step", "answered")]


class ActionDeliveredNotReceived(Scenario):
    """Tells what the carrier says, what to check and how long to wait; leads to the claim when it may be made."""

    def name(self) -> str:
        return "action_delivered_not_received"

    async def perform(self, turn: Turn) -> Events:
        """Answer, and say in `next_step` whether the claim form follows."""
        delivery = await proved_delivery(turn)
        settled.tell(turn, delivery.order.number)
        if delivery.order.given_back_after_sending:
            return await _given_back(turn, delivery)
        delivered = [parcel for parcel in delivery.parcels if parcel.status is ParcelStatus.delivered]
        if not delivered:
            say_where_it_is(turn, delivery)
            case = await open_case_if_needed(turn, delivery)
            return [*_NOTHING_TO_CLAIM, *([SlotSet("case_number", case)] if case else [])]
        parcel = _meant(turn, delivered)
        if parcel is None:
            _ask_which(turn, delivery, delivered)
            return _NOTHING_TO_CLAIM
        known = await asyncio.to_thread(systems().orders.open_claim, turn.shop, delivery.order.number, parcel)
        if known and not settled.holds_for_claim(turn, delivery.order.number, _number(parcel), parcel.last_news_at):
            return await _known(turn, delivery, parcel, known)
        return await _of_parcel(turn, delivery, parcel, many=len(delivery.parcels) > 1)


class ValidateClaimForm(Scenario):
    """Takes a clear yes, or a no; half an answer, or what was hardly a yes, is asked for again."""

    def name(self) -> str:
        return "validate_claim_form"

    async def perform(self, turn: Turn) -> Events:
        """Set the answer; nothing when the message is none, so that the rules answer it."""
        if not turn.answers_the_form:
            return []
        answer = answer_of(turn)
        if answer is Answer.NONE:
            # Answered here, whatever the message was taken for; then the question is asked again.
            talk = talk_of(turn, with_data=False)
            return [SlotSet("claim_confirmed", None)] if await answer_beside(turn, talk) else []
        # A wrong address, or that it is there, ends the question, too: action_open_claim reads it again.
        given = {Answer.YES: True, Answer.NO: False, Answer.WRONG_ADDRESS: False, Answer.FOUND: False}
        return [SlotSet("claim_confirmed", given.get(answer))]


class AskClaimConfirmed(Scenario):
    """Asks for the yes: first in full, then shortly, and only for what is still missing."""

    def name(self) -> str:
        return "action_ask_claim_form_claim_confirmed"

    async def perform(self, turn: Turn) -> Events:
        """Ask."""
        order, now = str(turn.slot("order_number")), turn.events_of_this_turn
        if any(name.startswith("utter_not_received") for name in replies_of(now)):
            turn.say("utter_ask_claim_confirmed")
        elif answer_of(turn) is Answer.CHECKED:
            if "utter_claim_checked" not in replies_of(turn.last_replies()):
                turn.say("utter_claim_checked")
            turn.say("utter_ask_claim_now", order=order, parcel=await _asked_about(turn))
        elif "action_delivered_not_received" in actions_of(now):
            turn.say("utter_ask_claim_now", order=order, parcel=await _asked_about(turn))
        else:
            turn.say("utter_ask_claim_again", order=order, parcel=await _asked_about(turn))
        return []


class ActionOpenClaim(Scenario):
    """Records the claim after a yes, once, opens the case and reports what was done; reads other answers as well."""

    def name(self) -> str:
        return "action_open_claim"

    async def perform(self, turn: Turn) -> Events:
        """Write only with proof of identity, a yes, and a parcel that may still be claimed."""
        done: Events = [SlotSet("claim_confirmed", None), *_NOTHING_TO_CLAIM]
        answer = answer_of(turn)
        if answer is Answer.WRONG_ADDRESS:
            return [*done, SlotSet("case_number", await _wrong_address(turn))]
        if answer is Answer.FOUND:
            turn.say("utter_found_not_reported")
            return [*done, SlotSet("need", None)]
        if turn.slot("claim_confirmed") is not True or answer is not Answer.YES:
            turn.say("utter_claim_not_opened")
            return done
        delivery = await proved_delivery(turn)
        parcel = next((p for p in delivery.parcels if p.id == turn.slot("claim_parcel")), None)
        settled_by_money = delivery.order.given_back_after_sending
        if parcel is None or settled_by_money or _assess(parcel).verdict is not ClaimVerdict.eligible:
            turn.say("utter_claim_not_opened")
            return done
        claim = await asyncio.to_thread(
            systems().orders.record_claim, turn.shop, delivery.order.number, parcel, turn.key("claim")
        )
        failpoint("actions.after_claim")
        return [*done, SlotSet("case_number", await _report(turn, delivery, parcel, claim))]


async def _asked_about(turn: Turn) -> Typed:
    """The parcel by its number; a question is not worth failing over."""
    try:
        parcels = (await proved_delivery(turn)).parcels
    except (NotProved, SystemDown):
        return reply("term_the_parcel")
    return next((_named(p) for p in parcels if p.id == turn.slot("claim_parcel")), reply("term_the_parcel"))


async def _wrong_address(turn: Turn) -> str:
    """Nothing is reported: where it went is for a person to see. Return the case's number."""
    delivery = await proved_delivery(turn)
    parcel = next((p for p in delivery.parcels if p.id == turn.slot("claim_parcel")), delivery.parcels[0])
    summary = [
        statement("wrong_address", parcel=_number(parcel)),
        statement("order_proved", order=delivery.order.number),
    ]
    opened = await open_case(turn, _request(delivery, parcel, summary, {}))
    turn.say("utter_passed_to_desk", case=opened.number, order=delivery.order.number, people=people(delivery.zone))
    return opened.number


async def _given_back(turn: Turn, delivery: Delivery) -> Events:
    """It was refunded before: tell so, and let a person see what else there is to it."""
    say_where_it_is(turn, delivery)
    order, parcel = delivery.order.number, delivery.parcels[0] if delivery.parcels else None
    if parcel is None:
        return _NOTHING_TO_CLAIM
    if settled.holds(turn, order, delivery.news_at):
        settled.offer_person(turn, always=True)
        return _NOTHING_TO_CLAIM
    summary = [
        statement("missing", parcel=_number(parcel)),
        statement("refunded_before", order=order),
        statement("order_proved", order=order),
    ]
    opened = await open_case(turn, _request(delivery, parcel, summary, {}))
    turn.say("utter_passed_to_desk", case=opened.number, order=order, people=people(delivery.zone))
    return [*_NOTHING_TO_CLAIM, SlotSet("case_number", opened.number)]


def say_wait_again(turn: Turn, delivery: Delivery) -> bool:
    """Say until when to wait for a parcel, where that was told just now, or is all there is to say; whether it was."""
    for parcel in delivery.parcels:
        assessed, before = _assess(parcel), len(turn.messages)
        if assessed.verdict is ClaimVerdict.wait_until and assessed.until:
            _say_wait(turn, parcel, assessed.until)
            if told_before(turn, turn.messages[before:], turns=_WAIT_IN_MIND):
                return True
            turn.unsay(since=before)
    return False


def _say_wait(turn: Turn, parcel: Parcel, until: datetime) -> None:
    turn.say("utter_not_received_wait", until=moment(until, parcel.destination_zone))


async def _of_parcel(turn: Turn, delivery: Delivery, parcel: Parcel, many: bool) -> Events:
    assessed = _assess(parcel)
    before = len(turn.messages)
    card = next(
        words.parcel_card(a, delivery.order.number) for a in delivery.assessment.parcels if a.parcel.id == parcel.id
    )
    turn.say(
        "utter_not_received_facts",
        details=card,
        carrier=parcel.carrier_name,
        parcel=_named(parcel) if many else reply("term_the_parcel"),
        time=words.delivered_moment(parcel),
        left=words.left(parcel, may_read_address(turn, delivery.order.number)),
    )
    if settled.holds_for_claim(turn, delivery.order.number, _number(parcel), parcel.last_news_at):
        settled.offer_person(turn, always=True)
        return _NOTHING_TO_CLAIM
    if assessed.verdict is ClaimVerdict.too_late:
        return await _too_late(turn, delivery, parcel, assessed)
    _say_address(turn, delivery.order)
    checks = [reply(f"term_check_{check}") for check in assessed.checks if check != "address"]
    if checks:
        turn.say("utter_not_received_checks", checks=listing(checks))
    told = told_before(turn, turn.messages[before:])
    if told:
        turn.unsay(since=before)  # back to it after a "not yet": only the question is left
    if assessed.verdict is ClaimVerdict.wait_until and assessed.until:
        until = moment(assessed.until, parcel.destination_zone)
        turn.say("utter_claim_wait" if told else "utter_not_received_wait", until=until)
        return _NOTHING_TO_CLAIM
    if told and is_explicit_yes(turn) and was_asked_lately(turn):
        said_yes = [SlotSet("claim_parcel", parcel.id), SlotSet("claim_confirmed", True)]
        return [*said_yes, SlotSet("next_step", "answered"), FollowupAction("action_open_claim")]
    return [
        SlotSet("claim_parcel", parcel.id),
        SlotSet("claim_confirmed", None),
        SlotSet("tracking_number", None),
        SlotSet("next_step", "claim"),
    ]


async def _known(turn: Turn, delivery: Delivery, parcel: Parcel, claim: Claim) -> Events:
    """The parcel is reported already: say so, and who is at work on it."""
    case = await case_of_claim(turn, claim.number)
    reported = words.moment_day(claim.recorded_at, parcel.destination_zone)
    if case and case.here:
        turn.say(
            "utter_claim_known",
            date=reported,
            parcel=_named(parcel),
            case=case.number,
            answer_days=_answer_days(parcel),
            people=people(delivery.zone),
        )
        return [*_NOTHING_TO_CLAIM, SlotSet("case_number", case.number)]
    if case:
        person = [option("option_person", "/human_agent")]
        turn.say(
            "utter_claim_known_elsewhere",
            options=person,
            date=reported,
            parcel=_named(parcel),
            case=case.number,
            answer_days=_answer_days(parcel),
        )
        return _NOTHING_TO_CLAIM
    summary = [
        statement("claim_asked_about", claim=claim.number, parcel=_number(parcel)),
        statement("order_proved", order=delivery.order.number),
    ]
    opened = await open_case(turn, _request(delivery, parcel, summary, _claim_facts(parcel, claim)))
    turn.say(
        "utter_claim_known_no_case",
        date=reported,
        parcel=_named(parcel),
        case=opened.number,
        people=people(delivery.zone),
    )
    return [*_NOTHING_TO_CLAIM, SlotSet("case_number", opened.number)]


async def _too_late(turn: Turn, delivery: Delivery, parcel: Parcel, assessed: ClaimAssessment) -> Events:
    summary = [
        statement("missing_too_late", parcel=_number(parcel)),
        statement("order_proved", order=delivery.order.number),
    ]
    opened = await open_case(turn, _request(delivery, parcel, summary, {}))
    until = moment(assessed.until or utc_now(), parcel.destination_zone)
    turn.say("utter_not_received_too_late", until=until, case=opened.number, people=people(delivery.zone))
    return [*_NOTHING_TO_CLAIM, SlotSet("case_number", opened.number)]


async def _report(turn: Turn, delivery: Delivery, parcel: Parcel, claim: Claim) -> str:
    """Open the case with everything in it, say what was done, and return the case's number."""
    assessed = _assess(parcel)
    summary = [
        statement("missing", parcel=_number(parcel)),
        statement("claim", claim=claim.number),
        *(statement("claim_needs", claim=claim.number, evidence=n) for n in assessed.needs if n not in _CONFIRMED),
        statement("order_proved", order=delivery.order.number),
    ]
    facts = _claim_facts(parcel, claim)
    facts["claim"]["checks"] = list(assessed.checks)
    opened = await open_case(turn, _request(delivery, parcel, summary, facts))
    turn.say(
        "utter_claim_opened" if claim.created else "utter_claim_known",
        details=_claim_card(opened.number, parcel),
        date=words.moment_day(claim.recorded_at, parcel.destination_zone),
        parcel=_named(parcel),
        case=opened.number,
        answer_days=_answer_days(parcel),
        people=people(delivery.zone),
    )
    if "signed_statement" in assessed.needs:
        turn.say("utter_claim_needs_statement", carrier=parcel.carrier_name)
    return opened.number


def _claim_facts(parcel: Parcel, claim: Claim) -> dict[str, dict[str, Any]]:
    """What the desk keeps of a claim, with the day by which the shopper was told to hear from us."""
    answered_by = systems().handbook.opening_hours.working_day_after(claim.recorded_at, _answer_days(parcel))
    claimed = {"number": claim.number, "order": claim.order_number, "parcel": _number(parcel)}
    return {"claim": {**claimed, "report_by": answered_by.isoformat()}}


# What the shopper's yes to utter_ask_claim_confirmed confirms.
_CONFIRMED = ("confirmed_address", "confirmed_checks")


def _request(delivery: Delivery, parcel: Parcel, summary: list[Statement], facts: dict[str, Any]) -> CaseRequest:
    detail = parcel.delivery
    at, zone = (detail.at, detail.zone) if detail else (parcel.last_news_at, parcel.destination_zone)
    said = {
        "delivered_at": local_moment(at, zone),
        "left": detail.place.value if detail else "unknown",
        "signed_by": detail.signed_by if detail else None,
        "note": detail.note if detail else None,
    }
    return CaseRequest(
        Reason.DELIVERED_NOT_RECEIVED,
        Priority.HIGH,
        summary,
        order_number=delivery.order.number,
        facts={**facts_of(delivery.order, delivery.parcels), "delivery": said, **facts},
    )


def _claim_card(case: str, parcel: Parcel) -> dict[str, Any]:
    return {
        "type": "case",
        "title": reply("label_case", case=case),
        "subtitle": words.goods_of(parcel) if parcel.items else None,
        "status": reply("label_status_reported_missing"),
        "progress": None,
        "fields": [{"label": reply("label_tracking_number"), "value": _number(parcel)}],
        "items": [],
        "link": None,
    }


def _answer_days(parcel: Parcel) -> int:
    return systems().handbook.claims_for(parcel.destination).answer_within_working_days


def _assess(parcel: Parcel) -> ClaimAssessment:
    return claim_assessment(parcel, utc_now(), systems().handbook)


def _meant(turn: Turn, delivered: list[Parcel]) -> Parcel | None:
    """The parcel the shopper means: the only one, or the one whose number they gave or pressed."""
    if len(delivered) == 1:
        return delivered[0]
    given = normalised(str(turn.slot("tracking_number") or ""))
    return next((p for p in delivered if p.tracking_number and normalised(p.tracking_number) == given), None)


def _ask_which(turn: Turn, delivery: Delivery, delivered: list[Parcel]) -> None:
    options = [
        {
            "title": _goods_or_number(parcel),
            "payload": f'/delivered_not_received{{"tracking_number":"{parcel.tracking_number}"}}',
        }
        for parcel in delivered
        if parcel.tracking_number
    ]
    turn.say("utter_which_parcel_missing", options=options, order=delivery.order.number)


def _goods_or_number(parcel: Parcel) -> Typed:
    return words.goods_of(parcel) if parcel.items else _number(parcel)


def _named(parcel: Parcel) -> Typed:
    return reply("term_parcel_tracking", tracking=_number(parcel))


def _number(parcel: Parcel) -> str:
    return parcel.tracking_number or parcel.id


def _say_address(turn: Turn, order: Order) -> None:
    """Where it went, for the shopper to check; name and street only to who may read them."""
    address = order.shipping_address
    town = f"{address.postcode} {address.city}" if address.postcode else address.city
    if may_read_address(turn, order.number):
        line = ", ".join(part for part in (address.name, address.line1, address.line2, town) if part)
        turn.say("utter_not_received_address", address=line)
    else:
        turn.say("utter_not_received_town", town=town)
