"""Fetches a feed's document, and only when it changed. Nothing here reads what is in it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from community_hub.lib.http import guarded_client
from inbox.connectors.errors import translate

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/json;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, */*;q=0.5"
)


@dataclass(frozen=True)
class Fetched:
    """A document as it came. `content` None: it has not changed since."""

    content: bytes | None
    url: str  # where it was found after redirects
    content_type: str = ""
    etag: str = ""
    modified: str = ""


class FeedClient:
    def __init__(self, url: str) -> None:
        self.url = url
        self.where = urlsplit(url).hostname or url
        self._http = guarded_client(headers={"Accept": ACCEPT})

    def close(self) -> None:
        self._http.close()

    def fetch(self, *, etag: str = "", modified: str = "") -> Fetched:
        """The document, or the news that it is unchanged (RFC 9110, 13.1: If-None-Match)."""
        headers = {"If-None-Match": etag, "If-Modified-Since": modified}
        try:
            answer = self._http.get(self.url, headers={k: v for k, v in headers.items() if v})
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise translate(error, self.where) from error
        if answer.status_code == httpx.codes.NOT_MODIFIED:
            return Fetched(None, str(answer.url), etag=etag, modified=modified)
        if not answer.is_success:
            raise translate(answer, self.where)
        return Fetched(
            content=answer.content,
            url=str(answer.url),
            content_type=answer.headers.get("Content-Type", ""),
            etag=answer.headers.get("ETag", ""),
            modified=answer.headers.get("Last-Modified", ""),
        )
