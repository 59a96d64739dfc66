"""Whom a shopper in danger can call: by country from the handbook, else in general. Nothing here waits for a system."""

from __future__ import annotations

import logging

from actions.values import Typed, country, listing_or, reply
from commerce.handbook import EmergencyRule
from commerce.systems import systems

logger = logging.getLogger(__name__)

# Reasons for handing over in which these words matter more than anything else that is said.
CRISES = ("self_harm", "safety")
_IN_GENERAL = {"self_harm": "term_call_general_self_harm", "safety": "term_call_general_safety"}


def whom_to_call(why: str, where: str | None) -> Typed:
    """Return the sentence with the numbers.

    Args:
        why: one of `CRISES`.
        where: the shopper's country (ISO 3166-1 alpha-2), if it is known.
    """
    rule = _rule(where)
    if rule is None or where is None or not rule.numbers:
        return reply(_IN_GENERAL[why])
    numbers = listing_or(rule.numbers)
    if why == "safety":
        return reply("term_call_safety", country=country(where), numbers=numbers)
    if rule.helpline is None:
        return reply("term_call_emergency", country=country(where), numbers=numbers)
    line = rule.helpline
    return reply("term_call_helpline", country=country(where), numbers=numbers, line=line.name, phone=line.number)


def _rule(where: str | None) -> EmergencyRule | None:
    try:
        return systems().handbook.emergencies_for(where) if where else None
    except Exception as error:
        # Whatever is wrong with the handbook, the general words are said.
        logger.error("no emergency numbers: %s", type(error).__name__)
        return None
