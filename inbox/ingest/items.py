"""One incoming item made ready to be stored: cleaned, cut to size, and weighed.

Nothing here touches the database. What cannot be made ready raises, and ingest quarantines it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone

from community_hub.lib import html
from community_hub.lib.text import database_key, one_line, storable, storable_json
from inbox.connectors.base import Format, Op
from inbox.models import Kind, Reason

if TYPE_CHECKING:
    from inbox.connectors.base import Attachment, Incoming, Person
    from inbox.models import Source

BODY_LIMIT = 4_000_000  # characters of one body; a platform's longest is far below
EARLY_BY = timedelta(minutes=5)  # clocks differ; beyond that a date in the future is an error
OLDEST = datetime(1990, 1, 1, tzinfo=UTC)  # an older date is an empty field: 1970 or the year 1
ID_LIMIT, CHANNEL_LIMIT = 500, 300


@dataclass
class PreparedItem:
    """What goes into the table, in the table's words."""

    external_id: str
    thread_id: str
    channel_id: str
    item: Incoming
    kind: str
    author: Person | None
    sent_at: datetime
    edited_at: datetime | None
    version: str
    subject: str
    body_html: str
    body_text: str
    reason: str
    keyword: str
    handled_on_arrival: bool
    attachments: str  # JSON, as is reply_ref: made here, where a failure costs one item
    reply_ref: str
    parent_id: str


def prepare_item(source: Source, item: Incoming, now: datetime) -> PreparedItem:
    """Raises ValueError for an item without an id or a thread."""
    if not item.external_id or not item.thread_id:
        raise ValueError("The platform gave this message no id.")
    body = item.body if len(item.body) <= BODY_LIMIT else item.body[:BODY_LIMIT]
    body_html = _html(body, item.body_format, item.permalink)
    body_text = html.to_text(body_html)
    sent_at = sane(item.created_at, now) or now
    reason, keyword = _reason(source, item, f"{item.thread_title}\n{body_text}")
    return PreparedItem(
        external_id=key(item.external_id),
        thread_id=key(item.thread_id),
        channel_id=channel_key(item.channel_id),
        item=item,
        kind=Kind.OUTBOUND if item.is_own else Kind.INBOUND,
        author=None if item.is_own else item.author,
        sent_at=sent_at,
        edited_at=sane(item.edited_at, now),
        version=storable(item.version)[:100],
        subject=one_line(item.thread_title, 500),
        body_html=body_html,
        body_text=body_text,
        reason=reason,
        keyword=keyword,
        handled_on_arrival=_is_old_backfill(source, sent_at, now),
        attachments=_json([_attachment(attachment) for attachment in item.attachments]),
        reply_ref=_json(dict(item.reply_ref)),
        parent_id=key(item.parent_id),
    )


def newest_of_each(items: Iterable[Incoming]) -> tuple[list[Incoming], int]:
    """One item an id, the latest version of it; and how many were repeats."""
    kept: dict[str, Incoming] = {}
    repeats = 0
    for item in items:
        name = key(item.external_id)
        known = kept.get(name)
        if known is not None:
            repeats += 1
        if known is None or _age(item) >= _age(known):
            kept[name] = item
    return list(kept.values()), repeats


def _age(item: Incoming) -> datetime:
    return _aware(item.edited_at or item.created_at)


def key(external_id: str) -> str:
    """How an id of the platform is kept."""
    return database_key(external_id, ID_LIMIT)


def channel_key(external_id: str) -> str:
    return database_key(external_id, CHANNEL_LIMIT)


def _aware(moment: datetime) -> datetime:
    return moment if timezone.is_aware(moment) else moment.replace(tzinfo=UTC)


def sane(moment: datetime | None, now: datetime) -> datetime | None:
    """None for a date that is none. One in the future counts as now: it would stay on top, and no
    later edit would ever be newer."""
    moment = moment and _aware(moment)
    if moment is None or moment < OLDEST:
        return None
    return now if moment > now + EARLY_BY else moment


def _html(body: str, body_format: str, base_url: str) -> str:
    if body_format == Format.HTML:
        return html.clean(body, base_url)
    if body_format == Format.MARKDOWN:
        return html.from_markdown(body, base_url)
    return html.from_plain(body)


def _json(value: Any) -> str:
    if not value:  # of most messages
        return "{}" if isinstance(value, Mapping) else "[]"
    return json.dumps(storable_json(value))


def _attachment(attachment: Attachment) -> dict[str, Any]:
    url = storable(attachment.url)
    return {
        "kind": storable(attachment.kind)[:20],
        "url": url[:2000] if url.lower().startswith(("https://", "http://")) else "",
        "filename": one_line(attachment.filename, 200),
        "mime": storable(attachment.mime)[:100],
        "size": attachment.size,
        "alt_text": one_line(attachment.alt_text, 1000),
    }


def _is_old_backfill(source: Source, sent_at: datetime, now: datetime) -> bool:
    backfilled = source.is_backfilling or sent_at < source.created_at
    return backfilled and sent_at < now - timedelta(days=settings.BACKFILL_HANDLED_AFTER_DAYS)


def _reason(source: Source, item: Incoming, text: str) -> tuple[str, str]:
    """The connector says direct and handle; what the hub itself can say here is added.

    `reply_to_team` needs the parent and is said by ingest, once the parent is known.
    """
    if item.is_own or item.op == Op.DELETE:
        return "", ""
    if item.mention_reason in (Reason.DIRECT, Reason.HANDLE):
        return item.mention_reason, ""
    pattern = watched(tuple(source.keywords))
    found = pattern.search(text) if pattern else None
    if found:
        return Reason.KEYWORD, found.group(0)[:80]
    if item.is_root and source.new_topics:
        return Reason.NEW_TOPIC, ""
    return "", ""


@lru_cache(maxsize=256)
def watched(keywords: tuple[str, ...]) -> re.Pattern[str] | None:
    """Whole words, without case; None where nothing is watched."""
    words = [re.escape(word.strip()) for word in keywords if word.strip()]
    if not words:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE)


def raw_of(item: Incoming) -> dict[str, Any]:
    """What is kept of an item that could not be stored."""
    raw = dict(item.raw) or {
        "external_id": item.external_id,
        "thread_id": item.thread_id,
        "title": item.thread_title,
        "body": item.body,
        "created_at": str(item.created_at),
        "permalink": item.permalink,
        "author": item.author.external_id if item.author else None,
    }
    kept: dict[str, Any] = storable_json(raw)
    return kept
