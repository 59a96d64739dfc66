"""`make run` and `make chat` as a newcomer sees them: what is printed, what answers, what is left when it stops."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from core.settings import PREFIX, ROOT
from ops.health import ports
from tests.ops.command import assert_one_sentence, run
from tests.stack import SERVICES_PYTHON, Stack

pytestmark = pytest.mark.slow

_READY_SECONDS = 180


class Running:
    """`make run` in a folder of its own, on ports of its own."""

    def __init__(self, folder: Path) -> None:
        self.stack = Stack(folder)
        self._log_path = folder / "run.log"
        with self._log_path.open("w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [SERVICES_PYTHON, "-m", "ops.run"],
                cwd=ROOT,
                env=self.stack.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def printed(self) -> str:
        return self._log_path.read_text(encoding="utf-8", errors="replace")

    def wait_for(self, words: str) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while words not in self.printed:
            assert self.process.poll() is None, self.printed
            assert time.monotonic() < deadline, self.printed
            time.sleep(0.2)

    def interrupt(self) -> int:
        """Press Ctrl-C, as a terminal does it: the whole foreground group gets the signal."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(120)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = Running(tmp_path_factory.mktemp("run"))
    try:
        running.wait_for("Quayside is ready.")
        yield running
    finally:
        code = running.interrupt()
    # Ctrl-C is the end of every `make run`: it is quiet, and leaves nothing behind.
    assert code == 0, running.printed
    assert "Traceback" not in running.printed
    assert_nothing_listens(running.stack)


def test_it_prints_what_it_does_and_addresses_that_answer(running: Running) -> None:
    printed = running.printed
    for step in (
        "Preparing the database",
        "Preparing the demo shop",
        *(f"{name} is up" for name in ("gateway", "console")),
    ):
        assert step in printed
    settings = running.stack.settings
    for address in (f"http://127.0.0.1:{settings.gateway_port}/", f"http://127.0.0.1:{settings.console_port}/"):
        assert address in printed
        assert requests.get(address, headers={"Accept": "text/html"}, timeout=10).status_code == 200
    assert settings.console_password not in printed


def test_the_terminal_gets_a_true_answer(running: Running) -> None:
    # Order and contact are what the set-up wrote for the storefront to offer.
    offered = json.loads((running.stack.var_dir / "demo-orders.json").read_text(encoding="utf-8"))
    order = next(o for o in offered if o["state"] == "in transit, on time")
    typed = f"where is my order {order['number']}? my email is {order['email']}\n"
    told = run("ops.chat", running.stack.environment, typed=typed)
    assert told.returncode == 0, told.stderr
    assert order["number"] in told.stdout.split("you:", 1)[1]
    assert "on its way" in told.stdout, told.stdout


def test_a_second_start_says_which_port_is_taken_and_how_to_move_it(running: Running) -> None:
    again = run("ops.run", running.stack.environment)
    assert_one_sentence(again, "already", "QUAYSIDE_GATEWAY_PORT", str(running.stack.settings.gateway_port))


def test_a_process_that_dies_stops_the_rest_and_is_told(tmp_path: Path) -> None:
    running = Running(tmp_path)
    try:
        running.wait_for("Quayside is ready.")
        os.kill(process_id("gateway", running.stack), signal.SIGKILL)
        assert running.process.wait(120) == 1
        assert "quayside: A process ended" in running.printed
        assert_nothing_listens(running.stack)
    finally:
        running.interrupt()


def test_a_closed_terminal_stops_everything(tmp_path: Path) -> None:
    running = Running(tmp_path)
    try:
        running.wait_for("Quayside is ready.")
        os.killpg(running.process.pid, signal.SIGHUP)
        assert running.process.wait(120) == 0, running.printed
        assert_nothing_listens(running.stack)
    finally:
        running.interrupt()


def test_a_terminal_that_goes_without_a_signal_stops_it(tmp_path: Path) -> None:
    # As `xterm -e make run`: make is the terminal's first process, is the only one to get SIGHUP, and waits.
    script = (
        "import ops.supervisor, time; ops.supervisor._stop_with_the_terminal(); print('up', flush=True); time.sleep(60)"
    )
    command = ["sh", "-c", f'trap : HUP; "{SERVICES_PYTHON}" -c "{script}" > {tmp_path}/out; echo $? > {tmp_path}/code']
    terminal, slave = os.openpty()
    process = subprocess.Popen(command, cwd=ROOT, stdin=slave, start_new_session=True)
    os.close(slave)
    deadline = time.monotonic() + 60
    while not (tmp_path / "out").exists() or "up" not in (tmp_path / "out").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    os.close(terminal)
    process.wait(30)
    assert (tmp_path / "code").read_text().strip() == str(128 + signal.SIGTERM)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("GATEWAY_PORT", "eight thousand", "QUAYSIDE_GATEWAY_PORT"),
        ("DATABASE_URL", "sqlite:////nowhere/at/all.sqlite", "QUAYSIDE_DATABASE_URL"),
        ("SHOP", "My Shop!", "QUAYSIDE_SHOP"),
        ("VAR_DIR", "/proc/nope", "QUAYSIDE_VAR_DIR"),
        ("VAR_DIR", __file__, "QUAYSIDE_VAR_DIR"),
        ("CONSOLE_HOST", "nosuch.host", "QUAYSIDE_CONSOLE_HOST"),
        ("CONSOLE_HOST", "192.0.2.7", "QUAYSIDE_CONSOLE_HOST"),
    ],
)
def test_a_wrong_setting_is_one_sentence(tmp_path: Path, name: str, value: str, told: str) -> None:
    environment = Stack(tmp_path).environment | {PREFIX + name: value}
    assert_one_sentence(run("ops.run", environment), told)


def process_id(name: str, stack: Stack) -> int:
    """Return the id of one of the four processes, found by the folder that its environment names."""
    mark = f"{PREFIX}VAR_DIR={stack.var_dir}".encode()
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (entry / "cmdline").read_bytes().split(b"\0")
            if command[1:3] == [b"-m", name.encode()] and mark in (entry / "environ").read_bytes().split(b"\0"):
                return int(entry.name)
    raise AssertionError(f"no process {name}")


def assert_nothing_listens(stack: Stack) -> None:
    """Every door is shut: no process was left running."""
    for name, (host, port) in ports(stack.settings).items():
        with socket.socket() as probe:
            assert probe.connect_ex((host, port)) != 0, f"something still listens on {name} {port}"
