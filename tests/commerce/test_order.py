"""How far an order is, and what of it still has to leave the warehouse."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from commerce.money import Money
from commerce.order import (
    FinancialStatus,
    Fulfilment,
    FulfilmentStatus,
    LineQuantity,
    Order,
    OrderLine,
    OrderStage,
    Refund,
    RefundStatus,
)

AT = datetime(2026, 12, 1, tzinfo=UTC)
MUG, LAMPS = LineQuantity("1", 1), LineQuantity("2", 2)
ONE_LAMP = LineQuantity("2", 1)


def fulfilment(status: FulfilmentStatus, *lines: LineQuantity) -> Fulfilment:
    return Fulfilment(f"F-{status}", status, lines)


def refund(*lines: LineQuantity, amount: str = "10", status: RefundStatus = RefundStatus.succeeded) -> Refund:
    return Refund("R1", Money.of(amount, "EUR"), status, AT, lines=lines)


SHIPPED, PACKED = FulfilmentStatus.shipped, FulfilmentStatus.packed


@pytest.mark.parametrize(
    ("changes", "stage", "unshipped"),
    [
        ({"fulfilments": ()}, OrderStage.paid, (MUG, LAMPS)),
        (
            {"fulfilments": (), "financial_status": FinancialStatus.pending},
            OrderStage.awaiting_payment,
            (MUG, LAMPS),
        ),
        ({"fulfilments": (fulfilment(PACKED, MUG, LAMPS),)}, OrderStage.packed, (MUG, LAMPS)),
        ({"fulfilments": (fulfilment(SHIPPED, MUG, ONE_LAMP),)}, OrderStage.partly_shipped, (ONE_LAMP,)),
        ({"fulfilments": (fulfilment(SHIPPED, MUG, LAMPS),)}, OrderStage.shipped, ()),
        (
            {"fulfilments": (fulfilment(SHIPPED, MUG), fulfilment(PACKED, LAMPS))},
            OrderStage.partly_shipped,
            (LAMPS,),
        ),
        # Sold out after payment: what was refunded is not waited for.
        (
            {"fulfilments": (fulfilment(SHIPPED, MUG),), "refunds": (refund(LAMPS),)},
            OrderStage.shipped,
            (),
        ),
        # Sent back after delivery: nothing is owed.
        (
            {"fulfilments": (fulfilment(SHIPPED, MUG, LAMPS),), "refunds": (refund(ONE_LAMP),)},
            OrderStage.shipped,
            (),
        ),
        ({"fulfilments": (), "cancelled_at": AT}, OrderStage.cancelled, ()),
        ({"fulfilments": (), "financial_status": FinancialStatus.refunded}, OrderStage.cancelled, ()),
        ({"fulfilments": (), "financial_status": FinancialStatus.voided}, OrderStage.cancelled, ()),
        # Everything came back: it was sent all the same.
        (
            {"fulfilments": (fulfilment(SHIPPED, MUG, LAMPS),), "financial_status": FinancialStatus.refunded},
            OrderStage.shipped,
            (),
        ),
    ],
)
def test_stage_and_what_is_still_to_be_sent(
    an_order: Callable[..., Order],
    changes: dict[str, Any],
    stage: OrderStage,
    unshipped: tuple[LineQuantity, ...],
) -> None:
    order = an_order(**changes)
    assert (order.stage, order.unshipped) == (stage, unshipped)


def test_a_gift_card_is_never_unshipped(an_order: Callable[..., Order]) -> None:
    card = OrderLine("1", "Gift Card", 1, Money.of("50", "EUR"), requires_shipping=False)
    assert an_order(lines=(card,), fulfilments=()).unshipped == ()


def test_only_money_that_is_back_counts_as_refunded(an_order: Callable[..., Order]) -> None:
    refunds = (refund(amount="7.50"), refund(amount="99", status=RefundStatus.pending))
    assert an_order(refunds=refunds).refunded == Money.of("7.50", "EUR")


def test_a_line_costs_its_pieces_less_its_discount() -> None:
    line = OrderLine("1", "Mug", 3, Money.of("12.90", "EUR"), discount=Money.of("5", "EUR"))
    assert line.total == Money.of("33.70", "EUR")
