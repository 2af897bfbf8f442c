"""How much happened in a member's history, month by month, and what it can be narrowed to.

One query counts the newest lines that a reader may see by month, kind, source and person; the
chart, its table and what the filters offer are made of these counts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any, NamedTuple

from django.db.models import Count, DateField, F, QuerySet, Value
from django.db.models.functions import TruncMonth
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community_hub.lib import compiled_sql
from team.models import User

from .log import timeline
from .models import Activity, Identity, Member
from .models.activity import ActivityQuerySet
from .timeline_filters import Period, TimelineFilters, contains

MOST_COUNTED = 20_000  # of the newest lines
MOST_YEARS = 12  # in the chart
MONTHLY = 4  # years that have a bar a month; of more, one a quarter
HEIGHT = 28  # of the highest bar
MOST_PEOPLE = 50
Choice = tuple[str, str]  # what stands in the address, and what people call it


class Counted(NamedTuple):
    """So many lines of one kind, source and person in one month; `found`: of those, how many have
    the words that are looked for."""

    month: date
    kind: str
    scope: str
    actor: int | None
    actor_name: str | None
    identity: int | None
    lines: int
    found: int


@dataclass(frozen=True)
class Bar:
    """`x` and `height` of a drawing that is 12 wide for a month, and HEIGHT high."""

    x: int
    width: int
    height: int
    count: int
    label: str
    address: str
    is_on: bool

    @property
    def y(self) -> int:
        return HEIGHT - self.height


@dataclass(frozen=True)
class Year:
    """`months`: twelve counts, each with the address of its lines."""

    year: int
    count: int
    label: str
    address: str
    is_on: bool
    bars: list[Bar]
    months: list[tuple[int, str]]


@dataclass(frozen=True)
class Chart:
    """`is_partial`: there are older lines, which were not counted."""

    years: list[Year]
    total: int
    is_partial: bool

    @property
    def is_shown(self) -> bool:
        """One month needs no chart."""
        return sum(count > 0 for year in self.years for count, _address in year.months) > 1

    @property
    def columns(self) -> list[str]:
        return [str(MONTHS[month])[:3] for month in range(1, 13)]


@dataclass(frozen=True)
class Offered:
    """What the filters offer: kinds of lines, sources and people that there are lines of."""

    kinds: list[str]
    sources: list[Choice]
    teammates: list[Choice]
    accounts: list[Choice]

    @property
    def source_names(self) -> dict[str, str]:
        return dict(self.sources)

    @property
    def people_names(self) -> dict[str, str]:
        return dict([*self.teammates, *self.accounts])


def counted(member: Member, user: User, zone: tzinfo, words: Iterable[str]) -> list[Counted]:
    """Of the newest lines that this reader may see. One query."""
    wanted = tuple(words)
    role = user.role
    if wanted:
        return [Counted(*row) for row in _counts(timeline(member, user), zone, wanted)]
    rows = compiled_sql.rows(
        ("activity by month", role, str(zone)),
        lambda member, user: _counts(timeline(Member(pk=member), User(pk=user, role=role)), zone),
        member=member.pk,
        user=user.pk,
    )
    return [Counted(*row) for row in rows]


def _counts(
    readable: ActivityQuerySet, zone: tzinfo, words: tuple[str, ...] = ()
) -> QuerySet[Any, Any]:
    newest = Activity.objects.filter(pk__in=readable.values("pk")[:MOST_COUNTED])
    month = TruncMonth("occurred_at", tzinfo=zone, output_field=DateField())
    by = newest.order_by().annotate(month=month)
    groups = by.values_list("month", "kind", "scope", "actor", "actor__name", "identity")
    counts = groups.annotate(lines=Count("pk"))
    if words:
        return counts.annotate(found=Count("pk", filter=contains(words)))
    return counts.annotate(found=F("lines") + Value(0))


def offered(
    counts: Iterable[Counted], identities: Iterable[Identity], names: dict[str, str]
) -> Offered:
    """`names`: of the scopes that the reader may see."""
    kinds: set[str] = set()
    scopes: set[str] = set()
    teammates: dict[int, str] = {}
    accounts: Counter[int] = Counter()
    for each in counts:
        kinds.add(each.kind)
        scopes.add(each.scope)
        if each.actor:
            teammates[each.actor] = each.actor_name or ""
        if each.identity:
            accounts[each.identity] += each.lines
    sources = sorted((names[scope], scope) for scope in scopes if scope in names)
    by_name = sorted((name, pk) for pk, name in teammates.items())
    return Offered(
        kinds=sorted(kinds),
        sources=[(scope, name) for name, scope in sources],
        teammates=[(f"us-{pk}", name) for name, pk in by_name[:MOST_PEOPLE]],
        accounts=[
            (f"account-{each.pk}", each.at_handle or each.display_name or _("no name"))
            for each in identities
            if accounts[each.pk]
        ],
    )


def chart_of(
    counts: Iterable[Counted], filters: TimelineFilters, period: Period, zone: tzinfo
) -> Chart:
    """Of the lines that fulfil all filters but the period, which is where the chart leads."""
    months: Counter[tuple[int, int]] = Counter()
    whole = 0
    for each in counts:
        whole += each.lines
        if each.found and filters.allows(each.kind, each.scope, each.actor, each.identity):
            months[each.month.year, each.month.month] += each.found
    if not months:
        return Chart([], 0, whole >= MOST_COUNTED)
    first, last = min(months)[0], max(months)[0]
    shown = range(max(first, last - MOST_YEARS + 1), last + 1)
    size = 1 if len(shown) <= MONTHLY else 3
    bars: dict[int, Counter[int]] = defaultdict(Counter)
    for (year, month), count in months.items():
        bars[year][(month - 1) // size] += count
    highest = max(count for year in shown for count in bars[year].values())
    limits = _months_of(period, zone)
    years = [
        Year(
            year=year,
            count=sum(bars[year].values()),
            label=_entries(str(year), sum(bars[year].values())),
            address=filters.but(when=str(year)),
            is_on=_within(limits, (year, 1), (year, 12)),
            bars=[
                _bar(year, at, size, count, highest, filters, limits)
                for at, count in sorted(bars[year].items())
            ],
            months=[
                (months[year, month], filters.but(when=f"{year}-{month:02}"))
                for month in range(1, 13)
            ],
        )
        for year in shown
    ]
    return Chart(years, sum(months.values()), whole >= MOST_COUNTED)


Limits = tuple[tuple[int, int], tuple[int, int]] | None


def _bar(
    year: int,
    at: int,
    size: int,
    count: int,
    highest: int,
    filters: TimelineFilters,
    limits: Limits,
) -> Bar:
    first = at * size + 1
    last = first + size - 1
    if size == 1:
        when, words = f"{year}-{first:02}", f"{MONTHS[first]} {year}"
    else:
        when = f"{year}-{first:02} to {year}-{last:02}"
        words = _("%(first)s to %(last)s %(year)s") % {
            "first": MONTHS[first], "last": MONTHS[last], "year": year,
        }  # fmt: skip
    return Bar(
        x=at * size * 12 + 1,
        width=size * 12 - 2,
        height=max(2, round(count / highest * HEIGHT)),
        count=count,
        label=_entries(words, count),
        address=filters.but(when=when),
        is_on=_within(limits, (year, first), (year, last)),
    )


def _entries(when: str, count: int) -> str:
    words = ngettext("%(when)s: %(n)s entry", "%(when)s: %(n)s entries", count)
    return words % {"when": when, "n": f"{count:,}"}


def _months_of(period: Period, zone: tzinfo) -> Limits:
    """The first and the last month that a period has a part of; None where there is no period."""
    if not period.start and not period.end:
        return None
    start = period.start.astimezone(zone) if period.start else None
    end = period.end.astimezone(zone) if period.end else None
    first = (start.year, start.month) if start else (0, 1)
    if not end:
        return first, (9999, 12)
    begins_month = end.day == 1 and not (end.hour or end.minute)
    last = (end.year - (end.month == 1), (end.month - 2) % 12 + 1)
    return first, last if begins_month else (end.year, end.month)


def _within(limits: Limits, first: tuple[int, int], last: tuple[int, int]) -> bool:
    return limits is not None and limits[0] <= last and first <= limits[1]
