"""What an order says of money given back."""

from __future__ import annotations

from typing import Any

from actions import parcel_words as words
from actions.turn import Turn
from actions.values import money
from commerce.order import Order, RefundStatus
from commerce.systems import systems


def say_refunds(turn: Turn, order: Order, options: list[dict[str, Any]] | None = None) -> bool:
    """Say every refund that the order has, made or begun; whether there is one.

    Args:
        turn: the message.
        order: whose proof the conversation holds.
        options: quick replies below each.
    """
    zone = systems().handbook.opening_hours.zone
    known = [refund for refund in order.refunds if refund.status is not RefundStatus.failed]
    for refund in known:
        amount = money(refund.amount)
        if refund.status is RefundStatus.pending:
            turn.say("utter_refund_begun", options=options, order=order.number, amount=amount)
        elif refund.at is None:
            turn.say("utter_refunded_no_day", options=options, order=order.number, amount=amount)
        else:
            date = words.moment_day(refund.at, zone)
            turn.say("utter_refunded", options=options, order=order.number, amount=amount, date=date)
    return bool(known)
