"""What a person settled with a shopper before handing back: a short list of outcomes that every door understands."""

from __future__ import annotations

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class Settled(StrEnum):
    """How it was settled. The assistant says each but NOTHING in words of its own: reply `term_settled_<code>`."""

    QUESTION_ANSWERED = "question_answered"
    REFUND_AGREED = "refund_agreed"
    REPLACEMENT_AGREED = "replacement_agreed"
    ORDER_CHANGED = "order_changed"
    CLAIM_TAKEN_UP = "claim_taken_up"
    REQUEST_DECLINED = "request_declined"
    OTHER = "other"  # the note says what
    NOTHING = "nothing"  # nothing settled, or the shopper left


def _plain_day(value: Any) -> Any:
    # Left to itself pydantic takes numbers and moments for days, too.
    if isinstance(value, datetime) or not (isinstance(value, date) or _DAY.fullmatch(str(value))):
        raise ValueError("a day is written as YYYY-MM-DD")
    return value


class Settlement(BaseModel):
    """What was settled, as it travels from the desk to the assistant (gateway/README.md shows it on the wire).

    The case, the order and the parcel are those of the person's case, as far as it names them; `until` is the day by
    which the shop reports back.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Settled
    case_number: str | None = Field(default=None, pattern=r"^[A-Z]{1,4}-\d{1,15}$")
    order_number: str | None = Field(default=None, min_length=1, max_length=64)
    tracking_number: str | None = Field(default=None, min_length=1, max_length=128)
    until: Annotated[date, BeforeValidator(_plain_day)] | None = None
