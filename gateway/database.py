"""The database as async code sees it: work done in threads, urgent work first, the event loop never blocked."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from sqlalchemy.orm import Session

from core.database import engine, reading, transaction

Result = TypeVar("Result")

# SQLite lets one writer in and makes the others poll, and threads of one process take turns anyway: one lane of our
# own is fair, and quicker. A server is worth as many lanes as its pool has connections.
_SQLITE_LANES = 1
_SERVER_LANES = 10


class Lanes:
    """A semaphore with two queues: who is urgent goes before everybody who is not."""

    def __init__(self, lanes: int) -> None:
        self._free = lanes
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._others: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def taken(self, urgent: bool) -> AsyncIterator[None]:
        """Hold a lane while the block runs."""
        if self._free:
            self._free -= 1
        else:
            await self._wait(self._urgent if urgent else self._others)
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, queue: deque[asyncio.Future[None]]) -> None:
        turn = asyncio.get_running_loop().create_future()
        queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                # The lane came in the same moment: somebody else must have it.
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        for queue in (self._urgent, self._others):
            while queue:
                turn = queue.popleft()
                if not turn.done():
                    turn.set_result(None)
                    return
        self._free += 1


class Database:
    """Runs functions of a session in a thread, each in a transaction of its own."""

    def __init__(self) -> None:
        self._lanes = Lanes(_SQLITE_LANES if engine().dialect.name == "sqlite" else _SERVER_LANES)

    async def write(self, work: Callable[[Session], Result], *, urgent: bool = False) -> Result:
        """Return what `work` returns, once it is committed; an error in it rolls everything back."""

        def run() -> Result:
            with transaction() as session:
                return work(session)

        return await self._run(run, urgent)

    async def read(self, work: Callable[[Session], Result], *, urgent: bool = False) -> Result:
        """Return what `work` returns; it must not write."""

        def run() -> Result:
            with reading() as session:
                return work(session)

        return await self._run(run, urgent)

    async def _run(self, run: Callable[[], Result], urgent: bool) -> Result:
        async with self._lanes.taken(urgent):
            # A thread cannot be cancelled: the lane is held until it has ended, whoever waits for the result.
            work = asyncio.ensure_future(asyncio.to_thread(run))
            try:
                return await asyncio.shield(work)
            except asyncio.CancelledError:
                await asyncio.gather(work, return_exceptions=True)
                raise
