"""Which way messages go: needs, corrections, several orders, yes and no, and what the form takes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actions.clarify import ActionDefaultFallback, ActionDontKnow
from actions.identity_form import AskContact, AskOrderNumber, ValidateIdentityForm
from actions.needs import not_served, order_needs
from actions.routing import ActionRoute
from tests.actions.conftest import Conversation, Outcome, names, run

Known = Callable[..., Conversation]
LUCIA = "lucia.ferrer@example.com"


def answering(slot: str, **slots: str) -> Conversation:
    """A conversation in the identity form."""
    conversation = Conversation(form="identity_form").hears("where is my order", "track_order").acts("action_route")
    conversation.acts("identity_form").says(f"utter_ask_{slot}")
    return conversation.knows(need="track_order", requested_slot=slot, **slots)


def validate(conversation: Conversation) -> Outcome:
    """Run the form's validator as Rasa does: the form itself is the last action."""
    return run(ValidateIdentityForm(), conversation.acts("identity_form"))


@pytest.mark.parametrize("need", sorted(order_needs()))
def test_every_need_about_an_order_asks_who_it_is(shop: str, need: str) -> None:
    outcome = run(ActionRoute(), Conversation().hears("please help", need))
    served_perhaps = need not in not_served() or not_served()[need].looked_up
    assert outcome.said == ([] if served_perhaps else [f"utter_cannot_{need}"])
    assert outcome.slots["need"] == need
    assert outcome.slots["next_step"] == ("customs" if need == "customs_and_duties" else "identify")


@pytest.mark.parametrize("need", sorted(order_needs()))
def test_a_known_shopper_is_not_asked_again(known: Known, need: str) -> None:
    outcome = run(ActionRoute(), known("1001").hears("please help", need))
    assert outcome.slots["next_step"] not in ("identify", "answered", "hand_over")


def test_just_a_number_means_where_is_it(shop: str) -> None:
    outcome = run(ActionRoute(), Conversation().hears("1001", order_number="1001"))
    assert outcome.slots == {
        "need": "track_order",
        "order_number": "1001",
        "more_orders": None,
        "contact": None,
        "next_step": "identify",
    }


def test_the_contact_given_first_is_used_when_the_number_comes(shop: str) -> None:
    conversation = Conversation().hears(f"I'm {LUCIA}, where is my stuff?", "track_order", email=LUCIA)
    assert run(ActionRoute(), conversation).slots["next_step"] == "identify"
    assert run(ActionRoute(), conversation.hears("1001", order_number="1001")).slots["next_step"] == "track"


def test_the_number_given_in_another_question_is_remembered(shop: str) -> None:
    conversation = Conversation().hears("can 1001 be returned?", "return_policy", order_number="1001")
    outcome = run(ActionRoute(), conversation.hears("and where is it?", "track_order"))
    assert outcome.slots["order_number"] == "1001"


