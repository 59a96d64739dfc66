"""Tracking numbers as keys: the same number however it is written."""

from __future__ import annotations

import re
import unicodedata

_NOISE = re.compile(r"[\s\-\u2010-\u2015.]+")


def normalise_tracking_number(text: str) -> str:
    """Return a tracking number in capitals, without spaces, hyphens and dots, full-width characters made plain."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).upper()
