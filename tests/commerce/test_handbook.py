"""The handbook: complete, honest about its sources, and exact about what is wrong in it."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from commerce.embedded.demo.data import demo_data
from commerce.errors import HandbookError
from commerce.handbook import EU, FOLDER, Handbook, OpeningHours, load_handbook
from commerce.money import Money
from commerce.parcel import DutiesPaidBy

COUNTRIES = ("FR", "DE", "ES", "GB", "US", "CA", "AU", "JP", "CN")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the real handbook, to spoil."""
    copy = tmp_path / "handbook"
    shutil.copytree(FOLDER, copy)
    return copy


def spoil(folder: Path, name: str, old: str, new: str) -> HandbookError:
    """Replace the first `old` in a file and return the error that loading gives."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(HandbookError) as caught:
        load_handbook(folder)
    return caught.value


def line_of(folder: Path, name: str, text: str) -> int:
    lines = (folder / name).read_text(encoding="utf-8").split("\n")
    return next(i for i, line in enumerate(lines, start=1) if text in line)


def test_every_topic_has_a_rule_for_the_countries_we_serve_most(rules: Handbook) -> None:
    for topic in ("delivery", "claims", "customs", "shipping_options", "returns", "payment_methods", "emergencies"):
        assert {"default", "EU", *COUNTRIES} <= set(getattr(rules, topic)), topic


def test_every_rule_says_where_it_comes_from(rules: Handbook) -> None:
    topics = (
        "delivery",
        "claims",
        "customs",
        "destinations",
        "emergencies",
        "shipping_options",
        "returns",
        "payment_methods",
    )
    for topic in topics:
        for name, rule in getattr(rules, topic).items():
            assert rule.source and rule.date <= date(2026, 11, 22), (topic, name)


def test_a_country_then_the_eu_then_default(rules: Handbook) -> None:
    assert rules.returns_for("DE").return_paid_by == "shop"
    assert rules.returns_for("SE") is rules.returns["EU"]
    assert rules.returns_for("BR") is rules.returns["default"]
    # What a country's rule leaves out comes from the EU's inside it, from the default outside.
    assert rules.claims_for("FR").wait_hours == rules.claims["EU"].wait_hours
    assert rules.claims_for("US").checks == rules.claims["default"].checks


@pytest.mark.parametrize("country", sorted(EU))
def test_the_right_of_withdrawal_holds_in_the_whole_eu(rules: Handbook, country: str) -> None:
    assert rules.returns_for(country).withdrawal_days == 14


@pytest.mark.parametrize(
    ("origin", "destination", "border"),
    [("DE", "FR", False), ("GB", "GB", False), ("GB", "FR", True), ("DE", "GB", True), ("DE", "CH", True)],
)
def test_where_customs_is(rules: Handbook, origin: str, destination: str, border: bool) -> None:
    assert (rules.customs_between(origin, destination) is not None) is border


def test_who_pays_duties_and_from_when(rules: Handbook) -> None:
    canada, usa = rules.customs_between("GB", "CA"), rules.customs_between("GB", "US")
    assert canada is not None and usa is not None
    assert (canada.duties_paid_by, canada.duty_free_up_to) == (DutiesPaidBy.shopper, Money.of("20", "CAD"))
    assert (usa.duties_paid_by, usa.duty_free_up_to) == (DutiesPaidBy.shop, None)


@pytest.mark.parametrize(("territory", "country"), [("IC", "ES"), ("EA", "ES"), ("RE", "FR"), ("GF", "FR")])
def test_parts_of_eu_countries_outside_its_vat_area(rules: Handbook, territory: str, country: str) -> None:
    customs = rules.customs_between(country, territory)
    assert customs is not None and customs.duties_paid_by is DutiesPaidBy.shopper
    assert customs.refund_if_refused == "in_full"
    assert rules.customs_between("DE", territory) is customs and rules.delivers_to(territory)
    assert rules.shipping_for(territory) is rules.shipping_options["default"]
    # The law is that of their country.
    assert rules.returns_for(territory) is rules.returns[country]
    assert rules.emergencies_for(territory) is rules.emergencies_for(country)


def test_a_limit_says_what_it_does_not_free(rules: Handbook) -> None:
    japan = rules.customs_between("GB", "JP")
    assert japan is not None and set(japan.duty_free_except) == {"leather_shoes", "leather_bags", "knitwear"}


def test_where_the_shop_delivers(rules: Handbook) -> None:
    assert rules.delivers_to("BR") and rules.delivers_to("DE")
    assert not any(rules.delivers_to(country) for country in ("RU", "BY", "KP", "IR", "SY", "CU"))


def test_every_country_with_a_rule_of_its_own_or_an_order_is_delivered_to(rules: Handbook) -> None:
    own = {country for topic in ("shipping_options", "returns", "customs") for country in getattr(rules, topic)}
    assert all(rules.delivers_to(country) for country in own | EU | set(demo_data().countries))


def test_what_happens_to_a_parcel_whose_charges_nobody_pays(rules: Handbook) -> None:
    canada, france = rules.customs_between("GB", "CA"), rules.customs_between("GB", "FR")
    assert canada is not None and france is not None
    assert (canada.holding_days, canada.refund_if_refused) == (10, "goods_less_return")
    assert (france.holding_days, france.refund_if_refused) == (10, "in_full")


class TestWhatIsWrongIsNamed:
    def test_a_value_out_of_range(self, folder: Path) -> None:
        line = line_of(folder, "delivery.yml", "lost_after_days_domestic: 8")
        error = spoil(folder, "delivery.yml", "lost_after_days_domestic: 8", "lost_after_days_domestic: -8")
        assert (error.file.name, error.line) == ("delivery.yml", line)
        assert str(error).startswith(f"delivery.yml, line {line}: lost_after_days_domestic")

    def test_an_amount_without_a_currency(self, folder: Path) -> None:
        error = spoil(folder, "customs.yml", "duty_free_up_to: 135 GBP", "duty_free_up_to: 135")
        assert error.line == line_of(folder, "customs.yml", "duty_free_up_to: 135")

    @pytest.mark.parametrize(
        ("name", "old", "new"),
        [
            ("customs.yml", "holding_days: 10", "holding_days: 0"),
            ("customs.yml", "papers: [order_confirmation, proof_of_payment]", "papers: []"),
            ("customs.yml", "duty_free_except: [leather_shoes,", "duty_free_except: [shoes,"),
            ("customs.yml", "refund_if_refused: in_full", "refund_if_refused: half"),
            ("destinations.yml", "delivered: false", "delivered: perhaps"),
        ],
    )
    def test_a_value_that_is_none_of_the_possible(self, folder: Path, name: str, old: str, new: str) -> None:
        error = spoil(folder, name, old, new)
        assert (error.file.name, error.line) == (name, line_of(folder, name, new))

    def test_an_exception_without_a_limit(self, folder: Path) -> None:
        assert "needs a limit" in spoil(folder, "customs.yml", "  duty_free_up_to: 10000 JPY\n", "").reason

    def test_a_value_deep_in_a_list(self, folder: Path) -> None:
        error = spoil(folder, "shipping_options.yml", "price: 12.90 EUR", "price: 12.90 EURO")
        assert error.line == line_of(folder, "shipping_options.yml", "12.90 EURO")
        assert "EURO" in error.reason

    def test_a_misspelt_name(self, folder: Path) -> None:
        error = spoil(folder, "returns.yml", "return_paid_by: shopper", "return_payed_by: shopper")
        assert error.line == line_of(folder, "returns.yml", "return_payed_by")

    def test_a_rule_without_its_source(self, folder: Path) -> None:
        line = line_of(folder, "claims.yml", "FR:")
        error = spoil(folder, "claims.yml", "  source: Code de la consommation", "  sauce: Code de la consommation")
        assert (error.line, error.reason) == (line, "FR has no 'source'")

    def test_a_country_twice(self, folder: Path) -> None:
        error = spoil(folder, "claims.yml", "\nES:", "\nFR:")
        assert "'FR' is there twice" in error.reason

    def test_norway_without_quotes_is_not_false(self, folder: Path) -> None:
        error = spoil(folder, "claims.yml", "\nES:", "\nNO:")
        assert "quotes" in error.reason
        assert error.line == line_of(folder, "claims.yml", "NO:")

    def test_no_default(self, folder: Path) -> None:
        assert "default" in spoil(folder, "returns.yml", "default:", "ZZ:").reason

    def test_rules_that_contradict_each_other(self, folder: Path) -> None:
        error = spoil(folder, "delivery.yml", "not_updated_after_days: 4", "not_updated_after_days: 12")
        assert "not_updated_after_days must be less" in error.reason

    def test_less_than_the_law_gives(self, folder: Path) -> None:
        assert "window_days" in spoil(folder, "returns.yml", "window_days: 30", "window_days: 7").reason

    def test_not_yaml(self, folder: Path) -> None:
        line = line_of(folder, "payment_methods.yml", "methods: [card, paypal, gift_card]")
        error = spoil(folder, "payment_methods.yml", "[card, paypal, gift_card]", "[card, paypal")
        assert error.reason.startswith("not YAML")
        assert error.line > line

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("wait_hours: ", "wait_hours: yes #", "wait_hours: Input should be a valid integer"),
            ("date: 2", "date: 2026-13-01 #", "'2026-13-01' cannot be read: month must be in 1..12"),
            ("wait_hours: ", "wait_hours: !soon ", "could not determine a constructor for the tag '!soon'"),
            ("wait_hours: ", "\u0007: ", "not YAML: special characters are not allowed"),
            ("default:", "? [a]\n: b\ndefault:", "a name must be a word"),
            ("EU:", "EU: foo\nIE:", "this must be a mapping"),
            ("default:", "UK: {}\ndefault:", "Britain is GB"),
            ("default:", "ZZ: {}\ndefault:", "'ZZ' is not a country code"),
        ],
    )
    def test_what_yaml_reads_otherwise_than_meant(self, folder: Path, old: str, new: str, said: str) -> None:
        line = line_of(folder, "claims.yml", old)
        error = spoil(folder, "claims.yml", old, new)
        assert said in error.reason and error.line == line

    def test_a_negative_price(self, folder: Path) -> None:
        assert "must not be negative" in spoil(folder, "shipping_options.yml", "price: ", "price: -").reason

    def test_a_time_without_quotes(self, folder: Path) -> None:
        error = spoil(folder, "opening_hours.yml", "['10:00', '16:00']", "[10:00, 16:00]")
        assert "quotes" in error.reason
        assert error.line == line_of(folder, "opening_hours.yml", "saturday")

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("Europe/London", "Europe/Londres", "IANA"),
            ("GB-ENG", "XX", "public holidays"),
            ("saturday", "caturday", "caturday"),
            ("['10:00', '16:00']", "['16:00', '10:00']", "closes before"),
        ],
    )
    def test_opening_hours_that_cannot_be(self, folder: Path, old: str, new: str, said: str) -> None:
        assert said in spoil(folder, "opening_hours.yml", old, new).reason

    def test_a_file_that_is_missing_or_empty(self, folder: Path) -> None:
        (folder / "claims.yml").write_text("", encoding="utf-8")
        with pytest.raises(HandbookError, match=r"claims\.yml, line 1: the file is empty"):
            load_handbook(folder)
        (folder / "claims.yml").unlink()
        with pytest.raises(HandbookError, match=r"claims\.yml, line 1: the file is missing"):
            load_handbook(folder)


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class TestOpeningHours:
    """Bristol: Monday to Friday 9 to 18, Saturday 10 to 16, London time."""

    @pytest.fixture
    def hours(self, rules: Handbook) -> OpeningHours:
        return rules.opening_hours

    @pytest.mark.parametrize(
        ("now", "opens"),
        [
            ("2026-12-02T10:00", "2026-12-02T10:00"),  # Wednesday, open
            ("2026-12-02T08:59", "2026-12-02T09:00"),
            ("2026-12-02T18:00", "2026-12-03T09:00"),  # closes at six
            ("2026-12-05T15:59", "2026-12-05T15:59"),  # Saturday
            ("2026-12-05T16:00", "2026-12-07T09:00"),  # Sunday is skipped
            ("2026-07-01T07:30", "2026-07-01T08:00"),  # summer time: nine in Bristol is eight UTC
            # Closed: Christmas Eve by the shop, Christmas and Boxing Day (a Saturday, so Monday 28th) by the calendar.
            ("2026-12-23T18:00", "2026-12-29T09:00"),
            ("2027-03-26T09:00", "2027-03-27T10:00"),  # Good Friday, then Saturday
            ("2027-03-27T16:00", "2027-03-30T08:00"),  # Easter Monday, and the clocks have changed
        ],
    )
    def test_next_opening(self, hours: OpeningHours, now: str, opens: str) -> None:
        assert hours.next_opening(london(now)) == london(opens)
        assert hours.is_open(london(now)) is (now == opens)

    def test_a_desk_that_never_opens_is_told(self) -> None:
        dates = tuple(date.fromordinal(date(2026, 12, 1).toordinal() + n) for n in range(90))
        closed = OpeningHours(
            source="test",
            date=date(2026, 1, 1),
            zone="UTC",
            weekdays={"monday": ("09:00", "10:00")},  # type: ignore[dict-item]
            public_holidays="GB",
            closed=dates,
        )
        with pytest.raises(ValueError, match="two months"):
            closed.next_opening(london("2026-12-01T00:00"))

    @pytest.mark.parametrize(
        ("placed", "days", "by"),
        [
            ("2026-12-02T10:00", 2, "2026-12-04"),
            ("2026-12-04T10:00", 2, "2026-12-08"),  # over a weekend
            ("2026-12-23T10:00", 2, "2026-12-30"),  # over Christmas
            ("2026-12-02T10:00", 0, "2026-12-02"),
        ],
    )
    def test_working_days_of_the_warehouse(self, hours: OpeningHours, placed: str, days: int, by: str) -> None:
        assert hours.working_day_after(london(placed), days) == date.fromisoformat(by)


def test_whom_to_call_is_written_as_text(folder: Path) -> None:
    error = spoil(folder, "emergencies.yml", "number: '024'", "number: 024")
    assert "number" in str(error)
