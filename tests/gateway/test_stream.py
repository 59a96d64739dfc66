"""What a screen shows: each thing once, in order, over tabs, reloads, lost connections and restarts."""

from __future__ import annotations

import asyncio

from core.database import transaction
from core.settings import settings
from gateway import conversations, outbox
from gateway.outbox import Saying
from gateway.tables import OutboxItem, Sender
from tests.gateway.conftest import House, eventually, running
from tests.gateway.shopper import Shopper
from tests.gateway.standin import StandIn, slow


async def test_a_lost_connection_resumes_where_it_was(house: House) -> None:
    shopper = await house.shopper()
    await shopper.say("one")
    await shopper.hears(2)
    await shopper.leave()
    await shopper.say("two")
    await eventually(lambda: len(house.assistant.run) == 2)
    shopper.listen()
    await shopper.say("three")
    heard = await shopper.hears(6)
    assert heard == [f"{which} on {text}" for text in ("one", "two", "three") for which in ("first", "second")]
    ids = [int(event["id"]) for event in shopper.events if "id" in event]
    assert ids == sorted(set(ids)), "nothing twice, nothing out of order"


async def test_a_second_tab_sees_the_same(house: House) -> None:
    one = await house.shopper()
    await one.say("from the first tab")
    await one.hears(2)
    other = Shopper(house.public)
    other.token = one.token
    await other.begin()
    other.listen()
    await other.hears(2)
    await other.say("from the second tab")
    await one.hears(4)
    await other.hears(4)

    def shown(shopper: Shopper) -> list[tuple[str, str]]:
        return [(e["event"], e["data"]["text"]) for e in shopper.events if e["event"] != "typing"]

    assert shown(one) == shown(other)
    assert [text for kind, text in shown(one) if kind == "echo"] == ["from the first tab", "from the second tab"]


async def test_history_and_stream_fit_together(house: House) -> None:
    shopper = await house.shopper(listen=False)
    await shopper.say("one")
    await eventually(lambda: len(house.assistant.run) == 1)
    history = await shopper.history()
    shopper.last_event_id = history["last_event_id"]
    shopper.listen()
    await shopper.say("two")
    await shopper.until(lambda: "second on two" in shopper.texts)
    seen = [entry["text"] for entry in history["entries"]] + [
        e["data"]["text"] for e in shopper.events if e["event"] != "typing"
    ]
    assert seen[1:] == ["one", "first on one", "second on one", "two", "first on two", "second on two"]
    assert [entry["from"] for entry in history["entries"]][:2] == ["system", "shopper"]


async def test_an_event_id_that_is_none_shows_everything(house: House) -> None:
    shopper = await house.shopper(listen=False)
    for header in ("nonsense", "-5", "9" * 400, "1; drop table"):
        shopper.last_event_id, shopper.events = header, []
        shopper.listen()
        await shopper.until(lambda: shopper.messages)
        await shopper.leave()


async def test_what_another_process_writes_is_shown(house: House) -> None:
    shopper = await house.shopper()

    def write() -> None:
        # As a job in another process would: through the database alone.
        with transaction() as session:
            conversation = conversations.lock(session, "demo", shopper.id)
            outbox.say(session, conversation, "late:1", Saying(Sender.ASSISTANT, "Here is what you asked for."))

    await asyncio.to_thread(write)
    assert await shopper.hears(1, 3) == ["Here is what you asked for."]


async def test_what_was_sent_to_a_screen_is_marked_delivered(house: House) -> None:
    def undelivered(conversation_id: str) -> list[str]:
        with transaction() as session:
            rows = session.query(OutboxItem).filter_by(conversation_id=conversation_id, delivered_at=None)
            return [row.text for row in rows if row.sender != Sender.SHOPPER]

    shopper = await house.shopper()
    nobody = await house.shopper(listen=False)
    await shopper.say("hello")
    await shopper.hears(2)
    await eventually(lambda: undelivered(shopper.id) == [])
    assert len(undelivered(nobody.id)) == 1


async def test_too_many_windows_are_refused_and_closed_ones_make_room(house: House) -> None:
    shopper = await house.shopper(listen=False)
    tabs = []
    for _ in range(10):
        tab = Shopper(house.public)
        tab.token = shopper.token
        tab.listen()
        await tab.until(lambda tab=tab: tab.messages)
        tabs.append(tab)
    refused = await house.public.get("/chat/events", headers=shopper.headers)
    assert refused.status_code == 429
    assert refused.json()["error"]["code"] == "too_many_streams"
    for tab in tabs:
        await tab.leave()

    async def is_let_in() -> bool:
        async with house.public.stream("GET", "/chat/events", headers=shopper.headers) as stream:
            return stream.status_code == 200

    async with asyncio.timeout(5):
        while not await is_let_in():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_looking_too_often_is_refused(house: House) -> None:
    shopper = await house.shopper(listen=False)
    codes = [200]
    while codes[-1] == 200 and len(codes) < 300:
        codes.append((await house.public.get("/chat/history", headers=shopper.headers)).status_code)
    assert codes[-1] == 429
    assert len(codes) > 50, "an ordinary visitor never notices"


async def test_a_stop_is_prompt_and_keeps_what_is_unfinished(standin: StandIn) -> None:
    standin.behaviour = slow(0.3)
    loop = asyncio.get_running_loop()
    async with running(standin) as house:
        shoppers = [await house.shopper() for _ in range(3)]
        for shopper in shoppers:
            await shopper.say("one")
            await shopper.say("two")
        began = loop.time()
    assert loop.time() - began < 4, "open streams must not hold up the end"

    settings.cache_clear()
    async with running(standin) as house:
        for shopper in shoppers:
            shopper.http = house.public
            shopper.listen()
            heard = await shopper.hears(4)
            assert heard == [f"{which} on {text}" for text in ("one", "two") for which in ("first", "second")]
    assert len(standin.run) == 6
