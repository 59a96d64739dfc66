"""By which day the shop has promised to report back to the shopper of a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.case import Case, CaseEvent, EventKind, Status
from desk.facts import things
from desk.settlement import Settled


def report_days(session: Session, listed: Sequence[Case]) -> dict[int, date]:
    """Return by case id the day by which the shopper hears from the shop again, of live cases with such a day.

    What the person said who handed back last counts; until then what the case came with (`report_by` in its facts).
    """
    live = [case for case in listed if case.status != Status.CLOSED]
    said = _said(session, [case.id for case in live])
    days = {case.id: said[case.id] if case.id in said else _came_with(case.facts) for case in live}
    return {case_id: day for case_id, day in days.items() if day is not None}


def _said(session: Session, case_ids: Sequence[int]) -> dict[int, date | None]:
    rows = session.execute(
        select(CaseEvent.case_id, CaseEvent.details)
        .where(CaseEvent.case_id.in_(case_ids), CaseEvent.kind == EventKind.HANDED_BACK.value)
        .order_by(CaseEvent.id)
    )
    # Who settled nothing has taken no promise back.
    return {
        case_id: _day(details.get("until")) for case_id, details in rows if details.get("code") != Settled.NOTHING.value
    }


def _came_with(facts: Mapping[str, Any]) -> date | None:
    days = [_day(thing.get("report_by")) for key in facts for thing in things(facts, key)]
    return min((day for day in days if day is not None), default=None)


def _day(written: Any) -> date | None:
    try:
        return date.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        return None
