"""Which way a message goes: what the shopper needs is noted, the data given is tried, the next step is named."""

from __future__ import annotations

from rasa_sdk.events import ActiveLoop, SlotSet

from actions import settled
from actions.asked import Asked, asks
from actions.case_news import say_case_news
from actions.claim_route import route_claim
from actions.claim_talk import Talk, talk_of
from actions.clarify import clarify
from actions.customs_in_hand import say_customs_asked_for, say_customs_just_told
from actions.follow_up import say_customs_of_goods, say_for_that_country
from actions.given import Given, read
from actions.hand_over import hand_over
from actions.identification import identify, to_a_person
from actions.identity import holds_proof
from actions.needs import DEFAULT_NEED, SERVED, SURE, SURE_ENOUGH, not_served, order_needs
from actions.opening_hours import asks_of_another_day, say_opening_hours, waits_for_a_person
from actions.payments import say_payment_named
from actions.places import named_countries
from actions.scenario import Scenario, leave_form
from actions.turn import ANSWERED, Events, Turn, replies_of
from actions.values import option
from actions.withdrawal import take_back

# Replies that offer a person: a bare "yes" right after them takes the offer.
_OFFERS = ("utter_dont_know", "utter_cannot_", "utter_declined", "utter_settled_offer")
# Replies that ask whether there is something (else) to do.
_ANYTHING_ELSE = ("utter_thanks", "utter_out_of_scope")
# Needs that a day or a tracking number in the message makes more precise.
_WHERE_IS_IT = ("track_order", "parcel_delayed")

# Replies about where an order is and when it comes, and what a question about that may be taken for.
_TELLING_OF_IT = (
    "utter_order",
    "utter_parcel_of_many",
    "utter_nothing_new",
    "utter_not_lost",
    "utter_not_shipped_part",
    "utter_estimate",
    "utter_arrives_",
    "utter_part_",
    "utter_leaves_",
    "utter_if_",
    "utter_details_",
)
_OF_A_DELIVERY = (*SERVED, "delivery_instructions", "inform", "affirm", "deny", "nlu_fallback")

# How likely a need beside mere data must be, to be asked about, and to be taken.
_WORTH_ASKING = 0.1
_AS_LIKELY = 0.4


class ActionRoute(Scenario):
    """Routes a message about an order, one that only gives data, and one that was not understood."""

    def name(self) -> str:
        return "action_route"

    async def perform(self, turn: Turn) -> Events:
        """Set `next_step`, and `need` when the message says one."""
        given = read(turn)
        by_context = await _by_context(turn, given)
        if by_context is not None:
            return by_context
        if turn.intent in order_needs() and _is_sure(turn, given):
            say_what_cannot_be_done(turn, turn.intent)
            return _left_behind(turn, await identify(turn, _made_precise(turn), given))
        beside = _need_beside_data(turn, given) if given else None
        if turn.intent in not_served() or (beside and not _is_close(turn, beside)):
            return await clarify(turn)  # asked about first; what was given is found again when it is answered
        if given or turn.mentions("tracking_number") or _names_another_day(turn):
            say_what_cannot_be_done(turn, beside or "")
            return _left_behind(turn, await identify(turn, beside or need_of_data(turn), given))
        return await _without_data(turn)

    async def system_down(self, turn: Turn) -> Events:
        """Leave the sentence and the case to action_hand_over."""
        need = [SlotSet("need", turn.intent)] if turn.intent in order_needs() else []
        return _left_behind(turn, [*need, *to_a_person("system_down")])


async def _by_context(turn: Turn, given: Given) -> Events | None:
    """What was just talked about decides, whatever need the message was taken for; None when it does not."""
    talk = talk_of(turn, with_data=bool(given))
    claim = await route_claim(turn, given, talk) if talk else None
    if claim is not None:
        return claim if claim == ANSWERED else _left_behind(turn, claim)
    if turn.active_form == "claim_form" and not given and _is_a_remark(turn):
        return await _ask_for_the_yes_again(turn)
    by_context = await _of_a_case(turn, given) or await _of_a_general_question(turn, given)
    if by_context is None and not given and _asks_what_then(turn):
        return await identify(turn, "delivery_estimate", given)
    if by_context is None and not given and turn.intent == "parcel_found" and turn.slot("order_number"):
        return await identify(turn, DEFAULT_NEED, given)  # "has it turned up?": no news, but a question
    return by_context


