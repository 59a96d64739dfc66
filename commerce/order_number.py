"""Order numbers as keys: the same number however it is written."""

from __future__ import annotations

import unicodedata


def normalise_order_number(text: str) -> str:
    """Return an order number as it is kept: "#1042", " 1042 " and "１０４２" are "1042"; letters in capitals."""
    return unicodedata.normalize("NFKC", text).strip().removeprefix("#").strip().upper()
