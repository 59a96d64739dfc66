"""`make run`: set up what is missing, start everything, say where to look."""

from __future__ import annotations

import sys

from dotenv import dotenv_values

from core.secrets import SECRETS_FILE_NAME
from core.settings import PREFIX, ROOT, settings
from ops.failure import Failure, run_command, shown
from ops.health import check_ports_free, reachable
from ops.setup import prepare_secrets, set_up
from ops.supervisor import supervise

_READY = """
Quayside is ready.
  Storefront with chat   http://{gateway_host}:{gateway_port}/
  Console for staff      http://{console_host}:{console_port}/   user {user}, password in {secrets}
Ask "where is my order?" in the chat. Ctrl-C stops everything.
"""


def _announce() -> None:
    s = settings()
    generated = dotenv_values(s.var_dir / SECRETS_FILE_NAME).get(f"{PREFIX}CONSOLE_PASSWORD")
    secrets = s.var_dir / SECRETS_FILE_NAME if generated == s.console_password else ROOT / ".env"
    print(
        _READY.format(
            gateway_host=reachable(s.gateway_host),
            gateway_port=s.gateway_port,
            console_host=reachable(s.console_host),
            console_port=s.console_port,
            user=s.console_user,
            secrets=shown(secrets),
        ),
        flush=True,
    )


def main() -> int:
    """Set up, start, wait; returns the exit code."""
    prepare_secrets()
    check_ports_free(settings())
    model = set_up()
    print("Starting gateway, console, assistant and actions (about half a minute) …", flush=True)
    code = supervise(settings(), model, sys.stdout, _announce, lambda name: print(f"  {name} is up", flush=True))
    if code:
        raise Failure("A process ended or did not start in time; its last lines above say why.")
    return 0


if __name__ == "__main__":
    run_command(main)
