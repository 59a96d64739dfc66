"""Whose order a need is about: what the conversation has proved is used, else what was given is tried or asked for."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions.given import Given, earlier_contacts, earlier_order, orders_in_question
from actions.identity import (
    Outcome,
    Try,
    holds_proof,
    issue_proof,
    may_read_address,
    order_of_parcel,
    proof_is_fresh,
    try_identity,
)
from actions.needs import next_step_of
from actions.places import named_countries
from actions.proof_in_case import tell_case_of_proof
from actions.turn import Events, Turn
from commerce.contact import ContactKind
from commerce.errors import SystemDown

# More in one message are not a shopper asking for their orders.
_ORDERS_PER_MESSAGE = 5


async def identify(turn: Turn, need: str, given: Given) -> Events:
    """Try what is known about who asks, and return the slots with the next step.

    Raises:
        SystemDown: the order system does not answer.
    """
    if given.corrects and holds_proof(turn, given.corrects):
        given = Given((given.corrects,))
    wanted = (list(given.orders) or _still_wanted(turn, given))[:_ORDERS_PER_MESSAGE]
    number = wanted[0] if wanted else None
    slots: Events = [SlotSet("need", need), SlotSet("order_number", number), SlotSet("more_orders", wanted[1:] or None)]
    if given and turn.slot("unproved_orders"):
        slots.append(SlotSet("unproved_orders", None))
    if (need == "customs_and_duties" and not wanted) or _asks_of_a_country(turn, need, given):
        return [*slots, SlotSet("next_step", next_step_of(need))]
    if wanted and all(holds_proof(turn, o) and not (given.contacts and _is_weakly_proved(turn, o)) for o in wanted):
        return [*slots, SlotSet("next_step", _leads_to(need, wanted))]
    if _names_what_waits(turn, wanted, given):
        return [*slots, *_ask_for_contact(wanted)]
    tried = await _try(turn, need, wanted, given)
    return [*slots, *(tried or [SlotSet("contact", None), SlotSet("next_step", "identify")])]


async def _try(turn: Turn, need: str, wanted: list[str], given: Given) -> Events | None:
    """Try the contacts that are known; None when there is nothing to try, or nothing that was typed was wrong."""
    contacts = _contacts(turn, given)
    if not contacts:
        return None
    if not wanted:
        return await _try_by_tracking_number(turn, need, contacts)
    if given.side_by_side:
        return await _try_side_by_side(turn, need, wanted)
    if given.corrects:
        return await _try_either_way(turn, need, wanted, given)
    tried = await _try_all(turn, need, wanted, contacts)
    # What proved another order was tried by ourselves.
    by_ourselves = not given.contacts and proof_is_fresh(turn)
    return tried if tried or by_ourselves else _mismatch(turn, wanted)


def _still_wanted(turn: Turn, given: Given) -> list[str]:
    """The orders that a contact was asked for; else the order talked about, with the others of the same breath."""
    if given.contacts or not turn.slot("unproved_orders"):
        wanted = orders_in_question(turn)
    else:
        wanted = [str(turn.slot("order_number"))]
    number = None if wanted else earlier_order(turn)
    return [number] if number else wanted


def _names_what_waits(turn: Turn, wanted: list[str], given: Given) -> bool:
    """Whether nothing is said but the orders that wait for another contact: the one that did not fit is not one."""
    return bool(given.orders) and not given.contacts and set(wanted) <= set(turn.slot("unproved_orders") or [])


def _asks_of_a_country(turn: Turn, need: str, given: Given) -> bool:
    """What can be said of a country by its name, without asking whose order it is that was spoken of before."""
    if need not in ("customs_and_duties", "delivery_estimate"):
        return False
    return bool(named_countries(turn)) and not given and turn.active_form is None


async def _try_all(turn: Turn, need: str, wanted: list[str], contacts: tuple[str, ...]) -> Events | None:
    """Try every order with the contacts; return what follows, or None when nothing could be matched."""
    proved: dict[str, ContactKind | None] = {}
    unproved: list[str] = []
    said = len(turn.messages)
    for order in wanted:
        tried = await _try_one(turn, order, contacts)
        if tried.outcome is Outcome.refused:
            if not proved:
                return to_a_person("identity_failed")
            break
        if tried.outcome is Outcome.proved:
            proved[order] = tried.by
        elif len(wanted) > 1:
            turn.say("utter_other_order_not_proved", order=order)
            unproved.append(order)
    if not proved:
        turn.unsay(said)
        return None
    waiting: Events = [SlotSet("unproved_orders", unproved)] if unproved else []
    return [*await _proved(turn, need, proved, contacts[0]), *waiting]


async def _try_one(turn: Turn, order: str, contacts: tuple[str, ...]) -> Try:
    """Try an order, unless it is proved; by a postcode only, a further contact may prove it better, never worse."""
    held = holds_proof(turn, order)
    if held and not _is_weakly_proved(turn, order):
        return Try(Outcome.proved)
    tried = await try_identity(turn, order, contacts)
    return Try(Outcome.proved) if held and tried.outcome is not Outcome.proved else tried


def _is_weakly_proved(turn: Turn, order: str) -> bool:
    return holds_proof(turn, order) and not may_read_address(turn, order)


async def _try_side_by_side(turn: Turn, need: str, wanted: list[str]) -> Events | None:
    """Two numbers without a word between them: an order and its postcode, or two orders after all."""
    order, other = wanted
    tried = await try_identity(turn, order, (other,))
    if tried.outcome is Outcome.refused:
        return to_a_person("identity_failed")
    if tried.outcome is Outcome.proved:
        return await _proved(turn, need, {order: tried.by}, other)
    earlier = _contacts(turn, Given(tuple(wanted)))
    return await _try_all(turn, need, wanted, earlier) if earlier else None


async def _try_either_way(turn: Turn, need: str, wanted: list[str], given: Given) -> Events:
    """A number that may be the contact that was asked for, or the order number put right."""
    number = str(given.corrects)
    others = tuple(contact for contact in given.contacts if contact != number)
    # The contact is the one beside it, the one that proved another order, or the one that did not fit.
    of_order = others or _contacts(turn, Given((number,)))
    ways = [(wanted, given.contacts), ([number], of_order)]
    refused: Events | None = None
    for orders, contacts in reversed(ways) if given.instead else ways:
        tried = await _try_all(turn, need, orders, contacts) if contacts else None
        if tried and not _leads_to_a_person(tried):
            return tried
        refused = refused or tried
    if refused:
        return refused
    if given.instead and not of_order:
        return _ask_for_contact([number])
    return _mismatch(turn, [number] if given.instead else wanted)


def _leads_to_a_person(events: Events) -> bool:
    return any(event["name"] == "next_step" and event["value"] == "hand_over" for event in events)


async def _try_by_tracking_number(turn: Turn, need: str, contacts: tuple[str, ...]) -> Events | None:
    """Where no order is named, the tracking number that was given names it, to who has the contact on it."""
    tracking = turn.slot("tracking_number")
    if not tracking:
        return None
    try:
        order = await order_of_parcel(turn, str(tracking))
    except SystemDown:
        return None  # the order number will do
    tried = await try_identity(turn, order, contacts)
    if tried.outcome is Outcome.refused:
        return to_a_person("identity_failed")
    if tried.outcome is Outcome.proved:
        return await _proved(turn, need, {order: tried.by}, contacts[0])
    turn.say("utter_identity_mismatch")
    return None


async def _proved(turn: Turn, need: str, proved: dict[str, ContactKind | None], contact: str) -> Events:
    """The slots of orders that are proved: now by a contact, or before (None)."""
    orders = list(proved)
    new = {order: by for order, by in proved.items() if by is not None}
    proof = issue_proof(turn, new)
    await tell_case_of_proof(turn, proof, new)
    return [
        SlotSet("order_number", orders[0]),
        SlotSet("more_orders", orders[1:] or None),
        SlotSet("contact", contact),
        SlotSet("proof", proof),
        SlotSet("next_step", _leads_to(need, orders)),
    ]


def _leads_to(need: str, orders: list[str]) -> str:
    """Where a need leads; several orders at once are gone through by the scenario that tells everything of each."""
    step = next_step_of(need)
    return "track" if len(orders) > 1 and step in ("estimate", "tracking_problem", "customs") else step


def _mismatch(turn: Turn, wanted: list[str]) -> Events:
    if len(wanted) == 1:
        turn.say("utter_identity_mismatch")
    else:
        for order in wanted:
            turn.say("utter_other_order_not_proved", order=order)
    return _ask_for_contact(wanted)


def _ask_for_contact(wanted: list[str]) -> Events:
    asked = {"order_number": wanted[0], "more_orders": wanted[1:] or None, "contact": None, "next_step": "identify"}
    return [SlotSet(name, value) for name, value in asked.items()]


def _contacts(turn: Turn, given: Given) -> tuple[str, ...]:
    if given.contacts:
        return given.contacts
    if turn.slot("contact") and proof_is_fresh(turn):
        return (str(turn.slot("contact")),)
    # "It's 1043" after a mismatch, or both given in a message that was not understood: the contact of before is tried.
    return earlier_contacts(turn) if given.orders or not turn.slot("order_number") else ()


def to_a_person(reason: str) -> Events:
    """Return the slots that lead to action_hand_over."""
    return [SlotSet("contact", None), SlotSet("handover_reason", reason), SlotSet("next_step", "hand_over")]
