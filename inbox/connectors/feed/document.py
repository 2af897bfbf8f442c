"""A feed's document as plain values, whichever format it came in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from mimetypes import guess_type
from typing import Any
from urllib.parse import urlsplit

from inbox.connectors.base import (
    Format,
    content_version,
)
from inbox.connectors.feed.places import Place, place_of

MOST_AUTHORS = 20  # of one entry
PAGES = ("text/html", "application/xhtml+xml")


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
    """`guid`, `link` and the dates as far as the feed gives them. `link` is never one of the
    `enclosures`. `forum`: the part of a forum that the title may begin with."""

    guid: str = ""
    link: str = ""
    title: str = ""
    body: str = ""
    body_format: str = Format.HTML
    authors: tuple[Author, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    language: str = ""
    in_reply_to: str = ""
    enclosures: tuple[Enclosure, ...] = ()
    forum: str = ""

    @cached_property
    def place(self) -> Place | None:
        return place_of(self.link)

    @property
    def is_comment(self) -> bool:
        """Stands under an article or in a topic, and is not its first words."""
        return bool(self.in_reply_to) or (self.place is not None and self.place.is_comment)

    @property
    def version(self) -> str:
        """Changes with the text. The title and the link of a comment are the article's, which may
        be retitled."""
        also = [author.name for author in self.authors[1:]]
        if self.is_comment:
            return content_version(self.body or self.title, *also)
        return content_version(self.title, self.body, self.link, *also)

    @property
    def mark(self) -> str:
        """Tells the same entry under another guid, whether its link has http or https."""
        if self.place and self.place.part:
            return content_version(self.place.key, self.place.part)
        if not self.link:
            return ""
        link = self.link.partition("://")[2]
        return content_version(link, self.title, str(self.published or self.body))


@dataclass(frozen=True)
class Document:
    """`broken`: what is wrong with it, although some of it could be read. `bad`: entries that
    could not be read, with what they hold. `left_out`: how many were too many to read."""

    title: str = ""
    link: str = ""
    entries: tuple[Entry, ...] = ()
    broken: str = ""
    bad: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    left_out: int = 0


class Unreadable(Exception):
    """A feed that is so broken that nothing of it could be read."""


class NotAFeed(Exception):
    """`feeds`: the addresses of feeds that a web page names."""

    def __init__(self, *, is_page: bool = False, feeds: Iterable[str] = ()) -> None:
        super().__init__()
        self.is_page = is_page
        self.feeds = tuple(feeds)


def signed(entry: Entry, of_the_feed: tuple[Author, ...]) -> Entry:
    """The authors of a feed wrote the entries that name none (RFC 4287, 4.2.1); but not what
    guests wrote below."""
    if entry.authors or entry.is_comment:
        return entry
    return replace(entry, authors=of_the_feed)


def apart(link: str, enclosures: Iterable[Enclosure]) -> dict[str, Any]:
    """The permalink, and the files. Podcasts give the file's address as guid, and feedparser takes
    a guid for a link; other feeds enclose the page itself."""
    files = tuple(part for part in enclosures if part.url != link or is_file(part))
    return {"enclosures": files, "link": "" if link in {part.url for part in files} else link}


def is_file(part: Enclosure) -> bool:
    kind = part.mime.partition(";")[0].strip() or guess_type(urlsplit(part.url).path)[0]
    return kind is not None and kind not in PAGES
