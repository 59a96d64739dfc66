"""The pages as NiceGUI builds them, without a browser: what is on them, and what the buttons do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from nicegui import ui
from nicegui.testing import User, user_simulation

from console import guard
from console.rounds import Rounds
from console.threads import at_gateway, in_thread
from core.database import reading, transaction
from core.settings import ROOT, settings
from desk import accounts, cases, sessions
from desk.access_log import accesses_of
from desk.gateway_client import StaffDoor
from desk.summary import free_text, statement
from tests.console import sample
from tests.console.sample import CHEN, DUPONT, HOSTILE, MARIA, PASSWORD, SHOP
from tests.console.stand_in import StandIn


@asynccontextmanager
async def console() -> AsyncIterator[User]:
    """The whole console, as `python -m console` starts it, in this process."""
    failure: BaseException | None = None
    async with user_simulation(main_file=ROOT / "console" / "__main__.py") as user:
        try:
            yield user
        except BaseException as error:  # NiceGUI shuts down only if the block ends well
            failure = error
    if failure is not None:
        raise failure


async def log_in(user: User, name: str, language: str = "en") -> None:
    page = await user.http_client.get("/login", params={"lang": language})
    token = page.text.split('name="token" value="')[1].split('"')[0]
    answer = await user.http_client.post("/login", data={"name": name, "password": PASSWORD, "token": token})
    assert answer.status_code == 303


async def until(condition: Callable[[], Any | Awaitable[Any]], seconds: float = 5) -> Any:
    """Wait until something is true, and return it."""
    for _ in range(int(seconds / 0.05)):
        if found := condition():
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"still not true after {seconds} s")


def rows(user: User) -> list[dict[str, Any]]:
    return next(iter(user.find(ui.table).elements)).rows


def element(user: User, **by: Any) -> Any:
    return next(iter(user.find(**by).elements))


def case_of(conversation_id: str) -> cases.Case | None:
    with reading() as session:
        return cases.live_case_of(session, SHOP, conversation_id)


@pytest.fixture
def no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """The console asks the database about a session each time."""
    monkeypatch.setattr(guard, "_REMEMBER_SECONDS", 0.0)


@pytest.fixture
def busy(gateway: StandIn) -> StandIn:
    """The shop with the sample's conversations and cases."""
    sample.add_maria()
    sample.add_others()
    gateway.conversations |= {MARIA, CHEN, DUPONT}
    return gateway


async def test_the_list_shows_open_cases_by_urgency_and_new_ones_by_themselves(busy: StandIn) -> None:
    async with console() as user:
        await log_in(user, "anna")
        await user.open("/cases")
        assert [row["number"] for row in rows(user)] == ["Q-1001", "Q-1002", "Q-1003"]
        assert rows(user)[0]["reason_word"] == "Risk"
        assert rows(user)[0]["order"] == "#1042"

        sample.open_case("conversation-new-0001", "m-new", priority="urgent")
        await until(lambda: len(rows(user)) == 4)


async def test_views_filters_and_search(busy: StandIn) -> None:
    async with console() as user:
        await log_in(user, "anna")
        await user.open("/cases?priority=high")
        assert [row["number"] for row in rows(user)] == ["Q-1002"]

        await user.open("/cases")
        element(user, marker="filter-reason").value = "failed_attempts"
        await until(lambda: [row["number"] for row in rows(user)] == ["Q-1003"])
        element(user, marker="filter-reason").value = None
        element(user, marker="view").value = "mine"
        await until(lambda: rows(user) == [])
        user.find(kind=ui.input).type("1042")
        await until(lambda: [row["number"] for row in rows(user)] == ["Q-1001"])
        user.find(kind=ui.input).clear().type("nobody@example.org")
        await until(lambda: rows(user) == [])
        await user.should_see("Nothing was found.", retries=20)


async def test_an_empty_queue_says_that_cases_come_by_themselves(gateway: StandIn) -> None:
    async with console() as user:
        await log_in(user, "anna")
        await user.open("/cases")
        await user.should_see("Nothing here. New cases appear by themselves.", retries=20)


async def test_who_asked_again_elsewhere_is_one_click_away(busy: StandIn) -> None:
    with transaction() as session:
        cases.asked_again(session, cases.find(session, SHOP, "Q-1001"), CHEN, "again")
    async with console() as user:
        await log_in(user, "anna")
        await user.open("/cases/Q-1001")
        await user.should_see("The shopper asked about it in another conversation", retries=20)
        link = element(user, kind=ui.link, content="Open that conversation")
        assert link.props["href"] == f"/conversations/{CHEN}"


