"""Which countries a general question is about: named ones, those just talked about, the order's, the browser's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from actions.identity import NotProved, holds_proof, proved_order
from actions.turn import Turn, entities_of, reply_name
from actions.values import country, listing
from commerce.errors import SystemDown
from commerce.handbook import Handbook
from commerce.order import Order
from commerce.parcel import Parcel
from commerce.systems import systems

# More in one message are answered with the first few.
_MOST = 3
# For so many messages a country that was named is still the one talked about.
_IN_MIND = 6
# Replies of a turn in which an order was asked about, beside those that name its number.
_OF_AN_ORDER = ("utter_order", "utter_parcel_of_many")
_ASKING_FOR_AN_ORDER = ("utter_ask_order_number", "utter_ask_contact")


@dataclass(frozen=True)
class Places:
    """Country codes; `named` when the shopper said them, now or a moment ago, else known, guessed, or none."""

    codes: tuple[str, ...]
    named: bool


def named_countries(turn: Turn) -> tuple[str, ...]:
    """Return the countries that a message asks about in general; none when it speaks of the shopper's own order."""
    return _in_general(turn.entities("country"))


def countries_in_talk(turn: Turn) -> tuple[str, ...]:
    """Return the countries that an earlier message asked about in general, if no order was asked about since."""
    for events in islice(turn.earlier_turns(), _IN_MIND):
        if _is_about_an_order(events):
            return ()
        named = _in_general(entities_of(events[0], "country"))
        if named:
            # Where nothing goes, the next place is another one: "and New York?", after Cuba.
            return tuple(code for code in named if systems().handbook.delivers_to(code))
    return ()


async def places_meant(turn: Turn, *, come_from: bool = False) -> Places:
    """Return the countries a question is about.

    Args:
        turn: the message.
        come_from: of "from Spain to Britain" the first is meant (for returns), not the second. Without it, "from Spain"
            alone names no country that is meant: nothing goes there.
    """
    said = turn.entities("country")
    named = _named(said, come_from=come_from) or (_named(said, come_from=False) if come_from else ())
    named = named or countries_in_talk(turn)
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
    said = turn.entities("country")
    if turn.mentions("order_number") or turn.mentions("deadline") or _speaks_of_own_order(said):
        return False
    named = _named(said, come_from=False)
    return bool(named) and _goes_to(order, parcels).isdisjoint(named)


def talks_of_another_country(turn: Turn, order: Order, parcels: Sequence[Parcel]) -> bool:
    """Tell whether a message that names nothing goes on about a country that the order in hand does not go to."""
    if any(turn.mentions(kind) for kind in ("order_number", "tracking_number", "deadline", "country")):
        return False
    return _goes_to(order, parcels).isdisjoint(countries_in_talk(turn) or {order.country})


def say_where_not_delivered(turn: Turn, handbook: Handbook, codes: Sequence[str]) -> list[str]:
    """Say to which of the countries the shop does not deliver, and return the others."""
    missing = [code for code in codes if not handbook.delivers_to(code)]
    if missing:
        turn.say("utter_not_delivered_to", countries=listing(country(code) for code in missing))
    return [code for code in codes if code not in missing]


def _in_general(said: list[dict[str, Any]]) -> tuple[str, ...]:
    """Of the countries of one message those it asks about; none when it speaks of the shopper's own order."""
    return () if _speaks_of_own_order(said) else _named(said, come_from=False) or _named(said, come_from=True)


def _named(said: Iterable[dict[str, Any]], *, come_from: bool) -> tuple[str, ...]:
    """The countries named as where something comes from, or all the others; at most three."""
    meant = [e for e in said if bool(_told_of(e).get("from")) is come_from]
    return tuple(str(e["value"]) for e in meant)[:_MOST]


def _speaks_of_own_order(said: Iterable[dict[str, Any]]) -> bool:
    return any(_told_of(e).get("own_order") for e in said)


def _goes_to(order: Order, parcels: Sequence[Parcel]) -> set[str]:
    return {order.country, *(parcel.destination for parcel in parcels)}


def _is_about_an_order(events: list[dict[str, Any]]) -> bool:
    """Whether a turn named an order, or was answered about one, or with the question for one."""
    if entities_of(events[0], "order_number"):
        return True
    return any(_names_an_order(event) for event in events if event.get("event") == "bot")


def _names_an_order(said: dict[str, Any]) -> bool:
    name = reply_name(said)
    if name.startswith("utter_ask_"):  # a form that was open before asks again
        return name in _ASKING_FOR_AN_ORDER
    values = ((said.get("metadata") or {}).get("said") or {}).get("values") or {}
    return name.startswith(_OF_AN_ORDER) or "order" in values


def _told_of(entity: dict[str, Any]) -> dict[str, Any]:
    return entity.get("additional_info") or {}


async def _order_country(turn: Turn) -> str | None:
    if turn.slot("order_number"):
        try:
            return (await proved_order(turn)).country
        except (NotProved, SystemDown):
            pass  # a general question needs no order
    return None
