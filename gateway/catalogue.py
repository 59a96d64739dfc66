"""Brings the translations of texts.yml up to date: `python -m gateway.catalogue`.

New texts are added empty, changed ones are marked fuzzy, old ones become obsolete. A new language is a new folder:
`python -m gateway.catalogue it` makes its catalogue. With `--check` nothing is written, and what is missing is listed.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from gateway.texts import DOMAIN, LOCALES, SOURCE, Groups, catalogue_paths, read_catalogue, read_source

# The header's dates would change at every run and make every diff noisy.
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_HEADER: dict[str, Any] = {
    "project": "Quayside",
    "version": "1",
    "msgid_bugs_address": "Quayside",
    "last_translator": "Quayside",
    "language_team": "Quayside",
    "fuzzy": False,
    "creation_date": _EPOCH,
    "revision_date": _EPOCH,
}


def template(source: Groups) -> Catalog:
    """Return the catalogue that a translation starts from: one entry a text, its name as the context."""
    catalogue = Catalog(**_HEADER)
    for group, texts in source.items():
        for name, text in texts.items():
            catalogue.add(text, context=name, auto_comments=[group])
    return catalogue


def update(path: Path, tag: str, source: Groups) -> None:
    """Write the catalogue of one language, keeping the translations it has."""
    old = read_catalogue(path) if path.exists() else Catalog()
    new = Catalog(locale=tag.replace("-", "_"), **_HEADER)
    new.header_comment = f"# {DOMAIN} of Quayside, {tag}: translations of gateway/{SOURCE.name} (msgctxt = name)."
    for message in old:
        if message.id:
            new[message.id] = message
    new.update(template(source), update_creation_date=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = BytesIO()
    write_po(buffer, new, width=110, ignore_obsolete=True, sort_by_file=False)
    path.write_bytes(buffer.getvalue())


def missing(path: Path, source: Groups) -> list[str]:
    """Return the names of the texts that a language does not translate."""
    catalogue = read_catalogue(path)
    found = []
    for texts in source.values():
        for name, text in texts.items():
            message = catalogue.get(text, context=name)
            if message is None or message.fuzzy or not message.string:
                found.append(name)
    return found


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit status says whether anything is missing."""
    parser = argparse.ArgumentParser(prog="python -m gateway.catalogue", description=__doc__)
    parser.add_argument("language", nargs="*", help="languages to make a catalogue for, such as it or pt-BR")
    parser.add_argument("--check", action="store_true", help="only list what is missing")
    options = parser.parse_args(arguments)
    source = read_source()
    paths = catalogue_paths()
    if not options.check:
        paths |= {tag: LOCALES / tag.replace("-", "_") / "LC_MESSAGES" / DOMAIN for tag in options.language}
        for tag, path in paths.items():
            update(path, tag, source)
    gaps = {path: names for path in paths.values() if (names := missing(path, source))}
    for path, names in gaps.items():
        sys.stdout.write(f"{path.relative_to(LOCALES.parent)}: not translated: {', '.join(names)}\n")
    return 1 if gaps else 0


if __name__ == "__main__":
    sys.exit(main())
