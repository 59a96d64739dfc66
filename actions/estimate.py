"""When will it be here, and will it be here by a day."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from rasa_sdk.events import SlotSet

from actions import parcel_words as words
from actions import settled
from actions.asked import Asked, asks
from actions.claims import say_wait_again
from actions.deadline import Limit, resolve
from actions.handbook_answers import say_ways_to
from actions.identity import may_read_address
from actions.lost import say_whether_lost
from actions.parts import parts_named, parts_of
from actions.places import asks_in_general, means_another_country, places_meant
from actions.scenario import Scenario
from actions.tracking import Again, Delivery, card_of, open_case_if_needed, proved_delivery, say_part, say_where_it_is
from actions.turn import Events, Turn
from actions.values import Typed, day, reply
from actions.what_then import say_if_not
from commerce.delivery import Arrival, Condition, UnshippedAssessment, will_arrive_by
from commerce.parcel import ParcelStatus
from commerce.systems import systems
from core.clock import utc_now

# A day can be named plainly for these; everything else has a story that must be told with it.
_PLAIN = {Condition.on_time, Condition.preparing, Condition.label_only, Condition.out_for_delivery}
_COMES_TO_THE_DOOR = {Condition.on_time, Condition.label_only, Condition.out_for_delivery, Condition.not_updated}
_NOT_SENT = {Condition.preparing, Condition.dispatch_late, Condition.label_only, Condition.awaiting_payment}


class ActionDeliveryEstimate(Scenario):
    """Names the expected day, or compares it with the day it is needed by; to a country named, how long it takes."""

    def name(self) -> str:
        return "action_delivery_estimate"

    async def perform(self, turn: Turn) -> Events:
        """Answer, and open a case where a person has to act."""
        if asks_in_general(turn):
            return await _in_general(turn)
        delivery = await proved_delivery(turn)
        if means_another_country(turn, delivery.order, delivery.parcels):
            return await _in_general(turn)
        settled.tell(turn, delivery.order.number)
        today = _today(delivery)
        wanted = resolve(turn.slot("deadline"), today)
        if wanted is None and say_wait_again(turn, delivery):
            pass
        elif all_delivered(delivery) and (delivery.reported or delivery.order.given_back_after_sending):
            say_where_it_is(turn, delivery)
        elif all_delivered(delivery):
            _say_delivered(turn, delivery)
        elif say_whether_lost(turn, delivery.assessment):
            pass
        elif asks(turn, Asked.IF_NOT, Asked.IF_NOBODY_IS_THERE):
            say_if_not(turn, delivery)
        elif wanted is not None:
            _compare(turn, delivery, wanted, today)
            _say_no_hour(turn, delivery)
        else:
            say_when(turn, delivery)
        case = await open_case_if_needed(turn, delivery)
        events: Events = [SlotSet("next_step", "answered"), SlotSet("deadline", None)]
        return [*events, SlotSet("case_number", case)] if case else events


async def _in_general(turn: Turn) -> Events:
    """How long it takes to a country, for who asks before ordering."""
    say_ways_to(turn, systems().handbook, await places_meant(turn))
    turn.say("utter_estimate_ask_order")
    return [SlotSet("next_step", "answered"), SlotSet("deadline", None)]


def all_delivered(delivery: Delivery) -> bool:
    """Tell whether nothing of the order is still to come."""
    parcels = delivery.parcels
    nothing_left = delivery.assessment.unshipped is None
    return bool(parcels) and nothing_left and all(p.status is ParcelStatus.delivered for p in parcels)


def expected_day(delivery: Delivery) -> date | None:
    """Return the day by which everything should be there, or None when a part has no day."""
    expected = _expected_days(delivery)
    known = [value for value in expected if value is not None]
    return max(known) if known and len(known) == len(expected) else None


def _expected_days(delivery: Delivery) -> list[date | None]:
    """The day of every part that is still to come."""
    expected = [parcel.expected for parcel in delivery.parcels if parcel.status is not ParcelStatus.delivered]
    unshipped = delivery.assessment.unshipped
    return [*expected, unshipped.expected] if unshipped else expected


def say_when(turn: Turn, delivery: Delivery) -> None:
    """Say on which day comes what is still to come; that the hour is not known, where that is asked."""
    _say_day(turn, delivery, _today(delivery))
    _say_no_hour(turn, delivery)


def _say_no_hour(turn: Turn, delivery: Delivery) -> None:
    if asks(turn, Asked.HOUR):
        parcels = [assessed for assessed in delivery.assessment.parcels if assessed.condition in _COMES_TO_THE_DOOR]
        for carrier in dict.fromkeys(assessed.parcel.carrier_name for assessed in parcels):
            turn.say("utter_details_no_hour", carrier=carrier)


def _today(delivery: Delivery) -> date:
    zone = delivery.zone or systems().handbook.opening_hours.zone
    return utc_now().astimezone(ZoneInfo(zone)).date()


def _say_delivered(turn: Turn, delivery: Delivery) -> None:
    last = max(delivery.assessment.parcels, key=lambda a: a.parcel.last_news_at)
    card = words.parcel_card(last, delivery.order.number)
    answer = words.sentence(last, may_read_address(turn, delivery.order.number))
    turn.say("utter_arrived_already", details=card, order=delivery.order.number, answer=answer)


def _say_day(turn: Turn, delivery: Delivery, today: date) -> None:
    order, expected, assessment = delivery.order, expected_day(delivery), delivery.assessment
    unshipped, parts = assessment.unshipped, parts_of(assessment)
    if len(parts) > 1:
        meant = parts_named(turn, parts)
        for part in meant:
            say_part(turn, delivery, part.assessed)
        if not meant:
            say_where_it_is(turn, delivery)
    elif expected is None or expected < today or assessment.headline not in _PLAIN:
        say_where_it_is(turn, delivery)
    elif unshipped and unshipped.ship_by:
        card, ship_by = words.order_card(order, assessment.headline, unshipped), day(unshipped.ship_by)
        turn.say("utter_estimate_not_sent", details=card, order=order.number, ship_by=ship_by, expected=day(expected))
    elif assessment.headline is Condition.label_only:
        say_where_it_is(turn, delivery)
    else:
        name = "utter_estimate_today" if expected == today else "utter_estimate"
        card = words.parcel_card(assessment.parcels[0], order.number)
        turn.say(name, details=card, order=order.number, expected=day(expected))


def _compare(turn: Turn, delivery: Delivery, wanted: Limit, today: date) -> None:
    order, expected = delivery.order, expected_day(delivery)
    if wanted.day < today:
        turn.say("utter_day_is_past", day=day(wanted.day))
        _say_day(turn, delivery, today)
        return
    if delivery.assessment.unshipped and asks(turn, Asked.DISPATCH):
        _compare_leaving(turn, delivery, delivery.assessment.unshipped, wanted)
        return
    if len(parts_of(delivery.assessment)) > 1:
        _compare_parts(turn, delivery, wanted, today)
        return
    if delivery.assessment.headline is Condition.ready_for_pickup:
        _say_collecting(turn, delivery, wanted)
        return
    limit = _limit(wanted)
    verdict = will_arrive_by(delivery.assessment, wanted.last_day, utc_now())
    if verdict is Arrival.unknown or (expected is None and verdict is not Arrival.no):
        _say_why_unknown(turn, delivery, limit, today)
    elif verdict is Arrival.yes and expected == wanted.day:
        turn.say("utter_arrives_that_day", order=order.number, day=day(wanted.day))
    elif verdict is Arrival.yes and expected:
        turn.say("utter_arrives_by_yes", order=order.number, limit=limit, expected=day(expected))
    elif verdict is Arrival.likely_not and expected == wanted.day:
        turn.say("utter_arrives_that_day_only", order=order.number, day=day(wanted.day))
    elif verdict is Arrival.likely_not and expected:
        turn.say("utter_arrives_by_likely_not", order=order.number, limit=limit, expected=day(expected))
    else:
        turn.say("utter_arrives_by_no", order=order.number, limit=limit)
    if delivery.assessment.headline not in _PLAIN:
        say_where_it_is(turn, delivery, again=Again.NOT)


def _say_collecting(turn: Turn, delivery: Delivery, wanted: Limit) -> None:
    """A parcel that waits to be collected has arrived: a day asked about is the day of collecting it."""
    (assessed,) = delivery.assessment.parcels
    pickup = assessed.parcel.pickup
    if pickup is None or pickup.until is None:
        say_where_it_is(turn, delivery)
        return
    name = "utter_collect_in_time" if wanted.day <= pickup.until else "utter_collect_too_late"
    turn.say(
        name,
        details=words.parcel_card(assessed, delivery.order.number),
        order=delivery.order.number,
        day=day(wanted.day),
        place=pickup.name,
        address=pickup.address,
        until=day(pickup.until),
    )


def _compare_parts(turn: Turn, delivery: Delivery, wanted: Limit, today: date) -> None:
    """Each part still to come; where the message names articles, only the parts that they are in."""
    parts, limit = parts_of(delivery.assessment), _limit(wanted)
    for part in parts_named(turn, parts) or [part for part in parts if not part.has_arrived]:
        expected = part.expected
        told_whole = part.parcel and part.parcel.condition not in _PLAIN
        if told_whole or not part.goods or expected is None or expected < today:
            say_part(turn, delivery, part.assessed)
            continue
        items, card = words.goods(part.goods), card_of(delivery, part.assessed)
        if expected > wanted.last_day:
            turn.say("utter_part_not_in_time", details=card, items=items, limit=limit, expected=day(expected))
        elif expected == wanted.day:
            turn.say("utter_part_that_day", details=card, items=items, expected=day(expected))
        else:
            turn.say("utter_part_in_time", details=card, items=items, limit=limit, expected=day(expected))


def _compare_leaving(turn: Turn, delivery: Delivery, unshipped: UnshippedAssessment, wanted: Limit) -> None:
    """Whether what is still with us leaves by a day; it may leave before the day by which it should."""
    if unshipped.ship_by is None or unshipped.condition is not Condition.preparing:
        say_where_it_is(turn, delivery)
        return
    name = "utter_leaves_in_time" if unshipped.ship_by <= wanted.last_day else "utter_leaves_perhaps_later"
    card, ship_by = card_of(delivery, unshipped), day(unshipped.ship_by)
    turn.say(name, details=card, order=delivery.order.number, limit=_limit(wanted), ship_by=ship_by)
    if unshipped.expected:
        turn.say("utter_leaves_then_expected", expected=day(unshipped.expected))


def _limit(wanted: Limit) -> Typed:
    return reply("term_before_day" if wanted.before else "term_by_day", day=day(wanted.day))


def _say_why_unknown(turn: Turn, delivery: Delivery, limit: Typed, today: date) -> None:
    """Why no day can be promised: not sent yet, none was named, one has passed, or the parcel is held up."""
    order, days = delivery.order, _expected_days(delivery)
    past = [known for known in days if known is not None and known < today]
    if delivery.assessment.headline in _NOT_SENT:
        turn.say("utter_arrives_by_unknown_not_sent", order=order.number, limit=limit)
    elif not any(days):
        turn.say("utter_arrives_by_unknown", order=order.number, limit=limit)
    elif past:
        turn.say("utter_arrives_by_unknown_past", order=order.number, limit=limit, expected=day(max(past)))
    else:
        turn.say("utter_arrives_by_unknown_held_up", order=order.number, limit=limit)
