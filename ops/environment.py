"""What each process gets to see of the settings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from core.settings import PREFIX, Settings, environment
from ops.catalogue_terms import catalogue_terms_path

# Not settings of the shop: tests arm failpoints with them.
_PASSED_THROUGH = (f"{PREFIX}FAILPOINT", f"{PREFIX}FAILPOINT_FLAG")


def services_environment() -> dict[str, str]:
    """Return the environment for gateway, console and actions: this process's own, with `.env` and the secrets."""
    return {**os.environ, **environment()}


def assistant_environment(settings: Settings, model: Path, outside: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the environment for the assistant, the frozen engine: what one channel needs and no secret of the shop.

    Args:
        settings: the services' settings.
        model: the trained model it runs.
        outside: the environment it starts from; its `QUAYSIDE_*` variables are left out.
    """
    kept = {k: v for k, v in outside.items() if not k.startswith(PREFIX) or k in _PASSED_THROUGH}
    return kept | {
        f"{PREFIX}ASSISTANT_PORT": str(settings.assistant_port),
        f"{PREFIX}ASSISTANT_TOKEN": settings.assistant_token,
        f"{PREFIX}ACTIONS_URL": settings.actions_url,
        f"{PREFIX}ACTIONS_TOKEN": settings.actions_token,
        f"{PREFIX}TRACKER_DB": str(settings.tracker_database_path),
        f"{PREFIX}CATALOGUE_TERMS": str(catalogue_terms_path(settings)),
        f"{PREFIX}MODEL": str(model),
        f"{PREFIX}ORDER_NUMBER_PATTERN": settings.order_number_pattern,
        f"{PREFIX}ENCODERS": settings.encoders,
        f"{PREFIX}LOG_LEVEL": settings.log_level,
        "RASA_TELEMETRY_ENABLED": "false",
    }
