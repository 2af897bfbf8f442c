"""An event as search engines and chat programs read it: https://schema.org/Event as JSON-LD."""

from __future__ import annotations

import json
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from .models import Event, Kind, State
from .when_words import place_of, when_of

_MODES = {
    Kind.ONLINE: "OnlineEventAttendanceMode",
    Kind.HYBRID: "MixedEventAttendanceMode",
}
# Within <script> nothing is unescaped, so that nothing in it may look like its end.
_ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


def of_event(
    event: Event, *, url: str, picture: str, words: str, organiser: str, seats_left: int | None
) -> SafeString:
    """The JSON, safe inside a <script>. `words`: what it is for, as plain text."""
    when = when_of(event)
    state = "EventCancelled" if event.state == State.CANCELLED else "EventScheduled"
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": event.title,
        "startDate": when.starts.isoformat(timespec="minutes"),
        "endDate": when.ends.isoformat(timespec="minutes"),
        "eventStatus": f"https://schema.org/{state}",
        "eventAttendanceMode": "https://schema.org/"
        + _MODES.get(Kind(event.kind), "OfflineEventAttendanceMode"),
        "url": url,
        "image": [picture],
        "description": words,
        "organizer": {"@type": "Organization", "name": organiser},
        "location": _places(event, url),
    }
    if event.capacity is not None:
        data["maximumAttendeeCapacity"] = event.capacity
        data["remainingAttendeeCapacity"] = seats_left
    return as_script(data)


def as_script(data: Any) -> SafeString:
    text = json.dumps(data, ensure_ascii=False).translate(_ESCAPES)
    return mark_safe(text)  # noqa: S308 - JSON without < and >


def _places(event: Event, url: str) -> list[dict[str, Any]]:
    """The address to join online is for those who are going."""
    places: list[dict[str, Any]] = []
    if event.kind in (Kind.ONLINE, Kind.HYBRID, Kind.CONTENT):
        places.append({"@type": "VirtualLocation", "url": url})
    if place_of(event):
        places.append(
            {
                "@type": "Place",
                "name": event.venue or event.address,
                "address": event.address or event.venue,
            }
        )
    return places
