"""Order numbers with letters: the shop's own pattern, however a shopper writes them."""

from __future__ import annotations

import pytest

from assistant.nlu.entities import ShopEntities
from assistant.nlu.order_numbers import SETTING, OrderNumbers, shop_order_numbers
from assistant.nlu.wording import wording

SO, EU, HP, TWO = r"SO-\d{4,6}", r"EU-\d{4}", r"HP\d{4}-[A-Z]", r"[A-Z]{2}-\d{4}"


def found(pattern: str, text: str, asked: str | None = None) -> list[tuple[str, str]]:
    return [(e["entity"], e["value"]) for e in ShopEntities({"order_number": pattern}).find(text, "en", asked)]


@pytest.mark.parametrize(
    ("pattern", "text", "number"),
    [
        (SO, "where is SO-2219?", "SO-2219"),
        (SO, "so2219", "SO-2219"),
        (SO, "So 2219 please", "SO-2219"),
        (SO, "#SO–2219", "SO-2219"),
        (SO, "my order is SO − 2219", "SO-2219"),
        (SO, "ＳＯ－２２１９", "SO-2219"),
        (SO, "订单SO-2219到哪了", "SO-2219"),
        (SO, "order 2219", "SO-2219"),
        (EU, "#EU-1042", "EU-1042"),
        (EU, "Bestellung eu1042", "EU-1042"),
        (HP, "HP1042-B", "HP1042-B"),
        (HP, "hp1042b", "HP1042-B"),
        (HP, "hp 1042 b, where is it", "HP1042-B"),
        (TWO, "ab-2219", "AB-2219"),
        (TWO, "AB 2219", "AB-2219"),
    ],
)
@pytest.mark.parametrize("asked", [None, "order_number", "contact"])
def test_however_it_is_written_it_is_the_shops(pattern: str, text: str, number: str, asked: str | None) -> None:
    assert found(pattern, text, asked) == [("order_number", number)]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (SO, "XSO-2219"),
        (SO, "SO-22191234"),
        (SO, "so, what about 22 days"),
        (EU, "the size is EU 42"),
        (TWO, "my order is 2219 days old"),
        (TWO, "at 2219"),
    ],
)
def test_what_only_looks_like_one_is_none(pattern: str, text: str) -> None:
    assert found(pattern, text) == []


def test_contacts_and_other_orders_stand_beside_it() -> None:
    assert found(SO, "SO-2219, SO-2220, anna@example.com") == [
        ("order_number", "SO-2219"),
        ("order_number", "SO-2220"),
        ("email", "anna@example.com"),
    ]
    assert found(SO, "so2219 75011") == [("order_number", "SO-2219"), ("postcode", "75011")]
    assert found(SO, "SO-2219 tracking LX123456785CN") == [
        ("order_number", "SO-2219"),
        ("tracking_number", "LX123456785CN"),
    ]


def test_it_reads_to_the_understanding_as_the_digits_of_the_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, SO)
    shop_order_numbers.cache_clear()
    try:
        assert wording("where is so 2219?") == "where is 1042?"
        monkeypatch.delenv(SETTING)
        shop_order_numbers.cache_clear()
        assert wording("where is so 2219?") == "where is so 1042?"
    finally:
        shop_order_numbers.cache_clear()


def test_a_pattern_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, "SO-(")
    shop_order_numbers.cache_clear()
    try:
        with pytest.raises(ValueError, match=SETTING):
            shop_order_numbers()
    finally:
        shop_order_numbers.cache_clear()


def test_digits_of_other_lengths() -> None:
    assert OrderNumbers(r"\d{3}").of_digits("123") == "123" and not OrderNumbers(r"\d{3}").lettered
    assert found(r"\d{7,8}", "order 12345678") == [("order_number", "12345678")]
