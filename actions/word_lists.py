"""Word lists by kind and language (YAML files beside the actions): what a message says that its intent does not.

Written in small letters; ".." stands for up to two words (in Chinese, signs). Chinese is looked for without borders.
"""

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


@lru_cache(maxsize=32)
def word_lists(file: str, language: str) -> dict[str, re.Pattern[str]]:
    """Return the words of a file in a language, by kind; those of English where there are none.

    Args:
        file: the name of a YAML file in this folder: kind → language → phrases.
        language: such as "es".
    """
    data = yaml.safe_load(Path(__file__).with_name(file).read_text(encoding="utf-8"))
    return {kind: _pattern(by_language.get(language) or by_language["en"]) for kind, by_language in data.items()}


def _pattern(phrases: list[str]) -> re.Pattern[str]:
    """Any of the phrases, the longest first; Latin words end at their borders."""
    alternatives = []
    for phrase in sorted(phrases, key=len, reverse=True):
        parts = [re.escape(folded(part)) for part in phrase.split("..")]
        if phrase[0] >= "\u2e80":
            alternatives.append(r"\w{0,2}".join(parts))
        else:
            alternatives.append(rf"(?<!\w){r' (?:\w+ ){0,2}'.join(parts)}(?!\w)")
    return re.compile("|".join(alternatives))
