"""`python -m commerce.embedded.demo create|refresh|reset|table [--shop demo]`."""

from __future__ import annotations

import argparse
import sys

from commerce.embedded.command import run
from commerce.embedded.demo.shop import create, imported_orders, refresh, reset
from commerce.embedded.demo.table import readme
from core.settings import settings


def main() -> int:
    """Do what the command line asks for and say what was done."""
    parser = argparse.ArgumentParser(prog="python -m commerce.embedded.demo", description=__doc__)
    parser.add_argument("command", choices=("create", "refresh", "reset", "table"))
    parser.add_argument("--shop", default=settings().shop)
    parser.add_argument("--force", action="store_true", help="let reset throw imported orders away, too")
    arguments = parser.parse_args()
    shop = arguments.shop
    if arguments.command == "table":
        sys.stdout.write(readme())
        return 0
    if arguments.command == "reset":
        if (count := imported_orders(shop)) and not arguments.force:
            sys.stderr.write(
                f"{shop!r} holds {count} imported orders, which reset would delete. Say so with --force.\n"
            )
            return 1
        reset(shop)
        said = f"The demo shop {shop!r} is as new."
    elif arguments.command == "create":
        said = f"The demo shop {shop!r} is made." if create(shop) else f"The shop {shop!r} exists; nothing was changed."
    else:
        said = f"The orders of {shop!r} are of today again." if refresh(shop) else f"{shop!r} needed no refreshing."
    sys.stdout.write(said + "\n")
    return 0


if __name__ == "__main__":
    run(main)
