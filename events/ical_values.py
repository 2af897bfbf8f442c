"""What the properties of one event say, as the hub keeps it. Loads the icalendar library."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, tzinfo
from typing import Any, cast
from zoneinfo import ZoneInfo

from icalendar import Event as Component
from icalendar.error import BrokenCalendarProperty

from community_hub.lib import html
from community_hub.lib.markdown_of import markdown_of
from community_hub.lib.text import storable

from .models.event import LONGEST_PLACE

LONGEST_WORDS = 10_000
_TAGS = re.compile(r"<(?:p|br|a|b|i|ul|ol|li|div|span|strong|em)\b[^>]*>", re.IGNORECASE)


def name_of(zone: tzinfo | None) -> str:
    return zone.key if isinstance(zone, ZoneInfo) else ""


def dt_of(component: Component, name: str) -> Any:
    """What a property says: a moment, a day or a duration."""
    return cast("Any", component[name]).dt


def datetime_of(at: date | datetime) -> datetime:
    return at if isinstance(at, datetime) else datetime(at.year, at.month, at.day)  # noqa: DTZ001


def recurrence_id_of(component: Component) -> str:
    """In UTC; "20270105" of whole days."""
    at = dt_of(component, "RECURRENCE-ID") if "RECURRENCE-ID" in component else None
    if at is None:
        return ""
    if not isinstance(at, datetime):
        return f"{at:%Y%m%d}"
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}" if at.tzinfo else f"{at:%Y%m%dT%H%M%S}"


def text_of(component: Component, name: str) -> str:
    value = component.get(name, "")
    if isinstance(value, list):
        value = value[0]
    try:
        return storable(str(value))
    except BrokenCalendarProperty:
        return ""


def number_of(component: Component, name: str) -> int:
    text = text_of(component, name)
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def first_link_of(component: Component, place: str) -> str:
    for text in (text_of(component, "X-GOOGLE-CONFERENCE"), place, text_of(component, "URL")):
        found = re.search(r"https?://[^\s,;<>\"]+", text, re.IGNORECASE)
        if found:
            return found[0]
    return ""


def venue_of(place: str) -> tuple[str, str]:
    """A long one is split where a part of it ends."""
    if len(place) <= LONGEST_PLACE:
        return place, ""
    head, comma, rest = place[:LONGEST_PLACE].rpartition(",")
    if not comma:
        return place[:LONGEST_PLACE].strip(), place[LONGEST_PLACE:].strip()[:LONGEST_PLACE]
    return head.strip(), (rest + place[LONGEST_PLACE:]).strip()[:LONGEST_PLACE]


def words_from(text: str) -> str:
    """As Markdown: Google and Outlook write HTML into it."""
    if _TAGS.search(text):
        text = markdown_of(html.clean(text))
    return text[:LONGEST_WORDS].strip()
