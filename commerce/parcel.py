"""A parcel on its way: what the carrier said, where, when, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from commerce.money import Money


class ParcelStatus(StrEnum):
    """Where a parcel stands now, over all carriers."""

    label_created = "label_created"  # announced; the carrier does not have it yet
    in_transit = "in_transit"
    in_customs = "in_customs"
    out_for_delivery = "out_for_delivery"
    ready_for_pickup = "ready_for_pickup"  # waits at a shop or locker for the shopper
    delivered = "delivered"
    delivery_failed = "delivery_failed"  # tried, nobody home; the carrier tries again or holds it
    exception = "exception"  # stopped: wrong address, damage, refused…
    returned_to_sender = "returned_to_sender"  # on its way back, or back
    lost = "lost"  # the carrier says so


class CheckpointCode(StrEnum):
    """What happened at a checkpoint; `Checkpoint.text` has the carrier's own words."""

    label_created = "label_created"
    handed_over = "handed_over"
    arrived = "arrived"
    departed = "departed"
    customs_started = "customs_started"
    customs_payment_due = "customs_payment_due"
    customs_documents_needed = "customs_documents_needed"
    customs_cleared = "customs_cleared"
    delayed = "delayed"
    out_for_delivery = "out_for_delivery"
    delivery_attempted = "delivery_attempted"
    ready_for_pickup = "ready_for_pickup"
    delivered = "delivered"
    address_problem = "address_problem"
    damaged = "damaged"
    refused = "refused"
    return_started = "return_started"
    returned = "returned"
    lost = "lost"


class DeliveryPlace(StrEnum):
    """Where or to whom the carrier says it left the parcel."""

    recipient = "recipient"
    household = "household"
    neighbour = "neighbour"
    safe_place = "safe_place"
    mailbox = "mailbox"
    reception = "reception"
    pickup_point = "pickup_point"
    unknown = "unknown"


class DutiesPaidBy(StrEnum):
    """Who pays customs duties: DDP, the shop paid them; DDU, the shopper pays the carrier before delivery."""

    shop = "DDP"
    shopper = "DDU"


class CustomsState(StrEnum):
    """How far customs is with a parcel that crosses a border."""

    not_reached = "not_reached"
    clearing = "clearing"
    payment_due = "payment_due"
    documents_needed = "documents_needed"
    cleared = "cleared"


# News without the parcel in anybody's hand.
_NO_SCANS = {CheckpointCode.label_created, CheckpointCode.lost}


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One scan. `at` is UTC, `zone` the IANA zone of the place; `place` as the carrier writes it."""

    at: datetime
    zone: str
    code: CheckpointCode
    text: str
    place: str | None = None
    country: str | None = None

    @property
    def local_at(self) -> datetime:
        """The moment as the clock on the wall there showed it."""
        return self.at.astimezone(ZoneInfo(self.zone))


@dataclass(frozen=True, slots=True)
class DeliveryDetail:
    """How the carrier says it delivered. `note` has its words, such as "No. 14, Brandt" or "behind the bins"."""

    at: datetime
    zone: str
    place: DeliveryPlace
    signed_by: str | None = None
    note: str | None = None
    photo: bool = False

    @property
    def local_at(self) -> datetime:
        """The moment as the clock on the wall there showed it."""
        return self.at.astimezone(ZoneInfo(self.zone))


@dataclass(frozen=True, slots=True)
class CustomsFacts:
    """What is known about a parcel's way through customs."""

    duties: DutiesPaidBy
    state: CustomsState
    entered_at: datetime | None = None
    cleared_at: datetime | None = None
    declared: Money | None = None
    due: Money | None = None  # what the shopper has to pay, when the carrier asked for it


@dataclass(frozen=True, slots=True)
class PickupPoint:
    """Where a parcel waits for the shopper, and until when."""

    name: str
    address: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class ParcelItem:
    """What is in the parcel."""

    title: str
    quantity: int
    variant: str | None = None
    sku: str | None = None


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel of an order.

    `checkpoints` are in the order they happened. `estimated_delivery` is the carrier's day, at the destination;
    `promised_delivery` is the shop's. `destination_zone` is the IANA zone in which "today" is meant for the shopper.
    """

    shop: str
    id: str
    order_number: str
    status: ParcelStatus
    carrier: str  # stable code: "royal_mail"
    carrier_name: str  # as people know it: "Royal Mail"
    origin: str  # ISO 3166-1 alpha-2
    destination: str  # ISO 3166-1 alpha-2
    destination_zone: str
    label_created_at: datetime
    tracking_number: str | None = None
    tracking_url: str | None = None
    service: str | None = None
    shipped_at: datetime | None = None
    estimated_delivery: date | None = None
    promised_delivery: date | None = None
    items: tuple[ParcelItem, ...] = ()
    checkpoints: tuple[Checkpoint, ...] = ()
    delivery: DeliveryDetail | None = None
    customs: CustomsFacts | None = None
    pickup: PickupPoint | None = None

    @property
    def last_checkpoint(self) -> Checkpoint | None:
        """The newest news of it, or None before the first."""
        return self.checkpoints[-1] if self.checkpoints else None

    @property
    def last_scan(self) -> Checkpoint | None:
        """The newest checkpoint at which the carrier had it in hand, or None before the first."""
        return next((c for c in reversed(self.checkpoints) if c.code not in _NO_SCANS), None)

    @property
    def last_news_at(self) -> datetime:
        """When something was last heard of it."""
        return self.checkpoints[-1].at if self.checkpoints else self.label_created_at

    @property
    def international(self) -> bool:
        """Whether it goes to another country."""
        return self.origin != self.destination

    @property
    def expected(self) -> date | None:
        """The best day there is: the carrier's estimate, else what the shop promised."""
        return self.estimated_delivery or self.promised_delivery
