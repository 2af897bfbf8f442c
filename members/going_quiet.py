"""Members who go quiet against their own rhythm, and those who came back. Their own members come
first for each colleague: those they own, then those they know best."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from community_hub.lib import compiled_sql, prepared_sql
from team.models import User

from . import occasions
from .follow_ups import today_of
from .models import Bond, FollowUp, Member, Rhythm
from .models.member import has_id, is_any_of
from .models.rhythm import RhythmQuerySet
from .occasions import Found, Occasion, OccasionKind, Viewpoint
from .rhythm import MemberRhythm

MOST = 300  # the latest of all, and whom one owns
BACK = timedelta(days=14)  # for so long somebody who came back is shown


def quiet_rows(view: Viewpoint) -> list[Any]:
    """Mine first; of these, who went quiet last. With the points of what is between us."""
    return _rows(QUIET.slug, "quiet_since", Rhythm.objects.quiet(), view)


def back_rows(view: Viewpoint) -> list[Any]:
    """The same of those who came back lately."""
    back = Rhythm.objects.filter(quiet_since=None, came_back_on__gte=view.days_ago(BACK.days))
    return _rows(CAME_BACK.slug, "came_back_on", back, view)


# Below --------------------------------------------------------------------------------------------


def _rows(slug: str, day: str, rhythms: RhythmQuerySet, view: Viewpoint) -> list[Any]:
    """Members of these rhythms: the latest by their `day`, and whom one owns. Of whom something is
    hidden from the reader, the kept days would tell of it."""
    found: Any = occasions.wholly_seen_to_turn_to(view)
    if view.member:
        found = found.filter(pk=view.member, rhythm__in=rhythms)
    else:
        latest = rhythms.order_by(f"-{day}").values("pk")[:MOST]
        owned = rhythms.filter(member__owner=view.user).order_by().values("pk")
        found = found.filter(is_any_of("pk", latest.union(owned)))
    day = f"rhythm__{day}"
    rows = _for(_not_taken(found, slug, day), view)
    in_order = rows.order_by("-is_own", F("points").desc(nulls_last=True), f"-{day}")
    return [occasions.columns(in_order, slug, "pk", "points")]


def _not_taken(members: Any, name: str, day: str) -> Any:
    """Each time somebody goes quiet is another reason, by the day."""
    key = Concat(Value(f"{name}:"), Cast(OuterRef(day), CharField()))
    done = FollowUp.objects.filter(member=OuterRef("pk"), origin=key)
    return members.filter(~Exists(done))


def _for(rows: Any, view: Viewpoint) -> Any:
    """Mine: whom I own, or whom nobody owns and I know best."""
    user = view.user
    seen = Bond.objects.visible_to(user).filter(member=OuterRef("pk"))
    points = seen.filter(user=user).values("user").annotate(sum=Sum("score")).values("sum")
    others = seen.filter(user__is_active=True).exclude(user=user)
    most = others.order_by("-score").values("score")[:1]
    rows = rows.annotate(
        points=Subquery(points[:1], output_field=FloatField()),
        is_own=Case(When(owner=user, then=Value(1)), default=Value(0)),
    )
    if view.of_team:
        return rows
    rows = rows.annotate(others=Coalesce(Subquery(most), Value(0.0), output_field=FloatField()))
    # Asked of each once; of what is joined with `or`, PostgreSQL asks the second part twice.
    knows_best = ExpressionWrapper(Q(points__gte=F("others")), BooleanField())
    own, owned = When(owner=user, then=True), When(owner__is_active=True, then=False)
    return rows.filter(Case(own, owned, default=knows_best))


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
    def rows(ids: str) -> QuerySet[Rhythm]:
        return Rhythm.objects.filter(has_id(ids)).select_related("member__owner")

    pks = prepared_sql.as_array(row.member for row in found)
    by_id = {row.pk: row for row in compiled_sql.rows("rhythms of occasions", rows, ids=pks)}
    return [(by_id[row.member], row) for row in found]


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
