"""Names of people: "my name is ana ruiz", "soy Ana Ruiz", "au nom de Marie Dupont", "我叫王伟", "Viele Grüße Anna".

A name is found after words that lead up to one, and below a letter. After "my name is" it may be written small; after
"this is" or "soy" it needs capitals, since nearly anything may follow there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import spacy.lang.de.stop_words
import spacy.lang.en.stop_words
import spacy.lang.es.stop_words
import spacy.lang.fr.stop_words
from babel import Locale
from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from assistant.nlu.finder import Finder, Passage
from assistant.nlu.phrases import any_of, data_of, entry, fold, lexicons

_DATA = Path(__file__).with_name("names.yml")
_MOST_WORDS = 4
_LONGEST_CHINESE = 4
_STOP_WORDS: dict[str, set[str]] = {
    "de": spacy.lang.de.stop_words.STOP_WORDS,
    "en": spacy.lang.en.stop_words.STOP_WORDS,
    "es": spacy.lang.es.stop_words.STOP_WORDS,
    "fr": spacy.lang.fr.stop_words.STOP_WORDS,
}
_WORD = re.compile(r"[^\W\d_\u3400-\u9fff]{1,24}(?:['’.-][^\W\d_\u3400-\u9fff]{1,24}){0,2}")
# What may stand between a cue and a name, and between two words of one.
_TO_NAME = re.compile(r"[ \t]*[:,\"'„“«»]?[ \t]*")
_GAP = re.compile(r"\.?[ ]{1,2}")
_PARTICLES = frozenset(
    (
        *("de", "del", "la", "las", "los", "da", "dos", "von", "van", "der", "den", "zu", "le", "du", "di", "al"),
        *("el", "bin", "y", "mac", "o", "d", "st", "ten", "ter"),
    )
)
_AT_THE_END = re.compile(r"[\s.!,)\"'❤️🙂😊☺]*$")
_BREAK = re.compile(r"[ \t]*[,.!\n-][\s,.!-]{0,4}|[ \t]+")


@dataclass(frozen=True)
class _Words:
    """What leads up to a name in one language, and what is none; patterns and words are for folded text."""

    strong: re.Pattern[str]
    weak: re.Pattern[str]
    weak_two: re.Pattern[str]
    closings: re.Pattern[str]
    thanks: re.Pattern[str]
    titles: frozenset[str]
    ends: frozenset[str]
    no_name: frozenset[str]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class NameFinder(Finder):
    """Adds a `name` for a person that the message names; the value is the name as it is written."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        for language in lexicons():
            _words(language)

    def read(self, passage: Passage) -> None:
        """Add the names of a passage."""
        words = _words(passage.language)
        if passage.language.startswith("zh"):
            for cue in words.strong.finditer(passage.folded):
                _add_chinese(passage, cue.end(), sure=True)
            for cue in words.weak.finditer(passage.folded):
                _add_chinese(passage, cue.end(), sure=False)
        for cue in words.strong.finditer(passage.folded):
            _add(passage, cue.end(), words, capitals=False)
        for cue in words.weak.finditer(passage.folded):
            _add(passage, cue.end(), words, capitals=True, least=2 if _is_short_cue(cue[0]) else 1)
        for cue in words.weak_two.finditer(passage.folded):
            _add(passage, cue.end(), words, capitals=True, least=2)
        _signature(passage, words)


def _is_short_cue(cue: str) -> bool:
    """Whether a cue says so little that one capital after it proves nothing: "it's Saturday", "hier Problem"."""
    return cue in ("it's", "hier", "c'est", "ici", "under", "aqui", "hier ist", "je suis", "firma", "habla")


def _add(  # noqa: PLR0913  # what is asked of a name differs by cue
    passage: Passage, after: int, words: _Words, *, capitals: bool, least: int = 1, to_the_end: bool = False
) -> bool:
    """Add the name that begins after a cue, if one does."""
    spans = list(_name_words(passage, after, words, capitals=capitals))
    if to_the_end and spans and not _AT_THE_END.match(passage.text, spans[-1][1]):
        return False
    said = [passage.folded[start:end] for start, end in spans]
    real = [word for word in said if word not in _PARTICLES and word not in words.titles]
    if len(real) < least or not any(len(word) > 1 for word in real):
        return False
    start, end = spans[0][0], spans[-1][1]
    return passage.add("name", start, end, " ".join(passage.text[start:end].split()))


