"""Members whose answers were credited and who were never thanked since."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from team.models import User

from . import credits, occasions
from .models import Activity, ActivityKind, FollowUp, FollowUpKind, Member
from .occasions import Found, Occasion, OccasionKind, Viewpoint

WITHIN = timedelta(days=90)
MOST_CREDITS = 1000  # the newest of all


def rows(view: Viewpoint) -> list[Any]:
    """Whoever helped most comes first, with the newest line and how many there are. Whether
    somebody thanks, or will, or has dismissed it, counts for everybody, whoever may see that."""
    given = Activity.objects.visible_to(view.user).present().filter(kind=ActivityKind.CREDIT)
    lately = given.filter(occurred_at__gte=view.ago(WITHIN))
    if view.member:
        lately = lately.filter(member=view.member)
    thanked = FollowUp.objects.filter(
        member=OuterRef("member"), kind=FollowUpKind.THANKS, created_at__gt=OuterRef("occurred_at")
    )
    oldest = lately.order_by("-occurred_at").values("occurred_at")[MOST_CREDITS - 1 : MOST_CREDITS]
    since = Coalesce(Subquery(oldest), view.ago(WITHIN))
    helped = lately.filter(~Exists(thanked), occurred_at__gte=since)
    helped = helped.filter(member__in=occasions.members_to_turn_to(view)).order_by()
    counted: Any = helped.values("member").annotate(
        answers=Count("pk"), last=Max("occurred_at"), newest=Max("pk")
    )
    counted = counted.order_by("-answers", "last")
    return [occasions.columns(counted, THANKS.slug, "member", "newest", "answers")]


def fill(found: list[Found], user: User) -> list[Occasion]:
    members, lines = occasions.members_of(found), occasions.lines_of(row.first for row in found)
    return [_occasion(members[row.member], row.second, lines[row.first]) for row in found]


def _occasion(member: Member, answers: int, line: Activity) -> Occasion:
    said = ngettext("answered someone", "answered %(n)s people", answers) % {"n": answers}
    day = date_format(timezone.localtime(line.occurred_at), "j F")
    return Occasion(
        kind=THANKS,
        member=member,
        key=f"{credits.FOR_ALL}{line.pk}",
        text=_now("Thank them for their answers"),
        what=said,
        note=_now("last on %(day)s, never thanked for it") % {"day": day},
        link=line.link,
        scope=line.scope,
        place=line.where,
    )


THANKS = occasions.register(
    OccasionKind("thanks", rows, fill, FollowUpKind.THANKS, done=_("Thanked"))
)
SECTION = occasions.section(
    THANKS,
    title=_("Thanks due"),
    hint=_("they helped others"),
    empty=_("Everyone whose answers were credited in the last 90 days was thanked."),
    place=70,
    is_shared=True,
)
