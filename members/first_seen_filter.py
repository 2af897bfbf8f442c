"""Asking the list of members for who was seen for the first time on a day, or in a week or month:
first:this-week."""

from __future__ import annotations

import re

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.lookups import GreaterThanOrEqual, LessThan
from django.utils.translation import gettext_lazy

from community_hub.lib.query import Context, OperatorDefinition, dates

from .filters import PEOPLE
from .models import Sighting
from .models.member import or_never
from .models.scopes import hidden_scopes

_JOINED = re.compile(r"(this|last)(day|week|month|year)")


def first_seen(value: str, context: Context) -> Q:
    """As far as this reader's sources tell; `thisweek` is `this-week`."""
    found = _JOINED.fullmatch(value.strip().lower())
    span = dates.read_span("-".join(found.groups()) if found else value, context)
    first = or_never("first_seen")
    kept = Q(GreaterThanOrEqual(first, Value(span.start))) & Q(LessThan(first, Value(span.end)))
    hidden = hidden_scopes(context.user)
    if hidden is None:
        return kept
    own = Sighting.objects.filter(identity__member=OuterRef("pk")).exclude(scope__in=hidden)
    within = Exists(own.filter(first_seen__gte=span.start, first_seen__lt=span.end))
    earlier = Exists(own.filter(first_seen__lt=span.start))
    elsewhere = Sighting.objects.filter(scope__in=hidden).values("identity__member")
    seen_elsewhere = Q(pk__in=elsewhere)
    return (kept & ~seen_elsewhere) | (seen_elsewhere & Q(within) & ~Q(earlier))


PEOPLE.register(
    OperatorDefinition(
        name="first",
        help=gettext_lazy("First seen on a day, or in a week or month"),
        example="first:this-week",
        build=first_seen,
        complete=dates.complete_date,
    )
)
