"""`make test`: every check there is, with the time each took and one verdict at the end."""

from __future__ import annotations

import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import IO

from core.settings import ROOT
from ops.failure import run_command


@dataclass(frozen=True)
class _Step:
    title: str
    target: str  # of the Makefile


@dataclass(frozen=True)
class _Result:
    step: _Step
    code: int
    seconds: float


_Lane = tuple[_Step, ...]

# One phase after the other; the lanes of a phase side by side, since training and the tools have one core each. The
# tests of the services and the conversations need the model, and use all cores themselves.
_PHASES: tuple[tuple[_Lane, ...], ...] = (
    (
        (
            _Step("lint and types", "lint"),
            _Step("training data and translations", "data-check"),
            _Step("assistant's tests", "pytest-assistant"),
        ),
        (_Step("set-up and training", "setup"), _Step("stories", "stories")),
    ),
    ((_Step("services' tests", "pytest-services"),),),
    ((_Step("conversations", "conversations"),),),
)
_printing = Lock()


def main() -> int:
    """Run every step, also after one that failed; returns 1 when any failed."""
    started = time.monotonic()
    results = [result for phase in _PHASES for result in _run_phase(phase)]
    print("\n=== summary")
    for result in results:
        print(f"  {'ok    ' if result.code == 0 else 'FAILED'} {result.seconds:6.0f} s  {result.step.title}")
    failed = sum(result.code != 0 for result in results)
    minutes, seconds = divmod(round(time.monotonic() - started), 60)
    print(f"steps: {len(results) - failed} passed, {failed} failed, in {minutes} min {seconds} s", flush=True)
    return 1 if failed else 0


def _run_phase(phase: tuple[_Lane, ...]) -> list[_Result]:
    if len(phase) == 1:
        return _run_lane(phase[0], side_by_side=False)
    with ThreadPoolExecutor(len(phase)) as lanes:
        done = lanes.map(partial(_run_lane, side_by_side=True), phase)
        return [result for lane in done for result in lane]


def _run_lane(lane: _Lane, *, side_by_side: bool) -> list[_Result]:
    """Run steps one after the other; what they print is shown at once, or whole at their end where others print."""
    return [_run_held_back(step) if side_by_side else _run(step, None) for step in lane]


def _run(step: _Step, output: IO[bytes] | None) -> _Result:
    print(f"\n=== {step.title} (make {step.target}) …", flush=True)
    started = time.monotonic()
    done = subprocess.run(["make", step.target], cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, check=False)
    return _Result(step, done.returncode, time.monotonic() - started)


def _run_held_back(step: _Step) -> _Result:
    with tempfile.TemporaryFile() as output:
        result = _run(step, output)
        output.seek(0)
        printed = output.read().decode("utf-8", errors="replace").strip()
    with _printing:
        verdict = "ended" if result.code == 0 else "FAILED"
        print(f"\n=== {step.title}: {verdict} after {result.seconds:.0f} s\n{printed}", flush=True)
    return result


if __name__ == "__main__":
    run_command(main)
