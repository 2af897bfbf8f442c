"""A feed's document, read whichever of the three formats it has. No HTTP here."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from html.parser import HTMLParser
from urllib.parse import urljoin

from inbox.connectors.feed.document import Document, NotAFeed
from inbox.connectors.feed.json_feed import read_json
from inbox.connectors.feed.xml_feed import read_xml

FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")


def parse_document(content: bytes, url: str, content_type: str = "") -> Document:
    """Raises NotAFeed where the document is something else, TooMuch where it holds more than is
    read, Unreadable where it is broken from end to end."""
    content = content.lstrip(b"\xef\xbb\xbf \t\r\n")  # a declaration must come first in XML
    if content.startswith(b"{"):
        document = read_json(content, url)
    else:
        document = read_xml(content, url, content_type)
    if document is None:
        is_page = b"<html" in content[:4000].lower() or "html" in content_type.lower()
        raise NotAFeed(is_page=is_page, feeds=feeds_named_in(content, url))
    return document


def feeds_named_in(page: bytes, url: str) -> Iterable[str]:
    finder = _Alternates()
    with suppress(AssertionError):  # of the standard library's, at "<![" and anything but CDATA
        finder.feed(page[:500_000].decode("utf-8", "replace"))
    return [urljoin(url, address) for address in finder.found]


class _Alternates(HTMLParser):
    """Finds <link rel="alternate" type="application/rss+xml" href="...">."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        is_other = "alternate" in (given.get("rel") or "").lower().split()
        is_feed = (given.get("type") or "").lower() in FEED_TYPES
        if tag == "link" and is_other and is_feed and given.get("href"):
            self.found.append(given["href"] or "")
