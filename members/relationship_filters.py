"""Asking the list of members who of us is their backup or knows them, who is quiet, who is back."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy

from community_hub.lib.query import Context, OperatorDefinition

from . import bonds
from .colleagues import colleague, colleagues
from .filters import PEOPLE, looked_after
from .models import Rhythm
from .rhythm import FEW


def known_by(value: str, context: Context) -> Q:
    """`me`, a teammate by name or email, or `nobody` of those who are still there."""
    if value.lower() == "nobody":
        return bonds.known_by_nobody(context.user)
    return bonds.known_by(colleague(value, context), context.user)


def is_quiet(_value: str, context: Context) -> Q:
    """Nobody of whom something is hidden from this reader."""
    rows = Rhythm.objects.visible_to(context.user).filter(member=OuterRef("pk"))
    return Q(Exists(rows.quiet()))


def is_back(_value: str, context: Context) -> Q:
    """As MemberRhythm.is_back."""
    today = context.now.astimezone(context.timezone).date()
    rows = Rhythm.objects.visible_to(context.user).filter(member=OuterRef("pk"))
    lately = rows.filter(came_back_on__gt=today - timedelta(days=FEW))
    return Q(Exists(lately.filter(quiet_since__isnull=True)))


YES = {"yes": gettext_lazy("Yes")}

PEOPLE.register(
    OperatorDefinition(
        name="backup",
        help=gettext_lazy("Whose backup is this teammate, you (me) or nobody"),
        example="backup:me",
        build=partial(looked_after, "backup"),
        complete=colleagues,
        refers_to="user",
    ),
    OperatorDefinition(
        name="bond",
        help=gettext_lazy("Known by this teammate, you (me) or nobody"),
        example="bond:me",
        build=known_by,
        complete=colleagues,
        refers_to="user",
    ),
    OperatorDefinition(
        name="held-by-one",
        help=gettext_lazy("Known by one teammate alone"),
        example="held-by-one:yes",
        build=lambda _value, context: bonds.held_by_one(context.user),
        values=YES,
    ),
    OperatorDefinition(
        name="quiet",
        help=gettext_lazy("Going quiet, by how often they usually write"),
        example="quiet:yes",
        build=is_quiet,
        values=YES,
    ),
    OperatorDefinition(
        name="back",
        help=gettext_lazy("Came back in the last 30 days, after going quiet"),
        example="back:yes",
        build=is_back,
        values=YES,
    ),
)
