"""How much there is to answer, when it comes, and who answered: never a ranking of people."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay, Least, TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from inbox.models import Source
from insights.periods import Period
from insights.scope import Scope
from team.models import User

from .by_period import within
from .percentile import Percentile
from .responses import UNANSWERED, took
from .values import Report, Table, Unit

WEEKDAYS = [
    gettext_lazy("Monday"), gettext_lazy("Tuesday"), gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"), gettext_lazy("Friday"), gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
]  # fmt: skip

REPLIED = Q(team_replied_at__isnull=False)
_ENDED = Least("team_replied_at", "closed_at")  # PostgreSQL's leaves nulls out


def by_source(scope: Scope, period: Period) -> Report:
    rows = scope.asks().filter(within("asked_at", period)).order_by()
    found = {
        row["source"]: row
        for row in rows.values("source").annotate(
            asks=Count("pk"), unanswered=Count("pk", filter=UNANSWERED),
            response=Percentile(took("team_replied_at"), 0.5, filter=REPLIED),
        )
    }  # fmt: skip
    names = Source.objects.filter(pk__in=found).order_by("name", "pk").values_list("pk", "name")
    table = [
        (name, found[pk]["asks"], found[pk]["unanswered"], found[pk]["response"])
        for pk, name in names
    ]
    n = sum(row[1] for row in table)
    return Report(
        key="sources",
        title=_("By source"),
        how=_("Mentions in the period, by the source they came from."),
        finding=ngettext("%(n)s mention.", "%(n)s mentions.", n) % {"n": n},
        table=Table(
            columns=(_("Source"), _("Mentions"), _("Unanswered"), _("First response, median")),
            units=("", Unit.COUNT, Unit.COUNT, Unit.DURATION),
            rows=table,
        ),
    )


def by_teammate(scope: Scope, period: Period) -> Report:
    """By name: workload is never a ranking."""
    rows = scope.asks().filter(within("team_replied_at", period)).order_by()
    counts = dict(rows.values_list("replied_by").annotate(n=Count("pk")))
    names = User.objects.filter(pk__in=[pk for pk in counts if pk]).order_by("name", "pk")
    table: list[Any] = [(str(user), counts[user.pk]) for user in names]
    if counts.get(None):
        table.append((_("Another account of yours"), counts[None]))
    n = sum(counts.values())
    return Report(
        key="teammates",
        title=_("Mentions answered, by teammate"),
        how=_(
            "Mentions whose first reply by the team was in the period, by who wrote it. In "
            "alphabetical order: it shows how work is shared, and is no ranking."
        ),
        finding=ngettext(
            "The team answered %(n)s mention.", "The team answered %(n)s mentions.", n
        ) % {"n": n},
        table=Table(
            columns=(_("Teammate"), _("Answered")), units=("", Unit.COUNT), rows=table
        ),
    )  # fmt: skip


def by_hour(scope: Scope, period: Period) -> Report:
    """By weekday and hour, in the hub's timezone."""
    rows = scope.asks().filter(within("asked_at", period)).order_by()
    day = ExtractIsoWeekDay("asked_at", tzinfo=period.zone)
    hour = ExtractHour("asked_at", tzinfo=period.zone)
    counted = rows.annotate(day=day, hour=hour).values_list("day", "hour").annotate(n=Count("pk"))
    found = {(day, hour): n for day, hour, n in counted}
    table = [
        (str(name), *(found.get((day, hour), 0) for hour in range(24)))
        for day, name in enumerate(WEEKDAYS, 1)
    ]
    return Report(
        key="hours",
        title=_("When they write"),
        how=_("Mentions in the period by weekday and hour, in your hub’s timezone."),
        finding=_busiest(found),
        chart="heat",
        table=Table(
            columns=(_("Weekday"), *(str(hour) for hour in range(24))),
            units=("", *[Unit.COUNT] * 24),
            rows=table,
        ),
    )


def backlog(scope: Scope, period: Period) -> Report:
    """How many waited at the end of each day: asked until then, and not ended."""
    asked = _by_day(scope, "asked_at", period)
    replied = _by_day(scope, "ended_at", period)
    start = scope.asks().filter(asked_at__lt=period.begins).filter(_still_open(period)).count()
    table: list[Any] = []
    waiting = start
    for day in period.each_day():
        waiting += asked.get(day, 0) - replied.get(day, 0)
        table.append((day, asked.get(day, 0), replied.get(day, 0), waiting))
    return Report(
        key="backlog",
        title=_("Backlog"),
        how=_(
            "Mentions by day; how many ended, by a reply of the team or by being marked as done; "
            "and how many waited at the end of the day."
        ),
        finding=ngettext(
            "%(n)s mention waits at the end of the period.",
            "%(n)s mentions wait at the end of the period.",
            waiting,
        ) % {"n": waiting},
        table=Table(
            columns=(_("Day"), _("Mentions"), _("Ended"), _("Waiting")),
            units=("", Unit.COUNT, Unit.COUNT, Unit.COUNT),
            rows=table,
        ),
    )  # fmt: skip


REPORTS = {
    "sources": by_source,
    "hours": by_hour,
    "teammates": by_teammate,
    "backlog": backlog,
}


def _by_day(scope: Scope, field: str, period: Period) -> dict[date, int]:
    """`field`: "asked_at", or "ended_at" for the first of reply and done."""
    rows = scope.asks().annotate(ended_at=_ENDED).filter(within(field, period)).order_by()
    day = TruncDate(field, tzinfo=period.zone)
    return dict(rows.annotate(day=day).values_list("day").annotate(n=Count("pk")))


def _still_open(period: Period) -> Q:
    begins = period.begins
    return (Q(team_replied_at__isnull=True) | Q(team_replied_at__gte=begins)) & (
        Q(closed_at__isnull=True) | Q(closed_at__gte=begins)
    )


def _busiest(found: dict[tuple[int, int], int]) -> str:
    if not found:
        return _("Nobody wrote.")
    (day, hour), n = max(found.items(), key=lambda it: (it[1], -it[0][0], -it[0][1]))
    said = ngettext(
        "Most on %(day)s from %(from)s to %(to)s: %(n)s mention.",
        "Most on %(day)s from %(from)s to %(to)s: %(n)s mentions.",
        n,
    )
    return said % {"day": WEEKDAYS[day - 1], "from": f"{hour}:00", "to": f"{hour + 1}:00", "n": n}
