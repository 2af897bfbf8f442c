"""Reasons to turn to a member that nobody planned: somebody new, thanks that are due, somebody who
goes quiet. Each is found anew whenever it is looked for; what is done about one is a follow-up with
its key as the origin, so that two teammates never do the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    DateField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast
from django.utils import timezone

from community_hub.lib import compiled_sql, prepared_sql
from team import hours
from team.actions import Changes
from team.models import User

from .hooks import MailLine, TodaySection
from .models import Activity, FollowUp, FollowUpKind, Identity, Member
from .models.member import MemberQuerySet, has_id, is_any_of
from .models.scopes import rows_with_scopes_read, with_hidden_scopes_read
from .seen_hidden import ids_seen_hidden, is_one_of, visible_besides

FEW = 6  # rows of a section: none of them is late, and the next comes when one is done


@dataclass(frozen=True)
class Viewpoint:
    """Who looks, at the whole team's or at their own, and when: days are the hub's. `member`: the
    id of the only one that is looked at. `seen_hidden`: see ids_seen_hidden(). Values may be
    placeholders of compiled SQL."""

    user: User
    of_team: bool
    now: datetime
    today: date
    zone: tzinfo
    member: int | None = None
    seen_hidden: str | None = None

    def ago(self, time: timedelta) -> ExpressionWrapper[Any]:
        """That long before now."""
        now = Value(self.now, DateTimeField())
        return ExpressionWrapper(now - Value(time), output_field=DateTimeField())

    def days_ago(self, days: int) -> ExpressionWrapper[Any]:
        """So many of the hub's days before today."""
        return ExpressionWrapper(Value(self.today) - Value(days), output_field=DateField())


class Found(NamedTuple):
    """What a query of a kind finds: two numbers besides the member, as the kind has them."""

    member: int
    first: int
    second: int


@dataclass(frozen=True)
class Occasion:
    """`key`: the origin of the follow-up that takes care of it. `text`: what is to be done, as that
    follow-up says it. `what` and `note`: why, as a row says it."""

    kind: OccasionKind
    member: Member
    key: str
    text: str
    what: str
    note: str = ""
    link: str = ""
    scope: str = ""
    place: str = ""

    @property
    def address(self) -> str:
        return self.link or self.member.get_absolute_url()


@dataclass(frozen=True)
class OccasionKind:
    """`rows`: ordered queries of columns() that have nobody in common, the most pressing first;
    compiled once for each role, so they compare with what the Viewpoint has. `fill`: the occasions
    of what they found, in order.
    `settle`, `put_off` and `give`: where that is no follow-up; see keep_in_touch."""

    slug: str
    rows: Callable[[Viewpoint], list[Any]]
    fill: Callable[[list[Found], User], list[Occasion]]
    follow_up: FollowUpKind = FollowUpKind.FOLLOW_UP
    can_be_dismissed: bool = True
    done: Any = ""  # the word on the button
    settle: Callable[[Occasion, str, User], Changes] | None = None
    put_off: Callable[[Occasion, date, User], Changes] | None = None
    give: Callable[[Occasion, User, User], Changes] | None = None

    def find(self, user: User, of_team: bool, most: int) -> list[Occasion]:
        return self._filled(_viewpoint(user, of_team), most)

    def of(self, member: Member, user: User) -> Occasion | None:
        """That of one member, where there still is one."""
        return next(iter(self._filled(_viewpoint(user, True, member.pk), 1)), None)

    def parts(self, view: Viewpoint, most: int) -> list[Any]:
        return [rows.values_list(*COLUMNS)[:most] for rows in self.rows(view)]

    def _filled(self, view: Viewpoint, most: int) -> list[Occasion]:
        rows = [row for part in self.parts(view, most) for row in part]
        return self.fill([Found(*row[1:]) for row in rows], view.user)[:most]


_kinds: dict[str, OccasionKind] = {}
COLUMNS = ("o_kind", "o_member", "o_first", "o_second")


def register(kind: OccasionKind) -> OccasionKind:
    _kinds[kind.slug] = kind
    return kind


def kind_called(slug: str) -> OccasionKind | None:
    return _kinds.get(slug)


def columns(rows: Any, slug: str, member: str, first: str = "", second: str = "") -> Any:
    """The same rows with COLUMNS, each of one type, so that the kinds' can be asked at once."""
    zero = Value(0)

    def number(name: str) -> Any:
        return Cast(F(name) if name else zero, BigIntegerField())

    return rows.annotate(
        o_kind=Value(slug), o_member=number(member), o_first=number(first), o_second=number(second)
    )


