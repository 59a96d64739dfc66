"""Who is asking: order number and contact are tried, tries are counted, and what was proved is kept in a signed token.

Every action that reads an order gets it from `proved_order`, so that nothing about an order is said without proof.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.orm import Session

from actions.tables import IdentityAttempt
from actions.turn import CONTACT_ENTITIES, Turn
from commerce.contact import ContactKind, match_contact
from commerce.errors import SystemDown
from commerce.order import Order
from commerce.order_number import letters_and_digits
from commerce.systems import systems
from core.clock import utc_now
from core.database import transaction
from core.settings import settings

PROOF_LIFETIME = timedelta(minutes=60)
TRIES_PER_CONVERSATION = 5
# From here on a postcode, which can be guessed, opens the order no more; its e-mail and phone still do, so that a
# stranger with throw-away conversations cannot lock the order for its owner.
TRIES_PER_ORDER = 10
# A message is one try, so it must not carry a list of guesses: an e-mail, a phone and a postcode are all one has.
CONTACTS_PER_TRY = 3
WINDOW = timedelta(hours=24)
# An answer takes at least this long, so that its time does not tell whether the order exists.
FLOOR_SECONDS = 0.15
_SALT = "identity-proof"


class NotProved(Exception):
    """The conversation has no valid proof for this order."""


class Outcome(StrEnum):
    """What became of a try."""

    proved = "proved"
    mismatch = "mismatch"  # no such order, or not its contact: never told apart
    refused = "refused"  # too many tries


@dataclass(frozen=True)
class Try:
    """What became of a try, and which contact proved the order."""

    outcome: Outcome
    by: ContactKind | None = None


def issue_proof(turn: Turn, orders: Mapping[str, ContactKind]) -> str:
    """Return a new token that proves these orders by these contacts, and what the conversation's token still proves."""
    until = (utc_now() + PROOF_LIFETIME).timestamp()
    proved = _proved(turn)
    for number, by in orders.items():
        # A further proof of the same order does not lengthen the first one.
        ends, _ = proved.get(_key(number), (until, by))
        proved[_key(number)] = (ends, by.value)
    return str(_signer().dumps({"shop": turn.shop, "conversation": turn.conversation_id, "orders": proved}))


def holds_proof(turn: Turn, order_number: str) -> bool:
    """Tell whether this conversation has proved, within the last hour, that the order is the shopper's."""
    return _key(order_number) in _proved(turn)


def proof_is_fresh(turn: Turn) -> bool:
    """Tell whether the conversation's proof, of any order, still holds: then the contact given for it does, too."""
    return bool(_proved(turn))


def shown_only_postcodes(turn: Turn) -> bool:
    """Tell whether all that the conversation has proved now was proved by a postcode, which neighbours share."""
    proved = _proved(turn).values()
    return bool(proved) and all(by == ContactKind.postcode for _, by in proved)


def may_read_address(turn: Turn, order_number: str) -> bool:
    """Tell whether name and street may be said: not to who has shown no more than the order number and its postcode."""
    _, by = _proved(turn).get(_key(order_number), (0.0, ContactKind.postcode))
    return by != ContactKind.postcode


def told_to_the_same(turn: Turn, said: dict[str, Any]) -> bool:
    """Tell whether every proof that stood when a reply was given, a bot event, still holds.

    What was told then may be said again; after that, somebody else may sit there.
    """
    token = None
    for event in turn.events:
        if event is said:
            break
        if event.get("event") == "slot" and event.get("name") == "proof":
            token = event.get("value")
    return all(until > utc_now().timestamp() for until, _ in _orders_of(turn, token).values())


async def proved_order(turn: Turn, order_number: str | None = None) -> Order:
    """Return an order (the one talked about, unless another is named) whose proof this conversation holds.

    Raises:
        NotProved: there is no valid proof for it.
        SystemDown: the order system does not answer.
    """
    number = order_number or turn.slot("order_number")
    if not number or not holds_proof(turn, number):
        raise NotProved
    order = await asyncio.to_thread(systems().orders.find, turn.shop, number)
    if order is None:
        raise NotProved
    return order


async def try_identity(turn: Turn, order_number: str, contacts: Sequence[str]) -> Try:
    """Try the first few contacts against an order; one message is one try for an order, however often worked on.

    An e-mail or phone of an earlier message is the person's own and opens any order it is on. A postcode that opened
    an order before opens, unless it is typed once more, only those of the same customer.

    Raises:
        SystemDown: the order system does not answer; the try is not counted.
    """
    tried, _ = await asyncio.gather(
        asyncio.to_thread(_try, turn, order_number, tuple(contacts[:CONTACTS_PER_TRY])), asyncio.sleep(FLOOR_SECONDS)
    )
    return tried


async def order_of_parcel(turn: Turn, tracking_number: str) -> str:
    """Return the number of a parcel's order, to be tried with a contact and never said before that proves it.

    For a parcel that nobody knows it is the number of no order: the try fails, and counts, as with a wrong contact.

    Raises:
        SystemDown: the logistics system does not answer.
    """
    parcel, _ = await asyncio.gather(
        asyncio.to_thread(systems().parcels.find, turn.shop, tracking_number), asyncio.sleep(FLOOR_SECONDS)
    )
    return parcel.order_number if parcel else f"parcel {tracking_number}"


