"""The figures of a model: what they count, and what the page says."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.quality import report
from assistant.quality.figures import (
    calibration_error,
    emotion_figures,
    entity_rows,
    intent_figures,
    intent_rows,
    needs_figures,
)
from assistant.quality.measured import is_chosen, measure
from assistant.quality.pages import page
from assistant.quality.typing_errors import mistyped
from assistant.quality.understanding import Model, NoModel, Understood, newest_model, understood


def got(intent: str, confidence: float = 0.9, asks: bool = False, **more: Any) -> Understood:
    given = {"needs": (intent,), "emotion": "calm", "entities": Counter(), "seconds": 0.01, **more}
    return Understood(intent, confidence, asks, **given)


def test_intents_are_counted() -> None:
    expected = ["greet", "greet", "out_of_scope", "out_of_scope"]
    found = [got("greet"), got("greet", asks=True), got("out_of_scope"), got("greet")]
    figures = intent_figures(expected, found)
    assert figures.accuracy == 0.75
    assert (figures.acts_rightly, figures.asks, figures.acts_wrongly) == (0.5, 0.25, 0.25)
    assert (figures.out_of_scope_recall, figures.false_alarms) == (0.5, 0.0)
    assert figures.macro_f1 == pytest.approx((0.8 + 2 / 3) / 2)


def test_no_messages_are_no_failure() -> None:
    assert intent_figures([], []).accuracy == 0.0
    assert needs_figures([], []).exact == 0.0


def test_a_row_says_with_what_an_intent_is_confused() -> None:
    rows = intent_rows(["stop"] * 4 + ["deny"], ["stop", "deny", "deny", "greet", "deny"])
    assert [row.intent for row in rows] == ["stop", "deny"]  # the weakest first
    assert rows[0].recall == 0.25 and rows[0].precision == 1.0
    assert rows[0].confused_with == (("deny", 2), ("greet", 1))


def test_confidence_that_means_what_it_says_has_no_calibration_error() -> None:
    assert calibration_error([0.75] * 4, np.array([True, True, True, False])) == 0
    assert calibration_error([1.0, 1.0], np.array([True, False])) == 0.5


def test_an_entity_counts_when_kind_and_words_are_right() -> None:
    found = [got("x", entities=Counter({("order_number", "1042"): 1, ("size", "39"): 1, ("language", ""): 1}))]
    rows = {row.kind: row for row in entity_rows([[("order_number", "#1042"), ("size", "39"), ("size", "38")]], found)}
    assert set(rows) == {"order_number", "size", "all"}  # other kinds are not asked for
    assert rows["order_number"].f1 == 1 and rows["size"].recall == 0.5 and rows["size"].precision == 1
    assert rows["all"].expected == 3


def test_feelings_are_counted() -> None:
    found = [got("x", emotion=emotion) for emotion in ("anger", "frustration", "frustration", "anger", "calm")]
    figures = emotion_figures(["anger", "anger", "frustration", "calm", "calm"], found)
    assert (figures.anger_recall, figures.frustration_recall, figures.unhappy_recall) == (0.5, 1.0, 1.0)
    assert (figures.anger_false_alarms, figures.unhappy_false_alarms) == (0.5, 0.5)


def test_needs_count_in_their_order() -> None:
    found = [got("a", needs=needs) for needs in (("a", "b"), ("b", "a"), ("a",), ("a", "b"))]
    figures = needs_figures([["a", "b"], ["a", "b"], ["a"], ["a"]], found)
    assert (figures.singles, figures.compounds) == (2, 2)
    assert (figures.exact, figures.exact_compounds, figures.exact_singles) == (0.5, 0.5, 0.5)
    assert (figures.singles_cut, figures.compounds_seen) == (0.5, 1.0)


def test_the_likeliest_intent_counts_also_where_it_asks_back() -> None:
    parsed = {
        "text": "where is #1042",
        "intent": {"name": "nlu_fallback", "confidence": 0.7},
        "intent_ranking": [{"name": "nlu_fallback", "confidence": 0.7}, {"name": "track_order", "confidence": 0.3}],
        "entities": [{"entity": "order_number", "start": 9, "end": 14, "value": "1042"}],
        "emotion": {"name": "calm", "score": 1.0},
    }
    found = understood(parsed, 0.02)
    assert (found.intent, found.confidence, found.asks, found.needs) == ("track_order", 0.3, True, ("track_order",))
    assert found.entities == Counter({("order_number", "1042"): 1})
    several = understood({**parsed, "needs": [{"intent": "track_order"}, {"intent": "stop"}]}, 0.02)
    assert several.needs == ("track_order", "stop")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Where is my parcel, please? I ordered it a week ago."),
        ("de", "Können Sie mir sagen, wann die Hose wieder lieferbar ist?"),
        ("fr", "Où en est mon remboursement, s'il vous plaît ?"),
        ("es", "¿Dónde está mi paquete? Ya pasaron dos semanas."),
        ("zh-Hans", "你好，我退回去的那双靴子你们仓库收到了吗？"),
    ],
)
def test_typing_errors_are_the_same_every_time_and_leave_most_as_it_is(language: str, text: str) -> None:
    changed = mistyped(text, language)
    assert changed == mistyped(text, language) != text
    assert abs(len(changed) - len(text)) <= 8
    assert len({mistyped(text, language, seed) for seed in range(20)}) > 5


@pytest.mark.parametrize("text", ["order 10422 for anna.lee@example.com", "10422"])
def test_numbers_and_addresses_are_copied_and_not_typed(text: str) -> None:
    assert all("10422" in mistyped(text, "en", seed) for seed in range(30))
    assert all("anna.lee@example.com" in mistyped(text, "en", seed) for seed in range(30)) or "@" not in text


def test_a_message_never_gets_lost() -> None:
    assert mistyped("?", "en") == "?" and mistyped("👍", "en") == "👍" and mistyped("好", "zh-Hans") == "好"


class Parrot:
    """Understands everything as a wish to know where the parcel is."""

    def read(self, text: str, language: str) -> Understood:
        return got("track_order", emotion="anger", entities=Counter({("size", "39"): 1}))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project in small: tests/nlu, and one example."""
    stop = "- intent: stop\n  examples: |\n    - enough now\n"
    nlu = f"nlu:\n- intent: track_order\n  examples: |\n    - where is it\n{stop}"
    written = {
        "en.yml": nlu,
        "unseen/en.yml": nlu,
        "unseen/de.yml": nlu,
        "feelings/en.yml": 'messages:\n- text: "grr"\n  emotion: anger\n',
        "entities/en.yml": 'messages:\n- text: "in 39"\n  entities:\n  - {entity: size, value: "39"}\n',
        "compound/en.yml": 'messages:\n- text: "stop, where is it"\n  needs: [stop, track_order]\n',
    }
    for name, content in written.items():
        path = tmp_path / "tests" / "nlu" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    examples = tmp_path / "data" / "nlu" / "en" / "social.yml"
    examples.parent.mkdir(parents=True)
    examples.write_text("nlu:\n- intent: stop\n  examples: |\n    - Enough, now!\n", encoding="utf-8")
    return tmp_path


