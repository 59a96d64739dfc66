"""Colours that shoppers name, whether the shop has them or not: "the blue one", "roja", "marineblau", "黑色的"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from assistant.nlu.finder import Finder, Passage
from assistant.nlu.phrases import any_of, blanked, data_of, fold, lexicons, without_addresses

_DATA = Path(__file__).with_name("colours.yml")


@dataclass(frozen=True)
class _Colours:
    pattern: re.Pattern[str]
    no_colour: re.Pattern[str]
    words: dict[str, str]
    stems: tuple[tuple[str, str], ...]

    def value(self, written: str) -> str:
        """Return the English name of a colour that the pattern found."""
        word = " ".join(written.split())
        return self.words.get(word) or next(name for stem, name in self.stems if word.startswith(stem))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ColourFinder(Finder):
    """Adds a `colour` for every colour that a message names; the value is its English name ("dark blue")."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        for language in lexicons():
            _colours(language)

    def read(self, passage: Passage) -> None:
        """Add the colours of a passage."""
        colours = _colours(passage.language)
        folded = blanked(colours.no_colour, fold(without_addresses(passage.text)))
        for match in colours.pattern.finditer(folded):
            if len(match[0]) > 1 or match[0].isascii() or _is_meant(folded, match):
                passage.add("colour", *match.span(), colours.value(match[0]))


def _is_meant(folded: str, match: re.Match[str]) -> bool:
    """Whether one Chinese character is a colour here, by the characters beside it."""
    beside = data_of(_DATA)["one_character"]
    before, after = folded[match.start() - 1 : match.start()], folded[match.end() : match.end() + 1]
    return bool(after and after in beside["before"]) or bool(before and before in beside["after"])


def known_colours(language: str) -> dict[str, str]:
    """Return the words for colours of a language, folded, with their English names."""
    return _colours(language).words


@cache
def _colours(language: str) -> _Colours:
    data = data_of(_DATA)
    # English colours are said in all other languages, too; where both have a word, the own one counts.
    said = [*data["by_language"]["en"].items(), *data["by_language"][language].items()]
    words = {" ".join(fold(word).split()): name for name, words in said for word in words}
    stems = tuple((word.rstrip("*"), name) for word, name in words.items() if word.endswith("*"))
    no_colour = [*data["no_colour"]["en"], *data["no_colour"][language]]
    return _Colours(any_of(words), any_of(no_colour), words, tuple(sorted(stems, key=lambda s: -len(s[0]))))
