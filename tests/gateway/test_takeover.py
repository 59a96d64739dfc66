"""The takeover gate: one person at a time, nothing said by two, and the way back."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime

import pytest
from sqlalchemy import update

from core.database import reading, transaction
from core.identifiers import new_identifier
from core.settings import settings
from gateway.tables import InboxItem
from gateway.texts import Texts
from tests.gateway.conftest import House, eventually, inbox_statuses, running
from tests.gateway.standin import StandIn, slow, status
from transcripts.entries import entries_after

TEXTS = Texts.load()


async def test_a_person_takes_over_answers_and_hands_back(house: House) -> None:
    shopper = await house.shopper("zh-CN")
    await shopper.say("你好")
    await shopper.hears(2)

    taken = await house.take_over(shopper)
    assert taken.status_code == 200
    assert taken.json()["handler"] == "person"
    await shopper.until(lambda: shopper.notices == [TEXTS.say("person_joined", "zh-Hans", name="Anna")])

    await shopper.say("这是我的问题")
    message = {"id": new_identifier(), "agent": "anna", "text": "Let me see."}
    for _ in range(3):
        assert (await house.staff.post(f"/conversations/{shopper.id}/messages", json=message)).status_code == 200
    assert await shopper.hears(3) == ["first on 你好", "second on 你好", "Let me see."]
    assert (shopper.messages[-1]["from"], shopper.messages[-1]["name"]) == ("person", "Anna")
    assert inbox_statuses(shopper.id) == ["answered", "person"]

    assert (await house.hand_back(shopper, note="refund promised")).status_code == 200
    await shopper.until(lambda: shopper.notices[-1] == TEXTS.say("person_left", "zh-Hans", name="Anna"))
    await shopper.say("谢谢")
    await shopper.hears(5)
    assert house.assistant.texts() == ["你好", "谢谢"], "what a person answered, the assistant never sees"
    assert [h["note"] for h in house.assistant.handbacks] == ["refund promised"]
    assert len(shopper.texts) == 5, "said once, however often it was sent"

    state = (await house.staff.get(f"/conversations/{shopper.id}")).json()
    assert (state["handler"], state["agent"], state["language"]) == ("assistant", None, "zh-Hans")
    with reading() as session:
        speakers = [e.speaker.value for e in entries_after(session, "demo", shopper.id)]
    assert speakers == [
        *("system", "shopper", "assistant", "assistant"),
        *("system", "shopper", "person", "system"),
        *("shopper", "assistant", "assistant"),
    ]


async def test_of_several_who_take_over_at_once_one_wins(house: House) -> None:
    shopper = await house.shopper()
    agents = [f"agent{n}" for n in range(6)]
    answers = await asyncio.gather(*(house.take_over(shopper, agent, agent.title()) for agent in agents))
    winners = [agent for agent, answer in zip(agents, answers, strict=True) if answer.status_code == 200]
    assert len(winners) == 1
    assert {a.json()["agent"] for a in answers} == {winners[0]}
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409, 409]
    # Trying again is no second taking over; the shopper hears it once.
    assert (await house.take_over(shopper, winners[0])).status_code == 200
    await asyncio.sleep(0.1)
    await shopper.until(lambda: shopper.notices)
    assert shopper.notices == [TEXTS.say("person_joined", "en", name=winners[0].title())]


async def test_only_who_holds_the_gate_speaks_and_hands_back(house: House) -> None:
    shopper = await house.shopper()
    message = {"id": new_identifier(), "agent": "bob", "text": "hi"}
    path = f"/conversations/{shopper.id}/messages"
    nobody = await house.staff.post(path, json=message)
    assert (nobody.status_code, nobody.json()) == (409, {"agent": None})
    await house.take_over(shopper, "anna")
    other = await house.staff.post(path, json=message)
    assert (other.status_code, other.json()) == (409, {"agent": "anna"})
    assert (await house.hand_back(shopper, "bob")).status_code == 409
    assert (await house.hand_back(shopper, "anna")).status_code == 200
    assert (await house.hand_back(shopper, "anna")).status_code == 200, "handing back twice is once"
    await eventually(lambda: len(house.assistant.handbacks) == 1)
    assert shopper.texts == []


async def test_a_takeover_in_the_middle_of_a_turn_silences_the_assistant(house: House) -> None:
    house.assistant.behaviour = slow(0.4)
    shopper = await house.shopper()
    await shopper.say("one")
    await shopper.say("two")
    await eventually(lambda: house.assistant.seen)
    assert (await house.take_over(shopper)).status_code == 200
    await eventually(lambda: inbox_statuses(shopper.id) == ["suppressed", "person"])
    await asyncio.sleep(0.2)
    assert shopper.texts == []
    assert len(house.assistant.run) == 1, "what had not begun never reaches the assistant"
    assert [e["data"]["on"] for e in shopper.events if e["event"] == "typing"][-1] is False
    with reading() as session:
        entries = entries_after(session, "demo", shopper.id)
    assert [e.text for e in entries if e.suppressed] == ["first on one", "second on one"]
    assert next(e for e in entries if e.text == "one").understanding is not None


async def test_a_takeover_and_hand_back_in_the_middle_of_a_turn_still_silence_that_turn(house: House) -> None:
    house.assistant.behaviour = slow(0.5)
    shopper = await house.shopper()
    await shopper.say("one")
    await eventually(lambda: house.assistant.seen)
    await house.take_over(shopper)
    await house.hand_back(shopper)
    await shopper.say("two")
    assert await shopper.hears(2) == ["first on two", "second on two"]
    assert inbox_statuses(shopper.id)[0] == "suppressed"


async def test_a_takeover_during_an_outage_ends_the_waiting(house: House) -> None:
    house.assistant.behaviour = status(503)
    shopper = await house.shopper()
    await shopper.say("anybody there?")
    await shopper.until(lambda: shopper.notices)
    await house.take_over(shopper)
    await eventually(lambda: inbox_statuses(shopper.id) == ["person"])
    calls = len(house.assistant.seen)
    await asyncio.sleep(0.3)
    assert len(house.assistant.seen) <= calls + 1


async def test_a_hand_back_reaches_an_assistant_that_was_away_even_after_a_restart(standin: StandIn) -> None:
    async with running(standin) as house:
        shopper = await house.shopper()
        await house.take_over(shopper)
        standin.stop()
        assert (await house.hand_back(shopper, note="all settled")).status_code == 200
        await shopper.say("thanks")
    settings.cache_clear()
    standin.start()
    async with running(standin) as house:
        shopper.http = house.public
        shopper.listen()
        assert await shopper.hears(2) == ["first on thanks", "second on thanks"]
    assert [h["note"] for h in standin.handbacks] == ["all settled"]


async def test_what_was_settled_reaches_the_assistant_as_data(house: House) -> None:
    settled = {
        "code": "refund_agreed",
        "case_number": "Q-1004",
        "order_number": "1006",
        "tracking_number": None,
        "until": "2026-12-04",
    }
    shopper = await house.shopper()
    await house.take_over(shopper)
    assert (await house.hand_back(shopper, note="with shipping", settled=settled)).status_code == 200
    await eventually(lambda: house.assistant.handbacks)
    (told,) = house.assistant.handbacks
    assert datetime.fromisoformat(told["settled"].pop("at")).tzinfo is not None
    assert (told["note"], told["settled"]) == ("with shipping", settled)
    assert "with shipping" not in " ".join(shopper.notices), "the note is for the shop's people"


@pytest.mark.parametrize("payload", [None, '{"code": "of a version to come"}'])
async def test_a_hand_back_that_does_not_say_what_was_settled_is_told_all_the_same(
    house: House, payload: str | None
) -> None:
    """Rows written before there was such a thing, or by another version."""
    shopper = await house.shopper()
    await house.take_over(shopper)
    house.assistant.stop()
    await house.hand_back(shopper)
    with transaction() as session:
        session.execute(update(InboxItem).where(InboxItem.kind == "handback").values(payload=payload))
    house.assistant.start()
    await eventually(lambda: house.assistant.handbacks)
    assert (house.assistant.handbacks[0]["note"], house.assistant.handbacks[0]["settled"]) == ("settled", None)


async def test_the_staff_door_refuses_what_nobody_can_settle(house: House) -> None:
    shopper = await house.shopper(listen=False)
    await house.take_over(shopper)
    for settled in (
        {"code": "paid in gold"},
        {},
        {"code": "refund_agreed", "until": "soon"},
        {"code": "refund_agreed", "until": 1764800000},
        {"code": "refund_agreed", "case_number": "drop table"},
        {"code": "refund_agreed", "amount": "12 EUR"},
        {"code": "refund_agreed", "order_number": "1" * 65},
    ):
        assert (await house.hand_back(shopper, settled=settled)).status_code == 422, settled
    assert house.assistant.handbacks == []


async def test_a_hand_back_is_told_even_if_somebody_takes_over_again_first(house: House) -> None:
    shopper = await house.shopper()
    await house.take_over(shopper, "anna")
    house.assistant.stop()
    await house.hand_back(shopper, "anna", note="from anna")
    assert (await house.take_over(shopper, "bob", "Bob")).status_code == 200
    house.assistant.start()
    await house.hand_back(shopper, "bob", note="from bob")
    await eventually(lambda: [h["note"] for h in house.assistant.handbacks] == ["from anna", "from bob"])


async def test_who_waits_for_an_answer_hears_that_a_colleague_goes_on(house: House) -> None:
    shopper = await house.shopper("de")
    await house.take_over(shopper)
    await shopper.say("Sind Sie da?")
    await house.hand_back(shopper, settled={"code": "nothing"}, released=True)
    await shopper.until(lambda: shopper.notices[1:] == [TEXTS.say("person_left_waiting", "de", name="Anna")])

    await house.take_over(shopper)
    message = {"id": new_identifier(), "agent": "anna", "text": "Ja."}
    await house.staff.post(f"/conversations/{shopper.id}/messages", json=message)
    await house.hand_back(shopper, settled={"code": "nothing"}, released=True)
    await shopper.until(lambda: shopper.notices[3:] == [TEXTS.say("person_left", "de", name="Anna")])
    assert house.assistant.texts() == []


async def test_the_staff_door_wants_its_token(house: House) -> None:
    shopper = await house.shopper(listen=False)
    for header in ("", "Bearer wrong", f"Bearer {shopper.token}", f"Bearer {house.settings.assistant_token}"):
        answer = await house.staff.get(f"/conversations/{shopper.id}", headers={"Authorization": header or "x"})
        assert answer.status_code == 401
    for path in (f"/conversations/{shopper.id}", "/metrics"):
        assert (await house.public.get(path)).status_code == 404, "nothing of it is on the public port"


async def test_the_staff_door_refuses_nonsense(house: House) -> None:
    shopper = await house.shopper(listen=False)
    assert (await house.staff.get(f"/conversations/{new_identifier()}")).status_code == 404
    assert (await house.staff.get("/conversations/..%2f..%2fetc")).status_code == 404
    await house.take_over(shopper)
    for text in ("", "  ", "\x00", "x" * 9000, "a\ud800"):
        raw = {"id": new_identifier(), "agent": "anna", "text": text}
        answer = await house.staff.post(f"/conversations/{shopper.id}/messages", content=ascii_json(raw))
        assert answer.status_code == 422, text[:10]
    assert (await house.staff.post(f"/conversations/{shopper.id}/takeover", json={"agent": ""})).status_code == 422
    assert (await house.hand_back(shopper, note="x" * 4001)).status_code == 422
    assert (await house.staff.get(f"/conversations/{shopper.id}")).json()["handler"] == "person"


def ascii_json(value: object) -> bytes:
    return json.dumps(value).encode("ascii")
