"""Brings the console's translations up to date with its texts: `python -m console.catalogue`.

Writes the template `locales/console.pot` and merges it into each language's `console.po`; what still needs a
translator is then empty or marked fuzzy there.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from console.texts import LANGUAGES
from core.settings import ROOT
from desk.summary import SENTENCES, UNKNOWN

TEMPLATE = ROOT / "locales" / "console.pot"
_KEYWORDS: dict[str, tuple[int, ...] | None] = {"t": None, "_t": None, "texts": None, "N_": None, "plural": (1, 2)}
_METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
# The template says nothing about when it was made: the version control does.
_MADE = datetime(2026, 1, 1, tzinfo=UTC)


def template() -> Catalog:
    """Return every text of the console, with the places it is used in."""
    catalogue = Catalog(
        project="Quayside console",
        version="1",
        msgid_bugs_address="",
        copyright_holder="Quayside",
        charset="utf-8",
        creation_date=_MADE,
    )
    found = extract_from_dir(ROOT / "console", method_map=_METHODS, keywords=_KEYWORDS, comment_tags=("TRANSLATORS:",))
    for file, line, message, comments, context in found:
        catalogue.add(message, None, [(f"console/{file}", line)], auto_comments=comments, context=context)
    for sentence in (*SENTENCES.values(), UNKNOWN):
        catalogue.add(sentence, None, [("desk/summary.py", 0)])
    return catalogue


def catalogue_path(locale: str) -> Path:
    """Return where a locale's translations are."""
    return ROOT / "locales" / locale / "LC_MESSAGES" / "console.po"


def update() -> None:
    """Write the template and merge it into every language's catalogue."""
    texts = template()
    with TEMPLATE.open("wb") as file:
        _write(file, texts)
    for locale in LANGUAGES.values():
        path = catalogue_path(locale)
        if locale == "en":
            continue
        if path.exists():
            with path.open("rb") as file:
                translated = read_po(file, locale=locale)
        else:
            translated = Catalog(locale=locale, project="Quayside console", version="1", charset="utf-8")
        translated.update(texts)
        translated.revision_date = translated.creation_date = _MADE
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            _write(file, translated)


def _write(file: BinaryIO, catalogue: Catalog) -> None:
    # Without line numbers: they would change the catalogues with every edit of the code.
    write_po(file, catalogue, sort_output=True, width=120, ignore_obsolete=True, include_lineno=False)


if __name__ == "__main__":
    update()
