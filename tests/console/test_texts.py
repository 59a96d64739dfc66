"""The console's words: complete in every language, and the language that the person wants."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from babel.messages.pofile import read_po

from console.catalogue import TEMPLATE, catalogue_path, template
from console.facts import fact_text
from console.texts import LANGUAGES, Texts, choose_language, zone_named
from console.words import EVENTS, REASONS, SETTLED, word
from core.settings import settings
from desk.case import EventKind, Reason
from desk.settlement import Settled

ENGLISH, CHINESE = Texts("en"), Texts("zh-Hans", zone_named("Asia/Shanghai"))


def _messages(catalogue: object) -> set[str]:
    return {m.id if isinstance(m.id, str) else m.id[0] for m in catalogue if m.id}  # type: ignore[attr-defined]


def test_the_template_is_up_to_date() -> None:
    with TEMPLATE.open("rb") as file:
        assert _messages(read_po(file)) == _messages(template()), "run `python -m console.catalogue`"


@pytest.mark.parametrize("locale", [locale for locale in LANGUAGES.values() if locale != "en"])
def test_every_text_is_translated_and_keeps_its_placeholders(locale: str) -> None:
    with catalogue_path(locale).open("rb") as file:
        catalogue = read_po(file, locale=locale)
    assert _messages(catalogue) == _messages(template())
    for message in catalogue:
        if not message.id:
            continue
        texts = [message.string] if isinstance(message.string, str) else list(message.string)
        source = message.id if isinstance(message.id, str) else message.id[-1]
        assert all(texts), f"not translated: {source!r}"
        assert not message.fuzzy, f"to be looked at: {source!r}"
        for text in texts:
            assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", source)), source


def test_every_word_of_the_desk_has_a_text() -> None:
    assert set(REASONS) == set(Reason)
    assert set(EVENTS) == set(EventKind)
    assert set(SETTLED) == set(Settled)


def test_texts_in_both_languages() -> None:
    assert ENGLISH("Take over") == "Take over"
    assert CHINESE("Take over") == "接管"
    assert CHINESE("{name} has this case.", name="Anna") == "此工单由 Anna 处理。"
    one, many = "over {count} minute", "over {count} minutes"
    assert [ENGLISH.plural(one, many, n) for n in (1, 5)] == ["over 1 minute", "over 5 minutes"]
    assert CHINESE.plural(one, many, 5) == "超过 5 分钟"


def test_an_unknown_word_is_shown_readably() -> None:
    assert word(ENGLISH, REASONS, "some_new_reason") == "Some new reason"
    assert word(CHINESE, REASONS, "risk") == "风险"


@pytest.mark.parametrize(
    ("own", "remembered", "accepted", "expected"),
    [
        (None, None, "zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        (None, None, "zh-Hans-CN, en", "zh-Hans"),
        (None, None, "de-DE,de;q=0.9", "en"),
        (None, None, "", "en"),
        (None, "zh-Hans", "en-GB", "zh-Hans"),
        ("en", "zh-Hans", "zh-CN", "en"),
        ("xx", "yy", ";;;,,,", "en"),
    ],
)
def test_the_language_is_the_persons_then_the_browsers(
    own: str | None, remembered: str | None, accepted: str, expected: str
) -> None:
    assert choose_language(own, remembered, accepted) == expected


def test_times_are_in_the_persons_zone(monkeypatch: pytest.MonkeyPatch, var_dir: object) -> None:
    now = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
    monkeypatch.setenv("QUAYSIDE_CLOCK", now.isoformat())
    settings.cache_clear()
    assert ENGLISH.clock(now) == "10:00"
    assert CHINESE.clock(now) == "18:00"
    assert ENGLISH.clock(now - timedelta(days=2)) == "29 Nov 10:00"
    assert CHINESE.moment(now) == "2026年12月1日 18:00"
    assert ENGLISH.ago(now) == "now"
    assert ENGLISH.ago(now - timedelta(minutes=7)) == "7 min"
    assert CHINESE.ago(now - timedelta(hours=3)) == "3小时"


@pytest.mark.parametrize("name", [None, "", "Mars/Olympus", "../../etc/passwd", "x" * 500])
def test_a_zone_that_does_not_exist_is_utc(name: str | None) -> None:
    assert zone_named(name) is UTC


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("total", "129.90 EUR", "€129.90"),
        ("total", {"amount": "1299", "currency": "JPY"}, "¥1,299"),
        ("total", "12.00 QQQ", "QQQ12.00"),
        ("expected", "2026-11-25", "25 Nov 2026"),
        ("placed_at", "2026-11-17T09:12:00+00:00", "17 Nov 2026 09:12"),
        ("placed_at", "2026-11-17T09:12:00", "2026-11-17 09:12:00"),
        ("last_scan", "2026-11-24T10:20:00+00:00 Sevilla: Entregado", "24 Nov 2026 10:20 Sevilla: Entregado"),
        ("last_scan", "2026-99-99 nonsense", "2026-99-99 nonsense"),
        ("country", "ES", "Spain"),
        ("country", "QX", "QX"),
        ("status", "in_transit", "In transit"),
        ("items", ["1 × Boots", "2 × Socks"], "1 × Boots\n2 × Socks"),
        ("signed_by", None, ""),
        ("paid", True, "Yes"),
        ("count", 0, "0"),
        ("note", "<b>left</b> with 2 neighbours", "<b>left</b> with 2 neighbours"),
    ],
)
def test_facts_are_written_as_people_write_them(key: str, value: object, expected: str) -> None:
    assert fact_text(ENGLISH, key, value) == expected
