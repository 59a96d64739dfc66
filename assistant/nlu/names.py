"""Names of people: "my name is ana ruiz", "soy Ana Ruiz", "au nom de Marie Dupont", "我叫王伟", "Viele Grüße Anna".

A name is found after words that lead up to one ("my name is"), before words that follow one ("Ana Ruiz here"), after a
title, and below a letter. After "my name is" it may be written small; after "this is" or "soy" it needs capitals, since
nearly anything may follow there. A common given name with a surname in capitals is found anywhere but in streets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import jieba
import spacy.lang.de.stop_words
import spacy.lang.en.stop_words
import spacy.lang.es.stop_words
import spacy.lang.fr.stop_words
from babel import Locale
from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from assistant.nlu.finder import Finder, Passage
from assistant.nlu.phrases import NOTHING, any_of, data_of, entry, fold, lexicons

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
# A name in capitals that ends right before the words that follow one.
_CAPITAL = (
    r"(?![A-Z\u00c0-\u00de]{3})[^\W\d_a-zß-ÿ\u3400-\u9fff][^\W\d_\u3400-\u9fff]{0,23}(?:['’-][^\W\d_]{1,24}){0,2}\.?"
)
_BACKWARDS = re.compile(rf"(?:^|(?<=[\s,.!?;:(-]))(?P<name>{_CAPITAL}(?: {_CAPITAL}){{0,3}})[ ,]{{1,2}}$")
_LAST_LINE = re.compile(r"(?:\n|[\n.!?] ?[-–—~]{1,2}|^[-–—~]{1,2})[ \t]*(?=[^\n]{2,48}$)")
_AT_LAST = re.compile(r"[,.!?…)-][ \t]*(?=[^\W\d_]{2,24}[\s.!)]*$)")
# "Perth WA"
_ABBREVIATION = re.compile(r"[A-Z]{2,4}")
# "Anna's", "I'm": no part of a name but in "O'Brien" and "d'Arc".
_CONTRACTED = re.compile(r".+'(?:s|m|d|t|ll|re|ve)$|^(?:j|c|qu|n|s|t|m|l)'.+")
_CHINESE_TITLE = re.compile(r"(?<!谢谢)(?<!位)(?:先生|女士|小姐(?!姐)|太太)")
_CHINESE_CLAUSE_AT_LAST = re.compile(
    r"(?:(?:谢谢|多谢|感谢|此致|敬礼|祝好|拜托了?|谢谢您|谢谢你们)[，。！!,.；;~\s]+|[\n—-])\s*(?P<name>[\u3400-\u9fff]{2,4})[。.!！~\s]*$"
)
_SURNAME_ONLY = re.compile(
    r"(?:我|免贵|本人|位|个)姓(?P<name>[\u3400-\u9fff])(?=$|[\s，。,.！!的])|(?:叫我|我是|找)(?P<small>[小老]?[\u3400-\u9fff](?:姐|哥|总|工)?)(?=$|[\s，。,.！!就吧])"
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
    after: re.Pattern[str]
    relations: re.Pattern[str]
    titled: re.Pattern[str]
    no_person: re.Pattern[str]
    no_person_after: frozenset[str]
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
            _read_chinese(passage, words)
        for after in _ends(words.strong, passage.folded):
            _add(passage, after, words, capitals=False)
        shouted = not any(map(str.islower, passage.text))
        for cue in _found(words.weak, passage.folded):
            least = 2 if shouted or _is_short_cue(cue[0]) else 1
            _add(passage, cue.end(), words, capitals=True, least=least, strict=True)
        for after in [] if shouted else _ends(words.weak_two, passage.folded):
            _add(passage, after, words, capitals=True, least=2, strict=True)
        _relations(passage, words)
        _titled(passage, words)
        _before_words(passage, words)
        _signature(passage, words)
        if not shouted:
            _given_names(passage, words)
            _last_line(passage, words)


def _found(pattern: re.Pattern[str], folded: str) -> Iterator[re.Match[str]]:
    """Give all matches, overlapping ones too: "it's under the name" holds "under the name"."""
    match = pattern.search(folded)
    while match:
        yield match
        match = pattern.search(folded, match.start() + 1)


def _ends(pattern: re.Pattern[str], folded: str) -> list[int]:
    return sorted({match.end() for match in _found(pattern, folded)}, reverse=True)


def _is_short_cue(cue: str) -> bool:
    """Whether a cue says so little that one capital after it proves nothing: "it's Saturday", "hier Problem"."""
    return cue in ("it's", "hier", "c'est", "ici", "under", "aqui", "hier ist", "je suis", "firma", "habla")


def _add(  # noqa: PLR0913  # what is asked of a name differs by cue
    passage: Passage,
    after: int,
    words: _Words,
    *,
    capitals: bool,
    least: int = 1,
    to_the_end: bool = False,
    strict: bool = False,
) -> bool:
    """Add the name that begins after a cue, if one does."""
    written = list(_name_words(passage, after, words, capitals=capitals, strict=strict))
    spans = _free(passage, written)
    if not spans or (to_the_end and not _AT_THE_END.match(passage.text, written[-1][1])):
        return False
    if _persons(passage, spans, words) < least:
        return False
    start, end = spans[0][0], spans[-1][1]
    return passage.add("name", start, end, " ".join(passage.text[start:end].split()))


def _free(passage: Passage, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the words up to the first that something else was found in: "Elena Castaño" has a colour."""
    taken = next((number for number, span in enumerate(spans) if not passage.free(*span)), len(spans))
    return spans[:taken]


