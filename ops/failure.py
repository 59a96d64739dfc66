"""A failure the user can mend: one clear sentence instead of a traceback."""

from __future__ import annotations

import sys
from collections.abc import Callable

from core.settings import SettingsError


class Failure(RuntimeError):
    """Something the user can mend; the message says what is wrong and what to do."""


def run_command(command: Callable[[], int | None]) -> None:
    """Run a command's main function and leave the process: failures as one sentence, Ctrl-C quietly."""
    try:
        sys.exit(command() or 0)
    except (Failure, SettingsError) as failure:
        print(f"\nquayside: {failure}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        sys.exit(130)
