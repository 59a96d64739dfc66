"""All conversations, with or without a case, newest first: what staff look into before anybody asks for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desk.case import Case, Status
from transcripts.entries import Speaker, TranscriptEntry

# How far back the list looks, in entries: enough for days, and it keeps the query small however long the shop runs.
_LOOK_BACK = 50_000


@dataclass(frozen=True)
class ListedConversation:
    """A conversation as a list shows it: its last words, how long it is, and its live case if it has one."""

    conversation_id: str
    last_at: datetime
    last_speaker: Speaker
    last_text: str
    messages: int
    language: str | None
    case_number: str | None
    taken_by: str | None


def conversations(session: Session, shop: str, text: str = "", limit: int = 100) -> list[ListedConversation]:
    """Return the latest conversations; `text` keeps those whose id begins like that."""
    newest = session.scalar(select(func.max(TranscriptEntry.id)).where(TranscriptEntry.shop == shop)) or 0
    spoken = TranscriptEntry.speaker != Speaker.SYSTEM.value
    groups = (
        select(
            TranscriptEntry.conversation_id,
            func.max(TranscriptEntry.id).label("last_id"),
            func.count().filter(spoken).label("messages"),
            func.max(TranscriptEntry.id).filter(TranscriptEntry.understanding.is_not(None)).label("understood_id"),
        )
        .where(TranscriptEntry.shop == shop)
        .group_by(TranscriptEntry.conversation_id)
        # A conversation without a word from its shopper is somebody who only opened the chat.
        .having(func.count().filter(TranscriptEntry.speaker == Speaker.SHOPPER.value) > 0)
    )
    if text.strip():
        groups = groups.where(TranscriptEntry.conversation_id.startswith(text.strip(), autoescape=True))
    else:
        groups = groups.where(TranscriptEntry.id > newest - _LOOK_BACK)
    rows = session.execute(groups.order_by(func.max(TranscriptEntry.id).desc()).limit(limit)).all()
    entries = _entries(session, [row.last_id for row in rows] + [row.understood_id for row in rows])
    live = _live_cases(session, shop, [row.conversation_id for row in rows])
    return [
        _listed(entries[row.last_id], row.messages, entries.get(row.understood_id), live.get(row.conversation_id))
        for row in rows
    ]


def exists(session: Session, shop: str, conversation_id: str) -> bool:
    """Tell whether anything was ever said in a conversation of this shop."""
    found = session.scalar(
        select(TranscriptEntry.id)
        .where(TranscriptEntry.shop == shop, TranscriptEntry.conversation_id == conversation_id)
        .limit(1)
    )
    return found is not None


def _entries(session: Session, ids: list[int]) -> dict[int, TranscriptEntry]:
    found = session.scalars(select(TranscriptEntry).where(TranscriptEntry.id.in_({i for i in ids if i is not None})))
    return {entry.id: entry for entry in found}


def _live_cases(session: Session, shop: str, conversation_ids: list[str]) -> dict[str, Case]:
    found = session.scalars(
        select(Case).where(
            Case.shop == shop, Case.conversation_id.in_(conversation_ids), Case.status != Status.CLOSED.value
        )
    )
    return {case.conversation_id: case for case in found}


def _listed(
    last: TranscriptEntry, messages: int, understood: TranscriptEntry | None, case: Case | None
) -> ListedConversation:
    turn = (understood.understanding if understood is not None else None) or {}
    return ListedConversation(
        conversation_id=last.conversation_id,
        last_at=last.at,
        last_speaker=Speaker(last.speaker),
        last_text=last.text,
        messages=messages,
        language=turn.get("language"),
        case_number=None if case is None else case.number,
        taken_by=None if case is None else case.taken_by,
    )
