"""The gateway's texts: complete in every language, and the language found for a browser's tag."""

from __future__ import annotations

import json
import re
import string
from pathlib import Path

import pytest

from gateway import catalogue
from gateway.texts import Texts, catalogue_paths, read_catalogue, read_source

TEXTS = Texts.load()
NAMES = [name for group in read_source().values() for name in group]
CHANNELS = Path(__file__).parents[2] / "gateway" / "channels"
WIDGET = CHANNELS / "widget" / "quayside-chat.js"
STOREFRONT = CHANNELS / "storefront"


def placeholders(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


def test_the_first_five_languages_are_there() -> None:
    assert set(catalogue_paths()) >= {"es", "fr", "de", "zh-Hans"}


@pytest.mark.parametrize("language", sorted(catalogue_paths()))
def test_every_text_is_translated_with_its_placeholders(language: str) -> None:
    assert catalogue.missing(catalogue_paths()[language], read_source()) == []
    for message in read_catalogue(catalogue_paths()[language]):
        if message.id:
            assert placeholders(message.string) == placeholders(message.id), message.context


def test_names_are_unique_over_the_groups() -> None:
    assert len(NAMES) == len(set(NAMES))


def test_the_widget_asks_for_no_text_that_is_not_there() -> None:
    script = WIDGET.read_text(encoding="utf-8")
    fallback = re.search(r"const TEXTS = \{(.*?)\n  \};", script, re.DOTALL)
    assert fallback is not None
    asked = set(re.findall(r"^    (\w+):", fallback.group(1), re.MULTILINE))
    assert asked
    assert asked <= set(read_source()["widget"])


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("es-MX", "es"),
        ("es_ES", "es"),
        ("ES", "es"),
        ("es-419", "es"),
        ("zh-CN", "zh-Hans"),
        ("zh-SG", "zh-Hans"),
        ("zh-Hans", "zh-Hans"),
        ("zh-hans-cn", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("zh-TW", "zh-Hans"),
        ("en-US-u-ca-gregory", "en"),
        ("de-CH-1996", "de"),
        ("tlh", None),
        ("*", None),
        ("", None),
        (None, None),
        ("x" * 64, None),
        ("../../etc/passwd", None),
        ("-", None),
    ],
)
def test_a_browsers_tag_finds_its_language(tag: str | None, language: str | None) -> None:
    assert TEXTS.negotiate(tag) == language


def test_a_browsers_header_finds_its_language() -> None:
    assert TEXTS.from_header("tlh, fr-CH;q=0.9, en;q=0.8") == "fr"
    assert TEXTS.from_header("tlh") is None
    assert TEXTS.from_header(None) is None


def test_a_language_we_do_not_have_is_answered_in_english() -> None:
    assert TEXTS.say("empty", "tlh") == TEXTS.say("empty", "en") == TEXTS.say("empty", None)


def test_a_new_language_is_a_new_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = read_source()
    path = tmp_path / "ar" / "LC_MESSAGES" / "gateway.po"
    catalogue.update(path, "ar", source)
    assert set(catalogue.missing(path, source)) == set(NAMES)
    written = path.read_text(encoding="utf-8").replace('msgid "Send"\nmsgstr ""', 'msgid "Send"\nmsgstr "إرسال"')
    path.write_text(written, encoding="utf-8")
    texts = Texts(source, {"ar": read_catalogue(path)})
    assert texts.widget("ar", "Shop")["send"] == "إرسال"
    assert texts.widget("ar", "Shop")["title"] == "Shop support"
    assert texts.direction("ar") == "rtl"
    assert texts.negotiate("ar-EG") == "ar"

    # A changed English text keeps the old translation for the translator, and does not show it.
    changed = {**source, "widget": {**source["widget"], "send": "Send it"}}
    catalogue.update(path, "ar", changed)
    assert "send" in catalogue.missing(path, changed)
    assert Texts(changed, {"ar": read_catalogue(path)}).widget("ar", "Shop")["send"] == "Send it"


def test_the_catalogues_are_up_to_date(tmp_path: Path) -> None:
    for tag, path in catalogue_paths().items():
        copy = tmp_path / path.name
        copy.write_bytes(path.read_bytes())
        catalogue.update(copy, tag, read_source())
        assert copy.read_bytes() == path.read_bytes(), f"run python -m gateway.catalogue ({tag})"


@pytest.mark.parametrize(
    ("language", "familiar"), [("de", r"\b(du|dir|dich|dein\w*|frag|such|schau)\b"), ("zh-Hans", "你")]
)
def test_the_demo_page_is_as_polite_as_the_chat(language: str, familiar: str) -> None:
    page = json.loads((STOREFRONT / "texts" / f"{language}.json").read_text(encoding="utf-8"))
    said = [*page.values(), *(message.string for message in read_catalogue(catalogue_paths()[language]))]
    assert [text for text in said if re.search(familiar, text, re.IGNORECASE)] == []
