"""Sizes, money, days, quantities, names, colours and products: found where they are, left alone where they are not."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.nlu.training_data.message import Message

from assistant.nlu.colours import ColourFinder
from assistant.nlu.dates import DateFinder
from assistant.nlu.deadline import DeadlineFinder
from assistant.nlu.entities import ShopEntities
from assistant.nlu.finder import Finder
from assistant.nlu.money import MoneyFinder
from assistant.nlu.names import NameFinder
from assistant.nlu.products import ProductFinder
from assistant.nlu.quantities import QuantityFinder
from assistant.nlu.sizes import SizeFinder

SIZES, MONEY, DATES = SizeFinder({}), MoneyFinder({}), DateFinder({})
QUANTITIES, NAMES, COLOURS = QuantityFinder({}), NameFinder({}), ColourFinder({})


def values(finder: Finder, text: str, language: str) -> list[Any]:
    return [entity["value"] for entity in finder.find(text, language)]


@pytest.mark.parametrize(
    ("text", "language", "sizes"),
    [
        ("do you have it in EU 42?", "en", [("EU", "42")]),
        ("UK 7.5 or US 10W", "en", [("UK", "7.5"), ("US", "10W")]),
        ("can I get the blue one in 38 instead?", "en", [(None, "38")]),
        ("jeans in 34/32 or W32 L34", "en", [("waist_length", "34/32"), ("waist_length", "32/34")]),
        ("the onesie, 6-9 months", "en", [("age", "6-9 months")]),
        ("24 cm shoes", "en", [("cm", "24")]),
        ("swap the 40 for a 41", "en", [(None, "40"), (None, "41")]),
        ("the ring in size N½", "en", [(None, "N½")]),
        ("extra large please", "en", [("alpha", "XL")]),
        ("talla M o L", "es", [("alpha", "M"), ("alpha", "L")]),
        ("cambiar la 40 por la 41", "es", [(None, "40"), (None, "41")]),
        ("taille L, pointure 42", "fr", [("alpha", "L"), (None, "42")]),
        ("taille 4 ans", "fr", [("age", "4 years")]),
        ("gibt's die in 43 oder Größe 42 2/3?", "de", [(None, "43"), (None, "42 2/3")]),
        ("Gr. 110/116", "de", [("cm", "110/116")]),
        ("加大码还有吗", "zh-Hans", [("alpha", "XL")]),
        ("38码换成欧码42", "zh-Hans", [(None, "38"), ("EU", "42")]),
        ("I'll be back at 5", "en", []),
        ("in 38 hours", "en", []),
        ("I am 38 years old", "en", []),
        ("iPhone 12 case, door 38", "en", []),
        ("jeans 36-38, or W32", "en", [(None, "36-38"), ("waist_length", "32")]),
        ("I take a 9.5", "en", [(None, "9.5")]),
        ("pyjamas for 5-6 years", "en", [("age", "5-6 years")]),
        ("age 7-8", "en", [("age", "7-8 years")]),
        ("en treinta y ocho", "es", [(None, "38")]),
        ("talla única", "es", [("alpha", "one size")]),
        ("T38", "fr", [(None, "38")]),
        ("un 95C", "fr", [(None, "95C")]),
        ("ich trage sonst 38", "de", [(None, "38")]),
        ("in achtunddreißig bitte", "de", [(None, "38")]),
        ("三十八码的有吗", "zh-Hans", [(None, "38")]),
        ("38的偏小", "zh-Hans", [(None, "38")]),
        ("170的有货吗", "zh-Hans", [("cm", "170")]),
        ("mir wurden 40 Euro abgebucht", "de", []),
        ("in 2.5 hours", "en", []),
        ("a small box", "en", []),
        ("I ordered from UK 3 days ago", "en", []),
        ("vivo en el 24", "es", []),
        ("L'article de M. Dupont", "fr", []),
        ("um 18 Uhr", "de", []),
        ("下午5点", "zh-Hans", []),
    ],
)
def test_sizes(text: str, language: str, sizes: list[tuple[str | None, str]]) -> None:
    assert values(SIZES, text, language) == [{"system": system, "size": size} for system, size in sizes]


@pytest.mark.parametrize(
    ("text", "language", "money"),
    [
        ("39,90 €", "en", [("39.90", "EUR")]),
        ("$20 or 20 bucks", "en", [("20", None), ("20", None)]),
        ("EUR 12.50", "en", [("12.50", "EUR")]),
        ("1.299,00 €", "de", [("1299.00", "EUR")]),
        ("CHF 20.-", "de", [("20.00", "CHF")]),
        ("fünfundzwanzig Franken", "de", [("25.00", "CHF")]),
        ("20 quid", "en", [("20.00", "GBP")]),
        ("veinte euros", "es", [("20.00", "EUR")]),
        ("quatre-vingt-dix euros", "fr", [("90.00", "EUR")]),
        ("五百块", "zh-Hans", [("500.00", "CNY")]),
        ("30元", "zh-Hans", [("30.00", "CNY")]),
        ("you charged me 39.90 instead of 30", "en", [("39.90", None), ("30", None)]),
        ("me cobrasteis 45", "es", [("45", None)]),
        ("doscientos euros", "es", [("200.00", "EUR")]),
        ("kostet 39,-", "de", [("39", None)]),
        ("满200减30", "zh-Hans", [("200", None), ("30", None)]),
        ("charged 2 times, at 10.30, since 2023", "en", []),
        ("mein Mann ist 1,90", "de", []),
        ("it weighs 5 pounds", "en", []),
        ("try 20, I won 20", "en", []),
        ("20 %", "en", []),
        ("两块肥皂", "zh-Hans", []),
    ],
)
def test_money(text: str, language: str, money: list[tuple[str, str | None]]) -> None:
    assert [(v["amount"], v["currency"]) for v in values(MONEY, text, language)] == money


def test_a_shared_sign_is_read_by_the_shoppers_country() -> None:
    for locale, currency in (("en-US", "USD"), ("en-AU", "AUD"), ("en", None), (None, None)):
        assert MONEY.find("$20", "en", locale)[0]["value"]["currency"] == currency


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("ordered on Monday", "en", {"kind": "weekday", "weekday": 0, "past": True}),
        ("two weeks ago", "en", {"kind": "in_days", "days": -14}),
        ("on the 15th", "en", {"kind": "date", "month": None, "day": 15, "year": None}),
        ("lo pedí ayer", "es", {"kind": "in_days", "days": -1}),
        ("il y a trois jours", "fr", {"kind": "in_days", "days": -3}),
        ("letzten Freitag", "de", {"kind": "weekday", "weekday": 4, "past": True}),
        ("上周一买的", "zh-Hans", {"kind": "weekday", "weekday": 0, "past": True}),
    ],
)
def test_days_that_are_no_deadline(text: str, language: str, value: dict[str, Any]) -> None:
    assert values(DATES, text, language) == [value]


def test_the_deadline_is_no_date_as_well() -> None:
    message = Message({"text": "ordered on 3 May, need it by Friday", "language": {"code": "en"}})
    DeadlineFinder({}).process([message])
    DATES.process([message])
    assert [(e["entity"], e["value"]["kind"]) for e in message.get("entities")] == [
        ("deadline", "weekday"),
        ("date", "date"),
    ]


@pytest.mark.parametrize(
    ("finder", "text", "language", "expected"),
    [
        (QUANTITIES, "I ordered two blue mugs", "en", [2]),
        (QUANTITIES, "3x", "en", [3]),
        (QUANTITIES, "drei Stück", "de", [3]),
        (QUANTITIES, "dos tazas", "es", [2]),
        (QUANTITIES, "une paire de chaussettes", "fr", [1]),
        (QUANTITIES, "两件", "zh-Hans", [2]),
        (QUANTITIES, "I ordered four and got two", "en", [4, 2]),
        (QUANTITIES, "only one came out of four", "en", [1, 4]),
        (QUANTITIES, "pedí un par de velas y llegó una", "es", [2, 1]),
        (QUANTITIES, "j'en ai commandé trois, reçu deux", "fr", [3, 2]),
        (QUANTITIES, "drei bestellt und nur zwei bekommen", "de", [3, 2]),
        (QUANTITIES, "买了俩", "zh-Hans", [2]),
        (QUANTITIES, "a couple of days", "en", []),
        (QUANTITIES, "retourner un article", "fr", []),
        (QUANTITIES, "ein paar Gläser, ab drei", "de", []),
        (QUANTITIES, "另一个，第四十七条", "zh-Hans", []),
        (QUANTITIES, "three days, two orders, 5 stars", "en", []),
        (QUANTITIES, "三个月", "zh-Hans", []),
        (NAMES, "my name is ana ruiz and I ordered", "en", ["ana ruiz"]),
        (NAMES, "Regards, Ana Ruiz", "en", ["Ana Ruiz"]),
        (NAMES, "soy Ana Ruiz", "es", ["Ana Ruiz"]),
        (NAMES, "au nom de Marie Dupont", "fr", ["Marie Dupont"]),
        (NAMES, "Viele Grüße Anna", "de", ["Anna"]),
        (NAMES, "我叫王伟", "zh-Hans", ["王伟"]),
        (NAMES, "hi, Dave Kowalski here", "en", ["Dave Kowalski"]),
        (NAMES, "it's under the name O'Brien", "en", ["O'Brien"]),
        (NAMES, "the order is in my wife's name, Hannah Lindqvist", "en", ["Hannah Lindqvist"]),
        (NAMES, "put Sofia Marques on the label", "en", ["Sofia Marques"]),
        (NAMES, "any news?\n- Danielle", "en", ["Danielle"]),
        (NAMES, "Mr Henderson speaking", "en", ["Mr Henderson"]),
        (NAMES, "firmado por un tal Ramón Vidal", "es", ["Ramón Vidal"]),
        (NAMES, "Mme Perrin à l'appareil", "fr", ["Mme Perrin"]),
        (NAMES, "Bestellt auf den Namen Feldmann", "de", ["Feldmann"]),
        (NAMES, "Moin, Nils hier", "de", ["Nils"]),
        (NAMES, "签收的是一个叫孙强的", "zh-Hans", ["孙强"]),
        (NAMES, "张先生的包裹，谢谢，杨洋", "zh-Hans", ["张先生", "杨洋"]),
        (NAMES, "I'm in Manchester, I'M WAITING HERE", "en", []),
        (NAMES, "rue Jean Jaurès", "fr", []),
        (NAMES, "muss das auf meinen namen lauten", "de", []),
        (NAMES, "你好，谢谢", "zh-Hans", []),
        (NAMES, "this is ridiculous, I'm German", "en", []),
        (NAMES, "my name is still misspelled", "en", []),
        (NAMES, "ich bin Kunde", "de", []),
        (NAMES, "我是会员", "zh-Hans", []),
        (COLOURS, "the dark blue one", "en", ["dark blue"]),
        (COLOURS, "la roja", "es", ["red"]),
        (COLOURS, "les noires", "fr", ["black"]),
        (COLOURS, "in weiß, ich weiß nicht", "de", ["white"]),
        (COLOURS, "换成红的", "zh-Hans", ["red"]),
        (COLOURS, "black friday", "en", []),
        (COLOURS, "白天", "zh-Hans", []),
    ],
)
def test_quantities_names_and_colours(finder: Finder, text: str, language: str, expected: list[Any]) -> None:
    assert values(finder, text, language) == expected


def test_products_follow_the_file_of_the_catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "terms.json"
    monkeypatch.setenv("QUAYSIDE_CATALOGUE_TERMS", str(path))
    finder = ProductFinder({})
    assert finder.find("two stoneware mugs") == []

    def write(*titles: str) -> None:
        products = [{"handle": title.lower().replace(" ", "-"), "title": title} for title in titles]
        path.write_text(json.dumps({"products": products, "options": {"Material": ["Oak"]}}), encoding="utf-8")

    write("Stoneware Mug")
    mug = {"product": "stoneware-mug", "title": "Stoneware Mug"}
    assert values(finder, "two stoneware mugs of oak", "en") == [mug, {"option": "Material", "value": "Oak"}]
    assert values(finder, "my stonewrae mug", "en") == [mug]
    write("Stoneware Mug", "Enamel Mug")
    os.utime(path, ns=(1, 1))
    assert [c["product"] for c in values(finder, "the mug", "en")[0]["candidates"]] == ["stoneware-mug", "enamel-mug"]
    path.write_text("{", encoding="utf-8")  # what was read before is kept
    assert values(finder, "stoneware mug", "en") == [mug]


def test_what_was_found_before_is_left_alone() -> None:
    message = Message({"text": "order 1042 for $20, call +44 7700 900123", "language": {"code": "en"}})
    ShopEntities({}).process([message])
    before = message.get("entities")
    for finder in (COLOURS, SIZES, MONEY, DATES, QUANTITIES, NAMES):
        finder.process([message])
    assert message.get("entities")[: len(before)] == before
    assert [e["value"]["amount"] for e in message.get("entities")[len(before) :]] == ["20"]
