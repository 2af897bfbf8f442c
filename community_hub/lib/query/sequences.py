"""Words that follow each other, looked for in a text itself.

A full-text index leaves out what its language says all the time: by it alone, "in the box" finds
each "box", and `o'clock` each "clock", as "o" is such a word in Portuguese. So what it finds is
read again.
"""

from __future__ import annotations

import re
import unicodedata

from django.db.models import Q, Value
from django.db.models.functions import Left
from django.db.models.lookups import IRegex

from community_hub.lib.search_text import SearchText, search_text

from .tree import Node, Operator, Phrase, Term, leaves

NO_WORDS = "PSZC"  # general categories of Unicode: punctuation, symbols, spaces, controls


def is_sequence(term: Term) -> bool:
    """A phrase, or a word of several parts (10:30, o'clock, an address, 日本)."""
    return bool(_parts(term)) if isinstance(term, Phrase) else len(_parts(term)) > 1


def has_sequence(node: Node) -> bool:
    terms = (leaf for leaf in leaves(node) if not isinstance(leaf, Operator))
    return any(map(is_sequence, terms))


def says(term: Term, field: str, longest: int) -> Q:
    """That a field of text has the words of a sequence one after the other, whatever stands
    between them that is no word. A phrase has them as they are written, but for case and accents;
    the last part of a word may go on. Nothing is asked where `term` is no sequence. `longest`:
    so many characters of the field are read."""
    if not is_sequence(term):
        return Q()
    pattern = r"\W+".join(map(re.escape, _parts(term)))
    ending = r"(?!\w)" if isinstance(term, Phrase) else ""
    return Q(IRegex(SearchText(Left(field, longest)), Value(rf"(?<!\w){pattern}{ending}")))


def _parts(term: Term) -> list[str]:
    letters = (
        " " if unicodedata.category(letter)[0] in NO_WORDS else letter
        for letter in search_text(term.text)
    )
    return "".join(letters).split()
