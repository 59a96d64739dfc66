"""The words of the desk and of the assistant, as people read them. Translated where they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.texts import N_, Texts
from desk.access_log import AccessKind
from desk.accounts import Role
from desk.case import EventKind, Outcome, Priority, Reason, Status
from desk.settlement import Settled

REASONS = {
    Reason.REQUESTED: N_("Asked for a person"),
    Reason.ANGER: N_("Angry shopper"),
    Reason.RISK: N_("Risk"),
    Reason.FAILED_ATTEMPTS: N_("Not understood twice"),
    Reason.SYSTEM_DOWN: N_("A system was down"),
    Reason.NO_REPLY: N_("Assistant gave no reply"),
    Reason.IDENTITY_FAILED: N_("Identity not proven"),
    Reason.DELIVERED_NOT_RECEIVED: N_("Delivered, not received"),
    Reason.LATE: N_("Late order"),
    Reason.LOST: N_("Lost parcel"),
    Reason.CUSTOMS: N_("Customs"),
    Reason.TRACKING_PROBLEM: N_("Tracking problem"),
    Reason.NOT_SERVED: N_("Not served by the assistant"),
    Reason.MONEY: N_("Money"),
    Reason.STAFF: N_("Staff stepped in"),
}
PRIORITIES = {
    Priority.URGENT: N_("Urgent"),
    Priority.HIGH: N_("High"),
    Priority.NORMAL: N_("Normal"),
    Priority.LOW: N_("Low"),
}
STATUSES = {Status.OPEN: N_("Open"), Status.TAKEN: N_("Taken"), Status.CLOSED: N_("Closed")}
OUTCOMES = {
    Outcome.SOLVED: N_("Solved"),
    Outcome.DECLINED: N_("Request declined"),
    Outcome.NO_ANSWER: N_("Shopper did not answer"),
    Outcome.DUPLICATE: N_("Duplicate"),
    Outcome.SPAM: N_("Spam or abuse"),
}
SETTLED = {
    Settled.QUESTION_ANSWERED: N_("Question answered"),
    Settled.REFUND_AGREED: N_("Refund agreed"),
    Settled.REPLACEMENT_AGREED: N_("Replacement agreed"),
    Settled.ORDER_CHANGED: N_("Order or address changed"),
    Settled.CLAIM_TAKEN_UP: N_("Claim taken up, we report back"),
    Settled.REQUEST_DECLINED: N_("Request declined"),
    Settled.OTHER: N_("Something else (see the note)"),
    Settled.NOTHING: N_("Nothing settled, or the shopper left"),
}
EVENTS = {
    EventKind.OPENED: N_("Case opened"),
    EventKind.ESCALATED: N_("Needs a person again"),
    EventKind.ASKED_AGAIN: N_("The shopper asked about it in another conversation"),
    EventKind.TAKEN: N_("Taken by {agent}"),
    EventKind.RELEASED: N_("Returned to the queue by {agent}"),
    EventKind.NOTE: N_("Note by {agent}"),
    EventKind.PRIORITY: N_("Priority changed by {agent}"),
    EventKind.HANDED_BACK: N_("Handed back to the assistant by {agent}"),
    EventKind.CLOSED: N_("Closed by {agent}"),
}
ACCESSES = {
    AccessKind.LISTED: N_("listed"),
    AccessKind.SEARCHED: N_("searched"),
    AccessKind.OPENED: N_("opened"),
    AccessKind.ANSWERED: N_("answered"),
    AccessKind.TOOK_OVER: N_("took over"),
    AccessKind.HANDED_BACK: N_("handed back"),
    AccessKind.FREED: N_("freed"),
}
ROLES = {
    Role.AGENT: N_("Agent"),
    Role.LEAD: N_("Team lead"),
    Role.TRAINER: N_("Trainer"),
    Role.MANAGER: N_("Manager"),
    Role.ADMIN: N_("Administrator"),
}
RISKS = {
    "chargeback": N_("Chargeback"),
    "lawyer": N_("Lawyer"),
    "authority": N_("Authority"),
    "counterfeit": N_("Counterfeit"),
    "safety": N_("Safety"),
    "public_exposure": N_("Public exposure"),
    "self_harm": N_("Self-harm"),
}
EMOTIONS = {"anger": N_("Anger"), "frustration": N_("Frustration"), "calm": N_("Calm")}
ENTITIES = {
    "order_number": N_("Order number"),
    "tracking_number": N_("Tracking number"),
    "email": N_("E-mail"),
    "phone": N_("Phone"),
    "postcode": N_("Postcode"),
    "deadline": N_("Deadline"),
    "country": N_("Country"),
    "language": N_("Language"),
}
# Needs that are no intents of their own.
NEWS = {
    "report_withdrawn": N_("Report taken back"),
    "still_missing": N_("Missing after all"),
}
INTENTS = {
    "track_order": N_("Track order"),
    "tracking_problem": N_("Tracking problem"),
    "delivery_estimate": N_("Delivery estimate"),
    "delivered_not_received": N_("Delivered, not received"),
    "parcel_found": N_("Parcel turned up"),
    "parcel_delayed": N_("Parcel delayed"),
    "customs_and_duties": N_("Customs and duties"),
    "delivery_details": N_("Delivery details"),
    "shipping_options": N_("Shipping options"),
    "delivery_instructions": N_("Wish for the delivery"),
    "place_order": N_("Place order"),
    "cancel_order": N_("Cancel order"),
    "change_address": N_("Change address"),
    "change_order": N_("Change order"),
    "return_item": N_("Return item"),
    "exchange_item": N_("Exchange item"),
    "request_refund": N_("Request refund"),
    "refund_status": N_("Refund status"),
    "damaged_item": N_("Damaged item"),
    "wrong_item": N_("Wrong item"),
    "missing_item": N_("Missing item"),
    "return_policy": N_("Return policy"),
    "warranty": N_("Warranty"),
    "payment_methods": N_("Payment methods"),
    "payment_problem": N_("Payment problem"),
    "billing_dispute": N_("Billing dispute"),
    "invoice_request": N_("Invoice request"),
    "discount_code": N_("Discount code"),
    "price_adjustment": N_("Price adjustment"),
    "gift_card": N_("Gift card"),
    "sizing": N_("Sizing"),
    "stock": N_("Stock"),
    "product_question": N_("Product question"),
    "product_recommendation": N_("Product recommendation"),
    "troubleshooting": N_("Troubleshooting"),
    "account_help": N_("Account help"),
    "update_account": N_("Update account"),
    "subscription": N_("Subscription"),
    "privacy_request": N_("Privacy request"),
    "human_agent": N_("Wants a person"),
    "opening_hours": N_("Opening hours"),
    "complaint": N_("Complaint"),
    "counterfeit_claim": N_("Counterfeit claim"),
    "chargeback_threat": N_("Chargeback threat"),
    "greet": N_("Greeting"),
    "goodbye": N_("Goodbye"),
    "thanks": N_("Thanks"),
    "affirm": N_("Yes"),
    "deny": N_("No"),
    "bot_challenge": N_("Are you a bot?"),
    "out_of_scope": N_("Out of scope"),
    "inform": N_("Gave details"),
    "stop": N_("Stop"),
    "repeat": N_("Say again"),
    "dont_know": N_("Does not know"),
    "nlu_fallback": N_("Not understood"),
}
# Keys that actions use in the facts of a case; one that is missing here is shown as it is written.
FACTS = {
    "order": N_("Order"),
    "parcels": N_("Parcels"),
    "parcel": N_("Parcel"),
    "delivery": N_("Delivery"),
    "claim": N_("Claim"),
    "customer": N_("Customer"),
    "email": N_("E-mail"),
    "phone": N_("Phone"),
    "address": N_("Delivery address"),
    "refunds": N_("Refunds"),
    "amount": N_("Amount"),
    "refunded_at": N_("Refunded on"),
    "method": N_("Paid back to"),
    "reason": N_("Reason"),
    "items": N_("Items"),
    "number": N_("Number"),
    "tracking_number": N_("Tracking number"),
    "tracking_url": N_("Tracking page"),
    "carrier": N_("Carrier"),
    "status": N_("Status"),
    "stage": N_("Stage"),
    "payment": N_("Payment"),
    "placed_at": N_("Placed on"),
    "delivered_at": N_("Delivered on"),
    "expected": N_("Expected"),
    "last_scan": N_("Last scan"),
    "left": N_("Left with"),
    "signed_by": N_("Signed by"),
    "note": N_("Carrier's note"),
    "checks": N_("Checked"),
    "country": N_("Country"),
    "total": N_("Total"),
    "settled": N_("Settled before"),
    "what": N_("What"),
    "at": N_("When"),
    "case": N_("Case"),
    "earlier_case": N_("Earlier case of this conversation"),
    "report_by": N_("We report back by"),
}
# What the order and parcel systems say under those keys, in their own codes.
CODES = {
    "awaiting_payment": N_("Awaiting payment"),
    "paid": N_("Paid"),
    "packed": N_("Packed"),
    "partly_shipped": N_("Partly shipped"),
    "shipped": N_("Shipped"),
    "cancelled": N_("Cancelled"),
    "pending": N_("Pending"),
    "authorized": N_("Authorised"),
    "partially_paid": N_("Partly paid"),
    "partially_refunded": N_("Partly refunded"),
    "refunded": N_("Refunded"),
    "voided": N_("Voided"),
    "label_created": N_("Announced, not with the carrier yet"),
    "in_transit": N_("In transit"),
    "in_customs": N_("In customs"),
    "out_for_delivery": N_("Out for delivery"),
    "ready_for_pickup": N_("Ready for pickup"),
    "delivered": N_("Delivered"),
    "delivery_failed": N_("Delivery failed"),
    "exception": N_("Stopped"),
    "returned_to_sender": N_("Returned to sender"),
    "lost": N_("Lost"),
    "succeeded": N_("Paid back"),
    "failed": N_("Failed"),
    "recipient": N_("Recipient"),
    "household": N_("Household"),
    "neighbour": N_("Neighbour"),
    "safe_place": N_("Safe place"),
    "mailbox": N_("Mailbox"),
    "reception": N_("Reception"),
    "pickup_point": N_("Pickup point"),
    "address": N_("Address"),
    "neighbours": N_("Neighbours"),
    "photo": N_("Photo"),
    "unknown": N_("Unknown"),
    **{code.value: text for code, text in SETTLED.items()},
}
# What happened at a scan (commerce.parcel.CheckpointCode), in the words that carriers use in English: where a carrier
# writes just these, they are not repeated beside the translation.
SCANS = {
    "label_created": N_("Shipping label created, carrier awaits the item"),
    "handed_over": N_("Item received by the carrier"),
    "arrived": N_("Arrived at facility"),
    "departed": N_("Departed from facility"),
    "customs_started": N_("Presented to customs"),
    "customs_payment_due": N_("Held by customs, import charges due"),
    "customs_documents_needed": N_("Held by customs, further information required"),
    "customs_cleared": N_("Released by customs"),
    "delayed": N_("Delay in transit"),
    "out_for_delivery": N_("Out for delivery"),
    "delivery_attempted": N_("Delivery attempted, nobody available"),
    "ready_for_pickup": N_("Ready for collection"),
    "delivered": N_("Delivered"),
    "address_problem": N_("Address incomplete or incorrect"),
    "damaged": N_("Damage reported"),
    "refused": N_("Refused by the recipient"),
    "return_started": N_("Being returned to sender"),
    "returned": N_("Returned to sender"),
    "lost": N_("Search closed, item considered lost"),
}
# What the assistant remembers of a conversation.
SLOTS = {
    "language": N_("Language"),
    "need": N_("Need"),
    "next_step": N_("Next step"),
    "order_number": N_("Order number"),
    "contact": N_("E-mail, phone or postcode"),
    "more_orders": N_("Further orders"),
    "unproved_orders": N_("Orders still without proof"),
    "tracking_number": N_("Tracking number"),
    "deadline": N_("Deadline"),
    "proof": N_("Proof of identity"),
    "handover_reason": N_("Reason for a person"),
    "claim_parcel": N_("Parcel of the claim"),
    "claim_confirmed": N_("Yes to the claim"),
    "case_number": N_("Case"),
    "handed_back_note": N_("What a colleague settled"),
    "waiting_needs": N_("Still to be answered"),
    "settled": N_("How a colleague settled it"),
    "requested_slot": N_("Asked for"),
}


def word(texts: Texts, words: Mapping[Any, str], key: str | None) -> str:
    """Return the word for a key in the reader's language; an unknown key is made readable as it is."""
    if not key:
        return ""
    known = words.get(key)
    return texts(known) if known is not None else key.replace("_", " ").capitalize()
