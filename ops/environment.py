"""What each process gets to see of the settings."""

from __future__ import annotations

import os

from core.settings import PREFIX, Settings, environment

# The assistant is the frozen engine: it gets what it needs to serve one channel, and no secret of the shop.
_PASSED_TO_ASSISTANT = ("ASSISTANT_TOKEN", "ACTIONS_TOKEN", "LOG_LEVEL", "MODEL", "FAILPOINT", "FAILPOINT_FLAG")


def services_environment() -> dict[str, str]:
    """Return the environment for gateway, console and actions: this process's own, with `.env` and the secrets."""
    return {**os.environ, **environment()}


def assistant_environment(settings: Settings) -> dict[str, str]:
    """Return the environment for the assistant: no `QUAYSIDE_*` variable but the ones it is meant to have."""
    outside = {k: v for k, v in os.environ.items() if not k.startswith(PREFIX)}
    given = environment()
    passed = {PREFIX + name: given[PREFIX + name] for name in _PASSED_TO_ASSISTANT if PREFIX + name in given}
    return {
        **outside,
        **passed,
        f"{PREFIX}ASSISTANT_PORT": str(settings.assistant_port),
        f"{PREFIX}ACTIONS_URL": settings.actions_url,
        f"{PREFIX}TRACKER_DB": str(settings.tracker_database_path),
        "RASA_TELEMETRY_ENABLED": "false",
    }
