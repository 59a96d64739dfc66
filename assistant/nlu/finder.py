"""What the finders of entities share: a message that is being read, and what others have found in it already."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from rasa.shared.nlu.constants import ENTITIES
from rasa.shared.nlu.training_data.message import Message

from assistant.nlu.component import Component, add_entities, language_of, text_of, word_starts
from assistant.nlu.phrases import fold, lexicons, straighten

Span = tuple[int, int]
# They say something of the message as a whole, not of the words they stand on.
_OF_THE_WHOLE = ("language", "language_wanted")


@dataclass
class Passage:
    """One message while it is being read.

    Attributes:
        text: as written. plain: full-width signs and foreign digits made plain. folded: lower case, no accents. All
            three have the same length, so that positions agree.
        language: one that we have word lists for.
        locale: the shopper's, if known ("en-US").
        taken: what other finders have found; nothing is found there again.
        starts: where words begin; None if the text was not cut into words.
    """

    text: str
    language: str = "en"
    locale: str | None = None
    taken: list[Span] = field(default_factory=list)
    starts: Collection[int] | None = None
    plain: str = field(init=False)
    folded: str = field(init=False)
    found: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.language = self.language if self.language in lexicons() else "en"
        self.plain = straighten(self.text)
        self.folded = fold(self.text)

    def free(self, start: int, end: int) -> bool:
        """Whether nothing has been found in a span yet."""
        return all(end <= s or e <= start for s, e in self.taken)

    def add(self, kind: str, start: int, end: int, value: Any, **additional: Any) -> bool:
        """Keep an entity, unless something was found there before; return whether it was kept."""
        if start >= end or not self.free(start, end):
            return False
        entity = {"entity": kind, "start": start, "end": end, "value": value, "text": self.text[start:end]}
        if additional:
            entity["additional_info"] = additional
        self.found.append(entity)
        self.taken.append((start, end))
        return True


class Finder(Component, ABC):
    """A component that adds entities where the finders before it have found none."""

    @abstractmethod
    def read(self, passage: Passage) -> None:
        """Add what is found in a passage to it."""

    def process(self, messages: list[Message]) -> list[Message]:
        """Find the entities of incoming messages."""
        for message in messages:
            metadata = message.get("metadata") or {}
            entities = message.get(ENTITIES, [])
            taken = [(e["start"], e["end"]) for e in entities if e.get("entity") not in _OF_THE_WHOLE and "start" in e]
            locale = metadata.get("locale")
            passage = Passage(text_of(message), language_of(message), locale, taken, word_starts(message))
            add_entities(message, self._found(passage))
        return messages

    def find(
        self, text: str, language: str = "en", locale: str | None = None, taken: Iterable[Span] = ()
    ) -> list[dict[str, Any]]:
        """Return the entities of a text, in order, without overlap.

        Args:
            text: the message.
            language: of the message.
            locale: the shopper's, if known.
            taken: spans in which nothing is to be found.
        """
        return self._found(Passage(text, language, locale, list(taken)))

    def _found(self, passage: Passage) -> list[dict[str, Any]]:
        self.read(passage)
        named = [{**entity, "extractor": type(self).__name__} for entity in passage.found]
        return sorted(named, key=lambda entity: entity["start"])
