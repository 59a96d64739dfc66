"""Identifiers: unguessable when made, checked when they come in."""

from __future__ import annotations

import re
import secrets

_IDENTIFIER = re.compile(r"^[A-Za-z0-9_-]{8,64}$")


def new_identifier() -> str:
    """Return a new unguessable identifier: 128 random bits, URL-safe, 22 characters."""
    return secrets.token_urlsafe(16)


def is_identifier(value: object) -> bool:
    """Tell whether a value from outside has the form of an identifier of ours."""
    return isinstance(value, str) and _IDENTIFIER.fullmatch(value) is not None
