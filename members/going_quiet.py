"""Members who go quiet against their own rhythm, and those who came back. Their own members come
first for each colleague: those they own, then those they know best."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    FloatField,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from team.models import User

from . import occasions
from .follow_ups import today_of
from .models import Bond, FollowUp, Member, Rhythm
from .occasions import Found, Occasion, OccasionKind
from .rhythm import MemberRhythm

MOST_QUIET = 300  # the latest of all, and whom one owns
BACK = timedelta(days=14)  # for so long somebody who came back is shown


def quiet_rows(user: User, of_team: bool, member: Member | None) -> Any:
    """Mine first; of these, who went quiet last. With the points of what is between us."""
    latest = Rhythm.objects.quiet().order_by("-quiet_since").values("pk")[:MOST_QUIET]
    near = Q(pk__in=latest) | Q(member__owner=user)
    quiet = Rhythm.objects.visible_to(user).quiet()
    rows = _turned_to(quiet if member else quiet.filter(near), user, member)
    rows = _for(user, _not_taken(rows, "quiet", "quiet_since"), of_team)
    return occasions.columns(rows.order_by(*ORDER, "-quiet_since"), QUIET.slug, "pk", "points")


def back_rows(user: User, of_team: bool, member: Member | None) -> Any:
    lately = today_of(user) - BACK
    rows = Rhythm.objects.visible_to(user).filter(quiet_since=None, came_back_on__gte=lately)
    rows = _not_taken(_turned_to(rows, user, member), "back", "came_back_on")
    rows = _for(user, rows, of_team)
    return occasions.columns(rows.order_by(*ORDER, "-came_back_on"), CAME_BACK.slug, "pk", "points")


# Below --------------------------------------------------------------------------------------------

ORDER = ("-is_own", F("points").desc(nulls_last=True))


def _turned_to(rows: Any, user: User, member: Member | None) -> Any:
    members = occasions.members_to_turn_to(user).filter(pk=OuterRef("member_id"))
    return (rows.filter(pk=member.pk) if member else rows).filter(Exists(members))


def _not_taken(rows: Any, name: str, day: str) -> Any:
    """Each time somebody goes quiet is another reason, by the day."""
    key = Concat(Value(f"{name}:"), Cast(OuterRef(day), CharField()))
    done = FollowUp.objects.filter(member=OuterRef("member_id"), origin=key)
    return rows.filter(~Exists(done))


def _for(user: User, rows: Any, of_team: bool) -> Any:
    """Mine: whom I own, or whom nobody owns and I know best."""
    seen = Bond.objects.visible_to(user).filter(member=OuterRef("member_id"))
    points = seen.filter(user=user).values("user").annotate(sum=Sum("score")).values("sum")
    others = seen.filter(user__is_active=True).exclude(user=user)
    most = others.order_by("-score").values("score")[:1]
    rows = rows.annotate(
        points=Subquery(points[:1], output_field=FloatField()),
        is_own=Case(When(member__owner=user, then=Value(1)), default=Value(0)),
    )
    if of_team:
        return rows
    rows = rows.annotate(others=Coalesce(Subquery(most), Value(0.0), output_field=FloatField()))
    owned = Q(member__owner__isnull=False, member__owner__is_active=True)
    return rows.filter(Q(member__owner=user) | ~owned & Q(points__gte=F("others")))


def _key(name: str, day: date) -> str:
    return f"{name}:{day.isoformat()}"


def _words(row: Rhythm, user: User) -> str:
    return MemberRhythm(
        row.active_days,
        row.median_gap,
        row.last_active_on,
        row.quiet_since,
        row.came_back_on,
        today_of(user),
    ).words


def _note(member: Member, points: int | None, user: User) -> str:
    parts = [member.get_stage_display().lower()]
    if member.owner_id == user.pk:
        parts.append(_now("yours"))
    elif member.owner:
        parts.append(_now("Owner: %(name)s") % {"name": member.owner})
    elif points:
        parts.append(_now("you know them"))
    return " · ".join(parts)


def _with_rhythms(found: list[Found]) -> list[tuple[Rhythm, Found]]:
    rows = Rhythm.objects.select_related("member__owner").in_bulk([row.member for row in found])
    return [(rows[row.member], row) for row in found]


def fill_quiet(found: list[Found], user: User) -> list[Occasion]:
    return [_quiet(row, points.first, user) for row, points in _with_rhythms(found)]


def fill_back(found: list[Found], user: User) -> list[Occasion]:
    return [_back(row, points.first, user) for row, points in _with_rhythms(found)]


def _quiet(row: Rhythm, points: int | None, user: User) -> Occasion:
    day = row.quiet_since or today_of(user)
    return Occasion(
        kind=QUIET,
        member=row.member,
        key=_key("quiet", day),
        text=_now("Ask how they are: quiet since %(day)s") % {"day": date_format(day, "j F")},
        what=_words(row, user),
        note=_note(row.member, points, user),
    )


def _back(row: Rhythm, points: int | None, user: User) -> Occasion:
    day = row.came_back_on or today_of(user)
    said = _now("Welcome them back: active again since %(day)s")
    return Occasion(
        kind=CAME_BACK,
        member=row.member,
        key=_key("back", day),
        text=said % {"day": date_format(day, "j F")},
        what=_words(row, user),
        note=_note(row.member, points, user),
    )


QUIET = occasions.register(OccasionKind("quiet", quiet_rows, fill_quiet, done=_("Done")))
CAME_BACK = occasions.register(OccasionKind("back", back_rows, fill_back, done=_("Done")))
QUIET_SECTION = occasions.section(
    QUIET,
    title=_("Going quiet"),
    hint=_("against their own rhythm"),
    empty=_("No regular has been away for longer than three of their usual gaps."),
    place=50,
)
BACK_SECTION = occasions.section(
    CAME_BACK,
    title=_("Came back"),
    hint=_("after they had gone quiet"),
    empty=_("Nobody came back in the last two weeks after going quiet."),
    place=55,
)
