"""What the console says: English in the code, other languages from gettext catalogues, dates through Babel."""

from __future__ import annotations

import gettext
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError, negotiate_locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from core.clock import utc_now
from core.settings import ROOT

logger = logging.getLogger(__name__)

# Code of each language -> what Babel calls it (also the folder under locales/, except for English, which has none).
LANGUAGES = {"en": "en", "zh-Hans": "zh_Hans"}
# The English is read all over the world: the order of day and month must not need guessing.
_DAY = {"en": "d MMM", "zh-Hans": "M月d日"}
_FULL_DAY = {"en": "d MMM yyyy", "zh-Hans": "y年M月d日"}
LANGUAGE_NAMES = {"en": "English", "zh-Hans": "简体中文"}
# Browsers say zh-CN, zh-SG or plain zh when they mean simplified characters.
_BROWSER_NAMES = {"zh": "zh-Hans", "zh_CN": "zh-Hans", "zh_SG": "zh-Hans", "zh_Hans": "zh-Hans", "en": "en"}


def N_(text: str) -> str:
    """Mark a text for the catalogue where it is defined; it is translated where it is shown."""
    return text


@dataclass(frozen=True)
class Texts:
    """The console in one language and time zone. Call it with an English text to get that text in the language."""

    language: str = "en"
    zone: tzinfo = field(default=UTC)

    def __call__(self, text: str, /, **values: Any) -> str:
        """Return the text in this language, with `{name}` replaced by the values given."""
        translated = _catalogue(self.language).gettext(text) if text else ""
        return translated.format(**values) if values else translated

    def plural(self, one: str, many: str, count: int) -> str:
        """Return the form of a text that goes with a number; `{count}` stands for it."""
        return _catalogue(self.language).ngettext(one, many, count).format(count=count)

    @property
    def locale(self) -> Locale:
        """Babel's locale of this language."""
        return Locale.parse(LANGUAGES[self.language])

    def clock(self, moment: datetime) -> str:
        """Return the time of day, with the date too when it is not today."""
        local = moment.astimezone(self.zone)
        if local.date() == utc_now().astimezone(self.zone).date():
            return format_datetime(local, "HH:mm", locale=self.locale)
        return format_datetime(local, _DAY[self.language] + " HH:mm", locale=self.locale)

    def moment(self, moment: datetime) -> str:
        """Return date and time in full."""
        local = moment.astimezone(self.zone)
        return format_datetime(local, _FULL_DAY[self.language] + " HH:mm", locale=self.locale)

    def day(self, day: date) -> str:
        """Return a date in full."""
        return format_date(day, _FULL_DAY[self.language], locale=self.locale)

    def ago(self, moment: datetime) -> str:
        """Return how long ago something was, in its biggest unit ("12 min", "3 hr")."""
        passed = max(utc_now() - moment, timedelta(0))
        if passed < timedelta(minutes=1):
            return self(N_("now"))
        return format_timedelta(passed, granularity="minute", threshold=1.5, format="short", locale=self.locale)

    def listing(self, items: Sequence[str]) -> str:
        """Return several things in one phrase ("a, b and c")."""
        return format_list(items, locale=self.locale)

    def language_name(self, code: str | None) -> str:
        """Return the name of a language ("es" -> "Spanish")."""
        if not code:
            return ""
        try:
            name = Locale.parse(code.replace("-", "_")).get_display_name(self.locale)
        except (UnknownLocaleError, ValueError):
            name = None
        return name or code


def choose_language(own: str | None, remembered: str | None, accept_language: str) -> str:
    """Return the language to show: the person's own choice, then the browser's cookie, then what it asks for."""
    for choice in (own, remembered):
        if choice in LANGUAGES:
            return choice
    asked = [part.split(";")[0].strip().replace("-", "_") for part in accept_language.split(",")]
    found = negotiate_locale([a for a in asked if a], list(_BROWSER_NAMES), aliases={})
    return _BROWSER_NAMES.get(found or "en", "en")


def zone_named(name: str | None) -> tzinfo:
    """Return the time zone that a browser named; UTC when it named none that exists."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(language: str) -> gettext.NullTranslations:
    path = ROOT / "locales" / LANGUAGES[language] / "LC_MESSAGES" / "console.po"
    if language == "en":
        return gettext.NullTranslations()
    if not path.exists():
        logger.warning("no catalogue for %s: the console speaks English instead", language)
        return gettext.NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=LANGUAGES[language]))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