class TestSeveralOrders:
    """Several orders, at once or one after another."""

    def test_the_contact_is_taken_over(self, known: Known) -> None:
        conversation = known("1034", contact="amelia.hartley@example.com", need="track_order")
        outcome = run(ActionRoute(), conversation.hears("and 1004?", order_number="1004"))
        assert (outcome.slots["order_number"], outcome.slots["next_step"]) == ("1004", "track")

    def test_two_in_one_message(self, shop: str) -> None:
        mail = "amelia.hartley@example.com"
        text = f"where are 1034 and 1035? {mail}"
        conversation = Conversation().hears(text, "track_order", order_number=["1034", "1035"], email=mail)
        outcome = run(ActionRoute(), conversation)
        assert (outcome.slots["order_number"], outcome.slots["more_orders"]) == ("1034", ["1035"])

    def test_when_two_are_asked_for_everything_of_each_is_told(self, known: Known) -> None:
        conversation = known("1034", "1035").hears(
            "when come 1034 and 1035", "delivery_estimate", order_number=["1034", "1035"]
        )
        assert run(ActionRoute(), conversation).slots["next_step"] == "track"

    def test_one_of_them_is_somebody_elses(self, shop: str) -> None:
        mail = "amelia.hartley@example.com"
        text = f"where are 1001 and 1034? {mail}"
        conversation = Conversation().hears(text, "track_order", order_number=["1001", "1034"], email=mail)
        outcome = run(ActionRoute(), conversation)
        assert outcome.said == ["utter_other_order_not_proved"]
        assert (outcome.slots["order_number"], outcome.slots["more_orders"]) == ("1034", None)
        assert outcome.slots["unproved_orders"] == ["1001"]

    def waiting(self, known: Known, *orders: str) -> Conversation:
        """An order is proved and told; another contact was asked for of others."""
        conversation = known("1034", contact="amelia.hartley@example.com", need="track_order")
        return conversation.knows(unproved_orders=list(orders)).says("utter_other_order_not_proved")

    def test_the_contact_that_was_asked_for_is_tried_on_the_other(self, known: Known) -> None:
        outcome = run(ActionRoute(), self.waiting(known, "1001").hears(LUCIA, email=LUCIA))
        assert (outcome.slots["order_number"], outcome.slots["next_step"]) == ("1001", "track")
        assert outcome.slots["unproved_orders"] is None and outcome.said == []

    def test_one_of_two_that_wait_is_proved(self, known: Known) -> None:
        outcome = run(ActionRoute(), self.waiting(known, "1001", "1006").hears(LUCIA, email=LUCIA))
        assert (outcome.slots["order_number"], outcome.slots["more_orders"]) == ("1001", None)
        assert outcome.slots["unproved_orders"] == ["1006"]
        assert outcome.values("utter_other_order_not_proved") == {"order": "1006"}

    def test_a_wrong_contact_for_it_is_said_of_it(self, known: Known) -> None:
        outcome = run(ActionRoute(), self.waiting(known, "1001").hears("a@b.example", email="a@b.example"))
        assert outcome.said == ["utter_identity_mismatch"]
        assert (outcome.slots["order_number"], outcome.slots["next_step"]) == ("1001", "identify")

    @pytest.mark.parametrize("kind", ["postcode", "order_number"])
    def test_named_once_more_it_is_asked_about_and_the_later_contact_is_tried(self, known: Known, kind: str) -> None:
        """Where a contact was asked for, the understanding takes a bare number for a postcode."""
        conversation = self.waiting(known, "1001").hears("and 1001?", "nlu_fallback", **{kind: "1001"})
        outcome = run(ActionRoute(), conversation)
        assert outcome.said == [] and outcome.slots["next_step"] == "identify"
        assert (outcome.slots["order_number"], outcome.slots["unproved_orders"]) == ("1001", None)
        conversation.knows(**outcome.slots, requested_slot="contact").acts("action_route").acts("identity_form")
        conversation.form = "identity_form"
        conversation.says("utter_ask_contact").hears(f"no it's my friend's, {LUCIA}", "deny", email=LUCIA)
        assert validate(conversation).slots["next_step"] == "track"

    def test_a_contact_that_was_asked_for_is_no_new_wish(self, known: Known) -> None:
        ranking = [{"name": "inform", "confidence": 0.3}, {"name": "wrong_item", "confidence": 0.2}]
        conversation = self.waiting(known, "1001")
        conversation.hears(f"no that is my friend's one {LUCIA}", intent_ranking=ranking, email=LUCIA)
        assert run(ActionRoute(), conversation).slots["next_step"] == "track"

    def test_without_a_contact_the_order_told_is_still_the_one_talked_about(self, known: Known) -> None:
        outcome = run(ActionRoute(), self.waiting(known, "1001").hears("when is it coming?", "delivery_estimate"))
        assert (outcome.slots["order_number"], outcome.slots["next_step"]) == ("1034", "estimate")

    @pytest.mark.parametrize(("number", "order"), [("1070", "1014"), ("1035", "1035")])
    def test_a_number_may_be_its_postcode_or_another_order(self, known: Known, number: str, order: str) -> None:
        outcome = run(ActionRoute(), self.waiting(known, "1014").hears(number, postcode=number))
        assert (outcome.slots["order_number"], outcome.slots["next_step"]) == (order, "track")
        assert outcome.said == []

    def test_both_are_kept_until_the_contact_comes(self, shop: str) -> None:
        conversation = answering("order_number")
        outcome = validate(conversation.hears("1034 and 1035", order_number=["1034", "1035"]))
        assert (outcome.slots["order_number"], outcome.slots["more_orders"]) == ("1034", ["1035"])
        conversation.knows(**outcome.slots)
        outcome = validate(conversation.hears("amelia.hartley@example.com", email="amelia.hartley@example.com"))
        assert (outcome.slots["order_number"], outcome.slots["more_orders"]) == ("1034", ["1035"])
        assert outcome.slots["next_step"] == "track"

    def test_an_order_and_its_postcode_side_by_side(self, shop: str) -> None:
        conversation = Conversation().hears("Bestellung 1031, 8004, wo ist die?", order_number=["1031", "8004"])
        outcome = run(ActionRoute(), conversation)
        assert (outcome.slots["order_number"], outcome.slots["next_step"]) == ("1031", "track")
        assert outcome.slots["more_orders"] is None

    def test_the_postcode_before_the_order(self, shop: str) -> None:
        conversation = Conversation().hears("8004, order 1031", order_number=["8004", "1031"])
        conversation.latest["entities"][1]["additional_info"] = {"named": True}
        outcome = run(ActionRoute(), conversation)
        assert (outcome.slots["order_number"], outcome.slots["next_step"]) == ("1031", "track")

    def test_what_was_not_tried_at_once_is_found_again_when_it_is_needed(self, shop: str) -> None:
        conversation = Conversation().hears("useless!!! 1014 1070", "complaint", order_number=["1014", "1070"])
        outcome = run(ActionRoute(), conversation.hears("is it here by christmas", "delivery_estimate"))
        assert (outcome.slots["order_number"], outcome.slots["next_step"]) == ("1014", "estimate")

    def test_two_orders_side_by_side(self, shop: str) -> None:
        outcome = run(ActionRoute(), Conversation().hears("1034, 1035", order_number=["1034", "1035"]))
        assert (outcome.slots["order_number"], outcome.slots["more_orders"]) == ("1034", ["1035"])
        assert outcome.slots["next_step"] == "identify" and outcome.said == []


