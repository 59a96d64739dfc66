"""Entities that rules know better than a model: order, case and tracking numbers, e-mail, phone, postcode.

What a bare number means depends on what was asked for: "75011" is a postcode when the contact was asked for, "1042" is
an order number otherwise. Beside a town, or where something is delivered to, it is a postcode all the same ("10115
Berlin", "do you ship to 60614?"), unless it is called an order. The finders run in order, and none takes what another
has taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import phonenumbers
import yaml
from babel import Locale
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message
from tracking_numbers import get_tracking_number

from assistant.nlu.component import Component, add_entities, language_of, text_of
from assistant.nlu.order_numbers import OrderNumbers, shop_order_numbers
from assistant.nlu.phrases import any_of, fold, lexicons, spoken, spoken_anywhere, straighten
from assistant.nlu.postcodes import is_of_a_place

_SHAPES = Path(__file__).with_name("tracking_numbers.yml")

_EMAIL = re.compile(r"[a-z0-9][a-z0-9._%+'-]{0,63}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,6}")
_LINK = re.compile(r"(?:https?://|www\.)\S+")
_COMPACT = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{10,40}(?![A-Za-z0-9])")
_SPACED = re.compile(r"(?<![A-Za-z0-9+])[A-Z0-9]+(?:[ -][A-Z0-9]+){1,14}(?![A-Za-z0-9])")
_AFTER_CUE = re.compile(r"[A-Za-z0-9]{6,40}")
# Digits as people write phone numbers: at least seven, with the usual signs in between.
_PHONE = re.compile(r"(?<![A-Za-z0-9+])(?:\+|00)?\(?\d(?:[ ()./-]{0,2}\d){6,16}(?![A-Za-z0-9])")
_CARD = re.compile(r"(?<![A-Za-z0-9])[3-6]\d(?:[ -]?\d){11,17}(?![A-Za-z0-9])")
# Postcodes of digits that are written in a way of their own: US and Brazil, Japan, Portugal, Poland, Sweden, "44 000".
_LAID_OUT = r"\d{5}-\d{3,4}|\d{3}-\d{4}|\d{4}-\d{3}|\d{2}-\d{3}|\d{3} \d{2}|\d{2} \d{3}"
_LAID_OUT_ALONE = re.compile(_LAID_OUT)
# An order number (none begins with a zero) and a postcode side by side, or a long US postcode: no phone number.
_TWO_SHORT_NUMBERS = re.compile(
    r"[1-9]\d{4}-\d{4}|\d{4,6} \d{4,6}"
    rf"|[1-9]\d{{3,5}} (?:{_LAID_OUT}|\d{{4,7}})|(?:{_LAID_OUT}|\d{{4,7}}) [1-9]\d{{3,5}}"
)
_POSTCODE_WITH_LETTERS = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"(?P<GB>[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2})"
    r"|(?P<CA>[A-Za-z]\d[A-Za-z][ -]?\d[A-Za-z]\d)"
    r"|(?P<IE>[A-Za-z]\d[\dWw] ?(?=[A-Za-z]*\d)(?=\d*[A-Za-z])(?:[0-9AC-FHKNPRTV-Y]{4}|[0-9ac-fhknprtv-y]{4}))"
    r"|(?P<NL>\d{4} ?[A-Z]{2})"
    r")(?![A-Za-z0-9])"
)
# Of those, what is hardly ever anything else, even when no postcode was asked for.
_UNMISTAKABLE = ("GB", "CA", "IE")
_POSTCODE_DIGITS = re.compile(
    r"(?:(?<![A-Za-z0-9])|(?<![A-Za-z0-9][Cc][Pp])(?<=[Cc][Pp])|(?<=[Pp][Ll][Zz])|(?<=[Zz][Ii][Pp]))(?<!\d[.,])"
    rf"(?:{_LAID_OUT}|\d{{3}} \d{{3}}|\d{{4,7}})"
    r"(?![A-Za-z0-9])"
)
_NUMBER = re.compile(r"(?<!\d)(?<!\d[.,:/-])(?P<hash># ?)?(?P<digits>\d{3,10})(?!\d)(?![.,:/-]\d)")
_MONEY_BEFORE = re.compile(r"[$€£¥₹₩]\s?$")
_MONEY_AFTER = re.compile(r"^\s?(?:[$€£¥₹₩%°'\"]|x\s?\d)")
# "XB-2219" is not "SO-2219".
_OTHER_LETTERS = re.compile(r"[A-Za-z][-_./]$")
# A case at our desk, as it is told to shoppers: "Q-1006", "q1006", "Q 1006"; not "q 1006", which is Spanish.
_CASE = re.compile(r"(?<![A-Za-z0-9])(?:[Qq] ?[-\u2010-\u2015_] ?|[Qq]|Q )(\d{3,15})(?![A-Za-z0-9])")
# Between a cue ("my order number is") and its number stand only such small words and signs.
_CUE_REACH = 24
_YEARS = range(1990, 2036)
# Nothing but signs since another number.
_RIGHT_AFTER_A_NUMBER = re.compile(r"(?<!\d)\d{4,6}[\s,;:/.#-]+$")
_WITHIN_A_CLAUSE = re.compile(r"\w[^\w.!?;,\n]*$")


@dataclass(frozen=True)
class _Shape:
    carrier: str
    pattern: re.Pattern[str]
    check: str


@lru_cache(maxsize=1)
def _shapes() -> tuple[_Shape, ...]:
    rows = yaml.safe_load(_SHAPES.read_text(encoding="utf-8"))
    return tuple(_Shape(row["carrier"], re.compile(row["shape"]), row["check"]) for row in rows)


@dataclass
class _Reading:
    """One message while it is being read.

    Attributes:
        text: as written. plain: full-width and foreign digits made plain. folded: lower case, no accents. All three
            have the same length, so that positions agree.
        asked: the slot the form asked for, if any.
        order_numbers: how the shop writes its order numbers.
    """

    text: str
    language: str
    asked: str | None
    order_numbers: OrderNumbers
    plain: str = field(init=False)
    folded: str = field(init=False)
    found: list[dict[str, Any]] = field(default_factory=list)
    taken: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.plain = straighten(self.text)
        self.folded = fold(self.text)

    def free(self, start: int, end: int) -> bool:
        return all(end <= s or e <= start for s, e in self.taken)

    def take(self, start: int, end: int) -> None:
        self.taken.append((start, end))

    def add(self, kind: str, start: int, end: int, value: str, **additional: Any) -> None:
        found = {
            "entity": kind,
            "start": start,
            "end": end,
            "value": value,
            "text": self.text[start:end],
            "extractor": ShopEntities.__name__,
        }
        if additional:
            found["additional_info"] = additional
        self.found.append(found)
        self.take(start, end)

    def cue(self, start: int, end: int) -> str | None:
        """Return what the words around a number call it: order, tracking, postcode, phone; None if they do not."""
        # A cue does not reach over another number: "order 1042, postcode 75011".
        before = re.split(r"\d", self.folded[max(0, start - _CUE_REACH - 16) : start])[-1]
        nearest: tuple[int, str] | None = None
        for kind in _CUES:
            for match in spoken_anywhere("numbers", kind).finditer(before):
                distance = len(before) - match.end()
                if distance <= _CUE_REACH and (nearest is None or distance < nearest[0]):
                    nearest = (distance, kind)
        if nearest:
            return nearest[1]
        between = re.match(r"[^\d,;.!?\n，。；！？]*", self.folded[end : end + _CUE_REACH])
        after = between[0] if between else ""
        if self.folded[end + len(after) : end + len(after) + 1].isdigit():
            return None  # what is said in between names the number that follows
        first = min(
            ((m.start(), kind) for kind in _CUES for m in [spoken_anywhere("numbers", kind).search(after)] if m),
            default=None,
        )
        return first[1] if first else None


_CUES = ("tracking", "postcode", "phone", "order")
# The slot of the orders that another e-mail, phone or postcode was asked for.
_WAITING = "unproved_orders"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ShopEntities(Component):
    """Adds order_number, case_number, tracking_number, email, phone and postcode.

    Values: order_number as the shop writes it, without the "#"; postcode capitals; both with `additional_info`
    {"named": true} where the message calls them so: a bare number may be the one or the other. case_number as the desk
    writes it ("Q-1006"). tracking_number capitals without spaces, with {"carrier", "valid"} (valid is false when the
    check digit is wrong, null when the carrier has none); email lower case; phone E.164 when written with its country
    code, else the digits as given (the order's country tells how to read them).

    Config:
        order_number: regular expression of the shop's order numbers, without the "#"; unless given, the setting
            QUAYSIDE_ORDER_NUMBER_PATTERN.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        pattern = config.get("order_number")
        self._order_numbers = OrderNumbers(pattern) if pattern else shop_order_numbers()

    def process(self, messages: list[Message], tracker: DialogueStateTracker | None = None) -> list[Message]:
        """Find the entities of incoming messages, in view of what was asked for."""
        asked = _asked(tracker) if tracker else None
        for message in messages:
            add_entities(message, self.find(text_of(message), language_of(message), asked))
        return messages

    def find(self, text: str, language: str = "en", asked: str | None = None) -> list[dict[str, Any]]:
        """Return the entities of a text, in order, without overlap.

        Args:
            text: the message.
            language: of the message; words beside a number ("3 Tage") are read in it.
            asked: the slot that the form asked for ("order_number", "contact"), if any.
        """
        reading = _Reading(text, language, asked, self._order_numbers)
        for finder in _FINDERS:
            finder(reading)
        return sorted(reading.found, key=lambda entity: entity["start"])


def _asked(tracker: DialogueStateTracker) -> str | None:
    """Return what the form asked for; without a form, the contact of an order that still waits for its proof."""
    slots = {name: tracker.get_slot(name) for name in (REQUESTED_SLOT, _WAITING) if name in tracker.slots}
    return slots.get(REQUESTED_SLOT) or ("contact" if slots.get(_WAITING) else None)


def _emails(reading: _Reading) -> None:
    # Lower case without folding accents away: an address is what it is.
    for match in _EMAIL.finditer(reading.plain.lower()):
        value = match[0].rstrip(".-'")
        reading.add("email", match.start(), match.start() + len(value), value)


def _links(reading: _Reading) -> None:
    for match in _LINK.finditer(reading.folded):
        if reading.free(*match.span()):
            reading.take(*match.span())


def _cases(reading: _Reading) -> None:
    for match in _CASE.finditer(reading.plain):
        if reading.free(*match.span()):
            reading.add("case_number", *match.span(), f"Q-{match[1]}")


def _tracking_numbers(reading: _Reading) -> None:
    for match in _COMPACT.finditer(reading.plain):
        _add_tracking(reading, match.start(), match.end(), by_shape_only=False)
    for match in _SPACED.finditer(reading.plain):
        for start, end in _windows(match):
            _add_tracking(reading, start, end, by_shape_only=True)
    for match in spoken_anywhere("numbers", "tracking").finditer(reading.folded):
        number = _AFTER_CUE.search(reading.plain, match.end(), match.end() + _CUE_REACH + 40)
        if number and number.start() - match.end() <= _CUE_REACH and sum(c.isdigit() for c in number[0]) >= 6:
            _add_tracking(reading, number.start(), number.end(), by_shape_only=False, called_so=True)


def _windows(match: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Give the spans of neighbouring groups in "LX 123 456 785 CN", the longest first."""
    groups = [(m.start() + match.start(), m.end() + match.start()) for m in re.finditer(r"[A-Z0-9]+", match[0])]
    for size in range(len(groups), 1, -1):
        for first in range(len(groups) - size + 1):
            yield groups[first][0], groups[first + size - 1][1]


def _add_tracking(reading: _Reading, start: int, end: int, by_shape_only: bool, called_so: bool = False) -> None:
    if not reading.free(start, end):
        return
    number = re.sub(r"[^A-Z0-9]", "", reading.plain[start:end].upper())
    shape = next((s for s in _shapes() if s.pattern.fullmatch(number)), None)
    known = get_tracking_number(number)
    if shape:
        valid = {"carrier": known is not None, "gs1": _passes_gs1(number), "none": None}[shape.check]
        reading.add("tracking_number", start, end, number, carrier=shape.carrier, valid=valid)
    elif called_so:
        carrier = known.courier.code if known else None
        reading.add("tracking_number", start, end, number, carrier=carrier, valid=True if known else None)
    elif not by_shape_only and number.isdigit() and len(number) >= 12 and not _something_else(reading, number):
        carrier = known.courier.code if known else None
        reading.add("tracking_number", start, end, number, carrier=carrier, valid=bool(known))


def _passes_gs1(number: str) -> bool:
    digits = [int(character) for character in reversed(number) if character.isdigit()]
    total = sum(digit * (3 if position % 2 == 0 else 1) for position, digit in enumerate(digits[1:]))
    return (10 - total % 10) % 10 == digits[0]


def _something_else(reading: _Reading, digits: str) -> bool:
    """Tell whether a long row of digits is rather the phone number that was asked for."""
    return reading.asked == "contact" and len(digits) <= 15


def _cards(reading: _Reading) -> None:
    """Take payment cards out: they are never read as anything, nor kept."""
    for match in _CARD.finditer(reading.plain):
        if _passes_luhn(re.sub(r"\D", "", match[0])) and reading.cue(*match.span()) != "tracking":
            reading.take(*match.span())


def _passes_luhn(digits: str) -> bool:
    total = 0
    for position, character in enumerate(reversed(digits)):
        value = int(character) * (2 if position % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _phones(reading: _Reading) -> None:
    for match in _PHONE.finditer(reading.plain):
        start, end = match.span()
        digits = re.sub(r"\D", "", match[0])
        if not reading.free(start, end) or not 7 <= len(digits) <= 15:
            continue
        international = match[0].startswith(("+", "00")) and not _TWO_SHORT_NUMBERS.fullmatch(match[0])
        cue = reading.cue(start, end)
        if international or cue == "phone" or (cue is None and _looks_like_phone(reading, match[0], digits)):
            reading.add("phone", start, end, _e164(digits) if international else digits)


def _looks_like_phone(reading: _Reading, written: str, digits: str) -> bool:
    if _TWO_SHORT_NUMBERS.fullmatch(written):
        return False  # "1042 75011" is an order number and a postcode
    if reading.asked == "contact":
        return len(digits) >= 8
    if reading.asked == "order_number":
        return len(digits) >= 9
    regions = _REGIONS.get(reading.language, ())
    return len(digits) >= 9 and any(_is_valid_phone(written, region) for region in regions)


# Where those who write a language mostly live; only to tell a phone number from another long number.
_REGIONS = {
    "en": ("US", "GB", "AU", "IN", "PH", "IE"),
    "es": ("ES", "MX", "AR", "CO", "CL", "US"),
    "fr": ("FR", "CA", "BE", "CH"),
    "de": ("DE", "AT", "CH"),
    "zh-Hans": ("CN", "SG"),
}


def _is_valid_phone(written: str, region: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(written, region))
    except phonenumbers.NumberParseException:
        return False


def _e164(digits: str) -> str:
    international = "+" + digits.removeprefix("00")
    try:
        return phonenumbers.format_number(phonenumbers.parse(international), phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        return international


def _postcodes(reading: _Reading) -> None:
    for match in _POSTCODE_WITH_LETTERS.finditer(reading.plain):
        wanted = reading.asked == "contact" or reading.cue(*match.span()) == "postcode"
        if reading.free(*match.span()) and (wanted or match.lastgroup in _UNMISTAKABLE):
            reading.add("postcode", *match.span(), _upper(match[0]))
    for match in _POSTCODE_DIGITS.finditer(reading.plain):
        start, end = match.span()
        hashed = reading.plain[:start].rstrip().endswith("#")
        if hashed or not reading.free(start, end) or _counts(reading, start, end):
            continue
        cue = reading.cue(start, end)
        laid_out = _LAID_OUT_ALONE.fullmatch(match[0]) is not None
        if cue == "postcode" or (cue not in ("tracking", "phone") and is_of_a_place(reading, match)):
            reading.add("postcode", start, end, _upper(match[0]), named=True)
        elif (cue is None and reading.asked == "contact") or (laid_out and _names_an_order(reading, start, end)):
            reading.add("postcode", start, end, _upper(match[0]))


def _names_an_order(reading: _Reading, start: int, end: int) -> bool:
    """Whether a message names an order outside of a span, and the span is called nothing else."""
    if reading.cue(start, end) not in (None, "order"):
        return False
    others = (m for m in _NUMBER.finditer(reading.plain) if m.end() <= start or end <= m.start())
    return any(_may_be_said(reading, m) and reading.order_numbers.of_digits(m["digits"]) for m in others) or any(
        found["entity"] == "order_number" for found in reading.found
    )


def _upper(text: str) -> str:
    return " ".join(text.upper().split())


def _lettered_order_numbers(reading: _Reading) -> None:
    for start, end, number in reading.order_numbers.find(reading.text):
        if reading.free(start, end):
            reading.add("order_number", start, end, number, named=True)


def _order_numbers(reading: _Reading) -> None:
    candidates = [m for m in _NUMBER.finditer(reading.plain) if _may_be_said(reading, m)]
    for match in candidates:
        start, end = match.span()
        digits = match["digits"]
        cue = "order" if match["hash"] else reading.cue(start, end)
        if cue in ("phone", "postcode"):
            continue
        number = reading.order_numbers.of_digits(digits)
        # "1042, 75011": once an order is named, a bare five-digit number is the postcode that goes with it.
        named = [found["value"] for found in reading.found if found["entity"] == "order_number"]
        if cue is None and len(digits) == 5 and named and (number is None or all(map(_has_four_digits, named))):
            reading.add("postcode", start, end, digits)
        elif number:
            reading.add("order_number", start, end, number, **({"named": True} if cue == "order" else {}))


def _has_four_digits(number: str) -> bool:
    return sum(map(str.isdigit, number)) == 4


def _may_be_said(reading: _Reading, match: re.Match[str]) -> bool:
    """Whether digits may stand for an order, or for the postcode that goes with one."""
    start, end = match.span()
    digits = match["digits"]
    if not reading.free(start, end) or not (reading.order_numbers.of_digits(digits) or len(digits) == 5):
        return False
    if match["hash"]:
        return True
    if reading.order_numbers.lettered and _OTHER_LETTERS.search(reading.plain[:start]):
        return False
    if _counts(reading, start, end) or _is_part_of_word(reading, start, end):
        return False
    if int(digits) in _YEARS and reading.asked != "order_number" and reading.cue(start, end) is None:
        # Alone it may be an order, beside one a postcode; among words it is a year.
        alone = not re.search(r"\w", reading.folded[:start] + reading.folded[end:])
        return alone or _is_beside_a_number(reading, start, end)
    return True


def _is_beside_a_number(reading: _Reading, start: int, end: int) -> bool:
    """Whether a number goes with the one right before or after it: "1033 2042", "2042, order 1033"."""
    before = reading.folded[:start]
    if _RIGHT_AFTER_A_NUMBER.search(before):
        return True
    between = re.match(r"\D*(?=\d{4,6}(?!\d))", reading.folded[end:])
    called = spoken_anywhere("numbers", "order").sub("", between[0]) if between else "?"
    return not re.search(r"[^\s,;:/.#-]", called) and not _WITHIN_A_CLAUSE.search(before)


def _is_part_of_word(reading: _Reading, start: int, end: int) -> bool:
    before = reading.folded[:start]
    if re.match(r"[a-z_]", reading.folded[end : end + 1]):
        return True
    # "A1042" is a model; "order1042" and "n°1042" are orders.
    return bool(re.search(r"[a-z_]$", before)) and not _glued_cue().search(before)


@lru_cache(maxsize=1)
def _glued_cue() -> re.Pattern[str]:
    return re.compile(r"(?:order|ordr|pedido|orden|commande|cmd|bestellung|auftrag|no|nr|num|number|numero)$")


def _counts(reading: _Reading, start: int, end: int) -> bool:
    """Whether a number is an amount, a measure or a year, as the words and signs right beside it tell."""
    before, after = reading.folded[max(0, start - 32) : start], reading.folded[end : end + 16]
    if _MONEY_BEFORE.search(before) or _MONEY_AFTER.search(after):
        return True
    if (
        reading.folded[start:end].isdigit()
        and int(reading.folded[start:end]) in _YEARS
        and _year_before().search(before)
    ):
        return True
    words_before, words_after = _amount_words(reading.language)
    return bool(words_after.match(after.lstrip(" -")) or words_before.search(before.rstrip(" :=")))


@cache
def _amount_words(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what stands at the end of the text before an amount, and at the start of the text after one."""
    measure = spoken_anywhere("numbers", "measure").pattern
    before = spoken(language, "numbers", "amount_before").pattern
    after = spoken(language, "numbers", "amount_after").pattern
    # "for 20 euros, 1042": that measure belongs to the number before it.
    return re.compile(rf"(?:{before}|(?<!\d)(?<!\d[\s.,])(?:{measure}))\.?$"), re.compile(f"{after}|{measure}")


@cache
def _year_before() -> re.Pattern[str]:
    """What stands before a year, in any language: "in", "since", a month, a month and a day."""
    locales = [Locale.parse(language, sep="-") for language in lexicons()]
    forms = [locale.months[form][width] for locale in locales for form, width in _MONTH_FORMS]
    month = any_of({name for names in forms for name in names.values() if not name[0].isdigit()}).pattern
    words = spoken_anywhere("numbers", "year_before").pattern
    return re.compile(rf"(?:{words}|(?:{month})\.?(?:\s+(?:\d{{1,2}}(?:st|nd|rd|th)?|de|del|of))?)[\s,]*$")


_MONTH_FORMS = (("format", "wide"), ("format", "abbreviated"), ("stand-alone", "wide"))


_FINDERS = (
    _emails,
    _links,
    _cards,
    _lettered_order_numbers,
    _cases,
    _tracking_numbers,
    _phones,
    _postcodes,
    _order_numbers,
)
