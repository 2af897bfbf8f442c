"""Follow-ups and promises as they are read: what is open about a member, what is due for a
colleague. Bounded, and only what the reader may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from community_hub.lib import compiled_sql
from team import hours
from team.models import User

from .follow_up_words import log_planned
from .models import FollowUp, FollowUpKind, Member
from .models.follow_up import FollowUpQuerySet
from .models.scopes import hidden_scopes, rows_with_scopes_read

MOST = 20  # of one member
WEEK = 7  # days


def today() -> date:
    """The hub's day."""
    return hours.of_hub().local().date()


def today_of(user: User) -> date:
    """The same; without a query where the hub's timezone was read with who is signed in."""
    return timezone.now().astimezone(hours.zone_of_hub(user)).date()


def open_about(member: Member, user: User) -> list[FollowUp]:
    """Soonest first. One query; one more, for the hub's day, where that is not known."""

    role, sees_all = user.role, hidden_scopes(user) is None

    def found(user: int, member: int) -> QuerySet[FollowUp]:
        reader = User(pk=user, role=role)
        reader.known_hidden_scopes = () if sees_all else None
        rows = FollowUp.objects.visible_to(reader).open().filter(member=member)
        return rows.select_related("owner").soonest_first()[:MOST]

    key = ("open follow-ups", role, sees_all)
    return with_days_left(compiled_sql.rows(key, found, user=user.pk, member=member.pk), user)


def due(user: User, *, of_team: bool, most: int) -> list[FollowUp]:
    """Open ones that are due today or late, of this colleague or of everybody; of each kind at most
    so many, soonest first. A part of a UNION ALL keeps its order."""

    def found(reader: User, day: date, owner: int | None = None) -> QuerySet[FollowUp]:
        first, *others = _due_by_kind(_due(reader, day), owner, most)
        return first.union(*others, all=True)

    mine: dict[str, int] = {} if of_team else {"owner": user.pk}
    key = ("due follow-ups", of_team, most)
    rows = rows_with_scopes_read(user, key, found, day=today_of(user), **mine)
    return with_days_left(rows, user)


def due_of_both(user: User, *, most: int) -> tuple[list[FollowUp], list[FollowUp]]:
    """due() of this colleague, and of everybody. One query."""

    def found(reader: User, day: date, owner: int) -> QuerySet[FollowUp]:
        rows = _due(reader, day)
        own = _due_by_kind(rows.annotate(is_own=Value(True)), owner, most)
        all_of_them = _due_by_kind(rows.annotate(is_own=Value(False)), None, most)
        return own[0].union(*own[1:], *all_of_them, all=True)

    key = ("due follow-ups of both", most)
    rows: list[Any] = rows_with_scopes_read(user, key, found, day=today_of(user), owner=user.pk)
    with_days_left(rows, user)
    return [row for row in rows if row.is_own], [row for row in rows if not row.is_own]


def _due(reader: User, day: date) -> FollowUpQuerySet:
    rows = FollowUp.objects.visible_to(reader).open().due_by(day)
    return rows.select_related("owner", "member").soonest_first()


def _due_by_kind(rows: Any, owner: int | None, most: int) -> list[Any]:
    rows = rows.filter(owner=owner) if owner else rows
    return [rows.filter(kind=kind)[:most] for kind in FollowUpKind]


def about(member: Any) -> FollowUpQuerySet:
    """Every one about a member, whoever may see it: for what must know that there is one."""
    return FollowUp.objects.filter(member=member)


def forget(scope: str, *, is_restricted: bool) -> None:
    """The scope is no more, and would hide nothing any more: what was planned in one that was
    restricted goes with it; the others stay, without a place to go to."""
    rows = FollowUp.objects.filter(scope=scope)
    if is_restricted:
        rows.delete()
        return
    for row in list(rows.select_related("created_by")):
        row.scope, row.link = "", ""
        row.save(update_fields=["scope", "link"])
        log_planned(row)


def with_days_left(rows: list[FollowUp], user: User | None = None) -> list[FollowUp]:
    """The same rows, each with `days_left`; days are the hub's."""
    if rows:
        day = today_of(user) if user else today()
        for row in rows:
            row.days_left = (row.due_on - day).days
    return rows


@dataclass(frozen=True)
class Day:
    """A day that is offered for something to be done by."""

    label: str
    date: date


def offered_days(user: User) -> list[Day]:
    """Those that people mean most, after today: days of the hub, on which this colleague works."""
    own, now = hours.of_user(user), today()
    first = own.next_workday(now)
    is_tomorrow = first == now + timedelta(days=1)
    found = {first: _("Tomorrow") if is_tomorrow else _("Next working day")}
    for days, label in (
        (3, _("In 3 days")),
        (WEEK, _("In a week")),
        (14, _("In 2 weeks")),
        (30, _("In a month")),
    ):
        found.setdefault(workday_in(days, own), label)
    return [Day(label, day) for day, label in found.items()]


def usual_day(user: User) -> date:
    """What a new one is due on unless somebody says otherwise."""
    return workday_in(WEEK, hours.of_user(user))


def workday_in(days: int, own: hours.Hours) -> date:
    return own.next_workday(today() + timedelta(days=days - 1))