class TestWhatTheDataSays:
    """A message of data says by what it names what it is for."""

    def test_a_day(self, known: Known) -> None:
        deadline = {"kind": "weekday", "weekday": 4}
        conversation = known("1001", need="track_order").hears(
            "1001 by Friday?", order_number="1001", deadline=deadline
        )
        assert run(ActionRoute(), conversation).slots["next_step"] == "estimate"

    def test_a_tracking_number(self, known: Known) -> None:
        conversation = known("1001").hears("CY792771090DE, 1001", order_number="1001", tracking_number="CY792771090DE")
        assert run(ActionRoute(), conversation).slots["next_step"] == "tracking_problem"

    def test_but_it_does_not_change_another_wish(self, known: Known) -> None:
        deadline = {"kind": "weekday", "weekday": 4}
        conversation = known("1001", need="cancel_order").hears(
            "1001, by Friday", order_number="1001", deadline=deadline
        )
        assert run(ActionRoute(), conversation).slots["need"] == "cancel_order"

    @pytest.mark.parametrize(
        ("slots", "intent", "next_step"),
        [
            ({"need": "track_order"}, "inform", "estimate"),
            ({"need": "delivery_estimate"}, "deny", "estimate"),
            ({}, "nlu_fallback", "estimate"),
            ({"need": "cancel_order"}, "inform", "answered"),
            ({"need": "track_order"}, "affirm", "estimate"),
        ],
    )
    def test_a_day_alone_asks_about_the_order_spoken_of(
        self, known: Known, slots: dict[str, str], intent: str, next_step: str
    ) -> None:
        deadline = {"kind": "date", "month": 12, "day": 4, "year": None}
        conversation = known("1001", **slots).hears("by 4/12", intent, deadline=deadline)
        assert run(ActionRoute(), conversation).slots["next_step"] == next_step

    def test_but_not_where_a_person_was_offered(self, known: Known) -> None:
        conversation = known("1001", need="track_order").says("utter_dont_know")
        conversation.hears("yes, today please", "affirm", deadline={"kind": "in_days", "days": 0})
        assert run(ActionRoute(), conversation).slots["next_step"] == "hand_over"

    @pytest.mark.parametrize(("confidence", "next_step"), [(0.5, "estimate"), (0.97, "track")])
    def test_a_day_beside_a_doubtful_question(self, known: Known, confidence: float, next_step: str) -> None:
        deadline = {"kind": "date", "month": 12, "day": 3, "year": None}
        conversation = known("1001").hears(
            "in time for 3/12", "parcel_delayed", deadline=deadline, confidence=confidence
        )
        assert run(ActionRoute(), conversation).slots["next_step"] == next_step


