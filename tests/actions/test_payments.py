"""Ways to pay: the one that is named gets a yes or a no, and when money is taken is told where it is asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actions.handbook_answers import ActionHandbookAnswer
from actions.opening_hours import ActionOpeningHours
from actions.routing import ActionRoute
from tests.actions.conftest import Conversation, names, run

Known = Callable[..., Conversation]
YES, NO = "utter_payment_offered", "utter_payment_not_offered"


@pytest.mark.parametrize(
    ("locale", "text", "said", "ways"),
    [
        ("de-DE", "Klarna geht?", [NO], ["Klarna"]),
        ("de-DE", "geht Rechnungskauf", [NO], [{"$reply": "term_pay_invoice"}]),
        ("zh-CN", "用支付宝行不行", [NO], [{"$reply": "term_pay_alipay"}]),
        ("zh-CN", "银联卡能用吗", [YES], [{"$reply": "term_brand_unionpay"}]),
        ("es-ES", "¿aceptáis Bizum?", [NO], ["Bizum"]),
        ("en-US", "is Discover ok", [YES], ["Discover"]),
        ("en-GB", "is Discover ok", [NO], ["Discover"]),
        ("fr-FR", "je peux payer en plusieurs fois ?", [NO], [{"$reply": "term_pay_instalments"}]),
        ("fr-FR", "vous prenez la carte bleue", [YES], [{"$reply": "term_method_card"}]),
        ("en-GB", "gift cards as well?", [YES], [{"$reply": "term_method_gift_card"}]),
        ("ja-JP", "PayPal?", [NO], [{"$reply": "term_method_paypal"}]),
        ("en-GB", "how can I pay", [], []),
    ],
)
def test_the_way_named_first(shop: str, locale: str, text: str, said: list[str], ways: list[object]) -> None:
    conversation = Conversation(locale=locale).hears(text, "payment_methods").knows(language=_language(locale))
    outcome = run(ActionHandbookAnswer(), conversation)
    assert outcome.said == [*said, "utter_payment_methods", outcome.said[-1]]
    assert not said or outcome.values(said[0])["methods"] == {"$list_or": ways}


def test_one_is_offered_and_the_other_is_not(shop: str) -> None:
    conversation = Conversation().hears("klarna or paypal?", "payment_methods")
    assert run(ActionHandbookAnswer(), conversation).said[:2] == [YES, NO]


def test_where_the_country_is_not_known_nothing_is_denied(shop: str) -> None:
    conversation = Conversation(locale=None).hears("klarna?", "payment_methods")
    assert run(ActionHandbookAnswer(), conversation).said[0] == "utter_payment_methods_default"


def test_of_the_country_named(shop: str) -> None:
    conversation = names(Conversation().hears("discover in the US?", "payment_methods"), "US")
    assert run(ActionHandbookAnswer(), conversation).values(YES)["country"] == {"$country": "US"}


@pytest.mark.parametrize(
    ("text", "intent", "locale", "said"),
    [
        ("discover ?", "nlu_fallback", "en-GB", NO),
        ("en 3 fois ?", "nlu_fallback", "fr-FR", NO),
        ("CB ?", "nlu_fallback", "fr-FR", YES),
        ("auf Rechnung?", "invoice_request", "de-DE", NO),
    ],
)
def test_a_name_alone(shop: str, text: str, intent: str, locale: str, said: str) -> None:
    conversation = Conversation(locale=locale).hears(text, intent, confidence=0.6).knows(language=_language(locale))
    assert run(ActionRoute(), conversation).said[0] == said


@pytest.mark.parametrize(
    ("text", "intent", "locale"),
    [
        ("when do you take the money off my card", "nlu_fallback", "de-DE"),
        ("Wann buchen Sie ab?", "billing_dispute", "de-DE"),
        ("几时扣款呢", "billing_dispute", "zh-CN"),
        ("¿Cuándo se cobra?", "payment_methods", "es-ES"),
    ],
)
def test_when_it_is_charged(shop: str, text: str, intent: str, locale: str) -> None:
    conversation = Conversation(locale=locale).hears(text, intent, confidence=0.55).knows(language=_language(locale))
    action = ActionHandbookAnswer() if intent == "payment_methods" else ActionRoute()
    charged = "utter_charged_at_dispatch" if locale == "de-DE" else "utter_charged_at_order"
    assert run(action, conversation).said == [charged]


def test_when_it_is_charged_is_no_question_about_our_hours(shop: str) -> None:
    conversation = Conversation(locale="de-DE").knows(language="de")
    outcome = run(ActionOpeningHours(), conversation.hears("wann wird abgebucht", "opening_hours", confidence=0.69))
    assert outcome.said == ["utter_charged_at_dispatch"]


def test_when_it_is_charged_is_no_question_about_a_parcel(shop: str) -> None:
    conversation = Conversation(locale="de-DE").knows(language="de")
    outcome = run(ActionRoute(), conversation.hears("und wann wird mein Konto belastet", "delivery_estimate"))
    assert outcome.said == ["utter_charged_at_dispatch"]


@pytest.mark.parametrize(
    ("text", "intent", "confidence"),
    [
        ("I paid it with PayPal two weeks ago", "inform", 0.9),
        ("klarna took the money twice", "billing_dispute", 0.9),
    ],
)
def test_telling_how_it_was_paid_asks_nothing(shop: str, text: str, intent: str, confidence: float) -> None:
    outcome = run(ActionRoute(), Conversation().hears(text, intent, confidence=confidence))
    assert YES not in outcome.said and NO not in outcome.said


def test_what_customs_want_is_not_paid_in_our_shop(known: Known) -> None:
    conversation = known("1007").hears("where is it", "track_order").says("utter_order")
    outcome = run(ActionRoute(), conversation.hears("paypal?", "nlu_fallback", confidence=0.4))
    assert outcome.said[0] == "utter_charges_how_to_pay"


def _language(locale: str) -> str:
    return "zh-Hans" if locale == "zh-CN" else locale[:2]
