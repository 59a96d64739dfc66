"""The trained model: which files it stands for, and what is said when it cannot be trained."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.settings import ROOT
from ops import model
from ops.failure import Failure

CONFIG = """
recipe: default.v1
assistant_id: tiny
language: en
pipeline:
  - name: WhitespaceTokenizer
  - name: CountVectorsFeaturizer
  - name: LogisticRegressionClassifier
policies:
  - name: MemoizationPolicy
"""
DOMAIN = """
version: "3.1"
intents: [greet, goodbye]
responses:
  utter_greet:
    - text: Hello
"""
NLU = """
version: "3.1"
nlu:
  - intent: greet
    examples: |
      - hello
      - hi there
  - intent: goodbye
    examples: |
      - bye
      - see you
"""
STORIES = """
version: "3.1"
stories:
  - story: greeting
    steps:
      - intent: greet
      - action: utter_greet
"""


@pytest.fixture
def project(var_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project to train from, with Rasa's own parts only."""
    project = var_dir / "project"
    (project / "data").mkdir(parents=True)
    (project / "requirements").mkdir()
    (project / "config.yml").write_text(CONFIG, encoding="utf-8")
    (project / "domain.yml").write_text(DOMAIN, encoding="utf-8")
    (project / "data" / "nlu.yml").write_text(NLU, encoding="utf-8")
    (project / "data" / "stories.yml").write_text(STORIES, encoding="utf-8")
    shutil.copy(ROOT / "requirements" / "assistant.txt", project / "requirements")
    monkeypatch.setattr(model, "ROOT", project)
    return project


def test_any_change_of_the_data_asks_for_another_model(project: Path) -> None:
    before = model.fingerprint()
    assert model.fingerprint() == before
    data = project / "data" / "nlu.yml"
    data.write_text(NLU.replace("see you", "see you soon"), encoding="utf-8")
    changed = model.fingerprint()
    data.write_text(NLU, encoding="utf-8")
    data.rename(project / "data" / "examples.yml")
    assert len({before, changed, model.fingerprint()}) == 3
    assert model.fitting_model() is None


def test_what_an_editor_leaves_asks_for_no_other_model(project: Path) -> None:
    before = model.fingerprint()
    for name in (".nlu.yml.swp", ".DS_Store", "nlu.yml~", "README.md"):
        (project / "data" / name).write_text("x", encoding="utf-8")
    assert model.fingerprint() == before


@pytest.mark.slow
def test_a_model_is_trained_once_and_found_again(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with ThreadPoolExecutor() as two:
        trained, beside = two.map(lambda _: model.ensure_model(), range(2))
    assert trained == beside == project / "models" / f"quayside-{model.fingerprint()}.tar.gz"
    printed = capsys.readouterr().out
    assert printed.count("Training the model") == 1 and "waiting for it" in printed
    assert model.ensure_model() == trained
    assert capsys.readouterr().out == "", "a model that fits is not trained again"


@pytest.mark.slow
def test_a_failed_training_says_why_and_leaves_no_model(project: Path) -> None:
    (project / "config.yml").write_text(CONFIG.replace("MemoizationPolicy", "NoSuchPolicy"), encoding="utf-8")
    with pytest.raises(Failure) as failure:
        model.ensure_model()
    assert str(failure.value).startswith("Training failed:\nInvalidConfigException: ")
    assert "NoSuchPolicy" in str(failure.value) and "Warning" not in str(failure.value)
    assert "Mend the data and try again" in str(failure.value)
    assert not list((project / "models").glob("*.tar.gz"))


def test_the_reason_of_a_failure_is_not_lost_in_what_follows_it() -> None:
    names = "".join(f"\t - utter_{number}\n" for number in range(300))
    log = (
        "/lib/util.py:52: DeprecationWarning: jax.xla_computation is deprecated. Please use the AOT APIs.\n"
        "  from jax import xla_computation\n"
        "2026-11-26 16:23:40 ERROR    rasa.engine.graph  - Error running graph component for node train_RulePolicy1.\n"
        "\x1b[91mActionNotFoundException: Cannot access action 'utter_greet_foo'. Available actions are: \n"
        f"{names}\x1b[0m\n"
    )
    reason = model._reason(log).splitlines()
    assert reason[0].endswith("train_RulePolicy1.")
    assert reason[1] == "ActionNotFoundException: Cannot access action 'utter_greet_foo'. Available actions are: "
    assert "DeprecationWarning" not in "".join(reason) and "\x1b" not in "".join(reason)
    assert len(reason) < 15 and "more lines" in reason[-1]
