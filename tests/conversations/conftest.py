"""Makes pytest collect the testers' YAML files and run each case against one running stack."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.conversations.checks import CHECKS
from tests.conversations.conversation import Conversation, switch_outages
from tests.conversations.conversation_case import CaseError, ConversationCase, Step, read_cases
from tests.stack import Stack

CLOCK = "2026-12-01T10:00:00+00:00"
# A run is one address sending hundreds of messages in a minute: the limits by visitor have tests of their own.
_NO_LIMITS = {"messages_per_minute": "10000", "conversations_per_hour": "100000"}


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


def pytest_collect_file(parent: pytest.Collector, file_path: Path) -> pytest.Collector | None:
    """Collect `*.yml` beside this file."""
    if file_path.suffix == ".yml" and file_path.parent == Path(__file__).parent:
        return ConversationFile.from_parent(parent, path=file_path)
    return None


class ConversationFile(pytest.File):
    """A testers' file."""

    def collect(self) -> Iterator[ConversationItem]:
        """Yield the cases of the file; a slip in it is a collection error that says where."""
        try:
            found = read_cases(self.path)
        except CaseError as error:
            raise self.CollectError(str(error)) from error
        for case in found:
            # A function item whose argument is the fixture `stack`: pytest fills it as for any test.
            run = partial(_run_case, case=case, where=self.path.name)
            yield ConversationItem.from_parent(self, name=case.name, callobj=run)


class StepFailed(AssertionError):
    """A step did not hold; the message holds the whole conversation."""


class ConversationItem(pytest.Function):
    """One case, run as a test."""

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException]) -> Any:
        """Show the conversation, not a traceback, when a step failed."""
        return str(excinfo.value) if isinstance(excinfo.value, StepFailed) else super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the case stands."""
        return self.path, self.obj.keywords["case"].line - 1, self.name


def _run_case(stack: Stack, *, case: ConversationCase, where: str) -> None:
    """Run the steps in order; the first that fails ends the case."""
    switch_outages(stack, list(case.outages))
    talk = Conversation(stack, case.locale)
    try:
        talk.set_slots(case.slots)
        for step in case.steps:
            _run_step(stack, talk, step, where)
    finally:
        switch_outages(stack, [])
        talk.close()


def _run_step(stack: Stack, talk: Conversation, step: Step, where: str) -> None:
    does = {
        "user": lambda: talk.say(str(step.value)),
        "button": lambda: talk.press(str(step.value)),
        "person": lambda: talk.person(step.value),
        "outage": lambda: switch_outages(stack, [] if step.value == "none" else [str(step.value)]),
    }
    try:
        if step.kind in does:
            does[step.kind]()
        else:
            CHECKS[step.kind](talk, step.value)
    except AssertionError as error:
        story = "\n".join(talk.story())
        raise StepFailed(f"{where}:{step.line}: {step.kind}: {step.value}\n  {error}\n\n{story}") from error
