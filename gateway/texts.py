"""What the gateway itself says: English from texts.yml, translations from gettext catalogues."""

from __future__ import annotations

from pathlib import Path

import yaml
from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from core.settings import ROOT

SOURCE = Path(__file__).with_name("texts.yml")
LOCALES = ROOT / "locales"
MAX_TAG_CHARS = 16  # "zh-Hans-CN"; as wide as its column
DOMAIN = "gateway.po"
ENGLISH = "en"
WIDGET = "widget"

Groups = dict[str, dict[str, str]]


def read_source(path: Path = SOURCE) -> Groups:
    """Return the English texts by group and name."""
    groups: Groups = yaml.safe_load(path.read_text(encoding="utf-8"))
    return groups


def catalogue_paths(locales: Path = LOCALES) -> dict[str, Path]:
    """Return the catalogue's file of every language that has one, by language tag."""
    return {path.parent.parent.name.replace("_", "-"): path for path in sorted(locales.glob(f"*/LC_MESSAGES/{DOMAIN}"))}


def read_catalogue(path: Path) -> Catalog:
    """Return a catalogue of translations; a file that does not parse raises `babel.messages.pofile.PoFileError`."""
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


class Texts:
    """The gateway's texts in every language that has a catalogue; a missing translation is said in English."""

    def __init__(self, source: Groups, catalogues: dict[str, Catalog]) -> None:
        self._english = {name: text for group in source.values() for name, text in group.items()}
        self._widget_names = tuple(source[WIDGET])
        self._translations = {language: self._translated(c) for language, c in catalogues.items()}
        self._locales = {tag: Locale.parse(tag, sep="-") for tag in (ENGLISH, *catalogues)}

    @classmethod
    def load(cls) -> Texts:
        """Return the texts of this installation."""
        return cls(read_source(), {tag: read_catalogue(path) for tag, path in catalogue_paths().items()})

    def _translated(self, catalogue: Catalog) -> dict[str, str]:
        found = {}
        for name, english in self._english.items():
            message = catalogue.get(english, context=name)
            # A fuzzy entry is a guess that no translator has looked at.
            if message is not None and not message.fuzzy and isinstance(message.string, str) and message.string:
                found[name] = message.string
        return found

    def say(self, name: str, language: str | None, /, **values: object) -> str:
        """Return a text in a language (English where there is no translation), its placeholders filled."""
        return self._template(name, language).format(**values)

    def widget(self, language: str | None, shop: str) -> dict[str, str]:
        """Return the widget's texts; placeholders other than the shop's name are left for the widget to fill."""
        return {name: self._template(name, language).replace("{shop}", shop) for name in self._widget_names}

    def _template(self, name: str, language: str | None) -> str:
        return self._translations.get(language or ENGLISH, {}).get(name) or self._english[name]

    def negotiate(self, tag: str | None) -> str | None:
        """Return the language we have for a tag such as `es-MX` or `zh-CN`, or None when we have none."""
        wanted = _parse(tag) if tag else None
        if wanted is None:
            return None
        same = [t for t, ours in self._locales.items() if ours.language == wanted.language]
        # Another script of the same language is read more easily than English.
        return next((t for t in same if self._locales[t].script == wanted.script), same[0] if same else None)

    def tag(self, tag: str | None) -> str | None:
        """Return a visitor's own tag in its usual form (`en-gb` → `en-GB`), or None when it is none.

        The country in it decides how dates are written and which of the shop's rules are told first.
        """
        known = _parse(tag) if tag else None
        return str(known).replace("_", "-")[:MAX_TAG_CHARS] if known else None

    def from_header(self, accept_language: str | None) -> str | None:
        """Return the first language of an `Accept-Language` header that we have, in the header's own order."""
        for part in (accept_language or "")[:200].split(","):
            language = self.negotiate(part.split(";")[0].strip())
            if language is not None:
                return language
        return None

    def direction(self, language: str | None) -> str:
        """Return `ltr` or `rtl`, the direction in which a language is written."""
        return self._locales.get(language or ENGLISH, self._locales[ENGLISH]).text_direction


def _parse(tag: str) -> Locale | None:
    parts = tag[:35].replace("_", "-").split("-")
    # From the full tag to the bare language, since Babel refuses extensions such as "-u-ca-gregory".
    for length in range(len(parts), 0, -1):
        try:
            return Locale.parse("-".join(parts[:length]), sep="-")
        except (ValueError, UnknownLocaleError):
            continue
    return None
