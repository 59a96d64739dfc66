"""A command of ops, run to its end as a user would."""

from __future__ import annotations

import subprocess

from core.settings import ROOT
from tests.stack import SERVICES_PYTHON


def run(module: str, environment: dict[str, str], *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command of ops to its end."""
    return subprocess.run(
        [SERVICES_PYTHON, "-m", module, *arguments],
        cwd=ROOT,
        env=environment,
        input=typed,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def assert_one_sentence(done: subprocess.CompletedProcess[str], *parts: str) -> None:
    """The command failed, said why and what to do, and showed no traceback."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stderr.strip().startswith("quayside: ")
    for part in parts:
        assert part in done.stderr
