"""Asking the list of members for what is kept for gifts. Whoever may not see that finds nobody."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy

from community_hub.lib.query import Context, OperatorDefinition
from community_hub.lib.text import one_line

from . import note_filters  # noqa: F401 - has: begins there
from .few import found_first
from .filters import PEOPLE
from .models import GiftDetails
from .models.gift import LONGEST_SIZE


def of_size(value: str, context: Context) -> Q:
    return _with(Q(size__iexact=one_line(value, LONGEST_SIZE)), context)


def with_something(value: str, context: Context) -> Q:
    return _with(Q(has_address=True) if value == "address" else ~Q(size=""), context)


def _with(condition: Q, context: Context) -> Q:
    rows = GiftDetails.objects.visible_to(context.user).filter(condition)
    few = found_first(rows, "member")
    return Q(Exists(rows.filter(member=OuterRef("pk")))) if few is None else few


PEOPLE.register(
    OperatorDefinition(
        name="size",
        help=gettext_lazy("Whose size for gifts is this, where you may see it"),
        example="size:XL",
        build=of_size,
    )
)
PEOPLE.add_values(
    "has",
    {
        "size": gettext_lazy("A size for gifts, where you may see it"),
        "address": gettext_lazy("An address for gifts, where you may see it"),
    },
    with_something,
)
