"""The demo shop's data files, typed and checked."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from commerce.delivery import Condition
from commerce.order import HistoryCode
from commerce.parcel import CheckpointCode, DeliveryPlace, DutiesPaidBy, ParcelStatus

FOLDER = Path(__file__).resolve().parent


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MethodData(_Data):
    """A way to pay that a customer keeps."""

    kind: Literal["card", "paypal", "gift_card"]
    label: str
    last4: str | None = None
    expires: str | None = None


class CustomerData(_Data):
    """A person of the demo shop with their one address; `zone` is the time zone they live in."""

    name: str
    email: str
    phone: str
    language: str
    line1: str
    line2: str | None = None
    city: str
    region: str | None = None
    postcode: str
    country: str
    zone: str
    methods: tuple[MethodData, ...] = ()


class LineData(_Data):
    """A line of an order."""

    sku: str
    quantity: int = 1


class PaymentData(_Data):
    """A payment: a card, PayPal, or a gift card with its code's end. Without `amount`: the rest of the total."""

    card: str | None = None
    last4: str | None = None
    paypal: bool = False
    gift_card: str | None = None
    amount: Decimal | None = None


class DeliveryData(_Data):
    """How a parcel was delivered."""

    place: DeliveryPlace
    signed_by: str | None = None
    note: str | None = None
    photo: bool = False


class CustomsData(_Data):
    """Who pays duties, and how much the shopper was asked for."""

    duties: DutiesPaidBy
    due: Decimal | None = None


class PickupData(_Data):
    """Where a parcel waits."""

    name: str
    address: str
    until: str


class ParcelData(_Data):
    """A parcel; `lines` are line numbers from 1, all when left out. A scan is moment, place, code and words."""

    carrier: str
    warehouse: str
    status: ParcelStatus
    estimate: str | None = None
    lines: tuple[int, ...] = ()
    scans: tuple[tuple[str, str, CheckpointCode] | tuple[str, str, CheckpointCode, str], ...]
    delivery: DeliveryData | None = None
    customs: CustomsData | None = None
    pickup: PickupData | None = None


class PackedData(_Data):
    """Lines that lie packed in a warehouse."""

    when: str
    warehouse: str


class CancelledData(_Data):
    """When and why an order was cancelled."""

    when: str
    reason: str


class RefundData(_Data):
    """A refund of whole lines (numbers from 1), with or without the shipping."""

    lines: tuple[int, ...]
    when: str
    reason: str
    shipping: bool = False


class Story(_Data):
    """An order of the demo shop, with dates relative to now.

    `promised` left out is what the handbook's times make of the moment it was placed, as for a real order.
    """

    number: str
    story: str
    says: str = ""
    condition: Condition | None = None
    customer: str
    placed: str
    lines: tuple[LineData, ...]
    pay: tuple[PaymentData, ...]
    promised: str | None = None
    paid: bool = True
    shipping: Literal["standard", "express", "pickup"] = "standard"
    packed: PackedData | None = None
    parcels: tuple[ParcelData, ...] = ()
    cancelled: CancelledData | None = None
    refunds: tuple[RefundData, ...] = ()
    history: tuple[tuple[str, HistoryCode, str, str], ...] = ()


class ProductData(_Data):
    """A product; an option maps values to their part of the SKU, or is "chart": the sizes of the size chart."""

    handle: str
    title: str
    kind: str
    sku: str
    price: Decimal
    grams: int
    warranty_months: int
    description: str
    tags: tuple[str, ...]
    options: dict[str, dict[str, str] | Literal["chart"]]
    size_chart: str | None = None
    sold_out: tuple[str, ...] = ()
    ships: bool = True


class ChartData(_Data):
    """A size chart."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str | None = None


class PriceListData(_Data):
    """How a price in pounds becomes one in another currency."""

    rate: Decimal
    step: Decimal
    less: Decimal


class CarrierData(_Data):
    """A carrier."""

    name: str
    numbers: Literal["s10", "ups", "usps", "fedex", "dhl_express"]
    url: str
    service_code: str = ""
    country: str = ""


class WarehouseData(_Data):
    """A warehouse of the shop."""

    country: str
    place: str


class CountryData(_Data):
    """What orders to a country look like. A town is place, region, postcode and street."""

    currency: str
    tax: Decimal
    included: bool
    language: str
    warehouse: str
    carrier: str
    via: tuple[str, ...]
    days: int
    towns: tuple[tuple[str, str | None, str, str], ...]
    names: tuple[str, ...]
    phone: str
    phone_from: int = 0
    customs: str | None = None
    shipping: Decimal | None = None


class BulkData(_Data):
    """How many generated orders there are of what."""

    first: int
    seed: int
    states: dict[str, int]
    countries: dict[str, int]
    returning: float
    payments: dict[Literal["card", "paypal", "gift_card"], int]
    cards: tuple[tuple[str, str], ...]


class DemoData(_Data):
    """Everything the demo shop is made from."""

    customers: dict[str, CustomerData]
    stories: tuple[Story, ...]
    products: tuple[ProductData, ...]
    size_charts: dict[str, ChartData]
    currencies: dict[str, PriceListData]
    carriers: dict[str, CarrierData]
    words: dict[CheckpointCode, str]
    places: dict[str, tuple[str, str]]
    warehouses: dict[str, WarehouseData]
    countries: dict[str, CountryData]
    bulk: BulkData


@lru_cache(maxsize=1)
def demo_data() -> DemoData:
    """Return the data files' content.

    Raises:
        pydantic.ValidationError: a file does not have the form described here.
    """
    return TypeAdapter(DemoData).validate_python(
        {
            **{name: _read(name) for name in ("customers", "stories", "products", "size_charts", "currencies", "bulk")},
            **_read("carriers"),
            **_read("places"),
        }
    )


def _read(name: str) -> Any:
    with (FOLDER / f"{name}.yml").open(encoding="utf-8") as file:
        return yaml.load(file, Loader=yaml.CSafeLoader)
