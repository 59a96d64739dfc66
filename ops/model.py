"""The trained model: does one fit the data, and if not, train it.

A model fits when it was trained from the same files: its name carries a fingerprint of everything that training reads.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.settings import PREFIX, ROOT, settings
from ops.failure import Failure, shown

_TRAINED_FROM = (
    "config.yml",
    "domain.yml",
    "data",
    "assistant/nlu",
    "assistant/dialogue",
    "requirements/assistant.txt",
)
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
# How a reason begins in Rasa's output: a log line of an error, or the exception that it ends with.
_REASON = re.compile(r"[\w.]*(Error|Exception): |\S+ \S+ (ERROR|CRITICAL) ")
# Not the reason: warnings of libraries, with the line of code under each, and bars of progress.
_NOISE = re.compile(r"\S+: \w*Warning: |  \S|.*\d+it \[|.*it/s[],]")
_REASON_LINES = 12
ASSISTANT_PYTHON = ROOT / ".venv" / "assistant" / "bin" / "python"


def _files() -> Iterator[Path]:
    for name in _TRAINED_FROM:
        place = ROOT / name
        found = [place] if place.is_file() else place.rglob("*")
        yield from sorted(p for p in found if p.is_file() and _is_read(p.relative_to(ROOT)))


def _is_read(path: Path) -> bool:
    """Whether training reads a file: what an editor or the system leaves beside it makes no other model."""
    hidden = any(part.startswith(".") or part == "__pycache__" for part in path.parts)
    return not hidden and path.suffix != ".md" and not path.name.endswith("~")


def fingerprint() -> str:
    """Return the fingerprint (12 hexadecimal digits) of everything a model is trained from."""
    digest = hashlib.sha256()
    for path in _files():
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    digest.update(settings().encoders.encode())
    return digest.hexdigest()[:12]


def fitting_model() -> Path | None:
    """Return the model in `models/` that was trained from the files as they are now, or None."""
    path = ROOT / "models" / f"quayside-{fingerprint()}.tar.gz"
    return path if path.exists() else None


def train(validate: bool = False) -> Path:
    """Train a model from the files as they are now and return it.

    Args:
        validate: let Rasa look for contradictions in the files first, which takes half a minute.

    Raises:
        Failure: Rasa could not train; the reason it gave is part of the message.
    """
    with _one_at_a_time():
        return _train(validate)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Wait until nobody else trains here: a `make run` beside a `make test`, say."""
    models = ROOT / "models"
    models.mkdir(exist_ok=True)
    with (models / ".training.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another training is going on here; waiting for it …", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _train(validate: bool) -> Path:
    name = f"quayside-{fingerprint()}"
    log_path = settings().var_dir / "train.log"
    log_path.parent.mkdir(parents=True, exist_ok=True)
    # Trained beside models/ and moved in when whole: a broken-off training leaves no model behind.
    build = ROOT / "models" / "training"
    command = [
        str(ASSISTANT_PYTHON), "-W", "ignore", "-m", "rasa", "train", "--fixed-model-name", name,
        "--out", str(build), "--domain", "domain.yml", "--data", "data", "--config", "config.yml",
    ]  # fmt: skip
    if not validate:
        command.append("--skip-validation")
    with log_path.open("w", encoding="utf-8") as log:
        environment = {**os.environ, f"{PREFIX}ENCODERS": settings().encoders}
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, env=environment)
        _show_progress(process)
    built = build / f"{name}.tar.gz"
    if process.returncode != 0 or not built.exists():
        reason = _reason(log_path.read_text(encoding="utf-8", errors="replace"))
        raise Failure(
            f"Training failed:\n{reason}\nMend the data and try again; make data-check finds most slips sooner. "
            f"All of what Rasa said is in {shown(log_path)}."
        )
    target = ROOT / "models" / built.name
    built.replace(target)
    return target


def _reason(log: str) -> str:
    """Return what an output of Rasa says of its failure: from the last exception or error on, not too long."""
    lines = _COLOURS.sub("", log).splitlines()
    starts = [number for number, line in enumerate(lines) if _REASON.match(line)]
    if not starts:
        return "\n".join([line for line in lines if not _NOISE.match(line)][-_REASON_LINES:])
    # The last line may be one of several: the error, and under it the exception.
    start = next(n for n in reversed(starts) if n - 1 not in starts)
    found = [line for line in lines[start:] if not _NOISE.match(line)]
    more = len(found) - _REASON_LINES
    return "\n".join(found[:_REASON_LINES] + ([f"… and {more} more lines"] if more > 0 else []))


def _show_progress(process: subprocess.Popen[bytes]) -> None:
    started = time.monotonic()
    while process.poll() is None:
        time.sleep(1)
        seconds = int(time.monotonic() - started)
        if sys.stdout.isatty():
            print(f"\r  training … {seconds} s", end="", flush=True)
        elif seconds % 30 == 0:
            print(f"  training … {seconds} s", flush=True)
    print(f"{chr(13) if sys.stdout.isatty() else ''}  training took {int(time.monotonic() - started)} s")


def ensure_model() -> Path:
    """Return a model that fits the data, training one when there is none."""
    found = fitting_model()
    if found:
        return found
    with _one_at_a_time():
        found = fitting_model()  # of the training that was waited for
        if found:
            return found
        took = "some seven minutes on two cores, and eight more the first time"
        print(f"Training the model (no model in models/ fits the data; {took}):", flush=True)
        return _train(validate=False)
