"""The runner itself: a wrong check fails, a right one holds, and a slip in a file is told with file and line."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from desk.summary import statement
from tests.conversations.checks import CHECKS
from tests.conversations.conversation import Conversation, Turn
from tests.conversations.conversation_case import CaseError, Step, read_cases
from tests.conversations.run import StepFailed, run_step
from transcripts.entries import Speaker


@dataclass
class FakeShop:
    """A shop with one order, and what was claimed in it."""

    made: list[str] = field(default_factory=list)

    def order(self, number: str) -> Any:
        address = SimpleNamespace(city="Stockholm")
        known = SimpleNamespace(number="1024", stage="paid", cancelled_at=None, shipping_address=address)
        return known if number == "1024" else None

    def claims(self) -> list[str]:
        return self.made


@dataclass
class FakeConversation:
    """A conversation as checks see it: what was said and written down is set, not run."""

    turns: list[Turn]
    slots: dict[str, Any] = field(default_factory=dict)
    case: Any = None
    shop: FakeShop = field(default_factory=FakeShop)
    id: str = "conversation"

    @property
    def last(self) -> Turn:
        return self.turns[-1]

    def open_case(self) -> Any:
        return self.case

    def number_of_cases(self) -> int:
        return 1 if self.case else 0

    def transcript(self) -> list[Any]:
        return [SimpleNamespace(text=turn.said) for turn in self.turns]

    def story(self) -> list[str]:
        return [f"  shopper: {turn.said}" for turn in self.turns]


def entry(**told: Any) -> Any:
    """Return a transcript entry of the assistant, or of the shopper when it tells how it was understood."""
    speaker = Speaker.SHOPPER if told.get("understanding") else Speaker.ASSISTANT
    return SimpleNamespace(**{"speaker": speaker, "understanding": None, "content": {}, **told})


def message(text: str, **told: Any) -> dict[str, Any]:
    """Return a message as the chat shows it."""
    return {"text": text, "from": "assistant", "language": "fr", "buttons": [], "card": None, **told}


def talk() -> FakeConversation:
    """Return a conversation of two turns, with a case."""
    card = {"title": "#1002", "fields": [{"value": "31,46\xa0€"}]}
    shown = [
        message("Elle est à Lyon depuis le 3 déc., à\u202f11\u202fh.", card=card),
        message("Puis-je aider ?", buttons=[{"title": "Oui", "token": "t"}]),
    ]
    said = entry(understanding={"intent": {"name": "track_order"}})
    replies = [entry(content={"reply": "utter_order"}), entry(content={"reply": "utter_affirm"})]
    case = SimpleNamespace(
        reason="lost",
        priority="high",
        summary=[statement("order_proved", order="1002")],
        number="Q-1001",
        facts={"a": 1},
    )
    return FakeConversation(
        [
            Turn("allô", shown=[message("Elle est à Lyon depuis le 5 déc., à\u202f11\u202fh.\nPuis-je aider ?")]),
            Turn("où ?", shown=shown, entries=[said, *replies]),
        ],
        slots={"order_number": "1002", "proof": None},
        case=case,
    )


HOLDS: list[tuple[str, Any]] = [
    ("bot", "Puis-je aider ?"),
    ("utter", "utter_order"),
    ("text_contains", ["lyon", "3 déc.", "à 11 h"]),
    ("text_contains_one_of", ["Paris", "Lyon"]),
    ("text_does_not_contain", ["Paris"]),
    ("says_the_same", True),
    ("language", "fr"),
    ("slot_was_set", ["order_number", {"order_number": "1002"}]),
    ("slot_was_not_set", ["proof", {"order_number": "1001"}]),
    ("intent", "track_order"),
    ("buttons", "Oui"),
    ("card", {"title": "1002", "fields": "31,46 €"}),
    ("case", {"reason": "lost", "priority": "high", "summary": "#1002", "facts": '"a": 1'}),
    ("cases", 1),
    ("claim", "none"),
    ("order", {"number": "1024", "stage": "paid", "cancelled_at": None, "shipping_address.city": "Stockholm"}),
    ("transcript_contains", ["allô", "où"]),
    ("replies", 2),
    ("refused", 202),
]
FAILS: list[tuple[str, Any, str]] = [
    ("bot", "Puis-je", "no reply was exactly"),
    ("utter", "utter_greet", "utter_greet was not said; said: ['utter_order'"),
    ("text_contains", ["Lyon", "4 déc."], "do not contain ['4 déc.']"),
    ("text_contains_one_of", ["Paris", "Nice"], "contain none of"),
    ("text_does_not_contain", ["Paris", "LYON"], "contain ['LYON']"),
    ("language", "en", "are in ['fr']"),
    ("slot_was_set", ["proof"], "slot proof is not set; set are ['order_number']"),
    ("slot_was_set", [{"order_number": "1001"}], "slot order_number is '1002'"),
    ("slot_was_not_set", ["order_number"], "slot order_number is '1002'"),
    ("slot_was_not_set", [{"order_number": "1002"}], "slot order_number is '1002'"),
    ("intent", "greet", "understood as track_order"),
    ("buttons", ["Oui", "Non"], "no buttons ['Non']; there are ['Oui']"),
    ("card", {"title": "1003"}, "no such card"),
    ("card", {"title": "1002", "fields": "31,47"}, "no such card"),
    ("case", "none", "there is case Q-1001"),
    ("case", {"reason": "late"}, "the case's reason is 'lost'"),
    ("case", {"summary": "#1003"}, "is not in the case's summary"),
    ("cases", 0, "has had 1 cases"),
    ("claim", "1002", "claims made in this conversation: []"),
    ("order", {"number": "1024", "stage": "cancelled"}, "stage of order 1024 is paid"),
    ("order", {"number": "1024", "shipping_address.city": "Oslo"}, "shipping_address.city of order 1024 is Stockholm"),
    ("order", {"number": "9999", "stage": "paid"}, "there is no order 9999"),
    ("transcript_contains", "bonjour", "cannot read ['bonjour']"),
    ("replies", 1, "there were 2 replies"),
    ("no_reply", True, "something was said"),
    ("refused", 413, "the gateway answered 202"),
]


def check(conversation: FakeConversation, kind: str, value: Any) -> None:
    """Run one check as a step in line 7 of a file."""
    run_step(cast(Conversation, conversation), Step(kind, value, 7), "a.yml")


def test_every_check_is_tried_both_ways() -> None:
    fails = {kind for kind, _, _ in FAILS} | {"says_the_same"}  # of its own, below
    holds = {kind for kind, _ in HOLDS} | {"no_reply"}
    assert fails == holds == set(CHECKS)


@pytest.mark.parametrize(("kind", "value"), HOLDS)
def test_a_right_check_holds(kind: str, value: Any) -> None:
    check(talk(), kind, value)


@pytest.mark.parametrize(("kind", "value", "told"), FAILS)
def test_a_wrong_check_fails_and_says_what_was_there(kind: str, value: Any, told: str) -> None:
    with pytest.raises(StepFailed) as failure:
        check(talk(), kind, value)
    message = str(failure.value)
    assert message.startswith(f"a.yml:7: {kind}: ")
    assert told in message
    assert message.endswith("  shopper: allô\n  shopper: où ?")


def test_only_numbers_may_differ_in_what_is_the_same() -> None:
    conversation = talk()
    conversation.turns[0].shown = [message("Elle est à Nantes.")]
    with pytest.raises(StepFailed, match="before, this was said: Elle est à Nantes"):
        check(conversation, "says_the_same", True)


def test_nothing_said_is_no_reply_and_has_no_language() -> None:
    conversation = talk()
    conversation.turns.append(Turn("allô ?"))
    check(conversation, "no_reply", True)
    with pytest.raises(StepFailed, match="no language: there are none"):
        check(conversation, "language", "fr")


def test_a_refused_message_is_not_no_reply() -> None:
    conversation = talk()
    conversation.turns.append(Turn("x" * 10_000, status=413))
    check(conversation, "refused", 413)
    with pytest.raises(StepFailed, match="the message was refused: 413"):
        check(conversation, "no_reply", True)


def test_no_case_and_a_claim() -> None:
    conversation = talk()
    conversation.case = None
    conversation.shop.made = ["1002"]
    check(conversation, "case", "none")
    check(conversation, "claim", "1002")
    with pytest.raises(StepFailed, match="there is no case at the desk"):
        check(conversation, "case", {"reason": "lost"})
    with pytest.raises(StepFailed, match="claims made in this conversation"):
        check(conversation, "claim", "none")


def test_a_claim_made_twice_is_not_one_claim() -> None:
    conversation = talk()
    conversation.shop.made = ["1002", "1002"]
    with pytest.raises(StepFailed):
        check(conversation, "claim", "1002")


GOOD = """\
fixtures:
  - parcels_down:
      - outage: parcels
  - knows:
      - order_number: "1001"
