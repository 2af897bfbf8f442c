"""Members whose first words are two weeks old at most, and whom nobody has welcomed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from community_hub.lib.paths import path
from community_hub.lib.text import shortened
from team.models import User

from . import occasions
from .models import Activity, ActivityKind, FollowUpKind, Member
from .models.member import or_never
from .occasions import Found, Occasion, OccasionKind, Viewpoint

NEW = timedelta(days=14)
KEY = "welcome"
WORDS = 140  # characters of what they said


def rows(view: Viewpoint) -> list[Any]:
    """The oldest first, with the first line of theirs that this reader may see. The same for each
    colleague: whoever takes one on has it as a follow-up."""
    lines = Activity.objects.visible_to(view.user).present().filter(kind=ActivityKind.MESSAGE)
    first = lines.filter(member=OuterRef("pk")).order_by("occurred_at", "pk")
    new = occasions.members_to_turn_to(view).alias(since=or_never("first_seen"))
    new = new.filter(~occasions.taken_care_of(Q(kind=FollowUpKind.WELCOME)))
    found: Any = new.filter(since__gte=view.ago(NEW))
    if view.member:
        found = found.filter(pk=view.member)
    found = found.annotate(words=Subquery(first.values("pk")[:1])).filter(words__isnull=False)
    found = found.order_by(or_never("first_seen"), "pk")
    return [occasions.columns(found, WELCOME.slug, "pk", "words")]


def fill(found: list[Found], user: User) -> list[Occasion]:
    members, lines = occasions.members_of(found), occasions.lines_of(row.first for row in found)
    return [_occasion(members[row.member], lines[row.first]) for row in found]


def _occasion(member: Member, line: Activity) -> Occasion:
    day = date_format(timezone.localtime(line.occurred_at), "j F")
    return Occasion(
        kind=WELCOME,
        member=member,
        key=KEY,
        text=_now("Welcome them"),
        what=f"“{shortened(line.summary, WORDS)}”" if line.summary else "",
        note=_now("first words on %(day)s in %(place)s") % {"day": day, "place": line.where},
        link=line.link,
        scope=line.scope,
        place=line.where,
    )


WELCOME = occasions.register(
    OccasionKind("welcome", rows, fill, FollowUpKind.WELCOME, done=_("Welcomed"))
)
SECTION = occasions.section(
    WELCOME,
    title=_("Say hello"),
    hint=_("nobody has welcomed them yet"),
    empty=_("Nobody wrote their first words in the last two weeks without being welcomed."),
    place=40,
    is_shared=True,
    more=lambda user, of_team: f"{path('members')}?q=first:this-week",
)
