"""Members whose answers were credited and who were never thanked since."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from team.models import User

from . import occasions
from .models import Activity, ActivityKind, FollowUp, FollowUpKind, Member
from .occasions import Occasion, OccasionKind

WITHIN = timedelta(days=90)
MOST_CREDITS = 5000  # the newest of all


def find(user: User, of_team: bool, most: int) -> list[Occasion]:
    """Whoever helped most comes first."""
    rows = list(_due(user).values_list("member", "answers", "last", "newest")[:most])
    return _occasions(rows)


def of(member: Member, user: User) -> Occasion | None:
    rows = list(_due(user, member).values_list("member", "answers", "last", "newest"))
    return next(iter(_occasions(rows)), None)


def _due(user: User, member: Member | None = None) -> Any:
    """One row a member. Whether somebody thanks counts, or will, or has dismissed it, counts for
    everybody, whoever may see that."""
    credits = Activity.objects.visible_to(user).present().filter(kind=ActivityKind.CREDIT)
    lately = credits.filter(occurred_at__gte=timezone.now() - WITHIN)
    if member:
        lately = lately.filter(member=member)
    thanked = FollowUp.objects.filter(
        member=OuterRef("member"), kind=FollowUpKind.THANKS, created_at__gt=OuterRef("occurred_at")
    )
    newest = lately.order_by("-occurred_at").values("pk")[:MOST_CREDITS]
    rows = Activity.objects.filter(pk__in=newest).filter(~Exists(thanked))
    rows = rows.filter(member__in=occasions.members_to_turn_to(user)).order_by()
    counted = rows.values("member").annotate(
        answers=Count("pk"), last=Max("occurred_at"), newest=Max("pk")
    )
    return counted.order_by("-answers", "last")


def _occasions(rows: list[tuple[int, int, object, int]]) -> list[Occasion]:
    members = Member.objects.in_bulk([row[0] for row in rows])
    lines = Activity.objects.in_bulk([row[3] for row in rows])
    return [_occasion(members[pk], answers, lines[newest]) for pk, answers, _l, newest in rows]


def _occasion(member: Member, answers: int, line: Activity) -> Occasion:
    said = ngettext("answered someone", "answered %(n)s people", answers) % {"n": answers}
    day = date_format(timezone.localtime(line.occurred_at), "j F")
    return Occasion(
        kind=THANKS,
        member=member,
        key=f"thanks:{line.pk}",
        text=_now("Thank them for their answers"),
        what=said,
        note=_now("last on %(day)s, never thanked for it") % {"day": day},
        link=line.link,
        scope=line.scope,
        place=line.where,
    )


THANKS = occasions.register(
    OccasionKind("thanks", find, of, FollowUpKind.THANKS, done=_("Thanked"))
)
SECTION = occasions.section(
    THANKS,
    title=_("Thanks due"),
    hint=_("they helped others"),
    empty=_("Everyone whose answers were credited in the last 90 days was thanked."),
    place=70,
)
