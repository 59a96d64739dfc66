"""Actions only name replies: every name exists in domain.yml, and every placeholder gets its value."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from actions.clarify import OFFERED
from actions.needs import NEWS, not_served, order_needs
from actions.payments import name_of
from commerce.delivery import Condition
from commerce.handbook import handbook
from commerce.order import PaymentKind
from commerce.parcel import DeliveryPlace
from desk.settlement import Settled

ROOT = Path(__file__).resolve().parents[2]
DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
RESPONSES = DOMAIN["responses"]
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
NOT_VALUES = {"options", "details"}


def modules() -> list[Path]:
    return sorted((ROOT / "actions").glob("*.py"))


def calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield node


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def placeholders(name: str) -> set[str]:
    return {found for variation in RESPONSES[name] for found in PLACEHOLDER.findall(variation.get("text") or "")}


def literal_names(node: ast.expr) -> list[str]:
    """Names a call may use: a literal, or both sides of a conditional expression."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return [*literal_names(node.body), *literal_names(node.orelse)]
    return []


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.stem)
def test_no_action_writes_text_itself(path: Path) -> None:
    for call in calls(path):
        keywords = {keyword.arg for keyword in call.keywords}
        if called(call) in ("utter_message", "say"):
            assert not keywords & {"text", "buttons", "json_message", "template", "image", "attachment"}, ast.unparse(
                call
            )
        if called(call) == "utter_message":
            assert path.name == "turn.py" and not call.args, "only Turn.say speaks, and only by name"


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.stem)
def test_named_replies_exist_and_get_their_values(path: Path) -> None:
    for call in calls(path):
        if called(call) not in ("say", "reply", "option") or not call.args:
            continue
        given = {keyword.arg for keyword in call.keywords} - NOT_VALUES
        for name in literal_names(call.args[0]):
            assert name in RESPONSES, f"{path.name}:{call.lineno}: {name}"
            assert placeholders(name) <= given, f"{path.name}:{call.lineno}: {name} lacks {placeholders(name) - given}"


@pytest.mark.parametrize(
    "name",
    [
        *(f"utter_cannot_{intent}" for intent in not_served()),
        *(f"option_{intent}" for intent in OFFERED),
        *(f"label_status_{condition.value}" for condition in Condition),
        *(f"term_left_{place.value}" for place in DeliveryPlace),
        *(f"term_method_{kind.value}" for kind in PaymentKind),
        *(
            f"term_shipping_{option.code}{free}"
            for rule in handbook().shipping_options.values()
            for option in rule.options
            for free in ("", "_free_from")
        ),
        *(f"term_excluded_{code}" for rule in handbook().returns.values() for code in rule.excluded),
        *(f"term_settled_{code.value}" for code in Settled if code is not Settled.NOTHING),
        *(f"term_check_{code}" for rule in handbook().claims.values() for code in rule.checks if code != "address"),
    ],
)
def test_names_put_together_from_data_exist(name: str) -> None:
    assert name in RESPONSES


def test_ways_to_pay_that_shoppers_name_have_names() -> None:
    words = yaml.safe_load((ROOT / "actions" / "payment_words.yml").read_text(encoding="utf-8"))
    named = [name_of(way) for way in words if way != "charged"]
    assert {name["$reply"] for name in named if isinstance(name, dict)} - set(RESPONSES) == set()
    assert {f"term_pay_{way}" for way in words} >= {name for name in RESPONSES if name.startswith("term_pay_")}


def test_every_reply_is_used() -> None:
    """A reply nobody says is a translation nobody needs."""
    text = "".join(path.read_text(encoding="utf-8") for path in [*modules(), ROOT / "assistant" / "waiting.py"])
    rules = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "data" / "rules").glob("*.yml"))
    from_data = re.compile(
        r"utter_(cannot|ask)_|option_|label_status_|term_(left|method|pay|shipping|excluded|check|not_shipped|settled)_"
        r"|term_(goods|paper)_|term_(preparing|dispatch_late)(_no_day)?$"
    )
    unused = [n for n in RESPONSES if f'"{n}"' not in text and n not in rules and not from_data.match(n)]
    assert unused == []


def test_every_action_of_the_domain_is_served() -> None:
    from rasa_sdk.executor import ActionExecutor

    executor = ActionExecutor()
    executor.register_package("actions")
    assert set(DOMAIN["actions"]) == set(executor.actions)


def test_every_intent_is_answered_by_a_rule() -> None:
    """No intent ends in silence or in the fallback for want of a rule."""
    answered: set[str] = set()
    for path in (ROOT / "data" / "rules").glob("*.yml"):
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]:
            for step in rule["steps"]:
                answered |= {s["intent"] for s in [step, *step.get("or", [])] if "intent" in s}
    assert set(DOMAIN["intents"]) == answered


def test_needs_are_intents_and_slot_values() -> None:
    assert order_needs() | set(NEWS) == set(DOMAIN["slots"]["need"]["values"])
    assert set(not_served()) <= set(DOMAIN["intents"])
