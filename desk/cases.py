"""Cases: opening, taking, noting, handing back and closing them.

Every function works inside the caller's session, so that a case is committed together with what caused it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, make_transient

from core.clock import utc_now
from desk import facts as case_facts
from desk.case import Case, CaseCounter, CaseEvent, EventKind, Outcome, Priority, Reason, Status
from desk.summary import Statement, extended, in_english
from desk.waiting import waiting_since

__all__ = [
    "Case",
    "CaseClosed",
    "CaseEvent",
    "CaseNotFound",
    "CaseTaken",
    "EventKind",
    "NotYourCase",
    "OpenedCase",
    "Outcome",
    "Priority",
    "Reason",
    "Status",
    "add_order",
    "close",
    "events_of",
    "find",
    "hand_back",
    "lacks_order",
    "live_case_of",
    "newest_case_of",
    "note",
    "open_case",
    "release",
    "set_priority",
    "take",
]

FIRST_NUMBER = 1001
_ATTEMPTS = 5


class CaseNotFound(LookupError):
    """The shop has no case with this number."""


class CaseClosed(RuntimeError):
    """The case is closed: nothing more can be done with it."""


class CaseTaken(RuntimeError):
    """Another person has the case; `agent` says who."""

    def __init__(self, agent: str) -> None:
        super().__init__(f"taken by {agent}")
        self.agent = agent


class NotYourCase(RuntimeError):
    """The person does not have the case that they act on."""


@dataclass(frozen=True)
class OpenedCase:
    """The case that now stands for a conversation, and whether this call (or its first try) opened it.

    `news`: it opened the case, or brought it a reason or an order that it did not have.
    """

    number: str
    created: bool
    news: bool


def open_case(  # noqa: PLR0913
    session: Session,
    *,
    shop: str,
    conversation_id: str,
    reason: Reason | str,
    priority: Priority | str,
    language: str | None,
    summary: Sequence[Statement],
    order_number: str | None = None,
    facts: dict[str, Any] | None = None,
    tried: list[str] | None = None,
    key: str,
) -> OpenedCase:
    """Open a case, or add to the one that the conversation already has.

    `key` makes it idempotent (use the message id): the same key gives the same answer and changes nothing. A second
    escalation of a conversation is added to its live case: reasons, summary and facts grow, and only a more urgent one
    takes over the headline. `facts` is a JSON snapshot for the person (order, parcels); `tried` lists what was tried.

    Raises:
        ValueError: reason or priority is not one of the desk's words.
    """
    new = Case(
        shop=shop,
        conversation_id=conversation_id,
        reason=Reason(reason).value,
        reasons=[Reason(reason).value],
        priority=Priority(priority).value,
        language=language,
        summary=list(summary),
        order_number=order_number,
        facts=facts or {},
        tried=list(tried or []),
    )
    for _attempt in range(_ATTEMPTS):
        try:
            with session.begin_nested():
                return _open_or_add(session, new, key)
        except IntegrityError:
            # Another transaction opened a case or used the key in between: it is there to be read now.
            make_transient(new)
    raise RuntimeError(f"conversation {conversation_id} got no case: too many transactions at once")


def _open_or_add(session: Session, new: Case, key: str) -> OpenedCase:
    known = session.scalar(select(CaseEvent).where(CaseEvent.shop == new.shop, CaseEvent.key == key))
    if known is not None:
        opened = known.kind == EventKind.OPENED
        return OpenedCase(session.get_one(Case, known.case_id).number, opened, opened or bool(known.details["news"]))
    details: dict[str, Any] = {name: getattr(new, name) for name in ("reason", "priority", "summary", "facts", "tried")}
    case = live_case_of(session, new.shop, new.conversation_id)
    if case is None:
        kind, case = EventKind.OPENED, new
        case.number = _next_number(session, new.shop)
        case.facts = _with_earlier_case(session, case)
        case.opened_at = case.updated_at = case.waiting_since = utc_now()
        session.add(case)
        session.flush()
    else:
        kind = EventKind.ESCALATED
        details["news"] = _is_news(case, new)
        _merge(case, new)
    _add_event(session, case, kind, text=in_english(new.summary), details=details, key=key)
    return OpenedCase(case.number, kind == EventKind.OPENED, details.get("news", True))


def _with_earlier_case(session: Session, new: Case) -> dict[str, Any]:
    """The facts of a new case; after one of the same conversation they name it, whoever closed it and however."""
    of_conversation = (Case.shop == new.shop, Case.conversation_id == new.conversation_id)
    earlier = session.scalar(select(Case.number).where(*of_conversation).order_by(Case.id.desc()).limit(1))
    return {**new.facts, "earlier_case": earlier} if earlier else new.facts


def _is_news(case: Case, newer: Case) -> bool:
    """Whether an escalation brings a reason or an order that the case does not have."""
    orders = {order.get("number") for order in case_facts.things(case.facts, "order")} | {case.order_number, None}
    return newer.reason not in case.reasons or newer.order_number not in orders


def _next_number(session: Session, shop: str) -> str:
    step = update(CaseCounter).where(CaseCounter.shop == shop).values(last=CaseCounter.last + 1)
    number = session.scalar(step.returning(CaseCounter.last))
    if number is None:
        number = FIRST_NUMBER
        session.add(CaseCounter(shop=shop, last=number))
    return f"Q-{number}"


def _merge(case: Case, newer: Case) -> None:
    graver = Priority(newer.priority).rank > Priority(case.priority).rank
    # The gravest first, so that a list that shows only the beginning shows what the headline says.
    reasons = [*newer.reasons, *case.reasons] if graver else [*case.reasons, *newer.reasons]
    case.reasons = list(dict.fromkeys(reasons))
    case.summary = extended(case.summary, newer.summary, newer_first=graver)
    if graver:
        case.priority, case.reason = newer.priority, newer.reason
    # Of a second order the summary and the facts tell.
    case.order_number = case.order_number or newer.order_number
    case.language = newer.language or case.language
    case.facts = case_facts.added(case.facts, newer.facts)
    case.tried = [*case.tried, *(step for step in newer.tried if step not in case.tried)]
    if case.handed_back_at is not None:
        # Its person had given the conversation back: nobody is there now, so it belongs in everybody's queue.
        _to_queue(case)


def find(session: Session, shop: str, number: str) -> Case:
    """Return the case with this number. Raises CaseNotFound."""
    case = session.scalar(select(Case).where(Case.shop == shop, Case.number == number))
    if case is None:
        raise CaseNotFound(number)
    return case


def live_case_of(session: Session, shop: str, conversation_id: str) -> Case | None:
    """Return the case of a conversation that is not closed, if it has one."""
    return session.scalar(
        select(Case).where(
            Case.shop == shop, Case.conversation_id == conversation_id, Case.status != Status.CLOSED.value
        )
    )


def newest_case_of(session: Session, shop: str, conversation_id: str) -> Case | None:
    """Return the case of a conversation that is not closed, or else the last one it had, if any."""
    mine = (Case.shop == shop, Case.conversation_id == conversation_id)
    return session.scalar(
        select(Case).where(*mine).order_by(Case.status == Status.CLOSED.value, Case.id.desc()).limit(1)
    )


def live_case_of_claim(session: Session, shop: str, claim: str, conversation_id: str) -> Case | None:
    """Return the case at work on a claim ("C-1001"): the conversation's own, or else another conversation's."""
    # The claim may have come to the case of another order of the same conversation: its facts, which are JSON, say so.
    names_it = cast(Case.facts, String).contains(f'"{claim}"', autoescape=True)
    live = (Case.shop == shop, Case.status != Status.CLOSED.value)
    return session.scalar(
        select(Case).where(*live, names_it).order_by(Case.conversation_id != conversation_id, Case.id).limit(1)
    )


def asked_again(session: Session, case: Case, conversation_id: str, key: str, said: Sequence[Statement] = ()) -> None:
    """Record that the shopper wrote about a case in another conversation, and what was `said`; once for a `key`."""
    if session.scalar(select(CaseEvent.id).where(CaseEvent.shop == case.shop, CaseEvent.key == key)) is None:
        case.summary = extended(case.summary, said, newer_first=True)
        details = {"conversation_id": conversation_id}
        _add_event(session, case, EventKind.ASKED_AGAIN, text=in_english(said), details=details, key=key)


def lacks_order(case: Case, order_number: str) -> bool:
    """Tell whether a case has no order yet and, as far as it names one that was not proved, names this one."""
    named = [said["values"]["order"] for said in case.summary if said["code"] == "order_named"]
    return case.order_number is None and (not named or order_number in named)


def add_order(session: Session, case: Case, order_number: str, said: Statement, facts: dict[str, Any]) -> None:
    """Give a case its order, proved after it was opened. It is no escalation: the case stays where it is."""
    case.order_number = order_number
    case.summary = extended(case.summary, [said], newer_first=False)
    case.facts = case_facts.added(case.facts, facts)
    case.updated_at = utc_now()
    session.flush()


def events_of(session: Session, case: Case) -> list[CaseEvent]:
    """Return what happened to a case, oldest first."""
    return list(session.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id)))


def take(session: Session, shop: str, number: str, agent: str) -> Case:
    """Give the case to a person; of several who try at once exactly one wins, and trying again changes nothing.

    Raises:
        CaseNotFound, CaseClosed, CaseTaken: there is no such case, it is closed, another person has it.
    """
    now = utc_now()
    # They stay the owner of what they have handed back, and may take it up once more.
    handed_back_by_them = and_(Case.taken_by == agent, Case.handed_back_at.is_not(None))
    won = _update_if(
        session,
        and_(Case.shop == shop, Case.number == number, or_(Case.status == Status.OPEN.value, handed_back_by_them)),
        status=Status.TAKEN.value,
        taken_by=agent,
        taken_at=now,
        handed_back_at=None,
        updated_at=now,
    )
    case = _reread(session, shop, number)
    if won:
        _add_event(session, case, EventKind.TAKEN, agent=agent)
    elif case.status == Status.CLOSED:
        raise CaseClosed(number)
    elif case.taken_by != agent:
        raise CaseTaken(case.taken_by or "")
    return case


def release(  # noqa: PLR0913
    session: Session, shop: str, number: str, agent: str, *, by: str | None = None, why: str = ""
) -> Case:
    """Put a person's case back into the queue; who waits for an answer goes on waiting.

    `by` names who does it for them, if they do not do it themselves; `why` is kept for the history. Raises like
    `hand_back`.
    """
    case = _require_owner(session, shop, number, agent)
    since = waiting_since(session, [case]).get(case.id)
    _to_queue(case)
    case.waiting_since = since or case.waiting_since
    details = {"of": agent, **({"why": why} if why else {})}
    _add_event(session, case, EventKind.RELEASED, agent=by or agent, details=details)
    return case


def _to_queue(case: Case) -> None:
    case.status, case.taken_by, case.taken_at, case.handed_back_at = Status.OPEN.value, None, None, None
    case.waiting_since = utc_now()


def note(session: Session, shop: str, number: str, agent: str, text: str) -> Case:
    """Add an internal note that the shopper never sees. Raises CaseNotFound, ValueError when it is empty."""
    if not text.strip():
        raise ValueError("a note needs a text")
    case = find(session, shop, number)
    _add_event(session, case, EventKind.NOTE, agent=agent, text=text.strip())
    return case


def set_priority(session: Session, shop: str, number: str, agent: str, priority: Priority | str) -> Case:
    """Change how urgent a case is. Raises CaseNotFound, CaseClosed."""
    case = _require_live(session, shop, number)
    priority = Priority(priority)
    if case.priority != priority:
        details = {"from": case.priority, "to": priority.value}
        case.priority = priority.value
        _add_event(session, case, EventKind.PRIORITY, agent=agent, details=details)
    return case


def hand_back(  # noqa: PLR0913, PLR0917
    session: Session, shop: str, number: str, agent: str, text: str, settled: dict[str, Any] | None = None
) -> Case:
    """Record that a person gave the conversation back to the assistant, and what was `settled` (code, until).

    The case stays theirs until they close it, or until the conversation needs a person again.

    Raises:
        CaseNotFound, CaseClosed, NotYourCase: there is no such case, it is closed, the person does not have it.
    """
    case = _require_owner(session, shop, number, agent)
    case.handed_back_at = utc_now()
    _add_event(session, case, EventKind.HANDED_BACK, agent=agent, text=text.strip(), details=settled)
    return case


def close(session: Session, shop: str, number: str, agent: str, *, outcome: Outcome | str, text: str = "") -> Case:  # noqa: PLR0913
    """Close a case, saying how it ended; one that nobody has taken may be closed by anybody.

    Raises:
        CaseNotFound, CaseClosed, CaseTaken: there is no such case, it is closed already, another person has it.
    """
    outcome, now = Outcome(outcome), utc_now()
    won = _update_if(
        session,
        and_(
            Case.shop == shop,
            Case.number == number,
            or_(
                Case.status == Status.OPEN.value,
                and_(Case.status == Status.TAKEN.value, Case.taken_by == agent),
            ),
        ),
        status=Status.CLOSED.value,
        outcome=outcome.value,
        closed_at=now,
        updated_at=now,
    )
    case = _reread(session, shop, number)
    if not won:
        if case.status == Status.CLOSED:
            raise CaseClosed(number)
        raise CaseTaken(case.taken_by or "")
    _add_event(session, case, EventKind.CLOSED, agent=agent, text=text.strip(), details={"outcome": outcome.value})
    return case


def _update_if(session: Session, condition: ColumnElement[bool], **values: Any) -> bool:
    # One conditional UPDATE decides who wins, on every database.
    statement = update(Case).where(condition).values(**values).returning(Case.id)
    return session.scalar(statement) is not None


def _reread(session: Session, shop: str, number: str) -> Case:
    case = find(session, shop, number)
    session.refresh(case)
    return case


def _require_live(session: Session, shop: str, number: str) -> Case:
    case = session.scalar(select(Case).where(Case.shop == shop, Case.number == number).with_for_update())
    if case is None:
        raise CaseNotFound(number)
    if case.status == Status.CLOSED:
        raise CaseClosed(number)
    return case


def _require_owner(session: Session, shop: str, number: str, agent: str) -> Case:
    case = _require_live(session, shop, number)
    if case.taken_by != agent:
        raise NotYourCase(number)
    return case


def _add_event(  # noqa: PLR0913
    session: Session,
    case: Case,
    kind: EventKind,
    *,
    agent: str | None = None,
    text: str = "",
    details: dict[str, Any] | None = None,
    key: str | None = None,
) -> None:
    case.updated_at = utc_now()
    session.add(
        CaseEvent(
            shop=case.shop,
            case_id=case.id,
            at=case.updated_at,
            kind=kind.value,
            agent=agent,
            text=text,
            details=details or {},
            key=key,
        )
    )
    session.flush()
