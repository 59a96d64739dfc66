"""A gateway on free ports in the test's own event loop, with a stand-in for the assistant."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.database import reading
from core.settings import Settings, settings
from gateway.server import serve
from gateway.tables import InboxItem
from gateway.worker import Patience
from tests.gateway.shopper import Shopper
from tests.gateway.standin import StandIn
from tests.ports import free_ports

# Everything that takes seconds in production takes a fraction of one here.
QUICK = Patience(first_pause=0.02, longest_pause=0.05, tell_after=0.4, give_up_after=timedelta(hours=1), tries=3)


@pytest.fixture
def standin(database: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """The assistant's stand-in, listening where the settings say the assistant is."""
    standin = StandIn(settings().assistant_token)
    public, staff = free_ports(2)
    given = {
        "ASSISTANT_PORT": standin.port,
        "GATEWAY_PORT": public,
        "GATEWAY_INTERNAL_PORT": staff,
        "CONVERSATIONS_PER_HOUR": 10000,
        "MESSAGES_PER_MINUTE": 10000,
        "ASSISTANT_TIMEOUT_SECONDS": 2,
    }
    for name, value in given.items():
        monkeypatch.setenv(f"QUAYSIDE_{name}", str(value))
    settings.cache_clear()
    yield standin
    standin.stop()


@dataclass
class House:
    """A running gateway, seen from outside, and its stand-in assistant."""

    public: httpx.AsyncClient
    staff: httpx.AsyncClient
    assistant: StandIn
    settings: Settings

    async def shopper(self, locale: str | None = "en", listen: bool = True) -> Shopper:
        shopper = await Shopper(self.public).begin(locale)
        if listen:
            shopper.listen()
            await shopper.until(lambda: shopper.messages)
        return shopper

    async def take_over(self, shopper: Shopper, agent: str = "anna", name: str = "Anna") -> httpx.Response:
        return await self.staff.post(f"/conversations/{shopper.id}/takeover", json={"agent": agent, "agent_name": name})

    async def hand_back(
        self, shopper: Shopper, agent: str = "anna", note: str = "settled", **more: Any
    ) -> httpx.Response:
        body = {"agent": agent, "note": note, **more}
        return await self.staff.post(f"/conversations/{shopper.id}/handback", json=body)


@asynccontextmanager
async def running(standin: StandIn, patience: Patience = QUICK) -> AsyncIterator[House]:
    """Run a gateway with the settings as they are, until the block ends."""
    chosen = settings()
    server = asyncio.create_task(serve(chosen, patience))
    limits = httpx.Limits(max_connections=None)
    async with (
        httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{chosen.gateway_port}", trust_env=False, timeout=10, limits=limits
        ) as public,
        httpx.AsyncClient(
            base_url=chosen.gateway_internal_url,
            headers={"Authorization": f"Bearer {chosen.internal_token}"},
            trust_env=False,
            timeout=10,
        ) as staff,
    ):
        async with asyncio.timeout(20):
            while not await _answers(public):
                if server.done():
                    server.result()
                await asyncio.sleep(0.02)
        yield House(public, staff, standin, chosen)
        os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(15):
            await server


async def _answers(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/health")).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.fixture
async def house(standin: StandIn) -> AsyncIterator[House]:
    """A running gateway."""
    async with running(standin) as house:
        yield house


def inbox_statuses(conversation_id: str) -> list[str]:
    """Where a conversation's messages stand, oldest first."""
    with reading() as session:
        rows = session.query(InboxItem).filter_by(conversation_id=conversation_id).order_by(InboxItem.seq)
        return [row.status for row in rows]


async def eventually(check: Callable[[], Any], seconds: float = 10) -> None:
    """Wait until something is true."""
    async with asyncio.timeout(seconds):
        while not check():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
