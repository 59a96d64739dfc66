"""Fixtures of the desk's tests."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from desk import accounts


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are hashed as always, but not as slowly: a test makes many accounts."""
    monkeypatch.setattr(accounts, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