@pytest.mark.parametrize("query", ["view=nonsense", "waiting=-1", "reason=%3Cscript%3E", "language=" + "x" * 500])
async def test_an_address_with_nonsense_shows_the_list_all_the_same(busy: StandIn, query: str) -> None:
    async with console() as user:
        await log_in(user, "anna")
        await user.open(f"/cases?{query}")


async def test_a_case_shows_what_a_person_needs(busy: StandIn) -> None:
    async with console() as user:
        await log_in(user, "anna")
        await user.open("/cases/Q-1001")
        for text in (
            "¿Dónde está mi pedido 1042?",
            "Delivered, not received 88%",
            "Anger",
            "Chargeback",
            "Pedido #1042",
            "María Ortega",
            "€129.90",
            "PK7712345678ES",
            "24 Nov 2026 11:20 local time (Madrid)",
            "Calle Sierpes 12, 41004 Sevilla",
            "+34 600 111 222",
            "Visa 4411",
            "Risk: Chargeback.",
            "Order #1042 (proved).",
            "Asked where the order is — asked for e-mail, phone or postcode",
            "Gave details — told how the order stands",
            "Wrote something grave (Chargeback) — handed over to a person",
            "The assistant answers here.",
        ):
            await user.should_see(text, retries=20)
        with reading() as session:
            log = [(access.staff, access.kind) for access in accesses_of(session, SHOP, MARIA)]
        assert log == [("anna", "opened")]


async def test_a_case_names_the_other_cases_of_its_order_and_its_customer(busy: StandIn) -> None:
    earlier = sample.open_case("conversation-maria-0002", "m-1", reason="late", order_number="1042")
    maria = {"order": {"number": "1050", "email": "maria@example.com"}}
    other = sample.open_case("conversation-maria-0003", "m-2", reason="money", order_number="1050", facts=maria)
    with transaction() as session:
        cases.close(session, SHOP, earlier, "bei", outcome="solved")
        cases.take(session, SHOP, other, "bei")
    async with console() as user:
        await log_in(user, "tom")
        await user.open("/cases/Q-1001")
        await user.should_see("Other cases of this order", retries=20)
        for text in (earlier, "Late order · Solved", "Other cases of this customer", other, "Money · Taken · Bei"):
            await user.should_see(text)
        await user.should_not_see("Q-1002")


async def test_what_is_added_to_a_case_is_read_in_ones_own_language(busy: StandIn) -> None:
    sample.open_case(CHEN, "m-chen-2", reason="anger", priority="high", summary=[statement("anger")])
    async with console() as user:
        await log_in(user, "bei", "zh-Hans")
        await user.open("/cases")
        row = next(row for row in rows(user) if row["number"] == "Q-1002")
        assert row["reason_word"] == "海关 · 顾客愤怒"
        assert row["summary"] == (
            "订单 #1077（身份已验证）寄往中国。"
            "包裹 LX123456785CN（EMS）：清关时间超出正常；预计送达：2026年11月25日；已 9 天无扫描记录。顾客很生气。"
        )
        await user.open("/cases/Q-1002")
        for text in ("海关和顾客愤怒", "顾客愤怒 · 顾客很生气。"):
            await user.should_see(text, retries=20)


async def test_new_words_and_their_understanding_appear_by_themselves(busy: StandIn) -> None:
    async with console() as user:
        await log_in(user, "anna")
        await user.open(f"/conversations/{DUPONT}")
        sample.shopper_says(DUPONT, "C'est la 2001", "m-dupont-2")
        await user.should_see("C'est la 2001", retries=30)
        await user.should_not_see("Warranty 77%")
        sample.understand("m-dupont-2", "C'est la 2001", {"intent": {"name": "warranty", "confidence": 0.77}})
        await user.should_see("Warranty 77%", retries=30)