def test_all_is_measured_by_language_and_together(project: Path) -> None:
    said: list[str] = []
    measured = measure(Parrot(), "parrot", project, progress=said.append)
    assert {name: of.accuracy for name, of in measured.unseen.items()} == {"de": 0.5, "en": 0.5, "all": 0.5}
    assert set(measured.mistyped) == {"de", "en", "all"} and set(measured.older) == {"en", "all"}
    assert measured.emotions["all"].anger_recall == 1 and measured.needs["en"].exact == 0
    assert measured.entities["all"][-1].f1 == 1
    assert len(measured.seconds) == 4 + 4 + 2 + 3
    assert "unseen, mistyped: de 0 of 2" in said
    assert measured.known == 2


@pytest.mark.parametrize("markdown", [True, False])
def test_the_page_says_what_the_figures_mean(project: Path, markdown: bool) -> None:
    shown = page(measure(Parrot(), "parrot", project), markdown)
    assert "parrot" in shown and "50.0 %" in shown and "seen while examples were written" in shown
    assert "2 of the 4 stand in the examples all the same" in shown
    assert "track_order (2)" in shown and "Only one message" not in shown
    assert shown.startswith("# ") == markdown and ("| language" in shown) == markdown


def test_a_sample_is_not_taken_by_position() -> None:
    texts = [f"message {number}" for number in range(600)]
    chosen = [number for number, text in enumerate(texts) if is_chosen(text, 15)]
    assert 20 < len(chosen) < 60 and len({number % 15 for number in chosen}) > 8
    assert all(is_chosen(text, 1) for text in texts)


def test_files_are_written(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "ROOT", project)
    monkeypatch.setattr(report, "keep_quiet", lambda: None)
    monkeypatch.setattr("assistant.quality.understanding.Model", lambda path: Parrot())
    assert report.main(["m.tar.gz", "--out", str(tmp_path / "page.md"), "--json", str(tmp_path / "figures.json")]) == 0
    assert (tmp_path / "page.md").read_text(encoding="utf-8").startswith("# How well")
    figures = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert figures["model"] == "m.tar.gz" and "seconds" not in figures and "median_ms" in figures


def test_without_a_model_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoModel, match="make train"):
        newest_model(tmp_path)
    with pytest.raises(NoModel, match="is no file"):
        Model(tmp_path / "none.tar.gz")
