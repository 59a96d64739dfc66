"""Amounts of money: "39,90 €", "$20", "20 bucks", "EUR 12.50", "CHF 20.-", "五百块", "veinte euros".

Signs and names of currencies come from CLDR (Babel), what people say beside them from money.yml. A sign that several
currencies share ($, ¥, kr) is read by the country of the shopper's locale, if that is known. An amount without its
currency is one where the words around it talk of paying: "you charged me 39,90 instead of 30".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.numbers import (
    NumberFormatError,
    get_currency_name,
    get_currency_precision,
    get_currency_symbol,
    get_territory_currencies,
    parse_decimal,
)
from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from assistant.nlu.finder import Finder, Passage
from assistant.nlu.numbers import CHINESE, number_in_words, number_of
from assistant.nlu.phrases import NOTHING, any_of, data_of, entry, fold, lexicons

_DATA = Path(__file__).with_name("money.yml")
_AMOUNT = r"(?:\d{1,3}(?:[.,'’ \u00a0\u202f]\d{3}){1,4}(?!\d)|\d{1,9})(?:[.,]\d{1,2}(?!\d))?(?:[.,][-–—]{1,2})?"
_SEPARATORS = re.compile(r"[ '’\u00a0\u202f]")
_BEFORE = r"(?<![A-Za-z0-9])(?<!\d[.,])"
_NO_LETTER = r"(?![^\W\d\u3400-\u9fff])"
_CENTS = r"(?P<cents>\d{2})(?![\d.,])"
_NOT_AFTER = r"(?![A-Za-z0-9%°])(?![.,:/’'\"-]\d)(?! ?[x×*] ?\d)"
# "39,90", "39,-": what people write for prices, and seldom for anything else.
_WITH_CENTS = re.compile(
    rf"(?<![A-Za-z0-9#])(?<!\d[.,:/-])(?P<amount>\d{{1,5}}[.,](?:\d{{2}}|[-–—]{{1,2}})){_NOT_AFTER}"
)
_LIKE_A_PRICE = re.compile(r".*[.,](?:99|95|90|98|49|[-–—]{1,2})$")
_YEARS = range(1990, 2036)
_ENDS = r"(?=\s*(?:$|[,;!?)(，。；！？…\n]|\.(?!\d)))"


@dataclass(frozen=True)
class _Currencies:
    """What names currencies in messages of one language: word or sign, folded → code, or the sign that is shared."""

    codes: dict[str, str]
    shared: dict[str, str]
    hundredths: dict[str, str | None]
    before: re.Pattern[str]
    after: re.Pattern[str]
    small: re.Pattern[str]


@dataclass(frozen=True)
class _Bare:
    """What shows that a number without a currency is an amount, in one language; for folded text."""

    talk: re.Pattern[str]
    no_money: re.Pattern[str]
    counted: re.Pattern[str]
    whole: tuple[re.Pattern[str], ...]
    instead: re.Pattern[str]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class MoneyFinder(Finder):
    """Adds `money` for every amount with its currency.

    Values: {"amount": "39.90", "currency": "EUR", "sign": "€"}. The amount is a decimal number in text, with the
    currency's decimals. The currency is None where neither the words nor the shopper's locale tell which one a shared
    sign means; "sign" is what was written for it, in small letters: "€", "bucks", "usd"; "" where nothing was.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        for language in lexicons():
            _currencies(language)
            _bare(language)

    def read(self, passage: Passage) -> None:
        """Add the amounts of a passage."""
        known = _currencies(passage.language)
        matches = [*known.before.finditer(passage.folded), *known.after.finditer(passage.folded)]
        for match in sorted(matches, key=lambda m: (m.start(), -m.end())):
            _add(passage, match, known)
        for match in known.small.finditer(passage.folded):
            _add_hundredths(passage, match, known)
        _without_currency(passage)


def _without_currency(passage: Passage) -> None:
    """Find amounts that only the words around them call so: "I paid 39,90", "refunded 50", "instead of 30"."""
    bare = _bare(passage.language)
    talked_of = bool(passage.found) or bool(bare.talk.search(passage.folded))
    for match in _WITH_CENTS.finditer(passage.folded):
        before = passage.folded[max(0, match.start() - 24) : match.start()]
        counted = bare.counted.match(passage.folded[match.end() : match.end() + 24].lstrip(" -"))
        if (talked_of or _LIKE_A_PRICE.match(match["amount"])) and not (bare.no_money.search(before) or counted):
            _add_bare(passage, match)
    for pattern in bare.whole:
        for match in pattern.finditer(passage.folded):
            _add_bare(passage, match)
    if any(found["entity"] == "money" for found in passage.found):
        for match in bare.instead.finditer(passage.folded):
            _add_bare(passage, match)