async def test_take_over_answer_hand_back(busy: StandIn) -> None:
    async with console() as user:
        await log_in(user, "anna")
        await user.open("/cases/Q-1001")
        await user.should_see("Take over", retries=20)
        user.find("Take over").click()
        await user.should_see("You answer here. The assistant is silent.", retries=30)
        assert busy.holders[MARIA] == ("anna", "Anna")
        case = case_of(MARIA)
        assert case is not None
        assert case.taken_by == "anna"

        user.find(marker="answer").type("Hola María")
        user.find(marker="send").click()
        await until(lambda: busy.said)
        assert (busy.said[0]["agent"], busy.said[0]["text"]) == ("anna", "Hola María")
        await until(lambda: element(user, marker="answer").value == "")

        user.find(marker="hand-back").click()
        await user.should_see("What was settled?", retries=20)
        user.find(marker="confirm").click()
        await user.should_see("Choose what was settled", retries=20)
        element(user, marker="settled").value = "other"
        user.find(marker="confirm").click()
        await user.should_see("Write in the note what was settled.", retries=20)
        element(user, marker="settled").value = "refund_agreed"
        element(user, marker="until").value = "2020-01-01"
        user.find(marker="confirm").click()
        await user.should_see("The day by which we report back is past.", retries=20)
        assert MARIA in busy.holders
        element(user, marker="until").value = "2040-01-02"
        assert element(user, marker="closing").value is False, "a case with a promise stays open"
        await user.should_not_see("Nobody is reminded of the day")
        element(user, marker="closing").value = True
        await user.should_see("Nobody is reminded of the day")
        user.find(marker="dialog-text").type("With postage")
        user.find(marker="confirm").click()
        await user.should_see("This case is closed: Solved.", retries=30)
        (told,) = busy.notes
        assert (told["note"], told["settled"]["code"]) == ("With postage", "refund_agreed")
        assert (told["settled"]["until"], told["settled"]["case_number"]) == ("2040-01-02", "Q-1001")
        await user.should_see("Refund agreed · We report back by 2 Jan 2040 · With postage", retries=20)
        assert case_of(MARIA) is None


@pytest.mark.parametrize(
    ("code", "closes", "outcome"),
    [
        ("question_answered", True, "solved"),
        ("request_declined", True, "declined"),
        ("claim_taken_up", False, None),
        ("nothing", False, None),
    ],
)
async def test_whether_the_case_ends_is_proposed_by_what_was_settled(
    busy: StandIn, code: str, closes: bool, outcome: str | None
) -> None:
    with transaction() as session:
        cases.take(session, SHOP, "Q-1001", "anna")
    busy.holders[MARIA] = ("anna", "Anna")
    async with console() as user:
        await log_in(user, "anna")
        await user.open("/cases/Q-1001")
        await user.should_see("You answer here. The assistant is silent.", retries=30)
        user.find(marker="hand-back").click()
        await user.should_see("What was settled?", retries=20)
        element(user, marker="settled").value = code
        assert element(user, marker="closing").value is closes
        user.find(marker="confirm").click()
        await until(lambda: busy.notes)
        await user.should_see("The assistant answers here.", retries=30)
    with reading() as session:
        case = cases.find(session, SHOP, "Q-1001")
        assert (case.status == "closed", case.outcome) == (closes, outcome)


async def test_a_case_links_to_the_one_before_it(busy: StandIn) -> None:
    with transaction() as session:
        cases.close(session, SHOP, "Q-1001", "anna", outcome="no_answer")
    number = sample.open_case(MARIA, "m-maria-again")
    async with console() as user:
        await log_in(user, "anna")
        await user.open(f"/cases/{number}")
        await user.should_see("Earlier case of this conversation", retries=20)
        assert element(user, kind=ui.link, content="Q-1001").props["href"] == "/cases/Q-1001"


async def test_an_answer_that_fails_is_kept_and_sent_once_when_tried_again(busy: StandIn) -> None:
    async with console() as user:
        await log_in(user, "anna")
        busy.holders[MARIA] = ("anna", "Anna")
        await user.open(f"/conversations/{MARIA}")
        await user.should_see("You answer here. The assistant is silent.", retries=20)
        user.find(marker="answer").type("Hola María")
        busy.lose_answers = True
        user.find(marker="send").click()
        await user.should_see("Your text is kept.", retries=60)
        assert element(user, marker="answer").value == "Hola María"
        busy.lose_answers = False
        user.find(marker="send").click()
        await until(lambda: element(user, marker="answer").value == "")
        assert [said["text"] for said in busy.said] == ["Hola María"]


def at_the_desk(name: str) -> None:
    with transaction() as session:
        account = accounts.find(session, SHOP, name)
        assert account is not None
        sessions.start(session, account.id)


