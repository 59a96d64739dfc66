"""The database as async code sees it: work done in threads, so that nothing blocks the event loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from sqlalchemy.orm import Session

from core.database import engine, reading, transaction

Result = TypeVar("Result")

_READERS = 8
_WRITERS = 8


class Database:
    """Runs functions of a session in a thread, each in a transaction of its own.

    SQLite lets one writer in at a time and makes the others poll; a queue of our own is fair and quicker.
    """

    def __init__(self) -> None:
        self._writers = CapacityLimiter(1 if engine().dialect.name == "sqlite" else _WRITERS)
        self._readers = CapacityLimiter(_READERS)

    async def write(self, work: Callable[[Session], Result]) -> Result:
        """Return what `work` returns, once it is committed; an error in it rolls everything back."""

        def run() -> Result:
            with transaction() as session:
                return work(session)

        return await run_sync(run, limiter=self._writers)

    async def read(self, work: Callable[[Session], Result]) -> Result:
        """Return what `work` returns; it must not write."""

        def run() -> Result:
            with reading() as session:
                return work(session)

        return await run_sync(run, limiter=self._readers)
