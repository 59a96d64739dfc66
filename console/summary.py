"""A case's summary in the reader's language: the sentences of desk/summary.py, with values as people write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from console.steps import DID
from console.texts import N_, Texts
from console.words import INTENTS, NEWS, RISKS, SETTLED, word
from desk.summary import KINDS, SENTENCES, UNKNOWN, Kind, Statement, joined

# How a parcel, or what has not been shipped, is doing.
CONDITIONS = {
    "cancelled": N_("cancelled"),
    "nothing_to_ship": N_("nothing to ship"),
    "awaiting_payment": N_("awaiting payment"),
    "preparing": N_("being prepared"),
    "dispatch_late": N_("leaves the warehouse late"),
    "shipped_untracked": N_("shipped without tracking"),
    "label_only": N_("announced, not with the carrier yet"),
    "on_time": N_("on time"),
    "out_for_delivery": N_("out for delivery"),
    "in_customs": N_("in customs"),
    "customs_action_needed": N_("customs waits for payment or papers"),
    "customs_overdue": N_("longer in customs than usual"),
    "ready_for_pickup": N_("ready for pickup"),
    "delivery_failed": N_("delivery failed"),
    "not_updated": N_("no news for some days"),
    "late": N_("late"),
    "overdue_lost": N_("to be treated as lost"),
    "exception": N_("stopped on the way"),
    "returned": N_("returned to the sender"),
    "delivered": N_("delivered"),
}
# What a claim needs beside what the shopper has confirmed.
EVIDENCE = {
    "confirmed_address": N_("the address confirmed"),
    "confirmed_checks": N_("the surroundings checked"),
    "signed_statement": N_("a signed statement"),
    "police_report": N_("a police report"),
}
_WORDS: Mapping[Kind, Mapping[Any, str]] = {
    Kind.CONDITION: CONDITIONS,
    Kind.INTENT: {**INTENTS, **NEWS},
    Kind.RISK: RISKS,
    Kind.EVIDENCE: EVIDENCE,
    Kind.ACTION: DID,
    Kind.SETTLED: SETTLED,
}


def sentences(t: Texts, summary: Sequence[Statement]) -> list[str]:
    """Return a summary sentence by sentence."""
    return [_sentence(t, said) for said in joined(summary)]


def summary_text(t: Texts, summary: Sequence[Statement]) -> str:
    """Return a summary in one line."""
    line = ""
    for sentence in sentences(t, summary):
        # A full-width stop brings its own space.
        line += sentence if not line or line.endswith("。") else f" {sentence}"
    return line


def _sentence(t: Texts, said: Statement) -> str:
    values = {name: _written(t, name, value) for name, value in said["values"].items()}
    # A newer release may know more statements than this one.
    return t(SENTENCES.get(said["code"], said["code"]), **values)


def _written(t: Texts, name: str, value: str | int | None) -> str:
    if value is None:
        return t(UNKNOWN)
    kind, text = KINDS.get(name), str(value)
    if kind is Kind.DAY:
        return t.day(date.fromisoformat(text))
    if kind is Kind.COUNTRY:
        return str(t.locale.territories.get(text, text))
    return word(t, _WORDS[kind], text) if kind is not None else text
