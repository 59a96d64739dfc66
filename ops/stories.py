"""`make stories`: do the policies still do what tests/stories says? Rasa's own `rasa test core`."""

from __future__ import annotations

import subprocess

from core.settings import ROOT, settings
from ops.failure import run_command
from ops.model import ASSISTANT_PYTHON, ensure_model
from ops.setup import prepare_secrets


def main() -> int:
    """Run the test stories with a model that fits the data; returns Rasa's exit code."""
    prepare_secrets()
    model = ensure_model()
    # Without --fail-on-prediction-errors a wrong prediction still exits 0.
    command = [
        str(ASSISTANT_PYTHON), "-W", "ignore", "-m", "rasa", "test", "core",
        "--model", str(model), "--stories", "tests/stories",
        "--endpoints", "tests/stories/endpoints.yml", "--out", str(settings().var_dir / "stories"),
        "--fail-on-prediction-errors", "--no-plot",
    ]  # fmt: skip
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    run_command(main)
