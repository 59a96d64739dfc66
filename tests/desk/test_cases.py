"""Cases: opened once whatever is repeated, taken by one, and never forgotten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from core.database import reading, transaction
from desk import cases
from desk.cases import CaseClosed, CaseNotFound, CaseTaken, NotYourCase, OpenedCase, Priority, Reason, Status
from desk.summary import free_text, in_english, statement

pytestmark = pytest.mark.usefixtures("database")
SHOP, CONVERSATION = "demo", "conversation-one-1"


def open_case(key: str, **more: Any) -> OpenedCase:
    values: dict[str, Any] = {
        "shop": SHOP,
        "conversation_id": CONVERSATION,
        "reason": Reason.REQUESTED,
        "priority": Priority.NORMAL,
        "language": "es",
        "summary": [free_text(f"summary of {key}.")],
        **more,
    }
    with transaction() as session:
        return cases.open_case(session, key=key, **values)


def take(number: str, agent: str) -> None:
    with transaction() as session:
        cases.take(session, SHOP, number, agent)


def read(number: str) -> cases.Case:
    with reading() as session:
        return cases.find(session, SHOP, number)


def kinds(number: str) -> list[str]:
    with reading() as session:
        return [event.kind for event in cases.events_of(session, cases.find(session, SHOP, number))]


def test_the_same_key_gives_the_same_case_and_changes_nothing() -> None:
    first, again = open_case("m1"), open_case("m1", summary=[free_text("something else")])

    assert first == again == OpenedCase("Q-1001", created=True, news=True)
    assert in_english(read("Q-1001").summary) == "summary of m1."
    assert kinds("Q-1001") == ["opened"]


def test_a_key_still_answers_for_its_case_after_the_case_was_closed() -> None:
    open_case("m1")
    with transaction() as session:
        cases.close(session, SHOP, "Q-1001", "anna", outcome="solved")

    assert open_case("m1").number == "Q-1001"
    assert open_case("m2") == OpenedCase("Q-1002", created=True, news=True)


def test_a_second_escalation_is_added_to_the_live_case_and_raises_its_priority() -> None:
    open_case("m1", facts={"order": {"number": "1042"}}, tried=["greeted"])
    added = open_case(
        "m2",
        reason=Reason.RISK,
        priority=Priority.URGENT,
        order_number="1042",
        facts={"claim": 1},
        tried=["greeted", "showed the parcel"],
    )

    case = read("Q-1001")
    assert added == OpenedCase("Q-1001", created=False, news=True)
    assert (case.reason, case.priority, case.reasons) == ("risk", "urgent", ["risk", "requested"])
    assert in_english(case.summary) == "summary of m2. summary of m1."
    assert case.order_number == "1042"
    assert case.facts == {"order": {"number": "1042"}, "claim": 1}
    assert case.tried == ["greeted", "showed the parcel"]
    assert kinds("Q-1001") == ["opened", "escalated"]


@pytest.mark.parametrize("second", [Priority.NORMAL, Priority.HIGH])
def test_an_escalation_that_is_no_graver_hides_nothing(second: Priority) -> None:
    open_case("m1", reason=Reason.DELIVERED_NOT_RECEIVED, priority=Priority.HIGH)
    open_case("m2", reason=Reason.ANGER, priority=second)

    case = read("Q-1001")
    assert (case.reason, case.priority) == ("delivered_not_received", "high")
    assert case.reasons == ["delivered_not_received", "anger"]
    assert in_english(case.summary) == "summary of m1. summary of m2."


def test_nothing_is_said_twice_and_the_newest_of_a_parcel_counts() -> None:
    def parcel(condition: str) -> list[Any]:
        values: dict[str, Any] = {"parcel": "PK1", "carrier": "Correos", "expected": None, "silent": 3}
        return [
            statement("order_proved", order="1042"),
            statement("parcel", condition=condition, **values),
        ]

    open_case("m1", summary=[statement("order_named", order="1042"), statement("requested")])
    open_case("m2", summary=parcel("late"))
    open_case("m3", summary=[*parcel("overdue_lost"), statement("requested"), statement("order_named", order="1042")])

    said = in_english(read("Q-1001").summary)
    assert said == (
        "The shopper asked for a person. Order #1042 (proved). "
        "Parcel PK1 with Correos: overdue_lost; expected: unknown; days without a scan: 3."
    )


def test_a_second_order_takes_nothing_from_the_first() -> None:
    claim = {"number": "C-1001", "parcel": "PK1"}
    parcels = [{"tracking_number": "PK1", "status": "delivered"}]
    open_case("m1", order_number="1042", facts={"order": {"number": "1042"}, "parcels": parcels, "claim": claim})
    open_case(
        "m2",
        order_number="1051",
        summary=[statement("order_proved", order="1051")],
        facts={
            "order": {"number": "1051"},
            "parcels": [{"tracking_number": "PK2", "status": "late"}, {"tracking_number": "PK1", "status": "lost"}],
            "claim": {"number": "C-1002", "parcel": "PK2"},
        },
    )

    case = read("Q-1001")
    assert case.order_number == "1042"
    assert "Order #1051 (proved)." in in_english(case.summary)
    assert case.facts == {
        "order": [{"number": "1042"}, {"number": "1051"}],
        "parcels": [{"tracking_number": "PK1", "status": "lost"}, {"tracking_number": "PK2", "status": "late"}],
        "claim": [claim, {"number": "C-1002", "parcel": "PK2"}],
    }
    open_case("m3", facts={"order": {"number": "1042", "stage": "shipped"}})
    assert read("Q-1001").facts["order"] == [{"number": "1042", "stage": "shipped"}, {"number": "1051"}]


def test_the_history_tells_what_each_escalation_said() -> None:
    open_case("m1")
    open_case("m2", reason=Reason.ANGER)
    with reading() as session:
        events = cases.events_of(session, cases.find(session, SHOP, "Q-1001"))
    assert [(e.text, e.details["reason"]) for e in events] == [
        ("summary of m1.", "requested"),
        ("summary of m2.", "anger"),
    ]


@pytest.mark.parametrize(("code", "values"), [("no_such", {}), ("risk", {}), ("anger", {"risk": "lawyer"})])
def test_a_statement_without_its_values_is_refused(code: str, values: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=code):
        statement(code, **values)


def test_numbers_count_by_shop() -> None:
    open_case("m1")
    assert open_case("m1", shop="other").number == "Q-1001"
    assert open_case("m2", conversation_id="conversation-two-1").number == "Q-1002"


def test_many_at_once_open_one_case_and_use_no_number_twice() -> None:
    with ThreadPoolExecutor(8) as pool:
        same = list(pool.map(lambda i: open_case(f"same-{i}"), range(8)))
        others = list(pool.map(lambda i: open_case(f"o-{i}", conversation_id=f"conversation-{i:04}"), range(8)))

    assert {case.number for case in same} == {"Q-1001"}
    assert sum(case.created for case in same) == 1
    assert sorted(case.number for case in others) == [f"Q-{n}" for n in range(1002, 1010)]


@pytest.mark.parametrize("wrong", [{"reason": "because"}, {"priority": "highest"}])
def test_words_the_desk_does_not_know_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="not a valid"):
        open_case("m1", **wrong)


def test_of_many_who_take_a_case_exactly_one_gets_it() -> None:
    open_case("m1")

    def try_to_take(agent: str) -> str | None:
        try:
            take("Q-1001", agent)
        except CaseTaken as error:
            return error.agent
        return None

    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(try_to_take, [f"agent{i}" for i in range(6)]))

    winner = read("Q-1001").taken_by
    assert results.count(None) == 1
    assert {result for result in results if result} == {winner}
    assert kinds("Q-1001").count("taken") == 1


def test_taking_again_changes_nothing() -> None:
    open_case("m1")
    take("Q-1001", "anna")
    take("Q-1001", "anna")
    assert kinds("Q-1001") == ["opened", "taken"]


def test_a_case_handed_back_stays_with_its_person_until_the_shopper_needs_one_again() -> None:
    open_case("m1")
    take("Q-1001", "anna")
    with transaction() as session:
        cases.hand_back(session, SHOP, "Q-1001", "anna", "refund promised")
    assert read("Q-1001").taken_by == "anna"

    open_case("m2")

    case = read("Q-1001")
    assert (case.status, case.taken_by) == (Status.OPEN, None)
    take("Q-1001", "bei")


def test_an_escalation_while_a_person_is_at_it_leaves_the_case_with_them() -> None:
    open_case("m1")
    take("Q-1001", "anna")
    open_case("m2", priority=Priority.URGENT)
    assert (read("Q-1001").status, read("Q-1001").taken_by) == (Status.TAKEN, "anna")


def test_only_its_person_hands_a_case_back_or_closes_it() -> None:
    open_case("m1")
    take("Q-1001", "anna")
    with transaction() as session:
        with pytest.raises(NotYourCase):
            cases.hand_back(session, SHOP, "Q-1001", "bei", "done")
        with pytest.raises(CaseTaken):
            cases.close(session, SHOP, "Q-1001", "bei", outcome="solved")
    assert read("Q-1001").status == Status.TAKEN


def test_a_closed_case_is_final() -> None:
    open_case("m1")
    with transaction() as session:
        cases.close(session, SHOP, "Q-1001", "anna", outcome="no_answer", text="twice asked")
    with transaction() as session:
        with pytest.raises(CaseClosed):
            cases.take(session, SHOP, "Q-1001", "anna")
        with pytest.raises(CaseClosed):
            cases.close(session, SHOP, "Q-1001", "anna", outcome="solved")
        with pytest.raises(CaseClosed):
            cases.set_priority(session, SHOP, "Q-1001", "anna", "low")
    case = read("Q-1001")
    assert (case.status, case.outcome) == (Status.CLOSED, "no_answer")
    assert case.closed_at is not None


def test_release_by_a_lead_says_who_did_it() -> None:
    open_case("m1")
    take("Q-1001", "anna")
    with transaction() as session:
        cases.release(session, SHOP, "Q-1001", "anna", by="lena")
    with reading() as session:
        event = cases.events_of(session, cases.find(session, SHOP, "Q-1001"))[-1]
    assert (event.kind, event.agent, event.details) == ("released", "lena", {"of": "anna"})
    assert read("Q-1001").status == Status.OPEN


def test_notes_are_kept_and_empty_ones_refused() -> None:
    open_case("m1")
    with transaction() as session:
        cases.note(session, SHOP, "Q-1001", "anna", "  called the carrier ")
        with pytest.raises(ValueError, match="text"):
            cases.note(session, SHOP, "Q-1001", "anna", "  ")
        notes = [e.text for e in cases.events_of(session, cases.find(session, SHOP, "Q-1001")) if e.kind == "note"]
    assert notes == ["called the carrier"]


def test_an_unknown_number_is_said_to_be_unknown(database: Path) -> None:
    with reading() as session, pytest.raises(CaseNotFound):
        cases.find(session, SHOP, "Q-9999")


def test_cases_of_another_shop_are_not_there() -> None:
    open_case("m1")
    with reading() as session, pytest.raises(CaseNotFound):
        cases.find(session, "other", "Q-1001")
