"""What an event is tied to, as its readers see it, and which events something is tied to."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from team.models import User

from .models import Event, EventLink

MOST = 50  # of one event, or of one conversation
MOST_OFFERED = 20
RECENT = timedelta(days=30)


def of_event(event: Event, user: User) -> list[EventLink]:
    """Newest first."""
    seen = EventLink.objects.visible_to(user).present().filter(event=event)
    return list(seen.order_by("-at", "-pk")[:MOST])


def events_of(key: str, user: User) -> list[Event]:
    """Those that something ("conversation:42") is linked to, soonest first."""
    tied = EventLink.objects.visible_to(user).present().filter(key=key)
    seen = Event.objects.visible_to(user).present().filter(pk__in=tied.values("event"))
    return list(seen.soonest_first()[:MOST])


def offered(typed: str, user: User) -> list[Event]:
    """Events that something can be linked to: coming ones and those of the last month, whose title
    has what was typed in it; soonest first."""
    seen = Event.objects.visible_to(user).present()
    seen = seen.filter(ends_at__gte=timezone.now() - RECENT)
    if typed:
        seen = Event.objects.visible_to(user).present().filter(title__icontains=typed)
        return list(seen.order_by("-starts_at", "-pk")[:MOST_OFFERED])
    return list(seen.soonest_first()[:MOST_OFFERED])
