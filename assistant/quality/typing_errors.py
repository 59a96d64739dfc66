"""Typing errors put into messages: the same ones for the same message and seed, in every run and on every machine."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable

_ROWS = {
    "qwerty": ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    "qwertz": ("qwertzuiopü", "asdfghjklöä", "yxcvbnm"),
    "azerty": ("azertyuiop", "qsdfghjklm", "wxcvbn"),
}
_KEYBOARDS = {"de": "qwertz", "fr": "azerty"}
_LETTERS_PER_SLIP = 30
_HAN = re.compile(r"[\u3400-\u9fff]")
# What holds digits or an @ is copied, not typed.
_TYPED = re.compile(r"(?<!\S)[^\W\d_]{4,}(?!\S*[@\d])")
_PUNCTUATION = re.compile(r"[^\w\s@#%€$£¥+/&_.-]|[.](?=\s|$)|(?<=\s)-(?=\s)")


def mistyped(text: str, language: str, seed: int = 7) -> str:
    """Return a message as somebody in a hurry types it: about one slip in thirty letters, and at least one.

    Letters are dropped, doubled, swapped, or hit beside the right key; accents, capitals and punctuation get lost, each
    in every other message. In Chinese a character is dropped or doubled, and punctuation lost.
    """
    # A generator of its own per message: adding a message to a file changes nothing for the others.
    chance = random.Random(f"{seed} {language} {text}")  # noqa: S311  nothing secret
    changed = _without_punctuation(text) if chance.random() < 0.5 else text
    if _HAN.search(text):
        return _slip_in_chinese(changed, chance)
    if chance.random() < 0.5:
        changed = changed.lower()
    if chance.random() < 0.5:
        changed = _without_accents(changed)
    for _ in range(max(1, round(len(changed) / _LETTERS_PER_SLIP))):
        changed = _slip(changed, language, chance)
    return changed if changed.strip() else text


def _slip(text: str, language: str, chance: random.Random) -> str:
    """Put one slip into a word of four letters or more; shorter ones would become other words."""
    words = list(_TYPED.finditer(text))
    if not words:
        return text
    word = chance.choice(words)
    at = chance.randrange(word.start() + 1, word.end())  # the first letter is seldom wrong
    kinds: tuple[Callable[[], str], ...] = (
        lambda: text[:at] + text[at + 1 :],
        lambda: text[:at] + text[at] + text[at:],
        lambda: text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :],
        lambda: text[:at] + _beside(text[at], language, chance) + text[at + 1 :],
    )
    return chance.choice(kinds)()


def _slip_in_chinese(text: str, chance: random.Random) -> str:
    places = [match.start() for match in _HAN.finditer(text)]
    if len(places) < 4:
        return text
    at = chance.choice(places)
    return text[:at] + text[at + 1 :] if chance.random() < 0.5 else text[:at] + text[at] + text[at:]


def _beside(letter: str, language: str, chance: random.Random) -> str:
    """Return the letter on a key to the left or the right, in the keyboard that a language is typed on."""
    for row in _ROWS[_KEYBOARDS.get(language, "qwerty")]:
        at = row.find(_without_accents(letter.lower())) if letter.lower() not in row else row.find(letter.lower())
        if at >= 0:
            near = chance.choice([row[i] for i in (at - 1, at + 1) if 0 <= i < len(row)])
            return near.upper() if letter.isupper() else near
    return letter


def _without_accents(text: str) -> str:
    plain = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(c for c in plain if not unicodedata.combining(c)))


def _without_punctuation(text: str) -> str:
    return " ".join(_PUNCTUATION.sub(" ", text).split()) or text
