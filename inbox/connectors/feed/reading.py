"""A feed's document as plain values, whichever of the three formats it has. No HTTP here."""

from __future__ import annotations

import calendar
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser
from dateutil.parser import isoparse

from inbox.connectors.base import content_version

FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")
# Told by feedparser although the document itself reads well.
HARMLESS = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)
OLDEST = datetime(1990, 1, 1, tzinfo=UTC)  # older dates are empty fields: 1970-01-01


@dataclass(frozen=True)
class Author:
    name: str = ""
    uri: str = ""
    avatar: str = ""


@dataclass(frozen=True)
class Enclosure:
    url: str
    mime: str = ""
    size: int | None = None
    title: str = ""


@dataclass(frozen=True)
class Entry:
    """`guid`, `link` and the dates as far as the feed gives them."""

    guid: str = ""
    link: str = ""
    title: str = ""
    body: str = ""
    body_format: str = "html"
    author: Author | None = None
    published: datetime | None = None
    updated: datetime | None = None
    language: str = ""
    in_reply_to: str = ""
    enclosures: tuple[Enclosure, ...] = ()

    @property
    def version(self) -> str:
        return content_version(self.title, self.body, self.link)

    @property
    def mark(self) -> str:
        """Tells the same entry under another guid, whether its link has http or https."""
        if not self.link:
            return ""
        link = self.link.partition("://")[2]
        return content_version(link, self.title, str(self.published or self.body))


@dataclass(frozen=True)
class Document:
    """`broken`: what is wrong with it, although some of it could be read. `bad`: entries that
    could not be read, with what they hold."""

    title: str = ""
    link: str = ""
    entries: tuple[Entry, ...] = ()
    broken: str = ""
    bad: tuple[tuple[str, Mapping[str, Any]], ...] = ()


class NotAFeed(Exception):
    """`feeds`: the addresses of feeds that a web page names."""

    def __init__(self, *, is_page: bool = False, feeds: Iterable[str] = ()) -> None:
        super().__init__()
        self.is_page = is_page
        self.feeds = tuple(feeds)


def read(content: bytes, url: str, content_type: str = "") -> Document:
    """Raises NotAFeed where the document is something else."""
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"{":
        return read_json(content, url)
    # A file object: feedparser would open a string that happens to be a path.
    parsed = feedparser.parse(
        io.BytesIO(content),
        # No content-location: guids would be joined with it, and change when the feed moves.
        response_headers={"content-type": content_type or "application/xml"},
        sanitize_html=False,  # the hub cleans what it stores, once, in one place
    )
    if not parsed.get("version") and not parsed.entries:
        is_page = b"<html" in content[:4000].lower() or "html" in content_type.lower()
        raise NotAFeed(is_page=is_page, feeds=feeds_named_in(content, url))
    wrong = parsed.get("bozo_exception")
    base = urljoin(url, parsed.feed.get("link") or "")
    return Document(
        title=text_of(parsed.feed, "title"),
        link=base,
        entries=tuple(from_xml(entry, parsed.feed, base) for entry in parsed.entries),
        broken="" if wrong is None or isinstance(wrong, HARMLESS) else str(wrong),
    )


def from_xml(entry: Mapping[str, Any], feed: Mapping[str, Any], base: str) -> Entry:
    contents = [part for part in entry.get("content") or [] if part.get("value")]
    contents.sort(key=lambda part: "html" not in (part.get("type") or ""))
    chosen = contents[0] if contents else entry.get("summary_detail") or {}
    reply = entry.get("thr_in-reply-to") or {}
    enclosures = [
        Enclosure(urljoin(base, link["href"]), link.get("type") or "", size(link.get("length")))
        for link in entry.get("enclosures") or []
        if link.get("href")
    ]
    return Entry(
        guid=str(entry.get("id") or ""),
        link=web_address(base, entry.get("link")),
        title=text_of(entry, "title"),
        body=str(chosen.get("value") or ""),
        body_format="plain" if chosen.get("type") == "text/plain" else "html",
        author=author_of(entry, base) or author_of(feed, base),
        published=first_date(entry, "published_parsed", "created_parsed", "updated_parsed"),
        updated=first_date(entry, "updated_parsed"),
        language=language(chosen.get("language") or feed.get("language")),
        in_reply_to=str(reply.get("ref") or ""),
        enclosures=tuple(enclosures),
    )


