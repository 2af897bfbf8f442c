"""JSON Feed 1.0 and 1.1, https://www.jsonfeed.org/version/1.1/"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from dateutil.parser import isoparse

from inbox.connectors.base import Format
from inbox.connectors.feed.document import (
    MOST_AUTHORS,
    Author,
    Document,
    Enclosure,
    Entry,
    apart,
    signed,
)
from inbox.connectors.feed.fields import base_address, language, sane, size, web_address
from inbox.connectors.feed.limits import check_json, newest_items


def read_json(content: bytes, url: str) -> Document | None:
    """None where it is no feed. Raises TooMuch."""
    check_json(content)
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or not isinstance(data.get("items"), list):
        return None
    base = base_address(url, data.get("home_page_url"))
    authors = json_authors(data, base)
    entries, bad = [], []
    items, left_out = newest_items(data["items"])
    for item in items:
        try:
            entries.append(signed(from_json(item, data, base), authors))
        except (AttributeError, OverflowError, TypeError, ValueError) as error:
            raw = item if isinstance(item, dict) else {"value": item}
            bad.append((f"{type(error).__name__}: {error}", raw))
    title = data.get("title")
    return Document(
        title=title if isinstance(title, str) else "",
        link=base,
        entries=tuple(entries),
        bad=tuple(bad),
        left_out=left_out,
    )


def from_json(item: Mapping[str, Any], feed: Mapping[str, Any], base: str) -> Entry:
    html, plain = text(item, "content_html"), text(item, "content_text")
    enclosures = [
        Enclosure(
            address,
            text(part, "mime_type"),
            size(text(part, "size_in_bytes")),
            text(part, "title"),
        )
        for part in item.get("attachments") or []
        if (address := web_address(base, text(part, "url")))
    ]
    link = web_address(base, text(item, "url") or text(item, "external_url"))
    return Entry(
        guid=text(item, "id"),
        title=text(item, "title"),
        body=html or plain or text(item, "summary"),
        body_format=Format.HTML if html else Format.PLAIN,
        authors=json_authors(item, base),
        published=json_date(text(item, "date_published") or text(item, "date_modified")),
        updated=json_date(text(item, "date_modified")),
        language=language(text(item, "language") or feed.get("language")),
        **apart(link, enclosures),
    )


def text(item: Mapping[str, Any], name: str) -> str:
    """Raises TypeError where a list or an object stands in place of a text."""
    value = item.get(name)
    if value is not None and not isinstance(value, str | int | float):
        raise TypeError(f"{name} is no text")
    return str(value or "")


def json_authors(data: Mapping[str, Any], base: str) -> tuple[Author, ...]:
    """`author` is what version 1.0 had; a feed of today may give both."""
    given = data.get("authors") or [data.get("author")]
    return tuple(
        Author(
            name=author["name"],
            uri=web_address(base, author.get("url")),
            avatar=web_address(base, author.get("avatar")),
        )
        for author in (given if isinstance(given, list) else [])[:MOST_AUTHORS]
        if isinstance(author, dict) and author.get("name") and isinstance(author["name"], str)
    )


def json_date(text: Any) -> datetime | None:
    try:
        found = isoparse(str(text)) if text else None
        # the first or last day there is has no place in UTC where its zone is far from it
        return sane(found.astimezone(UTC) if found and found.tzinfo else found)
    except (ValueError, OverflowError):
        return None
