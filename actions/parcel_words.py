"""What is said of a parcel: an assessment of `commerce.delivery` becomes a sentence and a card."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from actions.values import Typed, country, day, days, listing, moment, money, reply
from commerce.claim import Claim
from commerce.delivery import Condition, NextStep, ParcelAssessment, UnshippedAssessment, UntrackedAssessment
from commerce.handbook import CustomsRule
from commerce.order import Order
from commerce.parcel import Checkpoint, CheckpointCode, CustomsState, DeliveryPlace, DutiesPaidBy, Parcel, ParcelStatus
from commerce.systems import systems
from commerce.working_days import add_working_days
from core.clock import utc_now

# Steps of the bar on a card: announced, on its way, nearly there, delivered.
_STEPS = 4
_STEP_OF = {
    Condition.label_only: 1,
    Condition.dispatch_late: 1,
    Condition.out_for_delivery: 3,
    Condition.ready_for_pickup: 3,
    Condition.delivery_failed: 3,
    Condition.delivered: 4,
}


def sentence(assessed: ParcelAssessment, names: bool) -> Typed:
    """Return what to say of a parcel, in complete sentences; who took it is said only if `names`."""
    if assessed.condition is Condition.delivered:
        return _delivered(assessed, names)
    return _SENTENCES[assessed.condition](assessed)


def fact(assessed: ParcelAssessment, names: bool) -> Typed:
    """Return what matters of a parcel to somebody who knows the rest: its last scan and its day, or what to do."""
    if assessed.condition in (Condition.not_updated, Condition.late):
        return fact_with_advice(assessed, names)
    return _fact(assessed, names)


def fact_with_advice(assessed: ParcelAssessment, names: bool) -> Typed:
    """Return what matters of a parcel, and until when to wait and what then, where waiting is what there is to do."""
    told = _fact(assessed, names)
    if assessed.act_on is None or assessed.condition not in _TOLD_BY_SCAN:
        return told
    by_carrier = assessed.condition is not Condition.in_customs
    name = "term_wait_then_searched" if by_carrier else "term_wait_then_found_out"
    advice = reply(name, act_on=day(assessed.act_on), carrier=assessed.parcel.carrier_name)
    return reply("term_fact_and_advice", fact=told, advice=advice)


def _fact(assessed: ParcelAssessment, names: bool) -> Typed:
    if assessed.condition not in _TOLD_BY_SCAN:
        return sentence(assessed, names)
    last, expected = scan(assessed.parcel), expected_day(assessed)
    if expected is None:
        return last
    late = assessed.condition is Condition.late
    day_words = reply("term_arrival_was_expected", expected=day(expected)) if late else arrival(assessed.parcel)
    return reply("term_scan_and_day", scan=last, arrival=day_words)


_TOLD_BY_SCAN = {
    Condition.on_time,
    Condition.out_for_delivery,
    Condition.in_customs,
    Condition.customs_overdue,
    Condition.not_updated,
    Condition.late,
}


def expected_day(assessed: ParcelAssessment) -> date | None:
    """Return the day to name to the shopper, None where it says nothing any more.

    A day that is past stands only where it is said to be past; of a parcel that is stopped no day can be trusted.
    """
    if assessed.condition in _WITHOUT_DAY or assessed.expected is None:
        return None
    past = assessed.expected < today_at(assessed.parcel)
    return None if past and assessed.condition not in _PAST_DAY_SAID else assessed.expected


_PAST_DAY_SAID = {Condition.on_time, Condition.late, Condition.not_updated}
_WITHOUT_DAY = {
    Condition.overdue_lost,
    Condition.returned,
    Condition.exception,
    Condition.customs_action_needed,
    Condition.dispatch_late,
    Condition.ready_for_pickup,
}


def scan(parcel: Parcel) -> Typed:
    """Return where and when the carrier last scanned it."""
    last = parcel.last_scan
    if last is None:
        return reply("term_scan_none")
    time = moment(last.at, last.zone)
    if last.place and last.country:
        return reply("term_scan", place=reply("term_place", place=last.place, country=country(last.country)), time=time)
    if last.place:
        return reply("term_scan", place=last.place, time=time)
    return reply("term_scan_no_place", time=time)


def arrival(parcel: Parcel) -> Typed:
    """Return when it should come."""
    expected, today = parcel.expected, today_at(parcel)
    if expected is None:
        return reply("term_arrival_unknown")
    if expected < today:
        return reply("term_arrival_overdue", expected=day(expected))
    return reply("term_arrival_today" if expected == today else "term_arrival_expected", expected=day(expected))


def today_at(parcel: Parcel) -> date:
    """Return today's date where the parcel goes."""
    return utc_now().astimezone(ZoneInfo(parcel.destination_zone)).date()


