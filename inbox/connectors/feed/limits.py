"""What a feed's document may hold, so that reading it takes seconds and not hours.

feedparser compares every category of an entry with every other, and looks for every attribute of a
tag among all of them; each tag costs it about 20 microseconds. A worker can't be interrupted in
there, and what it reads was written by strangers.
"""

from __future__ import annotations

import re

MOST_TAGS = 250_000  # in all, also those inside texts; a podcast of 2,000 episodes has 100,000
MOST_ATTRIBUTES = 200  # of one tag
MOST_CATEGORIES = 500  # of one entry

_ENTRY = re.compile(rb"<(?:\w+:)?(?:item|entry)\b", re.IGNORECASE)
_CATEGORY = re.compile(rb"<(?:\w+:)?(?:category|subject|keywords|tags|itunes:\w+)\b", re.IGNORECASE)
# Without a way back into what was matched, so that this itself takes the time of one look.
_ATTRIBUTE = rb"(?<=\s)[^\s=<>\"'/]++\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+')\s*+"
_ONE = re.compile(_ATTRIBUTE)
_RUN = re.compile(rb"(?:%s)++" % _ATTRIBUTE)


class TooMuch(Exception):
    """The document holds more than is read."""


def check_size(content: bytes) -> None:
    """Raises TooMuch. `content` is in UTF-8, or in what has ASCII in it."""
    if content.count(b"<") + content.count(b"&lt;") > MOST_TAGS:
        raise TooMuch
    for entry in _ENTRY.split(content):
        if len(entry) > MOST_CATEGORIES and len(_CATEGORY.findall(entry)) > MOST_CATEGORIES:
            raise TooMuch
    for run in _RUN.finditer(content):
        if len(run[0]) > 4 * MOST_ATTRIBUTES and len(_ONE.findall(content, *run.span())) > (
            MOST_ATTRIBUTES
        ):
            raise TooMuch
