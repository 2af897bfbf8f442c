"""The operator `met:` of the list of members: whom the team met away from any platform, and when.

It registers itself with filters.PEOPLE.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from community_hub.lib.query import Context, OperatorDefinition, dates

from .filters import PEOPLE
from .models import Encounter, EncounterPerson


def met(value: str, context: Context) -> Q:
    """Whose last encounter, of those that this reader may see, is longer ago (`>`) or not as long
    ago (`<`); with `never`, whom nobody met."""
    shown = Encounter.objects.visible_to(context.user).present()
    if value.lower() == "never":
        return ~Q(pk__in=_people(shown))
    age = dates.read_age(value, context)
    lately = Q(pk__in=_people(shown.filter(occurred_at__gte=age.moment)))
    return ~lately & Q(pk__in=_people(shown)) if age.is_older else lately


def _people(encounters: QuerySet[Encounter]) -> QuerySet[Any, Any]:
    """There are few, beside messages."""
    return EncounterPerson.objects.filter(encounter__in=encounters).values("member")


PEOPLE.register(
    OperatorDefinition(
        name="met",
        help=gettext_lazy("Last met, called or given a gift longer ago (>) or more recently (<)"),
        example="met:>90d",
        build=met,
        complete=dates.complete_age_or_never,
    )
)
