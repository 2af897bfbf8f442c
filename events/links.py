"""What an event is tied to, as its readers see it, and which events something is tied to."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from team.models import User

from .models import Event, EventLink

MOST = 50  # of one event, or of one conversation
MOST_OFFERED = 40
RECENT = timedelta(days=30)


def of_event(event: Event, user: User) -> list[EventLink]:
    """Newest first."""
    seen = EventLink.objects.visible_to(user).present().filter(event=event)
    return list(seen.order_by("-at", "-pk")[:MOST])


def links_of(key: str, user: User) -> list[EventLink]:
    """Of something ("conversation:42"): those of events that are there, soonest first."""
    seen = EventLink.objects.visible_to(user).present().filter(key=key)
    there = seen.filter(event__removed_at__isnull=True).select_related("event")
    return list(there.order_by("event__starts_at", "pk")[:MOST])


def offered(typed: str, user: User) -> list[Event]:
    """Events that something can be linked to: those of the last month and coming ones, soonest
    first; with what was typed, any with that in the title, latest first."""
    seen = Event.objects.visible_to(user).present()
    if typed:
        found = seen.filter(title__icontains=typed).order_by("-starts_at", "-pk")
        return list(found[:MOST_OFFERED])
    lately = seen.filter(ends_at__gte=timezone.now() - RECENT)
    return list(lately.soonest_first()[:MOST_OFFERED])