class TestCorrections:
    """Numbers and contacts put right."""

    @pytest.mark.parametrize(
        "text",
        [
            "it's 1001, not 1002",
            "not 1002, 1001",
            "no es el 1002 sino el 1001",
            "1001 et pas 1002",
            "nicht die 1002, sondern 1001",
            "不是1002,是1001",
            "不是订单1002,是1001",
        ],
    )
    def test_the_number_that_is_not_meant_is_left_out(self, shop: str, text: str) -> None:
        numbers = sorted(("1001", "1002"), key=text.find)
        outcome = run(ActionRoute(), Conversation().hears(text, order_number=numbers))
        assert (outcome.slots["order_number"], outcome.slots["more_orders"]) == ("1001", None)

    @pytest.mark.parametrize(
        "text", ["no, it's 1001", "no 1001", "sorry, 1001", "non, 1001", "nein, 1001", "不对,1001", "1001 not 1002"]
    )
    def test_where_a_contact_was_asked_for(self, shop: str, text: str) -> None:
        """There the understanding takes every number for a postcode."""
        conversation = answering("contact", order_number="1002")
        numbers = [number for number in ("1001", "1002") if number in text]
        outcome = validate(conversation.hears(text, postcode=numbers))
        assert (outcome.slots["order_number"], outcome.slots["next_step"]) == ("1001", "identify")
        assert "utter_identity_mismatch" not in outcome.said

    def test_another_order_with_its_e_mail(self, shop: str) -> None:
        conversation = answering("contact", order_number="1002")
        outcome = validate(conversation.hears(f"status of 9876? {LUCIA}", postcode="9876", email=LUCIA))
        assert outcome.said == ["utter_identity_mismatch"] and outcome.slots["order_number"] == "9876"

    def test_a_postcode_like_an_order_number_with_its_e_mail(self, shop: str) -> None:
        conversation = answering("contact", order_number="1014")
        mail = "lukas.steiner@example.net"
        outcome = validate(conversation.hears(f"1070, {mail}", postcode="1070", email=mail))
        assert (outcome.slots["order_number"], outcome.slots["next_step"]) == ("1014", "track")

    def test_the_contact_of_before_goes_with_the_corrected_number(self, shop: str) -> None:
        conversation = answering("contact", order_number="1002")
        assert validate(conversation.hears(LUCIA, email=LUCIA)).said == ["utter_identity_mismatch"]
        outcome = validate(conversation.hears("1001", postcode="1001"))
        assert (outcome.slots["order_number"], outcome.slots["next_step"]) == ("1001", "track")

    @pytest.mark.parametrize("text", ["1034", "ok 1034 then", "1034??", "vale, 1034", "gut, dann 1034", "那就1034"])
    def test_the_number_that_was_asked_for_is_tried_with_the_contact_given_before(self, shop: str, text: str) -> None:
        conversation = answering("contact", order_number="1006")
        mail = "amelia.hartley@example.com"
        assert validate(conversation.hears(mail, email=mail)).said == ["utter_identity_mismatch"]
        conversation.says("utter_identity_mismatch").says("utter_ask_contact_after_mismatch")
        outcome = validate(conversation.hears(text, postcode="1034"))
        assert (outcome.slots["order_number"], outcome.slots["next_step"]) == ("1034", "track")
        assert outcome.said == []

    @pytest.mark.parametrize(("number", "held"), [("8004", "1031"), ("8005", "8005")])
    def test_after_a_mismatch_it_may_still_be_the_postcode(self, shop: str, number: str, held: str) -> None:
        conversation = answering("contact", order_number="1031")
        validate(conversation.hears("eve@example.com", email="eve@example.com"))
        conversation.says("utter_identity_mismatch").says("utter_ask_contact_after_mismatch")
        outcome = validate(conversation.hears(number, postcode=number))
        assert outcome.slots["order_number"] == held
        assert outcome.said == ([] if held == "1031" else ["utter_identity_mismatch"])

    def test_a_question_about_another_order_is_no_wrong_postcode(self, shop: str) -> None:
        conversation = answering("contact", order_number="1034")
        outcome = validate(conversation.hears("where is 1006 i mean", "track_order", postcode="1006"))
        assert outcome.said == [] and outcome.slots["order_number"] == "1006"

    def test_the_order_number_once_more_with_its_postcode(self, shop: str) -> None:
        conversation = answering("contact", order_number="1014")
        outcome = validate(conversation.hears("1014 1070", postcode=["1014", "1070"]))
        assert (outcome.slots["order_number"], outcome.slots["next_step"]) == ("1014", "track")

    def test_a_corrected_contact(self, shop: str) -> None:
        conversation = answering("contact", order_number="1001")
        validate(conversation.hears("lucia@example.com", email="lucia@example.com"))
        assert validate(conversation.hears(f"actually {LUCIA}", email=LUCIA)).slots["next_step"] == "track"

    def test_four_digits_may_be_a_postcode(self, shop: str) -> None:
        conversation = answering("contact", order_number="1014")  # goes to 1070 Wien
        assert validate(conversation.hears("1070", postcode="1070")).slots["next_step"] == "track"
        conversation = answering("contact", order_number="1014")
        assert validate(conversation.hears("no, the postcode is 1070", postcode="1070")).slots["next_step"] == "track"

    def test_nothing_is_taken_from_long_ago(self, shop: str) -> None:
        conversation = Conversation().hears(f"I'm {LUCIA}", email=LUCIA)
        conversation.messages += 90  # minutes
        assert run(ActionRoute(), conversation.hears("1001", order_number="1001")).slots["next_step"] == "identify"


