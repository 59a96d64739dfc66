"""Order numbers as keys: the same number however it is written."""

from __future__ import annotations

import re
import unicodedata

_DASHES = re.compile("\\s*[-\u2010-\u2015\u2212\ufe58\ufe63\uff0d]\\s*")


def normalise_order_number(text: str) -> str:
    """Return an order number as it is kept: "#1042", " 1042 " and "１０４２" are "1042"; "so – 2219" is "SO-2219"."""
    plain = unicodedata.normalize("NFKC", text).strip().removeprefix("#")
    return " ".join(_DASHES.sub("-", plain).split()).upper()


def letters_and_digits(number: str) -> str:
    """Return an order number without the signs between its parts: "SO-2219" and "so 2219" are "SO2219"."""
    return "".join(filter(str.isalnum, normalise_order_number(number)))