def _add_bare(passage: Passage, match: re.Match[str]) -> None:
    amount = _amount(match["amount"], None, passage.language)
    written = match["amount"]
    tall = Decimal("1.4") <= amount <= Decimal("2.1") and not passage.found if amount else True
    year = written.isdigit() and len(written) == 4 and int(written) in _YEARS
    if amount and not tall and not year:  # "my husband is 1,90"
        value = {"amount": _decimals(amount, None), "currency": None, "sign": ""}
        passage.add("money", *match.span("amount"), value)


@cache
def _bare(language: str) -> _Bare:
    data = data_of(_DATA)["bare"][language]
    chinese = language.startswith("zh")
    units = [*(entry(language, "numbers", "amount_after") or []), *(entry("en", "numbers", "measure") or [])]
    paid, small, instead = (any_of(data[name]).pattern for name in ("paid", "small", "instead"))
    # One digit counts: "they charged me 2". Four are an order, if they are no amount in ShopEntities' eyes.
    digits = r"(?<![\d#.,])\d{2,4}(?:[.,]\d{1,2})?(?![\d%])(?![.,:/-]\d)"
    number = f"(?P<amount>{digits}|{CHINESE}{{2,8}})" if chinese else f"(?P<amount>{digits})"
    gap = r"\s*" if chinese else r"[\s:]+"
    ends = rf"(?:{_ENDS}|(?=\s*(?:{any_of(data['ends']).pattern})))"
    after = any_of(data["paid_after"])
    before_verb = NOTHING if after is NOTHING else re.compile(rf"{number}\s+(?:{after.pattern})")
    return _Bare(
        talk=any_of(data["talk"]),
        no_money=re.compile(rf"(?:{any_of(data['no_money']).pattern})\s*$"),
        counted=any_of(units),
        whole=(re.compile(rf"(?:{paid})(?:{gap}(?:{small})){{0,4}}{gap}{number}{ends}"), before_verb),
        instead=re.compile(rf"(?:{instead})(?:{gap}(?:{small})){{0,1}}{gap}{number}{ends}"),
    )


def _add(passage: Passage, match: re.Match[str], known: _Currencies) -> None:
    written, named = match["amount"], match["currency"]
    amount = _amount(written, match.groupdict().get("cents"), passage.language)
    if amount is None or _is_something_else(passage, match, named):
        return
    currency, sign = _currency(named, passage, known)
    value = {"amount": _decimals(amount, currency), "currency": currency, "sign": sign}
    passage.add("money", *match.span(), value)


def _add_hundredths(passage: Passage, match: re.Match[str], known: _Currencies) -> None:
    number = number_of(match["amount"], passage.language)
    if passage.plain[match.end() - 1] == "P":
        return  # "10P" is a size for small people
    if number is None or not 0 < number < 100 or _is_something_else(passage, match, match["currency"]):
        return
    code = known.hundredths[_plain(match["currency"])]
    value = {"amount": f"{Decimal(number) / 100:.2f}", "currency": code, "sign": _plain(match["currency"])}
    passage.add("money", *match.span(), value)


def _is_something_else(passage: Passage, match: re.Match[str], named: str) -> bool:
    """Whether the word of a currency weighs or counts here: "5 pounds heavy"."""
    data = _lists()
    code = _plain(named)
    written = passage.plain[match.start("currency") : match.end("currency")]
    if len(code) == 3 and code.upper() in _in_use() and code not in data["small_codes"] and not written.isupper():
        return True  # "try 20"
    if data["not_after"].match(passage.folded[match.end() :].lstrip()):
        return True
    weighs = code in data["doubtful"] and data["weight"].search(passage.folded)
    return bool(weighs)


def _currency(named: str, passage: Passage, known: _Currencies) -> tuple[str | None, str]:
    sign = _plain(named)
    if sign in known.codes:
        return known.codes[sign], sign
    shared = known.shared[sign]
    return _of_the_locale(shared, passage.locale, passage.language), sign


@lru_cache(maxsize=512)
def _of_the_locale(sign: str, locale: str | None, language: str) -> str | None:
    """Return the currency of the shopper's country, if it is written with a sign that others have, too."""
    territory = _territory(locale) or data_of(_DATA)["home"].get(language)
    if territory is None:
        return None
    for code in get_territory_currencies(territory):
        tongues = Locale.parse("und_" + territory)
        symbols = {get_currency_symbol(code, locale=tongue) for tongue in ("en", tongues)}
        if any(sign in symbol.lower() for symbol in symbols) or (sign == "kr" and code in ("SEK", "NOK", "DKK", "ISK")):
            return str(code)
    return None


def _territory(locale: str | None) -> str | None:
    region = re.search(r"[-_]([A-Za-z]{2})(?=$|[-_])", locale or "")
    try:
        return Locale.parse(f"und_{region[1].upper()}").territory if region else None
    except (ValueError, UnknownLocaleError):
        return None