async def test_a_conversation_that_another_has_cannot_be_taken(busy: StandIn) -> None:
    at_the_desk("bei")
    busy.holders[MARIA] = ("bei", "Bei")
    async with console() as user:
        await log_in(user, "anna")
        await user.open(f"/conversations/{MARIA}")
        await user.should_see("Bei has taken over this conversation.", retries=20)
        await user.should_not_see("Take over")
        await user.should_not_see(marker="free")


async def test_a_conversation_is_taken_over_from_a_colleague_who_has_gone(busy: StandIn) -> None:
    with transaction() as session:
        cases.take(session, SHOP, "Q-1001", "bei")
    busy.holders[MARIA] = ("bei", "Bei")
    async with console() as user:
        await log_in(user, "anna")
        await user.open("/cases/Q-1001")
        await user.should_see("Bei has taken over this conversation, but is not at the desk now.", retries=20)
        await user.should_not_see(marker="free")
        user.find(marker="take-over").click()
        await user.should_see("You answer here. The assistant is silent.", retries=30)
        await user.should_see("Returned to the queue by Anna")
    assert busy.holders[MARIA] == ("anna", "Anna")


async def test_the_rounds_return_what_somebody_held_who_has_gone(busy: StandIn) -> None:
    with transaction() as session:
        cases.take(session, SHOP, "Q-1001", "bei")
    busy.holders[MARIA] = ("bei", "Bei")
    rounds = Rounds(StaffDoor.from_settings(settings()), SHOP)
    await rounds.make()
    assert busy.holders, "who logs in anew has a moment for it"
    await rounds.make()
    assert busy.holders == {}
    async with console() as user:
        await log_in(user, "anna")
        await user.open("/cases/Q-1001")
        await user.should_see("Returned to the queue: Bei had left")


async def test_a_case_that_another_keeps_after_handing_back_is_not_offered(busy: StandIn) -> None:
    at_the_desk("bei")
    with transaction() as session:
        cases.take(session, SHOP, "Q-1001", "bei")
        cases.hand_back(session, SHOP, "Q-1001", "bei", "waiting for the carrier")
    async with console() as user:
        await log_in(user, "anna")
        await user.open("/cases/Q-1001")
        await user.should_see("Bei has this case.", retries=20)
        await user.should_not_see(marker="take-over")


async def test_a_gateway_that_hangs_does_not_keep_the_console_from_its_database() -> None:
    stuck = [asyncio.create_task(at_gateway(time.sleep, 1)) for _ in range(40)]
    await asyncio.sleep(0.1)
    await in_thread(time.sleep, 0)
    assert not any(task.done() for task in stuck), "the database had to wait for the gateway"
    await asyncio.gather(*stuck)


async def test_a_lead_returns_a_colleagues_conversation_to_the_queue(busy: StandIn) -> None:
    at_the_desk("bei")
    with transaction() as session:
        cases.take(session, SHOP, "Q-1001", "bei")
    busy.holders[MARIA] = ("bei", "Bei")
    async with console() as user:
        await log_in(user, "lena")
        await user.open("/cases/Q-1001")
        await user.should_see(marker="free", retries=20)
        user.find(marker="free").click()
        await user.should_see("Take it out of Bei's hands?", retries=20)
        user.find(marker="confirm").click()
        await user.should_see("The assistant answers here.", retries=30)
    assert busy.holders == {}
    case = case_of(MARIA)
    assert case is not None
    assert case.taken_by is None


async def test_a_trainer_reads_along_and_is_offered_nothing_else(busy: StandIn) -> None:
    async with console() as user:
        await log_in(user, "tom")
        await user.open("/cases/Q-1001")
        await user.should_see("The assistant answers here.", retries=20)
        await user.should_see("You may read here, not answer.")
        for marker in ("take-over", "close", "release", "priority"):
            await user.should_not_see(marker=marker)


async def test_a_role_that_was_taken_away_is_gone_from_pages_that_are_open(busy: StandIn, no_memory: None) -> None:
    async with console() as user:
        await log_in(user, "anna")
        await user.open("/cases/Q-1001")
        await user.should_see("Take over", retries=20)
        with transaction() as session:
            account = accounts.find(session, SHOP, "anna")
            assert account is not None
            account.role = "trainer"
        user.find("Take over").click()
        await asyncio.sleep(0.5)
    assert busy.holders == {}


