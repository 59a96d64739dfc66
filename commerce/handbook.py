"""The shop's rules as data: `handbook/*.yml`, one file a topic, by country, checked when loaded.

A rule for a country is looked up under its own code, then (inside the EU) under `EU`; what it leaves out comes from
`default`. Every rule says its `source` and its `date`.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

import holidays
from babel import Locale
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from commerce.errors import HandbookError
from commerce.money import Money
from commerce.order import PaymentKind
from commerce.parcel import DutiesPaidBy
from commerce.rule_file import RuleFile
from commerce.working_days import is_working_day

FOLDER = Path(__file__).resolve().parent.parent / "handbook"
# One customs territory, and one set of consumer rights unless a country's own rule says more.
EU = frozenset((
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
    "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
))  # fmt: skip
# Parts of EU countries outside the EU's area for customs or VAT: their country's law holds, what is posted there passes
# customs, and the price list of their country does not reach them. IC and EA are what ISO 3166 keeps for the Canary
# Islands, and for Ceuta and Melilla.
TERRITORIES = {"IC": "ES", "EA": "ES", "GP": "FR", "MQ": "FR", "GF": "FR", "RE": "FR", "YT": "FR"}
DEFAULT = "default"
# The country codes of CLDR, which has those of ISO 3166-1 and EU …
_NO_COUNTRIES = frozenset(("ZZ", "QO", "EZ", "UN", "XA", "XB"))  # … and these for the unknown, for groups, for tests
_COUNTRY_CODES = frozenset(code for code in map(str, Locale("en").territories) if code.isalpha()) - _NO_COUNTRIES
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# A search for the next opening that goes further than this has found a desk that never opens.
_HORIZON_DAYS = 60


def _money(value: Any) -> Any:
    """Read "150 EUR" as money."""
    if not isinstance(value, str):
        return value
    amount, _, currency = value.partition(" ")
    return Money.of(amount, currency)


def _clock_time(value: Any) -> Any:
    # YAML reads 10:00 without quotes as the number 600, which pydantic would take for ten minutes past midnight.
    if not isinstance(value, str):
        raise ValueError("write the time in quotes, such as '09:00'")
    return value


def _not_negative(money: Money) -> Money:
    if money.amount < 0:
        raise ValueError("an amount must not be negative")
    return money


Amount = Annotated[Money, BeforeValidator(_money), AfterValidator(_not_negative)]
# Strict: YAML reads yes as True, which is a 1 otherwise.
Whole = Annotated[int, Field(strict=True)]
Days = Annotated[Whole, Field(ge=0, le=366)]
# A text: YAML reads 024 without quotes as the number 20.
PhoneNumber = Annotated[str, Field(pattern=r"^\d[\d ]{1,15}\d$")]
ClockTime = Annotated[dt.time, BeforeValidator(_clock_time)]


class Rule(BaseModel):
    """What every rule says of itself: where it comes from and since when it is so."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    source: str = Field(min_length=3)
    date: dt.date


class DeliveryRule(Rule):
    """When a delivery counts as slow. Days are calendar days at the destination, unless they are working days.

    A parcel is late when it is more than `late_after_days` past its day; a person looks into it from
    `investigate_after_days` past its day on.
    """

    dispatch_within_working_days: Days
    label_only_days: Days
    late_after_days: Days
    investigate_after_days: Days
    not_updated_after_days: Days
    lost_after_days_domestic: Days
    lost_after_days_international: Days
    pickup_holds_days: Days

    @model_validator(mode="after")
    def _order_of_days(self) -> DeliveryRule:
        if self.not_updated_after_days >= min(self.lost_after_days_domestic, self.lost_after_days_international):
            raise ValueError("not_updated_after_days must be less than both lost_after_days")
        if self.investigate_after_days <= self.late_after_days:
            raise ValueError("investigate_after_days must be more than late_after_days")
        return self


class ClaimRule(Rule):
    """When "it says delivered, but it is not here" becomes a claim, what to check first and what a claim needs."""

    wait_hours: Annotated[Whole, Field(ge=0, le=24 * 30)]
    open_within_days: Annotated[Whole, Field(ge=1, le=366)]
    answer_within_working_days: Annotated[Whole, Field(ge=1, le=60)]
    checks: tuple[Literal["address", "neighbours", "household", "safe_place", "mailbox", "reception", "photo"], ...]
    needs: tuple[Literal["confirmed_address", "confirmed_checks", "signed_statement", "police_report"], ...]


# What customs may ask the recipient for, and goods that are not free whatever they are worth.
Paper = Literal["order_confirmation", "proof_of_payment", "identity_number", "tax_number"]
Goods = Literal["leather_shoes", "leather_bags", "knitwear", "alcohol", "tobacco", "perfume"]


