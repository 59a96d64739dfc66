"""The demo shop: always of today, every situation true at any hour, numbers that stay."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import phonenumbers
import pytest
from sqlalchemy import select, update
from tracking_numbers import get_tracking_number

from commerce.delivery import ClaimVerdict, assess, claim_assessment
from commerce.embedded import tables as t
from commerce.embedded.command import run
from commerce.embedded.demo import create, demo_orders, refresh, reset
from commerce.embedded.demo.__main__ import main
from commerce.embedded.demo.data import FOLDER, demo_data
from commerce.embedded.demo.shop import DemoOrder, imported_orders
from commerce.embedded.demo.table import readme
from commerce.handbook import Handbook
from commerce.money import Money
from commerce.order import FinancialStatus, FulfilmentStatus, PaymentKind
from commerce.parcel import ParcelStatus
from commerce.systems import Systems, systems
from core.clock import utc_now
from core.database import transaction
from core.settings import settings

SHOP = "demo"
POSTCODES = {
    "GB": r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}",
    "IE": r"[A-Z]\d[\dW] [A-Z\d]{4}",
    "US": r"\d{5}(-\d{4})?",
    "CA": r"[A-Z]\d[A-Z] \d[A-Z]\d",
    "SE": r"\d{3} \d{2}",
    "PL": r"\d{2}-\d{3}",
    "JP": r"\d{3}-\d{4}",
    "CN": r"\d{6}",
    **dict.fromkeys(("ES", "FR", "DE", "IT"), r"\d{5}"),
    **dict.fromkeys(("AT", "CH", "DK", "NO", "AU"), r"\d{4}"),
}
# Kept for film and literature by Ofcom, NANPA, Bundesnetzagentur, PTS and ACMA: valid in form, given to nobody.
FICTION = re.compile(
    r"\+447700900\d{3}|\+1\d{3}55501\d{2}|\+4930231250?\d{3}|\+4969900090?\d{3}|\+4940669690?\d{3}"
    r"|\+4922147100?\d{2,3}|\+4989999980?\d{3}|\+467017406\d{2}|\+61491570\d{3}|\+6125550\d{4}"
)


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """Let the services' clock stand at a moment."""
    monkeypatch.setenv("QUAYSIDE_CLOCK", moment.isoformat())
    settings.cache_clear()


@pytest.fixture(scope="module")
def orders() -> list[DemoOrder]:
    """The demo shop as it is now."""
    return demo_orders(SHOP)