def author_of(data: Mapping[str, Any], base: str) -> Author | None:
    """Atom says that a feed's author wrote the entries that name none (RFC 4287, 4.2.1)."""
    detail = data.get("author_detail") or {}
    name = plain(str(detail.get("name") or data.get("author") or ""))
    if not name:
        return None
    return Author(name=name, uri=web_address(base, detail.get("href")))


def read_json(content: bytes, url: str) -> Document:
    """JSON Feed 1.0 and 1.1, https://www.jsonfeed.org/version/1.1/"""
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise NotAFeed from error
    if not isinstance(data, dict) or not isinstance(data.get("items"), list):
        raise NotAFeed
    base = urljoin(url, str(data.get("home_page_url") or ""))
    entries, bad = [], []
    for item in data["items"]:
        try:
            entries.append(from_json(item, data, base))
        except (AttributeError, OverflowError, TypeError, ValueError) as error:
            raw = item if isinstance(item, dict) else {"value": repr(item)[:2000]}
            bad.append((f"{type(error).__name__}: {error}", raw))
    return Document(
        title=str(data.get("title") or ""), link=base, entries=tuple(entries), bad=tuple(bad)
    )


def from_json(item: Mapping[str, Any], feed: Mapping[str, Any], base: str) -> Entry:
    html, text = item.get("content_html"), item.get("content_text")
    enclosures = [
        Enclosure(
            urljoin(base, str(part["url"])),
            str(part.get("mime_type") or ""),
            size(part.get("size_in_bytes")),
            str(part.get("title") or ""),
        )
        for part in item.get("attachments") or []
        if part.get("url")
    ]
    return Entry(
        guid=str(item.get("id") or ""),
        link=web_address(base, item.get("url") or item.get("external_url")),
        title=str(item.get("title") or ""),
        body=str(html or text or item.get("summary") or ""),
        body_format="html" if html else "plain",
        author=json_author(item, base) or json_author(feed, base),
        published=json_date(item.get("date_published") or item.get("date_modified")),
        updated=json_date(item.get("date_modified")),
        language=language(item.get("language") or feed.get("language")),
        enclosures=tuple(enclosures),
    )


def json_author(data: Mapping[str, Any], base: str) -> Author | None:
    named = [*(data.get("authors") or []), data.get("author")]
    for author in named:
        if isinstance(author, dict) and author.get("name"):
            return Author(
                name=str(author["name"]),
                uri=web_address(base, author.get("url")),
                avatar=web_address(base, author.get("avatar")),
            )
    return None


def json_date(text: Any) -> datetime | None:
    try:
        found = isoparse(str(text)) if text else None
        # the first or last day there is has no place in UTC where its zone is far from it
        return sane(found.astimezone(UTC) if found and found.tzinfo else found)
    except (ValueError, OverflowError):
        return None


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


def sane(when: datetime | None) -> datetime | None:
    if when is None:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return when if when > OLDEST else None


def web_address(base: str, link: Any) -> str:
    """Absolute and of the web, or ""."""
    try:
        found = urljoin(base, str(link).strip()) if link else ""
        return found if urlsplit(found).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def size(text: Any) -> int | None:
    digits = str(text or "")
    return int(digits) if digits.isdecimal() and len(digits) < 16 else None


def language(text: Any) -> str:
    return str(text or "").lower().replace("_", "-").partition("-")[0][:8]


def text_of(data: Mapping[str, Any], name: str) -> str:
    return plain(str(data.get(name) or ""))


def plain(text: str) -> str:
    """A title without markup, on one line."""
    return " ".join(unescape(re.sub(r"</?[a-zA-Z][^>]*>", "", text)).split())


def feeds_named_in(page: bytes, url: str) -> Iterable[str]:
    finder = _Alternates()
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
