"""`python -m assistant.replies.messages extract|check`: the texts of domain.yml and their translations.

extract: writes locales/replies.pot and merges what is new into every locales/<language>/LC_MESSAGES/replies.po.
check: says what is missing or wrong in the translations; exits with 1 if anything is.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import yaml
from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import write_po

from assistant.replies.catalogue import LOCALES, ROOT, button_context, po_files, read_catalogue
from assistant.replies.nlg import PLACEHOLDER

DOMAIN = ROOT / "domain.yml"
CONFIG = ROOT / "config.yml"
_IDENTIFIER = "assistant.nlu.language.LanguageIdentifier"
_WIDTH = 120
_DATE = datetime(2026, 1, 1, tzinfo=timezone.utc)
_STRAY_BRACE = re.compile(r"[{}｛｝]")
# As many English words in a row in a translation are English that was left in it, not a name.
_ENGLISH_WORDS = 4


@dataclass(frozen=True)
class Source:
    """One English text to translate, in its context: the response's name, or "<name>.button" for a button's title."""

    context: str
    text: str


def sources(domain: Path = DOMAIN) -> list[Source]:
    """Return the texts and button titles of the domain's responses, in their order there, each once."""
    content = yaml.safe_load(domain.read_text(encoding="utf-8"))
    found: dict[Source, None] = {}
    for name, variations in (content.get("responses") or {}).items():
        for variation in variations:
            if variation.get("text"):
                found[Source(name, variation["text"])] = None
            for button in variation.get("buttons") or []:
                found[Source(button_context(name), button["title"])] = None
    return list(found)


def template(domain: Path = DOMAIN) -> Catalog:
    """Return the catalogue of everything to translate."""
    catalogue = Catalog(project="Quayside", header_comment="# What the assistant says, from domain.yml.", fuzzy=False)
    for source in sources(domain):
        catalogue.add(source.text, context=source.context, locations=[(domain.name, 0)])
    return catalogue


def extract(domain: Path = DOMAIN, locales: Path = LOCALES) -> list[Path]:
    """Write the template and merge it into every catalogue; return the files written.

    What is no longer said is kept as a comment at the end of the file, so that a renamed reply loses no work.
    """
    current = template(domain)
    written = [locales / "replies.pot"]
    _write(current, written[0])
    for path in po_files(locales).values():
        catalogue = read_catalogue(path)
        catalogue.update(current, no_fuzzy_matching=True, update_header_comment=False)
        _write(catalogue, path)
        written.append(path)
    return written


def _write(catalogue: Catalog, path: Path) -> None:
    # With a fixed date and without line numbers, a merge changes only what is said anew.
    catalogue.creation_date = catalogue.revision_date = _DATE
    with path.open("wb") as file:
        write_po(file, catalogue, width=_WIDTH, include_lineno=False, no_location=True)


def problems(domain: Path = DOMAIN, locales: Path = LOCALES, config: Path = CONFIG) -> Iterator[str]:
    """Give one sentence for each thing that is missing or wrong."""
    wanted = sources(domain)
    found = po_files(locales)
    for language in _served_languages(config):
        if language != "en" and language not in found:
            yield f"{language} is served (config.yml) and has no replies.po"
    for language, path in found.items():
        if not _is_known(language):
            yield f"{path.parent.parent.name} is not a locale that CLDR knows"
            continue
        catalogue = read_catalogue(path)
        for source in wanted:
            yield from _problems_of(source, catalogue.get(source.text, source.context), language)


def _problems_of(source: Source, message: Message | None, language: str) -> Iterator[str]:
    where = f"{language} {source.context} {source.text!r}"
    if message is None or not message.string:
        yield f"{where} is not translated"
        return
    if message.fuzzy:
        yield f"{where} is marked fuzzy"
    wanted, given = set(PLACEHOLDER.findall(source.text)), set(PLACEHOLDER.findall(str(message.string)))
    if _STRAY_BRACE.search(PLACEHOLDER.sub("", str(message.string))):
        yield f"{where} has a brace that is no placeholder"
    if wanted != given:
        yield f"{where} has the placeholders {sorted(given)} where English has {sorted(wanted)}"
    left = _english_left(source.text, str(message.string))
    if left:
        yield f"{where} still has English in it: {left!r}"


def _english_left(english: str, translation: str) -> str | None:
    """The first few words of the English text that stand in its translation as they are; None when there are none."""
    words = english.split()
    runs = (words[start : start + _ENGLISH_WORDS] for start in range(len(words) - _ENGLISH_WORDS + 1))
    said = " ".join(translation.split())
    return next((" ".join(run) for run in runs if " ".join(run) in said and not any(map(_is_placeholder, run))), None)


def _is_placeholder(word: str) -> bool:
    return PLACEHOLDER.search(word) is not None


def _is_known(language: str) -> bool:
    try:
        Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        return False
    return True


def _served_languages(config: Path) -> list[str]:
    pipeline = yaml.safe_load(config.read_text(encoding="utf-8"))["pipeline"]
    return [code for component in pipeline if component["name"] == _IDENTIFIER for code in component["languages"]]


def main(arguments: list[str] | None = None) -> int:
    """Run one of the two commands; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m assistant.replies.messages", description=__doc__)
    parser.add_argument("command", choices=("extract", "check"))
    if parser.parse_args(arguments).command == "extract":
        sys.stdout.writelines(f"{path.relative_to(ROOT)}\n" for path in extract())
        return 0
    found = list(problems())
    sys.stdout.writelines(f"{problem}\n" for problem in found)
    sys.stdout.write(
        f"{len(found)} problems in the translated replies.\n" if found else "All replies are translated.\n"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
