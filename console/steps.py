"""What was tried, in words: what the shopper wanted, and what the assistant did about it."""

from __future__ import annotations

from console.texts import N_, Texts
from console.words import RISKS, word
from transcripts.steps import Step

# What a message was taken for, as one would tell a colleague; `words.INTENTS` are the short names for labels.
SAID = {
    "track_order": N_("Asked where the order is"),
    "tracking_problem": N_("Said that the tracking does not work"),
    "delivery_estimate": N_("Asked when it arrives"),
    "delivered_not_received": N_("Said that it is marked delivered but not there"),
    "parcel_found": N_("Said that the parcel has turned up"),
    "parcel_delayed": N_("Said that the parcel is late"),
    "customs_and_duties": N_("Asked about customs and duties"),
    "delivery_details": N_("Asked who delivers it, who took it, or where it went"),
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
# What the assistant's own actions and forms are for; what came of them, its replies say.
DID = {
    "action_route": N_("worked out what is needed"),
    "identity_form": N_("dealt with whose order it is"),
    "validate_identity_form": N_("checked the details given"),
    "action_ask_identity_form_order_number": N_("asked for the order number"),
    "action_ask_identity_form_contact": N_("asked for e-mail, phone or postcode"),
    "action_track_order": N_("looked up where the parcel is"),
    "action_tracking_problem": N_("looked into the tracking"),
    "action_delivery_estimate": N_("looked up when it should arrive"),
    "action_delivered_not_received": N_("looked into the missing parcel"),
    "claim_form": N_("checked whether a claim is wanted"),
    "validate_claim_form": N_("checked for a clear yes"),
    "action_ask_claim_form_claim_confirmed": N_("asked whether to report the parcel missing"),
    "action_open_claim": N_("took the answer about the claim"),
    "action_parcel_found": N_("took the news that it has turned up"),
    "action_customs": N_("looked into customs and duties"),
    "action_delivery_details": N_("looked up the details of the delivery"),
    "action_pass_to_desk": N_("passed it to the team"),
    "action_hand_over": N_("handed over to a person"),
    "action_handbook_answer": N_("looked it up in the handbook"),
    "action_opening_hours": N_("looked up the opening hours"),
    "action_not_served": N_("said that it cannot do this"),
    "action_small_talk": N_("answered in kind"),
    "action_dont_know": N_("explained where to find it"),
    "action_default_fallback": N_("asked what is meant"),
    "action_repeat": N_("said it again"),
    "action_stop": N_("stopped"),
    "utter_greet": N_("said hello"),
    "utter_bot_challenge": N_("said that it is an assistant"),
}
# What the shopper was told, by the beginning of the reply's name; the longest beginning counts. Nothing for what only
# leads over to another reply.
REPLIED = {
    "utter_affirm": N_("asked whether there is anything else"),
    "utter_arrived_already": N_("told that it has arrived"),
    "utter_arrives_": N_("told when it should arrive"),
    "utter_ask_claim_": N_("asked whether to report the parcel missing"),
    "utter_ask_contact": N_("asked for e-mail, phone or postcode"),
    "utter_ask_order_number": N_("asked for the order number"),
    "utter_bot_challenge": N_("said that it is an assistant"),
    "utter_cannot_": N_("said that it cannot do this"),
    "utter_case_": N_("passed it to the team"),
    "utter_case_known": N_("said that the team has it already"),
    "utter_case_still_open": N_("said that the team has it already"),
    "utter_charged_": N_("answered from the handbook"),
    "utter_charges_": N_("explained customs and duties"),
    "utter_claim_checked": "",
    "utter_claim_known": N_("said that it has been reported already"),
    "utter_claim_left": N_("reported nothing"),
    "utter_claim_needs_": N_("said that a signed statement is needed"),
    "utter_claim_not_opened": N_("reported nothing"),
    "utter_claim_opened": N_("reported the parcel missing"),
    "utter_clarify": N_("asked what is meant"),
    "utter_clarify_contact": N_("asked again for e-mail, phone or postcode"),
    "utter_clarify_order_number": N_("asked again for the order number"),
    "utter_customs_": N_("explained customs and duties"),
    "utter_customs_ask_order": N_("offered to look at an order"),
    "utter_day_is_past": N_("said that the day is past"),
    "utter_declined": N_("offered a person"),
    "utter_delivered_to": N_("answered from the handbook"),
    "utter_delivery_days_meant": "",
    "utter_deny": N_("asked whether there is anything else"),
    "utter_dont_know": N_("offered a person"),
    "utter_dont_know_": N_("explained where to find it"),
    "utter_estimate": N_("told when it should arrive"),
    "utter_estimate_ask_order": N_("offered to look at an order"),
    "utter_found": N_("took the news that it has turned up"),
    "utter_go_ahead": N_("asked what it is"),
    "utter_goodbye": N_("said goodbye"),
    "utter_greet": N_("said hello"),
    "utter_hand_over_": N_("handed over to a person"),
    "utter_hand_over_added": N_("added it to the case"),
    "utter_hand_over_already": N_("said that the team has it already"),
    "utter_hand_over_safety": N_("warned of the product and handed over to a person"),
    "utter_hand_over_self_harm": N_("said where to find help and handed over to a person"),
    "utter_hours_": N_("told the opening hours"),
    "utter_identity_mismatch": N_("said that the details do not match"),
    "utter_language_not_spoken": N_("said which languages it speaks"),
    "utter_no_tracking_number_yet": N_("explained the tracking"),
    "utter_not_delivered_to": N_("answered from the handbook"),
    "utter_not_received_address": N_("told where it was sent"),
    "utter_not_received_checks": N_("told where to look"),
    "utter_not_received_facts": N_("told what the carrier says"),
    "utter_not_received_too_late": N_("said that it is too late to report it"),
    "utter_not_received_town": N_("told where it was sent"),
    "utter_not_received_wait": N_("told how long to wait"),
    "utter_not_shipped_part": N_("told how the order stands"),
    "utter_nothing_new": N_("told that nothing has changed"),
    "utter_nothing_to_repeat": N_("had nothing to say again"),
    "utter_nothing_to_stop": N_("stopped"),
    "utter_order": N_("told how the order stands"),
    "utter_other_order_not_proved": N_("said that the details do not match"),
    "utter_out_of_scope": N_("said what it can help with"),
    "utter_parcel_of_many": N_("told how the order stands"),
    "utter_passed_to_desk": N_("passed it to the team"),
    "utter_payment_methods": N_("answered from the handbook"),
    "utter_proof_expired": N_("asked to prove the order again"),
    "utter_refused_": N_("explained customs and duties"),
    "utter_return_policy": N_("answered from the handbook"),
    "utter_safety_": N_("warned of the product"),
    "utter_self_harm_": N_("said where to find help"),
    "utter_settled": N_("told what a colleague settled"),
    "utter_settled_offer": N_("offered a person"),
    "utter_shipping_options": N_("answered from the handbook"),
    "utter_something_wrong": N_("said that something went wrong"),
    "utter_stop": N_("stopped"),
    "utter_thanks": N_("answered the thanks"),
    "utter_tracking_": N_("explained the tracking"),
    "utter_untracked_part": N_("told how the order stands"),
    "utter_which_parcel_missing": N_("asked which parcel is missing"),
    "utter_why_details": N_("said why it asks for the details"),
    # What the gateway says for an assistant that cannot.
    "delayed": N_("said that the answer must wait"),
    "failed": N_("said that it cannot answer"),
}
_ANSWERED = N_("answered")
_RISKY = N_("Wrote something grave ({risk})")
# TRANSLATORS: stands between two things that the assistant did one after the other
_THEN = N_(", then ")


def step_text(t: Texts, step: Step) -> str:
    """Return a step as a person tells it: what the message was taken for, and what was said to it."""
    said = t(SAID[step.intent]) if step.intent in SAID else step.intent
    if step.risks:
        # A message that is dangerous is that first, whatever else it was taken for.
        said = t(_RISKY, risk=t.listing([word(t, RISKS, risk) for risk in step.risks]))
    told = [t(words) for words in dict.fromkeys(map(_words_of, step.replies)) if words]
    # Who said hello was answered with the same: once is enough to read.
    told = [words for words in told if words.casefold() != said.casefold()]
    return t("{said} — {did}", said=said, did=t(_THEN).join(told)) if told else said


def _words_of(reply: str) -> str:
    known = max((name for name in REPLIED if reply.startswith(name)), key=len, default=None)
    return _ANSWERED if known is None else REPLIED[known]
