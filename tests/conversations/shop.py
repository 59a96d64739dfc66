"""The demo shop's database, seen and handled from outside: the same for every case, and read to check what was done."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from commerce.embedded import tables as t
from commerce.embedded.mapping import to_order
from commerce.embedded.orders import select_orders
from commerce.order import Order
from core.database import make_engine
from desk import cases
from desk.case import Outcome

# What conversations write about orders; what the demo shop was made with stays.
_WRITTEN = ("shop_claims", "shop_order_history", "identity_attempts")


class Shop:
    """A shop in the services' database.

    Args:
        database_url: address of the database, in which the demo shop has just been made.
        key: the shop's key.
    """

    def __init__(self, database_url: str, key: str) -> None:
        self.key = key
        self._engine = make_engine(database_url)
        with self._engine.begin() as connection:
            newest = {table: connection.scalar(text(f"SELECT max(id) FROM {table}")) or 0 for table in _WRITTEN}
        self._made_with: dict[str, int] = newest

    def close(self) -> None:
        """Leave the shop as it was made, and let go of the database."""
        self.put_back()
        self._engine.dispose()

    def put_back(self) -> None:
        """Undo what conversations did: a case finds the shop as it was made, whatever ran before it."""
        with self._engine.begin() as connection:
            for table, newest in self._made_with.items():
                connection.execute(text(f"DELETE FROM {table} WHERE id > :newest"), {"newest": newest})

    def switch_off(self, systems: Sequence[str]) -> None:
        """Make these of its systems stop answering, and all others answer."""
        with self._engine.begin() as connection:
            connection.execute(text("DELETE FROM shop_outages WHERE shop = :shop"), {"shop": self.key})
            for system in systems:
                connection.execute(
                    text("INSERT INTO shop_outages (shop, system, mode) VALUES (:shop, :system, 'down')"),
                    {"shop": self.key, "system": system},
                )

    def close_case(self, number: str, agent: str) -> None:
        """Close a case at the desk as solved."""
        with Session(self._engine) as session, session.begin():
            cases.close(session, self.key, number, agent, outcome=Outcome.SOLVED)

    def order(self, number: str) -> Order | None:
        """Return an order as it stands in the database."""
        with Session(self._engine) as session:
            row = session.scalar(select_orders(self.key).where(t.OrderRow.number == number))
            return to_order(row) if row else None

    def claims(self) -> list[str]:
        """Return the order numbers of the claims made since it was put back, one for each claim."""
        query = text("SELECT order_number FROM shop_claims WHERE shop = :shop AND id > :newest ORDER BY id")
        with Session(self._engine) as session:
            return list(session.scalars(query, {"shop": self.key, "newest": self._made_with["shop_claims"]}))
