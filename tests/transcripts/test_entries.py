"""What is written down of a conversation, and how it is read again."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest

from core.database import reading, transaction
from transcripts.entries import Entry, Speaker, attach_understanding, entries_after, record

CONVERSATION = "conversation-1"


def write(speaker: str, text: str, **more: object) -> int:
    with transaction() as session:
        given = {"shop": "demo", "conversation_id": CONVERSATION, **more}
        return record(session, speaker=speaker, text=text, **given)


def read(after_id: int = 0, shop: str = "demo", conversation_id: str = CONVERSATION) -> list[Entry]:
    with reading() as session:
        return entries_after(session, shop, conversation_id, after_id)


def test_what_is_said_is_read_again_in_order(database: Path) -> None:
    first = write("shopper", "Where is it?", message_id="m1")
    second = write("assistant", "On its way.", content={"reply": "utter_on_its_way"}, message_id="m1:0")
    third = write("assistant", "never sent", suppressed=True)
    entries = read()
    assert [e.id for e in entries] == [first, second, third]
    assert [e.speaker for e in entries] == [Speaker.SHOPPER, Speaker.ASSISTANT, Speaker.ASSISTANT]
    assert entries[0].at.tzinfo == UTC
    assert entries[1].content == {"reply": "utter_on_its_way"}
    assert [e.suppressed for e in entries] == [False, False, True]
    assert [e.id for e in read(first)] == [second, third]
    assert read(third) == []


def test_understanding_is_added_to_the_shoppers_words_only(database: Path) -> None:
    write("shopper", "hi", message_id="m1")
    write("shopper", "hi", message_id="m2")
    write("assistant", "hello", message_id="m1")
    with transaction() as session:
        attach_understanding(session, "demo", "m1", {"intent": {"name": "greet"}})
    assert [e.understanding for e in read()] == [{"intent": {"name": "greet"}}, None, None]


def test_shops_and_conversations_do_not_see_each_other(database: Path) -> None:
    write("shopper", "mine", message_id="m1")
    write("shopper", "of another shop", shop="other", message_id="m1")
    write("shopper", "of another conversation", conversation_id="conversation-2")
    with transaction() as session:
        attach_understanding(session, "other", "m1", {"theirs": True})
    assert [(e.text, e.understanding) for e in read()] == [("mine", None)]


def test_what_is_rolled_back_was_never_said(database: Path) -> None:
    def fail() -> None:
        with transaction() as session:
            record(session, shop="demo", conversation_id=CONVERSATION, speaker=Speaker.SHOPPER, text="hi")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert read() == []


def test_a_speaker_must_be_one_that_is_known(database: Path) -> None:
    with pytest.raises(ValueError, match="robot"):
        write("robot", "beep")


@pytest.mark.parametrize("text", ["", "😀", "你好\nيا", "'; drop table transcript_entries; --", "x" * 20_000])
def test_any_text_comes_back_as_it_was(database: Path, text: str) -> None:
    write("shopper", text)
    assert read()[0].text == text
