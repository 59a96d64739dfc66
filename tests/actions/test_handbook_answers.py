"""Questions the handbook answers, by country, truly."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actions.handbook_answers import ActionHandbookAnswer
from tests.actions.conftest import Conversation, run

Known = Callable[..., Conversation]


@pytest.mark.parametrize(
    ("locale", "intent", "said", "words"),
    [
        ("de-DE", "return_policy", "utter_return_policy_free", "within <30> of delivery, and we pay"),
        ("en-US", "return_policy", "utter_return_policy_shopper_pays", "(country: <US>)"),
        (None, "return_policy", "utter_return_policy_default_shopper_pays", "within <30>"),
        (
            "en-GB",
            "shipping_options",
            "utter_shipping_options",
            "standard with Royal Mail (2 to 3 days, <3.95 GBP>, free from <60.00 GBP>)",
        ),
        ("es", "shipping_options", "utter_shipping_options_default", "express with DHL Express"),
        ("zh-Hans-CN", "payment_methods", "utter_payment_methods", "UnionPay"),
        ("de-DE", "payment_methods", "utter_payment_methods", "charged when your order leaves"),
        (None, "payment_methods", "utter_payment_methods_default", "charged when you order"),
    ],
)
def test_by_the_browsers_country(shop: str, locale: str | None, intent: str, said: str, words: str) -> None:
    outcome = run(ActionHandbookAnswer(), Conversation(locale=locale).hears("?", intent))
    assert outcome.said[0] == said
    assert words in outcome.text()


def test_the_order_in_hand_comes_before_the_browser(known: Known) -> None:
    outcome = run(ActionHandbookAnswer(), known("1006").hears("returns?", "return_policy"))
    assert outcome.values("utter_return_policy_shopper_pays")["country"] == {"$country": "US"}


def test_an_order_that_is_not_proved_does_not_tell_its_country(shop: str) -> None:
    conversation = Conversation(locale="de-DE").knows(order_number="1006").hears("returns?", "return_policy")
    outcome = run(ActionHandbookAnswer(), conversation)
    assert outcome.values("utter_return_policy_free")["country"] == {"$country": "DE"}


def test_orders_down_the_question_is_answered_all_the_same(known: Known, down: Callable[[str], None]) -> None:
    conversation = known("1006").hears("returns?", "return_policy")
    down("orders")
    assert run(ActionHandbookAnswer(), conversation).said[0].startswith("utter_return_policy")