async def _of_a_case(turn: Turn, given: Given) -> Events | None:
    """What a person has taken up is asked after or taken back; None when it is neither."""
    if not given and await say_case_news(turn):
        return ANSWERED
    if not given and _is_settled(turn):
        return leave_form(("next_step", "answered"))
    if await take_back(turn, given):
        return leave_form(("next_step", "answered")) if turn.active_form == "identity_form" else ANSWERED
    return None


def _asks_what_then(turn: Turn) -> bool:
    """Whether it is asked, of a delivery just told of, what if not, or when it is tried again.

    To the classifier "and if not?" is a no, and "ok, but if it doesn't come?" a yes.
    """
    if turn.active_form or not turn.slot("order_number") or turn.intent not in _OF_A_DELIVERY:
        return False
    told = any(name.startswith(_TELLING_OF_IT) for name in replies_of(turn.last_replies()))
    return told and asks(turn, Asked.IF_NOT, Asked.IF_NOBODY_IS_THERE, Asked.ANOTHER_ATTEMPT, Asked.LOST)


async def _of_a_general_question(turn: Turn, given: Given) -> Events | None:
    """A general question goes on: for another country, of customs, ways to pay or the desk's hours; else None."""
    if await say_for_that_country(turn, given):
        return ANSWERED
    if given:
        return None
    if await say_customs_of_goods(turn) or await say_customs_asked_for(turn) or await say_payment_named(turn):
        return ANSWERED
    if (waits_for_a_person(turn) and not named_countries(turn)) or asks_of_another_day(turn):
        await say_opening_hours(turn)
        return ANSWERED
    return None


def _is_settled(turn: Turn) -> bool:
    """Say what a person settled with the shopper about no order; return whether that is what the message asks for."""
    if turn.slot("order_number") or turn.intent not in not_served() or turn.confidence < SURE_ENOUGH:
        return False
    return settled.answers_of_no_order(turn, turn.intent)


def need_of_data(turn: Turn) -> str:
    """Return what a message wants that mainly gives data: what it names tells more than how it was taken.

    "1042, before Friday?" asks for the day, "LX…CN doesn't work, order 1042" for the tracking; otherwise the need is
    the one of before, or the likeliest that we serve.
    """
    held = turn.slot("need")
    if held in (None, *_WHERE_IS_IT) and turn.mentions("deadline"):
        return "delivery_estimate"
    if held in (None, *_WHERE_IS_IT) and turn.mentions("tracking_number"):
        return "tracking_problem"
    likeliest = turn.ranking[0] if turn.ranking else ""
    return str(held or (likeliest if likeliest in SERVED else DEFAULT_NEED))


def _made_precise(turn: Turn) -> str:
    """The need of the message; where a parcel is, asked doubtfully beside a day, asks about that day."""
    by_a_day = turn.intent in _WHERE_IS_IT and turn.confidence < SURE and turn.mentions("deadline")
    # "Can I collect it on Saturday?" is no wish to the carrier: the parcel waits, or does not.
    collects = turn.intent == "delivery_instructions" and turn.mentions("deadline") and asks(turn, Asked.COLLECT)
    return "delivery_estimate" if by_a_day or collects else turn.intent


def _names_another_day(turn: Turn) -> bool:
    """Whether nothing but a day is said of an order that is spoken of: "by 28/11", "not for Monday, for Tuesday"."""
    asked = turn.slot("need") in (None, "delivery_estimate", *_WHERE_IS_IT) and turn.slot("order_number")
    data_only = turn.intent in ("inform", "affirm", "deny", "nlu_fallback") and turn.active_form is None
    last = (replies_of(turn.last_replies()) or [""])[-1]
    offered = turn.intent in ("affirm", "deny") and last.startswith(_OFFERS)
    return bool(asked and data_only and not offered and turn.mentions("deadline"))


def _need_beside_data(turn: Turn, given: Given) -> str | None:
    """Return what a message seems to want done, though it was taken for mere data: "1310, the bowl is cracked".

    Mere data leaves no room for a need. Where there is room, the order must not simply be tracked.
    """
    asked_for = given.contacts and turn.slot("unproved_orders")
    if turn.active_form or asked_for or turn.intent not in ("inform", "nlu_fallback") or not turn.says_more_than_data:
        return None
    likeliest = next((name for name in turn.ranking if name in order_needs()), None)
    with_goods = likeliest in not_served() and turn.probability("inform") < SURE
    return likeliest if with_goods and turn.probability(str(likeliest)) >= _WORTH_ASKING else None


