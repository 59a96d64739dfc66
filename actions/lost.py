"""Is it lost? A plain answer, with the day until which to wait."""

from __future__ import annotations

from actions import parcel_words as words
from actions.asked import Asked, asks
from actions.identity import may_read_address
from actions.parts import named, parts_named, parts_of
from actions.turn import Turn
from commerce.delivery import Condition, DeliveryAssessment

# Where it is says by itself that these do not come.
_GONE = {Condition.overdue_lost, Condition.returned}


def say_whether_lost(turn: Turn, assessment: DeliveryAssessment) -> bool:
    """Say of the parcels asked about that they do not count as lost, and until when to wait.

    Returns False, with nothing said, where that is not asked, or where it is says all: it is lost, or there already.
    """
    if not asks(turn, Asked.LOST):
        return False
    parts, order = parts_of(assessment), assessment.order.number
    coming = [part for part in parts_named(turn, parts) or parts if not part.has_arrived]
    meant = [(part, part.parcel) for part in coming if part.parcel]
    if not meant or any(parcel.condition in _GONE for _, parcel in meant):
        return False
    for part, parcel in meant:
        fact = words.fact_with_advice(parcel, may_read_address(turn, order))
        turn.say("utter_not_lost", details=words.parcel_card(parcel, order), parcel=named(part, parts), fact=fact)
    return True
