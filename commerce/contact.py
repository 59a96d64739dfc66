"""Does what a shopper typed match the contact on an order: e-mail, phone or postcode?"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

import phonenumbers

from commerce.order import Order

# Everywhere in the world, postcodes are Latin capitals and digits; the rest (spaces, hyphens, 〒) is layout.
_LAYOUT = re.compile(r"[^0-9A-Z]+")


class ContactKind(StrEnum):
    """Which contact matched."""

    email = "email"
    phone = "phone"
    postcode = "postcode"


def match_contact(order: Order, given: str) -> ContactKind | None:
    """Return which contact of the order equals what the shopper gave, or None.

    The whole contact must match: the end of a phone number, a part of an e-mail address or the outward half of a
    British postcode prove nothing.
    """
    if _email(given) and _email(given) in {_email(e) for e in _emails(order)}:
        return ContactKind.email
    if _phones_given(order, given) & _phones(order):
        return ContactKind.phone
    if any(_same_postcode(given, postcode, country) for postcode, country in _postcodes(order)):
        return ContactKind.postcode
    return None


def _emails(order: Order) -> tuple[str, ...]:
    return (order.customer.email,) if order.customer.email else ()


def _email(text: str) -> str | None:
    clean = unicodedata.normalize("NFC", text).strip().casefold()
    return clean if "@" in clean.strip("@") else None


def _regions(order: Order) -> tuple[str, ...]:
    """Countries in which a number without its country code is read: where it goes, then where the bill goes."""
    billing = order.billing_address.country if order.billing_address else order.country
    return (order.country,) if billing == order.country else (order.country, billing)


def _phones(order: Order) -> set[str]:
    addresses = (order.shipping_address, order.billing_address)
    on_order = {order.customer.phone, *(a.phone for a in addresses if a)}
    return {e164 for phone in on_order if phone for e164 in [_e164(phone, order.country)] if e164}


def _phones_given(order: Order, given: str) -> set[str]:
    readings = {_e164(given, region) for region in _regions(order)}
    # "0034…" is how most of the world dials abroad; libphonenumber reads it only where the country dials so.
    if given.strip().startswith("00"):
        readings.add(_e164("+" + given.strip()[2:], None))
    return {reading for reading in readings if reading}


def _e164(text: str, region: str | None) -> str | None:
    try:
        number = phonenumbers.parse(unicodedata.normalize("NFKC", text), region)
    except phonenumbers.NumberParseException:
        return None
    # "Possible", not "valid": numbers reserved for fiction are not valid, and equality is what counts here.
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _postcodes(order: Order) -> set[tuple[str, str]]:
    addresses = (order.shipping_address, order.billing_address)
    return {(a.postcode, a.country) for a in addresses if a and a.postcode}


def normalise_postcode(text: str) -> str:
    """Return a postcode in capitals, without spaces and hyphens, full-width digits made plain."""
    return _LAYOUT.sub("", unicodedata.normalize("NFKC", text).upper())


def _same_postcode(given: str, on_order: str, country: str) -> bool:
    left, right = normalise_postcode(given), normalise_postcode(on_order)
    if country == "US" and left.isdigit() and right.isdigit() and len(left) == 5:
        # ZIP+4 on the order; people know their five digits.
        right = right[:5]
    return bool(left) and left == right
