"""Who brings it, who took it, where it was left, which address it goes to, at what hour it comes."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions import parcel_words as words
from actions import settled
from actions.asked import Asked, asks
from actions.estimate import all_delivered, say_when
from actions.identity import may_read_address
from actions.parts import Part, named, parts_named, parts_of
from actions.scenario import Scenario
from actions.tracking import Delivery, card_of, open_case_if_needed, proved_delivery, say_where_it_is
from actions.turn import ANSWERED, Events, Turn
from commerce.order import Order
from commerce.parcel import DeliveryPlace, Parcel

_ABOUT_THE_DELIVERY = (Asked.WHO, Asked.WHERE_LEFT, Asked.CARRIER)
# Where somebody took it, whose name the carrier may have noted.
_TAKEN_BY_SOMEBODY = {
    DeliveryPlace.recipient,
    DeliveryPlace.household,
    DeliveryPlace.neighbour,
    DeliveryPlace.reception,
}


class ActionDeliveryDetails(Scenario):
    """Says of an order's parcels what the carrier has told: nothing that the facts do not hold."""

    def name(self) -> str:
        return "action_delivery_details"

    async def perform(self, turn: Turn) -> Events:
        """Answer what is asked; everything, where the message does not say what (it may be but a proof)."""
        delivery = await proved_delivery(turn)
        settled.tell(turn, delivery.order.number)
        everything = not asks(turn, *_ABOUT_THE_DELIVERY, Asked.ADDRESS, Asked.HOUR)
        if everything or asks(turn, *_ABOUT_THE_DELIVERY):
            _say_of_parcels(turn, delivery)
        if asks(turn, Asked.HOUR):
            _say_hour(turn, delivery)
        if everything or asks(turn, Asked.ADDRESS):
            _say_address(turn, delivery.order)
        case = await open_case_if_needed(turn, delivery)
        return [*ANSWERED, SlotSet("case_number", case)] if case else ANSWERED


def _say_of_parcels(turn: Turn, delivery: Delivery) -> None:
    parts = parts_of(delivery.assessment)
    meant = [part for part in parts_named(turn, parts) or parts if part.parcel]
    if not meant:
        say_where_it_is(turn, delivery)  # nothing is with a carrier
    for part in meant:
        _say_of_parcel(turn, delivery, part, parts)


def _say_of_parcel(turn: Turn, delivery: Delivery, part: Part, parts: list[Part]) -> None:
    if part.parcel is None:
        return
    parcel, names = part.parcel.parcel, may_read_address(turn, delivery.order.number)
    card, carrier, called = card_of(delivery, part.parcel), parcel.carrier_name, named(part, parts)
    if part.has_arrived:
        time, left = words.delivered_moment(parcel), words.left(parcel, names)
        turn.say("utter_details_delivered", details=card, carrier=carrier, parcel=called, time=time, left=left)
        _say_of_name(turn, parcel, names)
        return
    if asks(turn, Asked.CARRIER):
        name = "utter_details_carrier" if parcel.tracking_url else "utter_details_carrier_no_page"
        turn.say(name, details=card, carrier=carrier, parcel=called)
    if not asks(turn, Asked.CARRIER) or asks(turn, Asked.WHO, Asked.WHERE_LEFT):
        answer = words.sentence(part.parcel, names)
        turn.say("utter_details_not_delivered", details=card, carrier=carrier, parcel=called, answer=answer)


def _say_of_name(turn: Turn, parcel: Parcel, names: bool) -> None:
    """Why no name was said: it is not for everybody, or the carrier has not told one."""
    detail = parcel.delivery
    if detail is None or detail.place not in _TAKEN_BY_SOMEBODY:
        return
    neighbour = detail.place is DeliveryPlace.neighbour
    known = detail.note if neighbour else detail.signed_by
    if known and not names:
        turn.say("utter_details_name_hidden")
    elif not known and (neighbour or asks(turn, Asked.WHO)):
        turn.say("utter_details_no_name", carrier=parcel.carrier_name)


def _say_hour(turn: Turn, delivery: Delivery) -> None:
    if not all_delivered(delivery):
        say_when(turn, delivery)
    elif not asks(turn, *_ABOUT_THE_DELIVERY):
        _say_of_parcels(turn, delivery)  # with the hour at which it came


def _say_address(turn: Turn, order: Order) -> None:
    """Where it goes; name and street only to who may read them."""
    address = order.shipping_address
    town = f"{address.postcode} {address.city}" if address.postcode else address.city
    if may_read_address(turn, order.number):
        line = ", ".join(part for part in (address.name, address.line1, address.line2, town) if part)
        turn.say("utter_details_address", order=order.number, address=line)
    else:
        turn.say("utter_details_town", order=order.number, town=town)
