"""What is read of a feed's document, so that the longest costs a worker less than half a second.

feedparser compares every category of an entry with every other, and looks for every attribute of a
tag among all of them; each tag, line and reference costs it some microseconds. A worker can't be
interrupted in there, and what it reads was written by strangers. So a long document is cut to its
newest entries before feedparser sees it; how many were left out is told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import accumulate
from typing import Any
from xml.parsers import expat

from dateutil.parser import isoparse

MOST_TAGS = 250_000  # in all, also those inside texts; a podcast of 2,000 episodes has 100,000
MOST_ATTRIBUTES = 200  # of one tag
MOST_CATEGORIES = 500  # of one entry
MOST_VALUES = 1_000_000  # of a JSON document, counted by what stands between them

# Microseconds on the reference machine (docs/operations.md). What is not well-formed XML is read by
# feedparser's second parser after its first, and costs nearly twice as much.
BUDGET, BUDGET_MALFORMED = 350_000, 190_000
A_TAG, A_TAG_IN_TEXT, AN_ENTRY = 20, 10, 80
AN_ATTRIBUTE, A_REFERENCE, A_LINE, A_BYTE = 2.5, 1.8, 1.3, 0.04
A_JSON_ITEM, A_JSON_PART = 110, 25

_ENTRY = re.compile(rb"<(?:\w+:)?(?:item|entry)\b", re.IGNORECASE)
_CATEGORY = re.compile(rb"<(?:\w+:)?(?:category|subject|keywords|tags|itunes:\w+)\b", re.IGNORECASE)
# Without a way back into what was matched, so that this itself takes the time of one look.
_ATTRIBUTE = rb"(?<=\s)[^\s=<>\"'/]++\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+')\s*+"
_ONE = re.compile(_ATTRIBUTE)
_RUN = re.compile(rb"(?:%s)++" % _ATTRIBUTE)
_CDATA_REST = rb"!\[CDATA\[[^\]]*+(?:\](?!\]>)[^\]]*+)*+(?:\]\]>|\Z)"
_COMMENT_REST = rb"!--[^-]*+(?:-(?!->)[^-]*+)*+(?:-->|\Z)"
_CDATA = re.compile(rb"<" + _CDATA_REST)
_BEGINNING = re.compile(  # of an entry, outside what is text
    rb"<(?:%s|%s|(?P<entry>(?:\w+:)?(?:item|entry))(?=[\s/>]))" % (_CDATA_REST, _COMMENT_REST)
)
_END = re.compile(rb"</(?:\w+:)?(?:item|entry)\s*>")
_DATE = re.compile(
    rb"<(?:\w+:)?(?:pubDate|published|updated|date)\b[^<>]*>\s*(?:<!\[CDATA\[)?([^<\]]{8,60})"
)


class TooMuch(Exception):
    """The document holds more than is read."""


def newest_entries(content: bytes) -> tuple[bytes, int]:
    """The document with as many of its entries as can be read in time, and how many it lost.

    Feeds begin with the newest; of one that ends with it, the last are kept. Raises TooMuch where
    one entry alone, or what stands around them, is too much. `content` is in UTF-8.
    """
    if content.count(b"<") + content.count(b"&lt;") > MOST_TAGS:
        raise TooMuch
    cost = _cost(content)
    if cost <= BUDGET_MALFORMED or (cost <= BUDGET and _is_well_formed(content)):
        kept, left_out = content, 0
    else:
        parts = _apart(content)
        kept, left_out = _within(*parts, BUDGET)
        if not _is_well_formed(kept):
            kept, left_out = _within(*parts, BUDGET_MALFORMED)
    _check_entries(kept)
    return kept, left_out


def newest_items(items: Sequence[Any]) -> tuple[Sequence[Any], int]:
    """The same for the items of a JSON Feed."""
    costs = accumulate(A_JSON_ITEM + A_JSON_PART * _parts_of(item) for item in items)
    count = sum(1 for _cost in _up_to(costs, BUDGET))
    if count == len(items):
        return items, 0
    if not count:
        raise TooMuch
    dates = [_json_date(items[place]) for place in (0, -1)]
    kept = items[-count:] if _is_later(dates[1], dates[0]) else items[:count]
    return kept, len(items) - count


def check_json(content: bytes) -> None:
    """Raises TooMuch. Counts also what stands inside texts."""
    if sum(content.count(mark) for mark in (b"{", b"[", b",")) > MOST_VALUES:
        raise TooMuch


def _within(head: bytes, entries: list[bytes], tail: bytes, budget: float) -> tuple[bytes, int]:
    budget -= _cost(head) + _cost(tail)
    oldest_first = len(entries) > 1 and _is_later(_date(entries[-1]), _date(entries[0]))
    costs = accumulate(_cost(entry) for entry in (reversed(entries) if oldest_first else entries))
    count = sum(1 for _cost in _up_to(costs, budget))
    if not count:
        raise TooMuch
    kept = entries[-count:] if oldest_first else entries[:count]
    return b"".join((head, *kept, tail)), len(entries) - count


def _apart(content: bytes) -> tuple[bytes, list[bytes], bytes]:
    """What stands before the entries, each of them up to the next, and what stands after. An
    element of an entry is none, though its name ends like one."""
    found = [match for match in _BEGINNING.finditer(content) if match["entry"]]
    begins = [match.start() for match in found if match["entry"] == found[0]["entry"]]
    if not begins:
        raise TooMuch
    ends = [match.end() for match in _END.finditer(content, begins[-1])]
    end = ends[-1] if ends else content.find(b">", begins[-1]) + 1 or len(content)
    bounds = zip(begins, [*begins[1:], end], strict=True)
    return content[: begins[0]], [content[start:stop] for start, stop in bounds], content[end:]


def _cost(text: bytes) -> float:
    """Microseconds that feedparser, and the connector after it, spend with a well-formed text."""
    inside = text.count(b"&lt;") + sum(part.count(b"<") for part in _CDATA.findall(text))
    tags = text.count(b"<") + text.count(b"&lt;") - inside
    return (
        A_TAG * tags
        + A_TAG_IN_TEXT * inside
        + AN_ENTRY * len(_ENTRY.findall(text))
        + AN_ATTRIBUTE * text.count(b"=")
        + A_REFERENCE * text.count(b"&")
        + A_LINE * text.count(b"\n")
        + A_BYTE * len(text)
    )


def _up_to(costs: Any, budget: float) -> Any:
    for cost in costs:
        if cost > budget:
            return
        yield cost


def _is_well_formed(content: bytes) -> bool:
    try:
        expat.ParserCreate(namespace_separator=" ").Parse(content, True)
    except expat.ExpatError:
        return False
    return True


def _check_entries(content: bytes) -> None:
    for entry in _ENTRY.split(content):
        if len(entry) > MOST_CATEGORIES and len(_CATEGORY.findall(entry)) > MOST_CATEGORIES:
            raise TooMuch
    for run in _RUN.finditer(content):
        if len(run[0]) > 4 * MOST_ATTRIBUTES and len(_ONE.findall(content, *run.span())) > (
            MOST_ATTRIBUTES
        ):
            raise TooMuch


def _parts_of(item: Any) -> int:
    lists = (item.get("attachments"), item.get("authors")) if isinstance(item, dict) else ()
    return sum(len(each) for each in lists if isinstance(each, list))


def _date(entry: bytes) -> datetime | None:
    found = _DATE.search(entry)
    return _moment(found[1].decode("ascii", "replace")) if found else None


def _json_date(item: Any) -> datetime | None:
    return _moment(str(item.get("date_published"))) if isinstance(item, dict) else None


def _moment(text: str) -> datetime | None:
    for parse in (isoparse, parsedate_to_datetime):
        try:
            when = parse(text.strip())
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
        return when if when.tzinfo else when.replace(tzinfo=UTC)
    return None


def _is_later(when: datetime | None, other: datetime | None) -> bool:
    return when is not None and other is not None and when > other
