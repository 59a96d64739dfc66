"""E5 as the assistant runs it: two encoders that share their lower layers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from assistant.nlu.encoders import e5
from assistant.nlu.encoders.e5 import E5

TEXTS = ["where is my parcel", "¿dónde está mi paquete?", "我的包裹在哪", "the lamp is broken", "."]


@pytest.fixture(scope="module")
def encoders() -> tuple[E5, E5]:
    """As published, and as it has learnt."""
    return E5(learnt=False), E5(learnt=True)


@pytest.fixture
def read(encoders: tuple[E5, E5], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that go through the lower layers."""
    lower, texts = encoders[0]._lower, []
    lower._awaited.clear()
    before = lower.read
    monkeypatch.setattr(lower, "read", lambda text: [texts.append(text), before(text)][1])
    return texts


def test_what_means_the_same_lies_closest_in_any_language(encoders: tuple[E5, E5]) -> None:
    for encoder in encoders:
        english, spanish, chinese, lamp, _ = encoder.encode(TEXTS)
        assert min(english @ spanish, english @ chinese, spanish @ chinese) > max(english @ lamp, spanish @ lamp)
        assert np.linalg.norm(english) == pytest.approx(1, abs=1e-3)


def test_in_any_company_a_text_has_the_same_vector(encoders: tuple[E5, E5]) -> None:
    for encoder in encoders:
        alone = np.vstack([encoder.encode([text]) for text in TEXTS])
        many = encoder.encode(TEXTS * 8)  # read by two threads
        np.testing.assert_allclose(many, np.tile(alone, (8, 1)), atol=1e-6)


def test_the_lower_layers_read_a_message_once_and_forget_it(encoders: tuple[E5, E5], read: list[str]) -> None:
    published, learnt = encoders
    assert not np.allclose(published.encode(TEXTS[:2]), learnt.encode(TEXTS[:2]))
    assert read == TEXTS[:2]
    assert not published._lower._awaited


def test_what_the_other_encoder_never_asks_for_is_not_kept_for_long(encoders: tuple[E5, E5], read: list[str]) -> None:
    for number in range(e5._FEW + 5):
        encoders[0].encode([f"order {number}"])
    assert len(encoders[0]._lower._awaited) == e5._FEW
    assert "order 4" not in encoders[0]._lower._awaited and len(read) == e5._FEW + 5


def test_messages_at_the_same_time_do_not_mix(encoders: tuple[E5, E5]) -> None:
    published, learnt = encoders
    alone = [(published.encode([text]), learnt.encode([text])) for text in TEXTS]

    def both(number: int) -> bool:
        text = TEXTS[number % len(TEXTS)]
        pairs = zip((published.encode([text]), learnt.encode([text])), alone[number % len(TEXTS)], strict=True)
        return all(np.allclose(got, wanted, atol=1e-6) for got, wanted in pairs)

    with ThreadPoolExecutor(4) as shoppers:
        assert all(shoppers.map(both, range(60)))
