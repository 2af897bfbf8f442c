"""What a hand-over brief shows of events: those to come that a teammate hosts."""

from __future__ import annotations

import uuid

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.hooks import HandoverSection
from team.actions import Changes
from team.models import User

from .models import Event, State
from .models.event import EventQuerySet
from .verbs import hosting

MOST_MOVED = 2_000


def hosted(teammate: User, user: User) -> EventQuerySet:
    found = Event.objects.visible_to(user).present().exclude(state=State.CANCELLED)
    return found.filter(host=teammate, ends_at__gt=timezone.now()).soonest_first()


def rows(teammate: User, user: User, most: int) -> list[Event]:
    return list(hosted(teammate, user)[:most])


def move(teammate: User, to: User, by: User, group: uuid.UUID) -> Changes:
    return hosting.set_host(hosted(teammate, by)[:MOST_MOVED], to, by=by, group=group)


SECTION = HandoverSection(
    slug="events",
    title=_("Events they host"),
    empty=_("They host no event that is still to come."),
    template="events/_handover_event.html",
    rows=rows,
    move=move,
    place=50,
)
