"""What of a message says a need: its words, without the contact details that it gives beside them.

"My mugs came broken, ana@example.com" is about broken mugs. Read whole, the address outweighs the need, since
the examples of `inform` are full of addresses.
"""

from __future__ import annotations

import re

from assistant.nlu.order_numbers import shop_order_numbers

# An e-mail address, a telephone number, a British, Canadian or Irish postcode. Order and tracking numbers stay:
# "tracking CY792771090DE is wrong" is about the number. Postcodes of digits cannot be told from order numbers here.
_CONTACT = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<![\w/])\+\d[\d ()./-]{6,}\d"
    r"|(?<!\w)0\d{2,4}[ /-]\d[\d ./-]{4,}\d"
    r"|\b[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2}\b"
    r"|\b[A-Za-z]\d[A-Za-z] ?\d[A-Za-z]\d\b"
    r"|\b[A-Za-z]\d[\dWw] ?(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{4}\b"
)
# What is left must be more than "it's", "my e-mail is" or "订单1042": three words or, where words are not spaced, six
# characters of script.
_WORD = re.compile(r"[^\W\d_]+")
_LEAST_WORDS, _LEAST_UNSPACED = 3, 6
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")


def wording(text: str) -> str:
    """Return the text without contact details, or as it is when hardly anything else is said.

    Order numbers with letters are written as digits, as the examples write theirs.
    """
    text = shop_order_numbers().as_digits(text)
    rest = re.sub(r"\s{2,}", " ", _CONTACT.sub(" ", text)).strip(" ,;:.-，。、；：")
    said = len(_WORD.findall(rest)) >= _LEAST_WORDS or len(_UNSPACED.findall(rest)) >= _LEAST_UNSPACED
    return rest if said else text
