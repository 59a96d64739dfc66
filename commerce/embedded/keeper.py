"""Writes the records of an import, each in a transaction of its own, and keeps the report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from commerce.embedded import tables as t
from commerce.embedded.import_report import Problem, Report
from commerce.embedded.writer import Writer
from commerce.order import Customer, Order
from commerce.parcel import Parcel
from commerce.product import Product, SizeChart
from core.database import transaction

_DEMO_REPLACED = "of the demo shop's orders replaced (same number)"


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a file: the line it begins in, what it is, and its name there."""

    line: int
    noun: str  # "order"
    name: str  # "#1042"

    def __str__(self) -> str:
        return f"{self.noun} {self.name}".strip()


@dataclass(frozen=True, slots=True)
class Keeper:
    """Writes records into a shop; each method returns whether the record was kept."""

    shop: str
    report: Report

    def refuse(self, record: Record, reason: str, line: int | None = None) -> None:
        """Put a record on the list of what was not imported; `line` when it is another than the record's first."""
        self.report.problems.append(Problem(line or record.line, str(record), reason))

    def profile(self, name: str, country: str, currency: str) -> None:
        """Keep what the file says of the shop itself."""
        with transaction() as session:
            Writer(session, self.shop, t.Source.imported).profile(name, country, currency)

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

        return self._keep(record, write)

    def _find(self, session: Session, column: Any, where: Any) -> Any:
        return session.scalar(select(column).where(column.class_.shop == self.shop, where))

    def _keep(self, record: Record, write: Callable[[Writer], bool]) -> bool:
        try:
            with transaction() as session:
                replaced = write(Writer(session, self.shop, t.Source.imported))
        except IntegrityError:
            self.refuse(record, "one of its numbers (a SKU, an id) belongs to another record already")
            return False
        except DataError:
            self.refuse(record, "a value is too long for the database")
            return False
        self.report.add(record.noun, replaced=replaced)
        return True
