"""Orders and parcels to decide about, made with what a test cares for and defaults for the rest."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from commerce.embedded.demo import reset
from commerce.embedded.export_file import export
from commerce.handbook import Handbook, handbook
from commerce.money import Money
from commerce.order import (
    Address,
    Customer,
    FinancialStatus,
    Fulfilment,
    FulfilmentStatus,
    LineQuantity,
    Order,
    OrderLine,
)
from commerce.parcel import Checkpoint, CheckpointCode, Parcel, ParcelStatus
from commerce.systems import Systems, systems
from core.database import Base, engine
from core.settings import settings
from core.tables import import_tables

# A Wednesday at noon in Paris.
NOW = datetime(2026, 12, 2, 11, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def now() -> datetime:
    """The moment at which the tests decide."""
    return NOW


@pytest.fixture(scope="session")
def demo_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the demo shop, made once, and its export beside it; tests work on copies."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUAYSIDE_VAR_DIR", str(folder))
        patch.delenv("QUAYSIDE_DATABASE_URL", raising=False)
        settings.cache_clear()
        engine.cache_clear()
        import_tables()
        Base.metadata.create_all(engine())
        reset("demo")
        (folder / "demo.json").write_text(json.dumps(export("demo"), ensure_ascii=False, indent=1), encoding="utf-8")
        # Closing the last connection writes the log back into the file.
        engine().dispose()
        settings.cache_clear()
        engine.cache_clear()
    return folder / "quayside.sqlite"


@pytest.fixture
def shop(var_dir: Path, demo_database: Path) -> Systems:
    """The demo shop, as new, as shop "demo"."""
    shutil.copy(demo_database, var_dir)
    return systems()


@pytest.fixture(scope="session")
def rules() -> Handbook:
    """The shop's real handbook."""
    return handbook()


@pytest.fixture(scope="session")
def an_order() -> Callable[..., Order]:
    """Make an order of two lines to Lyon, fully shipped, unless told otherwise."""

    def make(**changes: Any) -> Order:
        price = Money(Decimal("10.00"), "EUR")
        address = Address(
            name="Camille Laurent",
            line1="18 rue de la Thibaudière",
            city="Lyon",
            country="FR",
            postcode="69007",
            phone="+33639980102",
        )
        order = Order(
            shop="demo",
            number="1042",
            placed_at=NOW - timedelta(days=6),
            customer=Customer("c1", "Camille Laurent", "camille.laurent@example.org", "+33639980102"),
            shipping_address=address,
            billing_address=None,
            lines=(OrderLine("1", "Mug", 1, price), OrderLine("2", "Lamp", 2, price)),
            subtotal=price * 3,
            shipping=Money.zero("EUR"),
            tax=Money.zero("EUR"),
            discount=Money.zero("EUR"),
            total=price * 3,
            financial_status=FinancialStatus.paid,
            fulfilments=(
                Fulfilment(
                    "F1",
                    FulfilmentStatus.shipped,
                    (LineQuantity("1", 1), LineQuantity("2", 2)),
                    parcel_ids=("1042-1",),
                ),
            ),
        )
        return replace(order, **changes)

    return make


@pytest.fixture(scope="session")
def a_parcel() -> Callable[..., Parcel]:
    """Make a parcel from Leipzig to Lyon, scanned `scanned` ago, expected in `expected` days."""

    def make(*, scanned: timedelta = timedelta(days=1), expected: int | None = 2, **changes: Any) -> Parcel:
        at = NOW - scanned
        parcel = Parcel(
            shop="demo",
            id="1042-1",
            order_number="1042",
            status=ParcelStatus.in_transit,
            carrier="dhl",
            carrier_name="DHL",
            origin="DE",
            destination="FR",
            destination_zone="Europe/Paris",
            label_created_at=at - timedelta(days=1),
            tracking_number="CY793562994DE",
            estimated_delivery=None if expected is None else NOW.date() + timedelta(expected),
            checkpoints=(Checkpoint(at, "Europe/Paris", CheckpointCode.arrived, "Arrived", "Lyon", "FR"),),
        )
        return replace(parcel, **changes)

    return make