# Every hour of a day and every day of a week, over the end of the year and both changes of the clocks.
MOMENTS = [
    *(datetime(2026, 11, 24, hour, 2, tzinfo=UTC) for hour in (0, 1, 5, 8, 12, 16, 20, 23)),
    *(datetime(2026, 12, 28 + day, 10, 30, tzinfo=UTC) for day in range(4)),
    *(datetime(2027, 1, 1 + day, 10, 30, tzinfo=UTC) for day in range(3)),
    datetime(2027, 3, 28, 1, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
]


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_every_story_is_true_at_any_hour(
    var_dir: Path, monkeypatch: pytest.MonkeyPatch, rules: Handbook, now: datetime
) -> None:
    at(monkeypatch, now)
    for item in demo_orders(SHOP):
        assessment = assess(item.order, item.parcels, now, rules)
        if item.story.condition:
            assert assessment.headline == item.story.condition, item.order.number
        moments = [c.at for p in item.parcels for c in p.checkpoints] + [h.at for h in item.order.history]
        assert all(moment <= now for moment in moments), f"{item.order.number} knows the future"
        for parcel in item.parcels:
            assert [c.at for c in parcel.checkpoints] == sorted(c.at for c in parcel.checkpoints)


@pytest.mark.parametrize("now", MOMENTS[:8], ids=str)
def test_both_sides_of_the_wait_rule(
    var_dir: Path, monkeypatch: pytest.MonkeyPatch, rules: Handbook, now: datetime
) -> None:
    at(monkeypatch, now)
    verdicts = {
        item.order.number: claim_assessment(item.parcels[0], now, rules).verdict
        for item in demo_orders(SHOP)
        if item.order.number in {"1009", "1010", "1011", "1012"}
    }
    assert verdicts == {
        "1009": ClaimVerdict.wait_until,
        "1010": ClaimVerdict.eligible,
        "1011": ClaimVerdict.eligible,
        "1012": ClaimVerdict.wait_until,
    }


def test_generated_orders_are_what_they_are_called(orders: list[DemoOrder], rules: Handbook) -> None:
    conditions = {
        "in transit": {"on_time", "in_customs"},
        "in customs": {"in_customs"},
        "late": {"late"},
        "lost": {"overdue_lost"},
        "not updated": {"not_updated"},
        "out for delivery": {"out_for_delivery"},
        "ready for pickup": {"ready_for_pickup"},
        "delivery failed": {"delivery_failed"},
        "returned": {"returned"},
        "cancelled": {"cancelled"},
        "awaiting payment": {"awaiting_payment"},
    }
    for item in orders:
        if item.story.story in conditions:
            headline = assess(item.order, item.parcels, utc_now(), rules).headline
            assert headline in conditions[item.story.story], (item.order.number, item.story.story)


def test_some_two_hundred_orders_in_a_dozen_countries_and_currencies(orders: list[DemoOrder]) -> None:
    assert [item.order.number for item in orders] == [str(1001 + n) for n in range(206)]
    assert len({item.order.country for item in orders}) >= 12
    assert len({item.order.currency for item in orders}) >= 12
    assert {p.kind for item in orders for p in item.order.payments} >= {
        PaymentKind.card,
        PaymentKind.paypal,
        PaymentKind.gift_card,
    }
    assert {p.status for item in orders for p in item.parcels} == set(ParcelStatus)
    assert max(Counter(item.order.customer.id for item in orders).values()) >= 3


def test_the_same_shop_every_time(orders: list[DemoOrder]) -> None:
    again = demo_orders(SHOP)
    for one, two in zip(orders, again, strict=True):
        assert one.order.customer.email == two.order.customer.email
        assert (one.order.lines, one.order.total) == (two.order.lines, two.order.total)
        assert [p.tracking_number for p in one.parcels] == [p.tracking_number for p in two.parcels]


def test_tracking_numbers_have_the_carriers_form_and_check_digit(orders: list[DemoOrder]) -> None:
    couriers = {"royal_mail": "s10", "international_post": "s10", "dhl": "s10", "dhl_express": "dhl"}
    numbers = [(p.carrier, p.tracking_number or "") for item in orders for p in item.parcels]
    assert len({number for _, number in numbers}) == len(numbers)
    assert {carrier for carrier, _ in numbers} == set(demo_data().carriers)
    for carrier, number in numbers:
        known = get_tracking_number(number)
        assert known is not None, number
        assert known.courier.code == couriers.get(carrier, carrier), number


def test_money_adds_up(orders: list[DemoOrder]) -> None:
    for item in orders:
        order, zero = item.order, Money.zero(item.order.currency)
        assert sum((line.total for line in order.lines), start=zero) == order.subtotal
        assert sum((p.amount for p in order.payments), start=zero) == order.total
        assert order.total in {order.subtotal + order.shipping, order.subtotal + order.shipping + order.tax}
        assert order.refunded <= order.total


def test_money_is_taken_when_the_handbook_says(orders: list[DemoOrder], rules: Handbook) -> None:
    for item in orders:
        sent = any(f.status is FulfilmentStatus.shipped for f in item.order.fulfilments)
        if item.order.financial_status is FinancialStatus.authorized:
            assert not sent and rules.payments_for(item.order.country).charged == "at_dispatch"
        elif item.order.financial_status is FinancialStatus.paid:
            assert sent or rules.payments_for(item.order.country).charged == "at_order"


def test_parcels_hold_what_was_ordered(orders: list[DemoOrder]) -> None:
    for item in orders:
        packed = Counter({i.sku: 0 for p in item.parcels for i in p.items})
        for parcel in item.parcels:
            packed.update({i.sku: i.quantity for i in parcel.items})
        ordered = {line.sku: line.quantity for line in item.order.lines}
        assert all(packed[sku] <= ordered[sku] for sku in packed)
        in_fulfilments = {pid for f in item.order.fulfilments for pid in f.parcel_ids}
        assert in_fulfilments == {p.id for p in item.parcels}
        for fulfilment in item.order.fulfilments:
            assert (fulfilment.shipped_at is not None) is (fulfilment.status is FulfilmentStatus.shipped)


def test_nobody_in_it_exists(orders: list[DemoOrder]) -> None:
    for item in orders:
        customer, address = item.order.customer, item.order.shipping_address
        assert re.fullmatch(r"[a-z0-9.-]+@example\.(com|org|net)", customer.email or ""), customer.email
        number = phonenumbers.parse(customer.phone or "")
        assert phonenumbers.is_possible_number(number), customer.phone
        assert FICTION.fullmatch(customer.phone or "") or not phonenumbers.is_valid_number(number), customer.phone
        assert re.fullmatch(POSTCODES[address.country], address.postcode or ""), address


def test_the_readme_tells_of_every_story() -> None:
    written = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert written == readme(), "run: python -m commerce.embedded.demo table > commerce/embedded/demo/README.md"
    assert written.count("| #10") == 40


class TestCreateRefreshReset:
    def test_created_once(self, database: Path) -> None:
        assert create(SHOP) is True
        assert create(SHOP) is False
        assert systems().orders.find(SHOP, "1206") is not None

    def test_not_over_a_shop_that_has_something(self, database: Path) -> None:
        with transaction() as session:
            session.add(
                t.ProductRow(shop=SHOP, source="imported", handle="x", title="X", kind="x", description="", tags=[])
            )
        assert create(SHOP) is False
        assert refresh(SHOP) is False
        assert systems().orders.find(SHOP, "1001") is None

    def test_fresh_orders_are_left_alone_and_stale_ones_made_again(
        self, database: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        start = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
        at(monkeypatch, start)
        reset(SHOP)
        at(monkeypatch, start + timedelta(hours=2))
        assert refresh(SHOP) is False
        at(monkeypatch, start + timedelta(days=3))
        assert refresh(SHOP) is True
        order = systems().orders.find(SHOP, "1027")
        assert order is not None
        scan = systems().parcels.of_order(order)[0].last_checkpoint
        assert scan is not None and scan.local_at.date() == datetime(2026, 11, 25).date()  # noqa: DTZ001

    def test_refreshing_keeps_what_was_imported_and_closes_claims(
        self, database: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        start = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
        at(monkeypatch, start)
        reset(SHOP)
        shop = systems()
        mine = shop.orders.find(SHOP, "1001")
        with transaction() as session:
            session.execute(update(t.OrderRow).where(t.OrderRow.number == "1001").values(source="imported"))
        order = shop.orders.find(SHOP, "1010")
        assert order is not None
        shop.orders.record_claim(SHOP, "1010", shop.parcels.of_order(order)[0], "m1")
        at(monkeypatch, start + timedelta(days=2))
        assert refresh(SHOP) is True
        assert shop.orders.find(SHOP, "1001") == mine
        order = shop.orders.find(SHOP, "1010")
        assert order is not None
        claim = shop.orders.record_claim(SHOP, "1010", shop.parcels.of_order(order)[0], "m2")
        assert (claim.number, claim.created) == ("C-1002", True)

    def test_reset_forgets_everything(self, database: Path) -> None:
        reset(SHOP)
        shop = systems()
        order = shop.orders.find(SHOP, "1010")
        assert order is not None
        shop.orders.record_claim(SHOP, "1010", shop.parcels.of_order(order)[0], "m1")
        reset(SHOP)
        with transaction() as session:
            assert session.scalar(select(t.ClaimRow.id)) is None
        again = shop.orders.find(SHOP, "1010")
        assert again is not None and again.history == order.history


class TestCommand:
    def run(self, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
        monkeypatch.setattr("sys.argv", ["demo", *arguments])
        return main()

    def test_reset_does_not_delete_imported_orders_unasked(
        self, shop: Systems, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with transaction() as session:
            session.execute(update(t.OrderRow).where(t.OrderRow.number == "1001").values(source="imported"))
        assert self.run(monkeypatch, "reset") == 1
        assert "1 imported orders" in capsys.readouterr().err
        assert imported_orders(SHOP) == 1
        assert self.run(monkeypatch, "reset", "--force") == 0
        assert imported_orders(SHOP) == 0

    def test_a_database_without_tables_is_told_in_one_sentence(
        self, var_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sys.argv", ["demo", "create"])
        with pytest.raises(SystemExit, match="Run make setup"):
            run(main)