class CustomsRule(Rule):
    """Customs of a destination. An amount that is not set means that there is no such free limit."""

    authority: str
    usual_days: Annotated[tuple[Whole, Whole], Field(description="least and most working days")]
    duties_paid_by: DutiesPaidBy
    vat_free_up_to: Amount | None = None
    duty_free_up_to: Amount | None = None
    duty_free_except: Annotated[tuple[Goods, ...], Field(description="what the limit does not free")] = ()
    papers: Annotated[tuple[Paper, ...], Field(min_length=1, description="what the recipient is usually asked for")]
    holding_days: Annotated[Whole, Field(ge=1, le=90, description="how long the carrier keeps an unpaid parcel")]
    refund_if_refused: Literal["in_full", "goods_less_return"]
    note: str

    @model_validator(mode="after")
    def _least_before_most(self) -> CustomsRule:
        least, most = self.usual_days
        if not 0 <= least <= most:
            raise ValueError("usual_days must be [least, most]")
        return self

    @model_validator(mode="after")
    def _exceptions_of_a_limit(self) -> CustomsRule:
        if self.duty_free_except and self.duty_free_up_to is None:
            raise ValueError("duty_free_except needs a limit: set duty_free_up_to as well")
        return self


class DestinationRule(Rule):
    """Whether the shop delivers to a country."""

    delivered: bool


class ShippingOption(BaseModel):
    """One way to have an order sent. Days are working days from dispatch."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    code: Literal["standard", "express", "pickup"]
    carrier: str
    days: tuple[Whole, Whole]
    price: Amount
    free_from: Amount | None = None


class ShippingRule(Rule):
    """How orders can be sent to a country."""

    options: Annotated[tuple[ShippingOption, ...], Field(min_length=1)]


class ReturnRule(Rule):
    """Returns. Days count from delivery; `withdrawal_days` is the right by law, `window_days` what the shop gives."""

    window_days: Days
    withdrawal_days: Days
    refund_within_days: Days
    return_paid_by: Literal["shop", "shopper"]
    excluded: tuple[Literal["hygiene_opened", "personalised", "gift_card", "software_opened"], ...] = ()

    @model_validator(mode="after")
    def _at_least_the_law(self) -> ReturnRule:
        if self.window_days < self.withdrawal_days:
            raise ValueError("window_days must not be less than withdrawal_days")
        return self


class PaymentRule(Rule):
    """How a shopper in a country can pay."""

    methods: Annotated[tuple[PaymentKind, ...], Field(min_length=1)]
    card_brands: tuple[str, ...]
    charged: Literal["at_order", "at_dispatch"]


class Helpline(BaseModel):
    """A national helpline for people who think of suicide."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=2)
    number: PhoneNumber


class EmergencyRule(Rule):
    """Whom to call in danger: emergency numbers, the medical one first, and a helpline; none where none is sure."""

    numbers: tuple[PhoneNumber, ...]
    helpline: Helpline | None = None


class OpeningHours(Rule):
    """When people sit at the desk, in the desk's time zone."""

    zone: str
    weekdays: dict[str, tuple[ClockTime, ClockTime]]
    public_holidays: str  # "GB-ENG": country and, if any, part of it
    closed: tuple[dt.date, ...] = ()

    @model_validator(mode="after")
    def _known(self) -> OpeningHours:
        if self.zone not in available_timezones():
            raise ValueError(f"{self.zone!r} is not an IANA time zone")
        unknown = set(self.weekdays) - set(_WEEKDAYS)
        if unknown or not self.weekdays:
            raise ValueError(f"weekdays are {', '.join(_WEEKDAYS)}, not {', '.join(sorted(unknown)) or 'none'}")
        for day, (opens, closes) in self.weekdays.items():
            if opens >= closes:
                raise ValueError(f"{day} closes before it opens")
        self._holidays((2000,))
        return self

    def is_open(self, now: dt.datetime) -> bool:
        """Tell whether somebody is at the desk at a moment (aware)."""
        local = now.astimezone(ZoneInfo(self.zone))
        hours = self.hours_on(local.date())
        return bool(hours and hours[0] <= local.time() < hours[1])

    def next_opening(self, now: dt.datetime) -> dt.datetime:
        """Return the first moment, not before now, at which the desk is open, in UTC; now itself when it is open.

        Raises:
            ValueError: the desk does not open within two months.
        """
        if self.is_open(now):
            return now.astimezone(dt.UTC)
        zone = ZoneInfo(self.zone)
        local = now.astimezone(zone)
        for days in range(_HORIZON_DAYS):
            day = local.date() + dt.timedelta(days)
            hours = self.hours_on(day)
            if hours and (opening := dt.datetime.combine(day, hours[0], zone)) >= local:
                return opening.astimezone(dt.UTC)
        raise ValueError("the desk does not open within two months")

    def hours_on(self, day: dt.date) -> tuple[dt.time, dt.time] | None:
        """Return when the desk opens and closes on a day, in its own zone; None when it stays closed."""
        return None if self._closed(day) else self.usual_hours(day.weekday())

    def usual_hours(self, weekday: int) -> tuple[dt.time, dt.time] | None:
        """Return when the desk opens and closes on a day of the week (Monday is 0) that is no holiday."""
        return self.weekdays.get(_WEEKDAYS[weekday])

    def working_day_after(self, moment: dt.datetime, working_days: int) -> dt.date:
        """Return the working day that comes so many working days after a moment (aware), in the desk's zone."""
        day = moment.astimezone(ZoneInfo(self.zone)).date()
        while working_days > 0:
            day += dt.timedelta(1)
            if is_working_day(day) and not self._closed(day):
                working_days -= 1
        return day

    def _closed(self, day: dt.date) -> bool:
        return day in self.closed or day in self._holidays((day.year,))

    def _holidays(self, years: tuple[int, ...]) -> holidays.HolidayBase:
        return _public_holidays(self.public_holidays, years)


