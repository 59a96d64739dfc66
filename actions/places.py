"""Which countries a general question is about: those it names, else the order's in hand, else the browser's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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


def named_countries(turn: Turn, *, come_from: bool = False) -> tuple[str, ...]:
    """Return the countries that the message names, at most three.

    Args:
        turn: the message.
        come_from: of "from Spain to Britain" the first is meant (for returns), not the second.
    """
    mentioned = turn.entities("country")
    meant = [e for e in mentioned if bool((e.get("additional_info") or {}).get("from")) is come_from]
    return tuple(str(e["value"]) for e in meant or mentioned)[:_MOST]


async def places_meant(turn: Turn, *, come_from: bool = False) -> Places:
    """Return the countries a question is about; `come_from` as in `named_countries`."""
    named = named_countries(turn, come_from=come_from)
    if named:
        return Places(named, named=True)
    known = await _order_country(turn) or turn.country
    return Places((known,) if known else (), named=False)


def asks_in_general(turn: Turn) -> bool:
    """Tell whether a country is named, and no order that the conversation has proved is there to compare it with."""
    return bool(named_countries(turn)) and not holds_proof(turn, str(turn.slot("order_number")))


def means_another_country(turn: Turn, order: Order, parcels: Sequence[Parcel]) -> bool:
    """Tell whether only countries are named that the order does not go to; if its number is given, it is meant."""
    named = named_countries(turn)
    own = {order.country, *(parcel.destination for parcel in parcels)}
    return bool(named) and not turn.mentions("order_number") and own.isdisjoint(named)


def say_where_not_delivered(turn: Turn, handbook: Handbook, codes: Sequence[str]) -> list[str]:
    """Say to which of the countries the shop does not deliver, and return the others."""
    missing = [code for code in codes if not handbook.delivers_to(code)]
    if missing:
        turn.say("utter_not_delivered_to", countries=listing(country(code) for code in missing))
    return [code for code in codes if code not in missing]


async def _order_country(turn: Turn) -> str | None:
    if turn.slot("order_number"):
        try:
            return (await proved_order(turn)).country
        except (NotProved, SystemDown):
            pass  # a general question needs no order
    return None
