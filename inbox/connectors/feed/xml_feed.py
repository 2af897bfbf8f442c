"""RSS and Atom, as feedparser reads them."""

from __future__ import annotations

import calendar
import io
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import feedparser
from feedparser.encodings import convert_to_utf8

from inbox.connectors.base import Format
from inbox.connectors.feed.document import (
    MOST_AUTHORS,
    Author,
    Document,
    Enclosure,
    Entry,
    Unreadable,
    apart,
    signed,
)
from inbox.connectors.feed.fields import (
    base_address,
    language,
    plain,
    sane,
    size,
    text_of,
    web_address,
)
from inbox.connectors.feed.limits import newest_entries

# Told by feedparser although the document itself reads well.
HARMLESS = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)
# What it was seen to raise at broken documents: none of it is declared anywhere.
FEEDPARSER_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
LARGE_REFERENCE = re.compile(rb"&#(?:x([0-9a-f]{6,})|([0-9]{7,}));?", re.IGNORECASE)
MAIL_AND_NAME = re.compile(r"\S+@\S+ \((?P<name>[^()]+)\)")
# RSS writes an author as "ada@example.org (Ada)". feedparser takes four letters for the longest end
# of a domain, and the rest of it for a part of the name.
RSS_AUTHOR = re.compile(
    rb"(?P<start><(?P<tag>author|managingEditor)>(?:<!\[CDATA\[)?)\s*"
    rb"(?P<mail>[^\s<>()@]+)@(?P<host>[^\s<>()@]+)(?:\s+\((?P<name>[^<>()]+)\))?\s*"
    rb"(?=(?:\]\]>)?</(?P=tag)>)"
)
TOPIC_FOOT = re.compile(r"<p><small>[^<]*</small></p>\s*<p><a [^<>]*>[^<]*</a></p>\s*")


def read_xml(content: bytes, url: str, content_type: str) -> Document | None:
    """None where it is no feed. Raises TooMuch and Unreadable."""
    found: dict[str, Any] = {}
    try:
        parsed, left_out = parse(content, content_type or "application/xml", found)
    except FEEDPARSER_ERRORS as error:
        raise Unreadable(f"{type(error).__name__}: {error}") from error
    if not parsed.get("version") and not parsed.entries:
        return None
    wrong = found.get("bozo_exception") or parsed.get("bozo_exception")
    if isinstance(wrong, HARMLESS):
        wrong = parsed.get("bozo_exception")
    base = base_address(url, parsed.feed.get("link"))
    authors = authors_of(parsed.feed, base)
    return Document(
        title=text_of(parsed.feed, "title"),
        link=base,
        entries=tuple(
            signed(from_xml(entry, parsed.feed, base), authors) for entry in parsed.entries
        ),
        broken="" if wrong is None or isinstance(wrong, HARMLESS) else str(wrong),
        left_out=left_out,
    )


def parse(content: bytes, content_type: str, found: dict[str, Any]) -> tuple[Any, int]:
    """What feedparser makes of it, and how many entries were left out. `found` is given what is
    wrong with the encoding."""
    # First, so that what is counted is what is read.
    text = convert_to_utf8({"content-type": content_type}, content, found)
    text, left_out = newest_entries(text)
    text = LARGE_REFERENCE.sub(existing_character, text)
    text = RSS_AUTHOR.sub(author_alone, text)
    # A file object: feedparser would open a string that happens to be a path.
    parsed = feedparser.parse(
        io.BytesIO(text),
        # No content-location: guids would be joined with it, and change when the feed moves.
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,  # the hub cleans what it stores, once, in one place
    )
    return parsed, left_out


def existing_character(reference: re.Match[bytes]) -> bytes:
    """A reference as it is, or U+FFFD for one beyond the last character there is."""
    digits = (reference[1] or reference[2]).lstrip(b"0")
    if len(digits) <= 7 and int(digits or b"0", 16 if reference[1] else 10) <= sys.maxunicode:
        return reference[0]
    return "\ufffd".encode()


def author_alone(found: re.Match[bytes]) -> bytes:
    """The name; where there is none, an address that feedparser would cut is put in words."""
    if found["name"]:
        return found["start"] + found["name"]
    if len(found["host"].rpartition(b".")[2]) <= 4:
        return found[0]
    return found["start"] + found["mail"] + b" at " + found["host"]


def from_xml(entry: Mapping[str, Any], feed: Mapping[str, Any], base: str) -> Entry:
    contents = [part for part in entry.get("content") or [] if part.get("value")]
    contents.sort(key=lambda part: "html" not in (part.get("type") or ""))
    chosen = contents[0] if contents else entry.get("summary_detail") or {}
    body = str(chosen.get("value") or "")
    reply = entry.get("thr_in-reply-to") or {}
    link = "" if has_no_link(entry) else web_address(base, entry.get("link"))
    enclosures = [
        Enclosure(address, found.get("type") or "", size(found.get("length")))
        for found in entry.get("enclosures") or []
        if (address := web_address(base, found.get("href")))
    ]
    return Entry(
        guid=str(entry.get("id") or ""),
        title=text_of(entry, "title"),
        body=without_counts(body) if "discourse_topicpinned" in entry else body,
        body_format=Format.PLAIN if chosen.get("type") == "text/plain" else Format.HTML,
        authors=authors_of(entry, base),
        published=first_date(entry, "published_parsed", "created_parsed", "updated_parsed"),
        updated=first_date(entry, "updated_parsed"),
        language=language(chosen.get("language") or feed.get("language")),
        in_reply_to=str(reply.get("ref") or ""),
        forum=forum_of(entry),
        **apart(link, enclosures),
    )


def has_no_link(entry: Mapping[str, Any]) -> bool:
    """feedparser takes a guid for the link where there is none, though it may be a bare number."""
    is_address = str(entry.get("link") or "").startswith(("https://", "http://"))
    is_given = any(link.get("rel") == "alternate" for link in entry.get("links") or [])
    return not is_address and not is_given


def forum_of(entry: Mapping[str, Any]) -> str:
    first: Mapping[str, Any] = next(iter(entry.get("tags") or []), {})
    return plain(str(first.get("label") or first.get("term") or ""))


def without_counts(body: str) -> str:
    """A topic as Discourse's list of topics has it, without the number of answers at its end: that
    would be an edit with each answer."""
    start = body.rfind("<p><small>")
    if start >= 0 and TOPIC_FOOT.fullmatch(body, start):
        return body[:start]
    return body


def authors_of(data: Mapping[str, Any], base: str) -> tuple[Author, ...]:
    """All of them, from feedparser's list: where there are two, its `author_detail` has the name
    of one and the address of the other."""
    given = [author for author in data.get("authors") or [] if author]
    if not given and data.get("author"):
        given = [{"name": data["author"]}]
    found = [
        Author(name=name, uri=web_address(base, author.get("href")))
        for author in given
        if (name := author_name(plain(str(author.get("name") or author.get("email") or ""))))
    ]
    return tuple(dict.fromkeys(found))[:MOST_AUTHORS]


def author_name(text: str) -> str:
    """RSS writes "ada@example.org (Ada)"."""
    found = MAIL_AND_NAME.fullmatch(text)
    return found["name"] if found else text


def first_date(data: Mapping[str, Any], *names: str) -> datetime | None:
    for name in names:
        if name not in data:  # asked first: feedparser's get() takes published for updated
            continue
        try:
            found = sane(datetime.fromtimestamp(calendar.timegm(data[name]), UTC))
        except (TypeError, ValueError, OverflowError, OSError):
            continue  # not a date: the next name may hold one
        if found:
            return found
    return None
