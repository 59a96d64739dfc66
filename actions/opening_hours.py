"""When people are at the desk: now, on a day asked about, and in a usual week."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rasa_sdk.events import SlotSet

from actions.cases import case_at_work
from actions.deadline import day_meant
from actions.digression import Digression
from actions.identity import NotProved
from actions.payments import say_payment_named
from actions.tracking import proved_delivery
from actions.turn import Events, Turn, replies_of
from actions.values import Typed, city_of, day, listing, moment, option, reply, time_of_day, weekday
from commerce.errors import SystemDown
from commerce.handbook import OpeningHours
from commerce.parcel import ParcelStatus
from commerce.systems import systems
from core.clock import today, utc_now

# Replies after which "how long?" asks how long that takes.
_A_PERSON_WILL_ANSWER = ("utter_hand_over_", "utter_passed_to_desk_no_order", "utter_hours_")
# Replies that say where a parcel waits to be collected.
_WHERE_IT_WAITS = ("utter_order", "utter_parcel_of_many", "utter_nothing_new", "utter_pickup_hours")
# Day of the week, and when it opens and closes.
_Day = tuple[int, time, time]


class ActionOpeningHours(Digression):
    """Says whether somebody is there now, or on the day asked about, and when in a usual week."""

    def name(self) -> str:
        return "action_opening_hours"

    async def answer(self, turn: Turn) -> Events:
        """Answer from the handbook, and name the case that waits or offer a person; a form that is open goes on."""
        # "When is it debited?" is near "when are you there?" to the classifier.
        if not (await say_payment_named(turn) or await _say_pickup_points_hours(turn)):
            await say_opening_hours(turn)
        # The day was the desk's: no parcel has to be there by then.
        forgotten = [SlotSet("deadline", None)] if turn.mentions("deadline") else []
        return [*forgotten, SlotSet("next_step", "answered")]


def waits_for_a_person(turn: Turn) -> bool:
    """Tell whether "how long?", of no order, comes right after the shopper heard that a person will answer."""
    if turn.intent != "delivery_estimate" or turn.slot("order_number") or turn.active_form:
        return False
    return any(name.startswith(_A_PERSON_WILL_ANSWER) for name in replies_of(turn.last_replies()))


def asks_of_another_day(turn: Turn) -> bool:
    """Tell whether a message says no more than a day, right after the desk's hours: "and on the 2nd of January?"."""
    told = any(name.startswith("utter_hours_") for name in replies_of(turn.last_replies()))
    return told and not turn.active_form and bool(turn.mentions("deadline")) and not turn.says_more_than_data


async def say_opening_hours(turn: Turn) -> None:
    """Say whether somebody is there now, or on the day asked about, the usual week, and the case that waits."""
    hours, yours = systems().handbook.opening_hours, await _zone_of_the_shopper(turn)
    asked = next((day_meant(value, today(hours.zone)) for value in turn.mentions("deadline")), None)
    if asked is None or asked < today(hours.zone):
        _say_now(turn, hours, yours)
    else:
        _say_that_day(turn, hours, asked, yours)
    case = await case_at_work(turn)
    person = None if case else [option("option_person", "/human_agent")]
    if yours:
        turn.say("utter_hours_week", city=city_of(hours.zone), week=_week(hours, hours.zone))
        turn.say("utter_hours_week_yours", options=person, week=_week(hours, yours))
    else:
        turn.say("utter_hours_week", options=person, city=city_of(hours.zone), week=_week(hours, hours.zone))
    if case:
        turn.say("utter_hours_case", case=case)


async def _say_pickup_points_hours(turn: Turn) -> bool:
    """Say where the hours of a pick-up point stand, right after the shopper heard that a parcel waits there.

    "Is it open on Sunday?" asks about that place; the desk's own hours come when the button asks for them.
    """
    just_told = any(name.startswith(_WHERE_IT_WAITS) for name in replies_of(turn.last_replies()))
    if not just_told or turn.text.startswith("/") or turn.active_form:
        return False
    try:
        delivery = await proved_delivery(turn)
    except (NotProved, SystemDown):
        return False
    waiting = [p for p in delivery.parcels if p.status is ParcelStatus.ready_for_pickup]
    for parcel in waiting:
        point, carrier = parcel.pickup, parcel.carrier_name
        place: Typed = point.name if point else reply("term_the_pickup_point")
        ours = [option("option_our_hours", "/opening_hours")]
        if point and point.until:
            turn.say("utter_pickup_hours", options=ours, place=place, carrier=carrier, until=day(point.until))
        else:
            turn.say("utter_pickup_hours_no_day", options=ours, place=place, carrier=carrier)
    return bool(waiting)


