"""What reports are made of: plain values without a query in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from insights.periods import Period
from insights.scope import Scope

Text = str | Promise
FEW = 10  # below so many, a change is no trend


class Unit(StrEnum):
    """How a value is shown. Durations are in seconds, shares between 0 and 1."""

    COUNT = "count"
    DURATION = "duration"
    SHARE = "share"
    RATIO = "ratio"


@dataclass(frozen=True)
class Value:
    """`value` is None where there was nothing to measure; `n` is on how many rows it rests."""

    value: float | None
    n: int


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One number. `how`: its formula in plain words, shown behind "How is this counted?". `better`:
    "lower", "higher", or "" where neither is. `compute` gives a value for each period, in as few
    queries as it can. `rows`: the rows that the number counts, of one period, for who opens it;
    `row_kind` says which list shows them, "asks" or "members"."""

    key: str
    title: Text
    how: Text
    unit: Unit
    compute: Callable[[Scope, Sequence[Period]], list[Value]]
    better: str = ""
    rows: Callable[[Scope, Period], QuerySet[Any]] | None = None
    row_kind: str = "asks"
    is_health: bool = False  # one of the digest's six


@dataclass(frozen=True)
class Compared:
    """A measure of a period beside the period before and the median of the 4 weeks before it."""

    measure: Measure
    now: Value
    before: Value
    usual: Value  # the median of the 4 weeks that have a value; n is the least of them

    @property
    def trend(self) -> str:
        """ "up", "down" or "same" against the period before; "" where either rests on too few."""
        if min(self.now.n, self.before.n) < FEW:
            return ""
        if self.now.value is None or self.before.value is None:
            return ""
        if self.now.value == self.before.value:
            return "same"
        return "up" if self.now.value > self.before.value else "down"


@dataclass(frozen=True, kw_only=True)
class Table:
    """Also what a chart's CSV has. `rows`: plain values, as many as there are columns. `units`: how
    each column is shown; "" for words and days."""

    columns: Sequence[Text]
    units: Sequence[Unit | str]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, kw_only=True)
class Report:
    """One section of the page: a table, and the finding in one sentence. `chart`: "heat" where the
    numbers of the table are shaded by how large they are."""

    key: str
    title: Text
    how: Text
    finding: str
    table: Table
    chart: str = ""