async def test_a_page_whose_session_is_over_does_nothing_and_goes_to_the_login(busy: StandIn, no_memory: None) -> None:
    async with console() as user:
        await log_in(user, "anna")
        await user.open("/cases/Q-1001")
        await user.should_see("Take over", retries=20)
        went: list[str] = []
        user.navigate.to = went.append  # type: ignore[method-assign,assignment]
        with transaction() as session:
            accounts.change(session, SHOP, "anna", active=False)
        user.find("Take over").click()
        await until(lambda: went)
        assert set(went) == {"/login"}
    assert busy.holders == {}


async def test_notes_priority_and_closing(busy: StandIn) -> None:
    async with console() as user:
        await log_in(user, "anna")
        await user.open("/cases/Q-1002")
        await user.should_see(marker="close", retries=20)
        user.find(marker="note").type("Called customs")
        user.find("Add note").click()
        await user.should_see("Note by Anna", retries=20)
        await user.should_see("Called customs")
        element(user, marker="priority").value = "low"
        await user.should_see("High → Low", retries=20)
        user.find(marker="close").click()
        await user.should_see("How did it end?", retries=20)
        user.find(marker="confirm").click()
        await user.should_see("This case is closed: Solved.", retries=20)
    with reading() as session:
        case = cases.find(session, SHOP, "Q-1002")
    assert (case.status, case.priority) == ("closed", "low")


async def test_the_gateway_being_down_is_said_and_reading_goes_on(busy: StandIn) -> None:
    busy.down = True
    async with console() as user:
        await log_in(user, "anna")
        await user.open("/cases/Q-1001")
        await user.should_see("You can read, but not answer until it is back.", retries=60)
        await user.should_see("maria@example.com")


@pytest.mark.parametrize(
    "path", ["/cases/Q-9999", "/cases/nonsense", "/conversations/conversation-unknown", "/conversations/x"]
)
async def test_what_does_not_exist_is_said_so(busy: StandIn, path: str) -> None:
    async with console() as user:
        await log_in(user, "anna")
        answer = await user.http_client.get(path)
        assert answer.status_code == 404
        assert "There is no such" in answer.text


@pytest.mark.parametrize("path", ["/nowhere", "/cases/Q-1001/details", "/conversations/x/y"])
async def test_an_address_that_leads_nowhere_says_so_and_leads_back(busy: StandIn, path: str) -> None:
    async with console() as user:
        await log_in(user, "anna")
        answer = await user.http_client.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 404
        assert "There is no such page." in answer.text
        assert f'href="/{path.split("/")[1]}"'.replace("nowhere", "cases") in answer.text
        assert "HTTPException" not in answer.text


async def test_the_console_speaks_chinese_and_remembers_it(busy: StandIn) -> None:
    async with console() as user:
        await log_in(user, "bei", language="zh-Hans")
        await user.open("/cases")
        await user.should_see("工单")
        assert [row["priority_word"] for row in rows(user)] == ["紧急", "高", "低"]
        await user.open("/cases/Q-1001")
        await user.should_see("接管", retries=20)
        await user.should_see("显示已送达但未收到 88%")
        await user.should_see("需求：显示已送达但未收到。")
        await user.should_see("询问订单在哪里 —— 询问邮箱、电话或邮编")

        user.find(marker="language-en").click()
        await until(lambda: _language_of("bei") == "en")


def _language_of(name: str) -> str | None:
    with reading() as session:
        account = accounts.find(session, SHOP, name)
        return None if account is None else account.language


async def test_hostile_words_are_only_ever_text(busy: StandIn) -> None:
    sample.shopper_says(DUPONT, HOSTILE, "m-hostile", {"entities": [{"entity": "email", "value": HOSTILE}]})
    number = sample.open_case(DUPONT, "m-hostile", summary=[free_text(HOSTILE)], facts={HOSTILE: {HOSTILE: HOSTILE}})
    async with console() as user:
        await log_in(user, "anna")
        for path in ("/cases", f"/cases/{number}", "/conversations"):
            answer = await user.http_client.get(path)
            assert answer.status_code == 200
            assert "<script>window.hacked" not in answer.text
            assert "<img src=x" not in answer.text
        await user.open(f"/cases/{number}")
        shown = user.find(kind=ui.label, content=HOSTILE).elements
        assert len(shown) >= 4