async def _zone_of_the_shopper(turn: Turn) -> str | None:
    """The zone where the order in hand goes, if that is known and another than the desk's."""
    if not turn.slot("order_number"):
        return None
    try:
        zone = (await proved_delivery(turn)).zone
    except (NotProved, SystemDown):
        return None  # the hours can be told without
    return None if zone == systems().handbook.opening_hours.zone else zone


def _say_now(turn: Turn, hours: OpeningHours, yours: str | None) -> None:
    now = utc_now()
    that_day = now.astimezone(ZoneInfo(hours.zone)).date()
    span = hours.hours_on(that_day)
    if span and hours.is_open(now):
        turn.say("utter_hours_open_now", closes=_at(_moment(hours, that_day, span[1]), hours, yours, with_day=False))
    else:
        turn.say("utter_hours_closed_now", opens=_at(hours.next_opening(now), hours, yours))


def _say_that_day(turn: Turn, hours: OpeningHours, asked: date, yours: str | None) -> None:
    span = hours.hours_on(asked)
    if span is None:
        start = datetime.combine(asked, time(), ZoneInfo(hours.zone))
        opens = _at(hours.next_opening(start), hours, yours)
        turn.say("utter_hours_that_day_closed", day=day(asked), opens=opens)
        return
    there = _span(*span)
    if yours:
        local = [_moment(hours, asked, at).astimezone(ZoneInfo(yours)).time() for at in span]
        own = _span(local[0], local[1])
        there = reply("term_time_there_and_yours", time=there, city=city_of(hours.zone), own=own)
    else:
        there = reply("term_time_there", time=there, city=city_of(hours.zone))
    turn.say("utter_hours_that_day", day=day(asked), hours=there)


def _at(at: datetime, hours: OpeningHours, yours: str | None, *, with_day: bool = True) -> Typed:
    """A moment as the clock at the desk shows it, and as the shopper's does."""
    local = at.astimezone(ZoneInfo(hours.zone))
    there = moment(at, hours.zone) if with_day else time_of_day(local.time())
    if not yours:
        return reply("term_time_there", time=there, city=city_of(hours.zone))
    own = at.astimezone(ZoneInfo(yours))
    same_day = own.date() == local.date()
    theirs = time_of_day(own.time()) if same_day else moment(at, yours)
    return reply("term_time_there_and_yours", time=there, city=city_of(hours.zone), own=theirs)


def _week(hours: OpeningHours, zone: str) -> Typed:
    """The usual week on the clocks of a zone, days with the same hours together."""
    monday = today(hours.zone) - timedelta(today(hours.zone).weekday())
    groups: list[list[_Day]] = []
    for number in range(7):
        span = hours.usual_hours(number)
        if span is None:
            continue
        opens, closes = (_moment(hours, monday + timedelta(number), at).astimezone(ZoneInfo(zone)) for at in span)
        found = (opens.weekday(), opens.time(), closes.time())
        if groups and groups[-1][-1][1:] == found[1:] and (groups[-1][-1][0] + 1) % 7 == found[0]:
            groups[-1].append(found)
        else:
            groups.append([found])
    return listing(_days_alike(group) for group in groups)


def _days_alike(group: list[_Day]) -> Typed:
    (first, opens, closes), last = group[0], group[-1][0]
    if len(group) == 1:
        return reply("term_hours_of_day", day=weekday(first), hours=_span(opens, closes))
    return reply("term_hours_of_days", first=weekday(first), last=weekday(last), hours=_span(opens, closes))


def _span(opens: time, closes: time) -> Typed:
    return reply("term_hours", opens=time_of_day(opens), closes=time_of_day(closes))


def _moment(hours: OpeningHours, that_day: date, at: time) -> datetime:
    return datetime.combine(that_day, at, ZoneInfo(hours.zone))
