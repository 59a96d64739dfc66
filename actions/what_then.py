"""What happens if a parcel does not come, or if nobody is there when it does."""

from __future__ import annotations

from actions.asked import Asked, asks
from actions.parts import Part, named, parts_named, parts_of
from actions.tracking import Delivery, say_where_it_is
from actions.turn import Turn
from actions.values import day
from commerce.delivery import Condition, NextStep

# A parcel that still comes to the door by itself.
_COMING = {
    Condition.label_only,
    Condition.on_time,
    Condition.out_for_delivery,
    Condition.in_customs,
    Condition.not_updated,
    Condition.late,
}
_NOT_MOVING_YET = {Condition.label_only, Condition.in_customs}


def say_if_not(turn: Turn, delivery: Delivery) -> None:
    """Say what happens if it does not come; if nobody is there, where that is asked."""
    parts = parts_of(delivery.assessment)
    open_parts = [part for part in parts_named(turn, parts) or parts if not part.has_arrived]
    if not all(_can_be_told(part) for part in open_parts) or not open_parts:
        say_where_it_is(turn, delivery)  # what has to happen now is a part of it
        return
    nobody = asks(turn, Asked.IF_NOBODY_IS_THERE)
    for part in open_parts:
        parcel = named(part, parts)
        if part.unshipped and part.unshipped.ship_by:
            turn.say("utter_if_not_sent", ship_by=day(part.unshipped.ship_by))
        elif part.parcel and nobody:
            turn.say("utter_if_nobody_is_there", parcel=parcel, carrier=part.parcel.parcel.carrier_name)
        elif part.parcel and part.parcel.act_on:
            name = "utter_if_not_moving" if part.parcel.condition in _NOT_MOVING_YET else "utter_if_it_does_not_come"
            carrier = part.parcel.parcel.carrier_name
            turn.say(name, parcel=parcel, carrier=carrier, act_on=day(part.parcel.act_on))


def _can_be_told(part: Part) -> bool:
    if part.unshipped:
        return part.unshipped.next_step is NextStep.wait and part.unshipped.ship_by is not None
    if part.parcel is None or part.parcel.condition not in _COMING:
        return False
    return part.parcel.next_step in (NextStep.wait, NextStep.be_there) and part.parcel.act_on is not None
