"""Cross-validation: no example is understood by what was fitted on it, and the report tells of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from scipy.sparse import csr_matrix

from assistant.nlu.features import Inputs
from assistant.nlu.intents import NetworkIntentClassifier
from assistant.nlu.spelling import WordPieces
from assistant.nlu.vectors import SETTING
from assistant.quality import cross_validation, report
from assistant.quality.cross_validation import (
    CannotCrossValidate,
    CrossValidation,
    component_options,
    cross_validate,
)
from assistant.quality.examples import ROOT, UnreadableFile
from assistant.quality.measured import Measured
from assistant.quality.pages import page
from assistant.quality.understanding import Understood

CONFIG = """
pipeline:
  - {name: assistant.nlu.vectors.SentenceVectors, encoders: [use, e5-tuned]}
  - {name: assistant.nlu.spelling.WordPieces, shortest: 2, longest: 3, size: 10}
  - {name: assistant.nlu.intents.NetworkIntentClassifier, hidden: 8, epochs: 2}
"""
STOP = ("stop", "stop it", "stop now", "do stop", "stop please")
TRACK = ("where is it", "where is my parcel", "where are my shoes", "so where is it", "where now")


class Nearest:
    """Answers with the label of the nearest row that it was fitted on, and remembers what it was given."""

    def __init__(self) -> None:
        self.intents: list[str] = []
        self.fitted: list[float] = []
        self.asked: list[float] = []

    def fit(self, inputs: Inputs, labels: list[str]) -> None:
        vectors = inputs.joined()
        assert not self.fitted, "one classifier was fitted twice"
        assert len(vectors) == inputs.pieces.shape[0] == len(labels)
        self.intents, self.fitted, self._labels = sorted(set(labels)), list(vectors[:, 0]), labels

    def probabilities(self, inputs: Inputs) -> np.ndarray:
        vectors = inputs.joined()
        assert len(vectors) == inputs.pieces.shape[0]
        self.asked = list(vectors[:, 0])
        near = np.abs(vectors - np.array(self.fitted)).argmin(axis=1)
        return np.array([[0.9 if self._labels[i] == name else 0.1 for name in self.intents] for i in near])


def makes(made: list[Nearest]) -> Callable[[], Nearest]:
    """Return what makes a classifier and keeps it in a list."""

    def make() -> Nearest:
        made.append(Nearest())
        return made[-1]

    return make


ROWS = np.array([[0.0], [0.1], [0.2], [9.0], [9.1], [9.2], [9.31]])
LABELS = ["a", "a", "a", "b", "b", "b", "a"]  # the last one is labelled wrongly


def test_each_example_is_understood_by_a_classifier_fitted_without_it() -> None:
    made: list[Nearest] = []
    said: list[str] = []
    found = cross_validate(makes(made), Inputs({"one": ROWS}, csr_matrix(ROWS)), LABELS, 3, said.append)
    assert len(made) == 3 and said[-1] == "cross-validation: fold 3 of 3"
    assert sorted(row for one in made for row in one.asked) == list(ROWS[:, 0])
    assert all(sorted(one.asked + one.fitted) == list(ROWS[:, 0]) for one in made)
    assert [one.intent for one in found[:3]] == ["a", "a", "a"] and found[6].intent == "b"
    assert all(one.confidence == 0.9 for one in found)


def test_the_assistants_own_classifier_is_cross_validated() -> None:
    draws = np.random.default_rng(3)
    labels = ["a", "b", "c"] * 8
    rows = np.eye(3, 6, dtype=np.float32)[[0, 1, 2] * 8] + draws.normal(0, 0.01, (24, 6)).astype(np.float32)

    def make() -> NetworkIntentClassifier:
        return NetworkIntentClassifier({"hidden": 16, "epochs": 30}, LocalModelStorage(Path()), Resource("none"))

    found = cross_validate(make, Inputs({"one": rows}, csr_matrix(rows > 0.5, dtype=np.float32)), labels, 2)
    assert [one.intent for one in found] == labels
    assert all(1 / 3 < one.confidence <= 1 for one in found)


@pytest.mark.parametrize(
    ("labels", "folds", "says"),
    [
        (["a"] * 4 + ["b"] * 2, 3, "b has 2"),
        (["a"] * 4, 2, "two intents"),
        (["a", "a", "b", "b"], 1, "two folds or more"),
    ],
)
def test_examples_that_cannot_be_cut_are_told(labels: list[str], folds: int, says: str) -> None:
    rows = np.zeros((len(labels), 1))
    with pytest.raises(CannotCrossValidate, match=says):
        cross_validate(Nearest, Inputs({"one": rows}, csr_matrix(rows)), labels, folds)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in small: config.yml, examples in two languages, and a held-back message."""
    monkeypatch.delenv(SETTING, raising=False)
    (tmp_path / "config.yml").write_text(CONFIG, encoding="utf-8")
    for language in ("en", "de"):
        blocks = "".join(
            f"- intent: {intent}\n  metadata: {{language: {language}}}\n  examples: |\n"
            + "".join(f"    - {text} ({language})\n" for text in texts)
            for intent, texts in (("stop", STOP), ("track_order", TRACK))
        )
        path = tmp_path / "data" / "nlu" / language / "social.yml"
        path.parent.mkdir(parents=True)
        path.write_text(f"nlu:\n{blocks}", encoding="utf-8")
    unseen = tmp_path / "tests" / "nlu" / "unseen" / "en.yml"
    unseen.parent.mkdir(parents=True)
    unseen.write_text("nlu:\n- intent: stop\n  examples: |\n    - enough now\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The encoders that are asked; their vectors only tell which sentences begin with "where"."""
    asked: list[str] = []

    def vectors(name: str, texts: list[str], *_: object, **__: object) -> np.ndarray:
        asked.append(name)
        return np.array([[text.startswith("where"), not text.startswith("where")] for text in texts], dtype=np.float32)

    monkeypatch.setattr(cross_validation, "known_vectors", vectors)
    return asked


def test_an_encoder_that_learnt_from_the_examples_is_left_out(project: Path, encoded: list[str]) -> None:
    found = CrossValidation(project, 5).run()
    assert encoded == found.encoders == ["use"] and found.left_out == ["e5-tuned"]
    assert list(found.languages) == ["de", "en", "all"]
    assert [of.messages for of in found.languages.values()] == [10, 10, 20]
    assert {row.intent: row.messages for row in found.intents} == {"stop": 10, "track_order": 10}


def test_a_text_that_stands_in_two_languages_counts_twice(project: Path, encoded: list[str]) -> None:
    for path in (project / "data" / "nlu").glob("*/*.yml"):
        path.write_text(path.read_text(encoding="utf-8").replace("stop it (de)", "stop it (en)"), encoding="utf-8")
    assert CrossValidation(project, 2).run().languages["all"].messages == 20


def test_without_an_encoder_that_is_left_it_says_what_to_do(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, "e5-tuned")
    with pytest.raises(CannotCrossValidate, match="all see e5-tuned"):
        CrossValidation(project, 5)


@pytest.mark.parametrize("markdown", [True, False])
def test_the_page_has_a_section(project: Path, encoded: list[str], markdown: bool) -> None:
    measured = Measured("parrot", cross_validated=CrossValidation(project, 5).run())
    shown = page(measured, markdown)
    assert ("## Cross-validation\n" in shown) == markdown and ("\nCROSS-VALIDATION\n" in shown) != markdown
    assert "in 5 parts" in shown and "vectors by use." in shown and "Without e5-tuned, which learnt from all" in shown
    assert "the weakest intent first" in shown and "track_order" in shown
    assert "cross-validation" not in page(Measured("parrot"), markdown).lower()


def test_what_the_pipeline_sets_is_read() -> None:
    options = component_options(ROOT / "config.yml", NetworkIntentClassifier)[0]
    assert set(options) <= set(NetworkIntentClassifier.get_default_config()) and options["hidden"] > 0
    assert component_options(ROOT / "config.yml", WordPieces)[0]["longest"] >= 1


@pytest.mark.parametrize("content", ["", "pipeline:\n- name: SomethingElse\n", "pipeline: [\n"])
def test_a_pipeline_without_the_component_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "config.yml").write_text(content, encoding="utf-8")
    with pytest.raises(UnreadableFile, match=r"config\.yml:\d"):
        component_options(tmp_path / "config.yml", WordPieces)


