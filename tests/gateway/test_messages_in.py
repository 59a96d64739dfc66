"""What shoppers (and others) send: taken once and for good, or refused politely, and nothing falls over."""

from __future__ import annotations

import asyncio
import json

import pytest

from core.database import reading
from core.identifiers import new_identifier
from core.settings import settings
from gateway.tables import InboxItem, OutboxItem
from gateway.texts import Texts
from tests.gateway.conftest import House, eventually, inbox_statuses, running
from tests.gateway.shopper import Shopper
from tests.gateway.standin import StandIn, answering, reply, slow
from transcripts.entries import TranscriptEntry


def rows(table: type, conversation_id: str) -> int:
    with reading() as session:
        return session.query(table).filter_by(conversation_id=conversation_id).count()


async def test_the_greeting_says_that_this_is_no_person(house: House) -> None:
    shopper = await house.shopper("de-AT")
    assert shopper.session["locale"] == "de"
    assert shopper.session["direction"] == "ltr"
    assert shopper.session["strings"]["send"] == "Senden"
    greeting = shopper.messages[0]
    assert greeting["from"] == "system"
    assert "kein Mensch" in greeting["text"]
    assert house.settings.shop_name in greeting["text"]
    assert [b["title"] for b in greeting["buttons"]] == [
        "Wo ist meine Bestellung?",
        "Artikel zurücksenden",
        "Mit einem Menschen sprechen",
    ]


async def test_a_greeting_button_reaches_the_assistant_as_an_intent_and_stays_usable(house: House) -> None:
    shopper = await house.shopper()
    buttons = shopper.messages[0]["buttons"]
    for button, payload in zip(buttons, ["/track_order", "/return_item", "/human_agent"], strict=True):
        assert (await shopper.press(button["token"])).status_code == 202
        await eventually(lambda expected=payload: house.assistant.texts()[-1:] == [expected])


async def test_a_known_token_takes_the_conversation_up_again(house: House) -> None:
    shopper = await house.shopper("fr")
    await shopper.say("bonjour")
    await shopper.hears(2)
    again = Shopper(house.public)
    again.token = shopper.token
    await again.begin("fr")
    assert again.id == shopper.id
    said = [entry["text"] for entry in (await again.history())["entries"][1:]]
    assert said == ["bonjour", "first on bonjour", "second on bonjour"]


async def test_a_token_of_nobody_gets_a_new_conversation(house: House) -> None:
    shopper = Shopper(house.public)
    shopper.token = "forged.token.here"
    await shopper.begin()
    assert shopper.token != "forged.token.here"


async def test_a_message_sent_again_is_taken_once(house: House) -> None:
    shopper = await house.shopper()
    client_id = new_identifier()
    first = await shopper.send("hello", client_id)
    again = await asyncio.gather(*(shopper.send("hello", client_id) for _ in range(5)))
    assert {answer.status_code for answer in [first, *again]} == {202}
    assert {answer.json()["message_id"] for answer in again} == {first.json()["message_id"]}
    await shopper.hears(2)
    await asyncio.sleep(0.2)
    assert len(house.assistant.run) == 1
    assert rows(InboxItem, shopper.id) == 1
    assert [e["event"] for e in shopper.events].count("echo") == 1


async def test_two_shoppers_may_choose_the_same_id(house: House) -> None:
    one, other = await house.shopper(), await house.shopper()
    client_id = new_identifier()
    ids = [(await shopper.send("hello", client_id)).json()["message_id"] for shopper in (one, other)]
    assert ids[0] != ids[1]
    await one.hears(2)
    await other.hears(2)


@pytest.mark.parametrize(
    ("text", "arrives"),
    [
        ("/restart", "/restart"),
        ('/inform{"order_number":"1042"}', '/inform{"order_number":"1042"}'),
        ("😀😀😀", "😀😀😀"),
        ("أين طلبي؟", "أين طلبي؟"),
        ("a\x00b\x07c\x1b[31md\x9fe", "abc[31mde"),
        ("one\r\ntwo\tthree\n", "one\ntwo three"),
        ("  spaces around  ", "spaces around"),
        ("x" * 2000, "x" * 2000),
    ],
    ids=["restart", "inform", "emoji", "right to left", "control characters", "lines", "spaces", "as long as may be"],
)
async def test_odd_but_honest_texts_are_texts(house: House, text: str, arrives: str) -> None:
    shopper = await house.shopper()
    await shopper.say(text)
    await shopper.hears(2)
    sent = house.assistant.seen[0]
    assert sent["text"] == arrives
    assert sent["payload"] is None, "what is typed is never a command"


