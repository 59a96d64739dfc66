"""Secrets nobody has to invent: generated once, kept in `var/secrets.env`, readable by the owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from dotenv import dotenv_values

SECRETS_FILE_NAME = "secrets.env"
_NAMES = (
    "QUAYSIDE_SECRET_KEY",
    "QUAYSIDE_PROOF_SECRET",
    "QUAYSIDE_ASSISTANT_TOKEN",
    "QUAYSIDE_ACTIONS_TOKEN",
    "QUAYSIDE_INTERNAL_TOKEN",
)
_PASSWORD_NAME = "QUAYSIDE_CONSOLE_PASSWORD"


def ensure_secrets(var_dir: Path) -> Path:
    """Create the secrets that are missing in `var_dir/secrets.env` and return the file's path.

    Existing values are kept, so that sessions and proofs survive a restart.
    """
    var_dir.mkdir(parents=True, exist_ok=True)
    path = var_dir / SECRETS_FILE_NAME
    values = {k: v for k, v in dotenv_values(path).items() if v} if path.exists() else {}
    missing = {name: secrets.token_urlsafe(32) for name in _NAMES if name not in values}
    if _PASSWORD_NAME not in values:
        missing[_PASSWORD_NAME] = secrets.token_urlsafe(9)
    if missing:
        _write(path, {**values, **missing})
    return path


def _write(path: Path, values: dict[str, str]) -> None:
    temporary = path.with_suffix(".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(f"{name}={value}\n" for name, value in values.items())
    temporary.replace(path)
