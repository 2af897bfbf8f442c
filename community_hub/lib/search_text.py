"""Text as the full-text search sees it, the same in Python and in the database.

Both what is stored and what is looked for go through it, so that `Müller`, `MULLER` and `Ｍüller`
are found by each other, an address by its parts as well as whole, and languages that are written
without spaces by any part of a word:

- Compatibility forms become plain ones (NFKC); accents on Latin and Greek letters, vowel marks of
  Arabic and Hebrew, and characters that nobody sees are left out; `ß` is `ss`, `ø` is `o`.
  Cyrillic `й` stays, as the stemmer for Russian needs it.
- ASCII punctuation is a space: `https://example.org/a_b` is five words that follow each other.
- Each character of Chinese, Japanese, Korean, Thai, Lao, Khmer and Burmese is a word of its own. A
  word of several is found where its characters follow each other.

`hub_search_text()` in the database is made by a migration of this app and must do the same; a test
compares them.
"""

from __future__ import annotations

import re
import unicodedata
from string import punctuation

from django.db.models import Func, TextField

ONE_BY_ONE = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\u1780-\u17ff"  # Burmese, Khmer
    "\u3040-\u30ff\u31f0-\u31ff"  # Japanese
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f"  # Chinese
    "\uac00-\ud7a3"  # Korean
)
_ACCENTS = re.compile("([A-Za-z\u00c0-\u024f\u0370-\u03ff])[\u0300-\u036f]+")
_UNSEEN = re.compile(
    "[\u00ad\u200b-\u200f\u2060\ufeff"
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"  # Hebrew
    "\u0640\u064b-\u065f\u0670]"  # Arabic
)
_ONE_BY_ONE = re.compile(f"([{ONE_BY_ONE}])")
_LETTERS = str.maketrans(
    {"ß": "ss", "ẞ": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE"}
    | dict(zip("øØłŁđĐı", "oOlLdDi", strict=True))
)
_PUNCTUATION = str.maketrans(punctuation, " " * len(punctuation))


def search_text(text: str) -> str:
    """Not in lower case: the search configurations see to that."""
    if not text.isascii():
        text = _ACCENTS.sub(r"\1", unicodedata.normalize("NFKD", text))
        text = unicodedata.normalize("NFC", _UNSEEN.sub("", text)).translate(_LETTERS)
        text = _ONE_BY_ONE.sub(r" \1 ", text)
    return text.translate(_PUNCTUATION)


class SearchText(Func):
    """The same in a query."""

    function = "hub_search_text"
    output_field = TextField()
