"""The queue: who is looked at first, what the filters keep, what a search finds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from core.database import reading, transaction
from core.settings import settings
from desk import cases, conversations, queue
from desk.queue import QueuedCase, QueueFilter, View
from desk.summary import free_text, in_english, statement
from transcripts.entries import Speaker, attach_understanding, record

SHOP = "demo"
START = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)


class Clock:
    """Moves the services' clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def at(self, minutes: float) -> None:
        self._monkeypatch.setenv("QUAYSIDE_CLOCK", (START + timedelta(minutes=minutes)).isoformat())
        settings.cache_clear()


@pytest.fixture
def clock(database: object, monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(monkeypatch)
    clock.at(0)
    return clock


def open_case(name: str, **more: Any) -> str:
    values: dict[str, Any] = {"reason": "requested", "priority": "normal", "language": "es", **more}
    values.setdefault("summary", [free_text(name)])
    with transaction() as session:
        return cases.open_case(session, shop=SHOP, conversation_id=f"conversation-{name}", key=name, **values).number


def say(name: str, speaker: Speaker, text: str = "…") -> None:
    with transaction() as session:
        record(session, shop=SHOP, conversation_id=f"conversation-{name}", speaker=speaker, text=text)


def listed(**wanted: Any) -> list[QueuedCase]:
    with reading() as session:
        return queue.queue(session, SHOP, QueueFilter(**wanted))


def names(**wanted: Any) -> list[str]:
    return [in_english(case.summary) for case in listed(**wanted)]


def test_urgent_first_then_who_waits_longest(clock: Clock) -> None:
    for minute, (name, priority) in enumerate(
        [("old", "normal"), ("low", "low"), ("urgent", "urgent"), ("new", "normal"), ("high", "high")]
    ):
        clock.at(minute)
        open_case(name, priority=priority)
    assert names() == ["urgent", "high", "old", "new", "low"]


def test_views_open_mine_and_all(clock: Clock) -> None:
    open_case("free")
    mine, theirs, done = open_case("mine"), open_case("theirs"), open_case("done", priority="urgent")
    with transaction() as session:
        cases.take(session, SHOP, mine, "anna")
        cases.take(session, SHOP, theirs, "bei")
        cases.close(session, SHOP, done, "anna", outcome="solved")

    assert names(view=View.OPEN, agent="anna") == ["free"]
    assert names(view=View.MINE, agent="anna") == ["mine"]
    assert names(view=View.ALL, agent="anna") == ["free", "mine", "theirs", "done"]


def test_filters_narrow_the_view(clock: Clock) -> None:
    open_case("spanish", reason="lost", priority="high")
    open_case("german", language="de", reason="lost")
    assert names(reason="lost") == ["spanish", "german"]
    assert names(reason="lost", language="de") == ["german"]
    assert names(priority="high") == ["spanish"]


def test_a_case_is_found_by_each_of_its_reasons_and_orders(clock: Clock) -> None:
    open_case("maria", reason="lost", priority="high", order_number="1042")
    with transaction() as session:
        cases.open_case(
            session,
            shop=SHOP,
            conversation_id="conversation-maria",
            reason="anger",
            priority="high",
            language="es",
            summary=[statement("order_proved", order="1051")],
            order_number="1051",
            key="second",
        )
    open_case("other", reason="late")
    assert [case.reasons for case in listed(reason="anger")] == [["lost", "anger"]]
    assert len(listed(reason="lost")) == 1
    assert [case.order_number for case in listed(text="1051")] == ["1042"]


def test_waiting_filter_keeps_only_those_who_wait_so_long(clock: Clock) -> None:
    open_case("early")
    clock.at(10)
    open_case("late")
    clock.at(20)
    assert names(waiting_minutes=15) == ["early"]


@pytest.mark.parametrize("text", ["Q-1001", "q-1001", "1001", " 1042", "#1042", "Q-10"])
def test_search_finds_by_case_or_order_number_in_every_view(clock: Clock, text: str) -> None:
    number = open_case("maria", order_number="1042")
    open_case("other-1", order_number="2001")
    with transaction() as session:
        cases.close(session, SHOP, number, "anna", outcome="solved")
    assert "maria" in names(view=View.MINE, agent="bei", text=text)


_FACTS = {
    "order": {"number": "1042", "customer": "Élodie O'Neill", "email": "elodie@example.com"},
    "parcels": [{"tracking_number": "PK7712345678ES"}],
}


@pytest.mark.parametrize(
    "text",
    [
        *("q1001", "Q 1001", "q-1001", "1001"),
        *("Élodie", "élodie", "O'Neill", "o'neill", "elodie@example.com", "ELODIE@example.com"),
        *("PK7712345678ES", "pk77 1234 5678 es"),
    ],
)
def test_search_finds_who_it_is_about_and_which_parcel(clock: Clock, text: str) -> None:
    open_case("elodie", facts=_FACTS)
    open_case("other", facts={"order": {"number": "1055", "customer": "Ann Lee", "email": "ann@example.com"}})
    assert names(text=text) == ["elodie"]


@pytest.mark.parametrize("text", ["customer", "tracking_number", "email", '"', "xa", "example.com%", "\\u00c9"])
def test_search_does_not_find_how_the_facts_are_kept(clock: Clock, text: str) -> None:
    open_case("elodie", facts=_FACTS)
    assert names(text=text) == []


def test_search_takes_wildcards_as_text(clock: Clock) -> None:
    open_case("maria", order_number="1042")
    assert names(text="%") == []
    assert names(text="_") == []


def test_a_taken_case_waits_until_a_person_has_answered_and_again_from_the_next_question(clock: Clock) -> None:
    number = open_case("maria")
    clock.at(2)
    with transaction() as session:
        cases.take(session, SHOP, number, "anna")
    assert listed(view=View.ALL)[0].waiting_since == START

    clock.at(3)
    say("maria", Speaker.PERSON)
    assert listed(view=View.ALL)[0].waiting_since is None

    clock.at(5)
    say("maria", Speaker.SHOPPER, "and when?")
    clock.at(6)
    say("maria", Speaker.SHOPPER, "hello?")
    assert listed(view=View.ALL)[0].waiting_since == START + timedelta(minutes=5)

    with transaction() as session:
        cases.hand_back(session, SHOP, number, "anna", "answered")
    assert listed(view=View.ALL)[0].waiting_since is None


def test_a_case_that_returns_to_the_queue_waits_from_then(clock: Clock) -> None:
    number = open_case("maria")
    with transaction() as session:
        cases.take(session, SHOP, number, "anna")
        cases.hand_back(session, SHOP, number, "anna", "answered")
    clock.at(30)
    with transaction() as session:
        cases.open_case(
            session,
            shop=SHOP,
            conversation_id="conversation-maria",
            reason="anger",
            priority="high",
            language="es",
            summary=[statement("anger")],
            key="m2",
        )
    assert listed()[0].waiting_since == START + timedelta(minutes=30)


def test_a_promised_day_is_listed_and_comes_first_when_it_is_past(clock: Clock) -> None:
    def hand_back(number: str, **settled: str) -> None:
        cases.hand_back(session, SHOP, number, "anna", "", settled)

    promised, later, urgent, _claim = (
        open_case(name, priority=priority, facts=facts)
        for name, priority, facts in (
            ("promised", "low", {}),
            ("later", "normal", {}),
            ("urgent", "urgent", {}),
            ("claim", "high", {"claim": {"number": "C-1", "report_by": "2026-12-03"}}),
        )
    )
    with transaction() as session:
        for number in (promised, later, urgent):
            cases.take(session, SHOP, number, "anna")
        hand_back(promised, code="claim_taken_up", until="2026-12-02")
        hand_back(promised, code="nothing")
        hand_back(later, code="refund_agreed", until="2026-12-24")
    days = {in_english(case.summary): case.report_by for case in listed(view=View.ALL)}
    assert days == {
        "promised": date(2026, 12, 2),
        "later": date(2026, 12, 24),
        "claim": date(2026, 12, 3),
        "urgent": None,
    }
    assert names(view=View.ALL) == ["urgent", "claim", "later", "promised"]
    clock.at(60 * 24 * 3)
    assert names(view=View.ALL) == ["claim", "promised", "urgent", "later"]
    with transaction() as session:
        hand_back(promised, code="question_answered")
    mine = {case.number: case.report_by for case in listed(view=View.MINE, agent="anna")}
    assert mine[promised] is None, "what was promised has been answered"


def test_the_limit_cuts_off_closed_cases_before_live_ones(clock: Clock) -> None:
    for i in range(4):
        number = open_case(f"closed-{i}", priority="urgent")
        with transaction() as session:
            cases.close(session, SHOP, number, "anna", outcome="solved")
    clock.at(1)
    open_case("live-low", priority="low")
    open_case("live-urgent", priority="urgent")
    with reading() as session:
        found = queue.queue(session, SHOP, QueueFilter(view=View.ALL), limit=2)
    assert [in_english(case.summary) for case in found] == ["live-urgent", "live-low"]


def test_the_limit_cuts_off_none_who_waits_longest_of_those_asked_for(clock: Clock) -> None:
    open_case("waits-long", priority="normal")
    clock.at(60)
    for i in range(3):
        open_case(f"high-{i}", priority="high")
    clock.at(61)
    with reading() as session:
        found = queue.queue(session, SHOP, QueueFilter(waiting_minutes=30), limit=2)
    assert [in_english(case.summary) for case in found] == ["waits-long"]


def test_languages_and_count(clock: Clock) -> None:
    open_case("a")
    open_case("b", language="de")
    open_case("c", language=None)
    with reading() as session:
        assert queue.languages(session, SHOP) == ["de", "es"]
        assert queue.open_count(session, SHOP) == 3


def test_all_conversations_newest_first_with_their_case(clock: Clock) -> None:
    say("maria", Speaker.SHOPPER, "hola")
    with transaction() as session:
        record(
            session,
            shop=SHOP,
            conversation_id="conversation-anna",
            speaker=Speaker.SHOPPER,
            text="hello",
            message_id="m1",
        )
        attach_understanding(session, SHOP, "m1", {"language": "en"})
    say("anna", Speaker.ASSISTANT, "Hello!")
    say("only-opened", Speaker.ASSISTANT, "greeting nobody answered")
    number = open_case("maria")

    with reading() as session:
        found = conversations.conversations(session, SHOP)
        other_shop = conversations.conversations(session, "other")
        searched = conversations.conversations(session, SHOP, text="conversation-ma")

    assert [(c.conversation_id, c.last_text, c.messages, c.language, c.case_number) for c in found] == [
        ("conversation-anna", "Hello!", 2, "en", None),
        ("conversation-maria", "hola", 1, None, number),
    ]
    assert other_shop == []
    assert [c.conversation_id for c in searched] == ["conversation-maria"]
