"""Translations of the replies: `locales/<language>/LC_MESSAGES/replies.po`, read as they stand, without a .mo step."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[2]
LOCALES = ROOT / "locales"
SOURCE_LANGUAGE = "en"
_PO_NAME = Path("LC_MESSAGES") / "replies.po"


def button_context(response: str) -> str:
    """Return the msgctxt under which the button titles of a response stand."""
    return f"{response}.button"


def po_files(locales: Path = LOCALES) -> dict[str, Path]:
    """Return the catalogues present: language code ("zh-Hans") → file."""
    found = sorted(locales.glob(f"*/{_PO_NAME.as_posix()}"))
    return {path.parent.parent.name.replace("_", "-"): path for path in found}


def read_catalogue(path: Path) -> Catalog:
    """Read one .po file; its folder names the language."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def babel_locale(language: str, shopper_locale: str | None = None) -> Locale:
    """Return the Babel locale to write values in.

    The shopper's own locale ("es-MX") refines the language ("es") when both agree; an unknown one changes nothing.
    """
    base = Locale.parse(language, sep="-")
    if not shopper_locale:
        return base
    try:
        own = Locale.parse(shopper_locale.replace("_", "-"), sep="-")
    except (ValueError, UnknownLocaleError):
        return base
    same_script = (own.script or base.script) == base.script
    return own if own.language == base.language and same_script else base


@dataclass
class Translations:
    """All catalogues, by language. A missing translation gives the English text, and is warned of once."""

    catalogues: dict[str, Catalog]
    _warned: set[tuple[str, str, str]] = field(default_factory=set)

    @classmethod
    def load(cls, locales: Path = LOCALES) -> Translations:
        """Read every catalogue below a folder."""
        return cls({language: read_catalogue(path) for language, path in po_files(locales).items()})

    def serves(self, language: str) -> bool:
        """Tell whether replies exist in this language."""
        return language == SOURCE_LANGUAGE or language in self.catalogues

    def translate(self, text: str, context: str, language: str) -> str:
        """Return the translation of an English text, or the English text itself when there is none."""
        if language == SOURCE_LANGUAGE:
            return text
        catalogue = self.catalogues.get(language)
        message = catalogue.get(text, context) if catalogue else None
        if message is not None and message.string and not message.fuzzy:
            return str(message.string)
        key = (language, context, text)
        if key not in self._warned:
            self._warned.add(key)
            logger.warning("no %s translation of %s: %r; said in English", language, context, text)
        return text
