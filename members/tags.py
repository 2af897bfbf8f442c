"""The tags that a reader is offered: none that stand only on what they may not see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from . import hooks
from .models import Member, MemberTag, Tag
from .models.identity import hidden_scopes

if TYPE_CHECKING:
    from team.models import User


def offered_tags(user: User) -> QuerySet[Tag]:
    """Those on something they may see, and those that are on nothing yet."""
    if hidden_scopes(user) is None:
        return Tag.objects.all()
    seen = Q(
        pk__in=MemberTag.objects.filter(member__in=Member.objects.visible_to(user)).values("tag")
    )
    used = Q(pk__in=MemberTag.objects.values("tag"))
    for uses in hooks.tag_uses:
        everywhere, visible = uses(user)
        seen |= Q(pk__in=visible)
        used |= Q(pk__in=everywhere)
    return Tag.objects.filter(seen | ~used)