class TestNumbersOfAnotherLength:
    """The shop's numbers have four digits: five that nothing calls an order are rather a postcode."""

    def test_it_is_kept_for_the_order_that_comes(self, shop: str) -> None:
        conversation = answering("order_number")
        outcome = validate(conversation.hears("46006", order_number="46006"))
        assert (outcome.slots["order_number"], outcome.slots["next_step"]) == (None, "identify")
        assert run(AskOrderNumber(), conversation.knows(**outcome.slots)).values(
            "utter_ask_order_number_after_postcode"
        ) == {"postcode": "46006", "example": "1042"}
        assert validate(conversation.hears("1001", order_number="1001")).slots["next_step"] == "track"

    def test_said_once_more_it_is_the_order(self, shop: str) -> None:
        conversation = answering("order_number")
        validate(conversation.hears("46006", order_number="46006"))
        assert validate(conversation.hears("46006", order_number="46006")).slots["order_number"] == "46006"

    def test_where_an_order_is_spoken_of_it_is_its_postcode(self, shop: str) -> None:
        """No form waits: two answers that could not be read came before."""
        conversation = Conversation().knows(order_number="1006", need="track_order")
        conversation.hears("2", "nlu_fallback").says("utter_hand_over_failed_attempts")
        outcome = run(ActionRoute(), conversation.hears("78704", order_number="78704"))
        assert (outcome.slots["order_number"], outcome.slots["next_step"]) == ("1006", "track")

    def test_after_an_order_was_proved_it_is_no_other_order(self, known: Known) -> None:
        outcome = run(ActionRoute(), known("1006", need="track_order").hears("98101", order_number="98101"))
        assert (outcome.slots["order_number"], outcome.slots["next_step"]) == ("1006", "track")

    def test_in_a_question_it_is_another_order(self, known: Known) -> None:
        heard = known("1006").hears("where is 98101", "track_order", order_number="98101")
        assert run(ActionRoute(), heard).slots["order_number"] == "98101"

    def test_beside_an_email_it_is_the_order(self, shop: str) -> None:
        conversation = Conversation().hears(f"10553 {LUCIA}", order_number="10553", email=LUCIA)
        assert run(ActionRoute(), conversation).slots["order_number"] == "10553"


class TestTrackingNumber:
    """Who names no order may name its parcel; it opens the order to who has its contact, and to nobody else."""

    PARCEL = "CY792771090DE"  # of 1001

    def test_with_the_postcode_that_comes_next(self, shop: str) -> None:
        conversation = answering("order_number", tracking_number=self.PARCEL)
        outcome = validate(conversation.hears("46006", order_number="46006"))
        assert (outcome.slots["order_number"], outcome.slots["next_step"]) == ("1001", "track")

    def test_a_strangers_parcel_and_one_that_does_not_exist_are_never_told_apart(self, shop: str) -> None:
        outcomes = []
        for parcel in (self.PARCEL, "CY792771091DE"):
            conversation = Conversation(id=parcel).knows(tracking_number=parcel)
            conversation.hears(f"{parcel} eve@example.com", "track_order", email="eve@example.com")
            outcomes.append(run(ActionRoute(), conversation))
        assert outcomes[0] == outcomes[1]
        assert outcomes[0].slots["order_number"] is None and outcomes[0].said == ["utter_identity_mismatch"]

    def test_its_tries_count(self, shop: str) -> None:
        conversation = Conversation().knows(tracking_number=self.PARCEL)
        steps = []
        for guess in range(5):
            mail = f"eve{guess}@example.com"
            steps.append(run(ActionRoute(), conversation.hears(mail, email=mail)).slots["next_step"])
        assert steps == ["identify"] * 4 + ["hand_over"]

    def test_carriers_down(self, shop: str, down: Callable[[str], None]) -> None:
        down("parcels")
        conversation = answering("order_number", tracking_number=self.PARCEL)
        outcome = validate(conversation.hears(LUCIA, email=LUCIA))
        assert outcome.said == [] and outcome.slots["next_step"] == "identify"


