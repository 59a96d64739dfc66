"""`python -m actions`: run the action server on loopback."""

from __future__ import annotations

import sys

from actions.server import serve
from commerce.errors import HandbookError
from core.logs import configure_logging
from core.settings import SettingsError


def main() -> int:
    """Run until stopped; return the exit status."""
    try:
        configure_logging()
        serve()
    except (SettingsError, HandbookError) as error:
        print(error, file=sys.stderr)  # noqa: T201 — the logs are not set up when a setting or a rule is wrong
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