def find_together(user: User, of_team: bool, most: dict[str, int]) -> dict[str, list[Occasion]]:
    """Of each of these kinds: one query for all, and a few for what is found. A part of a UNION ALL
    keeps its order."""
    seen = _viewpoint(user, of_team)

    def union(
        reader: User, now: datetime, today: date, seen_hidden: str | None = None
    ) -> QuerySet[Any, Any]:
        view = Viewpoint(reader, of_team, now, today, seen.zone, seen_hidden=seen_hidden)
        parts = [part for slug, number in most.items() for part in _kinds[slug].parts(view, number)]
        return parts[0].union(*parts[1:], all=True)

    key = ("occasions", of_team, str(seen.zone), *most.items())
    given: dict[str, Any] = {"now": seen.now, "today": seen.today}
    if seen.seen_hidden is not None:
        given["seen_hidden"] = seen.seen_hidden
    rows = rows_with_scopes_read(seen.user, key, union, **given)
    found: dict[str, list[Found]] = defaultdict(list)
    for slug, *values in rows:
        found[slug].append(Found(*values))
    return {
        slug: _kinds[slug].fill(found[slug], user)[:number] if found[slug] else []
        for slug, number in most.items()
    }


def _viewpoint(user: User, of_team: bool, member: int | None = None) -> Viewpoint:
    now, zone = timezone.now(), hours.zone_of_hub(user)
    today, reader = now.astimezone(zone).date(), with_hidden_scopes_read(user)
    return Viewpoint(reader, of_team, now, today, zone, member, ids_seen_hidden(reader))


def section(
    kind: OccasionKind,
    *,
    title: Any,
    hint: Any,
    empty: Any,
    place: int,
    is_due: bool = False,
    is_shared: bool = False,
    more: Callable[[User, bool], str] = lambda user, of_team: "",
) -> TodaySection:
    return TodaySection(
        slug=kind.slug,
        title=title,
        hint=hint,
        empty=empty,
        template="members/_today_occasion.html",
        rows=lambda user, of_team, most: kind.find(user, of_team, most + 1),
        together=find_together,
        is_shared=is_shared,
        line=lambda row: MailLine(str(row.member), row.what, row.note, row.address),
        place=place,
        is_due=is_due,
        most=FEW,
        planned=kind.follow_up if kind.follow_up != FollowUpKind.FOLLOW_UP else "",
        more=more,
    )


def members_to_turn_to(view: Viewpoint) -> MemberQuerySet:
    """Of the community, as far as this reader may see it; nobody who asked not to be contacted."""
    return _to_turn_to(visible_besides(view.seen_hidden, view.user))


def wholly_seen_to_turn_to(view: Viewpoint) -> MemberQuerySet:
    """Of them, those of whom nothing is hidden from this reader: kept values of the others would
    tell of it."""
    return _wholly_seen(_to_turn_to(Member.objects.filter(erased_at=None)), "pk", view)


def partly_seen_to_turn_to(these: list[Any], view: Viewpoint) -> MemberQuerySet | None:
    """Of `these` rows with a `member`, the others: whose dates are to be worked out. None where
    nothing is hidden from this reader."""
    if view.seen_hidden is None:
        return None
    hidden = [rows.filter(is_one_of("member", view.seen_hidden)).values("member") for rows in these]
    partly = is_any_of("pk", hidden[0].union(*hidden[1:]))
    return members_to_turn_to(view).filter(partly)


def about_wholly_seen(rows: QuerySet[Any, Any], view: Viewpoint) -> QuerySet[Any, Any]:
    """Of rows with a `member`, those about members to turn to of whom nothing is hidden from this
    reader."""
    ours = Identity.objects.filter(member=OuterRef("member"), is_us=True)
    rows = rows.filter(
        ~Exists(ours),
        member__erased_at=None,
        member__user=None,
        member__is_bot=False,
        member__do_not_contact=False,
    )
    return _wholly_seen(rows, "member", view)


def _wholly_seen(rows: Any, member: str, view: Viewpoint) -> Any:
    return rows.filter(~is_one_of(member, view.seen_hidden)) if view.seen_hidden else rows


def _to_turn_to(found: MemberQuerySet) -> MemberQuerySet:
    ours = Identity.objects.filter(member=OuterRef("pk"), is_us=True)
    return found.filter(~Exists(ours), user=None, is_bot=False, do_not_contact=False)


def members_of(found: list[Found]) -> dict[int, Member]:
    """By id, with their owners."""
    pks = prepared_sql.as_array(row.member for row in found)
    return {row.pk: row for row in compiled_sql.rows("members of occasions", with_owners, ids=pks)}


def with_owners(ids: str) -> QuerySet[Member]:
    return Member.objects.filter(has_id(ids)).select_related("owner")


def lines_of(pks: Iterable[int]) -> dict[int, Activity]:
    """Of the log, by id, with who of us did it."""

    def rows(ids: str) -> QuerySet[Activity]:
        return Activity.objects.filter(has_id(ids)).select_related("actor")

    array = prepared_sql.as_array(pks)
    return {row.pk: row for row in compiled_sql.rows("lines of occasions", rows, ids=array)}


def taken_care_of(about: Q) -> Exists:
    """Somebody does, or did, or dismissed it, whoever may see that."""
    return Exists(FollowUp.objects.filter(about, member=OuterRef("pk")))
