"""Proof of identity: the whole contact on the order matches, however it is written; anything less does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.contact import ContactKind, match_contact, normalise_postcode
from commerce.order import Address, Customer, Order

Make = Callable[..., Order]


def order_to(make: Make, country: str, *, phone: str | None = None, postcode: str | None = None) -> Order:
    address = Address("N. N.", "1 Street", "Town", country, postcode=postcode)
    return make(shipping_address=address, customer=Customer("c1", "N. N.", "n.n@example.com", phone))


@pytest.mark.parametrize("given_text", ["camille.laurent@example.org", "  Camille.Laurent@EXAMPLE.org "])
def test_the_email_of_the_order_matches(an_order: Make, given_text: str) -> None:
    assert match_contact(an_order(), given_text) is ContactKind.email


@pytest.mark.parametrize(
    "given_text",
    ["laurent@example.org", "camille.laurent@example.or", "camille.laurent", "@example.org", "@", "a@b@c", ""],
)
def test_a_part_of_the_email_does_not(an_order: Make, given_text: str) -> None:
    assert not match_contact(an_order(), given_text)


@pytest.mark.parametrize(
    ("country", "phone", "given_text"),
    [
        ("FR", "+33639980102", "06 39 98 01 02"),
        ("FR", "+33639980102", "0033 6 39 98 01 02"),
        ("FR", "+33639980102", "+33 (0)6 39 98 01 02"),
        ("FR", "06 39 98 01 02", "+33639980102"),
        ("GB", "+447700900104", "07700 900104"),
        ("US", "+12025550123", "(202) 555-0123"),
        ("US", "+12025550123", "1-202-555-0123"),
        ("US", "+34599000101", "0034 599 000 101"),
        ("DE", "+493023125137", "030 / 23125137"),
        ("CN", "+8612000000105", "120 0000 0105"),
        ("JP", "+817000000029", "０７０-0000-0029"),
    ],
)
def test_the_phone_matches_however_it_is_written(an_order: Make, country: str, phone: str, given_text: str) -> None:
    assert match_contact(order_to(an_order, country, phone=phone), given_text) is ContactKind.phone


@pytest.mark.parametrize("given_text", ["980102", "39980102", "0102", "639980103", "+34639980102", "+1639980102"])
def test_the_end_of_a_phone_number_or_another_country_does_not(an_order: Make, given_text: str) -> None:
    assert not match_contact(an_order(), given_text)


@given(digits=st.integers(min_value=1, max_value=9))
def test_no_suffix_of_a_phone_number_matches(an_order: Make, digits: int) -> None:
    order = order_to(an_order, "ES", phone="+34599000101")
    assert not match_contact(order, "599000101"[digits:])


@pytest.mark.parametrize(
    ("country", "postcode", "given_text"),
    [
        ("GB", "LS6 1BA", "ls61ba"),
        ("GB", "LS6 1BA", "LS6-1BA"),
        ("JP", "606-0816", "〒６０６－０８１６"),
        ("SE", "116 33", "11633"),
        ("CA", "M6R 2K6", "m6r2k6"),
        ("PL", "31-062", "31062"),
        ("US", "78704-2210", "78704"),
        ("US", "78704-2210", "78704 2210"),
        ("IE", "D08 R2Y6", "d08r2y6"),
    ],
)
def test_the_postcode_matches_however_it_is_written(
    an_order: Make, country: str, postcode: str, given_text: str
) -> None:
    assert match_contact(order_to(an_order, country, postcode=postcode), given_text) is ContactKind.postcode


@pytest.mark.parametrize(
    ("country", "postcode", "given_text"),
    [
        ("GB", "LS6 1BA", "LS6"),
        ("FR", "69007", "6900"),
        ("FR", "69007", "690071"),
        ("US", "78704", "78704-2210"),
        ("DE", "78704-2210", "78704"),
        ("FR", None, ""),
        ("FR", "", " - "),
    ],
)
def test_a_part_of_the_postcode_does_not(an_order: Make, country: str, postcode: str | None, given_text: str) -> None:
    assert not match_contact(order_to(an_order, country, postcode=postcode), given_text)


def test_the_billing_address_counts_too(an_order: Make) -> None:
    billing = Address("N. N.", "2 Calle", "Madrid", "ES", postcode="28012", phone="+34599000109")
    order = replace(an_order(), billing_address=billing)
    assert match_contact(order, "28012") is ContactKind.postcode
    assert match_contact(order, "599 000 109") is ContactKind.phone


@given(text=st.text(max_size=60))
def test_anything_typed_gets_an_answer(an_order: Make, text: str) -> None:
    contacts = {"camille.laurent@example.org", "69007"}
    if match_contact(an_order(), text) in {ContactKind.email, ContactKind.postcode}:
        assert text.strip().casefold() in contacts or normalise_postcode(text) in contacts


@given(text=st.text(max_size=12))
def test_normalising_a_postcode_twice_changes_nothing_more(text: str) -> None:
    once = normalise_postcode(text)
    assert normalise_postcode(once) == once


@given(
    code=st.from_regex(r"[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}", fullmatch=True),
    lower=st.booleans(),
    between=st.sampled_from(["", " ", "  ", "-", "–"]),
)
def test_spaces_hyphens_and_case_never_matter(an_order: Make, code: str, lower: bool, between: str) -> None:
    written = code.replace(" ", between)
    order = order_to(an_order, "GB", postcode=code)
    assert match_contact(order, written.lower() if lower else written)
