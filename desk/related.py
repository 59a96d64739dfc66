"""Other cases that a person should know of: those of the same order, and those of the same customer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from desk.case import Case, Status
from desk.facts import things

_AT_MOST = 20


@dataclass(frozen=True)
class RelatedCase:
    """Another case as the panel of a case names it; of another order of the customer unless `same_order`."""

    number: str
    reason: str
    status: str
    taken_by: str | None
    outcome: str | None
    opened_at: datetime
    same_order: bool


def related(session: Session, case: Case) -> list[RelatedCase]:
    """Return the other cases of a case's orders and customer, live ones first, newest first."""
    orders = {str(order["number"]) for order in things(case.facts, "order") if order.get("number")}
    orders |= {case.order_number} if case.order_number else set()
    emails = {str(order["email"]) for order in things(case.facts, "order") if order.get("email")}
    same_order = [_of_order(order) for order in sorted(orders)]
    same_customer = [_holds(Case.facts, "email", email) for email in sorted(emails)]
    if not same_order and not same_customer:
        return []
    by_order = or_(*same_order) if same_order else Case.id.is_(None)
    rows = session.execute(
        select(Case, by_order)
        .where(Case.shop == case.shop, Case.id != case.id, or_(*same_order, *same_customer))
        .order_by(Case.status == Status.CLOSED.value, Case.id.desc())
        .limit(_AT_MOST)
    )
    return [
        RelatedCase(c.number, c.reason, c.status, c.taken_by, c.outcome, c.opened_at, bool(of_order))
        for c, of_order in rows
    ]


def _of_order(number: str) -> ColumnElement[bool]:
    # A further order of a conversation is named in the summary.
    return or_(Case.order_number == number, _holds(Case.summary, "order", number))


def _holds(column: InstrumentedAttribute[Any], key: str, value: str) -> ColumnElement[bool]:
    """Whether stored JSON holds a value under a key, letters beyond ASCII escaped as it keeps them."""
    return cast(column, String).contains(f'"{key}": {json.dumps(value)}', autoescape=True)
