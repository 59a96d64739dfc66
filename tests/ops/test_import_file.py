"""`make import FILE=…` as a shop's engineer meets it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from core.settings import ROOT
from tests.ops.command import assert_one_sentence, run
from tests.stack import Stack

pytestmark = pytest.mark.slow

ORDERS = """Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Shipping Name,Shipping Address1,Shipping City,Shipping Zip,Shipping Country
#SO-2219,ida@example.com,paid,2026-11-20 10:00:00 +0000,unfulfilled,EUR,40.00,5.00,0.00,45.00,2026-11-20 09:59:00 +0000,2,Linen cushion,20.00,Ida Holm,Havnegade 1,Aarhus,8000,DK
#SO-2220,ole@example.com,paid,2026-11-20 10:00:00 +0000,unfulfilled,EUR,forty,5.00,0.00,45.00,2026-11-20 09:59:00 +0000,2,Linen cushion,20.00,Ole Holm,Havnegade 2,Aarhus,8000,DK
"""  # noqa: E501


def test_good_rows_are_kept_and_bad_ones_listed(tmp_path: Path) -> None:
    file = tmp_path / "orders_export.csv"
    file.write_text(ORDERS, encoding="utf-8")
    done = run("ops.import_file", Stack(tmp_path / "var").environment, str(file))
    assert done.returncode == 0, done.stderr
    assert "SO-2220" in done.stdout
    assert "forty" in done.stdout


def test_a_new_shops_products_come_with_their_currency(tmp_path: Path) -> None:
    file = tmp_path / "products.csv"
    file.write_text("Handle,Title,Variant SKU,Variant Price\nmug,Mug,M-1,12.00\n", encoding="utf-8")
    environment = Stack(tmp_path / "var").environment
    refused = run("ops.import_file", environment, str(file))
    assert refused.returncode == 1 and "CURRENCY=EUR" in refused.stderr
    done = subprocess.run(
        ["make", "-o", "environments", "import", f"FILE={file}", "CURRENCY=eur"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "imported: 1 product" in done.stdout and "taken as EUR" in done.stdout


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    done = run("ops.import_file", Stack(tmp_path).environment, "nowhere.csv")
    assert_one_sentence(done, "nowhere.csv", "make import FILE=")
