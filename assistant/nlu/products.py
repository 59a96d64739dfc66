"""Products and their variants as shoppers name them: "the harbour sneaker", "canvas sneakers", "harbor sneeker".

Whole titles and parts of them that end with the head word are found by spaCy's PhraseMatcher, in the singular and the
plural; typing errors by edit distance, for words of five letters or more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import spacy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from spacy.matcher import PhraseMatcher
from spacy.matcher.levenshtein import levenshtein  # type: ignore[import-not-found]  # compiled
from spacy.tokens import Doc, Span

from assistant.nlu.catalogue import CatalogueFile, Product, Terms
from assistant.nlu.colours import known_colours
from assistant.nlu.finder import Finder, Passage
from assistant.nlu.phrases import fold, without_addresses

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?|[\u3400-\u9fff]|[^\W_]+")
_SHORTEST_WITH_ERRORS, _SHORTEST_WITH_TWO = 5, 9
# Of those there are rather too many in any shop: a word that names more products than this tells nothing.
_MOST_CANDIDATES = 12
_COLOUR_OPTIONS = frozenset(("colour", "color", "farbe", "couleur", "颜色"))
_SIZE_OPTIONS = frozenset(("size", "sizes", "grosse", "talla", "taille", "pointure", "尺码", "尺寸", "length", "width"))
_NOT_ALONE = frozenset(("set", "pair", "one", "box", "bag", "gift", "card", "small", "large", "pack", "new"))


@dataclass
class _Index:
    """The phrases of one state of the catalogue: which products each may mean, which option each is a value of."""

    terms: Terms
    matcher: PhraseMatcher = field(init=False)
    products: dict[str, tuple[Product, ...]] = field(default_factory=dict)
    values: dict[str, tuple[str, str]] = field(default_factory=dict)
    lengths: dict[int, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        named: dict[str, list[Product]] = {}
        for product in self.terms.products:
            for phrase in _phrases(product):
                named.setdefault(phrase, []).append(product)
        self.products = {phrase: tuple(found) for phrase, found in named.items() if len(found) <= _MOST_CANDIDATES}
        for option, values in self.terms.options:
            if fold(option) not in _SIZE_OPTIONS:
                self.values |= {" ".join(_words(value)): (option, value) for value in values if len(value) > 2}
        self.values.pop("", None)
        self.matcher = PhraseMatcher(_VOCABULARY)
        self.matcher.add("product", [_document(phrase.split()) for phrase in self.products])
        self.matcher.add("variant", [_document(phrase.split()) for phrase in self.values])
        for word in {word for phrase in self.products for word in phrase.split()}:
            if len(word) >= _SHORTEST_WITH_ERRORS and word.isalpha():
                self.lengths.setdefault(len(word), []).append(word)

    def corrected(self, word: str) -> str:
        """Return the word of the catalogue that a mistyped one stands for, or the word itself."""
        if len(word) < _SHORTEST_WITH_ERRORS or not word.isalpha() or not word.isascii():
            return word
        most = 2 if len(word) >= _SHORTEST_WITH_TWO else 1
        best: tuple[int, str] | None = None
        for length in range(len(word) - most, len(word) + most + 1):
            for known in self.lengths.get(length, ()):
                distance = 1 if _swapped(word, known) else levenshtein(word, known, most)
                if distance == 0:
                    return word
                if distance <= most and known[0] == word[0] and (best is None or distance < best[0]):
                    best = (distance, known)
        return best[1] if best else word


_VOCABULARY = spacy.blank("xx").vocab


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ProductFinder(Finder):
    """Adds `product`, and `variant` and `colour` for the values of the shop's options.

    Values: product {"product": handle, "title"}, or, when several fit, {"product": None, "title": None, "candidates":
    [{"product", "title"}, …]}; variant {"option": "Material", "value": "Oak"}; colour the value as the shop writes it,
    in small letters ("chestnut"). `additional_info` has "fuzzy": true for a name that was mistyped.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._file = CatalogueFile.of_the_shop()
        self._index = _Index(self._file.terms)

    def read(self, passage: Passage) -> None:
        """Add the products and variants of a passage."""
        terms = self._file.terms
        if terms is not self._index.terms:
            self._index = _Index(terms)
        if not (self._index.products or self._index.values):
            return
        tokens = list(_WORD.finditer(fold(without_addresses(passage.text))))
        written = [token[0] for token in tokens]
        self._add(passage, tokens, written, fuzzy=False)
        corrected = [self._index.corrected(word) for word in written]
        if corrected != written:
            self._add(passage, tokens, corrected, fuzzy=True)

    def _add(self, passage: Passage, tokens: list[re.Match[str]], words: list[str], *, fuzzy: bool) -> None:
        if not words:
            return
        document = _document(words)
        spans: list[Span] = self._index.matcher(document, as_spans=True)
        more = {"fuzzy": True} if fuzzy else {}
        for span in sorted(spans, key=lambda s: (s.start - s.end, s.label_ != "product", s.start)):
            start, end = tokens[span.start].start(), tokens[span.end - 1].end()
            if span.label_ == "product":
                passage.add("product", start, end, _value(self._index.products[span.text]), **more)
            elif not fuzzy:
                option, value = self._index.values[span.text]
                if fold(option) in _COLOUR_OPTIONS:
                    if span.text in known_colours("en"):
                        continue  # "navy blue" is for the finder of colours
                    if passage.language == "en" or " " in span.text or span.text not in _WORDS_ELSEWHERE:
                        passage.add("colour", start, end, value.lower())
                else:
                    passage.add("variant", start, end, {"option": option, "value": value})


