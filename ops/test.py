"""`make test`: every check there is, one after the other, with the time each took and one verdict at the end."""

from __future__ import annotations

import subprocess
import time

from core.settings import ROOT
from ops.failure import run_command

# (what it is, the make target that does it); cheap ones first, so that a slip shows early.
_STEPS = (
    ("lint and types", "lint"),
    ("training data and translations", "data-check"),
    ("set-up and training", "setup"),
    ("stories", "stories"),
    ("assistant's tests", "pytest-assistant"),
    ("services' tests", "pytest-services"),
    ("conversations", "conversations"),
)


def main() -> int:
    """Run every step, also after one that failed; returns 1 when any failed."""
    results = []
    for title, target in _STEPS:
        print(f"\n=== {title} (make {target})", flush=True)
        started = time.monotonic()
        code = subprocess.run(["make", target], cwd=ROOT, check=False).returncode
        results.append((title, code, time.monotonic() - started))
    print("\n=== summary")
    for title, code, seconds in results:
        print(f"  {'ok    ' if code == 0 else 'FAILED'} {seconds:6.0f} s  {title}")
    failed = sum(code != 0 for _, code, _ in results)
    print(f"steps: {len(results) - failed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    run_command(main)