metadata:
  - from_spain:
      locale: es-ES
test_cases:
  - test_case: asks
    metadata: from_spain
    fixtures: [parcels_down, knows]
    steps:
      - user: "¿dónde?"
      - case: none
      - slot_was_set:
          - order_number: "1001"
  - test_case: asks long
    steps:
      - user: {repeat: "a", times: 3}
      - refused: 413
"""


def write(folder: Path, text: str) -> Path:
    """Write a file of tests."""
    path = folder / "topic.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_is_read(tmp_path: Path) -> None:
    first, second = read_cases(write(tmp_path, GOOD))
    assert (first.name, first.line, first.locale, first.outages) == ("asks", 10, "es-ES", ("parcels",))
    assert first.slots == {"order_number": "1001"}
    assert [(s.kind, s.line) for s in first.steps] == [("user", 14), ("case", 15), ("slot_was_set", 16)]
    assert first.steps[2].value == [{"order_number": "1001"}]
    assert second.steps[0].value == {"repeat": "a", "times": 3}
    assert (second.locale, second.outages, second.slots) == (None, (), {})


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("test_cases:", "test_case:", "topic.yml:1: there is no list 'test_cases'"),
        ("metadata: from_spain", "metadata: from_mars", "topic.yml:10: there is no metadata 'from_mars'"),
        ("locale: es-ES", "language: es", "topic.yml:10: metadata 'from_spain' may tell a locale"),
        ("[parcels_down, knows]", "[carriers_down]", "topic.yml:10: there is no fixture 'carriers_down'"),
        ("outage: parcels", "outage: parcel", "topic.yml:10: 'outage' takes orders, parcels"),
        ('order_number: "1001"\nmeta', 'order_nr: "1001"\nmeta', "topic.yml:10: 'fixture knows' takes a list of slots"),
        ("test_case: asks long", "test_case: asks", "topic.yml:18: there is a case 'asks' in line 10 already"),
        ("    fixtures:", "    fixture:", "topic.yml:10: unknown in a case: fixture"),
        ("- case: none", "- cas: none", "topic.yml:15: unknown step 'cas'; there are user, button"),
        ("- case: none", "- case: {reson: lost}", "topic.yml:15: 'case' takes none, or some of number, reason"),
        ("- case: none", "- case: {reason: gone}", "topic.yml:15: 'case' takes none, or some of number, reason"),
        ("- case: none", "- claim: 1001", "topic.yml:15: 'claim' takes a text in quotes, not 1001"),
        ("- case: none", "- language: no", "topic.yml:15: 'language' takes one of en, es, fr, de, zh-Hans, not False"),
        ("- case: none", "- text_contains: []", "topic.yml:15: 'text_contains' takes a text in quotes, or a list"),
        ("- case: none", "- text_contains: 1001", "topic.yml:15: 'text_contains' takes a text in quotes, or a list"),
        ("- case: none", "- utter: utter_gret", "topic.yml:15: 'utter' takes the name of a reply in domain.yml"),
        ("- case: none", "- intent: track", "topic.yml:15: 'intent' takes the name of an intent in domain.yml"),
        ("- case: none", "- slot_was_not_set: [prof]", "topic.yml:15: 'slot_was_not_set' takes a list of slots"),
        ("- case: none", "- person: {leaves: now}", "topic.yml:15: 'person' takes one of takes_over, says, hands_back"),
        ("- case: none", "- person: {hands_back: ok, settled: paid}", "topic.yml:15: 'person' takes one of takes_over"),
        ("- case: none", "- person: {hands_back: ok, until: '2026-12-04'}", "topic.yml:15: 'person' takes one of"),
        ("- case: none", "- order: {number: '1001'}", "topic.yml:15: 'order' takes number: an order number in quotes"),
        ("- case: none", "- no_reply: false", "topic.yml:15: 'no_reply' takes true, not False"),
        ("- case: none", "- case: none\n        cases: 1", "topic.yml:15: a step does or checks one thing, here are 2"),
        ("- case: none", "- case: none\n        case: none", "topic.yml:15: 'case' stands here twice"),
        ("- case: none", "- case", "topic.yml:10: a step is '- kind: value', not 'case'"),
        ('- user: "¿dónde?"', "- user: 1001", "topic.yml:14: 'user' takes a text in quotes, or {repeat"),
        ('- user: "¿dónde?"', "- replies: 1", "topic.yml:14: the first step must do something (user, button"),
        ("{repeat", "[repeat", "topic.yml:20: "),
    ],
)  # fmt: skip
def test_a_slip_is_told_with_file_and_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert GOOD.count(old) == 1 or old == "test_cases:"
    with pytest.raises(CaseError) as error:
        read_cases(write(tmp_path, GOOD.replace(old, new)))
    assert str(error.value).startswith(told)
