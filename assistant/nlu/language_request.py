"""Requests for a language by its name: "in English please", "auf Deutsch bitte", "请说中文", and "in Polish please"."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml
from babel import Locale
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT
from rasa.shared.nlu.training_data.message import Message

from assistant.nlu.component import Component, add_entities, text_of
from assistant.nlu.language import served_language, spoken_language
from assistant.nlu.phrases import any_of, everywhere, fold, lexicons

_LANGUAGES = Path(__file__).with_name("languages.yml")
_INTENT = "repeat"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class LanguageRequest(Component):
    """Takes a message that asks for a language, and nothing else, for `repeat`: the last answer in that language.

    Adds the entity `language_wanted`: a language of `languages` where one fits, else the language's own code; its
    `additional_info` holds the languages `served`, and whether the conversation just `goes_on`, since it is in that
    language and nothing is to be said again. A served language is at once the conversation's, in place of the one the
    message was written in; that one is not served is told in the language spoken before.

    Config:
        languages: the languages served.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"languages": ["en"]}

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__({**self.get_default_config(), **config})
        self._served: list[str] = list(self.config["languages"])

    def process(self, messages: list[Message], tracker: DialogueStateTracker | None = None) -> list[Message]:
        """Find the requests among incoming messages."""
        spoken = spoken_language(tracker, self._served)
        for message in messages:
            text = text_of(message)
            repeats = (message.get(INTENT) or {}).get("name") == _INTENT
            code = wanted_language(text) or (wanted_language(text, among_others=True) if repeats else None)
            if code:
                self._take(message, code, spoken)
        return messages

    def _take(self, message: Message, code: str, spoken: str | None) -> None:
        served = served_language(code, self._served)
        answered_in = served or spoken
        message.set(INTENT, {"name": _INTENT, "confidence": 1.0}, add_to_output=True)
        if answered_in:
            message.set("language", {"code": answered_in, "confidence": 1.0}, add_to_output=True)
            others = [entity for entity in message.get(ENTITIES, []) if entity.get("entity") != "language"]
            message.set(ENTITIES, others, add_to_output=True)
            add_entities(message, [_entity("language", answered_in)])
        goes_on = served is not None and served == spoken and not _again().search(fold(text_of(message)))
        about = {"served": self._served, "goes_on": goes_on}
        add_entities(message, [{**_entity("language_wanted", served or code), "additional_info": about}])


def _entity(kind: str, value: str) -> dict[str, Any]:
    return {"entity": kind, "start": 0, "end": 0, "value": value, "extractor": LanguageRequest.__name__}


def wanted_language(text: str, *, among_others: bool = False) -> str | None:
    """Return the code of the one language that a message asks for, or None.

    Args:
        text: the message.
        among_others: whether it may say other things, too, if the name follows a word such as "in"; otherwise "is the
            manual in English?" asks for nothing.
    """
    folded = fold(text)
    wanted: set[str] = set()
    rest = folded
    for name in _names_pattern().finditer(folded):
        denied = _right_before("denied").search(folded[: name.start()])
        start = denied.start() if denied else name.start()
        rest = rest[:start] + " " * (name.end() - start) + rest[name.end() :]
        if not denied and (not among_others or _right_before("before").search(folded[: name.start()])):
            wanted.add(_codes_by_name()[" ".join(name[0].split())])
    if len(wanted) != 1 or (not among_others and re.search(r"[^\W_]", _request_words().sub(" ", rest))):
        return None
    return wanted.pop()


@lru_cache(maxsize=1)
def _codes_by_name() -> dict[str, str]:
    data = yaml.safe_load(_LANGUAGES.read_text(encoding="utf-8"))
    readers = [Locale.parse(language, sep="-") for language in lexicons()]
    names: dict[str, str] = {}
    for code in data["codes"]:
        own = Locale.parse(code)
        told = [reader.languages.get(code) for reader in [*readers, own]]
        for name in [*told, *(data["also"].get(code) or [])]:
            if name:
                names.setdefault(fold(name), code)
    return names


@lru_cache(maxsize=1)
def _names_pattern() -> re.Pattern[str]:
    return any_of(_codes_by_name())


@lru_cache(maxsize=1)
def _request_words() -> re.Pattern[str]:
    return any_of(word for words in everywhere("language_request", "words") for word in words)


@lru_cache(maxsize=1)
def _again() -> re.Pattern[str]:
    return any_of(word for words in everywhere("language_request", "again") for word in words)


@cache
def _right_before(kind: str) -> re.Pattern[str]:
    """What stands right before a name; an article may stand between ("je ne parle pas l'allemand")."""
    phrases = any_of(phrase for phrases in everywhere("language_request", kind) for phrase in phrases)
    return re.compile(rf"(?:{phrases.pattern})\W{{0,3}}(?:[^\W\d_]{{1,3}}\W+)?$")
