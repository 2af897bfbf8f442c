"""A site that offers a feed in each of the three formats, over real HTTP."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from typing import Any

from inbox.connectors.local_server import Answer, LocalServer, ReceivedRequest

PATHS = {"/rss": "rss", "/atom": "atom", "/json": "json"}


@dataclass
class FeedSite:
    """`with FeedSite() as site: site.url + "/rss"`. `document` replaces what is served."""

    page_size: int = 10  # of the contract: a feed is one document, whatever its length
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    document: bytes | None = None
    document_type: str = "application/xml"
    conditional: bool = True
    fault: Callable[[ReceivedRequest], Answer] | None = None

    def __enter__(self) -> FeedSite:
        self.server = LocalServer(self.answer)
        self.server.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.server.__exit__(*error)

    @property
    def url(self) -> str:
        return self.server.url

    def post(self, text: str) -> str:
        guid = f"tag:site,2026:{len(self.entries) + 1}"
        self.entries[guid] = {"title": text[:40], "body": text, "at": datetime.now(UTC)}
        return guid

    def edit(self, external_id: str, text: str) -> None:
        self.entries[external_id]["body"] = text

    def delete(self, external_id: str) -> None:
        del self.entries[external_id]

    def count(self, text: str) -> int:
        return sum(text in entry["body"] for entry in self.entries.values())

    def revoke(self) -> None:
        raise AssertionError("A feed has no credentials that could end.")

    def limit_rate(self, seconds: int) -> None:
        self.fault = lambda asked: Answer("Slow down", 429, {"Retry-After": str(seconds)})

    def break_down(self) -> None:
        self.fault = lambda asked: Answer("Oops", 503)

    def answer_html(self) -> None:
        self.fault = lambda asked: Answer("<!doctype html><html><title>A site</title></html>")

    def lose_answers(self) -> None:
        raise AssertionError("Nothing is ever sent to a feed.")

    def heal(self) -> None:
        self.fault = None

    def answer(self, asked: ReceivedRequest) -> Answer:
        if self.fault:
            return self.fault(asked)
        if self.document is not None:
            body, kind = self.document, self.document_type
        elif asked.path in PATHS:
            body, kind = getattr(self, PATHS[asked.path])()
        else:
            return Answer("Not here", 404)
        if not self.conditional:
            return Answer(body, headers={"Content-Type": kind})
        etag = f'"{hashlib.sha256(body).hexdigest()[:12]}"'
        if asked.headers.get("if-none-match") == etag:
            return Answer(b"", 304, {"ETag": etag})
        return Answer(body, headers={"Content-Type": kind, "ETag": etag})

    def newest_first(self) -> list[tuple[str, dict[str, Any]]]:
        return list(reversed(self.entries.items()))

    def rss(self) -> tuple[bytes, str]:
        items = "".join(
            f'<item><guid isPermaLink="false">{guid}</guid><title>{escape(entry["title"])}</title>'
            f"<description>{escape(entry['body'])}</description>"
            f"<pubDate>{format_datetime(entry['at'])}</pubDate></item>"
            for guid, entry in self.newest_first()
        )
        return rss(items), "application/rss+xml"

    def atom(self) -> tuple[bytes, str]:
        entries = "".join(
            f"<entry><id>{guid}</id><title>{escape(entry['title'])}</title>"
            f"<author><name>Ada</name><uri>https://ada.example</uri></author>"
            f'<content type="html">{escape(entry["body"])}</content>'
            f"<updated>{entry['at'].isoformat()}</updated></entry>"
            for guid, entry in self.newest_first()
        )
        return atom(entries), "application/atom+xml"

    def json(self) -> tuple[bytes, str]:
        items = [
            {
                "id": guid,
                "title": entry["title"],
                "content_text": entry["body"],
                "date_published": entry["at"].isoformat(),
                "authors": [{"name": "Ada", "url": "https://ada.example"}],
            }
            for guid, entry in self.newest_first()
        ]
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": "A site", "items": items}
        return json.dumps(feed).encode(), "application/feed+json"


def rss(items: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>A site</title><link>https://site.example/</link>{items}</channel></rss>"
    ).encode()


def atom(entries: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:thr="http://purl.org/syndication/thread/1.0"><title>A site</title>'
        f'<link href="https://site.example/"/>{entries}</feed>'
    ).encode()
