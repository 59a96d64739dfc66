"""Which other cases the panel of a case names."""

from __future__ import annotations

from typing import Any

import pytest

from core.database import reading, transaction
from desk import cases
from desk.related import related
from desk.summary import statement

pytestmark = pytest.mark.usefixtures("database")
SHOP = "demo"


def open_case(name: str, shop: str = SHOP, **more: Any) -> str:
    values: dict[str, Any] = {"summary": [statement("requested")], **more}
    with transaction() as session:
        return cases.open_case(
            session,
            shop=shop,
            conversation_id=f"conversation-{name}",
            reason="requested",
            priority="normal",
            language="en",
            key=name,
            **values,
        ).number


def names(number: str) -> list[tuple[str, bool]]:
    with reading() as session:
        return [(r.number, r.same_order) for r in related(session, cases.find(session, SHOP, number))]


def test_cases_of_the_same_order_and_customer_live_ones_first() -> None:
    facts = {"order": {"number": "1014", "email": "zoë@example.com"}}
    mine = open_case("mine", order_number="1014", facts=facts)
    second = open_case("second", order_number="1010", summary=[statement("order_proved", order="1014")])
    closed = open_case("closed", order_number="1014")
    customer = open_case("customer", order_number="1099", facts={"order": {**facts["order"], "number": "1099"}})
    open_case("longer", order_number="10141")
    open_case("nobody")
    open_case("elsewhere", shop="other", order_number="1014")
    with transaction() as session:
        cases.close(session, SHOP, closed, "anna", outcome="solved")
    assert names(mine) == [(customer, False), (second, True), (closed, True)]
    assert names(customer) == [(mine, False)]


def test_a_case_about_no_order_has_no_relations() -> None:
    open_case("one")
    assert names(open_case("two")) == []