def delivered_moment(parcel: Parcel) -> Typed:
    """Return when it was delivered, as the clock there showed it."""
    if parcel.delivery:
        return moment(parcel.delivery.at, parcel.delivery.zone)
    return moment(parcel.last_news_at, parcel.destination_zone)


def left(parcel: Parcel, names: bool) -> Typed:
    """Return where or with whom the carrier says it left the parcel; people by name only if `names`."""
    detail = parcel.delivery
    if detail is None or detail.place is DeliveryPlace.unknown:
        return reply("term_left_unknown")
    name = f"term_left_{detail.place.value}"
    if names and detail.signed_by and detail.place in _SIGNED:
        return reply(f"{name}_signed", name=detail.signed_by)
    noted = {DeliveryPlace.safe_place, DeliveryPlace.neighbour} if names else {DeliveryPlace.safe_place}
    if detail.note and detail.place in noted:
        return reply(f"{name}_note", note=detail.note)
    return reply(name)


_SIGNED = {DeliveryPlace.recipient, DeliveryPlace.household, DeliveryPlace.reception}


def customs_explained(parcel: Parcel) -> Typed | None:
    """Return what customs means for this parcel, by the handbook; None when it crosses no customs border."""
    rule = systems().handbook.customs_between(parcel.origin, parcel.destination)
    if rule is None:
        return None
    duties = parcel.customs.duties if parcel.customs else rule.duties_paid_by
    return customs_rule_words(rule, parcel.destination, duties)


def customs_rule_words(rule: CustomsRule, destination: str, duties: DutiesPaidBy) -> Typed:
    """Return how long customs of a country usually take and who pays the import charges."""
    least, most = rule.usual_days
    name = "term_customs_shop_pays" if duties is DutiesPaidBy.shop else "term_customs_shopper_pays"
    return reply(name, country=country(destination), least=least, most=most)


def goods(items: Iterable[tuple[str, str | None, int]]) -> Typed:
    """Return titles with variants and quantities as a list in words; takes (title, variant, quantity)."""
    return listing(piece(title, variant, quantity) for title, variant, quantity in items)


def goods_of(parcel: Parcel) -> Typed:
    """Return what is in a parcel."""
    return goods((item.title, item.variant, item.quantity) for item in parcel.items)


def goods_unshipped(unshipped: UnshippedAssessment) -> Typed:
    """Return what has not left the warehouse."""
    return goods((line.title, line.variant, quantity) for line, quantity in unshipped.lines)


def unshipped_sentence(unshipped: UnshippedAssessment) -> Typed:
    """Return what to say of what has not left the warehouse."""
    if unshipped.condition is Condition.awaiting_payment:
        return reply("term_awaiting_payment")
    name = f"term_{unshipped.condition.value}"
    if unshipped.ship_by is None:
        return reply(f"{name}_no_day")
    return reply(name, ship_by=day(unshipped.ship_by))


def untracked_sentence(untracked: UntrackedAssessment) -> Typed:
    """Return what to say of what has left the warehouse without a parcel that the shop knows of."""
    if untracked.due is None:
        return reply("term_shipped_untracked")
    name = "term_shipped_untracked_late" if untracked.is_late else "term_shipped_untracked_expected"
    return reply(name, expected=day(untracked.due))


