"""Who of the shop's people has gone: the conversations that they still hold go back to the queue.

A shopper must not write to a chair that nobody sits on. Whoever logs out gives their conversations back; whoever was
locked out, or let the session run out, has them given back. Everything here blocks.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.database import reading, transaction
from desk import accounts, cases, sessions
from desk.accounts import Role
from desk.case import Case, Status
from desk.cases import CaseClosed, NotYourCase
from desk.gateway_client import DoorError, HeldByAnother, NotFound, StaffDoor
from desk.settlement import Settled, Settlement

logger = logging.getLogger(__name__)

# After so long without a sign of somebody, any colleague may take over from them.
AWAY = timedelta(minutes=15)
# The note stands in the summary of the next case, which is in English.
NOTE = "Nothing settled yet."
# In the history of a case: why it came back to the queue by itself.
GONE = "gone"


def held_by(session: Session, shop: str, name: str) -> list[Case]:
    """Return the cases whose conversations a person answers now, oldest first."""
    return [case for case in _taken_by(session, shop, name) if case.handed_back_at is None]


def is_away(session: Session, shop: str, name: str) -> bool:
    """Tell whether a person may not answer any more, is not signed in, or has not been seen for a while."""
    seen = sessions.last_seen(session, shop).get(name)
    return seen is None or utc_now() - seen > AWAY or not _may_answer(session, shop, name)


def gone(session: Session, shop: str) -> frozenset[str]:
    """Return who has cases to give back: they are not signed in or may not answer any more."""
    taken = select(Case).where(Case.shop == shop, Case.status == Status.TAKEN.value)
    present = sessions.last_seen(session, shop)
    held: dict[str, bool] = {}
    for case in session.scalars(taken):
        name = str(case.taken_by)
        # A case that was handed back waits for its person, who comes back tomorrow, unless they never will.
        held[name] = held.get(name, False) or case.handed_back_at is None
    return frozenset(
        name
        for name, answers in held.items()
        if (answers and name not in present) or not _may_answer(session, shop, name)
    )


def give_back(door: StaffDoor, shop: str, name: str, *, why: str = "") -> None:
    """Return what a person holds to the queue, and what they may never come back to; `why` goes into the history.

    What the gateway cannot do now is left for the next try.
    """
    with reading() as session:
        returns = _may_answer(session, shop, name)
        held = held_by(session, shop, name) if returns else _taken_by(session, shop, name)
    for case in held:
        try:
            return_to_queue(door, case, name, why=why)
        except DoorError as error:
            logger.warning("case %s of %s could not be given back: %s", case.number, name, type(error).__name__)


def give_back_all(door: StaffDoor, shop: str, names: Iterable[str]) -> None:
    """Return to the queue what several people hold who have gone."""
    for name in names:
        give_back(door, shop, name, why=GONE)


def return_to_queue(door: StaffDoor, case: Case, holder: str, *, by: str | None = None, why: str = "") -> None:
    """Open the gate that a person holds and put their case into the queue; the shopper hears that they left.

    Trying again changes nothing. Raises DoorDown, Refused: nothing changed.
    """
    # A colleague may have the conversation already, or the gateway know it no more: only the case was left behind.
    with suppress(HeldByAnother, NotFound):
        open_gate(door, case.conversation_id, holder)
    # Somebody may have been quicker.
    with transaction() as session, suppress(NotYourCase, CaseClosed):
        cases.release(session, case.shop, case.number, holder, by=by, why=why)


def open_gate(door: StaffDoor, conversation_id: str, holder: str) -> None:
    """Give a conversation back to the assistant for who holds it; nothing settled, the case waits. Raises DoorError."""
    try:
        door.hand_back(conversation_id, holder, NOTE, Settlement(code=Settled.NOTHING), released=True)
    except HeldByAnother as error:
        # Nobody has it: an earlier try got through and its answer was lost.
        if error.agent is not None:
            raise


def _taken_by(session: Session, shop: str, name: str) -> list[Case]:
    taken = (Case.shop == shop, Case.status == Status.TAKEN.value, Case.taken_by == name)
    return list(session.scalars(select(Case).where(*taken).order_by(Case.id)))


def _may_answer(session: Session, shop: str, name: str) -> bool:
    account = accounts.find(session, shop, name)
    return account is not None and account.active and Role(account.role).may_answer
