"""The running assistant: its one door, turns done once, hand-back, escalation over a form, kills in the middle."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.assistant.process import ACTIONS_TOKEN, ROOT, Actions, Assistant, message, train

pytestmark = pytest.mark.slow

ARRIVES = {
    "events": [],
    "responses": [
        {
            "response": "utter_arrives",
            "values": {"number": "#1042", "price": {"$money": ["12.90", "EUR"]}, "day": {"$date": "2026-11-25"}},
            "options": [{"title": {"$reply": "option_fine"}, "payload": "/affirm"}],
            "details": {"type": "order", "title": "#1042", "fields": [{"label": "x", "value": {"$days": 2}}]},
            "text": None,
            "buttons": [],
        }
    ],
}
HANDED_OVER = {
    "events": [{"event": "active_loop", "name": None}, {"event": "slot", "name": "requested_slot", "value": None}],
    "responses": [{"response": "utter_handed_over", "text": None, "buttons": []}],
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def actions() -> Actions:
    return Actions()


@pytest.fixture(scope="module")
def assistant(model: Path, actions: Actions, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    running = Assistant(model, tmp_path_factory.mktemp("var"), actions).start()
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def fresh_actions(actions: Actions) -> None:
    actions.calls.clear()
    actions.headers.clear()
    actions.delay_seconds = 0.0
    not_understood = {"events": [], "responses": [{"response": "utter_default"}]}
    actions.answers = {
        "action_track": ARRIVES,
        "action_hand_over": HANDED_OVER,
        "action_default_fallback": not_understood,
        "action_endless": {"events": [{"event": "followup", "name": "action_endless"}], "responses": []},
    }


@pytest.fixture
def conversation() -> str:
    return uuid.uuid4().hex


def texts(answer: dict[str, Any]) -> list[str]:
    return [reply["text"] for reply in answer["replies"]]


def test_it_answers_and_tells_how_it_understood(assistant: Assistant, conversation: str, model: Path) -> None:
    answer = assistant.say(conversation, "m-1", "hello", locale=None)
    (reply,) = answer["replies"]
    assert reply["name"] == "utter_greet" and reply["text"].startswith("Hello!") and reply["language"] == "en"
    assert reply["buttons"] == [{"title": "Where is my order?", "payload": "/track_order"}]
    turn = answer["turn"]
    assert turn["intent"]["name"] == "greet" and turn["language"] == "en" and turn["emotion"]["name"] == "calm"
    assert turn["actions"] == [{"name": "utter_greet", "policy": "RulePolicy", "confidence": 1.0}]
    assert assistant.get("/webhooks/quayside/health")[1] == f'{{"status":"ok","model":"{model.name}"}}'


def test_typed_values_arrive_written_in_the_shoppers_language(
    assistant: Assistant, actions: Actions, conversation: str
) -> None:
    assistant.say(conversation, "m-1", "wo ist meine bestellung", locale="de-DE")
    answer = assistant.say(conversation, "m-2", "1042", locale="de-DE")
    (reply,) = answer["replies"]
    # No German translation of this test's own texts: the sentence stays English, the values are German already.
    # The year follows only where it would not be plain, which the day of the test decides.
    assert reply["text"].startswith("Order #1042 costs 12,90\xa0€ and arrives on Mittwoch, 25. November")
    assert reply["card"]["fields"] == [{"label": "x", "value": "2 Tage"}]
    assert reply["buttons"] == [{"title": "Fine", "payload": "/affirm"}]
    assert answer["turn"]["slots"]["order_number"] == "1042"
    latest = actions.named("action_track")[0]["tracker"]["latest_message"]
    assert latest["message_id"] == "m-2" and latest["metadata"]["shop"] == "demo"
    assert latest["emotion"]["name"] == "calm" and latest["language"]["code"] == "de"
    assert set(actions.headers) == {ACTIONS_TOKEN}


def test_a_message_sent_again_is_answered_again_and_not_done_again(
    assistant: Assistant, actions: Actions, conversation: str
) -> None:
    assistant.say(conversation, "m-1", "where is my order")
    first = assistant.say(conversation, "m-2", "1042")
    again = assistant.say(conversation, "m-2", "1042")
    assert (first["duplicate"], again["duplicate"]) == (False, True)
    assert again["replies"] == first["replies"]
    assert {**again["turn"], "latency_ms": 0} == {**first["turn"], "latency_ms": 0}
    assert len(actions.named("action_track")) == 1


def test_the_same_message_posted_twice_at_once_is_done_once(
    assistant: Assistant, actions: Actions, conversation: str
) -> None:
    assistant.say(conversation, "m-1", "where is my order")
    actions.delay_seconds = 1.0
    answers: list[dict[str, Any]] = []
    threads = [
        threading.Thread(target=lambda: answers.append(assistant.say(conversation, "m-2", "1042"))) for _ in "ab"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer["duplicate"] for answer in answers) == [False, True]
    assert len(actions.named("action_track")) == 1


def test_a_gateway_that_hangs_up_finds_the_turn_done(assistant: Assistant, actions: Actions, conversation: str) -> None:
    assistant.say(conversation, "m-1", "where is my order")
    actions.delay_seconds = 1.5
    with pytest.raises(TimeoutError):
        assistant.post("messages", message(conversation, "m-2", "1042"), timeout=0.5)
    answer = assistant.say(conversation, "m-2", "1042")
    assert answer["duplicate"] and texts(answer)[0].startswith("Order #1042")
    assert len(actions.named("action_track")) == 1


def test_conversations_do_not_wait_for_each_other(assistant: Assistant, actions: Actions, conversation: str) -> None:
    assistant.say(conversation, "m-1", "where is my order")
    actions.delay_seconds = 5.0
    slow = threading.Thread(target=assistant.say, args=(conversation, "m-2", "1042"))
    slow.start()
    time.sleep(0.3)
    assistant.say(uuid.uuid4().hex, "m-1", "hello")
    assert slow.is_alive(), "the other conversation's answer came only after the slow one's"
    slow.join()


@pytest.mark.parametrize("typed", ["/restart", '/inform{"order_number":"1042"}', "\u200b/restart", "/session_start"])
def test_a_typed_command_changes_nothing(assistant: Assistant, conversation: str, typed: str) -> None:
    assistant.say(conversation, "m-1", "where is my order")
    answer = assistant.say(conversation, "m-2", typed)
    assert not answer["turn"]["text"].startswith("/")
    events = assistant.say(conversation, "m-1", "where is my order")
    assert events["duplicate"], "the conversation was wiped"


@pytest.mark.parametrize(
    "payload",
    [
        "/restart",
        "/back",
        "/session_start",
        "/unknown",
        "affirm",
        "/affirm x",
        '/inform{"a":',
        '/inform{"a":{"b":1}}',
        "/AFFIRM",
        "/affirm@0.5",
    ],
)
def test_only_payloads_of_the_domain_are_taken(assistant: Assistant, conversation: str, payload: str) -> None:
    assert assistant.post("messages", message(conversation, "m-1", payload=payload))[0] == 400


def test_a_button_sets_what_it_carries(assistant: Assistant, actions: Actions, conversation: str) -> None:
    assistant.say(conversation, "m-1", payload="/track_order", locale="es")
    answer = assistant.say(conversation, "m-2", payload='/inform{"order_number":"1042"}', locale="es")
    assert answer["turn"]["slots"]["order_number"] == "1042" and len(actions.named("action_track")) == 1


def test_strangers_and_nonsense_are_turned_away(assistant: Assistant, conversation: str) -> None:
    good = message(conversation, "m-1", "hello")
    assert assistant.post("messages", good, token=None)[0] == 401
    assert assistant.post("messages", good, token="assistant-token-for-test")[0] == 401
    assert assistant.post("handback", {}, token="x")[0] == 401
    for body in (b"", b"[", b"[]", b'"x"', b"{}", b"[" * 100_000, b"\xff\xfe", {**good, "text": "x" * 20_001}):
        status, answer = assistant.post("messages", body)
        assert status == 400 and set(answer) == {"error"}, body[:20] if isinstance(body, bytes) else body


@pytest.mark.parametrize(
    "path", ["/", "/version", "/status", "/webhooks/rest/webhook", "/model/parse", "/conversations/x/tracker"]
)
def test_there_is_no_other_door(assistant: Assistant, path: str) -> None:
    status, body = assistant.get(path)
    assert status == 404 and "rasa" not in body.lower() and "sanic" not in body.lower()


def test_a_turn_that_does_not_end_does_not_silence_the_conversation(assistant: Assistant, conversation: str) -> None:
    endless = assistant.say(conversation, "m-1", "goodbye")
    assert len(endless["turn"]["actions"]) == 10
    assert texts(assistant.say(conversation, "m-2", "hello")) == ["Hello! This is only a test."]


def test_an_angry_word_leaves_the_form_and_a_person_is_called(
    assistant: Assistant, actions: Actions, conversation: str
) -> None:
    assistant.say(conversation, "m-1", "where is my order")
    answer = assistant.say(conversation, "m-2", "you bunch of thieves, you will hear from my lawyer")
    assert texts(answer) == ["A colleague takes over."]
    assert answer["turn"]["risk"] == ["lawyer"] and answer["turn"]["emotion"]["name"] == "anger"
    assert answer["turn"]["actions"][0] == {"name": "action_hand_over", "policy": "EscalationPolicy", "confidence": 1.0}
    assert texts(assistant.say(conversation, "m-3", "hello"))[0].startswith("Hello!"), "the form was left"


def test_hand_back_clears_the_form_once(assistant: Assistant, actions: Actions, conversation: str) -> None:
    assistant.say(conversation, "m-1", "where is my order")
    handback = {"conversation_id": conversation, "event_id": "h-1", "note": "refunded by hand"}
    assert assistant.post("handback", handback) == (200, {"ok": True})
    assert assistant.post("handback", {**handback, "note": "again"}) == (200, {"ok": True})
    answer = assistant.say(conversation, "m-2", "1042")
    assert not actions.named("action_track"), "the form was still asking"
    assistant.say(conversation, "m-3", "where is my order")
    assistant.say(conversation, "m-4", "1042")
    slots = actions.named("action_track")[0]["tracker"]["slots"]
    assert slots["handed_back_note"] == "refunded by hand"
    assert answer["replies"]


def test_what_was_settled_is_remembered_and_the_newest_counts(
    assistant: Assistant, actions: Actions, conversation: str
) -> None:
    settled = {"code": "refund_agreed", "at": "2026-12-01T09:00:00+00:00", "case_number": "Q-1004"}
    handback = {"conversation_id": conversation, "event_id": "h-1", "note": None, "settled": settled}

    def remembered(number: int) -> object:
        assistant.say(conversation, f"m-{number}a", "where is my order")
        assistant.say(conversation, f"m-{number}b", "1042")
        return actions.named("action_track")[-1]["tracker"]["slots"]["settled"]

    assert assistant.post("handback", handback) == (200, {"ok": True})
    assert remembered(1) == {**settled, "order_number": None}
    newer = {**settled, "code": "question_answered", "order_number": "1042", "until": "2026-12-04"}
    assert assistant.post("handback", {**handback, "event_id": "h-2", "settled": newer})[0] == 200
    assert remembered(2) == newer
    assert assistant.post("handback", {**handback, "event_id": "h-3", "settled": None})[0] == 200
    assert remembered(3) is None


def test_a_conversation_can_be_handed_back_before_the_assistant_knew_it(
    assistant: Assistant, conversation: str
) -> None:
    handback = {"conversation_id": conversation, "event_id": "h-1", "note": None}
    assert assistant.post("handback", handback)[0] == 200
    assert texts(assistant.say(conversation, "m-1", "hello"))[0].startswith("Hello!")


def test_an_action_server_that_fails_gives_no_reply_and_no_error_page(
    assistant: Assistant, actions: Actions, conversation: str
) -> None:
    assistant.say(conversation, "m-1", "where is my order")
    actions.answers["action_track"] = {"events": "nonsense"}
    assert assistant.say(conversation, "m-2", "1042")["replies"] == []


def test_the_tracker_is_in_wal_mode_and_logs_hold_nothing_personal(assistant: Assistant, conversation: str) -> None:
    assistant.say(conversation, "m-1", "my mail is secret.person@example.com and my phone +44 7700 900123")
    connection = sqlite3.connect(assistant.environment["QUAYSIDE_TRACKER_DB"])
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    log = assistant.log.read_text()
    assert "secret.person" not in log and "7700 900123" not in log


@pytest.mark.parametrize("failpoint", ["assistant.before_handle", "assistant.after_save"])
def test_killed_in_a_turn_it_answers_once_after_the_restart(
    model: Path, actions: Actions, tmp_path: Path, conversation: str, failpoint: str
) -> None:
    killed = Assistant(model, tmp_path, actions)
    arm = {"QUAYSIDE_FAILPOINT": failpoint, "QUAYSIDE_FAILPOINT_FLAG": str(tmp_path / "died")}
    (tmp_path / "died").write_text("not yet armed")
    killed.start(**arm)
    try:
        killed.say(conversation, "m-1", "where is my order")
        (tmp_path / "died").unlink()
        with pytest.raises(OSError):
            killed.post("messages", message(conversation, "m-2", "1042"))
        assert killed.process is not None and killed.process.wait(10) != 0
        killed.start(**arm)
        answer = killed.say(conversation, "m-2", "1042")
        assert answer["duplicate"] is (failpoint == "assistant.after_save")
        assert texts(answer)[0].startswith("Order #1042") and len(actions.named("action_track")) == 1
    finally:
        killed.stop()


def _start(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "assistant"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"QUAYSIDE_ASSISTANT_TOKEN": ""}, "QUAYSIDE_ASSISTANT_TOKEN must be set"),
        ({"QUAYSIDE_ASSISTANT_PORT": "http"}, "must be a port number"),
        ({"QUAYSIDE_MODEL": "/nowhere/model.tar.gz"}, "is not a file"),
        ({"QUAYSIDE_TRACKER_DB": "/proc/nowhere/tracker.sqlite"}, "cannot be opened"),
        ({"QUAYSIDE_ASSISTANT_TOKEN": "short"}, "at least 16 characters"),
    ],
)
def test_what_is_missing_is_said_in_one_sentence(
    model: Path, actions: Actions, tmp_path: Path, change: dict[str, str], said: str
) -> None:
    done = _start({**Assistant(model, tmp_path, actions).environment, **change})
    assert done.returncode == 1
    assert said in done.stderr.strip().splitlines()[-1] and "Traceback" not in done.stderr


def test_a_busy_port_and_a_broken_model_are_said(assistant: Assistant, actions: Actions, tmp_path: Path) -> None:
    busy = _start(assistant.environment)
    assert busy.returncode == 1 and f"port {assistant.port} is in use" in busy.stderr and "Traceback" not in busy.stderr
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(b"not a model")
    other = Assistant(broken, tmp_path, actions)
    done = _start(other.environment)
    assert done.returncode == 1 and "broken.tar.gz cannot be loaded" in done.stderr.strip().splitlines()[-1]
