"""`make import FILE=… CURRENCY=…`: one's own orders and products into the embedded shop."""

from __future__ import annotations

import argparse
from pathlib import Path

from commerce.embedded.import_file import import_file
from core.settings import settings
from ops.catalogue_terms import write_catalogue_terms
from ops.failure import Failure, run_command
from ops.setup import migrate_database, prepare_secrets


def main() -> int:
    """Import the file named on the command line; returns 1 when nothing in it could be imported."""
    parser = argparse.ArgumentParser(prog="make import")
    parser.add_argument("file", type=Path)
    parser.add_argument("--currency", help="currency of the prices in a products export, such as EUR")
    arguments = parser.parse_args()
    path: Path = arguments.file
    if not path.is_file():
        raise Failure(f"there is no file {path}. Name an export: make import FILE=orders_export.csv")
    prepare_secrets()
    migrate_database()
    code = import_file(path, settings().shop, arguments.currency)
    write_catalogue_terms()
    return code


if __name__ == "__main__":
    run_command(main)