def _amount(written: str, cents: str | None, language: str) -> Decimal | None:
    """Return what an amount comes to, in digits as any language writes them or in words of this one."""
    if not written[:1].isdigit():
        number = _round_numbers(language).get(" ".join(written.replace("-", " ").split()))
        number = number_of(written, language) if number is None else number
        return None if number is None else Decimal(number) + Decimal(cents or 0) / 100
    digits = _SEPARATORS.sub("", re.sub(r"[.,][-–—]{1,2}$", "", written))
    if cents and digits.isdigit():
        return Decimal(f"{digits}.{cents}")
    try:
        if not re.fullmatch(r"\d+[.,]\d{3}", digits):  # "1.299" and "1,299" are thousands: no price has three decimals
            return Decimal(parse_decimal(digits, locale=Locale.parse(language, sep="-"), strict=True))
    except (NumberFormatError, InvalidOperation, ValueError):
        pass  # written as another language does: "39,90" in English
    whole, _, rest = re.sub(r"[.,](?=\d{1,2}$)", "|", digits).partition("|")
    try:
        return Decimal(re.sub(r"[.,]", "", whole) + (f".{rest}" if rest else ""))
    except InvalidOperation:
        return None


def _decimals(amount: Decimal, currency: str | None) -> str:
    places = 2 if currency is None else get_currency_precision(currency)
    if amount == amount.to_integral_value() and (currency is None or places == 0):
        return str(int(amount))
    return f"{amount:.{max(places, 0) or 2}f}"


@lru_cache(maxsize=1)
def _lists() -> dict[str, Any]:
    data = data_of(_DATA)
    return {
        "weight": any_of(data["weight"]),
        "doubtful": frozenset(map(_plain, data["doubtful"])),
        "small_codes": frozenset(data["small_codes"]),
        "not_after": any_of(data["not_after"]),
    }


@cache
def _currencies(language: str) -> _Currencies:
    data = data_of(_DATA)
    codes = _named_by_babel(language)
    codes |= {_plain(name): code for code, names in data["names"].items() for name in names}
    codes |= {_plain(sign): code for code, signs in data["signs"].items() for sign in signs}
    shared = {_plain(name): sign for sign, names in data["shared"].items() for name in names}
    shared |= {_plain(sign): _plain(sign) for sign in data["shared_signs"]}
    codes = {name: code for name, code in codes.items() if name not in shared}
    small = {_plain(n): None if code == "none" else code for code, names in data["hundredths"].items() for n in names}
    named = {**codes, **shared}
    listed = _listed(named)
    # "EUR 20" and "20 EUR", but only "20 bucks".
    before = _listed(n for n in named if n in data["before"] or not n[:1].isalpha() or n.upper() in _in_use())
    rounds = any_of(_round_numbers(language))
    words = "|".join([*([] if rounds is NOTHING else [rounds.pattern]), number_in_words(language)])
    amount = rf"(?P<amount>{_AMOUNT}|{words})"
    return _Currencies(
        codes,
        shared,
        small,
        before=re.compile(rf"{_BEFORE}(?P<currency>{before})\s?(?P<amount>{_AMOUNT})(?![A-Za-z0-9])(?![.,]\d)"),
        after=re.compile(
            rf"{_BEFORE}{amount}(?:多|几|来)?[\s-]?(?P<currency>{listed})"
            rf"(?:(?:\s?(?:con|and|et|und|y)?\s?)?{_CENTS}(?!\s?(?:[a-z%]|[年月日天件个双码点])))?"
        ),
        small=re.compile(rf"{_BEFORE}(?P<amount>\d{{1,2}}|{words})\s?(?P<currency>{_listed(small)})"),
    )


@cache
def _round_numbers(language: str) -> dict[str, int]:
    return {fold(name): number for name, number in data_of(_DATA)["round"][language].items()}


def _named_by_babel(language: str) -> dict[str, str]:
    """Return the names that CLDR has for the currencies of today's countries, and their ISO codes."""
    locale = Locale.parse(language, sep="-")
    names: dict[str, str] = {}
    for code in sorted(_in_use()):
        said = {get_currency_name(code, count=count, locale=locale) for count in (None, 1, 2)}
        names |= {_plain(name): code for name in (code, *said)}
    return names


@lru_cache(maxsize=1)
def _in_use() -> frozenset[str]:
    countries = [code for code in map(str, Locale.parse("en").territories) if len(code) == 2 and code.isalpha()]
    return frozenset(code for country in countries for code in get_territory_currencies(country))


def _listed(names: Any) -> str:
    """Return a pattern for names and signs, the longest first; a word is not the beginning of another."""
    parts = []
    for name in sorted(names, key=len, reverse=True):
        body = re.escape(name.rstrip("*")).replace(r"\ ", r"[\s-]")
        ends = r"\w{0,8}" if name.endswith("*") else ""
        parts.append(body + ends + (_NO_LETTER if re.search(r"[^\W\u3400-\u9fff]$", name.rstrip("*")) else ""))
    return "|".join(parts)


def _plain(name: str) -> str:
    return " ".join(fold(name).replace("-", " ").split())
