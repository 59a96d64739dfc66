"""Runs one case: does its steps in order, and tells the whole conversation when one does not hold."""

from __future__ import annotations

from tests.conversations.checks import CHECKS
from tests.conversations.conversation import Conversation
from tests.conversations.conversation_case import ConversationCase, Step
from tests.conversations.shop import Shop
from tests.stack import Stack


class StepFailed(AssertionError):
    """A step did not hold; the message says where, what was there, and tells the conversation so far."""


def run_case(stack: Stack, shop: Shop, case: ConversationCase, where: str, seconds: list[float]) -> None:
    """Run the steps in order, and add to `seconds` how long each turn took.

    Raises:
        StepFailed: a step did not hold; the steps after it are not run.
    """
    shop.put_back()
    shop.switch_off(case.outages)
    talk = Conversation(stack, shop, case.locale)
    try:
        talk.set_slots(case.slots)
        for step in case.steps:
            run_step(talk, step, where)
    finally:
        shop.switch_off([])
        talk.close()
        seconds.extend(turn.seconds for turn in talk.turns if turn.seconds)


def run_step(talk: Conversation, step: Step, where: str) -> None:
    """Do or check one thing. Raises StepFailed when it does not hold."""
    try:
        if step.kind in CHECKS:
            CHECKS[step.kind].run(talk, step.value)
        else:
            _do(talk, step)
    except AssertionError as error:
        story = "\n".join(talk.story())
        raise StepFailed(f"{where}:{step.line}: {step.kind}: {step.value}\n  {error}\n\n{story}") from error


def _do(talk: Conversation, step: Step) -> None:
    value = step.value
    if step.kind == "user":
        talk.say(value["repeat"] * value["times"] if isinstance(value, dict) else value)
    elif step.kind == "button":
        talk.press(value)
    elif step.kind == "person":
        talk.person(value)
    else:
        talk.shop.switch_off([] if value == "none" else [value])
