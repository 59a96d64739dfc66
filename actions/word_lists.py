"""Word lists by kind and language (YAML files beside the actions): what a message says that its intent does not.

Written in small letters; ".." stands for up to two words (in Chinese, signs). Chinese is looked for without borders.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path

import yaml

# From here on scripts are written without spaces.
FIRST_UNSPACED = "\u2e80"
_LATIN_SIGN = r"[^\W\u3400-\u9fff]"


def folded(text: str) -> str:
    """Return small letters without accents; words stand between single spaces, a comma for every other sign."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    plain = re.sub(r"['’`´-]", " ", plain)
    return re.sub(r"\s+", " ", re.sub(r"[^\w\s]+", " , ", plain)).strip()


@lru_cache(maxsize=32)
def word_lists(file: str, language: str | None) -> dict[str, re.Pattern[str]]:
    """Return the words of a file in a language, by kind; those of English where there are none.

    Args:
        file: the name of a YAML file in this folder: kind → language → phrases.
        language: such as "es"; None for English.
    """
    return {
        kind: _pattern(by_language.get(language or "en") or by_language["en"])
        for kind, by_language in _read(file).items()
    }


def kinds_named(file: str, text: str, language: str | None) -> list[str]:
    """Return the kinds of a file of which a text has words, in the order of the file.

    The words of the language count, of English, which people mix in, and those of `any` language.
    """
    said = folded(text)
    return [kind for kind, pattern in _mixed(file, language).items() if pattern.search(said)]


@lru_cache(maxsize=32)
def _mixed(file: str, language: str | None) -> dict[str, re.Pattern[str]]:
    keys = {str(language), "en", "any"}
    return {
        kind: _pattern({str(word) for key in keys for word in by_language.get(key) or ()})
        for kind, by_language in _read(file).items()
    }


@lru_cache(maxsize=32)
def words_of_all(file: str) -> dict[str, re.Pattern[str]]:
    """Return the words of a file by kind, of every language, to be looked for in a text in small letters."""
    return {kind: re.compile(alternatives(all_words(by_language))) for kind, by_language in _read(file).items()}


def all_words(by_language: dict[str, list[str]]) -> list[str]:
    """Return the words of all languages."""
    return [word for words in by_language.values() for word in words]


def alternatives(words: list[str], borders: bool = True) -> str:
    """Return a pattern of any of the words, the longest first; Latin words end at their borders, Chinese has none."""
    longest_first = sorted(words, key=len, reverse=True)
    return "|".join(
        rf"(?<!\w){re.escape(word)}(?!\w)" if borders and word[0] < FIRST_UNSPACED else re.escape(word)
        for word in longest_first
    )


def _read(file: str) -> dict[str, dict[str, list[str]]]:
    data: dict[str, dict[str, list[str]]] = yaml.safe_load(Path(__file__).with_name(file).read_text(encoding="utf-8"))
    return data


def _pattern(phrases: Collection[str]) -> re.Pattern[str]:
    """Any of the phrases, the longest first; Latin words end at their borders."""
    ways = []
    for phrase in sorted(phrases, key=len, reverse=True):
        parts = [re.escape(folded(part)) for part in phrase.split("..")]
        if phrase[0] >= FIRST_UNSPACED:
            ways.append(r"\w{0,2}".join(parts))
        else:
            ways.append(rf"(?<!{_LATIN_SIGN}){r' (?:\w+ ){0,2}'.join(parts)}(?!{_LATIN_SIGN})")
    return re.compile("|".join(ways) or r"(?!)")
