"""Makes pytest collect the testers' YAML files and run each case against one running stack."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.conversations.conversation_case import CaseError, ConversationCase, read_cases
from tests.conversations.run import StepFailed, run_case
from tests.conversations.shop import Shop
from tests.stack import Stack

CLOCK = "2026-12-01T10:00:00+00:00"
# A run is one address sending hundreds of messages in a minute: the limits by visitor have tests of their own.
_NO_LIMITS = {"messages_per_minute": "10000", "conversations_per_hour": "100000"}
# Name of the property by which a case tells how long its turns took, also out of a worker's process.
_SECONDS = "turn_seconds"
_turn_seconds: list[float] = []


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Gateway, assistant and actions over a new demo shop, at a fixed moment."""
    running = Stack(tmp_path_factory.mktemp("conversations"), CLOCK, _NO_LIMITS)
    running.prepare()
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def shop(stack: Stack) -> Iterator[Shop]:
    """The demo shop behind the stack."""
    opened = Shop(stack.settings.services_database_url, stack.settings.shop)
    yield opened
    opened.close()


def pytest_collect_file(parent: pytest.Collector, file_path: Path) -> pytest.Collector | None:
    """Collect `*.yml` beside this file."""
    if file_path.suffix == ".yml" and file_path.parent == Path(__file__).parent:
        return ConversationFile.from_parent(parent, path=file_path)
    return None


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Collect how long the turns took."""
    if report.when == "call":
        _turn_seconds.extend(seconds for name, told in report.user_properties if name == _SECONDS for seconds in told)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how long the turns took."""
    if len(_turn_seconds) > 1:
        slow = statistics.quantiles(_turn_seconds, n=20)[-1]
        terminalreporter.write_line(
            f"{len(_turn_seconds)} turns, {sum(_turn_seconds):.0f} s together; "
            f"median {statistics.median(_turn_seconds):.2f} s, 95 % under {slow:.2f} s"
        )


class ConversationFile(pytest.File):
    """A testers' file."""

    def collect(self) -> Iterator[ConversationItem]:
        """Yield the cases of the file; a slip in it is a collection error that says where."""
        try:
            found = read_cases(self.path)
        except CaseError as error:
            raise self.CollectError(str(error)) from error
        for case in found:
            # A function item: pytest fills `stack`, `shop` and `record_property` as for any test.
            run = partial(_test, case=case, where=self.path.name)
            yield ConversationItem.from_parent(self, name=case.name, callobj=run)


class ConversationItem(pytest.Function):
    """One case, run as a test."""

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show the conversation, not a traceback, when a step failed."""
        return str(excinfo.value) if isinstance(excinfo.value, StepFailed) else super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the case stands."""
        return self.path, self.obj.keywords["case"].line - 1, self.name


def _test(
    stack: Stack, shop: Shop, record_property: Callable[[str, object], None], *, case: ConversationCase, where: str
) -> None:
    seconds: list[float] = []
    record_property(_SECONDS, seconds)
    run_case(stack, shop, case, where, seconds)
