"""Logging of the services: one line an event, and no personal data in it."""

from __future__ import annotations

import logging
import re
import sys

from core.settings import settings

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
# Long digit runs are phone numbers, card numbers, tracking numbers; short ones (status codes, ports) may stay.
_DIGITS = re.compile(r"(?<![\w-])\+?\d[\d ()-]{7,}\d(?![\w-])")


class _Redacted(logging.Formatter):
    """Redacts the whole of what is written, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def redact(text: str) -> str:
    """Return the text with e-mail addresses and long numbers masked."""
    return _DIGITS.sub("<number>", _EMAIL.sub("<email>", text))


def configure_logging() -> None:
    """Send logs to standard error, redacted, at the level of `QUAYSIDE_LOG_LEVEL`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacted("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=settings().log_level, handlers=[handler], force=True)
