"""Systems that are down: switched off in `shop_outages`, or a database that does not answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from commerce.embedded.tables import OutageRow
from commerce.errors import SystemDown, SystemName
from core.database import reading, transaction

DOWN = "down"


@contextmanager
def asking(system: SystemName, shop: str, *, write: bool = False) -> Iterator[Session]:
    """Give a session for a call to an embedded system.

    Raises:
        SystemDown: the system is switched off for this shop, or the database does not answer.
    """
    try:
        with transaction() if write else reading() as session:
            is_this = (OutageRow.shop == shop, OutageRow.system == system, OutageRow.mode == DOWN)
            if session.scalar(select(OutageRow.mode).where(*is_this)):
                raise SystemDown(system)
            yield session
    except DBAPIError as error:
        if error.connection_invalidated or _is_outage(error):
            raise SystemDown(system) from error
        raise


def switch(shop: str, system: SystemName, *, down: bool) -> None:
    """Switch an embedded system of a shop off or on again."""
    with transaction() as session:
        row = session.get(OutageRow, (shop, system))
        if down:
            session.merge(OutageRow(shop=shop, system=system, mode=DOWN))
        elif row:
            session.delete(row)


def _is_outage(error: DBAPIError) -> bool:
    # "OperationalError" is what drivers raise for a database that is locked, full or gone; the rest are our mistakes.
    return type(error.orig).__name__ == "OperationalError"
