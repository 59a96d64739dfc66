"""The gateway, in a process of its own, is killed at every named step and started again: nothing lost or twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from core.database import Base, engine, reading
from core.identifiers import new_identifier
from core.settings import settings
from gateway.tables import OutboxItem, Sender
from tests.gateway.conftest import eventually, inbox_statuses
from tests.gateway.shopper import Shopper
from tests.gateway.standin import StandIn, slow
from tests.stack import Stack
from transcripts.entries import entries_after

pytestmark = pytest.mark.slow

FAILPOINTS = [
    "gateway.before_accept_commit",
    "gateway.after_accept",
    "gateway.before_post",
    "gateway.after_post",
    "gateway.after_turn_commit",
    "gateway.during_delivery",
]
SAID = ["one", "two", "three"]


@pytest.fixture
def stack(database: Path) -> Iterator[Stack]:
    """A gateway process to be, with a stand-in for the assistant; the test's own settings see the same database."""
    standin = StandIn(settings().assistant_token)
    standin.behaviour = slow(0.02)
    chosen = {"assistant_port": str(standin.port), "messages_per_minute": "1000", "conversations_per_hour": "1000"}
    stack = Stack(database, settings=chosen)
    # Compiling every library anew at each of some twenty starts would take longer than the tests.
    stack.environment.pop("PYTHONDONTWRITEBYTECODE", None)
    stack.assistant = standin  # type: ignore[attr-defined]
    Base.metadata.create_all(engine())
    yield stack
    stack.stop()
    standin.stop()


@asynccontextmanager
async def client(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=stack.gateway_url, trust_env=False, timeout=10) as http:
        yield http


async def send_until_taken(shopper: Shopper, text: str) -> None:
    """Send as the widget does: the same id again and again, until it is acknowledged."""
    client_id = new_identifier()
    async with asyncio.timeout(40):
        while True:
            try:
                if (await shopper.send(text, client_id)).status_code == 202:
                    return
            except httpx.HTTPError:
                await asyncio.sleep(0.1)


@pytest.mark.parametrize("failpoint", FAILPOINTS)
async def test_a_kill_at_any_step_loses_and_repeats_nothing(stack: Stack, failpoint: str) -> None:
    standin: StandIn = stack.assistant  # type: ignore[attr-defined]
    # The greeting's delivery must not be the moment of death: the conversation begins with nobody armed.
    stack.start("gateway")
    async with client(stack) as http:
        shopper = await Shopper(http).begin()
        shopper.listen()
        await shopper.until(lambda: shopper.messages)
        await shopper.leave()
        await asyncio.to_thread(stack.kill, "gateway")
        await asyncio.to_thread(stack.start, "gateway", failpoint=failpoint)

        shopper.keep_listening()
        sending = asyncio.create_task(send_all(shopper))
        await asyncio.to_thread(stack.wait_dead, "gateway")
        assert (stack.var_dir / f"fired-{failpoint}").exists()
        await asyncio.to_thread(stack.start, "gateway")
        await sending
        expected = [f"{which} on {text}" for text in SAID for which in ("first", "second")]
        await shopper.until(lambda: len(shopper.texts) >= len(expected), 20)
        await asyncio.sleep(0.5)
        await shopper.leave()

        assert shopper.texts == expected
        ids = [event["id"] for event in shopper.events if "id" in event]
        assert len(ids) == len(set(ids)), "nothing is shown twice"
        assert sorted(ids, key=int) == ids
        assert [e["data"]["text"] for e in shopper.events if e["event"] == "echo"] == SAID
        # The stand-in runs an id once, like Rasa's tracker; each message came with one id, whatever died.
        assert standin.texts() == SAID
        assert len({body["message_id"] for body in standin.seen}) == len(SAID)
        assert inbox_statuses(shopper.id) == ["answered"] * len(SAID)
        with reading() as session:
            rows = session.query(OutboxItem).filter_by(conversation_id=shopper.id).order_by(OutboxItem.id).all()
            entries = entries_after(session, "demo", shopper.id)
        assert [row.text for row in rows if row.sender == Sender.ASSISTANT] == expected
        told = [(e.speaker.value, e.text) for e in entries][1:]
        assert sorted(told) == sorted([("shopper", t) for t in SAID] + [("assistant", t) for t in expected])
        assert all(e.understanding for e in entries if e.speaker == "shopper")


