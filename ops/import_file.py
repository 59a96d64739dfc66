"""`make import FILE=…`: one's own orders and products into the embedded shop."""

from __future__ import annotations

import sys
from pathlib import Path

from commerce.embedded.import_file import import_file
from core.settings import settings
from ops.failure import Failure, run_command
from ops.setup import migrate_database, prepare_secrets


def main() -> int:
    """Import the file named on the command line; returns 1 when nothing in it could be imported."""
    path = Path(sys.argv[1])
    if not path.is_file():
        raise Failure(f"there is no file {path}. Name an export: make import FILE=orders_export.csv")
    prepare_secrets()
    migrate_database()
    return import_file(path, settings().shop)


if __name__ == "__main__":
    run_command(main)
