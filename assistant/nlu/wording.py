"""What of a message says a need: its words, without the contact details, numbers and courtesy around them.

"Hi, my mugs came broken, order 1042, ana@example.com, thanks" is about broken mugs. Read whole, the rest outweighs the
need: on held-out messages with such things added, one in six more was misread.
"""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.nlu.component import own_source
from assistant.nlu.order_numbers import shop_order_numbers
from assistant.nlu.phrases import fold, lexicon_source, spoken_anywhere

# An e-mail address, a telephone number, a British, Canadian or Irish postcode. Tracking numbers stay: "tracking
# CY792771090DE is wrong" is about the number. Postcodes of digits cannot be told from order numbers here.
_CONTACT = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<![\w/])\+\d[\d ()./-]{6,}\d"
    r"|(?<!\w)0\d{2,4}[ /-]\d[\d ./-]{4,}\d"
    r"|\b[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2}\b"
    r"|\b[A-Za-z]\d[A-Za-z] ?\d[A-Za-z]\d\b"
    r"|\b[A-Za-z]\d[\dWw] ?(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{4}\b"
)
# A number that names an order or a postcode, not an amount ("1.200", "350 €") nor a part of a name ("A1042").
_NUMBER = re.compile(
    r"(?:# ?|n[°º] ?|№ ?)?(?<![A-Za-z0-9.,-])\d{3,7}"
    r"(?!\w*[A-Za-z]|[.,]?\d| ?(?:[€$£¥%元块]|eur|euro|usd|gbp|dollar|pound|yuan))",
    re.IGNORECASE,
)
# Runs of spaces would take the patterns below long; and what is asked stands in the first lines.
_SPACES = re.compile(r"[^\S\n]+|\n\s*")
_MOST_CHARS = 1500
_ANY_NUMBER = "1042"
_SAME_AGAIN = re.compile(rf"{_ANY_NUMBER}(?:[ ,/+&]+{_ANY_NUMBER})+")
# A number between signs says nothing more: "…, 1042, …", "(1042)".
_ALONE = re.compile(r"(?:^|(?<=[,;.!?()\n，。；！？（）]))\s*(?:# ?)?\d{3,7}\s*(?=[,;.!?()\n，。；！？（）]|$)")
_EMPTY = re.compile(r"[(（]\s*[)）]")
_EDGE = " ,;:.!-–—~，。、；：！\n"
# What is left, a number counted as a word, must be more than "it's" or "订单1042": three words or, where words are
# not spaced, six characters of script.
_WORD = re.compile(r"[^\W\d_]+")
_LEAST_WORDS, _LEAST_UNSPACED = 3, 6
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")


def wording_source() -> str:
    """Return a digest of all that the wording of a text depends on, for Rasa's cache."""
    return own_source(__file__) + lexicon_source()


def wording(text: str) -> str:
    """Return what a message says beside contact details, order numbers and courtesy.

    Each of these is left out only when enough else is said. Order numbers with letters that stay are written as digits,
    as the examples write theirs.
    """
    text = shop_order_numbers().as_digits(_SPACES.sub(_one_space, text[:_MOST_CHARS]).strip())
    for shorter in (_without_contact, _without_order, _without_courtesy):
        rest = shorter(text)
        if _says_enough(rest):
            text = rest
    return text


def _one_space(match: re.Match[str]) -> str:
    return "\n" if match[0].startswith("\n") else " "


def _says_enough(text: str) -> bool:
    words = len(_WORD.findall(text)) + bool(_NUMBER.search(text))
    return words >= _LEAST_WORDS or len(_UNSPACED.findall(text)) >= _LEAST_UNSPACED


def _tidy(text: str) -> str:
    return re.sub(r"\s{2,}", " ", _EMPTY.sub(" ", text)).strip(_EDGE)


def _without_contact(text: str) -> str:
    rest = _CONTACT.sub(" ", text)
    return _tidy(rest) if rest != text else text


def _without_order(text: str) -> str:
    """Leave out order numbers, and with them what only introduces them: "…, my order number is 1042"."""
    rest = text
    for match in reversed(list(_order_beside().finditer(fold(text)))):
        rest = rest[: match.start()] + " " + rest[match.end() :]
    rest = _ALONE.sub(" ", rest)
    # One within a sentence stands for the order: "where is 1042?". All are the same number then.
    rest = _SAME_AGAIN.sub(_ANY_NUMBER, _NUMBER.sub(_ANY_NUMBER, rest))
    return _tidy(rest) if rest != text else text


def _without_courtesy(text: str) -> str:
    opening, closing = _courtesy()
    rest = text
    first = opening.match(fold(rest))
    rest = rest[first.end() :] if first else rest
    last = closing.search(fold(rest))
    rest = rest[: last.start()] if last else rest
    return _tidy(rest) if rest != text else text


@lru_cache(maxsize=1)
def _order_beside() -> re.Pattern[str]:
    """A piece of a message, between signs, that only says which order it is."""
    cue, said = spoken_anywhere("numbers", "order").pattern, spoken_anywhere("courtesy", "order_said").pattern
    words = rf"(?:(?:{cue}|{said})[ :.]{{0,2}})"
    return re.compile(rf"(?:^|(?<=[,;.!?\n，。；！？]))\s*{words}{{1,6}}#? ?\d{{3,7}}\s*(?=[,;.!?\n，。；！？]|$)")


@lru_cache(maxsize=1)
def _courtesy() -> tuple[re.Pattern[str], re.Pattern[str]]:
    opening, closing = (spoken_anywhere("courtesy", kind).pattern for kind in ("opening", "closing"))
    between = r"[\s,;:.!~，。、；：！-]*"
    return (
        re.compile(rf"{between}(?:(?:{opening}){between}){{1,3}}"),
        re.compile(rf"{between}(?:(?:{closing}){between}){{1,3}}$"),
    )
