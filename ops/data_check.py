"""`make data-check`: is the training data sound? Rasa's validation, the examples, the translated replies."""

from __future__ import annotations

import re
import subprocess

from core.settings import ROOT
from ops.failure import Failure, run_command
from ops.model import ASSISTANT_PYTHON

_WARNING = re.compile(r"\S+:\d+: UserWarning: ")
# After a warning come the line of code that gives it, the next line of the log, or a bar of progress.
_ENDS = re.compile(r"  |\S+:\d+: \w+: |\d{4}-\d\d-\d\d |.*it/s[],]|Processed ")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
# Most replies are said by actions, which Rasa's validation does not read; tests/actions checks their names.
_EXPECTED = "is not used in any story or rule"


def main() -> int:
    """Validate; returns 1 when the examples or the translations are not in order.

    Raises:
        Failure: Rasa found a fault, or warns of something that is not expected.
    """
    command = [
        str(ASSISTANT_PYTHON), "-W", "ignore", "-m", "rasa", "data", "validate",
        "--data", "data", "--domain", "domain.yml", "--config", "config.yml",
    ]  # fmt: skip
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    lines = _COLOURS.sub("", result.stdout + result.stderr).splitlines()
    warnings = [warning for warning in _warnings(lines) if _EXPECTED not in warning]
    if result.returncode != 0 or warnings:
        raise Failure("The training data is not sound:\n" + "\n".join(warnings or lines[-20:]))
    print("The training data is sound.")
    checks = (["assistant.quality.check"], ["assistant.replies.messages", "check"])
    commands = [[str(ASSISTANT_PYTHON), "-m", *check] for check in checks]
    return max([subprocess.run(command, cwd=ROOT, check=False).returncode for command in commands])


def _warnings(lines: list[str]) -> list[str]:
    """The warnings of an output, each with all its lines and without the place in Rasa's code that gives it."""
    found: list[str] = []
    going_on = False
    for line in lines:
        begins = _WARNING.match(line)
        if begins:
            found.append(line[begins.end() :].strip())
        elif going_on and not _ENDS.match(line):
            found[-1] += " " + line.strip()
        going_on = bool(begins) or (going_on and not _ENDS.match(line))
    return found


if __name__ == "__main__":
    run_command(main)
