"""The facts of a case: whatever snapshot of order and parcels came with it, drawn readably.

Facts are JSON made by the actions. Keys and codes that `words` knows are translated; moments, days, money, countries
and yes/no are written as people write them; the rest is shown as it is. A moment that names its zone is written as the
clock of that place showed it, as the shopper was told; one without a zone of its own in the zone of who reads it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from babel.dates import get_timezone_location
from babel.numbers import UnknownCurrencyError, format_currency
from nicegui import ui

from console.texts import Texts, zone_named
from console.words import CODES, FACTS, SCANS, word

_LINK = re.compile(r"https?://\S+")
_MONEY = re.compile(r"(-?\d+(?:\.\d+)?) ([A-Z]{3})")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?(?!\S)")
_LIST_MARK = "\n"
# Facts that are the number of a case.
_CASES = frozenset({"case", "earlier_case"})
_CASE_NUMBER = re.compile(r"[A-Z]{1,4}-\d{1,15}")


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
            elif key in _CASES and _CASE_NUMBER.fullmatch(written):
                ui.link(written, f"/cases/{written}").classes("fact-value fact-link")
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
        return _of_place(t, value) if _is_of_place(value) else _money(t, str(value["amount"]), str(value["currency"]))
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
        return not (_is_money(value) or _is_of_place(value))
    return isinstance(value, list) and any(_is_nested(part) for part in value)


def _is_money(value: Mapping[str, Any]) -> bool:
    return set(value) == {"amount", "currency"}


def _is_of_place(value: Mapping[str, Any]) -> bool:
    return {"at", "zone"} <= set(value)


def _of_place(t: Texts, value: Mapping[str, Any]) -> str:
    """A moment at a place, with what happened there where it is a scan."""
    return _LIST_MARK.join(filter(None, (_local(t, str(value["at"]), str(value["zone"])), _scan(t, value))))


def _local(t: Texts, at: str, zone: str) -> str:
    try:
        moment = datetime.fromisoformat(at)
        city = get_timezone_location(zone, locale=t.locale, return_city=True)
    except (ValueError, LookupError):
        return at
    written = replace(t, zone=zone_named(zone)).moment(moment)
    return t("{moment} local time ({city})", moment=written, city=city)


def _scan(t: Texts, value: Mapping[str, Any]) -> str:
    """Where and what, in the reader's language; the carrier's own words only where they say more than that."""
    place, code, text = (str(value.get(name) or "") for name in ("place", "code", "text"))
    known = SCANS.get(code)
    what = text if known is None else t(known)
    if known is not None and text and text.casefold() != known.casefold():
        what = t("{what} ({words})", what=what, words=text)
    return " · ".join(filter(None, (place, what)))


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
    return value.replace("T", " ") if moment.tzinfo is None else t("{moment} (your time)", moment=t.moment(moment))
