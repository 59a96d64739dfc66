"""The small parts: text cleaning, tokens, token buckets, lanes."""

from __future__ import annotations

import asyncio
import unicodedata
from types import SimpleNamespace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.identifiers import new_identifier
from gateway.database import Lanes
from gateway.limits import Limits, TokenBuckets
from gateway.text import clean, is_blank
from gateway.tokens import BadToken, ButtonRef, Tokens, Visitor
from gateway.worker import Patience, Workers

TOKENS = Tokens("a secret key")


@given(st.text())
def test_cleaned_text_can_be_stored_and_cleaning_it_again_changes_nothing(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert all(c == "\n" or unicodedata.category(c) != "Cc" for c in cleaned)
    assert clean(cleaned) == cleaned


@given(st.text(alphabet=st.characters(min_codepoint=0xD800, max_codepoint=0xDFFF, categories=["Cs"]), min_size=1))
def test_half_a_surrogate_pair_is_no_text(text: str) -> None:
    with pytest.raises(ValueError, match="Unicode"):
        clean(text)


@pytest.mark.parametrize("text", ["", " \n", "\u200b", "\u2060\ufeff", "\u3000", "\u202e"])
def test_what_cannot_be_seen_is_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", "😀", "👨‍👩‍👧", "؟", "你", ".", "\u200ba"])
def test_what_can_be_seen_is_not_blank(text: str) -> None:
    assert not is_blank(text)


def test_tokens_stand_for_what_they_were_made_for() -> None:
    visitor = Visitor(new_identifier(), "es")
    assert TOKENS.visitor(TOKENS.visitor_token(visitor)) == visitor
    button = ButtonRef(17, 2)
    assert TOKENS.button(visitor.conversation_id, TOKENS.button_token(visitor.conversation_id, button)) == button


@given(st.text(max_size=200))
def test_no_text_is_a_token_by_chance(text: str) -> None:
    with pytest.raises(BadToken):
        TOKENS.visitor(text)
    with pytest.raises(BadToken):
        TOKENS.button(new_identifier(), text)


CONVERSATION = "conversation-17"
TOKEN = TOKENS.button_token(CONVERSATION, ButtonRef(17, 2))


# The last character of a signature carries bits that mean nothing.
@given(at=st.integers(0, len(TOKEN) - 2), other=st.sampled_from("abcXYZ019-_."))
def test_a_token_with_one_character_changed_is_none(at: int, other: str) -> None:
    assume(TOKEN[at] != other)
    with pytest.raises(BadToken):
        TOKENS.button(CONVERSATION, TOKEN[:at] + other + TOKEN[at + 1 :])


def test_tokens_of_one_kind_place_or_key_are_none_elsewhere() -> None:
    conversation = new_identifier()
    button = TOKENS.button_token(conversation, ButtonRef(1, 0))
    visitor = TOKENS.visitor_token(Visitor(conversation, None))
    for read in (
        lambda: TOKENS.button(new_identifier(), button),
        lambda: TOKENS.visitor(button),
        lambda: TOKENS.button(conversation, visitor),
        lambda: Tokens("another key").visitor(visitor),
        lambda: TOKENS.visitor("x" * 100_000),
    ):
        with pytest.raises(BadToken):
            read()


def test_a_visitors_token_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    import itsdangerous.timed

    token = TOKENS.visitor_token(Visitor(new_identifier(), None))
    now = itsdangerous.timed.time.time()
    monkeypatch.setattr(itsdangerous.timed.time, "time", lambda: now + 31 * 24 * 3600)
    with pytest.raises(BadToken):
        TOKENS.visitor(token)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_gives_what_is_in_it_and_fills_again() -> None:
    clock = Clock()
    buckets = TokenBuckets(3, 60, clock)
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 0]
    assert buckets.take("a") == pytest.approx(20)
    assert buckets.take("b") == 0, "everybody has their own"
    clock.now += 20
    assert buckets.take("a") == 0
    assert buckets.take("a") == pytest.approx(20)
    clock.now += 3600
    assert [buckets.take("a") > 0 for _ in range(4)] == [False, False, False, True], "never fuller than full"


@given(st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 30)), max_size=60))
def test_no_key_ever_gets_more_than_its_rate(steps: list[tuple[str, float]]) -> None:
    clock = Clock()
    buckets = TokenBuckets(5, 60, clock)
    taken: dict[str, list[float]] = {"a": [], "b": []}
    for key, pause in steps:
        clock.now += pause
        if buckets.take(key) == 0:
            taken[key].append(clock.now)
    for times in taken.values():
        for start in times:
            within = sum(1 for t in times if start <= t < start + 60)
            assert within <= 10, "a full bucket, and what flows in during the minute"


async def test_urgent_work_goes_before_work_that_waited_longer() -> None:
    lanes = Lanes(1)
    order: list[str] = []
    all_wait = asyncio.Event()

    async def work(name: str, urgent: bool) -> None:
        async with lanes.taken(urgent):
            await all_wait.wait()
            order.append(name)

    tasks = [asyncio.create_task(work(f"slow {n}", False)) for n in range(3)]
    tasks += [asyncio.create_task(work(f"urgent {n}", True)) for n in range(2)]
    await asyncio.sleep(0)
    all_wait.set()
    await asyncio.gather(*tasks)
    assert order == ["slow 0", "urgent 0", "urgent 1", "slow 1", "slow 2"]


async def test_a_lane_is_not_lost_when_who_waits_for_it_goes_away() -> None:
    lanes = Lanes(1)
    held, release = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with lanes.taken(False):
            held.set()
            await release.wait()

    async def take() -> None:
        async with lanes.taken(True):
            pass

    holder = asyncio.create_task(hold())
    await held.wait()
    waiting = [asyncio.create_task(take()) for _ in range(4)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    release.set()
    await holder
    waiting[1].cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    async with asyncio.timeout(10):
        await take()


async def test_a_message_that_comes_while_a_worker_finds_nothing_is_not_left_lying() -> None:
    looks, may_answer = [], asyncio.Event()

    class EmptyInbox:
        async def read(self, _work: object) -> None:
            looks.append(1)
            await may_answer.wait()

    settings = SimpleNamespace(shop="demo", assistant_concurrency=1)
    workers = Workers(SimpleNamespace(database=EmptyInbox(), settings=settings), Patience())
    workers.wake("conversation-1")
    await asyncio.sleep(0)
    assert len(looks) == 1
    workers.wake("conversation-1")
    may_answer.set()
    await asyncio.sleep(0.01)
    await workers.stop(1)
    assert len(looks) == 2


def test_what_an_address_refuses_is_not_counted_against_the_conversation() -> None:
    limits = Limits(messages_per_minute=2, conversations_per_hour=100)
    for number in range(10):
        assert limits.message(f"other {number}", "192.0.2.1") == 0
    for _ in range(5):
        assert limits.message("mine", "192.0.2.1") > 0
    assert limits.message("mine", "192.0.2.2") == 0 == limits.message("mine", "192.0.2.2")
