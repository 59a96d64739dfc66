"""Money: exact, rounded to the currency's minor unit, never mixed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel.numbers import get_currency_precision
from hypothesis import given
from hypothesis import strategies as st

from commerce.errors import CurrencyMismatch
from commerce.money import Money

CURRENCIES = ("EUR", "GBP", "USD", "JPY", "CNY", "SEK", "KWD", "CHF", "PLN")
amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=4)
currencies = st.sampled_from(CURRENCIES)


@given(amounts, currencies)
def test_money_has_exactly_the_minor_units_of_its_currency(amount: Decimal, currency: str) -> None:
    money = Money(amount, currency)
    assert -money.amount.as_tuple().exponent == get_currency_precision(currency)
    assert abs(money.amount - amount) <= Decimal(1).scaleb(-get_currency_precision(currency)) / 2


@given(amounts, amounts, amounts, currencies)
def test_adding_loses_nothing(a: Decimal, b: Decimal, c: Decimal, currency: str) -> None:
    x, y, z = (Money(amount, currency) for amount in (a, b, c))
    assert (x + y) + z == x + (y + z)
    assert x + y == y + x
    assert (x + y) - y == x
    assert x - x == Money.zero(currency)


@given(amounts, currencies)
def test_money_written_as_text_comes_back(amount: Decimal, currency: str) -> None:
    money = Money(amount, currency)
    text, code = str(money).split(" ")
    assert Money.of(text, code) == money


@given(amounts, st.integers(min_value=0, max_value=500), currencies)
def test_a_line_of_n_pieces_costs_n_times_one(amount: Decimal, pieces: int, currency: str) -> None:
    one = Money(amount, currency)
    assert one * pieces == sum([one] * pieces, start=Money.zero(currency))


@given(amounts, amounts)
def test_two_currencies_are_never_combined(a: Decimal, b: Decimal) -> None:
    euro, yen = Money(a, "EUR"), Money(b, "JPY")
    for combine in (lambda: euro + yen, lambda: euro - yen, lambda: euro < yen, lambda: euro >= yen):
        with pytest.raises(CurrencyMismatch):
            combine()
    assert euro != yen


@pytest.mark.parametrize(
    ("amount", "currency", "kept"),
    [("1.005", "EUR", "1.01"), ("-1.005", "EUR", "-1.01"), ("1234.5", "JPY", "1235"), ("1.0005", "KWD", "1.001")],
)
def test_halves_are_rounded_away_from_zero(amount: str, currency: str, kept: str) -> None:
    assert str(Money.of(amount, currency).amount) == kept


def test_minus_nothing_reads_like_nothing() -> None:
    assert str(Money.of("-0.001", "EUR")) == "0.00 EUR"


@pytest.mark.parametrize("amount", ["", "12,90", "twelve", "NaN", "Infinity", "1e40"])
def test_what_is_not_an_amount_is_refused(amount: str) -> None:
    with pytest.raises(ValueError):
        Money.of(amount, "EUR")


@pytest.mark.parametrize("currency", ["", "eur", "EURO", "XQZ"])
def test_an_unknown_currency_is_refused(currency: str) -> None:
    with pytest.raises(ValueError, match="ISO 4217"):
        Money.of("1", currency)


def test_floats_are_refused() -> None:
    with pytest.raises(TypeError):
        Money(0.1, "EUR")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money.of("1", "EUR") * 0.1  # type: ignore[operator]
    with pytest.raises(TypeError):
        sum([Money.of("1", "EUR")])  # sum() begins with 0, which is not money
