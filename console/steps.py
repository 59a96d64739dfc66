"""What was tried, in words: what the shopper wanted, and what the assistant did about it."""

from __future__ import annotations

from console.texts import N_, Texts
from console.words import word

# What a message was taken for, as one would tell a colleague; `words.INTENTS` are the short names for labels.
SAID = {
    "track_order": N_("Asked where the order is"),
    "tracking_problem": N_("Said that the tracking does not work"),
    "delivery_estimate": N_("Asked when it arrives"),
    "delivered_not_received": N_("Said that it is marked delivered but not there"),
    "parcel_found": N_("Said that the parcel has turned up"),
    "parcel_delayed": N_("Said that the parcel is late"),
    "customs_and_duties": N_("Asked about customs and duties"),
    "shipping_options": N_("Asked how delivery works"),
    "delivery_instructions": N_("Had a wish for the delivery"),
    "place_order": N_("Wanted to place an order"),
    "cancel_order": N_("Wanted to cancel the order"),
    "change_address": N_("Wanted to change the address"),
    "change_order": N_("Wanted to change the order"),
    "return_item": N_("Wanted to return something"),
    "exchange_item": N_("Wanted to exchange something"),
    "request_refund": N_("Wanted the money back"),
    "refund_status": N_("Asked where the refund is"),
    "damaged_item": N_("Said that something is damaged"),
    "wrong_item": N_("Said that the wrong thing came"),
    "missing_item": N_("Said that something is missing"),
    "return_policy": N_("Asked how returns work"),
    "warranty": N_("Asked about the warranty"),
    "payment_methods": N_("Asked how to pay"),
    "payment_problem": N_("Had a problem paying"),
    "billing_dispute": N_("Disputed a charge"),
    "invoice_request": N_("Wanted an invoice"),
    "discount_code": N_("Asked about a discount code"),
    "price_adjustment": N_("Asked about a price"),
    "gift_card": N_("Asked about a gift card"),
    "sizing": N_("Asked which size to take"),
    "stock": N_("Asked what is in stock"),
    "product_question": N_("Asked about a product"),
    "product_recommendation": N_("Asked for a recommendation"),
    "troubleshooting": N_("Asked how to get a product working"),
    "account_help": N_("Needed help with the account"),
    "update_account": N_("Wanted to change the account"),
    "subscription": N_("Asked about a subscription"),
    "privacy_request": N_("Asked about personal data"),
    "human_agent": N_("Asked for a person"),
    "opening_hours": N_("Asked when people are there"),
    "complaint": N_("Complained"),
    "counterfeit_claim": N_("Said that it is a fake"),
    "chargeback_threat": N_("Threatened a chargeback"),
    "greet": N_("Said hello"),
    "goodbye": N_("Said goodbye"),
    "thanks": N_("Said thank you"),
    "affirm": N_("Said yes"),
    "deny": N_("Said no"),
    "bot_challenge": N_("Asked whether this is a bot"),
    "out_of_scope": N_("Asked for something that is not the shop's business"),
    "inform": N_("Gave details"),
    "stop": N_("Wanted to stop"),
    "repeat": N_("Wanted to hear it again"),
    "dont_know": N_("Did not know the answer"),
    "nlu_fallback": N_("Was not understood"),
}
DID = {
    "action_route": N_("worked out what is needed"),
    "identity_form": N_("checked whose order it is"),
    "validate_identity_form": N_("checked the details given"),
    "action_ask_identity_form_order_number": N_("asked for the order number"),
    "action_ask_identity_form_contact": N_("asked for e-mail, phone or postcode"),
    "action_track_order": N_("told where the parcel is"),
    "action_tracking_problem": N_("explained the tracking"),
    "action_delivery_estimate": N_("told when it should arrive"),
    "action_delivered_not_received": N_("told what to check and how long to wait"),
    "claim_form": N_("checked whether a claim is wanted"),
    "validate_claim_form": N_("checked for a clear yes"),
    "action_ask_claim_form_claim_confirmed": N_("asked whether to report the parcel missing"),
    "action_open_claim": N_("took the answer about the claim"),
    "action_parcel_found": N_("took the news that it has turned up"),
    "action_customs": N_("explained customs and duties"),
    "action_pass_to_desk": N_("passed it to the team"),
    "action_hand_over": N_("handed over to a person"),
    "action_handbook_answer": N_("answered from the handbook"),
    "action_opening_hours": N_("told the opening hours"),
    "action_not_served": N_("said that it cannot do this"),
    "action_dont_know": N_("explained where to find it"),
    "action_default_fallback": N_("asked what is meant"),
    "action_repeat": N_("said it again"),
    "action_stop": N_("stopped"),
    "utter_greet": N_("said hello"),
    "utter_goodbye": N_("said goodbye"),
    "utter_thanks": N_("answered the thanks"),
    "utter_bot_challenge": N_("said that it is an assistant"),
    "utter_out_of_scope": N_("said what it can help with"),
}
# TRANSLATORS: stands between two things that the assistant did one after the other
_THEN = N_(", then ")
# It leads on to another action; alone it has answered itself.
_LEADS_ON = "action_route"
_ALONE = N_("asked back or answered at once")


def step_text(t: Texts, step: str) -> str:
    """Return a step of `Case.tried` ("track_order: action_route, action_track_order") as a person tells it."""
    intent, colon, rest = step.partition(": ")
    if intent not in SAID:
        return step
    said = t(SAID[intent])
    done = rest.split(", ") if colon else []
    # Who said hello was answered with the same: once is enough to read.
    told = [word(t, DID, n) for n in done if n != _LEADS_ON and DID.get(n, n).casefold() != SAID[intent].casefold()]
    if done == [_LEADS_ON]:
        told = [t(_ALONE)]
    return t("{said} — {did}", said=said, did=t(_THEN).join(told)) if told else said
