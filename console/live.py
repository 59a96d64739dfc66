"""What changes at the desk, told to every open page within a second.

The gateway writes into the shared database from another process; one small query every half second, however many
pages are open, finds out which conversations and cases it touched.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from nicegui import Client, Event
from sqlalchemy import String, cast, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from console.threads import in_thread
from core.database import reading
from desk.case import CaseEvent
from transcripts.entries import TranscriptEntry

logger = logging.getLogger(__name__)

_EVERY_SECONDS = 0.5
_AFTER_ERROR_SECONDS = 5.0
# Looked at each time. More than one, since an entry may change (its understanding comes when the turn ends) and since
# transactions may end in another order than their ids were given out.
_WINDOW = 300


@dataclass(frozen=True)
class Changes:
    """What changed since the last look: ids of conversations, and whether any case did."""

    conversations: frozenset[str]
    cases: bool


class Live:
    """Watches the database while anybody looks; pages subscribe to `changed`."""

    def __init__(self, shop: str) -> None:
        self.changed: Event[Changes] = Event()
        self._shop = shop
        self._marks: dict[str, tuple[int, int]] = {}
        self._case_mark = 0

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        await self._look_or_log()
        while True:
            await asyncio.sleep(_EVERY_SECONDS)
            if not Client.instances:
                continue
            changes = await self._look_or_log()
            if changes is None:
                await asyncio.sleep(_AFTER_ERROR_SECONDS)
            elif changes.conversations or changes.cases:
                self.changed.emit(changes)

    async def _look_or_log(self) -> Changes | None:
        try:
            return await in_thread(self._look)
        except SQLAlchemyError:
            logger.exception("the console cannot read the database")
            return None

    def _look(self) -> Changes:
        with reading() as session:
            marks = _conversation_marks(session, self._shop)
            case_mark = _case_mark(session, self._shop)
        changed = frozenset(key for key, mark in marks.items() if self._marks.get(key) != mark)
        changes = Changes(changed, case_mark != self._case_mark)
        self._marks, self._case_mark = marks, case_mark
        return changes


def _conversation_marks(session: Session, shop: str) -> dict[str, tuple[int, int]]:
    """Return for each recently active conversation two numbers that differ when anything in it changed."""
    newest = session.scalar(select(func.max(TranscriptEntry.id)).where(TranscriptEntry.shop == shop)) or 0
    understood = func.coalesce(func.length(cast(TranscriptEntry.understanding, String)), 0)
    rows = session.execute(
        select(TranscriptEntry.conversation_id, func.sum(TranscriptEntry.id), func.sum(understood))
        .where(TranscriptEntry.shop == shop, TranscriptEntry.id > newest - _WINDOW)
        .group_by(TranscriptEntry.conversation_id)
    )
    return {row[0]: (int(row[1]), int(row[2])) for row in rows}


def _case_mark(session: Session, shop: str) -> int:
    # Everything that happens to a case adds an event.
    newest = session.scalar(select(func.max(CaseEvent.id)).where(CaseEvent.shop == shop)) or 0
    recent = select(func.sum(CaseEvent.id)).where(CaseEvent.shop == shop, CaseEvent.id > newest - _WINDOW)
    return int(session.scalar(recent) or 0)
