"""Runs a command of the embedded shop: what a person can mend is one sentence, not a traceback."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NoReturn

from sqlalchemy.exc import OperationalError, ProgrammingError

from commerce.errors import HandbookError
from core.settings import SettingsError


def run(main: Callable[[], int]) -> NoReturn:
    """Run a command and leave with its exit code; 1 with one sentence when setting, handbook or database is wrong."""
    try:
        sys.exit(main())
    except (SettingsError, HandbookError) as error:
        sys.exit(str(error))
    except (OperationalError, ProgrammingError) as error:
        reason = str(error.orig).split("\n", 1)[0]
        sys.exit(f"The database cannot be used ({reason}). Run make setup, and check QUAYSIDE_DATABASE_URL.")
