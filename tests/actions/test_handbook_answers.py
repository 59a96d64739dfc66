"""Questions the handbook answers, by country, truly."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from actions.handbook_answers import ActionHandbookAnswer
from tests.actions.conftest import Conversation, names, run

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


@pytest.mark.parametrize("order", [None, "1006"])
@pytest.mark.parametrize(
    ("intent", "said", "words"),
    [
        ("shipping_options", ["utter_delivered_to", "utter_delivery_days_meant"], "(<BR>): standard with Royal Mail"),
        ("return_policy", ["utter_return_policy_shopper_pays", "utter_return_policy_excluded"], "(country: <BR>)"),
        ("payment_methods", ["utter_payment_methods", "utter_charged_at_order"], "(country: <BR>)"),
    ],
)
def test_the_country_named_comes_before_order_and_browser(
    known: Known, order: str | None, intent: str, said: list[str], words: str
) -> None:
    conversation = known(order) if order else Conversation()
    outcome = run(ActionHandbookAnswer(), names(conversation.hears("and Brazil?", intent), "BR"))
    assert outcome.said == said
    assert words in outcome.text()


def test_two_countries_are_answered_each(shop: str) -> None:
    conversation = Conversation().hears("to Germany or France?", "shipping_options")
    outcome = run(ActionHandbookAnswer(), names(conversation, "DE", "FR"))
    assert outcome.said == ["utter_delivered_to", "utter_delivered_to", "utter_delivery_days_meant"]
    assert "(<DE>): standard with DHL (1 to 3 days" in outcome.text() and "(<FR>): standard" in outcome.text()


def test_of_many_countries_the_first_three(shop: str) -> None:
    conversation = Conversation().hears("to all of these?", "shipping_options")
    outcome = run(ActionHandbookAnswer(), names(conversation, "DE", "FR", "ES", "US", "CA"))
    assert outcome.said.count("utter_delivered_to") == 3


def test_where_we_do_not_deliver_is_said(shop: str) -> None:
    conversation = Conversation().hears("to Russia or Spain?", "shipping_options")
    outcome = run(ActionHandbookAnswer(), names(conversation, "RU", "ES"))
    assert outcome.said == ["utter_not_delivered_to", "utter_delivered_to", "utter_delivery_days_meant"]
    assert "don't deliver there: <RU>" in outcome.text() and "(<ES>)" in outcome.text()


@pytest.mark.parametrize(
    ("intent", "then"),
    [
        ("shipping_options", []),
        ("return_policy", ["utter_return_policy_default_shopper_pays", "utter_return_policy_excluded"]),
        ("payment_methods", ["utter_payment_methods_default", "utter_charged_at_order"]),
    ],
)
def test_only_a_country_we_do_not_deliver_to(shop: str, intent: str, then: list[str]) -> None:
    outcome = run(ActionHandbookAnswer(), names(Conversation().hears("and Iran?", intent), "IR"))
    assert outcome.said == ["utter_not_delivered_to", *then]


def test_a_browser_from_where_we_do_not_deliver(shop: str) -> None:
    outcome = run(ActionHandbookAnswer(), Conversation(locale="ru-RU").hears("delivery?", "shipping_options"))
    assert outcome.said == ["utter_not_delivered_to", "utter_shipping_options_default"]


@pytest.mark.parametrize(("intent", "country"), [("shipping_options", "ES"), ("return_policy", "GB")])
def test_of_two_countries_the_one_it_comes_from_counts_for_returns_only(shop: str, intent: str, country: str) -> None:
    conversation = Conversation(locale="fr-FR").hears("from the UK to Spain", intent)
    outcome = run(ActionHandbookAnswer(), names(conversation, "GB", "ES", come_from="GB"))
    assert set(re.findall(r"<([A-Z]{2})>", outcome.text())) == {country}


@pytest.mark.parametrize(
    ("intent", "country"), [("shipping_options", "FR"), ("return_policy", "JP"), ("payment_methods", "JP")]
)
def test_only_where_something_comes_from_is_named(shop: str, intent: str, country: str) -> None:
    """Parcels from Japan come to the shopper; who returns or pays something from Japan is there."""
    conversation = Conversation(locale="fr-FR").hears("and from Japan?", intent)
    outcome = run(ActionHandbookAnswer(), names(conversation, "JP", come_from="JP"))
    assert set(re.findall(r"<([A-Z]{2})>", outcome.text())) == {country}


def test_orders_down_the_question_is_answered_all_the_same(known: Known, down: Callable[[str], None]) -> None:
    conversation = known("1006").hears("returns?", "return_policy")
    down("orders")
    assert run(ActionHandbookAnswer(), conversation).said[0].startswith("utter_return_policy")
