"""What to say about a delivery: pure decisions from the order, its parcels, the moment and the handbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from commerce.handbook import Handbook
from commerce.order import Order, OrderLine, OrderStage
from commerce.parcel import Parcel


class Condition(StrEnum):
    """How a parcel (or what has not been shipped yet) is doing."""

    cancelled = "cancelled"
    awaiting_payment = "awaiting_payment"
    preparing = "preparing"  # not shipped, within the time the handbook gives the warehouse
    dispatch_late = "dispatch_late"  # not shipped (or label only) for longer than the handbook allows
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

    `expected` is the best day there is, even when past; `days_late` counts from it (0 when not past);
    `days_silent` since the last scan; `act_on` is the day from which waiting ends and a person acts, when
    `next_step` is `wait`. `customs_days` is the usual (least, most) working days in customs of the destination.
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
    """How what has not left the warehouse is doing. `ship_by` is the last day the handbook gives it."""

    lines: tuple[tuple[OrderLine, int], ...]
    condition: Condition
    next_step: NextStep
    ship_by: date | None
    days_late: int


@dataclass(frozen=True, slots=True)
class DeliveryAssessment:
    """How a whole order is doing: every parcel, what is not shipped, and the condition most worth saying first."""

    order: Order
    stage: OrderStage
    parcels: tuple[ParcelAssessment, ...]
    unshipped: UnshippedAssessment | None
    headline: Condition

    @property
    def needs_case(self) -> bool:
        """Whether a person has to act on any part of the order."""
        parts: list[ParcelAssessment | UnshippedAssessment] = [*self.parcels]
        if self.unshipped:
            parts.append(self.unshipped)
        return any(p.next_step is NextStep.open_case for p in parts)


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


def assess(order: Order, parcels: Sequence[Parcel], now: datetime, handbook: Handbook) -> DeliveryAssessment:
    """Return how an order's delivery is doing at a moment (aware), by the handbook's rules."""
    raise NotImplementedError


def assess_parcel(parcel: Parcel, now: datetime, handbook: Handbook) -> ParcelAssessment:
    """Return how one parcel is doing at a moment (aware), by the handbook's rules."""
    raise NotImplementedError


def claim_assessment(parcel: Parcel, now: datetime, handbook: Handbook) -> ClaimAssessment:
    """Return whether a parcel that the shopper did not get can be claimed at a moment (aware)."""
    raise NotImplementedError


def will_arrive_by(order: Order, parcels: Sequence[Parcel], day: date, now: datetime) -> Arrival:
    """Return whether everything of the order will be there by the end of a day at the destination."""
    raise NotImplementedError
