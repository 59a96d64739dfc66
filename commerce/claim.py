"""A claim: the shopper says that a parcel marked delivered did not come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """A recorded claim. `created`: by this key, now or when it was asked before; not by another, earlier one."""

    shop: str
    number: str  # "C-1001", per shop, never reused
    order_number: str
    parcel_id: str
    tracking_number: str | None
    recorded_at: datetime
    created: bool
