"""Whether digits are a postcode because of where they stand: beside a town, in an address, where things are delivered.

Towns, words before places and what is no town stand in the lexicons (`numbers:`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from assistant.nlu.phrases import entry, fold, spoken, spoken_anywhere

# A word with a capital, as towns have: "14532 Kleinmachnow", "28001 El Escorial".
_CAPITALS = r"[^\W\d_a-zß-ÿ\u3400-\u9fff][^\W\d_]{1,24}(?:[ -][^\W\d_a-zß-ÿ\u3400-\u9fff][^\W\d_]{1,24}){0,2}"
_TOWN_AFTER = re.compile(rf"[ ]{{1,2}}(?P<town>{_CAPITALS})")
_TOWN_BEFORE = re.compile(rf"(?<![^\W\d_])(?P<town>{_CAPITALS})[ ]?[ ,(]{{1,2}}$")
# "D-70173", "CH-8004": the letters of a country, as they stand on cars.
_COUNTRY_BEFORE = re.compile(r"(?<![A-Za-z0-9])(?:D|DE|A|AT|CH|F|FR|E|ES|B|BE|L|LU|I|IT)-$")
_ENDS_HERE = re.compile(r"\s*(?:$|[,.;:!?)\n，。！？）])")
# Chinese addresses end in such a character before the postcode; it has six digits.
_CHINESE_PLACE = re.compile(r"(?:[市区县镇乡村省路街]|\d[号室])\s*$")


class Reading(Protocol):
    """A message that is being read: as `ShopEntities` keeps it."""

    language: str
    asked: str | None
    plain: str
    folded: str


@dataclass(frozen=True)
class _Places:
    """Words that towns and postcodes stand beside, in messages of one language; for folded text but `state`."""

    called: re.Pattern[str]
    town_before: dict[bool, re.Pattern[str]]
    town_after: dict[bool, re.Pattern[str]]
    place_before: re.Pattern[str]
    delivered: re.Pattern[str]
    street: re.Pattern[str]
    no_town: re.Pattern[str]
    state: re.Pattern[str]


@cache
def _places(language: str) -> _Places:
    def own(name: str) -> re.Pattern[str]:
        return spoken(language, "numbers", name)

    order = spoken_anywhere("numbers", "order").pattern
    capitals = spoken_anywhere("numbers", "town_in_capitals").pattern
    four = spoken_anywhere("numbers", "town_of_four").pattern
    any_town = f"{four}|{spoken_anywhere('numbers', 'town').pattern}|{capitals}"
    place, article = own("place_before").pattern, "(?:the|el|la|le|den)?"
    number = r"\d{1,4} ?[a-z]?(?:bis)?"
    street = own("street_before").pattern
    return _Places(
        called=re.compile(rf"(?:{order})(?:[\s:.,#]|{spoken_anywhere('numbers', 'called').pattern})*$"),
        town_before={
            short: re.compile(rf"(?:{four if short else any_town})[ ]?[ ,(]{{0,2}}$") for short in (True, False)
        },
        town_after={
            short: re.compile(rf"[ ,]{{0,2}}(?:de )?(?:{four if short else any_town})") for short in (True, False)
        },
        place_before=re.compile(rf"(?:{place})\s*{article}\s*$"),
        delivered=re.compile(rf"(?:{own('delivering').pattern})[^\d.,;!?]{{0,30}}?(?:{place})\s*{article}\s*$"),
        street=re.compile(
            rf"(?:(?:{street})\.?[^\d\n]{{0,28}}\s{number}|(?<!\d){number},? (?:{street})[^\d\n,]{{2,36}}"
            rf"|(?<!\d){number} [^\d\n]{{2,28}}(?:{street})\.?)[ ,]{{1,3}}$"
        ),
        no_town=own("no_town"),
        state=re.compile(rf"[,\s](?:{'|'.join(entry('en', 'numbers', 'state'))})\s$"),
    )


def is_of_a_place(reading: Reading, match: re.Match[str]) -> bool:
    """Whether digits stand where a postcode does: beside a town, in an address, where something is delivered to."""
    start, end = match.span()
    digits = re.sub(r"\D", "", match[0])
    before, after = reading.folded[max(0, start - 80) : start], reading.folded[end : end + 48]
    places = _places(reading.language)
    if reading.asked == "order_number" or not 4 <= len(digits) <= 6 or places.called.search(before):
        return False
    short, delivered = len(digits) == 4, bool(places.delivered.search(before))
    if _is_beside_a_town(reading, start, end, short=short, places=places):
        return True
    if len(digits) == 6:
        return bool(_CHINESE_PLACE.search(before)) or (_ends(after) and delivered)
    placed = bool(places.place_before.search(before))
    # "in 2042 Tassen": with four digits, only what is delivered or where one lives makes a town of a capital.
    if (delivered if short else placed) and _is_a_town(_TOWN_AFTER.match(reading.plain, end), places):
        return True
    if _COUNTRY_BEFORE.search(reading.plain[:start]):
        return True
    return not short and (
        delivered
        or (placed and digits.startswith("0"))
        or bool(places.street.search(before))
        or bool(places.state.search(reading.plain[max(0, start - 8) : start]))
        or _follows_a_town(reading, start, places)
    )


def _ends(after: str) -> bool:
    return not after[:1].isalnum() or "\u3400" <= after[:1] <= "\u9fff"


def _is_beside_a_town(reading: Reading, start: int, end: int, *, short: bool, places: _Places) -> bool:
    """Whether a town of our lists stands right before or after digits; what is a word as well needs a capital."""
    before, after = reading.folded[max(0, start - 32) : start], reading.folded[end : end + 40]
    found = [
        (places.town_after[short].match(after), end),
        (places.town_before[short].search(before), max(0, start - 32)),
    ]
    for town, offset in found:
        if town is None:
            continue
        written = reading.plain[offset + town.start() : offset + town.end()]
        comma = "," in written
        # "From Berlin, 10115 is missing", "1042, Paris": after a comma another thing may begin.
        if comma and (short or (offset != end and not _ENDS_HERE.match(after))):
            continue
        if spoken_anywhere("numbers", "town_in_capitals").search(town[0]) and (
            comma or not any(c.isupper() for c in written)
        ):
            continue
        return True
    return False


def _is_a_town(match: re.Match[str] | None, places: _Places) -> bool:
    """Whether words with capitals may be a town's: no noun that orders have, nor the beginning of a sentence."""
    return match is not None and len(match["town"]) > 2 and not places.no_town.match(fold(match["town"]))


def _follows_a_town(reading: Reading, start: int, places: _Places) -> bool:
    """Whether a town that a place word leads up to ends right before digits: "in Kleinmachnow 14532"."""
    offset = max(0, start - 40)
    for match in _TOWN_BEFORE.finditer(reading.plain[offset:start]):
        before = reading.folded[max(0, offset - 24) : offset + match.start()]
        led_up_to = places.place_before.search(before) or places.street.search(before)
        if led_up_to and _is_a_town(match, places):
            return "," not in match[0] or bool(_ENDS_HERE.match(reading.folded[start + 5 :]))
    return False
