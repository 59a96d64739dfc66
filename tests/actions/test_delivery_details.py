"""Who brings it, who took it, where it was left, where it goes, at what hour."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actions.clarify import OFFERED
from actions.delivery_details import ActionDeliveryDetails
from actions.estimate import ActionDeliveryEstimate
from actions.routing import ActionRoute
from tests.actions.conftest import RESPONSES, Conversation, Outcome, run

Known = Callable[..., Conversation]


def told(known: Known, order: str, message: str, language: str = "en", by: str = "email") -> Outcome:
    return run(ActionDeliveryDetails(), known(order, by=by, language=language).hears(message, "delivery_details"))


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("who signed?", "en"),
        ("¿quién lo cogió?", "es"),
        ("qui l'a pris ?", "fr"),
        ("welcher Nachbar?", "de"),
        ("是谁签的字", "zh-Hans"),
    ],
)
def test_with_whom_it_was_left(known: Known, message: str, language: str) -> None:
    outcome = told(known, "1013", message, language)
    assert outcome.said == ["utter_details_delivered"]
    assert "Schuster, Nr. 90" in outcome.text() and "DHL" in outcome.text()


def test_a_name_is_not_for_who_knows_but_the_postcode(known: Known) -> None:
    outcome = told(known, "1013", "which neighbour has it?", by="postcode")
    assert outcome.said == ["utter_details_delivered", "utter_details_name_hidden"]
    assert "SCHUSTER" not in outcome.everything.upper()


def test_whose_signature_nobody_told_is_said_to_be_unknown(known: Known) -> None:
    assert told(known, "1036", "who signed for it?").said == ["utter_details_delivered", "utter_details_no_name"]
    assert told(known, "1010", "who signed for it?").said == ["utter_details_delivered"]  # it lies in the mailbox


def test_which_carrier_it_is(known: Known) -> None:
    outcome = told(known, "1006", "which courier is it?")
    assert outcome.said == ["utter_details_carrier"] and "USPS" in outcome.text()
    assert outcome.messages[0]["details"]["link"]["url"].startswith("https://")


def test_no_carrier_has_what_has_not_left(known: Known) -> None:
    assert told(known, "1024", "which courier is it?").said == ["utter_order"]


def test_what_is_still_on_its_way_was_signed_for_by_nobody(known: Known) -> None:
    outcome = told(known, "1001", "who signed for it?")
    assert outcome.said == ["utter_details_not_delivered"] and "<2026-12-03>" in outcome.text()


def test_the_address_only_as_far_as_the_proof_goes(known: Known) -> None:
    whole = told(known, "1001", "what address is it going to?")
    assert whole.said == ["utter_details_address"] and "Lucía" in whole.everything
    town = told(known, "1001", "what address is it going to?", by="postcode")
    assert town.said == ["utter_details_town"]
    assert "46006" in town.everything and "Lucía" not in town.everything


def test_of_several_parcels_the_one_named(known: Known) -> None:
    outcome = told(known, "1037", "where did they leave the headphones?")
    assert outcome.said == ["utter_details_delivered"]
    assert "Headphones" in outcome.text() and "Kettle" not in outcome.text()


def test_a_proof_sent_afterwards_is_answered_with_all_there_is(known: Known) -> None:
    outcome = told(known, "1013", "miriam.vogel@example.com")
    assert outcome.said == ["utter_details_delivered", "utter_details_address"]


@pytest.mark.parametrize("action", [ActionDeliveryDetails, ActionDeliveryEstimate])
@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("around what time?", "en"),
        ("¿a qué hora?", "es"),
        ("à quelle heure ?", "fr"),
        ("um wie viel Uhr?", "de"),
        ("几点到", "zh-Hans"),
    ],
)
def test_no_hour_is_invented(
    known: Known, action: type[ActionDeliveryDetails | ActionDeliveryEstimate], message: str, language: str
) -> None:
    conversation = known("1001", language=language).hears(message, "delivery_estimate")
    outcome = run(action(), conversation)
    assert outcome.said == ["utter_estimate", "utter_details_no_hour"]


def test_it_leads_there_and_is_offered(known: Known) -> None:
    conversation = known("1001").hears("who is bringing it?", "delivery_details")
    assert run(ActionRoute(), conversation).slots["next_step"] == "details"
    assert "delivery_details" in OFFERED and "option_delivery_details" in RESPONSES
