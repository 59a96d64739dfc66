"""What of a message says a need: contact details beside it are left out; a message that is only these stays whole."""

from __future__ import annotations

import pytest

from assistant.nlu.wording import wording


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My mugs came broken, ana@example.com", "My mugs came broken"),
        ("where is my parcel? call me on +44 7700 900123", "where is my parcel? call me on"),
        ("我的杯子碎了怎么办，ana@example.com", "我的杯子碎了怎么办"),
        ("where on earth is it, D08 R2Y6", "where on earth is it"),
        ("tracking CY792771090DE is wrong", "tracking CY792771090DE is wrong"),
        ("ana@example.com", "ana@example.com"),
        ("it's ana@example.com", "it's ana@example.com"),
        ("SW1A 1AA", "SW1A 1AA"),
        ("", ""),
    ],
)
def test_contact_details_do_not_outweigh_the_need(text: str, expected: str) -> None:
    assert wording(text) == expected
