"""Fixtures every room's tests may use. Nothing here is imported by Rasa's own environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# `python -m pytest` puts the root on the path; a bare `pytest` does not.
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

# What a developer keeps in .env is not the tests' business.
os.environ["QUAYSIDE_ENV_FILE"] = os.devnull

collect_ignore: list[str] = [] if sys.version_info < (3, 12) else ["assistant"]


@pytest.fixture
def var_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder for everything that is kept, with fresh secrets; settings are read anew."""
    from core.database import engine
    from core.secrets import ensure_secrets
    from core.settings import settings

    monkeypatch.setenv("QUAYSIDE_VAR_DIR", str(tmp_path))
    monkeypatch.delenv("QUAYSIDE_DATABASE_URL", raising=False)
    ensure_secrets(tmp_path)
    settings.cache_clear()
    engine.cache_clear()
    yield tmp_path
    if engine.cache_info().currsize:
        engine().dispose()
    settings.cache_clear()
    engine.cache_clear()


@pytest.fixture
def database(var_dir: Path) -> Path:
    """An empty database with every room's tables; returns the folder it is in."""
    from core.database import Base, engine
    from core.tables import import_tables

    import_tables()
    Base.metadata.create_all(engine())
    return var_dir


@pytest.fixture
def fixed_clock(monkeypatch: pytest.MonkeyPatch, var_dir: Path) -> str:
    """The services' clock stands at a Tuesday morning in December, for tests about dates and hours."""
    from core.settings import settings

    moment = "2026-12-01T10:00:00+00:00"
    monkeypatch.setenv("QUAYSIDE_CLOCK", moment)
    settings.cache_clear()
    return moment
