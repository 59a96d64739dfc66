"""Writes the records of an import, each whole or not at all, and keeps the report."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from sqlalchemy import select
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from commerce.embedded import tables as t
from commerce.embedded.import_report import Problem, Report
from commerce.embedded.writer import Writer
from commerce.order import Customer, Order
from commerce.order_number import askable, normalise_order_number, pattern_of
from commerce.parcel import Parcel
from commerce.product import Product, SizeChart
from core.clock import utc_now
from core.database import transaction
from core.settings import PREFIX, settings

_DEMO_REPLACED = "of the demo shop's orders replaced (same number)"
_REPEATED = "more than once in the file (what comes last counts)"
_FUTURE = "placed in the future (is the date right?)"
_NOT_ASKABLE = "nobody can ask for in the chat"
# Many records share a transaction, for speed; a shop that runs meanwhile must not wait long for its turn to write.
_TRANSACTION_SECONDS = 0.25
_TELL_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a file: the line it begins in, what it is, and its name there."""

    line: int
    noun: str  # "order"
    name: str  # "#1042"

    def __str__(self) -> str:
        return f"{self.noun} {self.name}".strip()


@dataclass(slots=True)
class Keeper:
    """Writes records into a shop, within a `with`; each method returns whether the record was kept.

    What is written is committed several times a second, and at the end. Progress is told on standard error, of `total`
    records in all.
    """

    shop: str
    report: Report
    total: int
    _open: ExitStack = field(default_factory=ExitStack, init=False)
    _session: Session | None = field(default=None, init=False)
    _commit_at: float = field(default=0.0, init=False)
    _tell_at: float = field(default_factory=lambda: time.monotonic() + _TELL_SECONDS, init=False)
    _orders: set[str] = field(default_factory=set, init=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._session = None
        self._open.__exit__(kind, error, traceback)
        if names := self.report.noticed.get(_NOT_ASKABLE):
            self.report.remarks.append(self._what_to_set([normalise_order_number(name) for name in names]))

    def _what_to_set(self, numbers: list[str]) -> str:
        """Return what to write into `.env`, so that order numbers which are not recognised now will be."""
        pattern = pattern_of(numbers)
        if pattern is None:
            return (
                f"Say what your order numbers look like in {PREFIX}ORDER_NUMBER_PATTERN and "
                f"{PREFIX}ORDER_NUMBER_EXAMPLE in .env (commerce/IMPORT.md), and start again."
            )
        if len(numbers) < len(self._orders):
            pattern = f"{settings().order_number_pattern}|{pattern}"
        return (
            f"Write into .env, and start again: {PREFIX}ORDER_NUMBER_PATTERN={pattern} and "
            f"{PREFIX}ORDER_NUMBER_EXAMPLE={numbers[0]}"
        )

    def refuse(self, record: Record, reason: str, line: int | None = None) -> None:
        """Put a record on the list of what was not imported; `line` when it is another than the record's first."""
        self.report.problems.append(Problem(line or record.line, str(record), reason))

    def profile(self, name: str, country: str, currency: str) -> None:
        """Keep what the file says of the shop itself."""
        Writer(self._writing(), self.shop, t.Source.imported).profile(name, country, currency)

    def customer(self, record: Record, customer: Customer) -> bool:
        """Keep a customer."""

        def write(writer: Writer) -> bool:
            known = self._find(writer.session, t.CustomerRow.id, t.CustomerRow.ref == customer.id)
            writer.customer(customer)
            return known is not None

        return self._keep(record, write)

    def size_chart(self, record: Record, chart: SizeChart) -> bool:
        """Keep a size chart."""

        def write(writer: Writer) -> bool:
            known = self._find(writer.session, t.SizeChartRow.id, t.SizeChartRow.ref == chart.id)
            writer.size_chart(chart)
            return known is not None

        return self._keep(record, write)

    def product(self, record: Record, product: Product) -> bool:
        """Keep a product."""
        return self._keep(record, lambda writer: writer.product(product))

    def order(self, record: Record, order: Order, parcels: tuple[Parcel, ...] = ()) -> bool:
        """Keep an order with its customer and parcels."""

        def write(writer: Writer) -> bool:
            source = self._find(writer.session, t.OrderRow.source, t.OrderRow.number == order.number)
            if source == t.Source.demo:
                self.report.noted[_DEMO_REPLACED] += 1
            return writer.order(order, parcels)

        repeated = order.number in self._orders
        if not self._keep(record, write, counted=not repeated):
            return False
        self._orders.add(order.number)
        if repeated:
            self.report.notice(_REPEATED, record.name)
            return True
        if order.placed_at > utc_now():
            self.report.notice(_FUTURE, record.name)
        if not askable(order.number, settings().order_number_pattern):
            self.report.notice(_NOT_ASKABLE, record.name)
        return True

    def _find(self, session: Session, column: Any, where: Any) -> Any:
        return session.scalar(select(column).where(column.class_.shop == self.shop, where))

    def _keep(self, record: Record, write: Callable[[Writer], bool], *, counted: bool = True) -> bool:
        session = self._writing()
        try:
            # A record that is refused must not take the others of the transaction along.
            with session.begin_nested():
                replaced = write(Writer(session, self.shop, t.Source.imported))
        except IntegrityError:
            self.refuse(record, "one of its numbers (a SKU, an id) belongs to another record already")
            return False
        except DataError:
            self.refuse(record, "a value is too long for the database")
            return False
        if counted:
            self.report.add(record.noun, replaced=replaced)
        return True

    def _writing(self) -> Session:
        """Return the session to write with, a new one when the last has been open for long enough."""
        now = time.monotonic()
        if self._session is None or now >= self._commit_at:
            self._session = None
            self._open.close()
            self._session = self._open.enter_context(transaction())
            self._commit_at = now + _TRANSACTION_SECONDS
        if now >= self._tell_at:
            self._tell_at = now + _TELL_SECONDS
            done = self.report.kept.total() + len(self.report.problems)
            sys.stderr.write(f"  … {done} of {self.total}\n")
        return self._session