def _is_close(turn: Turn, need: str) -> bool:
    """Whether a need is about as likely as that the message only gives data; then it is taken."""
    return turn.probability(need) >= max(_AS_LIKELY, 0.8 * turn.probability("inform"))


def need_in_form(turn: Turn) -> str:
    """Return the need while the identity form is answered: a message with data changes it only when it clearly says so.

    "My order is 1042" is easily taken for track_order, and must not turn a cancellation into a search.
    """
    if talk_of(turn, with_data=True) is Talk.FOUND:
        return "parcel_found"
    other = turn.intent in order_needs() and turn.intent not in (DEFAULT_NEED, turn.slot("need"))
    return turn.intent if other and turn.confidence >= SURE else need_of_data(turn)


def say_what_cannot_be_done(turn: Turn, need: str) -> None:
    """Say at once what the assistant cannot do itself, so that nobody gives data in vain hope.

    What the order may tell (a refund), or forbid (it is cancelled already), is left to the action that sees the order.
    """
    entry = not_served().get(need)
    if entry is None or entry.looked_up or (need == "cancel_order" and _knows_the_order(turn)):
        return
    if not settled.may_hold(turn, need):
        turn.say(f"utter_cannot_{need}")


def _knows_the_order(turn: Turn) -> bool:
    """Tell whether the orders that the message is about are proved already."""
    orders = read(turn).orders or tuple(filter(None, [turn.slot("order_number")]))
    return bool(orders) and all(holds_proof(turn, order) for order in orders)


def _is_sure(turn: Turn, given: Given) -> bool:
    """Whether the need the message was taken for may be acted upon."""
    if turn.active_form and not given and turn.intent != turn.slot("need"):
        return turn.confidence >= SURE
    return turn.intent in SERVED or turn.confidence >= SURE_ENOUGH


def _is_a_remark(turn: Turn) -> bool:
    """Something said while the claim waits for a yes: "I asked the neighbours", or once more "it isn't here"."""
    if turn.mentions("tracking_number"):
        return False  # perhaps another parcel is meant
    if turn.intent in ("inform", "delivered_not_received", "nlu_fallback"):
        return True
    return turn.intent in order_needs() and turn.confidence < SURE


async def _ask_for_the_yes_again(turn: Turn) -> Events:
    """Leave the form open, so that it asks again; the second time in a row a person is needed."""
    if replies_of(next(turn.earlier_turns(), [])) == ["utter_ask_claim_again"]:
        return await hand_over(turn, "failed_attempts")
    return ANSWERED


async def _without_data(turn: Turn) -> Events:
    """A yes, a no or something not understood, outside of what a form asked."""
    last = (replies_of(turn.last_replies()) or [""])[-1]
    if turn.intent == "affirm" and last.startswith(_OFFERS):
        return _left_behind(turn, [SlotSet("handover_reason", None), SlotSet("next_step", "hand_over")])
    if turn.active_form == "identity_form" and turn.intent == "deny":
        turn.say("utter_declined", options=[option("option_person", "/human_agent")])
        return _left_behind(turn, ANSWERED)
    if turn.active_form == "identity_form" and turn.intent == "affirm":
        return ANSWERED  # the form asks again, which is the answer
    if turn.intent not in ("affirm", "deny"):
        return ANSWERED if await say_customs_just_told(turn) else await clarify(turn)
    if turn.intent == "affirm":
        turn.say("utter_go_ahead" if last in _ANYTHING_ELSE else "utter_affirm")
    else:
        turn.say("utter_deny")
    return ANSWERED


def _left_behind(turn: Turn, events: Events) -> Events:
    """End the form that is open, unless the way leads back into it."""
    slots = {event["name"]: event["value"] for event in events if event["event"] == "slot"}
    if turn.active_form is None or _stays_open(turn, str(slots["next_step"]), slots.get("order_number")):
        return events
    if turn.active_form == "claim_form" and slots["next_step"] != "not_received":
        turn.say("utter_claim_left", order=str(turn.slot("order_number")))
    return [ActiveLoop(None), SlotSet("requested_slot", None), *events]


def _stays_open(turn: Turn, next_step: str, order: str | None) -> bool:
    """Whether the open form goes on: what is missing is still asked for, or the claim still waits for its yes.

    A further question about the order of a claim is answered, and then the claim is asked about again; that it is not
    here, of perhaps another parcel, begins anew.
    """
    if turn.active_form == "identity_form":
        return next_step == "identify"
    return order == turn.slot("order_number") and next_step not in ("identify", "hand_over", "not_received")