def _name_words(passage: Passage, after: int, words: _Words, *, capitals: bool) -> Iterator[tuple[int, int]]:
    """Give the words of a name; particles only where more of it follows."""
    position = _TO_NAME.match(passage.text, after).end()  # type: ignore[union-attr]  # it matches nothing, too
    waiting: list[tuple[int, int]] = []
    count = 0
    while count < _MOST_WORDS:
        match = _WORD.match(passage.text, position)
        if match is None:
            return
        folded = passage.folded[match.start() : match.end()]
        capital = match[0][0].isupper()
        if folded in _PARTICLES and (count or capital):
            waiting.append(match.span())
            count += 1
        elif _is_no_name(folded, words, capital=capital, first=not count) or (capitals and not capital):
            return
        else:
            yield from waiting
            waiting = []
            yield match.span()
            # A name begun with capitals goes on with them: "Ana Ruiz here".
            capitals = capitals or capital
            count += 1
        gap = _GAP.match(passage.text, match.end())
        if gap is None or (gap[0].startswith(".") and len(folded) > 3):
            return
        position = gap.end()


def _is_no_name(folded: str, words: _Words, *, capital: bool, first: bool) -> bool:
    parts = {folded, folded.split("'", maxsplit=1)[0], folded.split("-", maxsplit=1)[0]}
    if parts & words.ends and not (capital and first and len(folded) > 2 and folded not in words.no_name):
        return True
    return bool(parts & words.no_name)


def _signature(passage: Passage, words: _Words) -> None:
    """Find the name below a message: "Regards, Ana Ruiz", "Viele Grüße Anna", "Thanks,\\nAna"."""
    for cue in (*words.closings.finditer(passage.folded), *words.thanks.finditer(passage.folded)):
        gap = _BREAK.match(passage.text, cue.end())
        if gap is None:
            continue
        thanks = cue.re is words.thanks
        # "Thanks Ana" may greet somebody; a comma or a new line makes it a signature.
        if thanks and not re.search(r"[,.!\n-]", gap[0]):
            continue
        small = not thanks or "\n" in gap[0]
        _add(passage, gap.end(), words, capitals=not small, to_the_end=True)


def _add_chinese(passage: Passage, after: int, *, sure: bool) -> bool:
    """Add the Chinese name that begins after a cue: a surname and one or two characters, or a title."""
    data = _data()
    start = after + len(re.match(r"[\s:：\"“「]*", passage.text[after:])[0])  # type: ignore[index]
    text = passage.text[start : start + _LONGEST_CHINESE + 2]
    surname = next((s for s in data["compound_surnames"] if text.startswith(s)), text[:1])
    if not surname or (len(surname) == 1 and surname not in data["surnames"]):
        return False
    rest = text[len(surname) :]
    title = next((t for t in data["by_language"]["zh-Hans"]["titles"] if rest.startswith(t)), None)
    if title:
        end = start + len(surname) + len(title)
        return passage.add("name", start, end, passage.text[start:end])
    given = re.match(rf"[^\W\da-zA-Z{re.escape(data['not_in_chinese_names'])}]{{1,2}}", rest)
    if given is None:
        return False
    end = start + len(surname) + len(given[0])
    if not sure and not _ends_a_clause(passage, end):
        return False  # "我是新客户": not every character that is a surname is one
    end += len(next((t for t in data["by_language"]["zh-Hans"]["titles"] if passage.text.startswith(t, end)), ""))
    return passage.add("name", start, end, passage.text[start:end])


def _ends_a_clause(passage: Passage, end: int) -> bool:
    return not re.match(r"[\u3400-\u9fff]", passage.text[end:]) or bool(
        re.match(r"先生|女士|小姐|太太|，|我|的|想|要|订单|之前|昨天", passage.text[end:])
    )


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    data = data_of(_DATA)
    languages = lexicons()
    return {
        "by_language": {language: data[language] for language in languages},
        **{name: value for name, value in data.items() if name not in languages},
    }


@cache
def _words(language: str) -> _Words:
    own, english = _data()["by_language"][language], _data()["by_language"]["en"]
    # "Hi, I'm Ana" is understood in every language; signatures are English everywhere.
    lists = {
        name: any_of([*own[name], *(english[name] if language != "en" and name in ("closings", "strong") else [])])
        for name in ("strong", "weak", "weak_two", "closings", "thanks")
    }
    stop_words = {fold(word) for word in _STOP_WORDS.get(language, ())}
    common = {fold(str(word)) for word in entry(language, "common_words") or []}
    titles = frozenset(map(fold, own["titles"]))
    ends = (stop_words | common | {fold(str(word)) for word in own["ends"]}) - titles
    return _Words(
        **lists,
        titles=titles,
        ends=frozenset(ends),
        no_name=frozenset({fold(str(word)) for word in own["no_name"]} | _peoples(language)),
    )


def _peoples(language: str) -> frozenset[str]:
    """Return the names of languages and countries, weekdays and months: "I'm German", "this is Friday"."""
    locale = Locale.parse(language, sep="-")
    names = [*locale.languages.values()]
    for widths in (locale.days["format"], locale.months["format"]):
        names += [name for width in ("wide",) for name in widths[width].values()]
    # Months that are names of people all the same.
    people = {"april", "june", "august", "may", "abril", "julia", "mai"}
    return frozenset(fold(str(name)) for name in names) - people
