"""Messages that arrive at the same time: written together, and each as if it were alone."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from core.database import engine, reading, transaction
from core.identifiers import new_identifier
from gateway import arrivals as module
from gateway import conversations, inbox, outbox
from gateway.arrivals import Arrivals
from gateway.conversations import NoConversation
from gateway.database import Database
from gateway.inbox import Accepted, Incoming
from gateway.outbox import Saying
from gateway.refusals import Refusal
from gateway.tables import Handler, InboxItem, OutboxItem, Sender, Status
from gateway.tokens import ButtonRef
from tests.gateway.conftest import House, eventually, inbox_statuses
from transcripts.entries import TranscriptEntry

SHOP = "demo"
# SQLite takes no half of a character: the one thing in a message that no database stores.
UNSTORABLE = "\ud800"


@pytest.fixture
def shop_database(var_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty database: SQLite, or the one that QUAYSIDE_TEST_DATABASE_URL names, which is emptied."""
    from core.database import Base
    from core.settings import settings
    from core.tables import import_tables

    address = os.environ.get("QUAYSIDE_TEST_DATABASE_URL")
    if address:
        monkeypatch.setenv("QUAYSIDE_DATABASE_URL", address)
        settings.cache_clear()
    import_tables()
    Base.metadata.drop_all(engine())
    Base.metadata.create_all(engine())


@pytest.fixture
def told() -> list[tuple[str, Accepted]]:
    """What the gateway was told about, in order: the text of a message and the inbox's answer."""
    return []


@pytest.fixture
def arrivals(shop_database: None, told: list[tuple[str, Accepted]]) -> Arrivals:
    return Arrivals(Database(), SHOP, lambda incoming, accepted: told.append((incoming.text, accepted)))


def conversation(handler: Handler = Handler.ASSISTANT) -> str:
    with transaction() as session:
        made = conversations.create(session, shop=SHOP, channel="storefront_chat", locale="en", language="en")
        made.handler = handler.value
        return made.id


def message(conversation_id: str, text: str = "hello") -> Incoming:
    return Incoming(conversation_id, new_identifier(), text)


async def at_once(arrivals: Arrivals, incomings: list[Incoming]) -> list[Accepted | BaseException]:
    return await asyncio.gather(*(arrivals.accept(incoming) for incoming in incomings), return_exceptions=True)


def stored(conversation_id: str) -> list[str]:
    with reading() as session:
        query = select(InboxItem.text).where(InboxItem.conversation_id == conversation_id).order_by(InboxItem.seq)
        return list(session.scalars(query))


def counting_commits() -> Callable[[], int]:
    commits = Counter[str]()
    event.listen(engine(), "commit", lambda _connection: commits.update(["commit"]))
    return commits.total


async def test_two_hundred_at_once_are_all_stored_once_in_order_and_in_few_transactions(
    arrivals: Arrivals, told: list[tuple[str, Accepted]]
) -> None:
    ids = [conversation() for _ in range(50)]
    commits = counting_commits()
    sent = [message(conversation_id, f"{turn}") for turn in range(4) for conversation_id in ids]
    answers = await at_once(arrivals, sent)
    assert all(isinstance(answer, Accepted) and answer.new and answer.for_assistant for answer in answers)
    assert len({answer.message_id for answer in answers if isinstance(answer, Accepted)}) == 200
    for conversation_id in ids:
        assert stored(conversation_id) == ["0", "1", "2", "3"]
        with reading() as session:
            echoes = session.query(OutboxItem).filter_by(conversation_id=conversation_id).order_by(OutboxItem.id)
            entries = session.query(TranscriptEntry).filter_by(conversation_id=conversation_id)
            assert [row.text for row in echoes] == ["0", "1", "2", "3"]
            assert [row.text for row in entries.order_by(TranscriptEntry.id)] == ["0", "1", "2", "3"]
    assert commits() <= 8, "one for fifty, not one for each"
    assert len(told) == 200


async def test_one_alone_does_not_wait_for_others(arrivals: Arrivals) -> None:
    where = conversation()
    async with asyncio.timeout(5):
        assert (await arrivals.accept(message(where))).new
        assert (await arrivals.accept(message(where))).new
    assert stored(where) == ["hello", "hello"]


async def test_each_hears_its_own_result(arrivals: Arrivals) -> None:
    good, other, taken = conversation(), conversation(), conversation(Handler.PERSON)
    twice = message(good, "twice")
    answers = await at_once(
        arrivals,
        [
            message(good, "one"),
            message("there-is-no-such-one"),
            twice,
            Incoming(good, new_identifier(), button=ButtonRef(4711, 0)),
            twice,
            message(taken, "for Anna"),
            Incoming(other, twice.client_id, "the same id, another shopper"),
        ],
    )
    one, nowhere, first, pressed, again, for_anna, same_id = answers
    assert isinstance(nowhere, NoConversation)
    assert isinstance(pressed, Refusal)
    assert pressed.code == "button_invalid"
    assert isinstance(one, Accepted)
    assert isinstance(first, Accepted)
    assert isinstance(again, Accepted)
    assert (first.new, again.new) == (True, False)
    assert again.message_id == first.message_id
    assert isinstance(for_anna, Accepted)
    assert not for_anna.for_assistant, "a person has it: the gate is closed"
    assert isinstance(same_id, Accepted)
    assert same_id.new
    assert stored(good) == ["one", "twice"]
    assert inbox_statuses(taken) == [Status.PERSON]
    assert inbox_statuses(other) == [Status.PENDING]


