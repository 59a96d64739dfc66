"""Taking over and handing back: the gate and the case agree, whatever fails in between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from core.clock import utc_now
from core.database import reading, transaction
from core.settings import settings
from desk import absence, cases, queue, sessions, staff, takeover
from desk.access_log import accesses_of
from desk.accounts import Role, Staff
from desk.case import Outcome, Reason, Status
from desk.cases import CaseTaken
from desk.gateway_client import DoorDown, Handler, HeldByAnother, NotFound, Refused, StaffDoor
from desk.queue import QueueFilter, View
from desk.sessions import Person
from desk.settlement import Settled, Settlement
from desk.summary import statement
from tests.console.stand_in import StandIn
from transcripts.entries import Speaker, entries_after, record

pytestmark = pytest.mark.usefixtures("database")
SHOP, CONVERSATION = "demo", "conversation-one-1"
ANNA = Person(1, SHOP, "anna", "Anna", Role.AGENT, None)
BEI = Person(2, SHOP, "bei", "Bei", Role.AGENT, None)
LENA = Person(3, SHOP, "lena", "Lena", Role.LEAD, None)
TOM = Person(4, SHOP, "tom", "Tom", Role.TRAINER, None)


@pytest.fixture(autouse=True)
def signed_in(database: object) -> None:
    """All of them are at the desk."""
    with transaction() as session:
        for person in (ANNA, BEI, LENA, TOM):
            account = Staff(
                id=person.id,
                shop=SHOP,
                name=person.name,
                display_name=person.display_name,
                role=person.role.value,
                password_hash="",
                created_at=utc_now(),
            )
            session.add(account)
            session.flush()
            sessions.start(session, account.id)


def leaves(person: Person) -> None:
    with transaction() as session:
        sessions.end_all_of(session, person.id)


@pytest.fixture
def gateway(database: object) -> Iterator[StandIn]:
    stand_in = StandIn("secret-token", conversations={CONVERSATION})
    server = stand_in.start()
    yield stand_in
    server.shutdown()
    server.server_close()


@pytest.fixture
def door(gateway: StandIn) -> StaffDoor:
    return StaffDoor(f"http://127.0.0.1:{gateway.port}", "secret-token")


@pytest.fixture
def case(database: object) -> str:
    with transaction() as session:
        return cases.open_case(
            session,
            shop=SHOP,
            conversation_id=CONVERSATION,
            reason="anger",
            priority="high",
            language="es",
            summary=[statement("anger")],
            order_number="1006",
            facts={"claim": {"parcel": "LX-1"}},
            key="m1",
        ).number


def read(number: str) -> cases.Case:
    with reading() as session:
        return cases.find(session, SHOP, number)


def test_the_door_says_who_answers(gateway: StandIn, door: StaffDoor) -> None:
    assert door.handler_of(CONVERSATION) == Handler(None, "storefront_chat", "es")
    door.take_over(CONVERSATION, "anna", "Anna")
    assert door.handler_of(CONVERSATION).agent == "anna"


def test_taking_over_closes_the_gate_and_takes_the_case(gateway: StandIn, door: StaffDoor, case: str) -> None:
    assert takeover.take_over(door, CONVERSATION, ANNA) == case
    assert gateway.holders == {CONVERSATION: ("anna", "Anna")}
    assert read(case).taken_by == "anna"
    assert takeover.take_over(door, CONVERSATION, ANNA) == case  # again: nothing new


def test_a_conversation_without_a_case_gets_one(gateway: StandIn, door: StaffDoor) -> None:
    number = takeover.take_over(door, CONVERSATION, ANNA)
    assert (read(number).reason, read(number).taken_by, read(number).language) == (Reason.STAFF, "anna", "es")


def test_the_second_person_is_told_who_has_it_and_changes_nothing(gateway: StandIn, door: StaffDoor, case: str) -> None:
    takeover.take_over(door, CONVERSATION, ANNA)
    with pytest.raises(CaseTaken) as caught:
        takeover.take_over(door, CONVERSATION, BEI)
    assert caught.value.agent == "anna"
    assert gateway.holders[CONVERSATION][0] == "anna"


def test_a_case_is_given_back_to_the_queue_when_the_gate_is_another_persons(
    gateway: StandIn, door: StaffDoor, case: str
) -> None:
    gateway.holders[CONVERSATION] = ("bei", "Bei")
    with pytest.raises(HeldByAnother) as caught:
        takeover.take_over(door, CONVERSATION, ANNA)
    assert caught.value.agent == "bei"
    assert (read(case).status, read(case).taken_by) == (Status.OPEN, None)


def test_a_gateway_that_is_down_leaves_the_case_in_the_queue(gateway: StandIn, door: StaffDoor, case: str) -> None:
    gateway.down = True
    with pytest.raises(DoorDown):
        takeover.take_over(door, CONVERSATION, ANNA)
    assert read(case).status == Status.OPEN


def test_a_gateway_that_does_not_run_is_down(database: object) -> None:
    with pytest.raises(DoorDown):
        StaffDoor("http://127.0.0.1:9", "token").handler_of(CONVERSATION)


def test_an_unknown_conversation_and_a_wrong_token_are_told_apart(gateway: StandIn, door: StaffDoor) -> None:
    with pytest.raises(NotFound):
        door.handler_of("conversation-unknown")
    with pytest.raises(Refused):
        StaffDoor(f"http://127.0.0.1:{gateway.port}", "wrong").handler_of(CONVERSATION)


def test_an_answer_whose_confirmation_got_lost_is_said_once(gateway: StandIn, door: StaffDoor, case: str) -> None:
    takeover.take_over(door, CONVERSATION, ANNA)
    gateway.lose_answers = True
    with pytest.raises(DoorDown):
        takeover.answer(door, CONVERSATION, ANNA, "Hola", "id-1")
    gateway.lose_answers = False
    takeover.answer(door, CONVERSATION, ANNA, "Hola", "id-1")
    assert [said["text"] for said in gateway.said] == ["Hola"]


def test_who_does_not_have_the_conversation_cannot_answer(gateway: StandIn, door: StaffDoor, case: str) -> None:
    with pytest.raises(HeldByAnother) as nobody:
        takeover.answer(door, CONVERSATION, ANNA, "Hola", "id-1")
    assert nobody.value.agent is None
    takeover.take_over(door, CONVERSATION, ANNA)
    with pytest.raises(HeldByAnother) as other:
        takeover.answer(door, CONVERSATION, BEI, "Hola", "id-2")
    assert other.value.agent == "anna"
    assert gateway.said == []


def test_handing_back_opens_the_gate_tells_the_assistant_and_closes_the_case(
    gateway: StandIn, door: StaffDoor, case: str
) -> None:
    takeover.take_over(door, CONVERSATION, ANNA)
    until = date(2030, 1, 4)
    takeover.hand_back(
        door,
        CONVERSATION,
        ANNA,
        Settled.REFUND_AGREED,
        note=" shipping too ",
        until=until,
        close_as=Outcome.SOLVED,
    )
    assert gateway.holders == {}
    (told,) = gateway.notes
    assert told["note"] == "shipping too"
    assert told["settled"] == {
        "code": "refund_agreed",
        "case_number": case,
        "order_number": "1006",
        "tracking_number": "LX-1",
        "until": "2030-01-04",
    }
    assert (read(case).status, read(case).outcome) == (Status.CLOSED, "solved")
    with reading() as session:
        event = next(e for e in cases.events_of(session, read(case)) if e.kind == "handed_back")
    assert (event.text, event.details) == ("shipping too", {"code": "refund_agreed", "until": "2030-01-04"})


def test_who_takes_over_once_more_what_they_handed_back_has_somebody_waiting_again(door: StaffDoor, case: str) -> None:
    takeover.take_over(door, CONVERSATION, ANNA)
    takeover.hand_back(door, CONVERSATION, ANNA, Settled.QUESTION_ANSWERED)
    assert read(case).handed_back_at is not None
    takeover.take_over(door, CONVERSATION, ANNA)
    again = read(case)
    assert again.handed_back_at is None and again.taken_by == "anna"
    with transaction() as session:
        record(session, shop=SHOP, conversation_id=CONVERSATION, speaker=Speaker.PERSON, text="back")
    with transaction() as session:
        record(session, shop=SHOP, conversation_id=CONVERSATION, speaker=Speaker.SHOPPER, text="hello?")
    with reading() as session:
        [mine] = queue.queue(session, SHOP, QueueFilter(view=View.MINE, agent="anna"))
    assert mine.waiting_since is not None, "a shopper who writes is not forgotten"
    takeover.hand_back(door, CONVERSATION, ANNA, Settled.QUESTION_ANSWERED, close_as=Outcome.SOLVED)
    assert read(case).status == Status.CLOSED


def test_the_gateway_that_does_not_let_them_in_again_leaves_it_handed_back(
    door: StaffDoor, gateway: StandIn, case: str
) -> None:
    takeover.take_over(door, CONVERSATION, ANNA)
    takeover.hand_back(door, CONVERSATION, ANNA, Settled.QUESTION_ANSWERED)
    gateway.down = True
    with pytest.raises(DoorDown):
        takeover.take_over(door, CONVERSATION, ANNA)
    assert read(case).handed_back_at is not None


def test_handing_back_can_be_tried_again_when_its_confirmation_got_lost(
    gateway: StandIn, door: StaffDoor, case: str
) -> None:
    takeover.take_over(door, CONVERSATION, ANNA)
    gateway.lose_answers = True
    with pytest.raises(DoorDown):
        takeover.hand_back(door, CONVERSATION, ANNA, Settled.QUESTION_ANSWERED, close_as=Outcome.SOLVED)
    gateway.lose_answers = False
    takeover.hand_back(door, CONVERSATION, ANNA, Settled.QUESTION_ANSWERED, close_as=Outcome.SOLVED)
    assert len(gateway.notes) == 1
    assert read(case).status == Status.CLOSED


def test_what_was_settled_in_another_way_stands_in_the_note(gateway: StandIn, door: StaffDoor, case: str) -> None:
    takeover.take_over(door, CONVERSATION, ANNA)
    with pytest.raises(ValueError, match="settled"):
        takeover.hand_back(door, CONVERSATION, ANNA, Settled.OTHER, note="  ")
    assert CONVERSATION in gateway.holders


def test_nobody_reports_back_by_a_day_that_is_past(gateway: StandIn, door: StaffDoor, case: str) -> None:
    takeover.take_over(door, CONVERSATION, ANNA)
    with pytest.raises(ValueError, match="past"):
        takeover.hand_back(door, CONVERSATION, ANNA, Settled.CLAIM_TAKEN_UP, until=date(2020, 1, 1))
    assert CONVERSATION in gateway.holders


def test_the_case_of_a_colleague_is_named_but_stays_theirs(gateway: StandIn, door: StaffDoor, case: str) -> None:
    with transaction() as session:
        cases.take(session, SHOP, case, "bei")
    gateway.holders[CONVERSATION] = ("anna", "Anna")
    takeover.hand_back(door, CONVERSATION, ANNA, Settled.NOTHING, close_as=Outcome.SOLVED)
    assert gateway.notes[0]["settled"]["case_number"] == case
    assert read(case).taken_by == "bei"


@pytest.mark.parametrize("until", ["tomorrow", "2026-13-01", 20261201, "2026-12-01T10:00:00"])
def test_the_day_to_report_back_is_a_day(until: object) -> None:
    with pytest.raises(ValueError):
        Settlement.model_validate({"code": "refund_agreed", "until": until})


def test_only_a_lead_frees_a_colleagues_conversation(gateway: StandIn, door: StaffDoor, case: str) -> None:
    takeover.take_over(door, CONVERSATION, ANNA)
    with pytest.raises(PermissionError):
        takeover.free(door, CONVERSATION, BEI)
    takeover.free(door, CONVERSATION, LENA)
    assert gateway.holders == {}
    assert gateway.notes[0]["settled"]["code"] == "nothing"
    assert read(case).status == Status.OPEN
    with reading() as session:
        newest = accesses_of(session, SHOP, CONVERSATION)[0]
    assert (newest.staff, newest.kind, newest.case_number) == (LENA.name, "freed", case)


def test_a_trainer_reads_but_does_not_act(gateway: StandIn, door: StaffDoor, case: str) -> None:
    for work in (
        lambda: takeover.take_over(door, CONVERSATION, TOM),
        lambda: takeover.answer(door, CONVERSATION, TOM, "Hola", "id-1"),
        lambda: takeover.hand_back(door, CONVERSATION, TOM, Settled.NOTHING),
    ):
        with pytest.raises(PermissionError):
            work()
    assert read(case).status == Status.OPEN


def test_what_people_did_is_in_the_access_log(gateway: StandIn, door: StaffDoor, case: str) -> None:
    takeover.take_over(door, CONVERSATION, ANNA)
    takeover.answer(door, CONVERSATION, ANNA, "Hola", "id-1")
    takeover.hand_back(door, CONVERSATION, ANNA, Settled.QUESTION_ANSWERED)
    with reading() as session:
        log = [(access.staff, access.kind) for access in accesses_of(session, SHOP, CONVERSATION)]
    assert log == [("anna", "handed_back"), ("anna", "answered"), ("anna", "took_over")]


def test_a_colleague_takes_over_from_who_has_gone(gateway: StandIn, door: StaffDoor, case: str) -> None:
    takeover.take_over(door, CONVERSATION, ANNA)
    leaves(ANNA)
    assert takeover.take_over(door, CONVERSATION, BEI) == case
    assert gateway.holders[CONVERSATION][0] == "bei"
    assert read(case).taken_by == "bei"
    assert gateway.notes[0]["settled"]["code"] == "nothing"


def test_a_colleague_takes_over_from_who_has_not_been_seen_for_long(
    gateway: StandIn, door: StaffDoor, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    takeover.take_over(door, CONVERSATION, ANNA)
    monkeypatch.setenv("QUAYSIDE_CLOCK", (utc_now() + absence.AWAY + timedelta(minutes=1)).isoformat())
    settings.cache_clear()
    takeover.take_over(door, CONVERSATION, BEI)
    assert gateway.holders[CONVERSATION][0] == "bei"


def test_what_somebody_holds_who_has_gone_returns_to_the_queue(gateway: StandIn, door: StaffDoor, case: str) -> None:
    takeover.take_over(door, CONVERSATION, ANNA)
    with reading() as session:
        assert absence.gone(session, SHOP) == frozenset()
    leaves(ANNA)
    with reading() as session:
        gone = absence.gone(session, SHOP)
    assert gone == {"anna"}
    gateway.down = True
    absence.give_back_all(door, SHOP, gone)
    assert read(case).taken_by == "anna", "what the gateway could not do is tried again"
    gateway.down = False
    for _ in range(2):
        absence.give_back_all(door, SHOP, gone)
    assert gateway.holders == {}
    assert [note["released"] for note in gateway.notes] == [True]
    assert (read(case).status, read(case).taken_by) == (Status.OPEN, None)


def test_a_case_that_was_handed_back_waits_for_its_person_unless_they_never_return(
    gateway: StandIn, door: StaffDoor, case: str
) -> None:
    takeover.take_over(door, CONVERSATION, ANNA)
    takeover.hand_back(door, CONVERSATION, ANNA, Settled.CLAIM_TAKEN_UP)
    leaves(ANNA)
    with reading() as session:
        assert absence.gone(session, SHOP) == frozenset()
    with transaction() as session:
        session.get_one(Staff, ANNA.id).active = False
    with reading() as session:
        gone = absence.gone(session, SHOP)
    absence.give_back_all(door, SHOP, gone)
    assert read(case).status == Status.OPEN


def test_who_waits_for_an_answer_goes_on_waiting_when_the_case_returns_to_the_queue(
    gateway: StandIn, door: StaffDoor, case: str
) -> None:
    takeover.take_over(door, CONVERSATION, ANNA)
    takeover.answer(door, CONVERSATION, ANNA, "Hola", "id-1")
    with transaction() as session:
        record(session, shop=SHOP, conversation_id=CONVERSATION, speaker=Speaker.SHOPPER, text="¿y bien?")
        asked_at = entries_after(session, SHOP, CONVERSATION)[-1].at
    absence.give_back(door, SHOP, "anna")
    assert read(case).waiting_since == asked_at


def test_a_locked_account_leaves_nothing_behind(
    gateway: StandIn, door: StaffDoor, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    takeover.take_over(door, CONVERSATION, ANNA)
    monkeypatch.setenv("QUAYSIDE_GATEWAY_INTERNAL_PORT", str(gateway.port))
    gateway.token = "a-token-long-enough-for-the-settings-1"
    monkeypatch.setenv("QUAYSIDE_INTERNAL_TOKEN", gateway.token)
    settings.cache_clear()
    assert staff.main(["deactivate", "anna"]) == 0
    assert gateway.holders == {}
    assert read(case).status == Status.OPEN
