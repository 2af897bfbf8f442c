"""A measure beside what it was: the period before, and the median of the 4 weeks before."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median

from insights.periods import Period
from insights.scope import Scope

from .values import Compared, Measure, Value

WEEKS = 4


def compare(measures: Iterable[Measure], scope: Scope, period: Period) -> list[Compared]:
    """Two queries a measure, at most. Mistake where the scope's query has one."""
    periods = [period, period.before(), *period.weeks_before(WEEKS)]
    found = []
    for measure in measures:
        now, before, *weeks = measure.compute(scope, periods)
        found.append(Compared(measure, now, before, usual(weeks)))
    return found


def usual(weeks: Iterable[Value]) -> Value:
    """`n` is the least of them, since the median is no better than what it rests on."""
    known = [(week.value, week.n) for week in weeks if week.value is not None]
    if not known:
        return Value(None, 0)
    return Value(median(value for value, _n in known), min(n for _value, n in known))
