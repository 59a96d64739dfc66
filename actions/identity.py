"""Who is asking: order number and contact are tried, tries are counted, and what was proved is kept in a signed token.

Every action that reads an order gets it from `proved_order`, so that nothing about an order is said without proof.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from actions.tables import IdentityAttempt
from actions.turn import Turn
from commerce.contact import matches_contact
from commerce.errors import SystemDown
from commerce.order import Order
from commerce.order_number import letters_and_digits
from commerce.systems import systems
from core.clock import utc_now
from core.database import transaction
from core.settings import settings

PROOF_LIFETIME = timedelta(minutes=60)
TRIES_PER_CONVERSATION = 5
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


def issue_proof(turn: Turn, order_numbers: Sequence[str]) -> str:
    """Return a new token that proves these orders, and what the conversation's valid token already proves."""
    now = utc_now()
    until = (now + PROOF_LIFETIME).timestamp()
    proved = {number: ends for number, ends in _proved(turn).items() if ends > now.timestamp()}
    proved |= dict.fromkeys((number for number in order_numbers if number not in proved), until)
    return str(_signer().dumps({"shop": turn.shop, "conversation": turn.conversation_id, "orders": proved}))


def holds_proof(turn: Turn, order_number: str) -> bool:
    """Tell whether this conversation has proved, within the last hour, that the order is the shopper's."""
    return _proved(turn).get(order_number, 0.0) > utc_now().timestamp()


def proof_is_fresh(turn: Turn) -> bool:
    """Tell whether the conversation's proof, of any order, still holds: then the contact given for it does, too."""
    return any(until > utc_now().timestamp() for until in _proved(turn).values())


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
    return all(until > utc_now().timestamp() for until in _orders_of(turn, token).values())


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


async def try_identity(turn: Turn, order_number: str, contacts: Sequence[str]) -> Outcome:
    """Try the first few contacts against an order; one message is one try for an order, however often worked on.

    Raises:
        SystemDown: the order system does not answer; the try is not counted.
    """
    outcome, _ = await asyncio.gather(
        asyncio.to_thread(_try, turn, order_number, tuple(contacts[:CONTACTS_PER_TRY])), asyncio.sleep(FLOOR_SECONDS)
    )
    return outcome


def _try(turn: Turn, order_number: str, contacts: tuple[str, ...]) -> Outcome:
    # "SO2219" and "SO-2219" find the same order, so they are counted as one.
    counted = letters_and_digits(order_number) or order_number
    # The try is written down before the answer is known: a hundred tries at once cannot all slip through.
    with transaction() as session:
        if _refused(session, turn, counted):
            return Outcome.refused
        attempt_id = _record(session, turn, counted)
    try:
        order = systems().orders.find(turn.shop, order_number)
    except SystemDown:
        with transaction() as session:
            session.execute(delete(IdentityAttempt).where(IdentityAttempt.id == attempt_id))
        raise
    proved = order is not None and any(matches_contact(order, contact) for contact in contacts)
    with transaction() as session:
        session.get_one(IdentityAttempt, attempt_id).proved = proved
        session.flush()
        if not proved and _failures(session, turn) >= TRIES_PER_CONVERSATION:
            return Outcome.refused
    return Outcome.proved if proved else Outcome.mismatch


def _refused(session: Session, turn: Turn, order_number: str) -> bool:
    # This message may be worked on again; message ids are unique within a conversation only. Its other orders count.
    others = or_(
        IdentityAttempt.message_id != turn.message_id,
        IdentityAttempt.conversation_id != turn.conversation_id,
        IdentityAttempt.order_number != order_number,
    )
    mine = _failures(session, turn, others)
    on_order = session.scalar(
        select(func.count()).where(
            IdentityAttempt.shop == turn.shop,
            IdentityAttempt.order_number == order_number,
            IdentityAttempt.at > utc_now() - WINDOW,
            IdentityAttempt.proved.is_(False),
            others,
        )
    )
    return mine >= TRIES_PER_CONVERSATION or (on_order or 0) >= TRIES_PER_ORDER


def _failures(session: Session, turn: Turn, *conditions: Any) -> int:
    mine = (IdentityAttempt.shop == turn.shop, IdentityAttempt.conversation_id == turn.conversation_id)
    failed = (IdentityAttempt.proved.is_(False), IdentityAttempt.at > utc_now() - WINDOW)
    return session.scalar(select(func.count()).where(*mine, *failed, *conditions)) or 0


def _record(session: Session, turn: Turn, order_number: str) -> int:
    same = (
        IdentityAttempt.shop == turn.shop,
        IdentityAttempt.conversation_id == turn.conversation_id,
        IdentityAttempt.message_id == turn.message_id,
        IdentityAttempt.order_number == order_number,
    )
    attempt = session.scalar(select(IdentityAttempt).where(*same))
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


def _proved(turn: Turn) -> dict[str, float]:
    return _orders_of(turn, turn.slot("proof"))


def _orders_of(turn: Turn, token: Any) -> dict[str, float]:
    """The orders in a token with the moments their proof ends; empty for one that is forged or of elsewhere."""
    if not isinstance(token, str):
        return {}
    try:
        content = _signer().loads(token)
    except BadSignature:
        return {}
    if content["shop"] != turn.shop or content["conversation"] != turn.conversation_id:
        return {}
    return {str(number): float(until) for number, until in content["orders"].items()}


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(settings().proof_secret, salt=_SALT)
