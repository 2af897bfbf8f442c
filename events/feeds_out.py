"""The feeds that calendar programs read: all public events, and all events for one colleague."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from team.models import Hub, User

from .models import CalendarLink, Event
from .models.calendars import token_hash
from .models.event import EventQuerySet

PAST = timedelta(days=180)  # how far back a feed goes
MOST = 2_000  # events of a feed: the newest where there are more
KEPT = 60  # seconds
USED = timedelta(hours=1)  # `last_used_at` is written so often at most


@dataclass(frozen=True)
class Feed:
    content: bytes
    etag: str


def public() -> Feed:
    """At most a minute old. In the hub's own language, whoever asks."""
    events = Event.objects.listed_publicly()
    return _kept("public", events, str(Hub.current() or "Community Hub"), joins=False)


def of_colleague(user: User) -> Feed:
    """Everything that they see in the hub, which is the same for all: what is for the team alone,
    and drafts, too. At most a minute old."""
    with translation.override(settings.LANGUAGE_CODE):
        name = _("%(hub)s: all events") % {"hub": Hub.current() or "Community Hub"}
    return _kept("team", Event.objects.visible_to(user).present(), name, joins=True)


def of_event(event: Event) -> Feed:
    """One that has a public page."""
    from events import ics  # loads the icalendar library

    with translation.override(settings.LANGUAGE_CODE):
        content = ics.for_event(event)
    return Feed(content, _etag(content))


def reader_of(token: str) -> User | None:
    """Whose link it is; None where it is none, or none any more."""
    links = CalendarLink.objects.working().select_related("user")
    link = links.filter(token_hash=token_hash(token)).first()
    if link is None:
        return None
    now = timezone.now()
    long_ago = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - USED)
    CalendarLink.objects.filter(long_ago, pk=link.pk).update(last_used_at=now)
    return link.user


def _kept(whose: str, events: EventQuerySet, name: str, *, joins: bool) -> Feed:
    key = f"events:feed:{whose}"
    found: tuple[bytes, str] | None = cache.get(key)
    if found is None:
        content = _made(events, name, joins=joins)
        found = (content, _etag(content))
        cache.set(key, found, KEPT)
    return Feed(*found)


def _made(events: EventQuerySet, name: str, *, joins: bool) -> bytes:
    from events import ics  # loads the icalendar library

    lately = events.filter(ends_at__gte=timezone.now() - PAST)
    rows = sorted(lately.order_by("-starts_at", "-pk")[:MOST], key=lambda row: row.starts_at)
    with translation.override(settings.LANGUAGE_CODE):
        return ics.feed(rows, name, joins=joins)


def _etag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'
