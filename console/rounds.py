"""The console's rounds: what people hold who have gone goes back to the queue, whatever way they went."""

from __future__ import annotations

import asyncio
import logging

from sqlalchemy.exc import SQLAlchemyError

from console.threads import at_gateway, in_thread
from core.database import reading
from desk import absence
from desk.gateway_client import StaffDoor

logger = logging.getLogger(__name__)

_EVERY_SECONDS = 20.0


class Rounds:
    """Looks again and again who has gone and still holds conversations."""

    def __init__(self, door: StaffDoor, shop: str) -> None:
        self._door = door
        self._shop = shop
        self._gone: frozenset[str] = frozenset()

    async def run(self) -> None:
        """Make a round, then the next, until cancelled."""
        while True:
            await asyncio.sleep(_EVERY_SECONDS)
            try:
                await self.make()
            except SQLAlchemyError:
                logger.exception("the console cannot read the database")

    async def make(self) -> None:
        """Give back what is held by who was gone at the last round too: logging in anew takes a moment."""
        gone = await in_thread(self._look)
        await at_gateway(absence.give_back_all, self._door, self._shop, sorted(gone & self._gone))
        self._gone = gone

    def _look(self) -> frozenset[str]:
        with reading() as session:
            return absence.gone(session, self._shop)