# Colours of shops that are other words in another language.
_WORDS_ELSEWHERE = frozenset(("sand", "stone", "rose", "natural", "mint"))


def _value(products: tuple[Product, ...]) -> dict[str, Any]:
    named = [{"product": product.handle, "title": product.title} for product in products]
    return dict(named[0]) if len(named) == 1 else {"product": None, "title": None, "candidates": named}


def _phrases(product: Product) -> set[str]:
    """Return what may be said for a product: the title, its ends ("canvas sneaker"), and its first word with the head.

    The last word alone ("sneaker") is its head; an alias counts as a whole.
    """
    phrases: set[str] = set()
    words = _words(re.split(r"[,(–—|/]| - ", product.title)[0])
    named = [words[i:] for i in range(len(words))]
    if len(words) > 2:
        named += [[words[0], words[-1]], words[:-1]]
    for phrase in [*named, _words(product.title), *(_words(alias) for alias in product.aliases)]:
        if not phrase or (len(phrase) == 1 and _says_nothing(phrase[0])):
            continue
        phrases |= {" ".join([*phrase[:-1], form]) for form in _forms(phrase[-1])}
    return phrases


def _says_nothing(word: str) -> bool:
    return word in _NOT_ALONE or word.isdigit() or (len(word) < 3 and word.isascii())


def _forms(word: str) -> Iterator[str]:
    """Give a word in the singular and the plural, as English builds it."""
    yield word
    if not word.isascii() or not word.isalpha() or len(word) < 3:
        return
    if word.endswith("s") and not word.endswith("ss"):
        yield word[:-1]
        yield word + "es"
    elif word.endswith(("s", "x", "z", "ch", "sh")):
        yield word + "es"
    elif word.endswith("y") and word[-2] not in "aeiou":
        yield word[:-1] + "ies"
    elif word.endswith("f"):
        yield from (word[:-1] + "ves", word + "s")
    else:
        yield word + "s"


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))


def _document(words: list[str]) -> Doc:
    return Doc(_VOCABULARY, words=words)


def _swapped(word: str, known: str) -> bool:
    """Whether two neighbouring letters changed places."""
    if len(word) != len(known):
        return False
    wrong = [i for i, (a, b) in enumerate(zip(word, known, strict=True)) if a != b]
    return len(wrong) == 2 and wrong[1] == wrong[0] + 1 and sorted(word) == sorted(known)
