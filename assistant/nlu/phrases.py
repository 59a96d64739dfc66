"""Word lists by language (`lexicon/<language>.yml`): read, and compiled into patterns that ignore case and accents.

A phrase in a list is plain text, with two signs of its own: `*` at the end of a word stands for any ending, ` .. ` for
up to four words in between. Chinese needs no word boundaries, and ` .. ` stands there for up to six characters.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

LEXICON = Path(__file__).resolve().parent / "lexicon"
_CJK = re.compile(r"[\u3400-\u9fff]")
# A letter or digit of a script that puts spaces between words.
_LETTER = r"[^\W\u3400-\u9fff]"
_QUOTES = {"’": "'", "‘": "'", "`": "'", "´": "'"}
NOTHING = re.compile(r"(?!)")
# E-mail addresses and links: what is written in them is a name, whatever words it is made of.
_ADDRESS = re.compile(
    r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9.-]{1,255}|(?:https?://|www\.)[^\s\u3400-\u9fff]+", re.IGNORECASE
)


@lru_cache(maxsize=100_000)
def _folded(character: str) -> str:
    wide = unicodedata.normalize("NFKC", _QUOTES.get(character, character))
    if len(wide) != 1:
        return character
    if wide.isdigit() and not wide.isascii():
        return str(unicodedata.digit(wide))
    lower = unicodedata.normalize("NFD", wide.lower())[0]
    return lower if len(wide.lower()) == 1 else wide


@lru_cache(maxsize=1)
def lexicon_source() -> str:
    """Return a digest of all lexicons, for Rasa's cache: what is trained on what they find depends on them."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(LEXICON.glob("*.yml")))).hexdigest()


@cache
def data_of(path: Path) -> dict[str, Any]:
    """Return what a data file of a component holds; it is read once."""
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


def fold(text: str) -> str:
    """Return the text in lower case, without accents, with plain digits and quotes; positions stay where they were."""
    return "".join(map(_folded, text))


def straighten(text: str) -> str:
    """Return the text with full-width and foreign digits, letters and signs made plain; positions stay."""
    return "".join(_folded(c).upper() if c.isupper() else _folded(c) for c in text)


@lru_cache(maxsize=1)
def lexicons() -> dict[str, dict[str, Any]]:
    """Return all lexicons: language → sections as written in its file."""
    return {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(LEXICON.glob("*.yml"))}


def entry(language: str, *path: str) -> Any:
    """Return one entry of a language's lexicon, such as ("risk", "lawyer"); None if it has none."""
    content: Any = lexicons().get(language)
    for key in path:
        content = content.get(key) if isinstance(content, dict) else None
    return content


def everywhere(*path: str) -> list[Any]:
    """Return one entry of every lexicon that has it."""
    return [found for found in (entry(language, *path) for language in lexicons()) if found is not None]


@cache
def spoken(language: str, *path: str) -> re.Pattern[str]:
    """Return a pattern for the phrases of one list in a language, and in English, which people mix into all others."""
    own = [] if language == "en" else entry(language, *path) or []
    return any_of([*own, *(entry("en", *path) or [])])


@cache
def spoken_anywhere(*path: str) -> re.Pattern[str]:
    """Return a pattern for the phrases of one list in all languages together."""
    return any_of(phrase for phrases in everywhere(*path) for phrase in phrases)


def any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that finds any of the phrases in folded text, the longest first."""
    # Phrases with the same boundaries share them: hundreds of lookarounds take half a second to compile.
    groups: dict[tuple[str, str], list[str]] = {}
    for phrase in sorted(phrases, key=len, reverse=True):
        before, body, after = _parts(phrase)
        groups.setdefault((before, after), []).append(body)
    patterns = [f"{before}(?:{'|'.join(bodies)}){after}" for (before, after), bodies in groups.items()]
    return re.compile("|".join(patterns)) if patterns else NOTHING


def matches(pattern: re.Pattern[str], folded: str, starts: Collection[int] | None) -> Iterator[re.Match[str]]:
    """Give the matches of a pattern; a Chinese one counts only where a word begins ("服了" is not in "客服了").

    Args:
        starts: where the words of the text begin; None to take every match.
    """
    for match in pattern.finditer(folded):
        if starts is None or match.start() in starts or not _CJK.match(match[0]):
            yield match


def blanked(pattern: re.Pattern[str], folded: str) -> str:
    """Return the text with what the pattern finds taken out; positions stay."""
    return pattern.sub(lambda match: "#" * len(match[0]), folded)


def without_addresses(text: str) -> str:
    """Return the text with e-mail addresses and links taken out; positions stay."""
    return blanked(_ADDRESS, text)


def _parts(phrase: str) -> tuple[str, str, str]:
    """Return what must stand before a phrase, the phrase, and what must stand after it, as regular expressions."""
    clean = fold(str(phrase)).strip()
    gap = r".{0,6}?" if _CJK.search(clean) else r"\W+(?:\w+\W+){0,4}?"
    body = gap.join(_words(part) for part in re.split(r"\s*\.\.\s*", clean))
    before = f"(?<!{_LETTER})" if re.match(_LETTER, clean) else ""
    after = f"(?!{_LETTER})" if re.search(f"{_LETTER}$", clean) else ""
    return before, body, after


def _words(part: str) -> str:
    return r"\s+".join(re.escape(word).replace(r"\*", r"\w*") for word in part.split())
