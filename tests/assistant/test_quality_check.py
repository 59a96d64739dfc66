"""The check of training examples: what a trainer is told, and what they are not bothered with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.quality import check as checking
from assistant.quality.check import check, main
from assistant.quality.confirmed import read_confirmed
from assistant.quality.examples import UnreadableFile
from assistant.quality.finding import Finding, shown
from assistant.quality.neighbours import strangers
from assistant.quality.vectors import vectors

DOMAIN = "intents: [greet, track_order, {cancel_order: {use_entities: []}}]\n"
CONFIG = "pipeline:\n- name: assistant.nlu.language.LanguageIdentifier\n  languages: [en, de, zh-Hans]\n"


def block(intent: str, *texts: str, metadata: str = "language: en") -> str:
    lines = "".join(f"    - {text}\n" for text in texts)
    return f"- intent: {intent}\n  metadata:\n    {metadata}\n  examples: |\n{lines}"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with nothing to train on yet."""
    for folder in (
        "data/nlu/en",
        "data/nlu/de",
        "data/needs",
        "tests/nlu/unseen",
        "tests/nlu/compound",
        "tests/conversations",
    ):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "domain.yml").write_text(DOMAIN, encoding="utf-8")
    (tmp_path / "config.yml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


def write(project: Path, *blocks: str, name: str = "data/nlu/en/social.yml") -> None:
    (project / name).write_text('version: "3.1"\nnlu:\n' + "".join(blocks), encoding="utf-8")


def told(project: Path) -> list[tuple[str, str, str]]:
    """What is refused: its kind, its file and line, and the sentence."""
    return [
        (finding.kind, finding.place.removeprefix(f"{project}/data/nlu/"), finding.advice) for finding in check(project)
    ]


def test_good_examples_are_in_order(project: Path) -> None:
    write(project, block("greet", "hello there", "good morning"), block("track_order", "where is my parcel?"))
    assert told(project) == []


def test_a_duplicate_is_found_whatever_its_accents_and_punctuation(project: Path) -> None:
    write(project, block("greet", "Héllo, there!", "hi", "hello there"))
    [(kind, place, advice)] = told(project)
    assert (kind, place) == ("duplicate", "en/social.yml:9")
    assert "social.yml:7 already" in advice and "Delete one" in advice


def test_the_same_sentence_in_two_languages_is_no_duplicate(project: Path) -> None:
    write(project, block("greet", "hallo"))
    write(project, block("greet", "hallo", metadata="language: de"), name="data/nlu/de/social.yml")
    assert told(project) == []


def test_a_contradiction_names_both_intents(project: Path) -> None:
    write(project, block("greet", "anything new"), block("track_order", "Anything new?"))
    [(kind, place, advice)] = told(project)
    assert (kind, place) == ("contradiction", "en/social.yml:12")
    assert "track_order here and greet in" in advice and "README.md" in advice


def test_a_contradiction_between_languages_is_one_only_to_the_letter(project: Path) -> None:
    write(project, block("greet", "namaste", "paypal?"))
    texts = block("track_order", "namaste", "paypal", metadata="language: de")
    write(project, texts, name="data/nlu/de/social.yml")
    [(kind, place, advice)] = told(project)
    assert (kind, place) == ("contradiction", "en/social.yml:7") and "track_order in" in advice


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tests/nlu/unseen/en.yml", "nlu:\n" + block("track_order", "Where, oh where, is it?")),
        ("tests/nlu/compound/en.yml", 'messages:\n- text: "Where, oh where, is it?"\n  needs: [track_order]\n'),
        (
            "tests/conversations/one.yml",
            'test_cases:\n- test_case: one\n  steps:\n  - user: "Where, oh where, is it?"\n  - text_contains: ["x"]\n',
        ),
    ],
)
def test_a_sentence_that_a_test_measures_with_is_a_leak(project: Path, name: str, content: str) -> None:
    (project / name).write_text(content, encoding="utf-8")
    write(project, block("track_order", "where oh where is it"))
    [(kind, place, advice)] = told(project)
    assert (kind, place) == ("leak", "en/social.yml:7")
    assert name in advice


def test_messages_with_several_needs_are_checked_too(project: Path) -> None:
    (project / "tests/nlu/compound/en.yml").write_text(
        'messages:\n- text: "cancel it, and where is it"\n  needs: [track_order]\n', encoding="utf-8"
    )
    (project / "data/needs/en.yml").write_text(
        'messages:\n- text: "Cancel it and where is it?"\n  needs: [track_order]\n'
        '- text: "where is it, and sing me a song"\n  needs: [track_order, sing]\n- text: "hm"\n  needs: []\n',
        encoding="utf-8",
    )
    found = told(project)
    assert [kind for kind, *_ in found] == ["unknown needs", "unknown needs", "leak"]
    assert "sing" in found[0][2] and "nothing" in found[1][2]


def test_what_everybody_says_is_no_leak(project: Path) -> None:
    write(project, block("greet", "good morning"), name="tests/nlu/unseen/en.yml")
    write(project, block("greet", "good morning"))
    assert told(project) == []


def test_a_sentence_in_another_language_is_found(project: Path) -> None:
    write(project, block("track_order", "Ich möchte bitte wissen, wo meine Bestellung geblieben ist"))
    [(kind, _, advice)] = told(project)
    assert kind == "wrong language" and "looks like de, not en" in advice


@pytest.mark.parametrize(
    "text",
    ["where is my Paket, bitte", "merci beaucoup", "1042, anna@example.de", "Müller Straße 5", "where is my 快递"],
)
def test_mixed_and_short_sentences_are_left_alone(project: Path, text: str) -> None:
    write(project, block("track_order", text))
    assert told(project) == []


