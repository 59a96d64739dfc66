"""Clauses: the parts of a message that may each carry a need ("cancel the lamp | and where is the rest?").

Cutting is generous; whether the parts are needs of their own is decided when they have been classified (needs.py).
"""

from __future__ import annotations

import itertools
import re

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.component import Component, language_of, text_of, word_starts
from assistant.nlu.phrases import fold, matches, spoken

CLAUSES = "clauses"
# Signs that end a clause; a comma or a full stop within a number ("1.200,50") or a name ("example.com") is none.
_SIGNS = re.compile(r"[!?;。！？；\n]+|(?:[,.:](?=\s|$)|[，：])+")
_WORD = re.compile(r"[^\W\d_]+")
_UNSPACED = re.compile(r"[\u3400-\u9fff]")
_LEAST_WORDS, _LEAST_UNSPACED = 2, 3
# Who says more than so much says one thing at length; and reading each part takes time.
_MOST = 8
_ALL_RUNS = 4


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class ClauseFinder(Component):
    """Sets `clauses` (list of {"start", "end"}) on messages that have two to eight of them.

    They end at signs, and before words that join (lexicon: `clauses`).
    """

    def process(self, messages: list[Message]) -> list[Message]:
        """Cut incoming messages into clauses."""
        for message in messages:
            spans = find_clauses(text_of(message), language_of(message), word_starts(message))
            if 2 <= len(spans) <= _MOST:
                message.set(CLAUSES, [{"start": start, "end": end} for start, end in spans])
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave training examples whole: each has one need."""
        return training_data


def stretches(clauses: int) -> list[tuple[int, int]]:
    """Return the runs of neighbouring clauses (first, one after the last) that are read on their own.

    A need may take several clauses. All runs but the whole are read; of a long message only single ones and pairs.
    """
    longest = clauses - 1 if clauses <= _ALL_RUNS else 2
    runs = ((first, first + size) for size in range(1, longest + 1) for first in range(clauses - size + 1))
    return list(runs)


def clause_texts(message: Message) -> list[str]:
    """Return the texts of a message's stretches of clauses; none when it is one piece."""
    text, clauses = text_of(message), message.get(CLAUSES) or []
    return [text[clauses[first]["start"] : clauses[last - 1]["end"]] for first, last in stretches(len(clauses))]


def find_clauses(text: str, language: str, starts: frozenset[int] | None = None) -> list[tuple[int, int]]:
    """Return start and end of each clause of a text; what says too little goes with the clause before it.

    Args:
        text: the message.
        language: of the message.
        starts: where its words begin, if known.
    """
    cuts = {match.end() for match in _SIGNS.finditer(text)}
    joins = list(matches(spoken(language, "clauses", "joining"), fold(text), starts))
    cuts |= {match.start() for match in joins}
    # "And another thing:" says nothing yet.
    said = _without(text, [match.span() for match in joins])
    places = [0, *sorted(cut for cut in cuts if 0 < cut < len(text)), len(text)]
    spans: list[tuple[int, int]] = []
    for start, end in itertools.pairwise(places):
        if spans and not (_says_enough(said[start:end]) and _says_enough(said[slice(*spans[-1])])):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    if len(spans) > 1 and not _says_enough(said[slice(*spans[-1])]):
        last = spans.pop()
        spans[-1] = (spans[-1][0], last[1])
    return spans


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    """Return a text with some parts blanked out."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _says_enough(text: str) -> bool:
    return len(_WORD.findall(text)) >= _LEAST_WORDS or len(_UNSPACED.findall(text)) >= _LEAST_UNSPACED
