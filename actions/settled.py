"""What a person settled before handing back: said once where it is asked about, and not worked on a second time.

It holds until something new happens: another order or parcel, another need, the wish for a person, anger or risk, the
day passed by which the shop wanted to report back. Slot `settled` keeps it; the newest hand-back replaces it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from actions.identity import holds_proof
from actions.needs import SERVED
from actions.turn import Turn
from actions.values import day, option, reply
from commerce.systems import systems
from core.clock import today, utc_now
from desk.settlement import Settled
from desk.summary import Statement, statement

# After that a shopper who writes again has something new in mind, and "a colleague answered you" is a riddle.
_REMEMBERED = timedelta(days=60)
# What only answered a question or declined something is about the parcel as it was then.
_FRESH = timedelta(days=3)
_WHATEVER_HAPPENS = frozenset({Settled.REFUND_AGREED, Settled.REPLACEMENT_AGREED, Settled.CLAIM_TAKEN_UP})
_TELLS = ("utter_settled", "utter_settled_until", "utter_settled_until_passed")


@dataclass(frozen=True)
class _Settled:
    """Slot `settled`: what the channel put there; `told` once said in full, `ended` once something new happened."""

    code: Settled
    at: datetime
    case_number: str | None = None
    order_number: str | None = None
    tracking_number: str | None = None
    until: date | None = None
    need: str | None = None
    told: bool = False
    ended: bool = False

    @property
    def overdue(self) -> bool:
        """Whether the shop wanted to report back by a day that is past."""
        return self.until is not None and self.until < today(_zone())

    def covers(self, need: str | None) -> bool:
        """Tell whether a need is what was settled."""
        if need is None or need == self.need or need in _also_settled()[self.code]:
            return True
        if any({need, self.need} <= matter for matter in _same_matters()):
            return True
        if need in SERVED:
            return self.code in _WHATEVER_HAPPENS or self.need is None or self.need in SERVED
        return self.need is None and self.code is Settled.REQUEST_DECLINED

    def outlasts(self, news_at: datetime | None) -> bool:
        """Tell whether it holds after what happened since: money or goods agreed do, an answer of that day does not."""
        if self.code in _WHATEVER_HAPPENS:
            return True
        return utc_now() - self.at <= _FRESH and (news_at is None or news_at <= self.at)

    def is_about(self, order_number: str, need: str | None) -> bool:
        """Tell whether it is about an order; where none was named, it is the first one asked about with such a need."""
        if self.order_number is not None:
            return self.order_number == order_number
        return self.need is None or self.covers(need)


def tell(turn: Turn, order_number: str) -> None:
    """Say in full what was settled about an order whose proof the conversation holds, if it was not said before."""
    settled = _of(turn)
    if settled and not settled.told and settled.is_about(order_number, turn.slot("need")):
        _say(turn, settled, order_number)


def tell_before_a_person(turn: Turn) -> None:
    """Say it to a shopper who asks for a person; about an order only to who has proved it theirs."""
    settled = _of(turn)
    if settled and not settled.told and (not settled.order_number or holds_proof(turn, settled.order_number)):
        _say(turn, settled, settled.order_number)


def tell_again(turn: Turn, order_number: str) -> None:
    """Say it in full where it is all there is to answer, unless this action has said it already."""
    settled = _of(turn)
    if settled and not _is_said_now(turn):
        _say(turn, settled, order_number)


def holds(turn: Turn, order_number: str, news_at: datetime | None = None) -> bool:
    """Tell whether what is asked about an order is settled, so that it needs no case.

    Args:
        turn: the conversation.
        order_number: the order.
        news_at: when its parcels last moved, where the answer is about them: what came later was not settled.
    """
    settled, need = _of(turn), turn.slot("need")
    if settled is None or settled.overdue or not settled.is_about(order_number, need):
        return False
    return settled.covers(need) and settled.outlasts(news_at)


def holds_for_claim(turn: Turn, order_number: str, tracking_number: str, news_at: datetime) -> bool:
    """Tell whether a parcel that is said to be missing was settled, so that no claim is made of it."""
    settled = _of(turn)
    if settled is None or not holds(turn, order_number, news_at):
        return False
    if settled.tracking_number not in (None, tracking_number):
        return False
    return settled.code in _WHATEVER_HAPPENS or settled.need in (None, "delivered_not_received")


def may_hold(turn: Turn, need: str) -> bool:
    """Tell, before it is known which order is meant, whether a need may turn out to be settled."""
    settled = _of(turn)
    if settled is None or settled.overdue or not settled.covers(need):
        return False
    named = turn.mentions("order_number") or [turn.slot("order_number")]
    return settled.order_number is None or named[0] in (None, settled.order_number)


def answers_again(turn: Turn, need: str) -> bool:
    """Say it to who asks once more for what they asked before the person came, about no order, and offer a person.

    Returns:
        Whether that was the answer: a complaint that is made once more after it was told is a new matter.
    """
    settled = _of(turn)
    if settled is None or settled.overdue or not settled.outlasts(None) or not _was_asked_before(turn, need):
        return False
    if settled.told and need == "complaint":
        return False
    _say(turn, settled, settled.order_number)
    offer_person(turn, always=True)
    return True


def answers_of_no_order(turn: Turn, need: str | None = None) -> bool:
    """Say it to who asks what became of it and names no order, and offer a person.

    Args:
        turn: the conversation.
        need: what only a person can do and is asked about; None where it is asked what became of the matter itself.

    Returns:
        Whether that was the answer. What is about an order is said only to who has proved it theirs.
    """
    settled = _of(turn)
    if settled is None or (settled.order_number and not holds_proof(turn, settled.order_number)):
        return False
    if need and (need in SERVED or settled.overdue or not (settled.covers(need) and settled.outlasts(None))):
        return False
    _say(turn, settled, settled.order_number)
    offer_person(turn, always=True)
    return True


def is_of_case(turn: Turn, case_number: str) -> bool:
    """Tell whether what is settled, and still holds, was settled with a case."""
    settled = _of(turn)
    return settled is not None and settled.case_number == case_number


def _was_asked_before(turn: Turn, need: str) -> bool:
    """Whether a message before the newest hand-back, and after the one before it, was taken for a need."""
    asked, at_hand_back = set[str](), set[str]()
    for event in turn.events:
        if event.get("event") == "user":
            asked.add(str(((event.get("parse_data") or {}).get("intent") or {}).get("name")))
        elif event.get("event") == "slot" and event.get("name") == "settled" and not _is_remembered(event.get("value")):
            at_hand_back, asked = asked, set()
    return need in at_hand_back


def _is_remembered(slot: Any) -> bool:
    """Whether a value of slot `settled` is one that this module wrote back, not one of a hand-back."""
    return bool(slot) and ("told" in slot or "ended" in slot)


def offer_person(turn: Turn, *, always: bool) -> None:
    """Offer a person in place of a case: always, or only with the answer that says what was settled."""
    if always or _is_said_now(turn):
        turn.say("utter_settled_offer", options=[option("option_not_solved", "/human_agent")])


def end(turn: Turn) -> None:
    """From now on the conversation is handed over as if nothing had been settled; the cases still say what was."""
    if _of(turn):
        turn.remember("settled", {**turn.slot("settled"), "ended": True})


def facts_of_settled(turn: Turn) -> dict[str, Any]:
    """Return what a person said at the hand-back as a case carries it, that nothing was settled too."""
    settled = _read(turn.slot("settled"))
    if settled is None:
        return {}
    until = settled.until.isoformat() if settled.until else None
    facts = {"what": settled.code.value, "at": settled.at.isoformat(), "case": settled.case_number, "report_by": until}
    return {"settled": {name: value for name, value in facts.items() if value}}


def said_of_settled(turn: Turn) -> list[Statement]:
    """Return what was settled, and the person's note, for a case's summary."""
    settled, note = _read(turn.slot("settled")), turn.slot("handed_back_note")
    said = [statement("settled", settled=settled.code.value, day=settled.at.date())] if settled else []
    if settled and settled.until:
        said.append(statement("report_by", report_by=settled.until))
    return [*said, *([statement("settled_note", text=note)] if note else [])]


def _say(turn: Turn, settled: _Settled, order_number: str | None) -> None:
    when = day(settled.at.astimezone(ZoneInfo(_zone())).date())
    if settled.case_number:
        when = reply("term_settled_when", day=when, case=settled.case_number)
    what = reply(f"term_settled_{settled.code.value}", when=when)
    if settled.until is None:
        turn.say("utter_settled", what=what)
    elif settled.overdue:
        turn.say("utter_settled_until_passed", what=what, until=day(settled.until))
    else:
        turn.say("utter_settled_until", what=what, until=day(settled.until))
    turn.remember("settled", {**turn.slot("settled"), "told": True, "order_number": order_number})


def _is_said_now(turn: Turn) -> bool:
    return any(name in _TELLS for name in turn.said)


def _of(turn: Turn) -> _Settled | None:
    """What is settled and still holds."""
    settled = _read(turn.slot("settled"))
    if settled is None or settled.code is Settled.NOTHING or settled.ended or utc_now() - settled.at > _REMEMBERED:
        return None
    return settled


def _read(slot: Any) -> _Settled | None:
    if not slot:
        return None
    until = date.fromisoformat(slot["until"]) if slot.get("until") else None
    read = {**slot, "code": Settled(slot["code"]), "at": datetime.fromisoformat(slot["at"]), "until": until}
    return _Settled(**read)


@lru_cache(maxsize=1)
def _also_settled() -> dict[str, list[str]]:
    path = Path(__file__).with_name("settled.yml")
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


@lru_cache(maxsize=1)
def _same_matters() -> tuple[frozenset[str], ...]:
    path = Path(__file__).with_name("same_matter.yml")
    return tuple(map(frozenset, yaml.safe_load(path.read_text(encoding="utf-8"))))


def _zone() -> str:
    return systems().handbook.opening_hours.zone