async def test_one_that_cannot_be_stored_harms_nobody_else(
    arrivals: Arrivals, told: list[tuple[str, Accepted]]
) -> None:
    ids = [conversation() for _ in range(20)]
    sent = [message(conversation_id, text) for text in ("before", "after") for conversation_id in ids]
    sent.insert(25, message(ids[3], UNSTORABLE))
    answers = await at_once(arrivals, sent)
    failed = answers.pop(25)
    assert isinstance(failed, Exception)
    assert all(isinstance(answer, Accepted) and answer.new for answer in answers)
    assert all(stored(conversation_id) == ["before", "after"] for conversation_id in ids)
    assert len(told) == 40


async def test_a_database_that_is_away_is_heard_by_all_and_loses_nothing_later(
    arrivals: Arrivals, monkeypatch: pytest.MonkeyPatch, told: list[tuple[str, Accepted]]
) -> None:
    where, tries = conversation(), 0
    accept = inbox.accept

    def away(*_given: object) -> list[Accepted]:
        nonlocal tries
        tries += 1
        raise OperationalError("INSERT", {}, Exception("the disk is full"))

    sent = [message(where, f"{number}") for number in range(20)]
    monkeypatch.setattr(inbox, "accept", away)
    assert all(isinstance(answer, OperationalError) for answer in await at_once(arrivals, sent))
    assert tries <= 2, "a database that is away is not asked for every message"
    monkeypatch.setattr(inbox, "accept", accept)
    assert stored(where) == []
    assert told == []
    assert all(isinstance(answer, Accepted) and answer.new for answer in await at_once(arrivals, sent))
    assert stored(where) == [f"{number}" for number in range(20)]


async def test_a_press_is_judged_by_what_came_before_it(arrivals: Arrivals) -> None:
    asked, talking = conversation(), conversation()
    buttons = [{"title": "Yes", "payload": "/affirm"}]
    with transaction() as session:
        for conversation_id in (asked, talking):
            where = conversations.lock(session, SHOP, conversation_id)
            outbox.say(session, where, "q", Saying(Sender.ASSISTANT, "Sure?", buttons=buttons), answers="earlier")
        query = select(OutboxItem.conversation_id, OutboxItem.id)
        questions = {row.conversation_id: row.id for row in session.execute(query)}

    def press(conversation_id: str) -> Incoming:
        return Incoming(conversation_id, new_identifier(), button=ButtonRef(questions[conversation_id], 0))

    answers = await at_once(
        arrivals, [press(asked), press(asked), message(talking, "the other one, too"), press(talking)]
    )
    codes = [answer.code if isinstance(answer, Refusal) else "taken" for answer in answers]
    assert codes == ["taken", "button_used", "taken", "button_used"]
    assert stored(asked) == ["Yes"]


async def test_a_sender_who_goes_away_leaves_a_message_that_is_answered(
    arrivals: Arrivals, told: list[tuple[str, Accepted]]
) -> None:
    where = conversation()
    sending = [asyncio.create_task(arrivals.accept(message(where, text))) for text in ("gone", "here")]
    await asyncio.sleep(0)
    sending[0].cancel()
    assert (await sending[1]).new
    await eventually(lambda: [text for text, _accepted in told] == ["gone", "here"])
    assert stored(where) == ["gone", "here"]


async def test_what_waits_is_written_before_the_end(arrivals: Arrivals) -> None:
    where = conversation()
    sending = [asyncio.create_task(arrivals.accept(message(where))) for _ in range(120)]
    await asyncio.sleep(0)
    await arrivals.stop()
    assert len(stored(where)) == 120
    await asyncio.gather(*sending)


async def test_a_switch_gives_every_message_a_transaction_of_its_own(
    arrivals: Arrivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_TOGETHER", 1)
    where = conversation()
    commits = counting_commits()
    await at_once(arrivals, [message(where, f"{number}") for number in range(10)])
    assert stored(where) == [f"{number}" for number in range(10)]
    assert commits() == 10


async def test_a_burst_at_the_door_is_answered_completely_and_once(house: House) -> None:
    shoppers = [await house.shopper(listen=False) for _ in range(50)]
    sent = [(shopper, new_identifier(), f"message {number}") for number in range(4) for shopper in shoppers]
    answers = await asyncio.gather(*(shopper.send(text, client_id) for shopper, client_id, text in sent))
    assert {answer.status_code for answer in answers} == {202}
    for shopper in shoppers:
        await eventually(lambda s=shopper: inbox_statuses(s.id) == ["answered"] * 4, 30)
    assert len(house.assistant.run) == len(set(house.assistant.run)) == 200


async def test_a_message_that_waits_unseen_is_taken_up_when_it_is_sent_again(house: House) -> None:
    # As when the commit succeeded and its confirmation was lost on the way: the sender heard of a failure.
    shopper = await house.shopper()
    client_id = new_identifier()
    with transaction() as session:
        inbox.accept(session, house.settings.shop, [Incoming(shopper.id, client_id, "hello")])
    assert (await shopper.send("hello", client_id)).status_code == 202
    assert await shopper.hears(2) == ["first on hello", "second on hello"]
