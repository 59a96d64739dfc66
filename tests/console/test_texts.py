"""The console's words: complete in every language, and the language that the person wants."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest
import yaml
from babel.messages.pofile import read_po

from commerce.delivery import Condition
from commerce.handbook import ClaimRule
from commerce.parcel import CheckpointCode
from console.catalogue import TEMPLATE, catalogue_path, template
from console.dialogs import USUAL_END
from console.facts import fact_text
from console.steps import DID, REPLIED, SAID, step_text
from console.summary import CONDITIONS, EVIDENCE, sentences, summary_text
from console.texts import LANGUAGES, Texts, choose_language, zone_named
from console.words import EVENTS, INTENTS, NEWS, OUTCOMES, REASONS, SCANS, SETTLED, SLOTS, word
from core.settings import ROOT, settings
from desk.case import EventKind, Outcome, Reason
from desk.settlement import Settled
from desk.summary import free_text, statement
from transcripts.steps import Step

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


def test_every_intent_action_and_slot_of_the_domain_has_its_words() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    intents = set(domain["intents"])
    assert set(INTENTS) == set(SAID) == intents
    files = [path.read_text(encoding="utf-8") for path in (ROOT / "data").glob("*/*.yml") if "nlu" not in path.parts]
    said_by_rules = {name for text in files for name in re.findall(r"- action: (utter_\w+)", text)}
    replies = [name for name in domain["responses"] if name.startswith("utter_")]
    assert [
        name for name in REPLIED if name.startswith("utter_") and not any(r.startswith(name) for r in replies)
    ] == []
    assert set(DID) == {*domain["actions"], *domain["forms"], *said_by_rules}
    assert set(domain["slots"]) <= set(SLOTS)
    assert set(domain["slots"]["need"]["values"]) <= {*INTENTS, *NEWS}


def test_every_code_in_a_summary_has_its_words() -> None:
    assert set(CONDITIONS) == set(Condition)
    (needs,) = (field.annotation for name, field in ClaimRule.model_fields.items() if name == "needs")
    assert set(EVIDENCE) == set(get_args(get_args(needs)[0]))


def test_a_summary_is_read_in_both_languages() -> None:
    said = [
        statement("need", need="refund_status"),
        statement("not_shipped", order="1042", condition="dispatch_late", ship_by=date(2026, 12, 3)),
        statement("claim_needs", claim="C-1001", evidence="signed_statement"),
        statement("step_failed", action="action_open_claim"),
        free_text("Called {the carrier}"),
        statement("parcel", parcel="PK1", carrier="DHL", condition="late", expected=None, silent=0),
    ]
    assert sentences(ENGLISH, said) == [
        "Need: Refund status.",
        "Not shipped of order #1042: leaves the warehouse late; due to leave by: 3 Dec 2026.",
        "Claim C-1001 still needs: a signed statement.",
        "The assistant failed at the step “took the answer about the claim”; see the log.",
        "Called {the carrier}",
        "Parcel PK1 with DHL: late; expected: unknown; days without a scan: 0.",
    ]
    going = [statement("order_to", order="1014", country="AT"), statement("order_proved", order="1014")]
    assert sentences(ENGLISH, [*going, statement("order_to", order="1015", country="AT")]) == [
        "Order #1014 (proved) goes to Austria.",
        "Order #1015 goes to Austria.",
    ]
    assert summary_text(CHINESE, said[:3]) == (
        "需求：退款进度。订单 #1042 有未发货部分：发货延误；最晚发货日：2026年12月3日。理赔 C-1001 仍需：签名声明。"
    )


@pytest.mark.parametrize(
    ("step", "english", "chinese"),
    [
        (
            Step("track_order", replies=["utter_order", "utter_case_late"]),
            "Asked where the order is — told how the order stands, then passed it to the team",
            "询问订单在哪里 —— 告知订单情况，然后转交团队处理",
        ),
        (
            Step("delivered_not_received", replies=["utter_not_received_facts", "utter_claim_known_elsewhere"]),
            "Said that it is marked delivered but not there — told what the carrier says, then said that it has been "
            "reported already",
            "反映显示已送达但未收到 —— 告知承运商的说法，然后说明此前已经上报",
        ),
        (
            Step("nlu_fallback", risks=["self_harm"], replies=["utter_hand_over_self_harm"]),
            "Wrote something grave (Self-harm) — said where to find help and handed over to a person",
            "写了情况严重的内容（自伤） —— 告知求助渠道并转接人工",
        ),
        (Step("greet"), "Said hello", "打招呼"),
        (Step("greet", replies=["utter_greet"]), "Said hello", "打招呼"),
        (Step("thanks", replies=["utter_of_a_release_to_come"]), "Said thank you — answered", "表示感谢 —— 已答复"),
        (Step("inform", replies=["failed"]), "Gave details — said that it cannot answer", "提供了信息 —— 说明无法答复"),
    ],
)
def test_what_was_tried_is_told_in_words(step: Step, english: str, chinese: str) -> None:
    assert step_text(ENGLISH, step) == english
    assert step_text(CHINESE, step) == chinese


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
    assert ENGLISH.ago(now - timedelta(seconds=64)) == "1 min"
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
        ("placed_at", "2026-11-17T09:12:00+00:00", "17 Nov 2026 09:12 (your time)"),
        ("placed_at", "2026-11-17T09:12:00", "2026-11-17 09:12:00"),
        (
            "last_scan",
            "2026-11-24T10:20:00+00:00 Sevilla: Entregado",
            "24 Nov 2026 10:20 (your time) Sevilla: Entregado",
        ),
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


SCAN = {"at": "2026-11-24T11:31:00+00:00", "zone": "Europe/London", "place": "Manchester"}


@pytest.mark.parametrize(
    ("scan", "english", "chinese"),
    [
        ({"at": SCAN["at"], "zone": SCAN["zone"]}, "", ""),
        ({**SCAN, "code": "customs_started", "text": "Presented to customs"}, "Presented to customs", "已提交海关"),
        ({**SCAN, "code": "delivered", "text": "Livré"}, "Delivered (Livré)", "已送达（Livré）"),
        ({**SCAN, "code": "beamed_up", "text": "Beamed up"}, "Beamed up", "Beamed up"),
    ],
)
def test_a_moment_of_a_place_is_told_as_its_clock_showed_it(scan: object, english: str, chinese: str) -> None:
    """As the shopper was told it, whatever zone the reader is in (here London and Shanghai)."""
    lines = fact_text(ENGLISH, "last_scan", scan).split("\n"), fact_text(CHINESE, "last_scan", scan).split("\n")
    assert lines[0][0] == "24 Nov 2026 11:31 local time (London)"
    assert lines[1][0] == "2026年11月24日 11:31（伦敦当地时间）"
    assert [" ".join(line[1:]).removeprefix("Manchester · ") for line in lines] == [english, chinese]


def test_every_scan_has_its_words() -> None:
    assert set(SCANS) == set(CheckpointCode)


def test_every_way_to_settle_has_a_usual_end() -> None:
    assert set(USUAL_END) == set(Settled) and set(OUTCOMES) == set(Outcome)
