"""Order and tracking numbers, e-mail, phone, postcode: found where they are, left alone where they are not."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise

import pytest
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message

from assistant.nlu.entities import ShopEntities

ENTITIES = ShopEntities({})


def found(text: str, language: str = "en", asked: str | None = None) -> list[tuple[str, str]]:
    return [(entity["entity"], entity["value"]) for entity in ENTITIES.find(text, language, asked)]


@pytest.mark.parametrize(
    ("text", "language", "numbers"),
    [
        ("1042", "en", ["1042"]),
        ("#1042", "en", ["1042"]),
        ("it's 1316", "en", ["1316"]),
        ("order no. 1042", "en", ["1042"]),
        ("order1042 pls", "en", ["1042"]),
        ("where are 1042 and 1051?", "en", ["1042", "1051"]),
        ("sorry, 1024 not 1042", "en", ["1024", "1042"]),
        ("10553!", "en", ["10553"]),
        ("1042 is my order number", "en", ["1042"]),
        ("I paid 20 euros, 1042 where is it", "en", ["1042"]),
        ("is anything in 1042 missing", "en", ["1042"]),
        ("pedido nº 1042", "es", ["1042"]),
        ("commande n°1042", "fr", ["1042"]),
        ("Bestellnr. 1042 am Montag", "de", ["1042"]),
        ("订单1042", "zh-Hans", ["1042"]),
        ("订单号：１０４２", "zh-Hans", ["1042"]),
        ("1042号订单到哪了", "zh-Hans", ["1042"]),
        ("طلب ١٠٤٢", "en", ["1042"]),
        ("2024", "en", ["2024"]),
    ],
)
def test_order_numbers(text: str, language: str, numbers: list[str]) -> None:
    assert found(text, language) == [("order_number", number) for number in numbers]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I paid $1042 for it", "en"),
        ("it cost 1042 euros", "en"),
        ("j'ai payé 1200 euros", "fr"),
        ("habe 1200 Euro bezahlt", "de"),
        ("pagué 1200 pesos", "es"),
        ("1042元", "zh-Hans"),
        ("ordered in 2024", "en"),
        ("since 2019", "en"),
        ("model A1042", "en"),
        ("iphone1042x", "en"),
        ("at 12:30 on 24/12/2026", "en"),
        ("12.500", "de"),
        ("https://shop.example/orders/1042", "en"),
        ("waiting 1042 days", "en"),
        ("等了1042天", "zh-Hans"),
        ("123", "en"),
        ("4111 1111 1111 1111", "en"),
        ("duty on a wool coat of 9000 yen to japan", "en"),
        ("worth NOK 1200", "en"),
        ("ordered on 3 march 2025", "en"),
        ("the order I placed in 2025", "en"),
        ("1500km away", "en"),
        ("una chaqueta de 9000 yenes", "es"),
        ("lo compré el 3 de marzo de 2025", "es"),
        ("un manteau à 1200 couronnes", "fr"),
        ("commandé le 12 décembre 2025", "fr"),
        ("eine Jacke für 1200 Kronen", "de"),
        ("am 3. März 2025 bestellt", "de"),
        ("9000日元的毛衣", "zh-Hans"),
        ("2025年3月3日", "zh-Hans"),
        ("my card is 4111111111111111", "en"),
    ],
)
def test_other_numbers_are_no_order_numbers(text: str, language: str) -> None:
    assert found(text, language) == []


@pytest.mark.parametrize(
    ("text", "value", "valid"),
    [
        ("1Z999AA10123456784", "1Z999AA10123456784", True),
        ("1z999aa10123456785", "1Z999AA10123456785", False),
        ("here you go: 1Z 999 AA1 01 2345 6784", "1Z999AA10123456784", True),
        ("LX123456785CN", "LX123456785CN", True),
        ("LX 123 456 785 CN", "LX123456785CN", True),
        ("LX123456789CN", "LX123456789CN", False),
        ("00340434161094022115", "00340434161094022115", True),
        ("00340434161094022116", "00340434161094022116", False),
        ("JJD000390007012345678", "JJD000390007012345678", None),
        ("快递单号SF1234567890123", "SF1234567890123", None),
        ("ＬＸ１２３４５６７８５ＣＮ", "LX123456785CN", True),
        ("my tracking number is 1234567890", "1234567890", None),
        ("Sendungsnummer: 123456789012", "123456789012", True),
    ],
)
def test_tracking_numbers_and_their_check_digits(text: str, value: str, valid: bool | None) -> None:
    entities = ENTITIES.find(text)
    assert [(e["entity"], e["value"]) for e in entities] == [("tracking_number", value)]
    assert entities[0]["additional_info"]["valid"] is valid


@pytest.mark.parametrize(
    ("text", "language", "asked", "expected"),
    [
        ("75011", "fr", "contact", ("postcode", "75011")),
        ("75011", "fr", "order_number", ("order_number", "75011")),
        ("10115 Berlin", "de", "contact", ("postcode", "10115")),
        ("sw1a 1aa", "en", None, ("postcode", "SW1A 1AA")),
        ("zip 60614", "en", None, ("postcode", "60614")),
        ("mi código postal es 28013", "es", None, ("postcode", "28013")),
        ("邮编200040", "zh-Hans", None, ("postcode", "200040")),
        ("1012 ab", "en", "contact", ("postcode", "1012")),
        ("1012 AB", "en", "contact", ("postcode", "1012 AB")),
        ("#1042", "en", "contact", ("order_number", "1042")),
        ("order 1042", "en", "contact", ("order_number", "1042")),
        ("0612345678", "fr", "contact", ("phone", "0612345678")),
        ("+33 6 12 34 56 78", "fr", None, ("phone", "+33612345678")),
        ("0033612345678", "fr", "contact", ("phone", "+33612345678")),
        ("my phone is 415 555 0132", "en", None, ("phone", "4155550132")),
        ("手机13812345678", "zh-Hans", None, ("phone", "13812345678")),
        ("Anna.B+shop@Example.COM.", "en", None, ("email", "anna.b+shop@example.com")),
    ],
)
def test_contact_details(text: str, language: str, asked: str | None, expected: tuple[str, str]) -> None:
    assert found(text, language, asked) == [expected]


@pytest.mark.parametrize(
    ("text", "language", "postcode"),
    [
        ("do you ship to Chicago 60614?", "en", "60614"),
        ("I live in Austin, TX 78704", "en", "78704"),
        ("can it be delivered to 60614?", "en", "60614"),
        ("we're at 2000 Sydney", "en", "2000"),
        ("vivo en 28013 Madrid", "es", "28013"),
        ("mandadlo a la calle Mayor 12, 41001 Dos Hermanas", "es", "41001"),
        ("para el 50001 de Zaragoza", "es", "50001"),
        ("vous livrez à 75011 Paris ?", "fr", "75011"),
        ("12 rue des Lilas 31000", "fr", "31000"),
        ("Nice 06000, quel délai ?", "fr", "06000"),
        ("liefert ihr nach 10115 Berlin?", "de", "10115"),
        ("meine Bestellung nach 80331 München", "de", "80331"),
        ("D-70173 ist meine Adresse", "de", "70173"),
        ("versand nach 8004 zürich", "de", "8004"),
        ("PLZ10115", "de", "10115"),
        ("北京100020，几天到", "zh-Hans", "100020"),
        ("江苏省昆山市长江路5号 215300", "zh-Hans", "215300"),
    ],
)
def test_a_number_beside_a_town_is_its_postcode(text: str, language: str, postcode: str) -> None:
    assert found(text, language) == [("postcode", postcode)]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("order 10115 never came", "en"),
        ("#10115 Berlin", "en"),
        ("hi from Berlin, 10553 hasn't arrived", "en"),
        ("nice, 10553 arrived", "en"),
        ("10553 Anna Ruiz", "en"),
        ("is anything in 10553 missing", "en"),
        ("my order 10553 to Chicago", "en"),
        ("está 10553 en Madrid?", "es"),
        ("la commande 75011 est perdue", "fr"),
        ("où est 10553 ? Paris", "fr"),
        ("in 10553 Tassen kaputt", "de"),
        ("Bestellung 10115 nach Wien", "de"),
        ("我在上海，10553还没到", "zh-Hans"),
        ("北京的订单100020", "zh-Hans"),
    ],
)
def test_what_is_called_an_order_or_stands_alone_is_no_postcode(text: str, language: str) -> None:
    assert [kind for kind, _ in found(text, language)] == ["order_number"]


def test_beside_a_town_the_form_that_asks_for_an_order_decides() -> None:
    assert found("10115 Berlin", "de", "order_number") == [("order_number", "10115")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1042 75011", [("order_number", "1042"), ("postcode", "75011")]),
        ("#1233 and the postcode is 3000", [("order_number", "1233"), ("postcode", "3000")]),
        ("1042, anna@example.com", [("order_number", "1042"), ("email", "anna@example.com")]),
        ("order 1042, call me on 07700 900123", [("order_number", "1042"), ("phone", "07700900123")]),
        ("order 1042 tracking LX123456785CN", [("order_number", "1042"), ("tracking_number", "LX123456785CN")]),
        ("我的订单是1042，邮编75011", [("order_number", "1042"), ("postcode", "75011")]),
        ("1042 31-062 where is it", [("order_number", "1042"), ("postcode", "31-062")]),
        ("1042 116 33 where is it", [("order_number", "1042"), ("postcode", "116 33")]),
        ("1042 606-0816 where is it", [("order_number", "1042"), ("postcode", "606-0816")]),
        ("1042 d08 r2y6 where is it", [("order_number", "1042"), ("postcode", "D08 R2Y6")]),
        ("1042, 78704-2210", [("order_number", "1042"), ("postcode", "78704-2210")]),
        ("commande 1042 44 000", [("order_number", "1042"), ("postcode", "44 000")]),
        ("1042 2025 where is it", [("order_number", "1042"), ("order_number", "2025")]),
        ("2025, order 1042", [("order_number", "2025"), ("order_number", "1042")]),
    ],
)
def test_several_in_one_message(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text, "zh-Hans" if "我" in text else "en") == expected


@pytest.mark.parametrize(
    ("text", "asked", "named"),
    [
        ("order 1042 8004", None, [True, False]),
        ("#1042", None, [True]),
        ("1042", "order_number", [False]),
        ("8004", "contact", [False]),
        ("PLZ 8004", "contact", [True]),
    ],
)
def test_what_the_message_calls_a_number_is_told(text: str, asked: str | None, named: list[bool]) -> None:
    """A number that nothing calls the one or the other may be both, an order number or a postcode."""
    entities = ENTITIES.find(text, "de", asked)
    assert [(e.get("additional_info") or {}).get("named", False) for e in entities] == named


def test_entities_never_overlap_and_point_at_their_text() -> None:
    text = "１０４２ / LX123456785CN / +44 7700 900123 / SW1A 1AA / a@b.example"
    entities = ENTITIES.find(text)
    assert len(entities) == 5
    for entity, following in pairwise(entities):
        assert entity["end"] <= following["start"]
    assert [text[e["start"] : e["end"]] for e in entities] == [e["text"] for e in entities]


def test_the_form_that_asks_is_read_from_the_conversation(conversation: Callable[..., DialogueStateTracker]) -> None:
    message = Message({"text": "75011", "language": {"code": "fr"}})
    ShopEntities({}).process([message], conversation(requested_slot="contact"))
    assert [(e["entity"], e["value"]) for e in message.get("entities")] == [("postcode", "75011")]


def test_a_contact_that_an_order_waits_for_is_read_as_one(conversation: Callable[..., DialogueStateTracker]) -> None:
    message = Message({"text": "75011", "language": {"code": "fr"}})
    ShopEntities({}).process([message], conversation(unproved_orders=["1042"]))
    assert [(e["entity"], e["value"]) for e in message.get("entities")] == [("postcode", "75011")]


@pytest.mark.parametrize(
    "text", ["1" * 4000, "a" * 4000, "A1 " * 1300, "1-" * 2000, "a@" * 2000, "12 34 " * 600, "order " * 600]
)
def test_long_nonsense_is_read_quickly(text: str) -> None:
    started = time.thread_time()  # what else the machine does must not count
    ENTITIES.find(text)
    assert time.thread_time() - started < 2


@pytest.mark.parametrize(
    "text", ["case Q-1006?", "q-1006", "q1006 news", "Q 1006", "工单Q-1006怎么样了", "¿mi caso Q‑1006?"]
)
@pytest.mark.parametrize("asked", [None, "order_number", "contact"])
def test_a_case_is_no_order_and_no_postcode(text: str, asked: str | None) -> None:
    assert found(text, asked=asked) == [("case_number", "Q-1006")]


def test_a_case_beside_an_order() -> None:
    assert found("Q-1102 is about order 1006") == [("case_number", "Q-1102"), ("order_number", "1006")]
    assert found("q 1006 no llega", "es") == [("order_number", "1006")]


def test_order_numbers_that_look_like_cases_are_the_shops() -> None:
    numbers = [(e["entity"], e["value"]) for e in ShopEntities({"order_number": r"Q-\d{4}"}).find("where is q-1006")]
    assert numbers == [("order_number", "Q-1006")]