def _persons(passage: Passage, spans: list[tuple[int, int]], words: _Words) -> int:
    """Return how many words of a name are more than a title, a particle or an initial; 0 if it is a street's."""
    said = [passage.folded[start:end] for start, end in spans]
    if words.no_person.search(passage.folded[max(0, spans[0][0] - 16) : spans[0][0]]):
        return 0
    following = _WORD.match(passage.folded, min(spans[-1][1] + 1, len(passage.folded)))
    if {*said[1:], following[0] if following else ""} & words.no_person_after:
        return 0
    real = [word for word in said if word not in _PARTICLES and word.rstrip(".") not in words.titles]
    return len(real) if any(len(word) > 1 for word in real) else 0


def _name_words(
    passage: Passage, after: int, words: _Words, *, capitals: bool, strict: bool
) -> Iterator[tuple[int, int]]:
    """Give the words of a name; particles only where more of it follows."""
    position = _TO_NAME.match(passage.text, after).end()  # type: ignore[union-attr]  # it matches nothing, too
    waiting: list[tuple[int, int]] = []
    count = 0
    while count < _MOST_WORDS:
        match = _WORD.match(passage.text, position)
        if match is None or (strict and count and _ABBREVIATION.fullmatch(match[0])):
            return
        folded = passage.folded[match.start() : match.end()]
        capital = match[0][0].isupper()
        if folded in _PARTICLES and (count or capital):
            waiting.append(match.span())
            count += 1
        elif _is_no_name(folded, words, trusted=capital and not count and not strict) or (capitals and not capital):
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


def _is_no_name(folded: str, words: _Words, *, trusted: bool) -> bool:
    if _CONTRACTED.match(folded):
        return True
    parts = {folded, folded.split("'", maxsplit=1)[0], folded.split("-", maxsplit=1)[0]}
    common = parts & words.ends and folded not in _given()
    if common and not (trusted and len(folded) > 2 and folded not in words.no_name):
        return True
    return bool(parts & words.no_name)


def _relations(passage: Passage, words: _Words) -> None:
    """Find "my wife's name, Hannah Lind" and "meine Schwester Lena"; after a comma one word has to be a given name."""
    for cue in words.relations.finditer(passage.folded):
        gap = _TO_NAME.match(passage.text, cue.end())
        comma = gap is not None and "," in gap[0]
        given = _WORD.match(passage.folded, gap.end()) if gap else None
        least = 1 if not comma or (given and given[0] in _given()) else 2
        _add(passage, cue.end(), words, capitals=True, least=least, strict=True)


def _titled(passage: Passage, words: _Words) -> None:
    """Find "Mrs Fielding", "M. Garnier" and "señora Iglesias" wherever they stand."""
    for cue in words.titled.finditer(passage.folded):
        # In small letters it may be a word like others: "meine frau braucht", "mi señora le gusta".
        if passage.text[cue.start()].isupper():
            _add(passage, cue.start(), words, capitals=True, strict=True)
        _add(passage, cue.end(), words, capitals=True, strict=True)


def _before_words(passage: Passage, words: _Words) -> None:
    """Find "Ana Ruiz here" and "Mme Perrin à l'appareil"; the name begins its clause, or follows a greeting."""
    for cue in words.after.finditer(passage.folded):
        match = _BACKWARDS.search(passage.text[: cue.start()])
        if match is None:
            continue
        start = match.start("name")
        for word in match["name"].split():  # "Moin Nils hier"
            if not _is_no_name(fold(word.rstrip(".")), words, trusted=False):
                break
            start += len(word) + 1
        led_up_to = re.search(r"[\w'][ ]$", passage.text[:start])
        greeted = passage.text[match.start("name") : start].strip()
        if start < match.end("name") and (not led_up_to or greeted or _GREETING.search(passage.folded[:start])):
            _add(passage, start, words, capitals=True, strict=True)


_GREETING = re.compile(
    r"(?:hi|hello|hey|hola|buenas|bonjour|salut|hallo|moin|servus|hier|it's|this is|yes|again)[ ,]+$"
)


def _given_names(passage: Passage, words: _Words) -> None:
    """Find given names with a surname anywhere, and alone at the end: "put Sofia Marques on it", "…, Nina"."""
    for match in _WORD.finditer(passage.text):
        inside = passage.text[max(0, match.start() - 1) : match.start()] in ("-", "/", "@", ".")
        if match[0][0].isupper() and not inside and fold(match[0]).split("-")[0] in _given():
            _add(passage, match.start(), words, capitals=True, least=2, strict=True)
    last = _AT_LAST.search(passage.text)
    word = _WORD.match(passage.text, last.end()) if last else None
    if word and word[0][0].isupper() and fold(word[0]) in _given():
        _add(passage, word.start(), words, capitals=True, to_the_end=True)


