"""`make data-check`: is the training data sound? Rasa's own validation, and the translations of the replies."""

from __future__ import annotations

import re
import subprocess

from core.settings import ROOT
from ops.failure import Failure, run_command
from ops.model import ASSISTANT_PYTHON

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
# Most replies are said by actions, which Rasa's validation does not read; tests/actions checks their names.
_EXPECTED = "is not used in any story or rule"


def main() -> int:
    """Validate; returns 1 when the translations are not in order.

    Raises:
        Failure: Rasa found a fault, or warns of something that is not expected.
    """
    command = [
        str(ASSISTANT_PYTHON), "-W", "ignore", "-m", "rasa", "data", "validate",
        "--data", "data", "--domain", "domain.yml", "--config", "config.yml",
    ]  # fmt: skip
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    lines = _COLOURS.sub("", result.stdout + result.stderr).splitlines()
    warnings = [line for line in lines if "UserWarning" in line and _EXPECTED not in line]
    if result.returncode != 0 or warnings:
        raise Failure("The training data is not sound:\n" + "\n".join(warnings or lines[-20:]))
    print("The training data is sound.")
    translations = [str(ASSISTANT_PYTHON), "-m", "assistant.replies.messages", "check"]
    return subprocess.run(translations, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    run_command(main)
