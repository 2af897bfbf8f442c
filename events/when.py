"""When an event is, in words: in the reader's timezone, and in its own where that differs."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from community_hub.lib.moments import local_moment

from . import local_time
from .models import Event


def in_words(event: Event, form: str = "l, j F Y") -> str:
    """As "Saturday, 5 December 2026, 14:00 to 19:00"."""
    start, end = timezone.localtime(event.starts_at), timezone.localtime(event.ends_at)
    return _span(start, end, form)


def in_own_place(event: Event) -> str:
    """As "Saturday, 5 December, 19:00 to 21:00 in Europe/Berlin"; "" where the reader's clock
    shows the same."""
    if not is_elsewhere(event):
        return ""
    zone = local_time.zone_of(event.timezone)
    words = _span(event.starts_at.astimezone(zone), event.ends_at.astimezone(zone), "l, j F")
    return _("%(when)s in %(place)s") % {"when": words, "place": event.timezone.replace("_", " ")}


def clock(event: Event) -> str:
    return local_moment(timezone.localtime(event.starts_at), "H:i")


def is_elsewhere(event: Event) -> bool:
    reader = timezone.localtime(event.starts_at)
    return local_time.is_elsewhere(event.starts_at, event.timezone, reader)


def _span(start: datetime, end: datetime, form: str) -> str:
    last = "H:i" if start.date() == end.date() else f"{form}, H:i"
    words = {"start": local_moment(start, f"{form}, H:i"), "end": local_moment(end, last)}
    return _("%(start)s to %(end)s") % words
