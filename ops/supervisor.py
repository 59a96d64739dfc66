"""One supervisor for the four processes: honcho reads the Procfile, starts them and stops them together."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO

from honcho.environ import parse_procfile
from honcho.manager import Manager
from honcho.printer import Printer

from core.settings import ROOT, Settings
from ops.environment import assistant_environment, services_environment
from ops.health import health_addresses, wait_until_healthy

_STOPPED_BY_USER = (130, 143)

# Rasa imports TensorFlow before it loads the model: half a minute on a slow disk.
START_SECONDS = 180


class _Printout:
    """Standard output that may go away: a closed terminal must not keep the processes from being stopped."""

    def __init__(self, output: IO[str]) -> None:
        self._output = output

    def write(self, text: str) -> None:
        with contextlib.suppress(OSError):
            self._output.write(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            self._output.flush()

    def isatty(self) -> bool:
        return self._output.isatty()


def _stop_on_hangup() -> None:
    """Let a closed terminal (SIGHUP) stop everything as SIGTERM does, unless nohup says otherwise."""
    if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
        return
    supervisor = os.getpid()

    def stop(_number: int, _frame: object) -> None:
        # honcho's readers inherit this and get the signal, too: they end when the process that they read from has.
        if os.getpid() == supervisor:
            os.kill(supervisor, signal.SIGTERM)

    signal.signal(signal.SIGHUP, stop)


def _stop_with_the_terminal() -> None:
    """Stop when the terminal is gone though no signal came: where `make` was its first process, only make gets one."""
    if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN or not sys.stdin.isatty():
        return
    terminal = select.poll()
    terminal.register(sys.stdin.fileno(), 0)  # a hang-up is told without being asked for

    def watch() -> None:
        terminal.poll()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def make_manager(settings: Settings, model: Path, output: IO[str]) -> Manager:
    """Return a honcho manager of the Procfile's processes, each with the environment meant for it."""
    manager = Manager(printer=Printer(_Printout(output)))
    procfile = parse_procfile((ROOT / "Procfile").read_text(encoding="utf-8"))
    for name, line in procfile.processes.items():
        env = assistant_environment(settings, model) if name == "assistant" else services_environment()
        # exec: the shell that honcho starts makes room for the process, so that signals reach it.
        manager.add_process(name, f"exec {line}", env=env, cwd=str(ROOT))
    return manager


def supervise(
    settings: Settings, model: Path, output: IO[str], on_ready: Callable[[], None], tell: Callable[[str], None]
) -> int:
    """Run all processes until one ends, Ctrl-C or a hang-up; call `on_ready` when all answer. Returns the exit code.

    When they do not all answer in time, everything is stopped and the code is 1.
    """
    manager = make_manager(settings, model, output)
    ended = threading.Event()
    failed = threading.Event()

    def watch() -> None:
        if wait_until_healthy(health_addresses(settings), START_SECONDS, lambda: not ended.is_set(), tell):
            on_ready()
        elif not ended.is_set():
            failed.set()
            manager.terminate()

    threading.Thread(target=watch, daemon=True).start()
    _stop_on_hangup()
    _stop_with_the_terminal()
    manager.loop()
    ended.set()
    return 1 if failed.is_set() else 0 if manager.returncode in _STOPPED_BY_USER else int(manager.returncode or 1)