async def send_all(shopper: Shopper) -> None:
    for text in SAID:
        await send_until_taken(shopper, text)


async def test_kills_again_and_again_in_the_middle_of_many_conversations(stack: Stack) -> None:
    standin: StandIn = stack.assistant  # type: ignore[attr-defined]
    stack.start("gateway")
    async with client(stack) as http:
        shoppers = [await Shopper(http).begin() for _ in range(8)]
        for shopper in shoppers:
            shopper.keep_listening()
        sending = [asyncio.create_task(send_all(shopper)) for shopper in shoppers]
        for _ in range(3):
            await asyncio.sleep(0.4)
            await asyncio.to_thread(stack.kill, "gateway")
            await asyncio.to_thread(stack.start, "gateway")
        await asyncio.gather(*sending)
        expected = [f"{which} on {text}" for text in SAID for which in ("first", "second")]
        for shopper in shoppers:
            await shopper.until(lambda s=shopper: len(s.texts) >= len(expected), 30)
            assert shopper.texts == expected
        for shopper in shoppers:
            await shopper.leave()
    assert len(standin.run) == len(shoppers) * len(SAID)


async def test_a_hand_back_that_was_accepted_survives_a_kill(stack: Stack) -> None:
    standin: StandIn = stack.assistant  # type: ignore[attr-defined]
    stack.start("gateway")
    async with (
        client(stack) as http,
        httpx.AsyncClient(base_url=stack.internal_url, headers=stack.internal_headers, trust_env=False) as staff,
    ):
        shopper = await Shopper(http).begin()
        path = f"/conversations/{shopper.id}"
        await staff.post(f"{path}/takeover", json={"agent": "anna", "agent_name": "Anna"})
        standin.stop()
        answer = await staff.post(f"{path}/handback", json={"agent": "anna", "note": "settled"})
        assert answer.status_code == 200
        await asyncio.to_thread(stack.kill, "gateway")
        standin.start()
        await asyncio.to_thread(stack.start, "gateway")
        await eventually(lambda: [h["note"] for h in standin.handbacks] == ["settled"])
        await eventually(lambda: inbox_statuses(shopper.id) == ["answered"])


async def test_what_it_cannot_run_with_ends_in_one_sentence(stack: Stack) -> None:
    import subprocess

    from core.settings import ROOT
    from tests.stack import SERVICES_PYTHON

    def run(**changed: str) -> subprocess.CompletedProcess[str]:
        env = stack.environment | changed
        return subprocess.run(
            [SERVICES_PYTHON, "-m", "gateway"],
            check=False,
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            timeout=60,
        )

    standin: StandIn = stack.assistant  # type: ignore[attr-defined]
    busy = await asyncio.to_thread(run, QUAYSIDE_GATEWAY_PORT=str(standin.port))
    assert busy.returncode == 1
    assert "QUAYSIDE_GATEWAY_PORT" in busy.stderr
    assert "Traceback" not in busy.stderr
    empty = await asyncio.to_thread(run, QUAYSIDE_DATABASE_URL=f"sqlite:///{stack.var_dir}/empty.sqlite")
    assert empty.returncode == 1
    assert "make setup" in empty.stderr
    assert "Traceback" not in empty.stderr
    (stack.var_dir / "secrets.env").write_text("", encoding="utf-8")
    bare = await asyncio.to_thread(run)
    assert bare.returncode == 1
    assert "QUAYSIDE_SECRET_KEY" in bare.stderr
    assert "Traceback" not in bare.stderr


async def test_a_start_and_a_stop_are_logged_once(stack: Stack) -> None:
    await asyncio.to_thread(stack.start, "gateway")
    await asyncio.to_thread(stack.stop)
    lines = stack.log("gateway").splitlines()
    assert [line.partition(" on ")[0] for line in lines] == [
        "INFO gateway.server: listening",
        "INFO gateway.server: stopping",
    ]
