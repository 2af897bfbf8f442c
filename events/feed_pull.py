"""Calendars at an address: asked for what is new, each in its turn.

A calendar that says it has not changed costs one request. Once a day it is read all the same, since
another day of its series comes within the 12 months, and what somebody changed here is set right.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

import httpx
from django.utils import timezone

from community_hub.lib.http import guarded_client
from community_hub.lib.http_body import TooLarge
from community_hub.lib.http_deadline import within
from community_hub.lib.text import one_line
from team.models import Hub

from . import feed_sync, feed_words
from .feed_sync import Result
from .ical_lines import NotACalendar
from .models import Event, Feed, State

EVERY = timedelta(minutes=30)
LONGEST_WAIT = timedelta(hours=12)  # after failures
MOST_BYTES = 10_000_000
SECONDS = 30.0  # for the whole answer
ACCEPT = "text/calendar, text/plain;q=0.5, */*;q=0.1"


class NotRead(Exception):
    """With a sentence that says why."""


def pull(pk: int) -> None:
    """Read it, where it is there and not paused. What goes wrong stands on its row."""
    feed = Feed.objects.present().filter(pk=pk, paused_at__isnull=True).exclude(url="").first()
    if feed is None:
        return
    now = timezone.now()
    try:
        said = _read(feed, now)
    except NotRead as error:
        failures = feed.failures + 1
        wait = min(EVERY * 2 ** min(failures - 1, 10), LONGEST_WAIT)
        said = {"failures": failures, "error": one_line(str(error), 500)}
        said["next_pull_at"] = now + wait
    else:
        said |= {
            "failures": 0,
            "error": "",
            "last_success_at": now,
            "next_pull_at": now + EVERY,
        }
    Feed.objects.filter(pk=pk).update(tried_at=now, **said)


def _read(feed: Feed, now: datetime) -> dict[str, Any]:
    """What is to be kept on its row."""
    today = timezone.localdate(now)
    as_before = feed.read_on == today and not feed.failures
    fetched = _fetch(feed, as_before=as_before)
    if fetched is None:
        return {}
    content, kept = fetched
    kept |= {"digest": hashlib.sha256(content).hexdigest(), "read_on": today}
    if as_before and kept["digest"] == feed.digest:
        return kept
    said, _result = read_into(feed, content, now=now)
    return kept | said


def read_into(
    feed: Feed, content: bytes, *, now: datetime, behind: timedelta | None = None
) -> tuple[dict[str, Any], Result]:
    """With the counts of its row. `behind`: how far back an uploaded file is read, of which nothing
    is cancelled for not being in it. Raises NotRead."""
    from events import ical_reading  # loads the icalendar library

    is_whole = behind is None
    try:
        reading = ical_reading.read(
            content, now=now, zone=_own_zone(), behind=behind or ical_reading.BEHIND
        )
    except NotACalendar:
        raise NotRead(feed_words.NOT_A_CALENDAR if is_whole else feed_words.NOT_A_FILE) from None
    except ical_reading.TooSlow:
        raise NotRead(feed_words.TOO_SLOW) from None
    if is_whole and not reading.events and not feed.failures and _has_coming(feed, now):
        raise NotRead(feed_words.EMPTY)
    until = now + ical_reading.AHEAD - timedelta(days=2)
    result = feed_sync.apply(feed, reading, is_whole=is_whole, until=until)
    return {
        "found": len(reading.entries),
        "added": len(result.added),
        "changed": len(result.changed) + result.restored,
        "cancelled": result.cancelled,
        "skipped": dict(result.skipped),
    }, result


def _fetch(feed: Feed, *, as_before: bool) -> tuple[bytes, dict[str, Any]] | None:
    """None where it has not changed. Raises NotRead."""
    headers = {"If-None-Match": feed.etag, "If-Modified-Since": feed.modified} if as_before else {}
    sent = {name: value for name, value in headers.items() if value}
    try:
        with (
            within(SECONDS),
            guarded_client(headers={"Accept": ACCEPT}, max_bytes=MOST_BYTES) as client,
        ):
            answer = client.get(feed.url, headers=sent)
    except TooLarge:
        raise NotRead(feed_words.TOO_LARGE % {"most": MOST_BYTES // 1_000_000}) from None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise NotRead(feed_words.UNREACHABLE % {"why": str(error) or "?"}) from None
    if answer.status_code == httpx.codes.NOT_MODIFIED:
        return None
    if not answer.is_success:
        why = f"HTTP {answer.status_code}"
        raise NotRead(feed_words.UNREACHABLE % {"why": why})
    kept = {
        "etag": answer.headers.get("ETag", "")[:300],
        "modified": answer.headers.get("Last-Modified", "")[:100],
    }
    return answer.content, kept


def _has_coming(feed: Feed, now: datetime) -> bool:
    rows = Event.objects.present().filter(feed=feed.key, state=State.PUBLISHED)
    return rows.filter(starts_at__gt=now).exists()


def _own_zone() -> str:
    hub = Hub.current()
    return hub.timezone if hub else "UTC"
