"""Tokens by spaCy, each message by the rules of its own language."""

from __future__ import annotations

import logging
from typing import Any

import jieba
import spacy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message
from spacy.language import Language

from assistant.nlu.component import MAX_CHARS, language_of, own_source


class Word(Token):
    """A token that is told from others quickly: a training does so with millions."""

    def fingerprint(self) -> str:
        """Return what tells this token from others: its text and place are all it has."""
        return f"{self.start} {self.text}"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class MultilingualTokenizer(Tokenizer):
    """Holds one blank spaCy language per language; Chinese is cut into words by jieba.

    Config:
        languages: made ready at the start; others are made when first met.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"languages": [], "intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._languages: dict[str, Language] = {}
        for language in config["languages"]:
            self._spacy(language).make_doc("ready 好")  # jieba reads its dictionary at the first word

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        return own_source(__file__)

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Return the tokens of one attribute of a message; white space is not a token."""
        text = str(message.get(attribute))[:MAX_CHARS]
        document = self._spacy(language_of(message)).make_doc(text)
        return [Word(token.text, token.idx) for token in document if not token.is_space]

    def _spacy(self, language: str) -> Language:
        if language not in self._languages:
            self._languages[language] = _blank(language)
        return self._languages[language]


def _blank(language: str) -> Language:
    code = language.split("-", maxsplit=1)[0]
    if code == "zh":
        _read_dictionary()
        return spacy.blank("zh", config={"nlp": {"tokenizer": {"segmenter": "jieba"}}})
    try:
        return spacy.blank(code)
    except ImportError:  # a language that spaCy has no rules for, or whose tokenizer needs a package we do not have
        return spacy.blank("xx")


def _read_dictionary() -> None:
    """Have jieba read its dictionary here: left alone, it trusts a cache file in the shared temp folder."""
    if not jieba.dt.initialized:
        jieba.setLogLevel(logging.WARNING)
        jieba.dt.FREQ, jieba.dt.total = jieba.dt.gen_pfdict(jieba.dt.get_dict_file())
        jieba.dt.initialized = True
