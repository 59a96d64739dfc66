"""What a case says in a few statements: codes with values, so that everybody reads them in their own language.

A statement is plain JSON, `{"code": …, "values": {…}}`. Who shows it takes the sentence of its code and writes each
value by its kind (a country, a day, an intent…); `in_english` is the one rendering for logs, tests and the history.
"""

from __future__ import annotations

import json
import string
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import TypedDict


class Statement(TypedDict):
    """One thing that a person at the desk should know."""

    code: str
    values: dict[str, str | int | None]


class Kind(StrEnum):
    """What a value is, where it is not simply shown as it is written."""

    COUNTRY = "country"  # ISO code
    DAY = "day"  # ISO date
    CONDITION = "condition"  # how a parcel is doing, in the codes of the delivery rules
    INTENT = "intent"
    RISK = "risk"
    EVIDENCE = "evidence"  # what a claim needs, in the codes of the handbook
    ACTION = "action"
    SETTLED = "settled"  # how a person settled it, in the codes of desk/settlement.py


# By the name of the value, whatever statement it stands in.
KINDS = {
    "country": Kind.COUNTRY,
    "expected": Kind.DAY,
    "ship_by": Kind.DAY,
    "day": Kind.DAY,
    "report_by": Kind.DAY,
    "condition": Kind.CONDITION,
    "need": Kind.INTENT,
    "risk": Kind.RISK,
    "evidence": Kind.EVIDENCE,
    "action": Kind.ACTION,
    "settled": Kind.SETTLED,
}
UNKNOWN = "unknown"
_FREE_TEXT = "free_text"
SENTENCES = {
    _FREE_TEXT: "{text}",
    "requested": "The shopper asked for a person.",
    "anger": "The shopper is angry.",
    "risk": "Risk: {risk}.",
    "safety": "A product may be dangerous.",
    "self_harm": "The shopper may be in danger.",
    "failed_attempts": "The assistant did not understand twice in a row.",
    "identity_failed": "Too many tries to prove identity failed. Check who it is before saying anything about the "
    "order.",
    "system_down": "A system did not answer the assistant.",
    "assistant_failed": "The assistant itself failed; see the log.",
    "step_failed": "The assistant failed at the step “{action}”; see the log.",
    "no_reply": "The assistant had nothing to say to the shopper's last message. The shopper was told that a colleague "
    "replies in the chat.",
    "not_answered": "The assistant could not answer the shopper's last message. The shopper was told that a colleague "
    "replies in the chat.",
    "delayed": "The assistant is not responding. The shopper was told that the message is kept and will be answered "
    "when the assistant is back, and that the team knows.",
    "stepped_in": "A colleague stepped into the conversation without a case.",
    "settled": "A colleague handed back on {day}: {settled}.",
    "report_by": "The shopper was told to hear from us by {report_by}.",
    "settled_note": "The colleague's note: {text}",
    "need": "Need: {need}.",
    "need_withdrawn": "No longer wanted: {need}.",
    "order_proved": "Order #{order} (proved).",
    "order_named": "Named order #{order}, not proved.",
    "order_proved_to": "Order #{order} (proved) goes to {country}.",
    "order_to": "Order #{order} goes to {country}.",
    "parcel": "Parcel {parcel} with {carrier}: {condition}; expected: {expected}; days without a scan: {silent}.",
    "not_shipped": "Not shipped of order #{order}: {condition}; due to leave by: {ship_by}.",
    "untracked": "Sent of order #{order} without a tracking number that the shop's system knows; expected: {expected}.",
    "missing": "Parcel {parcel} is marked delivered but was not received.",
    "missing_too_late": "Parcel {parcel} is said to be missing after the claim period.",
    "claim": "Claim {claim} recorded; the shopper says that address and surroundings were checked.",
    "claim_asked_about": "The shopper asks what became of claim {claim} (parcel {parcel}); no open case is about it.",
    "turned_up": "The shopper says that the parcel has turned up ({parcel}). A claim stays open until a colleague "
    "closes it.",
    "withdrawn": "The shopper wants to take back the report that the parcel is missing ({parcel}). A claim stays open "
    "until a colleague closes it.",
    "still_missing": "The shopper says that the parcel is missing after all ({parcel}).",
    "wrong_address": "The shopper says that parcel {parcel} went to a wrong address. No claim was recorded.",
    "refunded_before": "Order #{order} was refunded in full before; no claim was recorded.",
    "claim_needs": "Claim {claim} still needs: {evidence}.",
}
# Of these only the newest about the same thing is worth reading: code → what it tells, and the value that names the
# thing. The news of a missing parcel overtake one another.
_OVERTAKEN_BY = {
    "parcel": ("parcel", "parcel"),
    "not_shipped": ("not_shipped", "order"),
    "turned_up": ("news", "parcel"),
    "withdrawn": ("news", "parcel"),
    "still_missing": ("news", "parcel"),
    # What is wanted, and that it is no longer wanted.
    "need": ("need", "need"),
    "need_withdrawn": ("need", "need"),
}


def statement(code: str, **values: str | int | date | None) -> Statement:
    """Return a statement with the values that its sentence needs; None is a value that is not known.

    Raises:
        ValueError: there is no such sentence, or it needs other values.
    """
    needed = {name for _, name, _, _ in string.Formatter().parse(SENTENCES.get(code, "")) if name}
    if code not in SENTENCES or needed != set(values):
        raise ValueError(f"no statement {code} of {sorted(values)}")
    return Statement(
        code=code, values={name: v.isoformat() if isinstance(v, date) else v for name, v in values.items()}
    )


def free_text(text: str) -> Statement:
    """Return a statement that is shown as it was written, in every language."""
    return statement(_FREE_TEXT, text=text)


def extended(older: Sequence[Statement], newer: Sequence[Statement], *, newer_first: bool) -> list[Statement]:
    """Return a summary with what is new added: nothing is said twice, and a newer state overtakes the older."""
    everything = [*older, *newer]
    latest = {_subject(said): said for said in everything}
    order = [*newer, *older] if newer_first else everything
    proved = {said["values"]["order"] for said in everything if said["code"] == "order_proved"}
    return [
        latest[subject]
        for subject in dict.fromkeys(map(_subject, order))
        if not (latest[subject]["code"] == "order_named" and latest[subject]["values"]["order"] in proved)
    ]


def joined(summary: Sequence[Statement]) -> list[Statement]:
    """Return a summary with what two statements say of one order in one sentence, to be read."""
    proved = {said["values"]["order"] for said in summary if said["code"] == "order_proved"}
    going = {said["values"]["order"]: said for said in summary if said["code"] == "order_to"}
    both = {
        order: Statement(code="order_proved_to", values=said["values"])
        for order, said in going.items()
        if order in proved
    }
    read = [
        both[said["values"]["order"]]
        if said["code"] in {"order_proved", "order_to"} and said["values"]["order"] in both
        else said
        for said in summary
    ]
    return [said for number, said in enumerate(read) if said not in read[:number]]


def in_english(summary: Sequence[Statement]) -> str:
    """Return a summary in English with its codes as they are, to be logged, searched and compared."""
    return " ".join(
        SENTENCES[said["code"]].format(**{n: UNKNOWN if v is None else v for n, v in said["values"].items()})
        for said in summary
    )


def _subject(said: Statement) -> str:
    if said["code"] not in _OVERTAKEN_BY:
        return json.dumps([said["code"], said["values"]], sort_keys=True)
    tells, thing = _OVERTAKEN_BY[said["code"]]
    return json.dumps([tells, said["values"][thing]])
