"""A person and a conversation: taking it over and giving it back, in the gate and in the case at once.

The gate (in the gateway) decides who talks to the shopper; the case decides who works on it. Each step may be
repeated: whatever dies in between, trying again ends in the same state. Everything here blocks.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from core.clock import today
from core.database import reading, transaction
from core.identifiers import new_identifier
from desk import absence, cases
from desk.access_log import AccessKind, record_access
from desk.case import Case, Outcome, Priority, Reason
from desk.facts import things
from desk.gateway_client import DoorError, HeldByAnother, StaffDoor
from desk.sessions import Person
from desk.settlement import Settled, Settlement
from desk.summary import statement

# A day that is past here is past everywhere, whatever the person's own zone says.
_LAST_ZONE = "Etc/GMT+12"


def take_over(door: StaffDoor, conversation_id: str, person: Person) -> str:
    """Make a person the one who answers, and return the number of the case that is now theirs.

    A conversation without a live case gets one, so that it cannot be forgotten. From a colleague who is away
    (`desk.absence`) anybody may take over.

    Raises:
        CaseTaken, HeldByAnother: somebody else has it already; nothing changed.
        DoorDown, NotFound, Refused: the gateway could not; nothing changed.
        PermissionError: the person's role does not answer shoppers.
    """
    require_answerer(person)
    shop = person.shop
    _release_if_away(door, conversation_id, person)
    with transaction() as session:
        live = cases.live_case_of(session, shop, conversation_id)
        number = live.number if live is not None else None
        was_mine = live is not None and live.taken_by == person.name
        if number is not None and not was_mine:
            cases.take(session, shop, number, person.name)
    language = None
    try:
        if number is None:
            language = door.handler_of(conversation_id).language
        door.take_over(conversation_id, person.name, person.display_name)
    except DoorError:
        if number is not None and not was_mine:
            with transaction() as session:
                cases.release(session, shop, number, person.name)
        raise
    with transaction() as session:
        if number is None:
            number = cases.open_case(
                session,
                shop=shop,
                conversation_id=conversation_id,
                reason=Reason.STAFF,
                priority=Priority.NORMAL,
                language=language,
                summary=[statement("stepped_in")],
                key=f"takeover:{new_identifier()}",
            ).number
        # Also what was theirs and handed back: it is at work again only once the gate has let them in.
        cases.take(session, shop, number, person.name)
        record_access(
            session,
            shop=shop,
            staff=person.name,
            kind=AccessKind.TOOK_OVER,
            conversation_id=conversation_id,
            case_number=number,
        )
    return number


def hand_back(  # noqa: PLR0913
    door: StaffDoor,
    conversation_id: str,
    person: Person,
    code: Settled,
    *,
    note: str = "",
    until: date | None = None,
    close_as: Outcome | None = None,
) -> None:
    """Give a conversation back to the assistant and tell it what was settled; `close_as` closes the case too.

    `until` is the day by which the shopper hears from the shop again. The note is for the shop's people only.

    Raises:
        ValueError: it was settled in another way and the note does not say how, or the day is past.
        HeldByAnother: a colleague has the conversation.
        DoorDown, NotFound, Refused: the gateway could not; nothing changed.
        PermissionError: the person's role does not answer shoppers.
    """
    require_answerer(person)
    note = note.strip()
    if code is Settled.OTHER and not note:
        raise ValueError("what was settled in another way needs a note")
    if until is not None and until < today(_LAST_ZONE):
        raise ValueError("nobody can report back by a day that is past")
    shop = person.shop
    with reading() as session:
        live = cases.live_case_of(session, shop, conversation_id)
        settled = Settlement(code=code, until=until, **(_named_in(live) if live is not None else {}))
    _open_gate(door, conversation_id, person.name, note, settled)
    with transaction() as session:
        record_access(
            session, shop=shop, staff=person.name, kind=AccessKind.HANDED_BACK, conversation_id=conversation_id
        )
        live = cases.live_case_of(session, shop, conversation_id)
        if live is None or live.taken_by != person.name:
            return
        details = settled.model_dump(mode="json", include={"code", "until"})
        cases.hand_back(session, shop, live.number, person.name, note, details)
        if close_as is not None:
            cases.close(session, shop, live.number, person.name, outcome=close_as)


def free(door: StaffDoor, conversation_id: str, lead: Person) -> None:
    """Take a conversation out of a colleague's hands: the gate opens, the case returns to the queue.

    Raises:
        PermissionError: only leads and admins may.
        DoorDown, NotFound, Refused: the gateway could not; nothing changed.
    """
    if not lead.role.may_overrule:
        raise PermissionError("only a lead may take a conversation out of a colleague's hands")
    shop = lead.shop
    holder = door.handler_of(conversation_id).agent
    if holder is not None:
        absence.open_gate(door, conversation_id, holder)
    with transaction() as session:
        live = cases.live_case_of(session, shop, conversation_id)
        record_access(
            session,
            shop=shop,
            staff=lead.name,
            kind=AccessKind.FREED,
            conversation_id=conversation_id,
            case_number=live.number if live is not None else None,
        )
        if live is not None and live.taken_by is not None:
            cases.release(session, shop, live.number, live.taken_by, by=lead.name)


def answer(door: StaffDoor, conversation_id: str, person: Person, text: str, message_id: str) -> None:
    """Say something to the shopper; the same `message_id` is said once.

    Raises:
        ValueError: there is nothing to say.
        HeldByAnother, DoorDown, NotFound, Refused: it was not said.
    """
    require_answerer(person)
    if not text.strip():
        raise ValueError("nothing to say")
    door.send(conversation_id, person.name, text.strip(), message_id)
    with transaction() as session:
        record_access(
            session, shop=person.shop, staff=person.name, kind=AccessKind.ANSWERED, conversation_id=conversation_id
        )


def require_answerer(person: Person) -> None:
    """Raise PermissionError if a person's role does not answer shoppers or work on cases."""
    if not person.role.may_answer:
        raise PermissionError(f"a {person.role.value} does not answer shoppers")


def _release_if_away(door: StaffDoor, conversation_id: str, person: Person) -> None:
    """Put the conversation of a colleague who is away into the queue, from which it can be taken."""
    with reading() as session:
        live = cases.live_case_of(session, person.shop, conversation_id)
        holder = live.taken_by if live is not None else None
        away = holder not in {None, person.name} and absence.is_away(session, person.shop, str(holder))
    if live is not None and holder is not None and away:
        absence.return_to_queue(door, live, holder, by=person.name)


def _named_in(case: Case) -> dict[str, Any]:
    """What the case is about: one claim's order and parcel, or its one order; of several it is not known which."""
    claims, orders = things(case.facts, "claim"), things(case.facts, "order")
    claim = claims[0] if len(claims) == 1 else {}
    only = case.order_number if len(orders) <= 1 else None
    return {
        "case_number": case.number,
        "order_number": claim.get("order") or only,
        "tracking_number": claim.get("parcel"),
    }


def _open_gate(door: StaffDoor, conversation_id: str, agent: str, note: str, settled: Settlement) -> None:
    try:
        door.hand_back(conversation_id, agent, note, settled)
    except HeldByAnother as error:
        # Nobody has it: an earlier try got through and its answer was lost.
        if error.agent is not None:
            raise
