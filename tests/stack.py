"""The real thing for tests: Rasa, action server and gateway as processes of their own, on free ports."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import requests
from dotenv import dotenv_values

from core.secrets import ensure_secrets
from core.settings import PREFIX, ROOT, Settings
from ops.environment import assistant_environment
from ops.model import fitting_model
from tests.ports import free_ports

SERVICES_PYTHON = ROOT / ".venv" / "services" / "bin" / "python"
ASSISTANT_PYTHON = ROOT / ".venv" / "assistant" / "bin" / "python"
# Rasa imports TensorFlow before it loads the model.
_START_SECONDS = 120


class Stack:
    """Gateway, assistant and actions on one folder, started and killed one by one.

    Args:
        var_dir: an empty folder for database, secrets and logs.
        clock: the fixed moment of the services' clock (ISO 8601), or None for the real time.
        settings: further settings, names without the prefix, such as `{"messages_per_minute": "1000"}`.
    """

    def __init__(self, var_dir: Path, clock: str | None = None, settings: dict[str, str] | None = None) -> None:
        self.var_dir = var_dir
        gateway, internal, console, assistant, actions = free_ports(5)
        self.gateway_url = f"http://127.0.0.1:{gateway}"
        self.internal_url = f"http://127.0.0.1:{internal}"
        self.actions_url = f"http://127.0.0.1:{actions}"
        self.assistant_url = f"http://127.0.0.1:{assistant}/webhooks/quayside"
        chosen = {
            "var_dir": str(var_dir),
            "env_file": os.devnull,
            "gateway_port": str(gateway),
            "gateway_internal_port": str(internal),
            "console_port": str(console),
            "assistant_port": str(assistant),
            "actions_port": str(actions),
            **({"clock": clock} if clock else {}),
            **(settings or {}),
        }
        # NiceGUI would take the console for a page under test.
        hidden = {"PYTEST_CURRENT_TEST"}
        outside = {k: v for k, v in os.environ.items() if not k.startswith(PREFIX) and k not in hidden}
        self.environment = outside | {PREFIX + k.upper(): v for k, v in chosen.items()}
        given = {**dotenv_values(ensure_secrets(var_dir)), **self.environment}
        values = {k.removeprefix(PREFIX).lower(): v for k, v in given.items() if k.startswith(PREFIX)}
        self.settings = Settings.model_validate(values)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def internal_headers(self) -> dict[str, str]:
        """What the staff door wants to see."""
        return {"Authorization": f"Bearer {self.settings.internal_token}"}

    def prepare(self) -> None:
        """Create database, demo shop and (when none fits) the model."""
        subprocess.run([SERVICES_PYTHON, "-m", "ops.setup"], cwd=ROOT, env=self.environment, check=True)
        model = fitting_model()
        assert model, "config.yml, domain.yml or data/ changed while the model was trained: start again"
        self.model = model

    def start(self, *names: str, failpoint: str | None = None) -> None:
        """Start processes (all three when none is named) and wait until they answer."""
        for name in names or ("actions", "assistant", "gateway"):
            self._spawn(name, failpoint)
        for name in names or ("actions", "assistant", "gateway"):
            self.wait_healthy(name)

    def _spawn(self, name: str, failpoint: str | None) -> None:
        armed = {
            f"{PREFIX}FAILPOINT": failpoint,
            f"{PREFIX}FAILPOINT_FLAG": str(self.var_dir / f"fired-{failpoint}"),
        }
        env = self.environment | ({k: v for k, v in armed.items() if v} if failpoint else {})
        python = SERVICES_PYTHON
        if name == "assistant":
            python, env = ASSISTANT_PYTHON, assistant_environment(self.settings, self.model, env)
        with (self.var_dir / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [python, "-m", name], cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT
            )

    def wait_healthy(self, name: str) -> None:
        """Wait until a process answers its health check; fail with its log when it ended or time ran out."""
        address = {
            "actions": f"{self.actions_url}/health",
            "assistant": f"{self.assistant_url}/health",
            "gateway": f"{self.internal_url}/health",
        }[name]
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self.processes[name].poll() is None:
            try:
                if requests.get(address, timeout=2).status_code == 200:
                    return
            except requests.RequestException:
                pass
            time.sleep(0.2)
        raise AssertionError(f"{name} did not start:\n{self.log(name)[-3000:]}")

    def wait_dead(self, name: str, seconds: float = 60) -> None:
        """Wait until a process has died (of a failpoint)."""
        self.processes[name].wait(seconds)

    def kill(self, name: str) -> None:
        """Kill a process the hard way."""
        self.processes[name].send_signal(signal.SIGKILL)
        self.processes[name].wait(10)

    def log(self, name: str) -> str:
        """Return what a process printed so far."""
        return (self.var_dir / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        """Stop everything that still runs."""
        running = [p for p in self.processes.values() if p.poll() is None]
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)
