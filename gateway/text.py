"""Text from outside: cleaned, and told apart from nothing."""

from __future__ import annotations

import unicodedata


def clean(text: str) -> str:
    """Return the text without control characters (line breaks stay, tabs become spaces) and outer white space.

    Raises:
        ValueError: it holds half a surrogate pair, which is no text and cannot be stored.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError("not valid Unicode text") from error
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(c for c in lines if c == "\n" or unicodedata.category(c) != "Cc").strip()


def is_blank(text: str) -> bool:
    """Tell whether there is nothing to see: only white space, or only invisible formatting characters."""
    return all(unicodedata.category(c) in {"Zs", "Zl", "Zp", "Cc", "Cf"} for c in text)
