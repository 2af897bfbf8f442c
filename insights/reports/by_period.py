"""Counting rows of several periods in few queries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from insights.periods import Period


def counted(
    rows: QuerySet[Any], field: str, periods: Sequence[Period], **aggregates: Any
) -> list[dict[str, Any]]:
    """For each period what these aggregates give of the rows whose `field`, a moment, lies within;
    {} where there are none. A query for each set of periods that do not overlap."""
    found: list[dict[str, Any]] = [{} for _each in periods]
    for group in _apart(periods):
        whens = [
            When(within(field, periods[n]), then=Value(n)) for n in group
        ]  # fmt: skip
        first = min(periods[n].begins for n in group)
        last = max(periods[n].ends for n in group)
        some = rows.filter(**{f"{field}__gte": first, f"{field}__lt": last})
        number = Case(*whens, output_field=IntegerField())
        grouped = some.order_by().annotate(period=number).values("period").annotate(**aggregates)
        for row in grouped:
            if row["period"] is not None:
                found[row.pop("period")] = row
    return found


def within(field: str, period: Period) -> Q:
    return Q(**{f"{field}__gte": period.begins, f"{field}__lt": period.ends})


def _apart(periods: Sequence[Period]) -> Iterator[list[int]]:
    """Indexes of periods, each in one list in which no two overlap."""
    rest = sorted(range(len(periods)), key=lambda n: periods[n].first)
    while rest:
        group, later, until = [], [], None
        for n in rest:
            if until is None or periods[n].first > until:
                group.append(n)
                until = periods[n].last
            else:
                later.append(n)
        yield group
        rest = later