def reported_missing(parcel: Parcel, claim: Claim, case: str | None) -> Typed:
    """Return what to say of a parcel marked delivered that was reported missing; a case is at work on it, if any."""
    answer_days = systems().handbook.claims_for(parcel.destination).answer_within_working_days
    recorded = claim.recorded_at.astimezone(ZoneInfo(parcel.destination_zone)).date()
    carrier, time, reported = parcel.carrier_name, delivered_moment(parcel), day(recorded)
    if case is None:
        return reply("term_reported_missing_no_case", carrier=carrier, time=time, date=reported)
    overdue = add_working_days(recorded, answer_days) < today_at(parcel)
    name = "term_reported_missing_overdue" if overdue else "term_reported_missing"
    return reply(name, carrier=carrier, time=time, date=reported, case=case, answer_days=answer_days)


def given_back(order: Order, zone: str) -> Typed:
    """Return what to say of an order that was sent and then refunded in full: when it came back, when it was repaid."""
    refunded = reply("term_refunded_in_full_no_day")
    if order.refunded_at:
        amount = money(order.refunded)
        refunded = reply("term_refunded_in_full", amount=amount, refunded=moment_day(order.refunded_at, zone))
    if order.came_back_at is None:
        return refunded
    return reply("term_came_back", date=moment_day(order.came_back_at, zone), then=refunded)


def parcel_card(assessed: ParcelAssessment, order: str, number: int = 1, count: int = 1) -> dict[str, Any]:
    """Return the card of one parcel."""
    parcel = assessed.parcel
    title = reply("label_order", order=order)
    if count > 1:
        title = reply("label_order_parcel", order=order, number=number, count=count)
    return {
        "type": "parcel",
        "title": title,
        "subtitle": goods_of(parcel) if parcel.items else None,
        "status": _status(assessed),
        "progress": {"step": _STEP_OF.get(assessed.condition, 2), "of": _STEPS},
        "fields": list(_fields(assessed)),
        "items": [],
        "link": _link(parcel),
    }


def order_card(order: Order, condition: Condition, unshipped: UnshippedAssessment | None) -> dict[str, Any]:
    """Return the card of an order, or of the part of it, that is not in a parcel."""
    lines = unshipped.lines if unshipped else tuple((line, line.quantity) for line in order.lines)
    fields = [{"label": reply("label_destination"), "value": country(order.country)}]
    if unshipped and unshipped.ship_by:
        fields.append({"label": reply("label_leaves_by"), "value": day(unshipped.ship_by)})
    return {
        "type": "order",
        "title": reply("label_order", order=order.number),
        "subtitle": None,
        "status": reply(f"label_status_{condition.value}"),
        "progress": None,
        "fields": fields,
        "items": [{"title": piece(line.title, None, quantity), "detail": line.variant} for line, quantity in lines],
        "link": None,
    }


def _fields(assessed: ParcelAssessment) -> Iterable[dict[str, Typed]]:
    parcel, last = assessed.parcel, assessed.parcel.last_scan
    yield {"label": reply("label_carrier"), "value": parcel.carrier_name}
    if parcel.tracking_number:
        yield {"label": reply("label_tracking_number"), "value": parcel.tracking_number}
    if parcel.status is ParcelStatus.delivered:
        yield {"label": reply("label_delivered"), "value": delivered_moment(parcel)}
        return
    expected = expected_day(assessed)
    if expected:
        yield {"label": reply("label_expected"), "value": day(expected)}
    if last:
        yield {"label": reply("label_last_scan"), "value": moment(last.at, last.zone)}
    if parcel.customs and parcel.customs.due and parcel.customs.duties is DutiesPaidBy.shopper:
        yield {"label": reply("label_to_pay"), "value": money(parcel.customs.due)}
    if parcel.pickup and parcel.pickup.until:
        yield {"label": reply("label_collect_until"), "value": day(parcel.pickup.until)}


