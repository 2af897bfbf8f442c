"""What events add to the questions of the list of conversations, which is `inbox`'s: those that an
event is tied to. An event knows them by key alone, see EventLink."""

from __future__ import annotations

from django.db.models import BigIntegerField, Q
from django.db.models.functions import Cast, Substr
from django.utils.translation import gettext_lazy

from community_hub.lib.query import Context
from team import listings

from . import event_names
from .models import EventLink

KIND = "conversations"
KEYS = "conversation:"  # before an id


def of_event(value: str, context: Context) -> Q:
    """Of the links that this reader may see."""
    links = EventLink.objects.visible_to(context.user).present()
    links = links.filter(event__in=event_names.meant(value, context))
    tied = links.filter(key__regex=rf"^{KEYS}\d{{1,18}}$")
    return Q(pk__in=tied.values(row=Cast(Substr("key", len(KEYS) + 1), BigIntegerField())))


def register() -> None:
    listings.add_operator(
        KIND,
        name="event",
        help=gettext_lazy("Tied to this event"),
        example='event:"Berlin meet-up"',
        build=of_event,
        complete=event_names.offered,
        refers_to=event_names.REFERS_TO,
        example_for=event_names.example,
    )
