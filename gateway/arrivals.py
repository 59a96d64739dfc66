"""Arrivals: messages on their way into the inbox; those that wait at the same time share one transaction."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from core.failpoints import failpoint
from gateway import inbox
from gateway.database import Database
from gateway.inbox import Accepted, Incoming

log = logging.getLogger(__name__)

# A transaction ends by waiting for the disk: one for many messages is what makes a burst quick. Not one for all of
# them, since nobody is acknowledged before its end. 1 gives every message its own.
MOST_TOGETHER = 50

# The inbox's answer, or why there is none.
_Outcome = Accepted | Exception


@dataclass(frozen=True, eq=False)
class _Arrival:
    incoming: Incoming
    result: asyncio.Future[Accepted]


class Arrivals:
    """Writes messages into the inbox: those that came while a transaction ran, in the next one together.

    Each hears exactly what it would have heard alone. Messages of one conversation keep their order.

    Args:
        database: where they are written.
        shop: the shop whose inbox it is.
        accepted: called in the event loop for every message that is durable, whether or not its sender still waits.
    """

    def __init__(self, database: Database, shop: str, accepted: Callable[[Incoming, Accepted], None]) -> None:
        self._database = database
        self._shop = shop
        self._accepted = accepted
        self._waiting: deque[_Arrival] = deque()
        self._writing: asyncio.Task[None] | None = None

    async def accept(self, incoming: Incoming) -> Accepted:
        """Return the inbox's answer once it is committed. Raises what `inbox.accept` has for this message."""
        arrival = _Arrival(incoming, asyncio.get_running_loop().create_future())
        self._waiting.append(arrival)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all(), name="arrivals")
        return await arrival.result

    async def stop(self) -> None:
        """Let what has arrived be written."""
        if self._writing is not None:
            await asyncio.gather(self._writing, return_exceptions=True)

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                for arrival, outcome in await self._write_some():
                    self._tell(arrival, outcome)
        finally:
            # No await between the last look and this: an arrival cannot fall in between.
            self._writing = None

    async def _write_some(self) -> list[tuple[_Arrival, _Outcome]]:
        together: list[_Arrival] = []

        def work(session: Session) -> list[_Outcome]:
            # Chosen only now: whoever came while this waited for its turn at the database is in it.
            while self._waiting and len(together) < MOST_TOGETHER:
                together.append(self._waiting.popleft())
            outcomes = self._write(session, together)
            failpoint("gateway.before_accept_commit")
            return outcomes

        try:
            outcomes = await self._database.write(work, urgent=True)
        except Exception as error:
            together = together or [self._waiting.popleft()]
            if len(together) == 1 or isinstance(error, OperationalError):
                # The message's own mistake, or the database's, which is not asked for every message again.
                outcomes = [error] * len(together)
            else:
                log.warning("%d messages could not be written together (%s)", len(together), type(error).__name__)
                outcomes = [await self._write_alone(arrival) for arrival in together]
        return list(zip(together, outcomes, strict=True))

    async def _write_alone(self, arrival: _Arrival) -> _Outcome:
        try:
            [outcome] = await self._database.write(lambda session: self._write(session, [arrival]), urgent=True)
        except Exception as error:
            return error
        return outcome

    def _write(self, session: Session, together: list[_Arrival]) -> list[_Outcome]:
        return [*inbox.accept(session, self._shop, [arrival.incoming for arrival in together])]

    def _tell(self, arrival: _Arrival, outcome: _Outcome) -> None:
        if isinstance(outcome, Accepted):
            # Not here: what one message sets off must not keep the next one's sender waiting, nor fail it.
            asyncio.get_running_loop().call_soon(self._accepted, arrival.incoming, outcome)
        if arrival.result.done():
            return  # its sender has gone
        if isinstance(outcome, Accepted):
            arrival.result.set_result(outcome)
        else:
            arrival.result.set_exception(outcome)