def _status(assessed: ParcelAssessment) -> Typed:
    if assessed.condition is Condition.returned and not _news(assessed.parcel, CheckpointCode.returned):
        return reply("label_status_sent_back")
    return reply(f"label_status_{assessed.condition.value}")


def _news(parcel: Parcel, code: CheckpointCode) -> Checkpoint | None:
    return next((c for c in reversed(parcel.checkpoints) if c.code is code), None)


def _link(parcel: Parcel) -> dict[str, Any] | None:
    if not parcel.tracking_url:
        return None
    return {"title": reply("label_track_on_carrier_site", carrier=parcel.carrier_name), "url": parcel.tracking_url}


def piece(title: str, variant: str | None, quantity: int) -> str:
    """Return so many of a thing, with its size or colour, as it is written everywhere."""
    named = f"{title} ({variant})" if variant else title
    return named if quantity == 1 else f"{quantity} × {named}"


def _label_only(assessed: ParcelAssessment) -> Typed:
    parcel = assessed.parcel
    return reply("term_label_only", carrier=parcel.carrier_name, arrival=arrival(parcel))


def _dispatch_late(assessed: ParcelAssessment) -> Typed:
    parcel = assessed.parcel
    announced = moment_day(parcel.label_created_at, parcel.destination_zone)
    return reply("term_label_only_late", carrier=parcel.carrier_name, announced=announced)


def moment_day(at: datetime, zone: str) -> Typed:
    """Return the day of a moment in a zone."""
    return day(at.astimezone(ZoneInfo(zone)).date())


def _on_time(assessed: ParcelAssessment) -> Typed:
    parcel = assessed.parcel
    return reply("term_on_time", carrier=parcel.carrier_name, scan=scan(parcel), arrival=arrival(parcel))


def _out_for_delivery(assessed: ParcelAssessment) -> Typed:
    return reply("term_out_for_delivery", carrier=assessed.parcel.carrier_name, scan=scan(assessed.parcel))


def _in_customs(assessed: ParcelAssessment) -> Typed:
    parcel = assessed.parcel
    explained = customs_explained(parcel) or arrival(parcel)
    return reply("term_in_customs", country=country(parcel.destination), explained=explained, scan=scan(parcel))


def _customs_action_needed(assessed: ParcelAssessment) -> Typed:
    parcel, customs = assessed.parcel, assessed.parcel.customs
    place = country(parcel.destination)
    if customs and customs.state is CustomsState.documents_needed:
        carrier = parcel.carrier_name
        return reply("term_customs_documents_needed", country=place, carrier=carrier, scan=scan(parcel))
    if customs and customs.duties is DutiesPaidBy.shop:
        return reply("term_customs_charges_ours", country=place, scan=scan(parcel))
    if customs and customs.due:
        return reply(
            "term_customs_payment_due",
            country=place,
            carrier=parcel.carrier_name,
            amount=money(customs.due),
            scan=scan(parcel),
        )
    return reply("term_customs_payment_due_no_amount", country=place, carrier=parcel.carrier_name, scan=scan(parcel))


def _customs_overdue(assessed: ParcelAssessment) -> Typed:
    parcel = assessed.parcel
    most = assessed.customs_days[1] if assessed.customs_days else assessed.days_silent
    return reply("term_customs_overdue", country=country(parcel.destination), most=most, scan=scan(parcel))


def _ready_for_pickup(assessed: ParcelAssessment) -> Typed:
    parcel, pickup = assessed.parcel, assessed.parcel.pickup
    if pickup is None:
        return reply("term_ready_for_pickup_somewhere", scan=scan(parcel))
    if pickup.until is None:
        return reply("term_ready_for_pickup_no_day", place=pickup.name, address=pickup.address)
    return reply("term_ready_for_pickup", place=pickup.name, address=pickup.address, until=day(pickup.until))


