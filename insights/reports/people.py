"""Who takes part: from the roll-up of messages by person and day. Teammates, bots and the team's
own accounts are never counted as people; somebody who wrote 10,000 messages is one person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from insights.models import Day
from insights.periods import DAY, Period
from insights.scope import Scope
from members.models import Member

from .values import Measure, Report, Table, Unit, Value

WEEK = 7  # days
QUIET_WEEKS = 4  # without a word, after which somebody has lapsed, or returns
BY_PEOPLE = Q(is_ours=False, member__user__isnull=True, member__is_bot=False, member__isnull=False)
BY_TEAM = Q(is_ours=True) | Q(member__user__isnull=False)


def _people(scope: Scope, period: Period) -> QuerySet[Day]:
    return scope.days(period).filter(BY_PEOPLE, member__erased_at__isnull=True)


def _members(scope: Scope, period: Period) -> QuerySet[Member]:
    return Member.objects.visible_to(scope.user).filter(
        pk__in=_people(scope, period).values("member")
    )


def _newcomers(scope: Scope, period: Period) -> QuerySet[Member]:
    return _members(scope, period).filter(first_seen__gte=period.begins, first_seen__lt=period.ends)


def _active(scope: Scope, periods: Sequence[Period]) -> list[Value]:
    rows = _people(scope, _around(periods))
    return _counts(rows, periods, lambda period: Count("member", distinct=True, filter=_in(period)))


def _new(scope: Scope, periods: Sequence[Period]) -> list[Value]:
    rows = _people(scope, _around(periods))
    return _counts(
        rows, periods,
        lambda period: Count("member", distinct=True, filter=_in(period) & _begun(period)),
    )  # fmt: skip


def _share(
    part: tuple[str, Q], whole: tuple[str, Q]
) -> Callable[[Scope, Sequence[Period]], list[Value]]:
    """One sum of the other: of "posts" or "replies", over rows that fulfil a condition."""

    def compute(scope: Scope, periods: Sequence[Period]) -> list[Value]:
        sums = {}
        for n, period in enumerate(periods):
            for name, (field, rows) in (("part", part), ("n", whole)):
                sums[f"{name}{n}"] = Coalesce(Sum(field, filter=_in(period) & rows), 0)
        found = scope.days(_around(periods)).aggregate(**sums)
        return [
            Value(found[f"part{n}"] / found[f"n{n}"] if found[f"n{n}"] else None, found[f"n{n}"])
            for n in range(len(periods))
        ]

    return compute


def _counts(
    rows: QuerySet[Day], periods: Sequence[Period], count: Callable[[Period], Any]
) -> list[Value]:
    """One query for all periods."""
    found = rows.aggregate(**{f"n{n}": count(period) for n, period in enumerate(periods)})
    return [Value(found[f"n{n}"], found[f"n{n}"]) for n in range(len(periods))]


def _in(period: Period) -> Q:
    return Q(day__gte=period.first, day__lte=period.last)


def _begun(period: Period) -> Q:
    return Q(member__first_seen__gte=period.begins, member__first_seen__lt=period.ends)


def _around(periods: Sequence[Period]) -> Period:
    """From the first day of any of them to the last."""
    first = min(period.first for period in periods)
    return Period(first, max(period.last for period in periods), periods[0].zone)


def by_week(scope: Scope, period: Period) -> Report:
    """Active, new, returning and lapsed people in each calendar week of the period."""
    weeks = period.weeks()
    earliest = Period(weeks[0].first - DAY * WEEK * QUIET_WEEKS, period.last, period.zone)
    wrote: dict[Any, set[int]] = defaultdict(set)
    for day, member in _people(scope, earliest).values_list("day", "member").distinct():
        wrote[day].add(member)
    everybody = set().union(*wrote.values()) if wrote else set()
    seen = Member.objects.filter(pk__in=everybody).values_list("pk", "first_seen")
    first = {pk: at.astimezone(period.zone).date() if at else None for pk, at in seen}
    rows = []
    for week in weeks:
        active = _within(wrote, week.first, week.last)
        before = _within(wrote, week.first - DAY * WEEK * QUIET_WEEKS, week.first - DAY)
        new = {pk for pk in active if (at := first.get(pk)) and week.first <= at <= week.last}
        rows.append(
            (week.first, len(active), len(new), len(active - before - new), len(before - active))
        )
    n = len(_within(wrote, period.first, period.last))
    return Report(
        key="people",
        title=_("People by week"),
        how=_(
            "Active: wrote at least once in the week. New: seen for the first time in that week. "
            "Returning: active, not new, and without a word in the 4 weeks before. Lapsed: active "
            "in the 4 weeks before, and not in this one. Teammates and bots are left out; the "
            "first and the last week may be cut by the period."
        ),
        finding=ngettext("%(n)s person wrote.", "%(n)s people wrote.", n) % {"n": n},
        table=Table(
            columns=(_("Week from"), _("Active"), _("New"), _("Returning"), _("Lapsed")),
            units=("", Unit.COUNT, Unit.COUNT, Unit.COUNT, Unit.COUNT),
            rows=rows,
        ),
    )


def _within(wrote: dict[Any, set[int]], first: Any, last: Any) -> set[int]:
    found: set[int] = set()
    while first <= last:
        found |= wrote.get(first, set())
        first += timedelta(days=1)
    return found


REPORTS = {"people": by_week}
MEASURES = (
    Measure(
        key="active",
        title=gettext_lazy("Active people"),
        how=gettext_lazy("Who wrote at least once in the period. Teammates and bots are left out."),
        unit=Unit.COUNT,
        compute=_active,
        better="higher",
        rows=_members,
        row_kind="members",
    ),
    Measure(
        key="new",
        title=gettext_lazy("New people"),
        how=gettext_lazy("Who wrote in the period and was seen for the first time in it."),
        unit=Unit.COUNT,
        compute=_new,
        better="higher",
        rows=_newcomers,
        row_kind="members",
    ),
    Measure(
        key="by-members",
        title=gettext_lazy("Written by members"),
        how=gettext_lazy("Of all messages in the period, the share that the team did not write."),
        unit=Unit.SHARE,
        compute=_share(("posts", ~BY_TEAM), ("posts", Q())),
        better="higher",
    ),
    Measure(
        key="answered-by-members",
        title=gettext_lazy("Answered by members"),
        how=gettext_lazy(
            "Of the messages in the period that answer somebody else, the share that the team did "
            "not write. Bots are left out."
        ),
        unit=Unit.SHARE,
        compute=_share(("replies", BY_PEOPLE), ("replies", BY_PEOPLE | BY_TEAM)),
        better="higher",
        is_health=True,
    ),
    Measure(
        key="dialogue",
        title=gettext_lazy("Dialogue ratio"),
        how=gettext_lazy(
            "Of all that the team wrote in the period, the share that answers somebody; the rest "
            "are announcements and openings."
        ),
        unit=Unit.SHARE,
        compute=_share(("replies", BY_TEAM), ("posts", BY_TEAM)),
        better="higher",
        is_health=True,
    ),
)