REFUSED = [
    ({"text": ""}, 422, "empty"),
    ({"text": " \n\t "}, 422, "empty"),
    ({"text": "\u200b\u2060\ufeff"}, 422, "empty"),
    ({"text": "\x00\x01"}, 422, "empty"),
    ({"text": "x" * 2001}, 413, "too_large"),
    ({"text": "x" * 10_000}, 413, "too_large"),
    ({"text": "x" * 1_000_000}, 413, "too_large"),
    ({}, 400, "bad_request"),
    ({"text": "hi", "button": "x"}, 400, "bad_request"),
    ({"text": 5}, 400, "bad_request"),
    ({"text": None}, 400, "bad_request"),
    ({"button": "forged"}, 422, "button_invalid"),
]


@pytest.mark.parametrize(("body", "status", "code"), REFUSED)
async def test_what_is_refused_is_refused_politely_and_changes_nothing(
    house: House, body: dict[str, object], status: int, code: str
) -> None:
    shopper = await house.shopper("es", listen=False)
    answer = await shopper.post({"id": new_identifier(), **body})
    assert answer.status_code == status
    assert answer.json()["error"] == {"code": code, "message": Texts.load().say(code, "es", limit=2000)}
    assert rows(InboxItem, shopper.id) == 0
    assert rows(OutboxItem, shopper.id) == rows(TranscriptEntry, shopper.id) == 1, "only the greeting"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not json",
        b"[]",
        b"null",
        b'{"id":"abcdefgh","text":"\xff\xfe"}',
        b'{"id":"abcdefgh","text":"\\ud800"}',
        b'{"id":"abcdefgh","text":"a\\udc00b"}',
        b'{"id":"../../etc","text":"hi"}',
        b'{"id":"short","text":"hi"}',
        b'{"id":' + b"[" * 20_000,
        '{"id":"abcdefgh","text":"hi"}'.encode("utf-16"),
    ],
)
async def test_a_body_that_is_no_message_is_refused(house: House, raw: bytes) -> None:
    shopper = await house.shopper(listen=False)
    answer = await house.public.post("/chat/messages", content=raw, headers=shopper.headers)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "bad_request"
    assert (await house.public.get("/health")).status_code == 200


async def test_a_huge_body_is_refused_before_it_has_come(house: House) -> None:
    shopper = await house.shopper(listen=False)
    reader, writer = await asyncio.open_connection("127.0.0.1", house.settings.gateway_port)
    head = (
        "POST /chat/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {shopper.token}\r\nContent-Length: 5000000000\r\n\r\n"
    )
    writer.write(head.encode() + b'{"text":"' + b"x" * 100_000)
    async with asyncio.timeout(5):
        assert b"413" in await reader.readline()
    writer.close()


@pytest.mark.parametrize("path", ["/chat/messages", "/chat/events", "/chat/history"])
async def test_without_a_true_token_there_is_no_way_in(house: House, path: str) -> None:
    shopper = await house.shopper(listen=False)
    head, _, tail = shopper.token.partition(".")
    forged = [
        "",
        "Bearer",
        "Bearer ",
        f"Bearer x{shopper.token}",
        f"Bearer {head[:-2]}AA.{tail}",
        f"Basic {shopper.token}",
    ]
    for header in forged:
        method = "POST" if path == "/chat/messages" else "GET"
        headers = {"Authorization": header.strip() or "x", "Accept-Language": "zh-CN,zh;q=0.9"}
        answer = await house.public.request(method, path, headers=headers)
        assert answer.status_code == 401
        assert answer.json()["error"] == {"code": "unauthorised", "message": "本次对话已过期，请开始新对话。"}


async def test_a_true_signature_on_a_conversation_that_does_not_exist_opens_nothing(house: House) -> None:
    from gateway.tokens import Tokens, Visitor

    token = Tokens(house.settings.secret_key).visitor_token(Visitor(new_identifier(), "en"))
    shopper = Shopper(house.public)
    shopper.token = token
    assert (await shopper.send("hello")).status_code == 401
    assert (await house.public.get("/chat/history", headers=shopper.headers)).status_code == 401