def _delivery_failed(assessed: ParcelAssessment) -> Typed:
    parcel = assessed.parcel
    if assessed.next_step is NextStep.open_case or assessed.act_on is None:
        return reply("term_delivery_failed_stuck", carrier=parcel.carrier_name, scan=scan(parcel))
    return reply(
        "term_delivery_failed",
        carrier=parcel.carrier_name,
        attempt=_next_attempt(parcel),
        scan=scan(parcel),
        act_on=day(assessed.act_on),
    )


def _next_attempt(parcel: Parcel) -> Typed:
    """When it is tried again: the carrier's day, where it is one after the attempt."""
    expected, tried = parcel.estimated_delivery, parcel.last_news_at.astimezone(ZoneInfo(parcel.destination_zone))
    if expected and expected > tried.date() and expected >= today_at(parcel):
        return reply("term_next_attempt", expected=day(expected))
    return reply("term_next_attempt_unknown", carrier=parcel.carrier_name)


def _not_updated(assessed: ParcelAssessment) -> Typed:
    parcel = assessed.parcel
    return reply(
        "term_not_updated",
        carrier=parcel.carrier_name,
        silent=days(assessed.days_silent),
        normal=reply("term_silence_abroad" if parcel.international else "term_silence"),
        scan=scan(parcel),
        arrival=arrival(parcel),
        act_on=day(assessed.act_on or today_at(parcel)),
    )


def _late(assessed: ParcelAssessment) -> Typed:
    parcel = assessed.parcel
    expected = assessed.expected or today_at(parcel)
    if assessed.next_step is NextStep.wait and assessed.act_on:
        act_on = day(assessed.act_on)
        return reply(
            "term_late_wait",
            expected=day(expected),
            scan=scan(parcel),
            act_on=act_on,
            carrier=parcel.carrier_name,
        )
    return reply("term_late", expected=day(expected), scan=scan(parcel))


def _overdue_lost(assessed: ParcelAssessment) -> Typed:
    parcel = assessed.parcel
    if parcel.status is ParcelStatus.lost:
        return reply("term_carrier_says_lost", carrier=parcel.carrier_name)
    return reply("term_overdue_lost", silent=days(assessed.days_silent))


def _exception(assessed: ParcelAssessment) -> Typed:
    parcel, last = assessed.parcel, assessed.parcel.last_checkpoint
    if last and last.text:
        return reply("term_exception", carrier=parcel.carrier_name, report=last.text, scan=scan(parcel))
    return reply("term_exception_unexplained", carrier=parcel.carrier_name, scan=scan(parcel))


def _returned(assessed: ParcelAssessment) -> Typed:
    parcel = assessed.parcel
    back = _news(parcel, CheckpointCode.returned)
    if back:
        return reply("term_returned_back", date=moment_day(back.at, back.zone))
    name = "term_returned_on_its_way" if _news(parcel, CheckpointCode.return_started) else "term_returned"
    return reply(name, scan=scan(parcel))


def _delivered(assessed: ParcelAssessment, names: bool) -> Typed:
    parcel, where = assessed.parcel, left(assessed.parcel, names)
    return reply("term_delivered", carrier=parcel.carrier_name, time=delivered_moment(parcel), left=where)


_SENTENCES: dict[Condition, Callable[[ParcelAssessment], Typed]] = {
    Condition.label_only: _label_only,
    Condition.dispatch_late: _dispatch_late,
    Condition.on_time: _on_time,
    Condition.out_for_delivery: _out_for_delivery,
    Condition.in_customs: _in_customs,
    Condition.customs_action_needed: _customs_action_needed,
    Condition.customs_overdue: _customs_overdue,
    Condition.ready_for_pickup: _ready_for_pickup,
    Condition.delivery_failed: _delivery_failed,
    Condition.not_updated: _not_updated,
    Condition.late: _late,
    Condition.overdue_lost: _overdue_lost,
    Condition.exception: _exception,
    Condition.returned: _returned,
}
