"""`python -m actions`: run the action server on loopback."""

from __future__ import annotations

import sys

from actions.server import serve
from core.logs import configure_logging
from core.settings import SettingsError


def main() -> int:
    """Run until stopped; return the exit status."""
    try:
        configure_logging()
        serve()
    except SettingsError as error:
        print(error, file=sys.stderr)  # noqa: T201 — the logs are not set up when a setting is wrong
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
