"""A failure the user can mend: one clear sentence instead of a traceback."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from commerce.errors import HandbookError
from core.settings import ROOT, SettingsError


class Failure(RuntimeError):
    """Something the user can mend; the message says what is wrong and what to do."""


def shown(path: Path) -> Path:
    """Return how a path is told to the user: from the clone's root when it is in it."""
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


def run_command(command: Callable[[], int | None]) -> None:
    """Run a command's main function and leave the process: failures as one sentence, Ctrl-C quietly."""
    try:
        sys.exit(command() or 0)
    except (Failure, SettingsError) as failure:
        print(f"\nquayside: {failure}", file=sys.stderr)
        sys.exit(1)
    except HandbookError as mistake:
        print(f"\nquayside: {mistake}. Mend it in {shown(mistake.file.parent)}/ and try again.", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        sys.exit(130)
