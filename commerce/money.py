"""An amount of money with its currency: exact, rounded to the currency's minor unit, never mixed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from babel.numbers import get_currency_precision, list_currencies

from commerce.errors import CurrencyMismatch


@lru_cache(maxsize=1)
def _known_currencies() -> frozenset[str]:
    return frozenset(list_currencies())


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency.

    `amount` is quantised to the currency's minor unit (EUR 0.01, JPY 1, KWD 0.001), halves away from zero, as shops
    round. `currency` is an ISO 4217 code.

    Raises:
        ValueError: the amount is not a finite number, or the currency is not known.
        TypeError: the amount is not a Decimal (a float would carry its error along).
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise TypeError(f"an amount must be a Decimal, not {type(self.amount).__name__}")
        if self.currency not in _known_currencies():
            raise ValueError(f"{self.currency!r} is not an ISO 4217 currency code")
        if not self.amount.is_finite():
            raise ValueError(f"{self.amount} is not an amount of money")
        step = Decimal(1).scaleb(-get_currency_precision(self.currency))
        try:
            quantised = self.amount.quantize(step, rounding=ROUND_HALF_UP)
        except InvalidOperation:
            raise ValueError(f"{self.amount} is too large for an amount of money") from None
        # "-0.00" is the same money as "0.00" and must read the same.
        object.__setattr__(self, "amount", quantised if quantised else quantised.copy_abs())

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: str) -> Money:
        """Return money from text such as "12.90", a whole number or a Decimal.

        Raises:
            ValueError: the text is not a number, or the currency is not known.
        """
        try:
            return cls(Decimal(amount), currency)
        except InvalidOperation:
            raise ValueError(f"{amount!r} is not an amount of money") from None

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Return nothing, in a currency."""
        return cls(Decimal(0), currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other).amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other).amount, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __mul__(self, factor: int | Decimal) -> Money:
        if isinstance(factor, float):
            raise TypeError("money is multiplied by an int or a Decimal, never by a float")
        return Money(self.amount * factor, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other).amount

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other).amount

    def __gt__(self, other: Money) -> bool:
        return self.amount > self._same(other).amount

    def __ge__(self, other: Money) -> bool:
        return self.amount >= self._same(other).amount

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def _same(self, other: Money) -> Money:
        if not isinstance(other, Money):
            raise TypeError(f"money goes with money, not with {type(other).__name__}")
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} cannot be combined")
        return other
