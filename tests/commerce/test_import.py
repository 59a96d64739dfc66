"""Bringing in one's own shop: what is good is kept, what is not is named by line, and twice gives one."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from commerce.contact import match_contact
from commerce.delivery import Condition, assess
from commerce.embedded import json_file
from commerce.embedded.csv_table import Row, read_table
from commerce.embedded.demo import refresh
from commerce.embedded.export_file import export
from commerce.embedded.import_file import import_file, read_into
from commerce.embedded.import_report import FileError, RecordError, Report
from commerce.embedded.json_elements import read_elements
from commerce.embedded.writer import Writer
from commerce.handbook import Handbook
from commerce.money import Money
from commerce.order import FinancialStatus, HistoryCode, LineQuantity, Order, OrderStage, PaymentKind
from commerce.parcel import CheckpointCode, DeliveryPlace, ParcelStatus
from commerce.product import Product
from commerce.systems import Systems, systems

FILES = Path(__file__).resolve().parent / "files"
ORDERS = FILES / "orders_export.csv"
PRODUCTS, PRODUCTS_OLD = FILES / "products_export.csv", FILES / "products_export_old.csv"
MINE = "mine"


def problems(report: Report) -> list[tuple[int, str, str]]:
    return sorted((p.line, p.what, p.reason) for p in report.problems)


def imported(number: str, shop: str = MINE) -> Order:
    order = systems().orders.find(shop, number)
    assert order is not None
    return order


@pytest.mark.usefixtures("database")
class TestShopifyOrders:
    def test_good_orders_are_kept_and_bad_ones_named_by_line(self) -> None:
        report = read_into(ORDERS, MINE)
        assert report.kept == {"order": 3}
        moment = "is not a moment with a time zone such as 2026-10-07 09:50:26 +0200"
        # A note of two lines makes order #5001 three lines of the file.
        assert problems(report) == [
            (7, "order #5004", "Lineitem quantity: 'two' is not a whole number"),
            (9, "order #5005", "Lineitem price: '10,00' is not an amount such as 12.90"),
            (10, "order #5006", f"Created at: '20/11/2026 11:30' {moment}"),
            (11, "order #5007", "Shipping Country: 'Atlantis' is not a country, such as FR or France"),
            (12, "order", "Name is empty"),
        ]
        assert systems().orders.find(MINE, "5005") is None

    def test_an_order_over_several_rows(self) -> None:
        read_into(ORDERS, MINE)
        order = imported("#5001")
        assert order.placed_at == datetime(2026, 11, 7, 8, 50, 20, tzinfo=UTC)
        assert [(line.title, line.quantity, line.sku) for line in order.lines] == [
            ("Marinière - M / Bleu", 1, "MAR-M-BL"),
            ('Bougie "Pin"', 2, "BOU-PIN"),
        ]
        assert order.lines[1].total == Money.of("49.80", "EUR")
        assert (order.total, order.shipping, order.discount) == tuple(
            Money.of(amount, "EUR") for amount in ("114.60", "4.90", "5.00")
        )
        assert (order.stage, order.unshipped) == (OrderStage.partly_shipped, (LineQuantity("2", 2),))
        assert (order.payments[0].kind, order.payments[0].label) == (PaymentKind.card, "Shopify Payments")
        assert order.note == "Laisser chez le gardien,\ns'il vous plaît"

    def test_apostrophes_before_postcodes_and_phones_are_not_part_of_them(self) -> None:
        read_into(ORDERS, MINE)
        order = imported("5001")
        assert (order.shipping_address.postcode, order.shipping_address.phone) == ("75008", "+33639980155")
        assert order.shipping_address.line2 == "Bât. B"
        assert imported("5002").shipping_address.postcode == "02446"

    def test_whoever_ordered_can_prove_it(self) -> None:
        read_into(ORDERS, MINE)
        assert match_contact(imported("5001"), "sophie.garnier@example.com")
        assert match_contact(imported("5001"), "06 39 98 01 55")
        assert match_contact(imported("5002"), "+1 617 555 0173")
        assert match_contact(imported("5003"), "〒150-0001")

    def test_cancelled_and_refunded(self, rules: Handbook) -> None:
        read_into(ORDERS, MINE)
        order = imported("5002")
        assert order.financial_status is FinancialStatus.refunded
        assert order.refunded == Money.of("40", "USD")
        assert (order.payments[0].kind, order.stage) == (PaymentKind.paypal, OrderStage.cancelled)
        assert assess(order, (), datetime(2026, 11, 22, tzinfo=UTC), rules).headline is Condition.cancelled

    def test_a_country_by_its_name_and_yen_without_cents(self, rules: Handbook) -> None:
        read_into(ORDERS, MINE)
        order = imported("5003")
        assert (order.country, str(order.total)) == ("JP", "13600 JPY")
        assessment = assess(order, (), datetime(2026, 11, 22, tzinfo=UTC), rules)
        assert assessment.headline is Condition.awaiting_payment

    def test_importing_again_updates(self, tmp_path: Path) -> None:
        read_into(ORDERS, MINE)
        later = tmp_path / "later.csv"
        text = (
            ORDERS.read_text(encoding="utf-8").replace("pending,Sophie", "fulfilled,Sophie").replace("114.60", "99.00")
        )
        later.write_text(text.replace(",pending,", ",fulfilled,", 1), encoding="utf-8")
        report = read_into(later, MINE)
        assert (report.kept["order"], report.replaced["order"]) == (3, 3)
        assert imported("5001").total == Money.of("99", "EUR")
        assert len(export(MINE)["orders"]) == 3
        assert len(export(MINE)["customers"]) == 3

    def test_saved_by_a_spreadsheet_with_semicolons(self, tmp_path: Path) -> None:
        saved = tmp_path / "saved.csv"
        saved.write_bytes(
            b"\xef\xbb\xbfName;Email;Financial Status;Currency;Total;Created at;Lineitem quantity;Lineitem name;"
            b"Lineitem price;Shipping Address1;Shipping City;Shipping Country\r\n"
            b"#1;a@example.com;paid;EUR;5.00;2026-11-20 11:30:00 +0100;1.0;Mug, blue;5.00;1 Quay;Cork;IE\r\n"
        )
        assert read_into(saved, MINE).kept == {"order": 1}
        assert imported("1").lines[0].title == "Mug, blue"


HEADER = (
    "Name,Email,Financial Status,Currency,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,"
    "Shipping Address1,Shipping City,Shipping Country"
)


def an_order_row(
    number: str, *, currency: str = "EUR", total: str = "5.00", at: str = "2026-11-20 11:30:00 +0100"
) -> str:
    return f"{number},a@example.com,paid,{currency},{total},{at},1,Mug,5.00,1 Quay,Cork,IE"


@pytest.mark.usefixtures("database")
class TestWhatTheSummarySays:
    def told(self, tmp_path: Path, *rows: str, header: str = HEADER) -> str:
        file = tmp_path / "orders.csv"
        file.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
        return read_into(file, MINE).text(file.name)

    def test_a_wrong_currency_is_told_of_its_own_column(self, tmp_path: Path) -> None:
        told = self.told(tmp_path, an_order_row("#1042", currency="EURO"))
        assert "line 2, order #1042: Currency: 'EURO' is not an ISO 4217 currency code, such as EUR" in told

    def test_missing_columns_are_told_once(self, tmp_path: Path) -> None:
        with pytest.raises(FileError, match="The columns Total, Lineitem price are missing"):
            self.told(tmp_path, "#1042", "#1043", header="Name,Lineitem name,Lineitem quantity,Created at,Currency")

    def test_numbers_nobody_can_ask_for_are_told_with_what_to_set(self, tmp_path: Path) -> None:
        rows = [an_order_row(f"#SO-{number}") for number in (*range(2219, 2226), 12000)]
        told = self.told(tmp_path, *rows)
        assert "8 orders nobody can ask for in the chat: #SO-2219, #SO-2220" in told and "and 3 more" in told
        assert "QUAYSIDE_ORDER_NUMBER_PATTERN=SO-\\d{4,5} and QUAYSIDE_ORDER_NUMBER_EXAMPLE=SO-2219" in told
        assert "QUAYSIDE_ORDER_NUMBER_PATTERN=\\d{4,6}|SO-\\d{4} " in self.told(
            tmp_path, rows[0], an_order_row("#1042")
        )
        assert "nobody can ask" not in self.told(tmp_path, an_order_row("#1042"))

    def test_an_order_that_is_in_the_file_twice_counts_as_it_comes_last(self, tmp_path: Path) -> None:
        told = self.told(
            tmp_path,
            an_order_row("#1042"),
            an_order_row("#1043"),
            an_order_row("#1042", total="9.00"),
            an_order_row("#1043"),
        )
        assert "imported: 2 orders (2 new, 0 updated)" in told
        assert "2 orders more than once in the file (what comes last counts): #1042, #1043" in told
        assert imported("1042").total == Money.of("9", "EUR")
        assert len(imported("1042").lines) == 1

    def test_the_same_line_twice_is_no_second_article(self, tmp_path: Path) -> None:
        assert "more than once" in self.told(tmp_path, an_order_row("#1042"), an_order_row("#1042"))
        assert len(imported("1042").lines) == 1

    @pytest.mark.usefixtures("fixed_clock")
    def test_a_date_in_the_future_is_told(self, tmp_path: Path) -> None:
        rows = (an_order_row("#1042"), an_order_row("#1043", at="2027-01-01 10:00:00 +0000"))
        assert "1 order placed in the future (is the date right?): #1043" in self.told(tmp_path, *rows)

    def test_a_row_the_database_refuses_does_not_take_its_neighbours_along(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write = Writer.order

        def refusing(writer: Writer, order: Order, parcels: Any) -> bool:
            replaced = write(writer, order, parcels)
            if order.number == "1043":
                raise IntegrityError("INSERT", {}, ValueError())
            return replaced

        monkeypatch.setattr(Writer, "order", refusing)
        told = self.told(tmp_path, *(an_order_row(f"#{number}") for number in (1042, 1043, 1044)))
        assert "imported: 2 orders" in told and "line 3, order #1043" in told
        assert [bool(systems().orders.find(MINE, n)) for n in ("1042", "1043", "1044")] == [True, False, True]

    def test_a_long_import_says_how_far_it_is(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr("commerce.embedded.keeper._TELL_SECONDS", 0.0)
        self.told(tmp_path, *(an_order_row(f"#{number}") for number in (1042, 1043)))
        assert "… 1 of 2" in capsys.readouterr().err


class TestIntoTheDemoShop:
    def test_one_can_ask_for_the_imported_orders_and_they_stay(
        self, shop: Systems, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        read_into(ORDERS, "demo")
        assert imported("5001", "demo").customer.name == "Sophie Garnier"
        monkeypatch.setattr("commerce.embedded.demo.shop.STALE_AFTER", datetime(1, 1, 1) - datetime(1, 1, 2))  # noqa: DTZ001
        assert refresh("demo")
        assert imported("5001", "demo").customer.name == "Sophie Garnier"
        assert imported("1001", "demo").customer.name == "Lucía Ferrer Ortega"

    def test_replacing_a_demo_order_is_said(self, shop: Systems, tmp_path: Path) -> None:
        file = tmp_path / "mine.csv"
        file.write_text(ORDERS.read_text(encoding="utf-8").replace("#5001", "#1001"), encoding="utf-8")
        text = read_into(file, "demo").text(file.name)
        assert "1 of the demo shop's orders replaced" in text
        assert imported("1001", "demo").customer.name == "Sophie Garnier"

    def test_prices_are_in_the_shops_currency(self, shop: Systems) -> None:
        assert import_file(PRODUCTS, "demo") == 0
        found = shop.catalogue.variant("demo", "HM-1")
        assert found is not None and str(found[1].price("GBP")) == "12.00 GBP"


@pytest.mark.usefixtures("database")
class TestShopifyProducts:
    def product(self, handle: str) -> Product:
        product = systems().catalogue.product(MINE, handle)
        assert product is not None
        return product

    def test_the_columns_of_before(self) -> None:
        report = read_into(PRODUCTS_OLD, MINE, "EUR")
        assert report.kept == {"product": 2}
        assert report.noted["drafts or archived products left out"] == 1
        assert problems(report) == [
            (8, "product sans-prix", "Price is empty"),
            (9, "product meme-sku", "one of its numbers (a SKU, an id) belongs to another record already"),
        ]
        product = self.product("mariniere")
        assert product.description == "Coton bio & doux. Lavage 30 °C"
        assert (product.kind, product.tags) == ("Clothing", ("coton", "bio"))
        assert [(v.title, v.available, v.weight_grams) for v in product.variants] == [
            ("S / Bleu", 7, 230),
            ("M / Bleu", 0, 240),
        ]
        assert product.variants[0].options == (("Taille", "S"), ("Couleur", "Bleu"))
        assert product.variants[0].barcode == "3760000000017"
        card = self.product("carte-cadeau").variants[0]
        assert (card.title, card.requires_shipping, card.stock) == ("Default Title", False, ())

    def test_the_columns_of_today(self) -> None:
        assert read_into(PRODUCTS, MINE, "GBP").kept == {"product": 1}
        variants = self.product("harbour-mug").variants
        assert [(v.sku, v.title, str(v.price("GBP"))) for v in variants] == [
            ("HM-1", "Sea", "12.00 GBP"),
            ("HM-2", "Oat", "13.50 GBP"),
        ]

    def test_a_shop_without_a_currency_asks_for_it(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert import_file(PRODUCTS, MINE) == 1
        assert "make import FILE=products_export.csv CURRENCY=EUR" in capsys.readouterr().err

    def test_a_currency_that_is_none_is_told_once(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert import_file(PRODUCTS, MINE, "euros") == 1
        assert "'EUROS' is not an ISO 4217 currency code, such as EUR" in capsys.readouterr().err

    def test_a_missing_column_is_told_once(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        file = tmp_path / "products.csv"
        file.write_text("Handle,Title\nmug,Mug\ncup,Cup\n", encoding="utf-8")
        assert import_file(file, MINE, "EUR") == 1
        assert "The column Price is missing" in capsys.readouterr().err

    def test_importing_again_updates(self) -> None:
        read_into(PRODUCTS, MINE, "GBP")
        report = read_into(PRODUCTS, MINE, "GBP")
        assert (report.kept["product"], report.replaced["product"]) == (1, 1)
        assert len(systems().catalogue.products(MINE)) == 1


@pytest.mark.usefixtures("database")
class TestJson:
    @pytest.fixture
    def demo(self, demo_database: Path) -> Path:
        """The demo shop in our JSON."""
        return demo_database.with_name("demo.json")

    @pytest.mark.slow
    def test_everything_of_the_demo_shop_comes_back(self, demo: Path) -> None:
        report = read_into(demo, MINE)
        assert report.problems == []
        assert report.kept == {"customer": 168, "size chart": 5, "product": 40, "order": 206}
        assert export(MINE) == json.loads(demo.read_text(encoding="utf-8"))
        [delivered, on_the_van, label] = systems().parcels.of_order(imported("1037"))
        assert [len(p.checkpoints) for p in (delivered, on_the_van, label)] == [4, 4, 1]

    def one_order(self, demo: Path, number: str) -> dict[str, Any]:
        whole = json.loads(demo.read_text(encoding="utf-8"))
        order = next(o for o in whole["orders"] if o["number"] == number)
        customer = next(c for c in whole["customers"] if c["id"] == order["customer"])
        return {"format": "quayside-shop", "version": 1, "customers": [customer], "orders": [order]}

    @pytest.mark.parametrize(
        ("imported_as", "kept_as", "typed"),
        [
            ("SO-2219", "SO-2219", ["SO-2219", "so-2219", "#SO-2219", "SO–2219", "so 2219", "SO2219", " so - 2219 "]),
            ("#EU-1042", "EU-1042", ["EU-1042", "#eu1042", "eu 1042"]),
            ("HP1042-B", "HP1042-B", ["hp1042b", "HP1042 – B", "hp 1042 b"]),
            ("eu 1042", "EU 1042", ["EU-1042", "eu1042"]),
        ],
    )
    def test_numbers_with_letters_are_found_however_they_are_typed(
        self, demo: Path, tmp_path: Path, imported_as: str, kept_as: str, typed: list[str]
    ) -> None:
        content = self.one_order(demo, "1001")
        content["orders"][0]["number"] = imported_as
        assert self.report_of(content, tmp_path).problems == []
        for number in typed:
            found = systems().orders.find(MINE, number)
            assert found is not None and found.number == kept_as, number
        assert systems().orders.find(MINE, "1042") is None and systems().orders.find(MINE, "") is None

    def test_two_numbers_of_the_same_letters_and_digits_are_told_apart(self, demo: Path, tmp_path: Path) -> None:
        content = self.one_order(demo, "1001")
        content["orders"] = [{**content["orders"][0], "number": number} for number in ("A1-11", "A-111")]
        self.report_of(content, tmp_path)
        assert imported("a1-11").number == "A1-11" and imported("A-111").number == "A-111"
        assert systems().orders.find(MINE, "A111") is None

    def report_of(self, content: Any, tmp_path: Path) -> Report:
        file = tmp_path / "one.json"
        file.write_text(json.dumps(content, ensure_ascii=False, indent=2), encoding="utf-8")
        return read_into(file, MINE)

    @pytest.mark.parametrize(
        ("where", "value", "said"),
        [
            (("number",), "", "number: must not be empty"),
            (("currency",), "euro", "currency: 'euro' is not a currency's code of three capitals, such as EUR"),
            (("shipping_address",), "Paris", "shipping_address: must be an object"),
            (("shipping_address", "country"), "France", "is not a country's code of two capitals, such as FR"),
            (("lines",), {}, "lines: must be a list"),
            (("currency",), "XQZ", "ISO 4217"),
            (("customer",), "nobody", "the file has no customer 'nobody'"),
            (("placed_at",), "2026-11-20T10:00:00", "placed_at: must be a moment with a time zone"),
            (("totall",), "9.00", "totall: the format has no such field; is it misspelt?"),
            (("total",), "twelve", 'total: must be an amount such as "12.90"'),
            (("lines", 0, "quantity"), 0, "lines.0.quantity: must be 1 or more"),
            (("lines", 0, "quantity"), "two", "lines.0.quantity: must be a whole number"),
            (("lines", 0, "id"), "9", "no line 1"),
            (("fulfilments", 0, "parcels", 0, "status"), "flying", "'flying' is none of 'label_created', "),
            (("fulfilments", 0, "parcels", 0, "checkpoints", 0, "zone"), "Europe/Paradise", "IANA"),
            (("fulfilments", 0, "parcels", 0, "destination_zone"), "", "IANA"),
            (("fulfilments", 0, "parcels", 0, "tracking_url"), "javascript:alert(1)", "tracking_url"),
        ],
    )
    def test_what_is_wrong_is_named_with_its_line(
        self, demo: Path, tmp_path: Path, where: tuple[Any, ...], value: Any, said: str
    ) -> None:
        content = self.one_order(demo, "1001")
        part = content["orders"][0]
        for key in where[:-1]:
            part = part[key]
        part[where[-1]] = value
        report = self.report_of(content, tmp_path)
        assert report.kept == {"customer": 1}
        [problem] = report.problems
        assert said in problem.reason
        assert not any(
            word in problem.reason for word in ("Input should", "String should", "not permitted", "Value error")
        )
        text = (tmp_path / "one.json").read_text(encoding="utf-8").split("\n")
        assert text[problem.line - 2].strip() == '"orders": ['

    def test_the_example_in_the_manual_is_right(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        manual = (FILES.parents[2] / "commerce" / "IMPORT.md").read_text(encoding="utf-8")
        example = tmp_path / "example.json"
        example.write_text(manual.split("```json\n")[1].split("```")[0], encoding="utf-8")
        assert import_file(example, MINE) == 0
        assert "not imported" not in capsys.readouterr().out
        [parcel] = systems().parcels.of_order(imported("5001"))
        assert (parcel.carrier_name, parcel.destination) == ("Colissimo", "FR")
        # Its currency is now the shop's own.
        assert read_into(PRODUCTS, MINE).remarks == ["prices were taken as EUR; CURRENCY=… says otherwise"]

    def test_every_word_of_the_format_is_in_the_manual(self) -> None:
        manual = (FILES.parents[2] / "commerce" / "IMPORT.md").read_text(encoding="utf-8")
        forms = [form for form in vars(json_file).values() if isinstance(form, type) and form.__name__.endswith("File")]
        words = {name for form in forms for name in getattr(form, "model_fields", {})}
        words |= {
            member.value for kind in (ParcelStatus, CheckpointCode, DeliveryPlace, HistoryCode) for member in kind
        }
        assert len(words) > 100
        assert {word for word in words if f"`{word}`" not in manual and f'"{word}"' not in manual} == set()

    def test_a_number_is_as_exact_as_text(self, demo: Path, tmp_path: Path) -> None:
        content = self.one_order(demo, "1001")
        content["orders"][0]["total"] = 1234567890123.45
        assert self.report_of(content, tmp_path).problems == []
        assert imported("1001").total == Money.of("1234567890123.45", "EUR")

    def test_a_bad_order_does_not_keep_a_good_one_out(self, demo: Path, tmp_path: Path) -> None:
        content = self.one_order(demo, "1001")
        broken = {**content["orders"][0], "number": "7002", "lines": []}
        content["orders"] += [broken, {**content["orders"][0], "number": "7003"}, "no order at all"]
        report = self.report_of(content, tmp_path)
        assert report.kept["order"] == 2
        assert [p.what for p in report.problems] == ["order 7002", "order"]
        assert imported("7003").customer.name == "Lucía Ferrer Ortega"


@pytest.mark.usefixtures("database")
class TestFilesThatAreNotOurs:
    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "is empty"),
            (b" \n\n", "is empty"),
            (b"PK\x03\x04rest of a workbook", "Excel"),
            ("Name,Straße\n".encode("latin-1"), "Line 1 is not UTF-8"),
            (b"Name,City\nA,B\nC,K\xf6ln\n", "Line 3 is not UTF-8"),
            (b"\x89PNG\r\n\x1a\n\x00\x00", "not UTF-8"),
            (b"GIF89a\x00\x01", "not text"),
            (b"first,second,third\n1,2,3\n", "neither a Shopify orders export"),
            (b"hello", "neither a Shopify orders export"),
            (b"[1, 2]", "not an object"),
            (b'{"format": "quayside-shop"}', '"version": 1'),
            (b'{"format": "quayside-shop", "version": 2, "orders": []}', '"version": 1'),
            (b'{"format": "quayside-shop",\n "clients": 3}', "Line 2: 'clients'"),
            (b'{"format": "quayside-shop", "version": 1, "shop": {"name": "X"}}', "'shop': country"),
            (b'{"format": "quayside-shop",\n "orders": {}}', "Line 2: 'orders' must be a list"),
            (b'{"format": "quayside-shop",\n "parcels": [1]}', "Line 2: 'parcels'"),
            (b'{"format": "quayside-shop",\n "orders": [{]}', "Line 2 is not JSON"),
            (b'{"format": "quayside-shop", "version": 1', "Line 1 is not JSON"),
            (b'{"format": "quayside-shop", "version": 1} and more', "Line 1 is not JSON"),
        ],
    )
    def test_one_clear_sentence_and_exit_code_one(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, said: str
    ) -> None:
        file = tmp_path / "wrong.dat"
        file.write_bytes(content)
        assert import_file(file, MINE) == 1
        error = capsys.readouterr().err
        assert error.startswith("wrong.dat was not imported. ")
        assert said in error
        assert error.count("\n") == 1

    def test_a_quote_that_is_not_closed(self, tmp_path: Path) -> None:
        file = tmp_path / "open.csv"
        file.write_text(ORDERS.read_text(encoding="utf-8") + '#9,"open\n', encoding="utf-8")
        with pytest.raises(FileError, match="quotation mark"):
            read_into(file, MINE)

    def test_a_file_that_cannot_be_read(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert import_file(tmp_path / "missing.csv", MINE) == 1
        assert "No such file" in capsys.readouterr().err
        assert import_file(tmp_path, MINE) == 1

    def test_only_bad_rows_is_a_failure_and_says_so(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        lines = ORDERS.read_text(encoding="utf-8").split("\n")
        file = tmp_path / "bad.csv"
        file.write_text("\n".join([lines[0], lines[6]]), encoding="utf-8")
        assert import_file(file, MINE) == 1
        said = capsys.readouterr().out
        assert "line 2, order #5004" in said and "Nothing was imported." in said

    def test_some_good_rows_are_a_success(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert import_file(ORDERS, MINE) == 0
        said = capsys.readouterr().out
        assert "imported: 3 orders (3 new, 0 updated)" in said and "not imported: 5" in said


class TestParsers:
    @given(st.text(max_size=300))
    def test_any_text_is_a_table_or_a_clear_no(self, text: str) -> None:
        try:
            header, rows = read_table(text)
            lines = [row.line for row in rows]
        except FileError as error:
            assert str(error)
        else:
            assert isinstance(header, tuple)
            assert lines == sorted(set(lines))

    @given(st.text(max_size=30))
    def test_any_cell_is_read_or_refused_with_its_line(self, text: str) -> None:
        row = Row(7, {"cell": text})
        for read in (
            lambda: row.amount("EUR", "Cell"),
            lambda: row.whole("Cell"),
            lambda: row.moment("Cell"),
            lambda: row.flag("Cell", default=True),
        ):
            try:
                read()
            except RecordError as error:
                assert error.line == 7 and error.reason.startswith("Cell")

    @given(st.decimals(min_value=0, max_value=10**9, places=2), st.sampled_from(["", "'", " "]))
    def test_amounts_come_out_as_they_went_in(self, amount: Decimal, before: str) -> None:
        assert Row(1, {"cell": f"{before}{amount}"}).amount("EUR", "Cell") == Money(amount, "EUR")

    @given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)), st.integers(-12, 14))  # noqa: DTZ001
    def test_shopifys_moments_are_understood(self, moment: datetime, offset: int) -> None:
        sign = "-" if offset < 0 else "+"
        text = f"{moment:%Y-%m-%d %H:%M:%S} {sign}{abs(offset):02d}00"
        read = Row(1, {"cell": text}).moment("Cell")
        assert read is not None and read.utcoffset() is not None
        assert read.replace(tzinfo=None) == moment.replace(microsecond=0)

    @given(
        st.dictionaries(
            st.text(max_size=5),
            st.lists(st.none() | st.booleans() | st.integers() | st.text(max_size=8), max_size=4) | st.text(max_size=8),
            max_size=5,
        ),
        st.sampled_from([None, 0, 2]),
    )
    def test_json_is_read_element_by_element_as_a_whole(self, content: dict[str, Any], indent: int | None) -> None:
        text = json.dumps(content, indent=indent, ensure_ascii=False)
        read: dict[str, Any] = {key: [] for key, value in content.items() if isinstance(value, list)}
        for element in read_elements(text):
            if element.in_list:
                read[element.key].append(element.value)
            else:
                read[element.key] = element.value
        assert read == content
