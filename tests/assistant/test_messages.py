"""Extraction and check of the translations."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.replies import messages
from assistant.replies.catalogue import po_files, read_catalogue

DOMAIN = """
responses:
  utter_a:
    - text: "Order {number} is here."
      buttons: [{title: "Good", payload: /affirm}]
    - text: "{number} has come."
  utter_b: [{text: "Bye."}]
  utter_long: [{text: "We will look for it."}]
"""
CONFIG = "pipeline: [{name: assistant.nlu.language.LanguageIdentifier, languages: [en, es]}]"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "domain.yml").write_text(DOMAIN, encoding="utf-8")
    (tmp_path / "config.yml").write_text(CONFIG, encoding="utf-8")
    _catalogue(tmp_path, "es", "")
    return tmp_path


def _catalogue(place: Path, locale: str, entries: str) -> Path:
    file = place / "locales" / locale / "LC_MESSAGES" / "replies.po"
    file.parent.mkdir(parents=True, exist_ok=True)
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n'
    file.write_text(header + entries, encoding="utf-8")
    return file


def _entry(context: str, english: str, translation: str, flag: str = "") -> str:
    return f'\n{flag}\nmsgctxt "{context}"\nmsgid "{english}"\nmsgstr "{translation}"\n'


COMPLETE = (
    _entry("utter_a", "Order {number} is here.", "El pedido {number} está aquí.")
    + _entry("utter_a", "{number} has come.", "Ha llegado {number}.")
    + _entry("utter_a.button", "Good", "Bien")
    + _entry("utter_b", "Bye.", "Adiós.")
    + _entry("utter_long", "We will look for it.", "Lo buscamos.")
)


def _problems(place: Path) -> list[str]:
    return list(messages.problems(place / "domain.yml", place / "locales", place / "config.yml"))


def test_extract_adds_what_is_new_and_keeps_what_is_there(place: Path) -> None:
    file = _catalogue(place, "es", _entry("utter_b", "Bye.", "Adiós.") + _entry("utter_old", "Gone.", "Ido."))
    messages.extract(place / "domain.yml", place / "locales")
    catalogue = read_catalogue(file)
    assert catalogue.get("Bye.", "utter_b").string == "Adiós."
    assert catalogue.get("Good", "utter_a.button").string == ""
    assert "#~ msgstr" in file.read_text(encoding="utf-8")
    assert (place / "locales" / "replies.pot").exists()


def test_extract_twice_changes_nothing(place: Path) -> None:
    _catalogue(place, "es", COMPLETE)
    files = messages.extract(place / "domain.yml", place / "locales")
    once = [file.read_bytes() for file in files]
    messages.extract(place / "domain.yml", place / "locales")
    assert [file.read_bytes() for file in files] == once


def test_complete_translations_pass(place: Path) -> None:
    _catalogue(place, "es", COMPLETE)
    assert _problems(place) == []


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (COMPLETE.replace("Adiós.", ""), "utter_b 'Bye.' is not translated"),
        (COMPLETE.replace("Ha llegado {number}.", "Ha llegado {numero}."), "placeholders ['numero']"),
        (COMPLETE.replace("El pedido {number} está", "El pedido está"), "has the placeholders [] where"),
        (COMPLETE.replace("Bien", "Bien {Number}"), "a brace that is no placeholder"),
        (COMPLETE + _entry("utter_b", "Bye.", "Adiós.", "#, fuzzy"), "fuzzy"),
        (COMPLETE.replace("Lo buscamos.", "Lo buscamos. We will look for it."), "'We will look for'"),
    ],
)
def test_what_is_wrong_is_said(place: Path, broken: str, said: str) -> None:
    if "fuzzy" in said:
        broken = broken.replace(_entry("utter_b", "Bye.", "Adiós."), "", 1)
    _catalogue(place, "es", broken)
    found = _problems(place)
    assert len(found) == 1 and said in found[0], found


def test_a_served_language_without_catalogue_and_an_unknown_locale_are_found(place: Path) -> None:
    _catalogue(place, "es", COMPLETE)
    (place / "config.yml").write_text(CONFIG.replace("es]", "es, fr]"), encoding="utf-8")
    _catalogue(place, "xx_Nowhere", COMPLETE)
    assert _problems(place) == [
        "fr is served (config.yml) and has no replies.po",
        "xx_Nowhere is not a locale that CLDR knows",
    ]


def test_this_projects_replies_are_all_translated() -> None:
    assert set(po_files()) >= {"es", "fr", "de", "zh-Hans"}
    assert list(messages.problems()) == []
