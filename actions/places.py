"""Which countries a general question is about: those it names, else the order's in hand, else the browser's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from actions.identity import NotProved, holds_proof, proved_order
from actions.turn import Turn
from actions.values import country, listing
from commerce.errors import SystemDown
from commerce.handbook import Handbook
from commerce.order import Order
from commerce.parcel import Parcel

# More in one message are answered with the first few.
_MOST = 3


@dataclass(frozen=True)
class Places:
    """Country codes; `named` when the shopper said them, else they are what is known or guessed, or there are none."""

    codes: tuple[str, ...]
    named: bool


def named_countries(turn: Turn) -> tuple[str, ...]:
    """Return the countries that a message asks about in general; none when it speaks of the shopper's own order."""
    return () if _speaks_of_own_order(turn) else _named(turn, come_from=False) or _named(turn, come_from=True)


async def places_meant(turn: Turn, *, come_from: bool = False) -> Places:
    """Return the countries a question is about.

    Args:
        turn: the message.
        come_from: of "from Spain to Britain" the first is meant (for returns), not the second. Without it, "from Spain"
            alone names no country that is meant: nothing goes there.
    """
    named = _named(turn, come_from=come_from) or (_named(turn, come_from=False) if come_from else ())
    if named:
        return Places(named, named=True)
    known = await _order_country(turn) or turn.country
    return Places((known,) if known else (), named=False)


def asks_in_general(turn: Turn) -> bool:
    """Tell whether a country is named, and no order that the conversation has proved is there to compare it with."""
    return bool(named_countries(turn)) and not holds_proof(turn, str(turn.slot("order_number")))


def means_another_country(turn: Turn, order: Order, parcels: Sequence[Parcel]) -> bool:
    """Tell whether only countries are named that the order does not go to, and nothing says that it is meant itself.

    Its number, a day by which it is needed ("I fly to Japan on Friday") or "my parcel" say so.
    """
    if turn.mentions("order_number") or turn.mentions("deadline") or _speaks_of_own_order(turn):
        return False
    named = _named(turn, come_from=False)
    own = {order.country, *(parcel.destination for parcel in parcels)}
    return bool(named) and own.isdisjoint(named)


def say_where_not_delivered(turn: Turn, handbook: Handbook, codes: Sequence[str]) -> list[str]:
    """Say to which of the countries the shop does not deliver, and return the others."""
    missing = [code for code in codes if not handbook.delivers_to(code)]
    if missing:
        turn.say("utter_not_delivered_to", countries=listing(country(code) for code in missing))
    return [code for code in codes if code not in missing]


def _named(turn: Turn, *, come_from: bool) -> tuple[str, ...]:
    """The countries named as where something comes from, or all the others; at most three."""
    meant = [e for e in turn.entities("country") if bool(_told_of(e).get("from")) is come_from]
    return tuple(str(e["value"]) for e in meant)[:_MOST]


def _speaks_of_own_order(turn: Turn) -> bool:
    return any(_told_of(e).get("own_order") for e in turn.entities("country"))


def _told_of(entity: dict[str, Any]) -> dict[str, Any]:
    return entity.get("additional_info") or {}


async def _order_country(turn: Turn) -> str | None:
    if turn.slot("order_number"):
        try:
            return (await proved_order(turn)).country
        except (NotProved, SystemDown):
            pass  # a general question needs no order
    return None