class TestForm:
    """What the identity form takes and what it leaves to the rules."""

    def test_it_takes_the_number_and_asks_on(self, shop: str) -> None:
        outcome = validate(answering("order_number").hears("1001", order_number="1001"))
        assert outcome.events == [
            {"event": "slot", "timestamp": None, "name": name, "value": value}
            for name, value in [
                ("need", "track_order"),
                ("order_number", "1001"),
                ("more_orders", None),
                ("contact", None),
                ("next_step", "identify"),
            ]
        ]

    def test_it_ends_when_it_is_proved(self, shop: str) -> None:
        outcome = validate(answering("contact", order_number="1001").hears("46006", postcode="46006"))
        assert outcome.events[-2:] == [
            {"event": "slot", "timestamp": None, "name": "next_step", "value": "track"},
            {"event": "slot", "timestamp": None, "name": "requested_slot", "value": None},
        ]

    def test_it_steps_back_from_a_message_without_data(self, shop: str) -> None:
        assert validate(answering("order_number").hears("what is your return policy?", "return_policy")).events == []

    def test_it_does_nothing_at_its_start_and_after_a_digression(self, shop: str) -> None:
        start = Conversation(form="identity_form").hears(
            "1001 46006", "track_order", order_number="1001", postcode="46006"
        )
        start.acts("action_route").events.append({"event": "active_loop", "name": "identity_form"})
        assert validate(start.knows(need="track_order", order_number="1001")).events == []
        back = answering("order_number").hears("hello 1001", "greet", order_number="1001").acts("utter_greet")
        assert validate(back).events == []

    def test_my_order_is_does_not_turn_a_cancellation_into_a_search(self, shop: str) -> None:
        conversation = answering("order_number").knows(need="cancel_order")
        outcome = validate(conversation.hears("my order is 1001", "track_order", order_number="1001"))
        assert outcome.slots["need"] == "cancel_order"

    def test_a_wish_that_clearly_changes_is_followed(self, shop: str) -> None:
        conversation = answering("contact", order_number="1001")
        outcome = validate(conversation.hears(f"please cancel it, {LUCIA}", "cancel_order", email=LUCIA))
        assert outcome.said == ["utter_cannot_cancel_order"]
        assert (outcome.slots["need"], outcome.slots["next_step"]) == ("cancel_order", "desk")

    def test_system_down_ends_the_form(self, shop: str, down: Callable[[str], None]) -> None:
        down("orders")
        outcome = validate(answering("contact", order_number="1001").hears("46006", postcode="46006"))
        assert outcome.events == [
            {"event": "slot", "timestamp": None, "name": name, "value": value}
            for name, value in [
                ("contact", None),
                ("handover_reason", "system_down"),
                ("next_step", "hand_over"),
                ("requested_slot", None),
            ]
        ]

    def test_a_mistake_of_ours_ends_the_form(self, shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("actions.identity_form.read", lambda _: 1 / 0)
        outcome = validate(answering("contact", order_number="1001").hears("46006", postcode="46006"))
        assert (outcome.slots["handover_reason"], outcome.slots["requested_slot"]) == ("error", None)

    def test_a_remark_while_the_claim_waits_for_a_yes(self, known: Known) -> None:
        conversation = known("1010").knows(requested_slot="claim_confirmed")
        conversation.says("utter_not_received_facts").says("utter_ask_claim_confirmed")
        conversation.form = "claim_form"
        conversation.hears("I asked the neighbours, nothing", "delivered_not_received")
        assert run(ActionRoute(), conversation).events == [
            {"event": "slot", "timestamp": None, "name": "next_step", "value": "answered"}
        ]
        weakly = Conversation(form="claim_form").hears(
            "hold on, I'll have a look round the back", "return_item", confidence=0.69
        )
        assert run(ActionRoute(), weakly).events == [
            {"event": "slot", "timestamp": None, "name": "next_step", "value": "answered"}
        ]
        conversation.says("utter_ask_claim_again").hears("it is really not here", "delivered_not_received")
        handed_over = run(ActionRoute(), conversation)
        assert handed_over.said == ["utter_hand_over_failed_attempts", "utter_claim_left"]


class TestAsking:
    """The form asks in words that fit what was just said."""

    def test_the_first_time(self) -> None:
        conversation = Conversation().hears("where is my order", "track_order")
        assert run(AskOrderNumber(), conversation).said == ["utter_ask_order_number"]
        assert run(AskContact(), conversation.knows(order_number="1001")).said == ["utter_ask_contact"]

    @pytest.mark.parametrize(
        ("said", "number", "contact"),
        [
            ("utter_cannot_cancel_order", "utter_ask_order_number_plain", "utter_ask_contact"),
            ("utter_return_policy_free", "utter_ask_order_number_again", "utter_ask_contact_again"),
            ("utter_identity_mismatch", "utter_ask_order_number_again", "utter_ask_contact_after_mismatch"),
        ],
    )
    def test_after_another_reply(self, said: str, number: str, contact: str) -> None:
        conversation = Conversation().hears("hm", "track_order").says(said).knows(order_number="1001")
        assert run(AskOrderNumber(), conversation).said == [number]
        assert run(AskContact(), conversation).said == [contact]

    def test_that_only_the_number_is_missing_and_then_where_to_find_it(self, shop: str) -> None:
        conversation = answering("order_number").hears(LUCIA, email=LUCIA)
        outcome = run(AskOrderNumber(), conversation)
        assert outcome.said == ["utter_ask_order_number_contact_noted"]
        assert [option["payload"] for option in outcome.messages[0]["options"]] == ["/human_agent"]
        conversation.says(outcome.said[0]).hears(f"i told you, {LUCIA}", email=LUCIA)
        assert run(AskOrderNumber(), conversation).said == ["utter_dont_know_order_number"]

    @pytest.mark.parametrize("said", ["utter_clarify_contact", "utter_dont_know_contact"])
    def test_not_twice(self, said: str) -> None:
        conversation = Conversation().hears("hm", "track_order").says(said).knows(order_number="1001")
        assert run(AskContact(), conversation).said == []


class TestYesAndNo:
    """A yes or a no that no form asked for."""

    @pytest.mark.parametrize("offer", ["utter_cannot_sizing", "utter_dont_know", "utter_declined"])
    def test_yes_takes_the_offer_of_a_person(self, shop: str, offer: str) -> None:
        conversation = Conversation().hears("do they run small?", "sizing").says(offer)
        outcome = run(ActionRoute(), conversation.hears("yes please", "affirm"))
        assert outcome.said == [] and outcome.slots["next_step"] == "hand_over"

    def test_yes_after_a_case_is_only_a_yes(self, shop: str) -> None:
        conversation = Conversation().hears("cancel it", "cancel_order").says("utter_cannot_cancel_order")
        conversation.says("utter_passed_to_desk")
        outcome = run(ActionRoute(), conversation.hears("ok", "affirm"))
        assert outcome.said == ["utter_affirm"] and outcome.slots == {"next_step": "answered"}

    def test_yes_there_is_something_else(self, shop: str) -> None:
        conversation = Conversation().hears("thanks", "thanks").says("utter_thanks")
        assert run(ActionRoute(), conversation.hears("yes", "affirm")).said == ["utter_go_ahead"]

    def test_no(self, shop: str) -> None:
        assert run(ActionRoute(), Conversation().hears("no", "deny")).said == ["utter_deny"]

    def test_no_with_a_number_is_a_correction(self, shop: str) -> None:
        outcome = run(ActionRoute(), Conversation().hears("no, 1001", "deny", order_number="1001"))
        assert outcome.slots["order_number"] == "1001"

    def test_no_to_the_form_leaves_it(self, shop: str) -> None:
        outcome = run(ActionRoute(), answering("contact", order_number="1001").hears("no", "deny"))
        assert outcome.said == ["utter_declined"]
        assert outcome.events[:2] == [
            {"event": "active_loop", "timestamp": None, "name": None},
            {"event": "slot", "timestamp": None, "name": "requested_slot", "value": None},
        ]


class TestNotUnderstood:
    """Once with choices, then a person."""

    def test_once_with_the_likeliest_choices(self, shop: str) -> None:
        ranking = [{"name": name, "confidence": 0.2} for name in ("nlu_fallback", "warranty", "greet", "refund_status")]
        outcome = run(ActionRoute(), Conversation().hears("hm", "nlu_fallback", intent_ranking=ranking))
        assert outcome.said == ["utter_clarify"]
        payloads = [option["payload"] for option in outcome.messages[0]["options"]]
        assert payloads == ["/warranty", "/refund_status", "/track_order", "/human_agent"]

    def test_what_no_rule_covers_is_asked_about_too(self, shop: str) -> None:
        assert run(ActionDefaultFallback(), Conversation().hears("hm", "greet")).said == ["utter_clarify"]

    @pytest.mark.parametrize(
        ("likeliest", "need"), [("customs_and_duties", "customs_and_duties"), ("exchange_item", "track_order")]
    )
    def test_an_order_number_is_understood_all_the_same(self, shop: str, likeliest: str, need: str) -> None:
        ranking = [{"name": name, "confidence": 0.3} for name in ("nlu_fallback", likeliest, "greet")]
        conversation = Conversation().hears("hm 1001?", "nlu_fallback", order_number="1001", intent_ranking=ranking)
        outcome = run(ActionRoute(), conversation)
        assert (outcome.slots["need"], outcome.slots["next_step"]) == (need, "identify")

    BROKEN = f"le saladier est fêlé, commande 1001, {LUCIA}"

    @pytest.mark.parametrize(
        ("text", "inform", "damaged", "need", "said"),
        [
            (BROKEN, 0.52, 0.22, None, ["utter_clarify"]),
            (BROKEN, 0.45, 0.42, "damaged_item", ["utter_cannot_damaged_item"]),
            (BROKEN, 0.95, 0.03, "track_order", []),
            (f"碗裂了一道口子，订单1001，{LUCIA}", 0.5, 0.2, None, ["utter_clarify"]),
            (f"1001 {LUCIA}", 0.52, 0.22, "track_order", []),
        ],
    )
    def test_a_need_beside_data_is_not_passed_over(  # noqa: PLR0917
        self, shop: str, text: str, inform: float, damaged: float, need: str | None, said: list[str]
    ) -> None:
        ranking = [{"name": "inform", "confidence": inform}, {"name": "damaged_item", "confidence": damaged}]
        conversation = Conversation().hears(
            text, confidence=inform, intent_ranking=ranking, order_number="1001", email=LUCIA
        )
        outcome = run(ActionRoute(), conversation)
        assert outcome.said == said and outcome.slots.get("need") == need
        if need is None:
            assert outcome.messages[0]["options"][0]["payload"] == "/damaged_item"
            # Whichever is meant, the data need not be given again.
            conversation.says("utter_clarify").hears("/damaged_item", "damaged_item")
            assert run(ActionRoute(), conversation).slots["next_step"] == "desk"

    def test_no_case_is_opened_on_a_guess(self, known: Known) -> None:
        ranking = [{"name": name, "confidence": 0.55} for name in ("cancel_order", "refund_status")]
        conversation = known("1001").hears("hm?", "cancel_order", confidence=0.55, intent_ranking=ranking)
        outcome = run(ActionRoute(), conversation)
        assert outcome.said == ["utter_clarify"]
        assert outcome.messages[0]["options"][0]["payload"] == "/cancel_order"
        assert run(ActionRoute(), conversation.hears("/cancel_order", "cancel_order")).slots["next_step"] == "desk"

    def test_what_was_given_is_found_again_when_the_question_is_answered(self, shop: str) -> None:
        text = f"the same in 43, order 1001, {LUCIA}"
        conversation = Conversation().hears(text, "exchange_item", order_number="1001", email=LUCIA, confidence=0.5)
        assert run(ActionRoute(), conversation).said == ["utter_clarify"]
        conversation.says("utter_clarify").hears("/exchange_item", "exchange_item")
        outcome = run(ActionRoute(), conversation)
        assert (outcome.slots["order_number"], outcome.slots["next_step"]) == ("1001", "desk")

    def test_twice_in_a_row_hands_over(self, shop: str) -> None:
        conversation = Conversation().hears("hm", "nlu_fallback").says("utter_clarify")
        outcome = run(ActionRoute(), conversation.hears("hmm", "nlu_fallback"))
        assert outcome.said == ["utter_hand_over_failed_attempts"]
        assert outcome.slots["case_number"] == "Q-1001"

    def test_twice_but_not_in_a_row_does_not(self, shop: str) -> None:
        conversation = Conversation().hears("hm", "nlu_fallback").says("utter_clarify")
        conversation.hears("hi", "greet").says("utter_greet")
        assert run(ActionRoute(), conversation.hears("hmm", "nlu_fallback")).said == ["utter_clarify"]

    @pytest.mark.parametrize("slot", ["order_number", "contact"])
    def test_in_the_form_it_explains_itself(self, shop: str, slot: str) -> None:
        outcome = run(ActionRoute(), answering(slot).hears("hm", "nlu_fallback"))
        assert outcome.said == [f"utter_clarify_{slot}"]

    @pytest.mark.parametrize("slot", ["order_number", "contact"])
    def test_i_do_not_know(self, shop: str, slot: str) -> None:
        outcome = run(ActionDontKnow(), answering(slot).hears("no idea", "dont_know"))
        assert outcome.said == [f"utter_dont_know_{slot}"]
        assert outcome.messages[0]["options"][0]["payload"] == "/human_agent"

    def test_i_do_not_know_outside_of_a_form(self) -> None:
        assert run(ActionDontKnow(), Conversation().hears("no idea", "dont_know")).said == ["utter_dont_know"]


@pytest.mark.parametrize(("need", "step"), [("delivery_estimate", "estimate"), ("customs_and_duties", "customs")])
@pytest.mark.parametrize("order", [None, "1001"])
def test_a_question_about_a_country_asks_nobody_who_they_are(
    shop: str, need: str, step: str, order: str | None
) -> None:
    conversation = Conversation().knows(order_number=order).hears("and to Norway?", need)
    assert run(ActionRoute(), names(conversation, "NO")).slots["next_step"] == step


def test_where_an_order_is_going_to_does_not_make_it_a_general_question(shop: str) -> None:
    conversation = Conversation().hears("when does 1001 come to Spain", "delivery_estimate", order_number="1001")
    assert run(ActionRoute(), names(conversation, "ES")).slots["next_step"] == "identify"
    conversation = Conversation().hears("where is my parcel to Spain", "track_order")
    assert run(ActionRoute(), names(conversation, "ES")).slots["next_step"] == "identify"


def test_a_country_is_no_contact(shop: str) -> None:
    conversation = answering("contact", order_number="1001").hears("Germany", "inform")
    assert validate(names(conversation, "DE")).events == []
    outcome = run(ActionRoute(), names(answering("contact", order_number="1001").hears("Germany", "inform"), "DE"))
    assert outcome.said == ["utter_clarify_contact"] and "proof" not in outcome.slots


def test_a_country_beside_a_contact_does_not_disturb_it(shop: str) -> None:
    text = f"{LUCIA}, Spain"
    outcome = validate(names(answering("contact", order_number="1001").hears(text, email=LUCIA), "ES"))
    assert outcome.slots["next_step"] == "track" and outcome.slots["contact"] == LUCIA


@pytest.mark.parametrize(
    ("message", "language", "intent"),
    [
        ("ok, but if it doesn't come?", "en", "affirm"),
        ("and if not", "en", "deny"),
        ("¿y si hoy no?", "es", "affirm"),
        ("und wenn nicht?", "de", "deny"),
        ("what if I'm not at home?", "en", "nlu_fallback"),
    ],
)
def test_what_if_not_is_no_yes_and_no_no(known: Known, message: str, language: str, intent: str) -> None:
    conversation = known("1001", language=language).says("utter_arrives_by_yes").hears(message, intent)
    assert run(ActionRoute(), conversation).slots["next_step"] == "estimate"


def test_what_if_not_is_about_the_delivery_only_where_one_was_told_of(known: Known) -> None:
    conversation = known("1001").says("utter_return_policy_free").hears("and if not?", "deny")
    assert run(ActionRoute(), conversation).said == ["utter_deny"]