def test_a_confirmed_sentence_may_stand_in_another_languages_file(project: Path) -> None:
    text = "Ich möchte bitte wissen, wo meine Bestellung geblieben ist"
    write(project, block("track_order", text))
    (project / "data/nlu/confirmed.yml").write_text(f"languages:\n  en:\n  - {text}\n", encoding="utf-8")
    assert told(project) == []


@pytest.mark.parametrize(
    ("written", "kind", "words"),
    [
        (block("greet", "hi", metadata="emotion: anger"), "block without a language", "Write one of en, de, zh-Hans"),
        (
            block("greet", "hi", metadata="language: de"),
            "block in another language's folder",
            "Move it to de/social.yml",
        ),
        (block("salute", "hi"), "unknown intent", "no intent salute"),
        (block("greet", "hi", metadata="{language: en, emotion: rage}"), "unknown emotion", "frustration, anger, calm"),
        (block("greet", "hi [Anna](name)"), "brackets", "without brackets"),
    ],
)
def test_a_block_that_is_not_whole_is_refused(project: Path, written: str, kind: str, words: str) -> None:
    write(project, written)
    [(found, _, advice)] = told(project)
    assert found == kind and words in advice


def test_a_broken_file_is_named_with_its_line(project: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    (project / "data/nlu/en/social.yml").write_text("nlu:\n- intent: greet\n  examples: [hi\n", encoding="utf-8")
    with pytest.raises(UnreadableFile, match=r"social\.yml:\d"):
        check(project)


def test_examples_must_be_lines(project: Path) -> None:
    write(project, "- intent: greet\n  metadata: {language: en}\n  examples: [hi]\n")
    with pytest.raises(UnreadableFile, match=r"social\.yml:3: .*examples: \|"):
        check(project)


def test_a_sentence_among_strangers_is_found_unless_confirmed(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    near, far = [1.0, 0.0], [0.0, 1.0]
    write(project, block("greet", "a", "b", "c", "where is it now"), block("track_order", "d", "e", "f", "g"))
    rows = np.array([near] * 3 + [far] * 5, dtype=np.float32)
    monkeypatch.setattr("assistant.quality.vectors.joined_vectors", lambda texts, progress: rows)
    [finding] = check(project, neighbours=3)
    assert finding.kind == "among strangers" and finding.place.endswith("social.yml:10")
    assert "is greet; 3 of its 3 neighbours are track_order" in finding.advice and "confirmed.yml" in finding.advice
    (project / "data/nlu/confirmed.yml").write_text("neighbours:\n  greet:\n  - Where is it, now?\n", encoding="utf-8")
    assert check(project, neighbours=3) == []


def test_strangers_must_agree_among_each_other() -> None:
    rows = np.eye(6, dtype=np.float32) + 0.1
    assert strangers(rows, ["a", "b", "c", "d", "e", "f"], k=4) == []


def test_a_wrong_list_of_confirmed_sentences_says_what_belongs_there(tmp_path: Path) -> None:
    path = tmp_path / "confirmed.yml"
    path.write_text("greet:\n- hello\n", encoding="utf-8")
    with pytest.raises(UnreadableFile, match="only `neighbours:` and `languages:`"):
        read_confirmed(path)
    assert not read_confirmed(tmp_path / "none.yml").neighbours


def test_what_is_shown_is_grouped_and_limited() -> None:
    found = [Finding("leak", f"en/a.yml:{n}", "Delete it.") for n in range(5)] + [
        Finding("brackets", "en/b.yml:1", "Mend.")
    ]
    assert list(shown(found, 2)) == [
        "brackets: 1",
        "  en/b.yml:1: Mend.",
        "leak: 5",
        "  en/a.yml:0: Delete it.",
        "  en/a.yml:1: Delete it.",
        "  … and 3 more (--limit 0 shows all)",
    ]
    assert len(list(shown(found, 0))) == 8


@pytest.mark.parametrize(("found", "code"), [([], 0), ([Finding("leak", "en/a.yml:1", "Delete it.")], 1)])
def test_the_exit_status_says_whether_anything_is_refused(
    found: list[Finding], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checking, "check", lambda neighbours: found)
    monkeypatch.setattr(checking, "keep_quiet", lambda: None)
    assert main([]) == code
    assert ("1 training examples are refused" in capsys.readouterr().out) == bool(found)


class Letters:
    """Counts letters, and how often it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: list[str]) -> np.ndarray:
        self.asked += texts
        return np.array([[len(text), 1.0] for text in texts], dtype=np.float32)


def test_each_text_is_read_once_and_kept(tmp_path: Path) -> None:
    letters = Letters()
    first = vectors(["a", "bbb", "a"], "use", tmp_path, opened=lambda _: letters)
    again = vectors(["bbb", "cc"], "use", tmp_path, opened=lambda _: letters)
    assert first.tolist() == [[1, 1], [3, 1], [1, 1]] and again.tolist() == [[3, 1], [2, 1]]
    assert letters.asked == ["a", "bbb", "cc"]


def test_a_broken_file_of_vectors_is_made_again(tmp_path: Path) -> None:
    letters = Letters()
    vectors(["a"], "use", tmp_path, opened=lambda _: letters)
    [kept] = tmp_path.glob("*.npz")
    kept.write_bytes(kept.read_bytes()[:40])
    assert vectors(["a"], "use", tmp_path, opened=lambda _: letters).tolist() == [[1, 1]]
    assert letters.asked == ["a", "a"]
