"""Who is asking: proof is needed, tries are counted, a stranger learns nothing."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import func, select

from actions import identity
from actions.claims import ActionDeliveredNotReceived, ActionOpenClaim
from actions.customs import ActionCustoms
from actions.estimate import ActionDeliveryEstimate
from actions.identity_form import AskContact
from actions.not_served import ActionPassToDesk
from actions.routing import ActionRoute
from actions.tables import IdentityAttempt
from actions.tracking import ActionTrackOrder
from actions.tracking_problem import ActionTrackingProblem
from actions.turn import Turn
from commerce.contact import ContactKind
from commerce.embedded.import_file import read_into
from commerce.embedded.orders import EmbeddedOrders
from core.database import reading
from tests.actions.conftest import ROOT, Conversation, Outcome, run

Known = Callable[..., Conversation]
Cases = Callable[[], list[Any]]

# Every action that says something of an order, with the slots it is reached with.
READERS: dict[type[Action], dict[str, Any]] = {
    ActionTrackOrder: {"next_step": "track"},
    ActionTrackingProblem: {"next_step": "tracking_problem"},
    ActionDeliveryEstimate: {"next_step": "estimate"},
    ActionCustoms: {"next_step": "customs"},
    ActionDeliveredNotReceived: {"next_step": "not_received"},
    ActionOpenClaim: {"claim_parcel": "1010-1", "claim_confirmed": True},
    ActionPassToDesk: {"next_step": "desk", "need": "cancel_order"},
}
BY_EMAIL = {"1034": ContactKind.email, "1004": ContactKind.email}
# What the order 1010 would give away.
SECRETS = ("Carmen", "Sevilla", "41002", "Calle Feria", "CY799898197DE", "DHL", "carmen.iglesias")


def turn_of(conversation: Conversation) -> Turn:
    return Turn(CollectingDispatcher(), conversation.tracker())


def forged(shop: str) -> str:
    from itsdangerous import URLSafeSerializer

    content = {"shop": shop, "conversation": Conversation().id, "orders": {"1010": [9e12, "email"]}}
    return str(URLSafeSerializer("another secret, of sixteen", salt="identity-proof").dumps(content))


@pytest.mark.parametrize("action", READERS)
@pytest.mark.parametrize(
    "proof", ["none", "forged", "another order", "another conversation", "another shop", "expired"]
)
def test_without_proof_nothing_of_an_order_is_said(
    known: Known, cases: Cases, at: Callable[[str], None], action: type[Action], proof: str
) -> None:
    conversation = known("1010").knows(**READERS[action])
    if proof == "none":
        conversation.knows(proof=None)
    elif proof == "forged":
        conversation.knows(proof=forged("demo"))
    elif proof == "another order":
        conversation.knows(proof=known("1009").slots["proof"])
    elif proof == "another conversation":
        conversation.id = "conversation-0002"
    elif proof == "expired":
        at("2026-12-01T11:00:01+00:00")
    conversation.hears("yes", "affirm")
    if proof == "another shop":
        conversation.latest["metadata"]["shop"] = "other"
    outcome = run(action(), conversation)
    assert outcome.said == ["utter_proof_expired"]
    assert not any(secret in outcome.everything for secret in SECRETS)
    assert outcome.slots["proof"] is None and outcome.slots["requested_slot"] is None
    assert cases() == []


@pytest.mark.parametrize("action", READERS)
def test_with_proof_they_answer(known: Known, action: type[Action]) -> None:
    conversation = known("1010").knows(**READERS[action]).hears("tell me", "track_order")
    assert "utter_proof_expired" not in run(action(), conversation).said


def test_no_action_reads_an_order_past_the_check() -> None:
    """`orders.find` is called in identity.py only; everything else goes through `proved_order`."""
    import actions
    from tests.actions.test_replies import modules

    assert inspect.getfile(actions)
    for path in modules():
        if path.name != "identity.py":
            text = path.read_text(encoding="utf-8")
            assert "orders.find" not in text and "parcels.find" not in text, path.name


class TestRoute:
    """The first try, in action_route."""

    def test_number_and_contact_in_one_message(self, shop: str) -> None:
        conversation = Conversation().hears(
            "Where is 1001? lucia.ferrer@example.com",
            "track_order",
            order_number="1001",
            email="lucia.ferrer@example.com",
        )
        outcome = run(ActionRoute(), conversation)
        proof = outcome.slots["proof"]
        assert outcome.said == []
        assert outcome.events == [
            {"event": "slot", "timestamp": None, "name": name, "value": value}
            for name, value in [
                ("need", "track_order"),
                ("order_number", "1001"),
                ("more_orders", None),
                ("order_number", "1001"),
                ("more_orders", None),
                ("contact", "lucia.ferrer@example.com"),
                ("proof", proof),
                ("next_step", "track"),
            ]
        ]
        assert identity.holds_proof(turn_of(conversation.knows(proof=proof)), "1001")
        assert not identity.holds_proof(turn_of(conversation), "1002")

    @pytest.mark.parametrize(
        ("kind", "contact"), [("email", "lucia.ferrer@example.com"), ("phone", "+34599000101"), ("postcode", "46006")]
    )
    def test_each_contact_proves(self, shop: str, kind: str, contact: str) -> None:
        conversation = Conversation().hears(f"1001 {contact}", "inform", order_number="1001", **{kind: contact})
        assert run(ActionRoute(), conversation).slots["next_step"] == "track"

    def test_a_stranger_cannot_tell_whether_the_order_exists(self, shop: str) -> None:
        def try_order(number: str) -> Outcome:
            conversation = Conversation(id=f"conversation-{number}")
            conversation.hears(f"{number} eve@example.com", "track_order", order_number=number, email="eve@example.com")
            return run(ActionRoute(), conversation)

        existing, missing = try_order("1001"), try_order("9999")
        assert existing.said == missing.said == ["utter_identity_mismatch"]
        assert existing.text() == missing.text()
        assert {k: v for k, v in existing.slots.items() if k != "order_number"} == {
            k: v for k, v in missing.slots.items() if k != "order_number"
        }

    def test_the_order_system_is_down(self, shop: str, down: Callable[[str], None]) -> None:
        down("orders")
        conversation = Conversation().hears("1001 46006", "track_order", order_number="1001", postcode="46006")
        outcome = run(ActionRoute(), conversation)
        assert outcome.said == []
        assert (outcome.slots["next_step"], outcome.slots["handover_reason"]) == ("hand_over", "system_down")
        assert outcome.slots["need"] == "track_order"


class TestTries:
    """Wrong tries are counted by conversation and by order."""

    def tries(self, conversation: Conversation, order: str, contact: str = "eve@example.com") -> str:
        conversation.hears(f"{order} {contact}", "inform", order_number=order, email=contact)
        return str(run(ActionRoute(), conversation).slots["next_step"])

    def test_the_fifth_wrong_try_of_a_conversation_hands_over(self, shop: str) -> None:
        conversation = Conversation()
        assert [self.tries(conversation, "1001") for _ in range(5)] == ["identify"] * 4 + ["hand_over"]

    def test_after_that_even_the_right_contact_is_refused(self, shop: str) -> None:
        conversation = Conversation()
        for _ in range(5):
            self.tries(conversation, "1001")
        assert self.tries(conversation, "1001", "lucia.ferrer@example.com") == "hand_over"

    def guessed_at(self, order: str) -> None:
        for number in range(10):
            assert self.tries(Conversation(id=f"conversation-a{number:03}"), order) == "identify"

    def test_an_order_that_was_guessed_at_is_opened_by_no_postcode(self, shop: str) -> None:
        self.guessed_at("1001")
        right, wrong = Conversation(id="conversation-right"), Conversation(id="conversation-wrong")
        assert self.tries(right, "1001", "46006") == self.tries(wrong, "1001", "46007") == "hand_over"
        assert self.tries(Conversation(id="conversation-other"), "1002", "camille.laurent@example.org") == "track"

    @pytest.mark.parametrize("contact", ["lucia.ferrer@example.com", "+34599000101"])
    def test_its_owner_is_not_locked_out(self, shop: str, contact: str) -> None:
        self.guessed_at("1001")
        assert self.tries(Conversation(id="conversation-owner"), "1001", contact) == "track"

    def test_guessing_on_is_limited_by_conversation_all_the_same(self, shop: str) -> None:
        self.guessed_at("1001")
        stranger = Conversation(id="conversation-stranger")
        for _ in range(5):
            assert self.tries(stranger, "1001") == "hand_over"
        assert self.tries(stranger, "1001", "lucia.ferrer@example.com") == "hand_over"

    def test_a_day_later_a_postcode_opens_it_again(self, shop: str, at: Callable[[str], None]) -> None:
        self.guessed_at("1001")
        at("2026-12-02T10:00:01+00:00")
        assert self.tries(Conversation(id="conversation-owner"), "1001", "46006") == "track"

    def test_a_message_worked_on_again_is_one_try(self, shop: str) -> None:
        conversation = Conversation().hears("1001 x", "inform", order_number="1001", email="eve@example.com")
        for _ in range(6):
            assert run(ActionRoute(), conversation).slots["next_step"] == "identify"

    def test_a_message_worked_on_again_is_let_in_as_the_first_time(self, shop: str) -> None:
        conversation = Conversation()
        for _ in range(4):
            self.tries(conversation, "1002")
        conversation.hears(
            "1001 and 1003, lucia.ferrer@example.com",
            "inform",
            order_number=["1001", "1003"],
            email="lucia.ferrer@example.com",
        )
        first, again = run(ActionRoute(), conversation), run(ActionRoute(), conversation)
        assert first.slots["next_step"] == again.slots["next_step"] == "track"
        assert first.said == again.said

    def test_a_try_while_the_system_is_down_does_not_count(self, shop: str, down: Callable[[str], None]) -> None:
        from commerce.embedded.outage import switch

        down("orders")
        conversation = Conversation()
        for _ in range(6):
            self.tries(conversation, "1001")
        switch("demo", "orders", down=False)
        assert self.tries(conversation, "1001", "lucia.ferrer@example.com") == "track"

    def test_the_try_is_written_down_before_the_answer(self, shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """A process that dies while it asks has used up the try: nobody gets free tries by crashing us."""
        from sqlalchemy import func, select

        from actions.tables import IdentityAttempt
        from core.database import reading

        def dies(*_: Any) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(EmbeddedOrders, "find", dies)
        conversation = Conversation().hears("1001 x", "inform", order_number="1001", email="eve@example.com")
        with pytest.raises(KeyboardInterrupt):
            identity._try(turn_of(conversation), "1001", ("eve@example.com",))
        with reading() as session:
            assert session.scalar(select(func.count()).select_from(IdentityAttempt)) == 1

    def test_contacts_are_not_kept(self, shop: str) -> None:
        from sqlalchemy import select

        from actions.tables import IdentityAttempt
        from core.database import reading

        self.tries(Conversation(), "1001", "eve@example.com")
        with reading() as session:
            row = session.scalars(select(IdentityAttempt)).one()
            assert "eve" not in repr({c.name: getattr(row, c.name) for c in IdentityAttempt.__table__.columns})


class TestProof:
    """The token."""

    def test_it_lives_an_hour(self, known: Known, at: Callable[[str], None]) -> None:
        conversation = known("1001")
        at("2026-12-01T10:59:59+00:00")
        assert identity.holds_proof(turn_of(conversation), "1001")
        at("2026-12-01T11:00:00+00:00")
        assert not identity.holds_proof(turn_of(conversation), "1001")

    def test_a_further_order_does_not_lengthen_the_first(self, known: Known, at: Callable[[str], None]) -> None:
        conversation = known("1034")
        at("2026-12-01T10:30:00+00:00")
        conversation.knows(proof=identity.issue_proof(turn_of(conversation), BY_EMAIL))
        at("2026-12-01T11:15:00+00:00")
        turn = turn_of(conversation)
        assert not identity.holds_proof(turn, "1034") and identity.holds_proof(turn, "1004")

    def test_the_contact_is_not_taken_again_once_the_proof_is_over(
        self, known: Known, at: Callable[[str], None]
    ) -> None:
        """Somebody else may sit at that screen an hour later."""
        conversation = known("1034", contact="amelia.hartley@example.com")
        at("2026-12-01T11:00:01+00:00")
        conversation.hears("and 1004?", "inform", order_number="1004")
        assert run(ActionRoute(), conversation).slots["next_step"] == "identify"

    @pytest.mark.parametrize("token", ["", "x", "a.b", 7, None])
    def test_rubbish_proves_nothing(self, shop: str, token: Any) -> None:
        assert not identity.holds_proof(turn_of(Conversation().hears("hi").knows(proof=token)), "1001")


class TestAddress:
    """Who has shown a postcode only does not read name and street."""

    @pytest.mark.parametrize(("by", "may"), [("email", True), ("phone", True), ("postcode", False)])
    def test_what_proved_the_order_decides(self, known: Known, by: str, may: bool) -> None:
        conversation = known("1011", by=by).hears("it says delivered", "delivered_not_received")
        outcome = run(ActionDeliveredNotReceived(), conversation)
        assert ("Beech Road" in outcome.everything, "Grace" in outcome.everything) == (may, may)
        assert "M21 8BL Manchester" in outcome.text()

    def test_of_a_postcode_and_an_email_the_email_counts(self, shop: str) -> None:
        conversation = Conversation().hears(
            "1011 M21 8BL grace.okafor@example.net",
            "delivered_not_received",
            order_number="1011",
            postcode="M21 8BL",
            email="grace.okafor@example.net",
        )
        proof = run(ActionRoute(), conversation).slots["proof"]
        assert identity.may_read_address(turn_of(conversation.knows(proof=proof)), "1011")


class TestBetterProof:
    """An order proved by its postcode can be proved better, never worse."""

    def try_more(self, known: Known, contact: str) -> Conversation:
        conversation = known("1011", by="postcode", contact="M21 8BL", need="track_order")
        conversation.hears(f"1011 {contact}", "inform", order_number="1011", email=contact)
        outcome = run(ActionRoute(), conversation)
        assert outcome.slots["next_step"] == "track" and outcome.said == []
        return conversation.knows(**outcome.slots)

    def test_an_email_lets_the_address_be_read(self, known: Known) -> None:
        assert identity.may_read_address(turn_of(self.try_more(known, "grace.okafor@example.net")), "1011")

    def test_a_wrong_one_changes_nothing(self, known: Known) -> None:
        turn = turn_of(self.try_more(known, "eve@example.com"))
        assert identity.holds_proof(turn, "1011") and not identity.may_read_address(turn, "1011")

    def test_it_does_not_last_longer(self, known: Known, at: Callable[[str], None]) -> None:
        conversation = known("1011", by="postcode")
        at("2026-12-01T10:30:00+00:00")
        proof = identity.issue_proof(turn_of(conversation), {"1011": ContactKind.email})
        at("2026-12-01T11:00:01+00:00")
        assert not identity.holds_proof(turn_of(conversation.knows(proof=proof)), "1011")

    def test_a_neighbour_is_named_only_to_who_has_shown_more_than_a_postcode(self, known: Known) -> None:
        for by, told in (("email", True), ("postcode", False)):
            outcome = run(ActionTrackOrder(), known("1013", by=by).hears("where is it", "track_order"))
            assert ("Schuster" in outcome.everything) is told


class TestGuessing:
    """One message is not a list of guesses."""

    def test_of_fifty_postcodes_in_a_message_the_right_one_further_on_opens_nothing(self, shop: str) -> None:
        postcodes = [str(41100 + n) for n in range(49)] + ["41002"]
        conversation = Conversation().knows(order_number="1010", need="track_order")
        outcome = run(ActionRoute(), conversation.hears(", ".join(postcodes), "inform", postcode=postcodes))
        assert outcome.slots.get("proof") is None
        assert outcome.slots["next_step"] == "identify"

    def test_of_many_orders_in_a_message_only_a_few_are_tried(self, shop: str) -> None:
        orders = ["1034", *[str(n) for n in range(1001, 1031)]]
        heard = Conversation().hears(
            f"{' and '.join(orders)}, amelia.hartley@example.com",
            "track_order",
            order_number=orders,
            email="amelia.hartley@example.com",
        )
        outcome = run(ActionRoute(), heard)
        assert outcome.slots["order_number"] == "1034"
        assert outcome.said.count("utter_other_order_not_proved") <= identity.TRIES_PER_CONVERSATION

    def test_the_order_number_once_more_is_no_contact_and_no_try(self, shop: str) -> None:
        conversation = Conversation().knows(order_number="1010", need="track_order")
        outcome = run(ActionRoute(), conversation.hears("1010", "inform", postcode="1010"))
        assert outcome.said == ["utter_clarify"]
        with reading() as session:
            assert session.scalar(select(func.count()).select_from(IdentityAttempt)) == 0


@pytest.fixture
def lettered(shop: str, tmp_path: Path) -> str:
    """The order of commerce/IMPORT.md, imported with a number that has letters."""
    text = (ROOT / "commerce" / "IMPORT.md").read_text(encoding="utf-8")
    content = json.loads(text.split("```json")[1].split("```")[0])
    content["orders"][0]["number"] = "#SO-5001"
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    assert read_into(file, shop).problems == []
    return "SO-5001"


def test_an_order_with_letters_in_its_number_is_proved_and_told(lettered: str) -> None:
    conversation = Conversation().hears(
        "where is so-5001? sophie.garnier@example.com",
        "track_order",
        order_number=lettered,
        email="sophie.garnier@example.com",
    )
    routed = run(ActionRoute(), conversation)
    assert routed.slots["next_step"] == "track" and routed.slots["order_number"] == lettered
    told = run(ActionTrackOrder(), conversation.knows(**routed.slots))
    assert "#SO-5001" in told.text() and "6A12345678901" in told.everything


def test_a_proof_holds_however_the_number_is_written(lettered: str) -> None:
    conversation = Conversation().hears("so5001 75008", order_number="so5001", email="sophie.garnier@example.com")
    turn = turn_of(conversation.knows(**run(ActionRoute(), conversation).slots))
    assert all(identity.may_read_address(turn, number) for number in ("so5001", "SO-5001", "#so 5001"))


def test_tries_count_for_the_order_however_its_number_is_written(lettered: str) -> None:
    forms = ["SO-5001", "SO5001", "so 5001", "#so5001", "SO–5001"]
    for number, form in enumerate(forms * 2):
        stranger = Conversation(id=f"stranger-{number:04}").hears(form, order_number=form, email="no@example.com")
        assert run(ActionRoute(), stranger).slots["next_step"] == "identify"
    guessed = Conversation().hears(lettered, order_number=lettered, postcode="75008")
    assert run(ActionRoute(), guessed).slots["next_step"] == "hand_over"


class TestPostcodeCarriedOver:
    """A postcode that opened an order opens, without being typed again, no order of a neighbour."""

    # Four customers of one street.
    STREET, OTHERS = "EH9 1QG", ("1206", "1047", "1130")

    def proved(self, order: str, postcode: str) -> Conversation:
        conversation = Conversation().hears(f"{order} {postcode}", "inform", order_number=order, postcode=postcode)
        return self.goes_on(conversation)

    def goes_on(self, conversation: Conversation) -> Conversation:
        outcome = run(ActionRoute(), conversation)
        assert outcome.slots["next_step"] == "track", outcome.slots
        return conversation.knows(**outcome.slots)

    def asks(self, conversation: Conversation, *orders: str) -> Outcome:
        return run(ActionRoute(), conversation.hears(f"and {' and '.join(orders)}", order_number=list(orders)))

    def held(self, conversation: Conversation, outcome: Outcome) -> set[str]:
        turn = turn_of(conversation.knows(**outcome.slots))
        return {number for number in ("1078", *self.OTHERS, "1121", "1157") if identity.holds_proof(turn, number)}

    @pytest.mark.parametrize("order", [*OTHERS, "9999"])
    def test_a_neighbours_order_and_one_that_does_not_exist_are_asked_about_alike(self, shop: str, order: str) -> None:
        conversation = self.proved("1078", self.STREET)
        outcome = self.asks(conversation, order)
        assert outcome.said == [] and outcome.slots["next_step"] == "identify"
        assert self.held(conversation, outcome) == {"1078"}
        assert run(AskContact(), conversation).said == ["utter_ask_contact_not_postcode"]

    def test_several_at_once(self, shop: str) -> None:
        conversation = self.proved("1078", self.STREET)
        outcome = self.asks(conversation, "1206", "1047")
        assert outcome.slots["next_step"] == "identify" and self.held(conversation, outcome) == {"1078"}

    def test_neither_later_on_nor_with_the_number_put_right(self, shop: str) -> None:
        conversation = self.proved("1078", self.STREET)
        outcome = self.asks(conversation, "9999")
        conversation.knows(**outcome.slots, requested_slot="contact").acts("identity_form")
        conversation.form = "identity_form"
        outcome = run(ActionRoute(), conversation.hears("1206", postcode="1206"))
        assert self.held(conversation, outcome) == {"1078"}

    def test_nor_after_the_proof_was_dropped(self, shop: str) -> None:
        conversation = self.proved("1078", self.STREET)
        conversation.events.append({"event": "slot", "name": "proof", "value": conversation.slots["proof"]})
        outcome = self.asks(conversation.knows(proof=None, contact=None, order_number=None), "1206")
        assert outcome.slots["next_step"] == "identify" and self.held(conversation, outcome) == set()

    def test_nor_by_the_number_of_a_parcel(self, shop: str) -> None:
        from commerce.embedded.demo.shop import demo_orders

        parcel = next(p for item in demo_orders("demo") if item.order.number == "1206" for p in item.parcels)
        conversation = self.proved("1078", self.STREET).knows(order_number=None)
        conversation.hears("and that parcel", "tracking_problem", tracking_number=parcel.tracking_number or "")
        assert self.held(conversation, run(ActionRoute(), conversation)) == {"1078"}

    def test_the_customers_own_other_order_is_opened(self, shop: str) -> None:
        conversation = self.proved("1121", "28012")
        outcome = self.asks(conversation, "1157", "1053")
        assert outcome.slots["next_step"] == "track"
        assert (outcome.slots["order_number"], outcome.slots["unproved_orders"]) == ("1157", ["1053"])
        assert self.held(conversation, outcome) == {"1121", "1157"}

    def test_typed_beside_the_order_number_it_opens_it_as_before(self, shop: str) -> None:
        conversation = self.proved("1078", self.STREET)
        text = f"and 1206 {self.STREET}"
        outcome = run(ActionRoute(), conversation.hears(text, order_number="1206", postcode=self.STREET))
        assert self.held(conversation, outcome) == {"1078", "1206"}

    def test_what_it_did_not_open_counts_as_a_failure(self, shop: str) -> None:
        conversation, steps = self.proved("1078", self.STREET), []
        for order in [*self.OTHERS, "1044", "1075"]:
            steps.append(self.asks(conversation, order).slots["next_step"])
        assert steps == ["identify"] * 4 + ["hand_over"]
