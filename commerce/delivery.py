"""What to say about a delivery: pure decisions from the order, its parcels, the moment and the handbook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from commerce.handbook import Handbook
from commerce.order import Fulfilment, FulfilmentStatus, Order, OrderLine, OrderStage
from commerce.parcel import CustomsState, DeliveryPlace, Parcel, ParcelStatus
from commerce.working_days import add_working_days, working_days_between


class Condition(StrEnum):
    """How a parcel (or what has not been shipped yet) is doing."""

    cancelled = "cancelled"  # nothing will be sent
    nothing_to_ship = "nothing_to_ship"  # only things that are not posted, such as a gift card by e-mail
    awaiting_payment = "awaiting_payment"
    preparing = "preparing"  # not shipped, within the time the handbook gives the warehouse
    dispatch_late = "dispatch_late"  # not shipped (or label only) for longer than the handbook allows
    shipped_untracked = "shipped_untracked"  # left the warehouse, but the shop knows no parcel of it
    label_only = "label_only"  # announced to the carrier, first scan not due yet
    on_time = "on_time"
    out_for_delivery = "out_for_delivery"
    in_customs = "in_customs"  # within the usual days there
    customs_action_needed = "customs_action_needed"  # the shopper has to pay or to send papers
    customs_overdue = "customs_overdue"  # longer in customs than usual there
    ready_for_pickup = "ready_for_pickup"
    delivery_failed = "delivery_failed"
    not_updated = "not_updated"  # no scan for some days, still within the normal
    late = "late"  # past the estimated day by more than the handbook's grace
    overdue_lost = "overdue_lost"  # no scan for so long that the handbook treats it as lost, or the carrier says so
    exception = "exception"
    returned = "returned"
    delivered = "delivered"


class NextStep(StrEnum):
    """What happens next. `open_case` means: a person has to act, open a case now."""

    nothing = "nothing"
    wait = "wait"
    be_there = "be_there"
    pay_duties = "pay_duties"
    send_documents = "send_documents"
    collect = "collect"
    arrange_redelivery = "arrange_redelivery"
    open_case = "open_case"


@dataclass(frozen=True, slots=True)
class ParcelAssessment:
    """How one parcel is doing. Days are counted at the destination.

    `expected` is the best day there is, even when past; `days_late` counts from it (0 when not past; within the
    handbook's grace the condition is still `on_time`); `days_silent` since the last scan; `act_on` is the day from
    which waiting ends and a person acts if nothing has changed. `customs_days` is the usual (least, most) number of
    working days in customs of the destination, None when the parcel crosses no customs border.
    """

    parcel: Parcel
    condition: Condition
    next_step: NextStep
    expected: date | None
    days_late: int
    days_silent: int
    act_on: date | None = None
    customs_days: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class UnshippedAssessment:
    """How what has not left the warehouse is doing. `ship_by` is the last day the handbook gives it.

    `expected` is the day the shop promised, but never earlier than the way can be made from `ship_by` on; None when
    nobody knows when it leaves.
    """

    lines: tuple[tuple[OrderLine, int], ...]
    condition: Condition
    next_step: NextStep
    ship_by: date | None
    days_late: int
    expected: date | None = None


@dataclass(frozen=True, slots=True)
class UntrackedAssessment:
    """What has left the warehouse without a parcel that the shop knows of: a letter, or an import without tracking.

    `due` is the day by which it should be there (as promised, else the longest usual time to its country), or None.
    """

    lines: tuple[tuple[OrderLine, int], ...]
    due: date | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class DeliveryAssessment:
    """How a whole order is doing: every parcel, what is not shipped, and the condition most worth saying first.

    The headline is `shipped_untracked`, `nothing_to_ship` or `cancelled` where neither parcels nor `unshipped` tell.
    """

    order: Order
    stage: OrderStage
    parcels: tuple[ParcelAssessment, ...]
    unshipped: UnshippedAssessment | None
    untracked: UntrackedAssessment | None
    headline: Condition

    @property
    def needs_case(self) -> bool:
        """Whether a person has to act on any part of the order."""
        steps = [p.next_step for p in self.parcels]
        if self.unshipped:
            steps.append(self.unshipped.next_step)
        return NextStep.open_case in steps


class ClaimVerdict(StrEnum):
    """Whether "it says delivered, but it is not here" can become a claim now."""

    not_delivered_yet = "not_delivered_yet"
    wait_until = "wait_until"
    eligible = "eligible"
    too_late = "too_late"


@dataclass(frozen=True, slots=True)
class ClaimAssessment:
    """The claim rule applied to one parcel.

    `until` is when waiting ends (verdict `wait_until`) or when the claim period ended (`too_late`). `checks` are the
    handbook's codes of what the shopper should look at first, most promising first; `needs` what a claim needs.
    """

    parcel: Parcel
    verdict: ClaimVerdict
    delivered_at: datetime | None
    until: datetime | None
    checks: tuple[str, ...]
    needs: tuple[str, ...]


class Arrival(StrEnum):
    """Whether everything arrives by a day."""

    yes = "yes"
    likely_not = "likely_not"
    no = "no"
    unknown = "unknown"


# What is said first of an order with several parts: the worst news, then what needs the shopper, then the rest.
_WORST_FIRST = (
    Condition.overdue_lost,
    Condition.exception,
    Condition.returned,
    Condition.customs_action_needed,
    Condition.delivery_failed,
    Condition.ready_for_pickup,
    Condition.customs_overdue,
    Condition.late,
    Condition.dispatch_late,
    Condition.not_updated,
    Condition.in_customs,
    Condition.out_for_delivery,
    Condition.on_time,
    Condition.label_only,
    Condition.preparing,
    Condition.awaiting_payment,
    Condition.shipped_untracked,
    Condition.delivered,
)
# Of several parts, the least certain one decides whether everything is there by a day.
_LEAST_CERTAIN_FIRST = (Arrival.no, Arrival.likely_not, Arrival.unknown, Arrival.yes)

_PLACE_TO_CHECK = {
    DeliveryPlace.neighbour: "neighbours",
    DeliveryPlace.household: "household",
    DeliveryPlace.recipient: "household",
    DeliveryPlace.safe_place: "safe_place",
    DeliveryPlace.mailbox: "mailbox",
    DeliveryPlace.reception: "reception",
}


def assess(order: Order, parcels: Sequence[Parcel], now: datetime, handbook: Handbook) -> DeliveryAssessment:
    """Return how an order's delivery is doing at a moment (aware), by the handbook's rules."""
    assessed = tuple(assess_parcel(parcel, now, handbook) for parcel in parcels)
    unshipped = _assess_unshipped(order, parcels, now, handbook)
    conditions = {p.condition for p in assessed} | ({unshipped.condition} if unshipped else set())
    untracked = _assess_untracked(order, now, handbook)
    if untracked:
        conditions.add(Condition.shipped_untracked)
    fallback = Condition.cancelled if order.nothing_will_be_sent else Condition.nothing_to_ship
    headline = next((c for c in _WORST_FIRST if c in conditions), fallback)
    return DeliveryAssessment(order, order.stage, assessed, unshipped, untracked, headline)


def assess_parcel(parcel: Parcel, now: datetime, handbook: Handbook) -> ParcelAssessment:
    """Return how one parcel is doing at a moment (aware), by the handbook's rules."""
    view = _View(parcel, now, handbook)
    verdict = _BY_STATUS[parcel.status](view)
    customs = handbook.customs_between(parcel.origin, parcel.destination)
    open_ended = verdict.condition not in {Condition.delivered, Condition.returned}
    return ParcelAssessment(
        parcel=parcel,
        condition=verdict.condition,
        next_step=verdict.next_step,
        expected=parcel.expected,
        days_late=view.days_late if open_ended else 0,
        days_silent=view.days_silent,
        act_on=verdict.act_on,
        customs_days=customs.usual_days if customs else None,
    )


def claim_assessment(parcel: Parcel, now: datetime, handbook: Handbook) -> ClaimAssessment:
    """Return whether a parcel that the shopper did not get can be claimed at a moment (aware)."""
    rule = handbook.claims_for(parcel.destination)
    delivered_at = _delivered_at(parcel)
    if delivered_at is None:
        return ClaimAssessment(parcel, ClaimVerdict.not_delivered_yet, None, None, (), ())
    waits_until = delivered_at + timedelta(hours=rule.wait_hours)
    ends_at = delivered_at + timedelta(days=rule.open_within_days)
    verdict, until = ClaimVerdict.eligible, None
    if now < waits_until:
        verdict, until = ClaimVerdict.wait_until, waits_until
    elif now > ends_at:
        verdict, until = ClaimVerdict.too_late, ends_at
    return ClaimAssessment(parcel, verdict, delivered_at, until, _checks(parcel, rule.checks), rule.needs)


def will_arrive_by(assessment: DeliveryAssessment, day: date, now: datetime) -> Arrival:
    """Return whether everything of the order will be there by the end of a day at the destination.

    `yes` and `likely_not` are what the estimates say; `no` is certain; `unknown` when no estimate can be trusted.
    """
    order, parcels = assessment.order, [assessed.parcel for assessed in assessment.parcels]
    if order.nothing_will_be_sent:
        return Arrival.no
    answers = {_parcel_arrives_by(parcel, day, now) for parcel in parcels}
    # No parcel, so no zone of the shopper: the latest zone's day is over last, so that "no" is never early.
    today = _day(now, parcels[0].destination_zone if parcels else "Etc/GMT+12")
    if assessment.unshipped:
        answers.add(_estimate_answers(assessment.unshipped.expected, day, today))
    if assessment.untracked:
        answers.add(_estimate_answers(assessment.untracked.due, day, today))
    return next((a for a in _LEAST_CERTAIN_FIRST if a in answers), Arrival.unknown)


@dataclass(frozen=True, slots=True)
class _Verdict:
    condition: Condition
    next_step: NextStep
    act_on: date | None = None


class _View:
    """A parcel seen at a moment, with its rule: the counted days that the decisions are made from."""

    def __init__(self, parcel: Parcel, now: datetime, handbook: Handbook) -> None:
        self.parcel = parcel
        self.rule = handbook.delivery_for(parcel.destination)
        self.customs_rule = handbook.customs_between(parcel.origin, parcel.destination)
        self.today = _day(now, parcel.destination_zone)
        self.last_news = _day(parcel.last_news_at, parcel.destination_zone)
        self.days_silent = max(0, (self.today - self.last_news).days)
        self.days_late = max(0, (self.today - parcel.expected).days) if parcel.expected else 0

    @property
    def lost_on(self) -> date:
        """The day from which silence means lost."""
        rule = self.rule
        days = rule.lost_after_days_international if self.parcel.international else rule.lost_after_days_domestic
        return self.last_news + timedelta(days)

    @property
    def look_for_it_on(self) -> date:
        """The day from which a person has the carrier look for it, if nothing has moved until then."""
        if self.parcel.expected is None:
            return self.lost_on
        return min(self.lost_on, self.parcel.expected + timedelta(self.rule.investigate_after_days))


def _label_created(view: _View) -> _Verdict:
    act_on = view.last_news + timedelta(view.rule.label_only_days + 1)
    if view.today >= act_on:
        return _Verdict(Condition.dispatch_late, NextStep.open_case)
    return _Verdict(Condition.label_only, NextStep.wait, act_on)


def _moving(view: _View) -> _Verdict:
    """On its way: silent for too long is lost, past its day is late, silent for some days is explained."""
    if view.today >= view.lost_on:
        return _Verdict(Condition.overdue_lost, NextStep.open_case)
    if view.days_late > view.rule.late_after_days:
        if view.days_late >= view.rule.investigate_after_days:
            return _Verdict(Condition.late, NextStep.open_case)
        return _Verdict(Condition.late, NextStep.wait, view.look_for_it_on)
    silent = view.days_silent >= view.rule.not_updated_after_days
    return _Verdict(Condition.not_updated if silent else Condition.on_time, NextStep.wait, view.look_for_it_on)


def _in_customs(view: _View) -> _Verdict:
    customs = view.parcel.customs
    if customs and customs.state is CustomsState.payment_due:
        return _Verdict(Condition.customs_action_needed, NextStep.pay_duties)
    if customs and customs.state is CustomsState.documents_needed:
        return _Verdict(Condition.customs_action_needed, NextStep.send_documents)
    if view.customs_rule is None:
        return _moving(view)
    entered_at = (customs.entered_at if customs else None) or view.parcel.last_news_at
    entered = _day(entered_at, view.parcel.destination_zone)
    most = view.customs_rule.usual_days[1]
    if working_days_between(entered, view.today) > most:
        return _Verdict(Condition.customs_overdue, NextStep.open_case)
    return _Verdict(Condition.in_customs, NextStep.wait, add_working_days(entered, most + 1))


def _out_for_delivery(view: _View) -> _Verdict:
    # Yesterday's van did not come: that is a parcel on its way like any other.
    if view.days_silent > 0:
        return _moving(view)
    return _Verdict(Condition.out_for_delivery, NextStep.be_there, view.look_for_it_on)


def _ready_for_pickup(view: _View) -> _Verdict:
    pickup = view.parcel.pickup
    until = pickup.until if pickup else None
    return _Verdict(
        Condition.ready_for_pickup,
        NextStep.collect,
        until or view.last_news + timedelta(view.rule.pickup_holds_days),
    )


def _delivery_failed(view: _View) -> _Verdict:
    if view.days_silent >= view.rule.not_updated_after_days:
        return _Verdict(Condition.delivery_failed, NextStep.open_case)
    act_on = view.last_news + timedelta(view.rule.not_updated_after_days)
    return _Verdict(Condition.delivery_failed, NextStep.arrange_redelivery, act_on)


_BY_STATUS: dict[ParcelStatus, Callable[[_View], _Verdict]] = {
    ParcelStatus.label_created: _label_created,
    ParcelStatus.in_transit: _moving,
    ParcelStatus.in_customs: _in_customs,
    ParcelStatus.out_for_delivery: _out_for_delivery,
    ParcelStatus.ready_for_pickup: _ready_for_pickup,
    ParcelStatus.delivery_failed: _delivery_failed,
    ParcelStatus.delivered: lambda _: _Verdict(Condition.delivered, NextStep.nothing),
    ParcelStatus.exception: lambda _: _Verdict(Condition.exception, NextStep.open_case),
    ParcelStatus.returned_to_sender: lambda _: _Verdict(Condition.returned, NextStep.open_case),
    ParcelStatus.lost: lambda _: _Verdict(Condition.overdue_lost, NextStep.open_case),
}


def _assess_unshipped(
    order: Order, parcels: Sequence[Parcel], now: datetime, handbook: Handbook
) -> UnshippedAssessment | None:
    lines = _not_in_parcels(order, parcels)
    if not lines:
        return None
    if order.stage is OrderStage.awaiting_payment:
        return UnshippedAssessment(lines, Condition.awaiting_payment, NextStep.nothing, None, 0)
    desk = handbook.opening_hours
    ship_by = desk.working_day_after(order.placed_at, handbook.delivery_for(order.country).dispatch_within_working_days)
    days_late = max(0, (_day(now, desk.zone) - ship_by).days)
    if days_late:
        return UnshippedAssessment(lines, Condition.dispatch_late, NextStep.open_case, ship_by, days_late)
    expected = _not_before(earliest_arrival(order, ship_by, handbook), order.promised_delivery)
    return UnshippedAssessment(lines, Condition.preparing, NextStep.wait, ship_by, 0, expected)


def earliest_arrival(order: Order, leaves: date, handbook: Handbook) -> date:
    """Return the first day on which what leaves on a day can be there, sent in the way the order names."""
    options = handbook.shipping_for(order.country).options
    method = (order.shipping_method or "").casefold()
    chosen = [option for option in options if option.code in method] or options
    return add_working_days(leaves, min(option.days[0] for option in chosen))


def _not_before(earliest: date, day: date | None) -> date | None:
    return None if day is None else max(earliest, day)


def _not_in_parcels(order: Order, parcels: Sequence[Parcel]) -> tuple[tuple[OrderLine, int], ...]:
    """Lines to be sent that no parcel speaks for; a parcel with only a label speaks for its lines."""
    known = {parcel.id for parcel in parcels}
    labelled: Counter[str] = Counter()
    for fulfilment in order.fulfilments:
        if fulfilment.status is not FulfilmentStatus.shipped and known.intersection(fulfilment.parcel_ids):
            labelled.update({line.line_id: line.quantity for line in fulfilment.lines})
    open_lines = ((order.line(x.line_id), x.quantity - labelled[x.line_id]) for x in order.unshipped)
    return tuple((line, quantity) for line, quantity in open_lines if quantity > 0)


def _untracked(order: Order) -> list[Fulfilment]:
    return [f for f in order.fulfilments if f.status is FulfilmentStatus.shipped and not f.parcel_ids]


def _assess_untracked(order: Order, now: datetime, handbook: Handbook) -> UntrackedAssessment | None:
    sent = _untracked(order)
    if not sent:
        return None
    by_id = {line.id: line for line in order.lines}
    lines = tuple((by_id[part.line_id], part.quantity) for f in sent for part in f.lines)
    due, today = order.promised_delivery, _day(now, handbook.opening_hours.zone)
    shipped = [f.shipped_at for f in sent if f.shipped_at]
    if due is None and shipped:
        longest = max(option.days[1] for option in handbook.shipping_for(order.country).options)
        due = add_working_days(_day(max(shipped), handbook.opening_hours.zone), longest)
    return UntrackedAssessment(lines, due, is_late=due is not None and due < today)


def _parcel_arrives_by(parcel: Parcel, day: date, now: datetime) -> Arrival:
    delivered_at = _delivered_at(parcel)
    if delivered_at:
        return Arrival.yes if _day(delivered_at, parcel.destination_zone) <= day else Arrival.no
    today = _day(now, parcel.destination_zone)
    if day < today or parcel.status in {ParcelStatus.returned_to_sender, ParcelStatus.lost}:
        return Arrival.no
    if parcel.status is ParcelStatus.ready_for_pickup:
        return Arrival.yes
    stuck = parcel.customs is not None and parcel.customs.state in {
        CustomsState.payment_due,
        CustomsState.documents_needed,
    }
    if stuck or parcel.status is ParcelStatus.exception:
        return Arrival.unknown
    return _estimate_answers(parcel.expected, day, today)


def _estimate_answers(expected: date | None, day: date, today: date) -> Arrival:
    if day < today:
        return Arrival.no
    # An estimate that has passed says nothing any more.
    if expected is None or expected < today:
        return Arrival.unknown
    return Arrival.yes if expected <= day else Arrival.likely_not


def _delivered_at(parcel: Parcel) -> datetime | None:
    if parcel.status is not ParcelStatus.delivered:
        return None
    return parcel.delivery.at if parcel.delivery else parcel.last_news_at


def _checks(parcel: Parcel, checks: Sequence[str]) -> tuple[str, ...]:
    """The handbook's checks, the place the carrier named first; a photo only where there is one."""
    detail = parcel.delivery
    named = _PLACE_TO_CHECK.get(detail.place) if detail else None
    possible = [c for c in checks if c != "photo" or (detail and detail.photo)]
    return tuple(sorted(possible, key=lambda check: check != named))


def _day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()
