"""The question of the list of members that notes answer."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy

from community_hub.lib.query import Context, OperatorDefinition

from .few import found_first
from .filters import PEOPLE
from .models import Activity, ActivityKind


def having(_value: str, context: Context) -> Q:
    """A note that this reader may read; the only fixed value there is."""
    notes = Activity.objects.visible_to(context.user).present().filter(kind=ActivityKind.NOTE)
    few = found_first(notes, "member")
    return Q(Exists(notes.filter(member=OuterRef("pk")))) if few is None else few


PEOPLE.register(
    OperatorDefinition(
        name="has",
        help=gettext_lazy("With a note or other details that you can read"),
        example="has:note",
        build=having,
        values={"note": gettext_lazy("A note")},
    )
)
