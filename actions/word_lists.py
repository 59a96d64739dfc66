"""Words in data files (kind → language → phrases), looked for in messages without regard to case, accents and signs."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

import yaml


def folded(text: str) -> str:
    """Return small letters without accents; words stand between single spaces, a comma for every other sign."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    plain = re.sub(r"['’`´-]", " ", plain)
    return re.sub(r"\s+", " ", re.sub(r"[^\w\s]+", " , ", plain)).strip()


def kinds_named(file: str, text: str, language: str | None) -> list[str]:
    """Return the kinds of a file of this folder of which a text has words, in the order of the file."""
    said = folded(text)
    return [kind for kind, pattern in _patterns(file, language or "en").items() if pattern.search(said)]


@lru_cache(maxsize=32)
def _patterns(file: str, language: str) -> dict[str, re.Pattern[str]]:
    """The words by kind: those of the language, of English, which people mix in, and those of `any` language."""
    data = yaml.safe_load(Path(__file__).with_name(file).read_text(encoding="utf-8"))
    return {
        kind: _pattern({str(word) for key in (language, "en", "any") for word in by_language.get(key) or []})
        for kind, by_language in data.items()
    }


def _pattern(phrases: set[str]) -> re.Pattern[str]:
    """Any of the phrases, the longest first; ".." is up to two words, or signs; Latin words end at their borders."""
    alternatives = []
    for phrase in sorted(phrases, key=len, reverse=True):
        parts = [re.escape(folded(part)) for part in phrase.split("..")]
        if phrase[0] >= "\u2e80":
            alternatives.append(r"\w{0,2}".join(parts))
        else:
            alternatives.append(rf"(?<![^\W\u3400-\u9fff]){r' (?:\w+ ){0,2}'.join(parts)}(?![^\W\u3400-\u9fff])")
    return re.compile("|".join(alternatives) or r"(?!)")
