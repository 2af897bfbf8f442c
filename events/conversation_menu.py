"""What a conversation's menu has of events: the one that it is linked to, for members.hooks."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, TextField, Value
from django.db.models.functions import Cast, Concat, JSONObject
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy

from community_hub.lib.paths import path
from members.hooks import ConversationMenu
from team.models import User

from .models import EventLink

MOST_SHOWN = 5


def ties(user: User) -> Any:
    """Events of a conversation, soonest first; the key is that of members.hooks.Thing."""
    key = Concat(
        Value("conversation:"), Cast(OuterRef("pk"), TextField()), output_field=TextField()
    )
    rows = EventLink.objects.visible_to(user).present().filter(key=key)
    rows = rows.filter(event__removed_at__isnull=True).order_by("event__starts_at", "pk")
    return ArraySubquery(
        rows.values(json=JSONObject(pk="event_id", title="event__title"))[:MOST_SHOWN]
    )


def address(key: str) -> str:
    return f"{path('event-links')}?{urlencode({'key': key})}"


ENTRY = ConversationMenu(
    slug="event-link",
    label=gettext_lazy("Link to an event"),
    icon="calendar",
    shortcut="c",
    right="can_edit_events",
    address=address,
    ties=ties,
    url=lambda pk: path("event", pk),
)
