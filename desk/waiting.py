"""Since when the shoppers of cases wait for a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, aliased

from desk.case import Case, Status
from transcripts.entries import Speaker, TranscriptEntry

_Answer = aliased(TranscriptEntry)


def waiting_since(session: Session, listed: Sequence[Case]) -> dict[int, datetime]:
    """Return since when the shopper of each case waits for a person, by case id.

    Until a person has answered: since the case came into the queue. After that: since the shopper's first message
    that a person has not answered yet. Nobody waits for a person once the conversation is handed back.
    """
    live = [case for case in listed if case.status != Status.CLOSED and case.handed_back_at is None]
    answers = (
        select(Case.id.label("case_id"), func.max(TranscriptEntry.id).label("entry_id"))
        .join(TranscriptEntry, _same_conversation())
        .where(
            Case.id.in_([case.id for case in live if case.status == Status.TAKEN]),
            TranscriptEntry.speaker == Speaker.PERSON.value,
            TranscriptEntry.at >= Case.taken_at,
        )
        .group_by(Case.id)
        .subquery()
    )
    unanswered = func.min(TranscriptEntry.at).filter(
        TranscriptEntry.speaker == Speaker.SHOPPER.value, TranscriptEntry.id > answers.c.entry_id
    )
    rows = session.execute(
        select(Case.id, unanswered)
        .join(answers, answers.c.case_id == Case.id)
        .join(TranscriptEntry, _same_conversation())
        .group_by(Case.id)
    )
    answered = {row[0]: row[1] for row in rows}
    since = {case.id: answered.get(case.id, case.waiting_since) for case in live}
    return {case_id: moment for case_id, moment in since.items() if moment is not None}


def _same_conversation() -> ColumnElement[bool]:
    return and_(TranscriptEntry.shop == Case.shop, TranscriptEntry.conversation_id == Case.conversation_id)


def unanswered(session: Session, shop: str, name: str) -> int:
    """Return how many messages of shoppers a person has not answered yet, in the conversations that they hold."""
    answered = (
        select(func.max(_Answer.id))
        .where(
            _Answer.shop == Case.shop,
            _Answer.conversation_id == Case.conversation_id,
            _Answer.speaker == Speaker.PERSON.value,
            _Answer.at >= Case.taken_at,
        )
        .correlate(Case)
        .scalar_subquery()
    )
    messages = session.scalar(
        select(func.count())
        .select_from(Case)
        .join(TranscriptEntry, _same_conversation())
        .where(
            *(Case.shop == shop, Case.taken_by == name, Case.status == Status.TAKEN.value),
            Case.handed_back_at.is_(None),
            TranscriptEntry.speaker == Speaker.SHOPPER.value,
            TranscriptEntry.at >= Case.taken_at,
            TranscriptEntry.id > func.coalesce(answered, 0),
        )
    )
    return messages or 0
