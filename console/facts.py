"""The facts of a case: whatever snapshot of order and parcels came with it, drawn readably.

Facts are JSON made by the actions. Names of keys that `words.FACTS` knows are translated; moments, days, money and
yes/no are written as people write them; the rest is shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from babel.dates import format_date
from babel.numbers import UnknownCurrencyError, format_currency
from nicegui import ui

from console.texts import Texts
from console.words import FACTS, word


def show_facts(t: Texts, facts: Mapping[str, Any]) -> None:
    """Draw the facts inside the current element."""
    plain = {key: value for key, value in facts.items() if not _is_nested(value)}
    _show_lines(t, plain)
    for key, value in facts.items():
        if _is_nested(value):
            _show_section(t, key, value)


def _show_section(t: Texts, key: str, value: Any) -> None:
    parts = value if isinstance(value, list) else [value]
    ui.label(word(t, FACTS, key)).classes("facts-head")
    for part in parts:
        with ui.element("div").classes("facts-part"):
            show_facts(t, part if isinstance(part, Mapping) else {key: part})


def _show_lines(t: Texts, facts: Mapping[str, Any]) -> None:
    shown = [(key, written) for key, value in facts.items() if (written := fact_text(t, value))]
    if not shown:
        return
    with ui.element("div").classes("facts-lines"):
        for key, written in shown:
            ui.label(word(t, FACTS, key)).classes("fact-name")
            ui.label(written).classes("fact-value").props('dir="auto"')


def fact_text(t: Texts, value: Any) -> str:
    """Return a fact as people write it; the empty string for nothing."""
    if value is None or value in ("", []):
        return ""
    if isinstance(value, bool):
        return t("Yes") if value else t("No")
    if isinstance(value, list):
        return ", ".join(filter(None, (fact_text(t, part) for part in value)))
    if isinstance(value, Mapping):
        return _money(t, value)
    return _moment(t, value) if isinstance(value, str) else str(value)


def _is_nested(value: Any) -> bool:
    if isinstance(value, Mapping):
        return not _is_money(value)
    return isinstance(value, list) and any(_is_nested(part) for part in value)


def _is_money(value: Mapping[str, Any]) -> bool:
    return set(value) == {"amount", "currency"}


def _money(t: Texts, value: Mapping[str, Any]) -> str:
    try:
        return format_currency(Decimal(str(value["amount"])), str(value["currency"]), locale=t.locale)
    except (InvalidOperation, UnknownCurrencyError):
        return f"{value['amount']} {value['currency']}"


def _moment(t: Texts, value: str) -> str:
    try:
        if len(value) == len("2026-12-01"):
            return format_date(date.fromisoformat(value), "medium", locale=t.locale)
        if len(value) >= len("2026-12-01T10:00:00") and value[10] in "T ":
            moment = datetime.fromisoformat(value)
            # Without a zone it is a local time somewhere: writing it in ours would be wrong.
            return value.replace("T", " ") if moment.tzinfo is None else t.moment(moment)
    except ValueError:
        pass
    return value
