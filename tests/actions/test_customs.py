"""What customs means: for an order, or in general for the shopper's country."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actions.customs import ActionCustoms
from actions.handbook_answers import ActionHandbookAnswer
from actions.not_served import ActionNotServed, ActionPassToDesk
from actions.routing import ActionRoute
from actions.scenario import Scenario
from actions.tracking import ActionTrackOrder
from tests.actions.conftest import Conversation, names, run

Known = Callable[..., Conversation]


PAPERS, DAYS = "utter_customs_papers_if_asked", "utter_customs_days_wait"
WAYS = ("utter_charges_how_to_pay", "utter_charges_not_paid_less_return")
OURS = ("utter_customs_charges_ours", "utter_refused_in_full")
NOT_NAMED = ("utter_customs_charges_not_named", "utter_charges_not_paid_less_return")
NOT_NAMED_LIMIT = (NOT_NAMED[0], "utter_customs_free_limit_except", NOT_NAMED[1])


@pytest.mark.parametrize(
    ("order", "said", "words"),
    [
        ("1005", ["utter_order", PAPERS, *NOT_NAMED], "Customs there usually take 2 to 7 working days."),
        ("1005", ["utter_order", PAPERS, *NOT_NAMED], "the number of your identity card"),
        ("1007", ["utter_order", DAYS, *WAYS], "go to FedEx, never to us: <31.46 CAD>"),
        ("1007", ["utter_order", DAYS, *WAYS], "(<CA>) usually take 1 to 5 working days"),
        ("1008", ["utter_order", PAPERS, *OURS], "there is nothing for you to pay"),
        ("1040", ["utter_order", PAPERS, OURS[0], "utter_refused_less_return"], "If you refuse the parcel"),
        ("1032", ["utter_order", DAYS, "utter_customs_papers_needed", *NOT_NAMED], "UPS can tell you exactly"),
        ("1001", ["utter_customs_none"], "doesn't cross a customs border"),
        ("1023", ["utter_customs_not_reached", PAPERS, *NOT_NAMED], "Import charges are not included"),
        ("1029", ["utter_customs_cleared", "utter_order", *NOT_NAMED_LIMIT], "already been cleared"),
        (
            "1029",
            ["utter_customs_cleared", "utter_order", *NOT_NAMED_LIMIT],
            "such as leather shoes, leather bags,",
        ),
        ("1024", ["utter_customs_general_shop_pays"], "(<SE>)"),
        ("1039", ["utter_order", PAPERS, *NOT_NAMED_LIMIT, "utter_case_customs"], "than the usual 5 working days"),
        ("1039", ["utter_order", PAPERS, *NOT_NAMED_LIMIT, "utter_case_customs"], "so I don't know an amount"),
    ],
)
def test_of_an_order(known: Known, order: str, said: list[str], words: str) -> None:
    outcome = run(ActionCustoms(), known(order).hears("what about customs", "customs_and_duties"))
    assert outcome.said == said
    assert words in outcome.text()


@pytest.mark.parametrize("order", ["1005", "1008", "1032", "1039", "1040"])
@pytest.mark.parametrize("first", [ActionTrackOrder, ActionCustoms])
def test_is_answered_in_full_however_often_it_is_asked(known: Known, order: str, first: type[Scenario]) -> None:
    before = run(ActionCustoms(), known(order).hears("customs?", "customs_and_duties"))
    conversation = known(order).hears("where is it", "track_order")
    conversation.keeps(run(first(), conversation)).hears("customs?", "customs_and_duties")
    again = run(ActionCustoms(), conversation)
    assert [m for m in again.said if "case" not in m] == [m for m in before.said if "case" not in m]


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("de-DE", ["utter_customs_general_shop_pays", "utter_customs_ask_order"]),
        (
            "fr-CA",
            [
                "utter_customs_general_shopper_pays",
                "utter_customs_free_limit_except",
                "utter_charges_not_paid_less_return",
                "utter_customs_ask_order",
            ],
        ),
        ("es", ["utter_customs_unknown_country", "utter_customs_ask_order"]),
        (None, ["utter_customs_unknown_country", "utter_customs_ask_order"]),
        ("es-419", ["utter_customs_unknown_country", "utter_customs_ask_order"]),
        (
            "zh-Hans-CN",
            ["utter_customs_general_shopper_pays", "utter_charges_not_paid_less_return", "utter_customs_ask_order"],
        ),
    ],
)
def test_in_general(shop: str, locale: str | None, said: list[str]) -> None:
    conversation = Conversation(locale=locale).hears("do I pay duties?", "customs_and_duties")
    assert run(ActionCustoms(), conversation).said == said


def test_a_limit_is_said_with_what_it_does_not_free(shop: str) -> None:
    conversation = Conversation().hears("duties to Japan?", "customs_and_duties")
    text = run(ActionCustoms(), names(conversation, "JP")).text()
    assert "up to <10000 JPY> are free of customs duty there; some are not" in text and "knitwear" in text


def test_the_country_named_comes_before_the_browsers(shop: str) -> None:
    conversation = Conversation(locale="de-DE").hears("duties to Norway and Russia?", "customs_and_duties")
    outcome = run(ActionCustoms(), names(conversation, "NO", "RU"))
    assert outcome.values("utter_customs_general_shopper_pays")["country"] == {"$country": "NO"}
    assert outcome.values("utter_not_delivered_to")["countries"] == {"$list": [{"$country": "RU"}]}
    assert "<DE>" not in outcome.text()


def test_of_two_countries_the_one_it_goes_to(shop: str) -> None:
    conversation = Conversation().hears("customs from Britain to Japan", "customs_and_duties")
    outcome = run(ActionCustoms(), names(conversation, "GB", "JP", come_from="GB"))
    assert "<JP>" in outcome.text() and "<GB>" not in outcome.text()


@pytest.mark.parametrize(
    ("countries", "entities", "said"),
    [
        (["NO"], {}, "utter_customs_general_shopper_pays"),  # another country than the order's
        (["CN"], {}, "utter_order"),
        (["GB", "CN"], {}, "utter_order"),
        (["NO"], {"order_number": "1005"}, "utter_order"),  # it is named itself
    ],
)
def test_a_country_named_while_an_order_is_in_hand(
    known: Known, countries: list[str], entities: dict[str, str], said: str
) -> None:
    conversation = known("1005").hears("1005, what about customs there", "customs_and_duties", **entities)
    assert run(ActionCustoms(), names(conversation, *countries)).said[0] == said


@pytest.mark.parametrize(("come_from", "own_order"), [("GB", False), (None, True)])
def test_where_the_order_in_hand_comes_from_asks_of_no_other_country(
    known: Known, come_from: str | None, own_order: bool
) -> None:
    conversation = known("1005").hears("my parcel is from Britain, what about customs", "customs_and_duties")
    outcome = run(ActionCustoms(), names(conversation, "GB", come_from=come_from, own_order=own_order))
    assert outcome.said[0] == "utter_order"


def test_a_country_named_while_an_order_is_not_proved(shop: str) -> None:
    conversation = Conversation().knows(order_number="1005").hears("duty to Norway", "customs_and_duties")
    outcome = run(ActionCustoms(), names(conversation, "NO"))
    assert outcome.said[0] == "utter_customs_general_shopper_pays" and "1005" not in outcome.everything


class TestChargesThatAreDue:
    """Order 1007: FedEx has asked for 31.46 Canadian dollars."""

    WAYS = WAYS

    @pytest.mark.parametrize(
        ("action", "intent"),
        [
            (ActionCustoms, "customs_and_duties"),
            (ActionHandbookAnswer, "payment_methods"),
            (ActionNotServed, "payment_problem"),
        ],
    )
    def test_how_to_pay_whatever_it_is_taken_for(self, known: Known, action: type[Scenario], intent: str) -> None:
        conversation = known("1007").hears("where is it", "track_order").says("utter_order")
        outcome = run(action(), conversation.hears("how do i pay it?", intent, confidence=0.5))
        assert tuple(outcome.said)[-2:] == self.WAYS and "utter_payment_methods" not in outcome.said
        assert "FedEx, never to us: <31.46 CAD>" in outcome.text() and "sender you don't know" in outcome.text()
        assert "keeps it for <10>" in outcome.text() and "refund the price of the goods within <14>" in outcome.text()
        assert outcome.messages[-2]["details"]["link"]["url"].startswith("https://")

    @pytest.mark.parametrize("order", ["1006", "1008", "1040", "1005"])
    def test_without_charges_for_the_shopper_the_shops_ways(self, known: Known, order: str) -> None:
        conversation = known(order).hears("how do i pay?", "payment_methods")
        assert run(ActionHandbookAnswer(), conversation).said[0] == "utter_payment_methods"

    def test_nothing_about_the_charges_without_proof(self, shop: str) -> None:
        conversation = Conversation().knows(order_number="1007").hears("how do i pay?", "payment_methods")
        outcome = run(ActionHandbookAnswer(), conversation)
        assert outcome.said[0] == "utter_payment_methods" and "31.46" not in outcome.everything

    def test_the_button_below_leads_to_the_shops_ways(self, known: Known) -> None:
        conversation = known("1007").hears("how do i pay?", "payment_methods").says(self.WAYS[0]).says(self.WAYS[1])
        outcome = run(ActionHandbookAnswer(), conversation.hears("/payment_methods", "payment_methods"))
        assert outcome.said[0] == "utter_payment_methods"

    def test_a_button_that_was_offered_for_another_reason_does_not(self, known: Known) -> None:
        conversation = known("1007").hears("how pay", "nlu_fallback").says("utter_clarify")
        outcome = run(ActionHandbookAnswer(), conversation.hears("/payment_methods", "payment_methods"))
        assert tuple(outcome.said) == self.WAYS

    @pytest.mark.parametrize(("order", "likeliest"), [("1007", "track_order"), ("1005", "payment_methods")])
    def test_what_is_not_understood_is_not_guessed(self, known: Known, order: str, likeliest: str) -> None:
        conversation = known(order).hears("where is it", "track_order").says("utter_order")
        ranking = [{"name": "nlu_fallback"}, {"name": likeliest, "confidence": 0.3}]
        outcome = run(ActionRoute(), conversation.hears("hm?", "nlu_fallback", intent_ranking=ranking))
        assert outcome.said == ["utter_clarify"]

    @pytest.mark.parametrize("likeliest", ["customs_and_duties", "payment_methods", "payment_problem"])
    def test_hardly_understood_right_after_they_were_told(self, known: Known, likeliest: str) -> None:
        conversation = known("1007").hears("where is it", "track_order").says("utter_order")
        ranking = [{"name": "nlu_fallback"}, {"name": likeliest, "confidence": 0.3}]
        outcome = run(ActionRoute(), conversation.hears("and if I refuse it", "nlu_fallback", intent_ranking=ranking))
        assert tuple(outcome.said) == self.WAYS and outcome.slots["next_step"] == "answered"

    @pytest.mark.parametrize(("order", "confidence"), [("1007", 0.4), ("1005", 0.4), ("1040", 0.4)])
    def test_how_much_is_not_the_price_of_delivery(self, known: Known, order: str, confidence: float) -> None:
        conversation = known(order).hears("where is it", "track_order").says("utter_order")
        asked = conversation.hears("how much and to whom", "shipping_options", confidence=confidence)
        assert "utter_shipping_options" not in run(ActionHandbookAnswer(), asked).said

    @pytest.mark.parametrize("known_before", [True, False])
    def test_what_delivery_costs_is_said_where_it_is_asked(self, known: Known, known_before: bool) -> None:
        conversation = known("1007").hears("where is it", "track_order")
        conversation = conversation.says("utter_order" if known_before else "utter_greet")
        confidence = 0.9 if known_before else 0.4
        asked = conversation.hears("what does express cost", "shipping_options", confidence=confidence)
        assert run(ActionHandbookAnswer(), asked).said[0] == "utter_shipping_options"

    @pytest.mark.parametrize(
        ("action", "intent"), [(ActionHandbookAnswer, "payment_methods"), (ActionNotServed, "payment_problem")]
    )
    @pytest.mark.parametrize("order", ["1005", "1008", "1040", "1039"])
    def test_to_pay_right_after_an_order_in_customs(
        self, known: Known, action: type[Scenario], intent: str, order: str
    ) -> None:
        conversation = known(order).hears("where is it", "track_order").says("utter_order")
        outcome = run(action(), conversation.hears("and what of paying", intent, confidence=0.5))
        assert "utter_order" in outcome.said and "utter_payment_methods" not in outcome.said
        ways = outcome.messages[-1]
        assert ways["response"] == "utter_customs_shops_ways" and ways["options"][0]["payload"] == "/payment_methods"
        pressed = conversation.keeps(outcome).hears("/payment_methods", "payment_methods")
        assert run(ActionHandbookAnswer(), pressed).said[0] == "utter_payment_methods"

    def test_after_an_order_that_crosses_no_border_the_shops_ways(self, known: Known) -> None:
        conversation = known("1006").hears("where is it", "track_order").says("utter_order")
        outcome = run(ActionHandbookAnswer(), conversation.hears("how do i pay?", "payment_methods"))
        assert outcome.said[0] == "utter_payment_methods"

    @pytest.mark.parametrize(("likely", "answered"), [(0.13, True), (0.05, False)])
    def test_nearly_the_likeliest_is_enough(self, known: Known, likely: float, answered: bool) -> None:
        conversation = known("1007").hears("where is it", "track_order").says("utter_order")
        ranking = [{"name": "place_order", "confidence": 0.14}, {"name": "customs_and_duties", "confidence": likely}]
        outcome = run(ActionRoute(), conversation.hears("and if i say no", "nlu_fallback", intent_ranking=ranking))
        assert (tuple(outcome.said) == self.WAYS) is answered

    def test_hardly_understood_right_after_an_order_in_customs(self, known: Known) -> None:
        conversation = known("1040").hears("where is it", "track_order").says("utter_order")
        ranking = [{"name": "nlu_fallback"}, {"name": "customs_and_duties", "confidence": 0.3}]
        outcome = run(ActionRoute(), conversation.hears("so nothing", "nlu_fallback", intent_ranking=ranking))
        assert "utter_customs_charges_ours" in outcome.said

    def test_asked_after_where_it_is_was_asked_twice(self, known: Known) -> None:
        conversation = known("1007").hears("where is it", "track_order")
        conversation.keeps(run(ActionTrackOrder(), conversation)).hears("and now", "track_order")
        again = run(ActionTrackOrder(), conversation)
        assert again.said == ["utter_nothing_new"]
        ranking = [{"name": "nlu_fallback"}, {"name": "payment_methods", "confidence": 0.3}]
        conversation.keeps(again).hears("and how?", "nlu_fallback", intent_ranking=ranking)
        assert tuple(run(ActionRoute(), conversation).said) == self.WAYS

    def test_parcels_down_the_shops_ways_are_said(self, known: Known, down: Callable[[str], None]) -> None:
        conversation = known("1007").hears("how do i pay?", "payment_methods")
        down("parcels")
        assert run(ActionHandbookAnswer(), conversation).said[0] == "utter_payment_methods"


PAPERS_NEEDED, UNNAMED = "utter_customs_papers_needed", "utter_customs_charges_not_named"
LIMIT, NOT_PAID = "utter_customs_free_limit_except", "utter_charges_not_paid_less_return"


class TestOnlyWhatIsAskedFor:
    """Right after it was told that customs have the parcel, questions about that are answered one by one."""

    def told(self, known: Known, order: str, language: str = "en") -> Conversation:
        conversation = known(order).hears("customs?", "customs_and_duties").knows(language=language)
        return conversation.keeps(run(ActionCustoms(), conversation))

    @pytest.mark.parametrize(
        ("order", "message", "said"),
        [
            ("1032", ("en", "what info are they after, which papers?", "invoice_request"), [PAPERS_NEEDED]),
            ("1032", ("en", "how do I send them?", "return_item"), [PAPERS_NEEDED]),
            ("1032", ("en", "is there a fee?", "payment_methods"), [UNNAMED]),
            ("1033", ("en", "and the VAT?", "payment_methods"), None),
            ("1007", ("en", "who do i pay", "payment_methods"), list(WAYS)),
            ("1007", ("en", "papers?", "customs_and_duties"), None),
            ("1040", ("en", "will they hold it if I refuse it", "cancel_order"), ["utter_refused_less_return"]),
            ("1032", ("es", "¿Cuánto?", "nlu_fallback"), [UNNAMED]),
            ("1032", ("es", "cómo se los mando", "return_item"), [PAPERS_NEEDED]),
            ("1032", ("fr", "ils le gardent combien de jours", "delivery_estimate"), [NOT_PAID]),
            ("1032", ("fr", "où les envoyer", "track_order"), [PAPERS_NEEDED]),
            ("1032", ("de", "Welche Unterlagen denn?", "invoice_request"), [PAPERS_NEEDED]),
            ("1039", ("de", "Wie hoch ist die Steuer?", "customs_and_duties"), [UNNAMED, LIMIT]),
            ("1005", ("zh-Hans", "税多少钱", "customs_and_duties"), [UNNAMED]),
            ("1005", ("zh-Hans", "用不用身份证", "customs_and_duties"), [PAPERS]),
            ("1005", ("zh-Hans", "大概还要多久啊", "customs_and_duties"), ["utter_customs_days"]),
        ],
    )
    def test_by_its_words(
        self, known: Known, order: str, message: tuple[str, str, str], said: list[str] | None
    ) -> None:
        language, text, intent = message
        conversation = self.told(known, order, language).hears(text, intent)
        action = ActionHandbookAnswer() if intent == "payment_methods" else ActionRoute()
        outcome = run(action, conversation)
        if said is None:
            assert outcome.said and "utter_order" not in outcome.said
        else:
            assert outcome.said == said and outcome.slots == {"next_step": "answered"}

    def test_is_no_matter_of_privacy(self, known: Known, cases: Callable[[], list[object]]) -> None:
        conversation = self.told(known, "1032").hears("what details do they want", "privacy_request")
        assert run(ActionPassToDesk(), conversation).said == [PAPERS_NEEDED]
        assert not cases()

    @pytest.mark.parametrize(
        ("text", "intent"),
        [
            ("how do I send it back?", "return_item"),
            ("send me the invoice for the tax office", "invoice_request"),
            ("how much is express shipping", "shipping_options"),
        ],
    )
    def test_other_questions_are_answered_as_ever(self, known: Known, text: str, intent: str) -> None:
        conversation = self.told(known, "1032").hears(text, intent)
        action = ActionHandbookAnswer() if intent == "shipping_options" else ActionRoute()
        assert PAPERS_NEEDED not in (said := run(action, conversation).said) and UNNAMED not in said

    def test_only_while_customs_have_it(self, known: Known) -> None:
        conversation = known("1006").hears("where is it", "track_order").says("utter_order")
        outcome = run(ActionRoute(), conversation.hears("which papers?", "invoice_request"))
        assert outcome.said == ["utter_cannot_invoice_request"]


def test_parcels_down(known: Known, down: Callable[[str], None]) -> None:
    conversation = known("1005").hears("what about customs", "customs_and_duties")
    down("parcels")
    assert run(ActionCustoms(), conversation).said == ["utter_hand_over_system_down"]
