"""How much happened in a member's history, month by month, and what it can be narrowed to.

One query counts the newest lines that a reader may see by month, kind, source and person; the
chart, its table and what the filters offer are made of these counts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import BooleanField, DateField, ExpressionWrapper, Q, QuerySet, Value
from django.db.models.functions import TruncMonth
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community_hub.lib import compiled_sql, prepared_sql
from team.models import User

from .log import timeline
from .models import Identity, Member
from .models.activity import ActivityQuerySet
from .timeline_filters import Period, TimelineFilters

MOST_COUNTED = 20_000  # of the newest lines
MOST_YEARS = 12  # in the chart
MONTHLY = 4  # years that have a bar a month; of more, one a quarter
HEIGHT = 28  # of the highest bar
MOST_PEOPLE = 50
Choice = tuple[str, str]  # what stands in the address, and what people call it


@dataclass(frozen=True)
class Counts:
    """Of the newest lines that a reader may see: which kinds, scopes, teammates (with their names)
    and accounts there are, and how many lines fulfil the filters by year and month."""

    kinds: set[str]
    scopes: set[str]
    teammates: dict[int, str]
    accounts: set[int]
    months: dict[tuple[int, int], int]
    whole: int


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

    @cached_property
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


# One pass over the lines, with a row for each month, kind, scope, teammate and account.
_COUNT = """
select month, kind, scope, actor, actor_name, identity, count(*), count(*) filter (where found)
from ({lines}) line(month, kind, scope, actor, actor_name, identity, found)
group by grouping sets ((month), (kind), (scope), (actor, actor_name), (identity))
"""


def counted(member: Member, user: User, zone: tzinfo, filters: TimelineFilters) -> Counts:
    """The period aside, which is where the chart leads. One query."""
    role = user.role
    values: Sequence[Any]
    if replace(filters, when=""):
        wanted = filters.condition(Period())
        lines, values = _lines(timeline(member, user), zone, wanted).query.sql_with_params()
    else:
        keys: dict[str, compiled_sql.Value] = {"member": member.pk, "user": user.pk}
        kept = compiled_sql.statement(
            ("lines to count", role, str(zone)),
            lambda member, user: _lines(
                timeline(Member(pk=member), User(pk=user, role=role)), zone, Q()
            ),
            keys,
        )
        lines, values = kept.text, kept.parameters(keys)
    with prepared_sql.cursor(connection) as cursor:
        cursor.execute(_COUNT.format(lines=lines), values)
        return _sorted_out(cursor.fetchall())


def _lines(readable: ActivityQuerySet, zone: tzinfo, wanted: Q) -> QuerySet[Any, Any]:
    month = TruncMonth("occurred_at", tzinfo=zone, output_field=DateField())
    found = ExpressionWrapper(wanted, BooleanField()) if wanted else Value(True)
    named = readable.annotate(month=month, found=found)
    columns = ("month", "kind", "scope", "actor", "actor__name", "identity", "found")
    return named.values_list(*columns)[:MOST_COUNTED]


def _sorted_out(rows: Iterable[tuple[Any, ...]]) -> Counts:
    """A row tells of the one column that it has; of none where lines have no person."""
    found = Counts(set(), set(), {}, set(), {}, 0)
    whole = 0
    for month, kind, scope, actor, name, identity, lines, matching in rows:
        if month is not None:
            whole += lines
            if matching:
                found.months[month.year, month.month] = matching
        elif kind is not None:
            found.kinds.add(kind)
        elif scope is not None:
            found.scopes.add(scope)
        elif actor is not None:
            found.teammates[actor] = name
        elif identity is not None:
            found.accounts.add(identity)
    return replace(found, whole=whole)


def offered(counts: Counts, identities: Iterable[Identity], names: dict[str, str]) -> Offered:
    """`names`: of the scopes that the reader may see."""
    sources = sorted((names[scope], scope) for scope in counts.scopes if scope in names)
    by_name = sorted((name, pk) for pk, name in counts.teammates.items())
    return Offered(
        kinds=sorted(counts.kinds),
        sources=[(scope, name) for name, scope in sources],
        teammates=[(f"us-{pk}", name) for name, pk in by_name[:MOST_PEOPLE]],
        accounts=[
            (f"account-{each.pk}", each.called or _("no name"))
            for each in identities
            if each.pk in counts.accounts
        ],
    )


def chart_of(counts: Counts, filters: TimelineFilters, period: Period, zone: tzinfo) -> Chart:
    """`filters`: those that were counted by; `period`: what they say of time, which is marked."""
    months, is_partial = counts.months, counts.whole >= MOST_COUNTED
    if not months:
        return Chart([], 0, is_partial)
    first, last = min(months)[0], max(months)[0]
    shown = range(max(first, last - MOST_YEARS + 1), last + 1)
    size = 1 if len(shown) <= MONTHLY else 3
    bars: dict[int, Counter[int]] = defaultdict(Counter)
    for (year, month), count in months.items():
        bars[year][(month - 1) // size] += count
    highest = max(count for year in shown for count in bars[year].values())
    limits = _months_of(period, zone)
    when = _Addresses(filters)
    years = [
        Year(
            year=year,
            count=sum(bars[year].values()),
            label=_entries(str(year), sum(bars[year].values())),
            address=when(str(year)),
            is_on=bool(limits and limits[0] <= (year, 1) and (year, 12) <= limits[1]),
            bars=[
                _bar(year, at, size, count, highest, when, limits)
                for at, count in sorted(bars[year].items())
            ],
            months=[
                (months.get((year, month), 0), when(f"{year}-{month:02}")) for month in range(1, 13)
            ],
        )
        for year in shown
    ]
    return Chart(years, sum(months.values()), is_partial)


class _Addresses:
    """Of the same filters in other periods, whose names need no quoting but for spaces."""

    def __init__(self, filters: TimelineFilters) -> None:
        self.others = filters.but(when="").rstrip("?")

    def __call__(self, when: str) -> str:
        return f"{self.others}{'&' if self.others else '?'}when={when.replace(' ', '+')}"


Limits = tuple[tuple[int, int], tuple[int, int]] | None


def _bar(
    year: int,
    at: int,
    size: int,
    count: int,
    highest: int,
    address: _Addresses,
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
        address=address(when),
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