async def test_buttons_are_good_for_their_own_open_question_only(house: House) -> None:
    yes = reply("Cancel #1042?", buttons=[{"title": "Yes", "payload": "/affirm"}, {"title": "No", "payload": "/deny"}])
    house.assistant.behaviour = answering(yes)
    one, other = await house.shopper(), await house.shopper()
    await one.say("cancel")
    await one.hears(1)
    token = one.messages[-1]["buttons"][0]["token"]
    deny = one.messages[-1]["buttons"][1]["token"]

    tampered = token[:-3] + ("aaa" if token[-3:] != "aaa" else "bbb")
    for shopper, pressed in ((one, tampered), (other, token), (one, one.token)):
        answer = await shopper.press(pressed)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "button_invalid")

    # Pressed twice at once, as from two tabs, or by a nervous finger on both: the first counts.
    answers = await asyncio.gather(one.press(token), one.press(token), one.press(deny))
    assert sorted(answer.status_code for answer in answers) == [202, 422, 422]
    await one.hears(2)

    # The question has been asked anew: the old yes is not an answer to the new one.
    stale = await one.press(token)
    assert (stale.status_code, stale.json()["error"]["code"]) == (422, "button_used")
    assert (await one.press(one.messages[-1]["buttons"][0]["token"])).status_code == 202
    assert other.texts == []
    await one.hears(3)

    # Nor while a message of the shopper's own waits, which may change the question before the press is read.
    newest = one.messages[-1]["buttons"][0]["token"]
    house.assistant.behaviour = slow(1.0)
    await one.say("the other one is missing, too")
    overtaken = await one.press(newest)
    assert (overtaken.status_code, overtaken.json()["error"]["code"]) == (422, "button_used")


async def test_history_shows_buttons_that_are_over_without_a_token(house: House) -> None:
    house.assistant.behaviour = answering(reply("Sure?", buttons=[{"title": "Yes", "payload": "/affirm"}]))
    shopper = await house.shopper()
    for text in ("one", "two"):
        await shopper.say(text)
    await shopper.hears(2)
    entries = (await shopper.history())["entries"]
    old, new = [entry for entry in entries if entry["from"] == "assistant"]
    assert old["buttons"] == [{"title": "Yes", "token": None}]
    assert new["buttons"][0]["token"]
    assert all(button["token"] for button in entries[0]["buttons"]), "the greeting's stay"


async def test_a_flood_is_refused_with_a_time_and_what_was_accepted_is_answered(
    standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUAYSIDE_MESSAGES_PER_MINUTE", "5")
    settings.cache_clear()
    standin.behaviour = slow(0.01)
    async with running(standin) as house:
        shopper = await house.shopper("fr")
        sent = [(text, new_identifier()) for text in map(str, range(12))]
        answers = [await shopper.send(text, client_id) for text, client_id in sent]
        accepted = [text for (text, _), answer in zip(sent, answers, strict=True) if answer.status_code == 202]
        assert accepted == ["0", "1", "2", "3", "4"]
        refused = answers[-1]
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
        assert refused.json()["error"]["message"] == Texts.load().say("too_many_messages", "fr")
        # Over the limit, but accepted before: still accepted, not lost and not repeated.
        repeated = await shopper.send(*sent[0])
        assert repeated.status_code == 202
        assert await shopper.hears(10) == [f"{which} on {text}" for text in accepted for which in ("first", "second")]
        assert inbox_statuses(shopper.id) == ["answered"] * 5
        # Another shopper behind the same address is not punished for it.
        other = await house.shopper()
        await other.say("hello")


async def test_conversations_are_limited_by_address(standin: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUAYSIDE_CONVERSATIONS_PER_HOUR", "3")
    settings.cache_clear()
    async with running(standin) as house:
        shoppers = [await house.shopper(listen=False) for _ in range(3)]
        headers = {"X-Forwarded-For": "203.0.113.9"}
        refused = await house.public.post("/chat/sessions", json={"locale": "es"}, headers=headers)
        assert refused.status_code == 429, "a header anybody can write makes nobody a new client"
        assert refused.json()["error"]["message"] == Texts.load().say("too_many_conversations", "es")
        assert int(refused.headers["Retry-After"]) > 60
        # Taking one up again is no new one.
        assert (await shoppers[0].begin()).id == shoppers[0].id


async def test_behind_a_trusted_proxy_each_client_counts_for_itself(
    standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUAYSIDE_CONVERSATIONS_PER_HOUR", "1")
    monkeypatch.setenv("QUAYSIDE_TRUSTED_PROXIES", "127.0.0.1")
    settings.cache_clear()
    async with running(standin) as house:
        codes = [
            (
                await house.public.post("/chat/sessions", json={"locale": "en"}, headers={"X-Forwarded-For": address})
            ).status_code
            for address in ("203.0.113.1", "203.0.113.2", "203.0.113.1")
        ]
        assert codes == [201, 201, 429]


async def test_the_wire_carries_text_as_it_is(house: House) -> None:
    house.assistant.behaviour = answering(reply('<b>"\\ line\nbreak\u2028 😀'))
    shopper = await house.shopper()
    await shopper.say("hello")
    assert await shopper.hears(1) == ['<b>"\\ line\nbreak\u2028 😀']
    assert json.loads(json.dumps((await shopper.history())["entries"][-1]["text"])) == shopper.texts[0]
