"""What calendars say of an event, whatever they are told it in."""

from __future__ import annotations

from datetime import UTC, datetime, time, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings

from community_hub.lib import html

from .models import Event

MOST_WORDS = 5_000  # of a description


def zone_of(name: str) -> tzinfo:
    """UTC for one that no longer exists: the moment stays right."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def lasts_whole_days(event: Event) -> bool:
    """From midnight to midnight, by its own clock."""
    zone = zone_of(event.timezone)
    clocks = {at.astimezone(zone).time() for at in (event.starts_at, event.ends_at)}
    return clocks == {time()} and event.ends_at > event.starts_at


def place_of(event: Event) -> str:
    """In one line; "" where there is none."""
    return ", ".join(part for part in (event.venue, event.address) if part)


def words_of(event: Event) -> str:
    """What it is for, without the marks of Markdown."""
    words = html.to_text(html.from_markdown(event.purpose)) if event.purpose.strip() else ""
    return words if len(words) <= MOST_WORDS else words[: MOST_WORDS - 1].rstrip() + "…"


def public_url(event: Event) -> str:
    """The whole address of its public page."""
    return f"{settings.HUB_URL}/e/{event.slug}/"


def page_of(event: Event) -> str:
    """The whole address of its public page, or of the team's where it has none."""
    if event.has_public_page:
        return public_url(event)
    return settings.HUB_URL + event.get_absolute_url()


def second(at: datetime) -> datetime:
    """In UTC, without the microseconds that calendars do not have."""
    return at.astimezone(UTC).replace(microsecond=0)
