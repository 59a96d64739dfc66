"""What the commands of this room say while they work, and what they keep quiet."""

from __future__ import annotations

import os
import sys
import time
import warnings

from assistant.logs import configure_logging, silence_old_libraries

_SECONDS_BETWEEN_LINES = 20.0
_last_line = time.monotonic()


def keep_quiet() -> None:
    """Keep TensorFlow's and Rasa's chatter out of the output. Called before either is imported."""
    os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1", SQLALCHEMY_SILENCE_UBER_WARNING="1")
    silence_old_libraries()
    configure_logging("ERROR")
    # Some libraries bring their own filters back when they are imported.
    warnings.showwarning = lambda *_arguments, **_named: None


def show_progress(text: str) -> None:
    """Say in a few words how far it is; "" when it is done.

    On a terminal in the same line over and over; elsewhere, such as in CI, a line now and then.
    """
    global _last_line  # noqa: PLW0603  when something was said last concerns the process
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K  {text} …" if text else "\r\x1b[K")
        sys.stderr.flush()
    elif text and time.monotonic() - _last_line > _SECONDS_BETWEEN_LINES:
        _last_line = time.monotonic()
        sys.stderr.write(f"  {text} …\n")