@lru_cache(maxsize=32)
def _public_holidays(place: str, years: tuple[int, ...]) -> holidays.HolidayBase:
    country, _, part = place.partition("-")
    try:
        return holidays.country_holidays(country, subdiv=part or None, years=years)
    except NotImplementedError:
        raise ValueError(f"no public holidays are known for {place!r}") from None


class Handbook(BaseModel):
    """The whole handbook. Country codes are ISO 3166-1 alpha-2; a country without a rule of its own gets `default`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    delivery: dict[str, DeliveryRule]
    claims: dict[str, ClaimRule]
    customs: dict[str, CustomsRule]
    destinations: dict[str, DestinationRule]
    shipping_options: dict[str, ShippingRule]
    returns: dict[str, ReturnRule]
    payment_methods: dict[str, PaymentRule]
    emergencies: dict[str, EmergencyRule]
    opening_hours: OpeningHours

    def delivery_for(self, country: str) -> DeliveryRule:
        """Return when a delivery to a country counts as slow."""
        return _rule(self.delivery, _law_of(country))

    def claims_for(self, country: str) -> ClaimRule:
        """Return the claim rule of a country."""
        return _rule(self.claims, _law_of(country))

    def customs_between(self, origin: str, destination: str) -> CustomsRule | None:
        """Return the customs rule of the destination, or None when no customs border lies between."""
        if origin == destination or {origin, destination} <= EU:
            return None
        return _rule(self.customs, destination)

    def delivers_to(self, country: str) -> bool:
        """Tell whether the shop delivers to a country."""
        return _rule(self.destinations, country).delivered

    def shipping_for(self, country: str) -> ShippingRule:
        """Return how orders can be sent to a country."""
        return _rule(self.shipping_options, country)

    def returns_for(self, country: str) -> ReturnRule:
        """Return the return rule of a country."""
        return _rule(self.returns, _law_of(country))

    def payments_for(self, country: str) -> PaymentRule:
        """Return how a shopper in a country can pay."""
        return _rule(self.payment_methods, _law_of(country))

    def emergencies_for(self, country: str) -> EmergencyRule:
        """Return whom to call in a country in danger."""
        return _rule(self.emergencies, _law_of(country))


def _law_of(country: str) -> str:
    """The country whose rules hold somewhere; those of customs and of delivery prices are a territory's own."""
    return TERRITORIES.get(country, country)


def _rule[R: Rule](rules: dict[str, R], country: str) -> R:
    if country in rules:
        return rules[country]
    return rules["EU"] if country in EU and "EU" in rules else rules[DEFAULT]


_TOPICS: dict[str, type[Rule]] = {
    "delivery": DeliveryRule,
    "claims": ClaimRule,
    "customs": CustomsRule,
    "destinations": DestinationRule,
    "shipping_options": ShippingRule,
    "returns": ReturnRule,
    "payment_methods": PaymentRule,
    "emergencies": EmergencyRule,
}


@lru_cache(maxsize=1)
def handbook() -> Handbook:
    """Return the shop's handbook, read once per process.

    Raises:
        HandbookError: a file is missing or wrong; the message names file, line and reason.
    """
    return load_handbook(FOLDER)


def load_handbook(folder: Path) -> Handbook:
    """Read and check every file of a handbook.

    Raises:
        HandbookError: a file is missing or wrong; the message names file, line and reason.
    """
    topics: dict[str, Any] = {}
    for topic, model in _TOPICS.items():
        topics[topic] = _read_rules(folder / f"{topic}.yml", model)
    topics["opening_hours"] = RuleFile(folder / "opening_hours.yml").checked(OpeningHours, (), {})
    return Handbook(**topics)


def _read_rules[R: Rule](path: Path, model: type[R]) -> dict[str, R]:
    file = RuleFile(path)
    if not isinstance(file.data, dict) or DEFAULT not in file.data:
        raise HandbookError(path, 1, f"there is no rule called {DEFAULT!r}")
    for name in file.data:
        if name not in _COUNTRY_CODES and name != DEFAULT:
            raise HandbookError(path, file.line((name,)), _no_country(name))
    base = file.data[DEFAULT]
    rules = {DEFAULT: file.checked(model, (DEFAULT,), {})}
    own = file.data.get("EU")
    eu = {**base, **own} if isinstance(own, dict) else base
    for name in file.data:
        if name != DEFAULT:
            rules[name] = file.checked(model, (name,), eu if name in EU else base)
    return rules


def _no_country(name: Any) -> str:
    if name == "UK":
        return "'UK' is not the code of a country: Britain is GB"
    return f"{name!r} is not a country code such as FR, EU or {DEFAULT} (write 'NO' in quotes)"
