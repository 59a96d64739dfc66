"""`python -m gateway`: the front door."""

from __future__ import annotations

import logging
import sys

import uvloop

from core.logs import configure_logging
from core.settings import SettingsError, settings
from gateway.gateway import NotSetUp
from gateway.server import PortTaken, serve


def main() -> int:
    """Run the gateway; what it cannot run with ends it with one clear sentence."""
    try:
        configure_logging()
        # One line for every question to the assistant is noise; what goes wrong is logged by the worker.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        # Two threads share the interpreter, the event loop and the database's: five milliseconds a turn are too long.
        sys.setswitchinterval(0.001)
        uvloop.run(serve(settings()))
    except (SettingsError, PortTaken, NotSetUp) as error:
        sys.stderr.write(f"gateway: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
