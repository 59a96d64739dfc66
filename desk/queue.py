"""The queue: cases in the order in which they should be looked at, filtered and searched."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, String, cast, func, or_, select
from sqlalchemy.orm import Session

from core.clock import utc_now
from desk.case import Case, Priority, Status
from desk.promises import report_days
from desk.summary import Statement
from desk.waiting import waiting_since

_CASE_NUMBER = re.compile(r"(?:q\s*-?\s*)?(?P<digits>\d+)", re.IGNORECASE)
# Shorter texts would be found in the facts of nearly every case.
_WORTH_LOOKING = 3
# A list is no longer than a person reads …
SHOWN = 200
# … but which live cases come first is known only when all of them have been looked at.
_MOST_LIVE = 5000
_FAR = datetime.max.replace(tzinfo=UTC)


class View(StrEnum):
    """Which part of the queue to show."""

    OPEN = "open"  # nobody has them yet
    MINE = "mine"
    ALL = "all"


@dataclass(frozen=True)
class QueueFilter:
    """What to show; an empty field does not filter. A `text` looks in all cases, whatever the view."""

    view: View = View.OPEN
    agent: str = ""
    reason: str = ""
    priority: str = ""
    language: str = ""
    waiting_minutes: int = 0
    text: str = ""


@dataclass(frozen=True)
class QueuedCase:
    """A case as a list shows it.

    `waiting_since` is None when the shopper waits for nobody; `report_by` is the day by which the shop has promised to
    report back.
    """

    number: str
    conversation_id: str
    reasons: list[str]
    priority: str
    status: str
    language: str | None
    summary: list[Statement]
    order_number: str | None
    taken_by: str | None
    opened_at: datetime
    closed_at: datetime | None
    waiting_since: datetime | None
    report_by: date | None = None

    @property
    def overdue(self) -> bool:
        """Whether the day by which the shop wanted to report back is past."""
        return is_past(self.report_by)


def is_past(day: date | None) -> bool:
    """Tell whether a promised day is past."""
    return day is not None and day < utc_now().date()


def queue(session: Session, shop: str, wanted: QueueFilter, limit: int = SHOWN) -> list[QueuedCase]:
    """Return the first cases that match: live ones, then closed ones, newest first.

    Of the live ones those come first whose promised day is past, then by priority and waiting time.
    """
    query, closed = _matching(shop, wanted), Case.status == Status.CLOSED.value
    live = list(session.scalars(query.where(~closed).order_by(Case.opened_at).limit(_MOST_LIVE)))
    listed = sorted(_with_times(session, live), key=_urgency)
    if wanted.waiting_minutes:
        since = utc_now() - timedelta(minutes=wanted.waiting_minutes)
        return [case for case in listed if case.waiting_since is not None and case.waiting_since <= since][:limit]
    if len(listed) < limit:
        newest = query.where(closed).order_by(Case.closed_at.desc()).limit(limit - len(listed))
        listed += _with_times(session, list(session.scalars(newest)))
    return listed[:limit]


def _matching(shop: str, wanted: QueueFilter) -> Select[Case]:
    query = select(Case).where(Case.shop == shop)
    if text := wanted.text.strip().lstrip("#"):
        query = query.where(_found_by(text))
    elif wanted.view is View.OPEN:
        query = query.where(Case.status == Status.OPEN.value)
    elif wanted.view is View.MINE:
        query = query.where(Case.status == Status.TAKEN.value, Case.taken_by == wanted.agent)
    if wanted.reason:
        # A case is found by each of its reasons, not only by the gravest; they are words in a JSON list.
        query = query.where(cast(Case.reasons, String).contains(f'"{wanted.reason}"', autoescape=True))
    for column, value in (
        (Case.priority, wanted.priority),
        (Case.language, wanted.language),
    ):
        if value:
            query = query.where(column == value)
    return query


def _with_times(session: Session, found: list[Case]) -> list[QueuedCase]:
    waiting, promised = waiting_since(session, found), report_days(session, found)
    return [_listed(case, waiting.get(case.id), promised.get(case.id)) for case in found]


def _found_by(text: str) -> ColumnElement[bool]:
    """Cases by their number, with or without "Q-", by an order, or by what their facts say: who, which parcel."""
    number = _CASE_NUMBER.fullmatch(text)
    found = [
        Case.number.istartswith(f"Q-{number['digits']}" if number else text, autoescape=True),
        Case.order_number.istartswith(text, autoescape=True),
        # A further order of the same conversation is named in the summary, which is JSON.
        cast(Case.summary, String).contains(f'"order": "{_in_json(text)}', autoescape=True),
    ]
    if len(text) >= _WORTH_LOOKING:
        facts = cast(Case.facts, String)
        # Where a value or a word in it begins, never a key. People write tracking numbers in groups.
        together = "".join(text.split()) if any(c.isdigit() for c in text) else text
        for way in dict.fromkeys((text, together, text.lower(), text.title(), text.upper())):
            written = _in_json(way)
            found += [facts.icontains(f"{before}{written}", autoescape=True) for before in (': "', " ")]
    return or_(*found)


def _in_json(text: str) -> str:
    """The text as it stands inside of stored JSON, where letters beyond ASCII are escaped."""
    return json.dumps(text)[1:-1]


def languages(session: Session, shop: str) -> list[str]:
    """Return the languages that the shop's cases are in."""
    found = session.scalars(select(Case.language).where(Case.shop == shop, Case.language.is_not(None)).distinct())
    return sorted(language for language in found if language)


def open_count(session: Session, shop: str) -> int:
    """Return how many cases nobody has taken yet."""
    return session.scalar(select(func.count()).where(Case.shop == shop, Case.status == Status.OPEN.value)) or 0


def _listed(case: Case, since: datetime | None, report_by: date | None) -> QueuedCase:
    return QueuedCase(
        number=case.number,
        conversation_id=case.conversation_id,
        reasons=case.reasons,
        priority=case.priority,
        status=case.status,
        language=case.language,
        summary=case.summary,
        order_number=case.order_number,
        taken_by=case.taken_by,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        waiting_since=since,
        report_by=report_by,
    )


def _urgency(case: QueuedCase) -> tuple[bool, int, float]:
    return (not case.overdue, -Priority(case.priority).rank, (case.waiting_since or _FAR).timestamp())
