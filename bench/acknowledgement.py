"""`python -m bench.acknowledgement`: from a shopper's post to its acknowledgement, when the message is durable.

Two gateways side by side, each with a database of its own and an assistant that takes a tenth of a second a turn: one
as it is, one with a transaction for every message. They are asked in turns, so that whatever else the machine does
meets both.
"""

from __future__ import annotations

import asyncio
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.door import Shopper
from bench.figures import Row, table
from core.database import Base, make_engine
from core.settings import ROOT
from core.tables import import_tables
from gateway import arrivals
from tests.gateway.standin import StandIn, slow
from tests.stack import SERVICES_PYTHON, Stack

_TURN_SECONDS = 0.1
_CONVERSATIONS = 50
_PER_SECOND = 25
_STEADY_SECONDS = 2
_BURST = 200
_ROUNDS = 12
# Long enough for the turns of a burst to end before the other gateway is asked.
_REST_SECONDS = 3.0
_TEXT = "where is my order 1003?"


@contextmanager
def _gateway(folder: Path, together: int) -> Iterator[int]:
    """Run a gateway that writes so many messages together; give its port."""
    standin = StandIn("")
    stack = Stack(
        folder,
        settings={
            "assistant_port": str(standin.port),
            "messages_per_minute": "10000",
            "conversations_per_hour": "100000",
            "log_level": "ERROR",
        },
    )
    standin.token, standin.behaviour = stack.settings.assistant_token, slow(_TURN_SECONDS)
    import_tables()
    Base.metadata.create_all(make_engine(stack.settings.services_database_url))
    try:
        with (folder / "gateway.log").open("ab") as log:
            stack.processes["gateway"] = subprocess.Popen(
                [SERVICES_PYTHON, "-m", "bench.gateway", str(together)],
                cwd=ROOT,
                env=stack.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        stack.wait_healthy("gateway")
        yield stack.settings.gateway_port
    finally:
        stack.stop()
        standin.stop()


async def _shoppers(port: int, count: int) -> list[Shopper]:
    shoppers = [Shopper(port) for _ in range(count)]
    for shopper in shoppers:
        await shopper.begin()
    return shoppers


async def _steady(shoppers: list[Shopper]) -> list[float]:
    """One message after the other, evenly, each by the next shopper."""

    async def say(number: int) -> float:
        await asyncio.sleep(number / _PER_SECOND)
        return await shoppers[number % len(shoppers)].say(_TEXT)

    await _open(shoppers)
    return await asyncio.gather(*(say(number) for number in range(_PER_SECOND * _STEADY_SECONDS)))


async def _burst(shoppers: list[Shopper]) -> list[float]:
    """All at once."""
    await _open(shoppers)
    return await asyncio.gather(*(shopper.say(_TEXT) for shopper in shoppers))


async def _open(shoppers: list[Shopper]) -> None:
    for shopper in shoppers:
        await shopper.line.open()


async def _measure(ports: dict[str, int]) -> dict[tuple[str, str], list[float]]:
    taken: dict[tuple[str, str], list[float]] = defaultdict(list)
    crowds = {way: await _shoppers(port, _BURST) for way, port in ports.items()}
    for shoppers in crowds.values():
        # The first messages of a process compile its statements: that is not what is asked here.
        await _burst(shoppers[:_CONVERSATIONS])
        await asyncio.sleep(_REST_SECONDS)
    for number in range(_ROUNDS):
        # Each goes first as often as the other: what one leaves behind slows the next.
        for way, shoppers in list(crowds.items())[:: 1 if number % 2 else -1]:
            taken[way, "steady"] += await _steady(shoppers[:_CONVERSATIONS])
            taken[way, "burst"] += await _burst(shoppers)
            await asyncio.sleep(_REST_SECONDS)
    return taken


def main() -> None:
    """Measure both ways and print the table."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        ports = {}
        for way, together in (("together", arrivals.MOST_TOGETHER), ("alone", 1)):
            place = Path(folder) / way
            place.mkdir()
            ports[way] = running.enter_context(_gateway(place, together))
        taken = asyncio.run(_measure(ports))
    rows = [
        Row(name, taken["together", kind], taken["alone", kind])
        for kind, name in (
            ("steady", f"{_PER_SECOND} a second"),
            ("burst", f"{_BURST} at once"),
        )
    ]
    print("Acknowledgement: from the post to the answer, the message being durable")
    print(table("together", "one by one", rows))


if __name__ == "__main__":
    main()
