"""What customs means: for an order, or in general for the shopper's country."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actions.customs import ActionCustoms
from tests.actions.conftest import Conversation, run

Known = Callable[..., Conversation]


@pytest.mark.parametrize(
    ("order", "said", "words"),
    [
        ("1005", ["utter_order"], "Customs there usually take 2 to 7 working days."),
        ("1007", ["utter_order"], "<31.46 CAD>"),
        ("1001", ["utter_customs_none"], "doesn't cross a customs border"),
        ("1023", ["utter_customs_not_reached"], "Import charges are not included"),
        ("1029", ["utter_customs_cleared", "utter_order"], "already been cleared"),
        ("1024", ["utter_customs_general_shop_pays"], "(<SE>)"),
        ("1039", ["utter_order", "utter_case_customs"], "longer than the usual 5 working days"),
    ],
)
def test_of_an_order(known: Known, order: str, said: list[str], words: str) -> None:
    outcome = run(ActionCustoms(), known(order).hears("what about customs", "customs_and_duties"))
    assert outcome.said == said
    assert words in outcome.text()


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("de-DE", ["utter_customs_general_shop_pays", "utter_customs_ask_order"]),
        ("fr-CA", ["utter_customs_general_shopper_pays", "utter_customs_free_limit", "utter_customs_ask_order"]),
        ("es", ["utter_customs_unknown_country", "utter_customs_ask_order"]),
        (None, ["utter_customs_unknown_country", "utter_customs_ask_order"]),
        ("es-419", ["utter_customs_unknown_country", "utter_customs_ask_order"]),
        ("zh-Hans-CN", ["utter_customs_general_shopper_pays", "utter_customs_ask_order"]),
    ],
)
def test_in_general(shop: str, locale: str | None, said: list[str]) -> None:
    conversation = Conversation(locale=locale).hears("do I pay duties?", "customs_and_duties")
    assert run(ActionCustoms(), conversation).said == said


def test_parcels_down(known: Known, down: Callable[[str], None]) -> None:
    conversation = known("1005").hears("what about customs", "customs_and_duties")
    down("parcels")
    assert run(ActionCustoms(), conversation).said == ["utter_hand_over_system_down"]