class Parrot:
    """Understands everything as a wish to stop."""

    def read(self, text: str, language: str) -> Understood:
        return Understood("stop", 0.9, False, ("stop",), "calm", Counter(), 0.01)


@pytest.fixture
def reported(project: Path, encoded: list[str], monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(report, "ROOT", project)
    monkeypatch.setattr(report, "keep_quiet", lambda: None)
    monkeypatch.setattr("assistant.quality.understanding.Model", lambda path: Parrot())
    return project


def test_the_report_cross_validates_when_asked(reported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = reported / "figures.json"
    assert report.main(["m.tar.gz", "--cross-validate", "--folds", "2", "--json", str(file)]) == 0
    assert "CROSS-VALIDATION, INTENTS" in capsys.readouterr().out
    figures = json.loads(file.read_text(encoding="utf-8"))
    assert figures["resident_mb"] > 0
    validated = figures["cross_validated"]
    assert (validated["folds"], validated["encoders"], validated["left_out"]) == (2, ["use"], ["e5-tuned"])
    assert 0 <= validated["languages"]["all"]["accuracy"] <= 1 and len(validated["intents"]) == 2
    assert report.main(["m.tar.gz", "--json", str(file)]) == 0
    assert json.loads(file.read_text(encoding="utf-8"))["cross_validated"] is None


@pytest.mark.parametrize(("folds", "says"), [("5", "There are no examples in"), ("11", "stop has 10"), ("0", "two")])
def test_examples_that_are_missing_are_told_before_a_model_is_read(
    reported: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folds: str, says: str
) -> None:
    def no_model(path: Path) -> Parrot:
        raise AssertionError("the model was read")

    monkeypatch.setattr("assistant.quality.understanding.Model", no_model)
    if folds == "5":
        for path in (reported / "data" / "nlu").glob("*/*.yml"):
            path.unlink()
    assert report.main(["m.tar.gz", "--cross-validate", "--folds", folds]) == 1
    told = capsys.readouterr().err
    assert "quayside: " in told and says in told