def _last_line(passage: Passage, words: _Words) -> None:
    """Find a name that is all of the last line, or follows a dash there: "- Danielle"."""
    for line in _LAST_LINE.finditer(passage.text):
        _add(passage, line.end(), words, capitals=True, to_the_end=True, strict=True)


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


def _read_chinese(passage: Passage, words: _Words) -> None:
    for after in _ends(words.strong, passage.folded):
        _add_chinese(passage, after, sure=True)
    for after in _ends(words.weak, passage.folded):
        _add_chinese(passage, after, sure=False)
    for title in _CHINESE_TITLE.finditer(passage.text):
        for length in (3, 2, 1):  # "欧阳女士", "王小明先生", "张先生"
            start = title.start() - length
            name = passage.text[max(start, 0) : title.start()]
            if start >= 0 and _surname(name) and (length == 1 or name in _data()["compound_surnames"]):
                passage.add("name", start, title.end(), passage.text[start : title.end()])
    last = _CHINESE_CLAUSE_AT_LAST.search(passage.text)
    if last and 2 <= len(last["name"]) <= 3 + len(_surname(last["name"])) - 1:
        surname, end = _surname(last["name"]), last.end("name")
        if surname and _may_be_given(last["name"][len(surname) :]) and last["name"] not in _chinese_words():
            passage.add("name", last.start("name"), end, last["name"])
    for match in _SURNAME_ONLY.finditer(passage.text):
        group = "name" if match["name"] else "small"
        if _surname(match[group].lstrip("小老")) and (group == "name" or len(match[group]) > 1):
            passage.add("name", *match.span(group), match[group])


def _surname(text: str) -> str:
    """Return the Chinese surname that a text begins with; "" if it begins with none."""
    data = _data()
    compound = next((surname for surname in data["compound_surnames"] if text.startswith(surname)), "")
    return compound or (text[:1] if text[:1] and text[:1] in data["surnames"] else "")


def _may_be_given(text: str) -> bool:
    return bool(re.fullmatch(rf"[^\W\da-zA-Z{re.escape(_data()['not_in_chinese_names'])}]{{1,2}}", text))


@lru_cache(maxsize=1)
def _chinese_words() -> frozenset[str]:
    """Return words of two and three characters that begin as names do and are none: "方便", "高兴"."""
    found = []
    for line in jieba.dt.get_dict_file():
        word, _, tag = line.decode("utf-8").split()
        if 2 <= len(word) <= 3 and not tag.startswith("nr") and word[0] in _data()["surnames"]:
            found.append(word)
    return frozenset(found)


def _add_chinese(passage: Passage, after: int, *, sure: bool) -> bool:
    """Add the Chinese name that begins after a cue: a surname and one or two characters, or a title."""
    data = _data()
    start = after + len(re.match(r"[\s:：\"“「，,]*" if sure else r"[\s:：\"“「]*", passage.text[after:])[0])  # type: ignore[index]
    text = passage.text[start : start + _LONGEST_CHINESE + 2]
    surname = _surname(text)
    if not surname:
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
    if len(given[0]) == 2 and not _ends_a_clause(passage, end) and _ends_a_clause(passage, end - 1):
        end -= 1
    name = passage.text[start:end]
    if not sure and (not _ends_a_clause(passage, end) or name in _chinese_words() or name[:2] in _chinese_words()):
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


def _relation(own: dict[str, Any]) -> re.Pattern[str]:
    """Return a pattern for a word such as "wife" or "wife's name is", which a name follows."""
    if not own["relations"]:
        return NOTHING
    called = any_of(own["relation_called"]).pattern
    return re.compile(rf"(?:{any_of(own['relations']).pattern})(?:'?s)?(?: (?:{called})){{0,2}}")


@lru_cache(maxsize=1)
def _given() -> frozenset[str]:
    return frozenset(map(fold, _data()["given"]))


@cache
def _words(language: str) -> _Words:
    own, english = _data()["by_language"][language], _data()["by_language"]["en"]
    # "Hi, I'm Ana" is understood in every language; signatures are English everywhere.
    lists = {
        name: any_of([*own[name], *(english[name] if language != "en" and name in ("closings", "strong") else [])])
        for name in ("strong", "weak", "weak_two", "closings", "thanks", "after")
    }
    stop_words = {fold(word) for word in _STOP_WORDS.get(language, ())}
    common = {fold(str(word)) for word in entry(language, "common_words") or []}
    titles = frozenset(map(fold, own["titles"]))
    ends = (stop_words | common | {fold(str(word)) for word in own["ends"]}) - titles
    return _Words(
        **lists,
        relations=_relation(own),
        titled=re.compile(rf"(?:{any_of(own['titles']).pattern})\.?(?= [^\W\d_])"),
        no_person=re.compile(rf"(?:{any_of(own['no_person']).pattern})[.\s]*$") if own["no_person"] else NOTHING,
        no_person_after=frozenset(map(fold, own["no_person_after"])),
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
