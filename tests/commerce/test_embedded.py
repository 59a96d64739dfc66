"""The embedded systems keep the ports' promises."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from commerce.embedded import tables as t
from commerce.embedded.outage import switch
from commerce.errors import SystemDown, UnknownOrder, UnknownParcel
from commerce.order import HistoryCode, Order
from commerce.parcel import Parcel
from commerce.systems import Systems
from core.database import reading

SHOP = "demo"


def order(shop: Systems, number: str) -> Order:
    found = shop.orders.find(SHOP, number)
    assert found is not None
    return found


def first_parcel(shop: Systems, number: str) -> Parcel:
    return shop.parcels.of_order(order(shop, number))[0]


class TestOrders:
    @pytest.mark.parametrize("written", ["1002", "#1002", " # 1002 ", "１００２"])
    def test_found_however_the_number_is_written(self, shop: Systems, written: str) -> None:
        assert order(shop, written).customer.name == "Camille Laurent"

    @pytest.mark.parametrize("number", ["9999", "", "#", "1002 OR 1=1", "10021002" * 40])
    def test_what_is_not_there_is_none(self, shop: Systems, number: str) -> None:
        assert shop.orders.find(SHOP, number) is None

    def test_another_shop_does_not_see_it(self, shop: Systems) -> None:
        assert shop.orders.find("other", "1002") is None
        tracking = first_parcel(shop, "1002").tracking_number
        assert tracking and shop.parcels.find("other", tracking) is None

    def test_it_is_complete(self, shop: Systems) -> None:
        found = order(shop, "1035")
        assert [p.kind for p in found.payments] == ["gift_card", "card"]
        assert sum((p.amount for p in found.payments[1:]), start=found.payments[0].amount) == found.total
        assert found.placed_at.tzinfo is not None
        assert found.history[0].code is HistoryCode.placed
        assert found.customer.payment_methods and found.customer.addresses


class TestParcels:
    def test_every_parcel_of_a_split_order(self, shop: Systems) -> None:
        parcels = shop.parcels.of_order(order(shop, "1037"))
        assert [p.status for p in parcels] == ["delivered", "out_for_delivery", "label_created"]
        assert [p.items[0].title for p in parcels] == [
            "Drift Wireless Headphones",
            "Pour-over Kettle",
            "Linen Bed Set",
        ]

    def test_found_however_the_tracking_number_is_written(self, shop: Systems) -> None:
        number = first_parcel(shop, "1001").tracking_number or ""
        spaced = f" {number[:2].lower()} {number[2:5]} {number[5:8]}-{number[8:]} "
        found = shop.parcels.find(SHOP, spaced)
        assert found is not None and found.order_number == "1001"

    def test_an_unknown_number_is_none(self, shop: Systems) -> None:
        assert shop.parcels.find(SHOP, "RR000000005GB") is None

    def test_checkpoints_tell_the_local_time(self, shop: Systems) -> None:
        arrived = first_parcel(shop, "1001").checkpoints[3]
        assert (arrived.place, arrived.zone) == ("Vitoria-Gasteiz", "Europe/Madrid")
        assert arrived.local_at.strftime("%H:%M") == "08:05"


class TestCatalogue:
    def test_a_product_with_variants_stock_and_size_chart(self, shop: Systems) -> None:
        product = shop.catalogue.product(SHOP, "harbour-canvas-sneaker")
        assert product is not None and product.size_chart is not None
        assert product.size_chart.columns[0] == "EU"
        sold_out = next(v for v in product.variants if v.sku == "HCS-WHT-42")
        assert sold_out.available == 0 and all(s.incoming for s in sold_out.stock)
        assert str(sold_out.price("JPY")) == "13500 JPY"

    def test_a_variant_by_its_sku(self, shop: Systems) -> None:
        found = shop.catalogue.variant(SHOP, "PTB-BLK-44")
        assert found is not None
        assert (found[0].title, found[1].title) == ("Pine Trail Boot", "Black / 44")
        assert shop.catalogue.variant(SHOP, "PTB") is None

    def test_all_products(self, shop: Systems) -> None:
        kinds = {p.kind for p in shop.catalogue.products(SHOP)}
        assert {"shoes", "clothing", "home", "electronics"} <= kinds


class TestOutages:
    def test_each_system_fails_by_itself(self, shop: Systems) -> None:
        found = order(shop, "1001")
        switch(SHOP, "parcels", down=True)
        with pytest.raises(SystemDown) as caught:
            shop.parcels.of_order(found)
        assert caught.value.system == "parcels"
        with pytest.raises(SystemDown):
            shop.parcels.find(SHOP, "RR000000005GB")
        assert shop.orders.find(SHOP, "1001") is not None
        switch(SHOP, "parcels", down=False)
        assert shop.parcels.of_order(found)

    def test_orders_and_catalogue(self, shop: Systems) -> None:
        parcel = first_parcel(shop, "1010")
        switch(SHOP, "orders", down=True)
        switch(SHOP, "catalogue", down=True)
        with pytest.raises(SystemDown):
            shop.orders.find(SHOP, "1001")
        with pytest.raises(SystemDown):
            shop.orders.record_claim(SHOP, "1010", parcel, "m1")
        with pytest.raises(SystemDown):
            shop.catalogue.products(SHOP)
        with reading() as session:
            assert session.scalar(select(func.count()).select_from(t.ClaimRow)) == 0

    def test_one_shop_only(self, shop: Systems) -> None:
        switch("other", "orders", down=True)
        assert shop.orders.find(SHOP, "1001") is not None


class TestClaims:
    def test_recorded_once_for_a_key(self, shop: Systems) -> None:
        parcel = first_parcel(shop, "1010")
        first = shop.orders.record_claim(SHOP, "1010", parcel, "message-1")
        again = shop.orders.record_claim(SHOP, "#1010", parcel, "message-1")
        assert (first.number, first.created) == ("C-1001", True)
        assert (again.number, again.created) == ("C-1001", True), "the same answer"
        entries = [h for h in order(shop, "1010").history if h.code is HistoryCode.claim_recorded]
        assert len(entries) == 1 and "C-1001" in entries[0].text

    def test_another_message_about_the_same_parcel_is_the_same_claim(self, shop: Systems) -> None:
        parcel = first_parcel(shop, "1010")
        shop.orders.record_claim(SHOP, "1010", parcel, "message-1")
        later = shop.orders.record_claim(SHOP, "1010", parcel, "message-2")
        assert (later.number, later.created) == ("C-1001", False)

    def test_another_parcel_is_another_claim(self, shop: Systems) -> None:
        shop.orders.record_claim(SHOP, "1010", first_parcel(shop, "1010"), "message-1")
        other = shop.orders.record_claim(SHOP, "1011", first_parcel(shop, "1011"), "message-2")
        assert (other.number, other.created) == ("C-1002", True)

    def test_many_at_the_same_moment_are_one(self, shop: Systems) -> None:
        parcel = first_parcel(shop, "1010")
        with ThreadPoolExecutor(8) as pool:
            keys = [f"m{n % 3}" for n in range(16)]
            claims = list(pool.map(lambda key: shop.orders.record_claim(SHOP, "1010", parcel, key), keys))
        assert {c.number for c in claims} == {"C-1001"}
        created = {key: {c.created for k, c in zip(keys, claims, strict=True) if k == key} for key in keys}
        assert sorted(map(sorted, created.values())) == [[False], [False], [True]], "one message made it"

    def test_only_for_a_parcel_of_the_order(self, shop: Systems) -> None:
        parcel = first_parcel(shop, "1010")
        with pytest.raises(UnknownOrder):
            shop.orders.record_claim(SHOP, "9999", parcel, "m")
        with pytest.raises(UnknownParcel):
            shop.orders.record_claim(SHOP, "1011", parcel, "m")
