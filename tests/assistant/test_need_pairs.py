"""Two parts of a message: what is seen of them, and that what was learnt from it decides as the examples do."""

from __future__ import annotations

import pytest

from assistant.nlu.need_pairs import BOTH, FIRST, SECOND, VERDICTS, WEIGHTS, Part, features, lines, verdict
from assistant.nlu.needs import NeedReader
from assistant.nlu.phrases import data_of
from assistant.tuning.needs import Case, learnt, rows

TEXT = "cancel the lamp, and where is the rest?"
LAMP, REST = (0, 16), (16, len(TEXT))


def part(place: tuple[int, int], **ranking: float) -> Part:
    return Part([{"name": name, "confidence": sure} for name, sure in ranking.items()], *place)


WHOLE = part((0, len(TEXT)), cancel_order=0.6, track_order=0.3)


def test_what_is_seen_of_two_parts() -> None:
    told = features(TEXT, WHOLE, part(LAMP, cancel_order=0.9), part(REST, track_order=0.9, cancel_order=0.05))
    assert told["first is sure"] == told["second is sure"] > 2
    assert told["second may be first"] > told["first may be second"]
    assert (told["comma between"], told["first asks"], told["second asks"]) == (1, 0, 1)
    assert told["second is long"] > 0


@pytest.mark.parametrize(
    ("first", "second", "holds"),
    [
        ("track_order", "parcel_delayed", "family"),
        ("damaged_item", "request_refund", "reason, then wish"),
        ("request_refund", "damaged_item", "wish, then reason"),
        ("complaint", "track_order", "first is a feeling"),
        ("track_order", "human_agent", "second is a feeling"),
    ],
)
def test_how_intents_belong_together(first: str, second: str, holds: str) -> None:
    assert lines().signs(first, second)[holds] and lines().are_alike(first, second)
    assert not lines().are_alike("cancel_order", "track_order")


def test_the_weights_are_those_of_what_is_seen() -> None:
    weights = data_of(WEIGHTS)
    assert set(weights) == set(VERDICTS)
    signs = features(TEXT, WHOLE, part(LAMP, cancel_order=0.9), part(REST, track_order=0.9)).keys()
    assert all(of.keys() == signs for of in weights.values())


def test_certain_or_impossible_is_no_trouble() -> None:
    told = features("", part((0, 0), greet=1.0), part((0, 0), greet=1.0), part((0, 0), greet=0.0))
    assert all(abs(value) < 10 for value in told.values()) and verdict(told) in VERDICTS


def case(first: str, second: str, whole: str, *needs: str) -> Case:
    runs = {(0, 1): part(LAMP, **{first: 0.9}), (1, 2): part(REST, **{second: 0.9})}
    return Case(TEXT, part((0, len(TEXT)), **{whole: 0.5}), runs, needs)


CASES = [
    case("cancel_order", "track_order", "cancel_order", "cancel_order", "track_order"),
    case("invoice_request", "stock", "stock", "invoice_request", "stock"),
    case("damaged_item", "request_refund", "request_refund", "request_refund"),
    case("missing_item", "exchange_item", "exchange_item", "exchange_item"),
    case("track_order", "parcel_delayed", "track_order", "track_order"),
    case("stock", "product_question", "stock", "stock"),
]


def test_the_right_verdict_of_an_example() -> None:
    right = [verdict for case in CASES for _, verdict in rows(case, NeedReader({}))]
    assert right == [BOTH, BOTH, SECOND, SECOND, FIRST, FIRST]
    alike = case("stock", "stock", "stock", "stock")
    elsewhere = case("stock", "greet", "stock", "track_order")
    assert [*rows(alike, NeedReader({})), *rows(elsewhere, NeedReader({}))] == []


def test_what_was_learnt_decides_as_the_examples_do() -> None:
    weights = learnt(CASES * 40, NeedReader({}))
    assert set(weights) == set(VERDICTS)
    for example in CASES:
        for told, right in rows(example, NeedReader({})):
            scores = {name: sum(weights[name][sign] * value for sign, value in told.items()) for name in VERDICTS}
            assert max(scores, key=lambda name: scores[name]) == right
