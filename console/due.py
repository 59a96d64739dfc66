"""By which day the shop has promised to report back, in words."""

from __future__ import annotations

from datetime import date

from console.texts import Texts
from desk.queue import is_past


def due_text(t: Texts, day: date | None) -> str:
    """Say by which day the shop reports back, and that the day is past if it is; the empty string for no day."""
    if day is None:
        return ""
    return t("Overdue since {day}", day=t.day(day)) if is_past(day) else t("Report by {day}", day=t.day(day))
