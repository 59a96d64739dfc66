"""What is talked about goes on: a country named a moment ago, and the question of a moment ago for another country."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actions.customs import ActionCustoms
from actions.hand_over import ActionHandOver
from actions.handbook_answers import ActionHandbookAnswer
from actions.not_served import ActionNotServed
from actions.opening_hours import ActionOpeningHours
from actions.routing import ActionRoute
from actions.scenario import Scenario
from actions.tracking import ActionTrackOrder
from tests.actions.conftest import Conversation, names, run

Known = Callable[..., Conversation]
HANDBOOK = ("shipping_options", "return_policy", "payment_methods")


def asked(conversation: Conversation, intent: str, *countries: str) -> Conversation:
    """A general question about countries, and its answer."""
    names(conversation.hears("a question", intent), *countries)
    action: Scenario = ActionHandbookAnswer() if intent in HANDBOOK else ActionCustoms()
    return conversation.keeps(run(action, conversation))


def alone(conversation: Conversation, code: str, intent: str = "inform") -> Conversation:
    """A message that names a country and says nothing else."""
    names(conversation.hears("and there?", intent), code)
    conversation.latest["entities"][-1]["additional_info"]["alone"] = True
    return conversation


@pytest.mark.parametrize("intent", ["shipping_options", "return_policy", "payment_methods"])
def test_the_country_just_talked_about_is_meant_next(shop: str, intent: str) -> None:
    conversation = asked(Conversation(locale="es-MX"), "shipping_options", "AR")
    text = run(ActionHandbookAnswer(), conversation.hears("and what else", intent)).text()
    assert "<AR>" in text and "<MX>" not in text


def test_the_country_just_talked_about_is_meant_for_customs(shop: str) -> None:
    conversation = asked(Conversation(locale="de-DE"), "shipping_options", "IC")
    outcome = run(ActionCustoms(), conversation.hears("customs there?", "customs_and_duties"))
    assert outcome.values("utter_customs_general_shopper_pays")["country"] == {"$country": "IC"}


def test_it_is_kept_while_questions_go_on(shop: str) -> None:
    conversation = asked(Conversation(locale="en-GB"), "shipping_options", "JP")
    for intent in ("customs_and_duties", "return_policy", "payment_methods"):
        asked(conversation, intent)
    assert "<JP>" in run(ActionHandbookAnswer(), conversation.hears("express?", "shipping_options")).text()


def test_an_order_asked_about_since_comes_first(known: Known) -> None:
    conversation = asked(known("1002"), "shipping_options", "CA").hears("where is 1002", "track_order")
    conversation.keeps(run(ActionTrackOrder(), conversation)).hears("postage?", "shipping_options")
    assert "<FR>" in run(ActionHandbookAnswer(), conversation).text()


def test_an_order_asked_about_before_does_not(known: Known) -> None:
    conversation = known("1002").hears("where is 1002", "track_order")
    conversation.keeps(run(ActionTrackOrder(), conversation))
    asked(conversation, "shipping_options", "CA")
    text = run(ActionCustoms(), conversation.hears("and taxes?", "customs_and_duties")).text()
    assert "<CA>" in text and "1002" not in text


def test_what_customs_have_of_ones_own_comes_before_a_country_talked_about(known: Known) -> None:
    conversation = asked(known("1007"), "shipping_options", "JP").hears("and taxes?", "customs_and_duties")
    assert "<31.46 CAD>" in run(ActionCustoms(), conversation).text()


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        ("shipping_options", "utter_delivered_to"),
        ("return_policy", "utter_return_policy_shopper_pays"),
        ("payment_methods", "utter_payment_methods"),
        ("customs_and_duties", "utter_customs_general_shopper_pays"),
    ],
)
@pytest.mark.parametrize("intent", ["inform", "nlu_fallback", "shipping_options"])
def test_a_country_alone_asks_what_was_asked_before(shop: str, topic: str, said: str, intent: str) -> None:
    conversation = asked(Conversation(), topic, "GB")
    outcome = run(ActionRoute(), alone(conversation, "NO", intent))
    assert outcome.slots == {"next_step": "answered"}
    assert said in outcome.said and "<NO>" in outcome.text() and "<GB>" not in outcome.text()


def test_of_the_unknown_country_that_customs_depend_on(shop: str) -> None:
    conversation = asked(Conversation(locale=None), "customs_and_duties")
    assert "<NO>" in run(ActionRoute(), alone(conversation, "NO")).text()


def test_a_country_that_is_not_served_is_said_so(shop: str) -> None:
    conversation = asked(Conversation(), "shipping_options", "AR")
    assert run(ActionRoute(), alone(conversation, "RU")).said == ["utter_not_delivered_to"]
    again = alone(asked(conversation, "shipping_options", "RU"), "AR")
    assert run(ActionRoute(), again).said[0] == "utter_delivered_to"


def test_hardly_understood_words_beside_it_change_nothing(shop: str) -> None:
    conversation = asked(Conversation(), "return_policy", "GB")
    names(conversation.hears("my aunt is over in the states", "track_order", confidence=0.45), "US")
    assert "<US>" in run(ActionRoute(), conversation).text()


def test_a_need_of_its_own_does(shop: str) -> None:
    conversation = asked(Conversation(), "return_policy", "GB")
    names(conversation.hears("my order to the states was damaged", "damaged_item"), "US")
    assert "utter_cannot_damaged_item" in run(ActionRoute(), conversation).said


def test_a_country_alone_at_first_asks_whether_we_deliver_there(shop: str) -> None:
    assert run(ActionRoute(), alone(Conversation(), "NO")).said[0] == "utter_delivered_to"


def test_a_country_alone_while_an_order_is_open_says_too_little(known: Known) -> None:
    assert run(ActionRoute(), alone(known("1002"), "NO")).said == ["utter_clarify"]


def test_how_long_after_what_delivery_there_costs(shop: str) -> None:
    conversation = asked(Conversation(locale="es-MX"), "shipping_options", "AR")
    outcome = run(ActionRoute(), conversation.hears("y cuándo llega", "delivery_estimate"))
    assert "<AR>" in outcome.text() and outcome.slots["next_step"] == "answered"


def test_how_long_of_an_order_in_hand(known: Known) -> None:
    conversation = asked(known("1002"), "shipping_options", "CA").hears("when does it come", "delivery_estimate")
    assert run(ActionRoute(), conversation).slots["next_step"] == "estimate"


def test_how_long_without_a_country_asks_for_the_order(shop: str) -> None:
    conversation = asked(Conversation(), "shipping_options")
    assert run(ActionRoute(), conversation.hears("when will it come", "delivery_estimate")).slots["next_step"] == (
        "identify"
    )


def test_other_answers_in_between_end_the_question(shop: str) -> None:
    conversation = asked(Conversation(), "customs_and_duties", "GB").hears("are you open", "opening_hours")
    conversation.keeps(run(ActionOpeningHours(), conversation))
    assert run(ActionRoute(), alone(conversation, "NO")).said[0] == "utter_delivered_to"


@pytest.mark.parametrize(
    ("action", "intent"),
    [
        (ActionHandOver, "counterfeit_claim"),
        (ActionNotServed, "product_question"),
        (ActionRoute, "nlu_fallback"),
    ],
)
def test_goods_named_after_customs(
    shop: str, cases: Callable[[], list[object]], action: type[Scenario], intent: str
) -> None:
    conversation = asked(Conversation(), "customs_and_duties", "JP")
    outcome = run(action(), conversation.hears("and perfume then?", intent, confidence=0.8))
    assert "utter_customs_free_limit_except" in outcome.said and "<JP>" in outcome.text()
    assert not cases()


@pytest.mark.parametrize("risk", [["counterfeit"], []])
def test_a_claim_of_counterfeit_is_handed_over(shop: str, risk: list[str]) -> None:
    conversation = asked(Conversation(), "customs_and_duties" if risk else "shipping_options", "GB")
    outcome = run(ActionHandOver(), conversation.hears("the perfume is no original", "counterfeit_claim", risk=risk))
    assert outcome.said == ["utter_hand_over_risk"]
