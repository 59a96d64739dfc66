"""Logging of the assistant: one line an event, no personal data. The same masks as the services', kept here since this
room imports no other."""

from __future__ import annotations

import logging
import re
import sys
import warnings
from collections.abc import MutableMapping
from typing import Any

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_DIGITS = re.compile(r"(?<![\w-])\+?\d[\d ()-]{7,}\d(?![\w-])")


class _Redacted(logging.Formatter):
    """Redacts the whole of what is written, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return _DIGITS.sub("<number>", _EMAIL.sub("<email>", super().format(record)))


def configure_logging(level: str) -> None:
    """Send logs to standard error, redacted. Rasa itself never logs below INFO: its DEBUG lines quote shoppers."""
    import structlog

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacted("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("rasa", "asyncio", "apscheduler", "matplotlib", "tensorflow", "jieba"):
        logging.getLogger(name).setLevel(max(logging.getLogger().level, logging.INFO))
    structlog.configure(
        processors=[_event_name_only],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
    )


def silence_old_libraries() -> None:
    """Keep quiet what pinned libraries warn about each other's future, and keep out jax, which TensorFlow would import.

    Nobody here can act on the warnings; jax serves nothing here and costs three seconds at every start.
    """
    warnings.simplefilter("ignore")
    sys.modules["jax"] = None  # type: ignore[assignment]  # Python's way to make `import jax` fail, which is allowed for


def _event_name_only(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    # Rasa's structured events carry what the shopper wrote in their other fields.
    return f"{event.get('event')}: {event.get('event_info', '')}".rstrip(": ")
