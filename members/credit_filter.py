"""The operator `credited:` of the list of members: whose answers to others were credited, and when.

It registers itself with filters.PEOPLE.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from community_hub.lib.query import Context, OperatorDefinition, dates

from .filters import PEOPLE
from .models import Activity, ActivityKind
from .models.activity import ActivityQuerySet


def credited(value: str, context: Context) -> Q:
    """Whose last credited answer, of those that this reader may see, is longer ago (`>`) or not as
    long ago (`<`); with `never`, who has none."""
    shown = Activity.objects.visible_to(context.user).present().filter(kind=ActivityKind.CREDIT)
    if value.lower() == "never":
        return ~Q(pk__in=_people(shown))
    age = dates.read_age(value, context)
    lately = Q(pk__in=_people(shown.filter(occurred_at__gte=age.moment)))
    return ~lately & Q(pk__in=_people(shown)) if age.is_older else lately


def _people(credits: ActivityQuerySet) -> QuerySet[Any, Any]:
    """Found by the index of credits alone."""
    return credits.values("member")


PEOPLE.register(
    OperatorDefinition(
        name="credited",
        help=gettext_lazy("Last credited with an answer longer ago (>) or more recently (<)"),
        example="credited:<30d",
        build=credited,
        complete=dates.complete_age_or_never,
    )
)
