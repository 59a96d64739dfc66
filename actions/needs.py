"""What shoppers need, and which way each need goes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml

from desk.cases import Priority

# Needs that a scenario serves: intent → slot next_step, which the rules lead to the scenario's action.
SERVED = {
    "track_order": "track",
    "parcel_delayed": "track",
    "tracking_problem": "tracking_problem",
    "delivery_estimate": "estimate",
    "delivered_not_received": "not_received",
    "customs_and_duties": "customs",
    "delivery_details": "details",
}
# News about an order rather than a wish, served all the same.
NEWS = {"parcel_found": "found", "report_withdrawn": "found", "still_missing": "found"}
# "My order is 1042" is easily taken for it; it is what a bare order number means, too.
DEFAULT_NEED = "track_order"
# How sure the understanding must be (it is calibrated: 0.7 is right 7 times in 10) …
SURE = 0.7  # … to change the task in the middle of a form
SURE_ENOUGH = 0.6  # … to say that only a person can do it, or to open a case for it
SURE_OF_YES = 0.8  # … to take a yes for the yes that a write needs


@dataclass(frozen=True)
class NotServed:
    """A need that only a person can serve yet: whether it is about an order, and how urgent its case is.

    `looked_up`: the order may have the answer; only without it a person is needed.
    """

    order: Literal["true", "false", "none"]
    priority: Priority
    looked_up: bool = False


@lru_cache(maxsize=1)
def not_served() -> dict[str, NotServed]:
    """Return the needs of `not_served.yml`, by intent."""
    text = (Path(__file__).parent / "not_served.yml").read_text(encoding="utf-8")
    return {
        intent: NotServed(
            str(entry["order"]).lower(),  # type: ignore[arg-type]
            Priority(entry.get("priority", "normal")),
            bool(entry.get("looked_up")),
        )
        for intent, entry in yaml.safe_load(text).items()
    }


def next_step_of(need: str) -> str:
    """Return where a need about an order leads once it is known whose order it is."""
    return {**SERVED, **NEWS}.get(need, "desk")


@lru_cache(maxsize=1)
def order_needs() -> frozenset[str]:
    """Return every need that is about one order."""
    return frozenset(SERVED) | {intent for intent, entry in not_served().items() if entry.order == "true"}