def _try(turn: Turn, order_number: str, contacts: tuple[str, ...]) -> Try:
    counted = _key(order_number)
    # The try is written down before the answer is known: a hundred tries at once cannot all slip through.
    with transaction() as session:
        others = _other_tries(turn, counted)
        # A message that is worked on again was let in the first time; its other orders have been counted since.
        if not _is_recorded(session, turn, counted) and _failures(session, turn, others) >= TRIES_PER_CONVERSATION:
            return Try(Outcome.refused)
        guessed_at = _failures_on_order(session, turn, counted, others) >= TRIES_PER_ORDER
        attempt_id = _record(session, turn, counted)
    try:
        order = systems().orders.find(turn.shop, order_number)
        by = _strongest(turn, order, contacts)
    except SystemDown:
        with transaction() as session:
            session.execute(delete(IdentityAttempt).where(IdentityAttempt.id == attempt_id))
        raise
    proved = by is not None and not (guessed_at and by is ContactKind.postcode)
    with transaction() as session:
        session.get_one(IdentityAttempt, attempt_id).proved = proved
        session.flush()
        if not proved and (guessed_at or _failures(session, turn) >= TRIES_PER_CONVERSATION):
            return Try(Outcome.refused)
    return Try(Outcome.proved, by) if proved else Try(Outcome.mismatch)


def _strongest(turn: Turn, order: Order | None, contacts: tuple[str, ...]) -> ContactKind | None:
    """The contact that matches the order; of several, one that is no postcode."""
    if order is None:
        return None
    by_contact = {contact: match_contact(order, contact) for contact in contacts}
    kinds = [
        kind
        for contact, kind in by_contact.items()
        if kind is not ContactKind.postcode or _opens_this_order(turn, order, contact)
    ]
    return next((kind for kind in ContactKind if kind in kinds), None)


def _opens_this_order(turn: Turn, order: Order, postcode: str) -> bool:
    """Whether a postcode that is on an order opens it: typed now, or not yet used for the order of somebody else."""
    if postcode in _typed_now(turn):
        return True
    found = (systems().orders.find(turn.shop, number) for number in _ever_proved(turn))
    opened = [o for o in found if o and match_contact(o, postcode) is ContactKind.postcode]
    now = [o for o in opened if _key(o.number) in _proved(turn)]
    return not opened or any(_same_customer(order, other) for other in now)


def _ever_proved(turn: Turn) -> set[str]:
    """The orders that the conversation has proved at any time, though their proof may be over or was dropped."""
    events = (e for e in turn.events if e.get("event") == "slot" and e.get("name") == "proof")
    tokens = [turn.slot("proof"), *(event.get("value") for event in events)]
    return {number for token in tokens for number in _orders_of(turn, token)}


def _typed_now(turn: Turn) -> set[str]:
    """What the message may give as a contact; a bare number beside an order number counts as one."""
    return {str(value) for kind in (*CONTACT_ENTITIES, "order_number") for value in turn.mentions(kind)}


def _same_customer(one: Order, other: Order) -> bool:
    emails = [order.customer.email for order in (one, other)]
    same_email = all(emails) and len({str(email).casefold() for email in emails}) == 1
    return one.customer.id == other.customer.id or same_email


def _other_tries(turn: Turn, order_number: str) -> Any:
    # This message may be worked on again; message ids are unique within a conversation only. Its other orders count.
    return or_(
        IdentityAttempt.message_id != turn.message_id,
        IdentityAttempt.conversation_id != turn.conversation_id,
        IdentityAttempt.order_number != order_number,
    )


def _failures_on_order(session: Session, turn: Turn, order_number: str, others: Any) -> int:
    on_order = (IdentityAttempt.shop == turn.shop, IdentityAttempt.order_number == order_number)
    return session.scalar(select(func.count()).where(*on_order, *_failed(), others)) or 0


def _failures(session: Session, turn: Turn, *conditions: Any) -> int:
    mine = (IdentityAttempt.shop == turn.shop, IdentityAttempt.conversation_id == turn.conversation_id)
    return session.scalar(select(func.count()).where(*mine, *_failed(), *conditions)) or 0


def _failed() -> tuple[Any, Any]:
    return IdentityAttempt.proved.is_(False), IdentityAttempt.at > utc_now() - WINDOW


def _recorded(turn: Turn, order_number: str) -> Select[IdentityAttempt]:
    return select(IdentityAttempt).where(
        IdentityAttempt.shop == turn.shop,
        IdentityAttempt.conversation_id == turn.conversation_id,
        IdentityAttempt.message_id == turn.message_id,
        IdentityAttempt.order_number == order_number,
    )


def _is_recorded(session: Session, turn: Turn, order_number: str) -> bool:
    return session.scalar(_recorded(turn, order_number)) is not None


def _record(session: Session, turn: Turn, order_number: str) -> int:
    attempt = session.scalar(_recorded(turn, order_number))
    if attempt is None:
        attempt = IdentityAttempt(
            shop=turn.shop,
            conversation_id=turn.conversation_id,
            message_id=turn.message_id,
            order_number=order_number,
            at=utc_now(),
            proved=False,
        )
        session.add(attempt)
        session.flush()
    return attempt.id


def _key(order_number: str) -> str:
    """What a number is proved and counted by: "SO2219" and "SO-2219" find the same order."""
    return letters_and_digits(order_number) or order_number


def _proved(turn: Turn) -> dict[str, tuple[float, str]]:
    """What the conversation's token proves now: order → when that ends, and which contact proved it."""
    now = utc_now().timestamp()
    return {number: proof for number, proof in _orders_of(turn, turn.slot("proof")).items() if proof[0] > now}


def _orders_of(turn: Turn, token: Any) -> dict[str, tuple[float, str]]:
    """What a token proves or has proved; nothing for one that is forged, of elsewhere or not of today's form."""
    if not isinstance(token, str):
        return {}
    try:
        content = _signer().loads(token)
        if content["shop"] != turn.shop or content["conversation"] != turn.conversation_id:
            return {}
        return {str(number): (float(until), str(by)) for number, (until, by) in content["orders"].items()}
    except (BadSignature, TypeError, ValueError):
        return {}


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(settings().proof_secret, salt=_SALT)
