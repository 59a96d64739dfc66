"""The facts of a case: whatever snapshot of order and parcels came with it, drawn readably.

Facts are JSON made by the actions. Keys and codes that `words` knows are translated; moments, days, money, countries
and yes/no are written as people write them; the rest is shown as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from babel.numbers import UnknownCurrencyError, format_currency
from nicegui import ui

from console.texts import Texts
from console.words import CODES, FACTS, word

_LINK = re.compile(r"https?://\S+")
_MONEY = re.compile(r"(-?\d+(?:\.\d+)?) ([A-Z]{3})")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?(?!\S)")
_LIST_MARK = "\n"


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
    shown = [(key, written) for key, value in facts.items() if (written := fact_text(t, key, value))]
    if not shown:
        return
    with ui.element("div").classes("facts-lines"):
        for key, written in shown:
            ui.label(word(t, FACTS, key)).classes("fact-name")
            if _LINK.fullmatch(written):
                # The carrier's page may know where we are, but not which case we look at.
                ui.link(written, written, new_tab=True).classes("fact-value fact-link").props('rel="noreferrer"')
            else:
                ui.label(written).classes("fact-value").props('dir="auto"')


def fact_text(t: Texts, key: str, value: Any) -> str:
    """Return a fact as people write it; the empty string for nothing."""
    if value is None or value in ("", []):
        return ""
    if isinstance(value, bool):
        return t("Yes") if value else t("No")
    if isinstance(value, list):
        return _LIST_MARK.join(filter(None, (fact_text(t, key, part) for part in value)))
    if isinstance(value, Mapping):
        return _money(t, str(value["amount"]), str(value["currency"]))
    return _written(t, key, value) if isinstance(value, str) else str(value)


def _written(t: Texts, key: str, value: str) -> str:
    if value in CODES:
        return t(CODES[value])
    if key == "country":
        return str(t.locale.territories.get(value, value))
    if money := _MONEY.fullmatch(value):
        return _money(t, *money.groups())
    if moment := _MOMENT.match(value):
        return _moment(t, moment.group()) + value[moment.end() :]
    return value


def _is_nested(value: Any) -> bool:
    if isinstance(value, Mapping):
        return not _is_money(value)
    return isinstance(value, list) and any(_is_nested(part) for part in value)


def _is_money(value: Mapping[str, Any]) -> bool:
    return set(value) == {"amount", "currency"}


def _money(t: Texts, amount: str, currency: str) -> str:
    try:
        return format_currency(Decimal(amount), currency, locale=t.locale)
    except (InvalidOperation, UnknownCurrencyError):
        return f"{amount} {currency}"


def _moment(t: Texts, value: str) -> str:
    try:
        if len(value) == len("2026-12-01"):
            return t.day(date.fromisoformat(value))
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    # Without a zone it is a local time somewhere: writing it in ours would be wrong.
    return value.replace("T", " ") if moment.tzinfo is None else t.moment(moment)
