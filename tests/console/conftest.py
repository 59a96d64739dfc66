"""Fixtures of the console's tests: a database with the shop's people, and the gateway's staff door."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from core.settings import settings
from desk import accounts
from tests.console import sample
from tests.console.stand_in import StandIn


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are hashed as always, but not as slowly: a test makes many accounts."""
    monkeypatch.setattr(accounts, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


@pytest.fixture
def staffed(database: Path) -> Path:
    """An empty database but for the accounts of `sample.add_staff`."""
    sample.add_staff()
    return database


@pytest.fixture
def gateway(staffed: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """The staff door's stand-in; the settings lead to it."""
    stand_in = StandIn(settings().internal_token)
    server = stand_in.start()
    monkeypatch.setenv("QUAYSIDE_GATEWAY_INTERNAL_PORT", str(stand_in.port))
    settings.cache_clear()
    yield stand_in
    server.shutdown()
    server.server_close()
