"""Periods that reports count: whole days in the hub's timezone, also across daylight saving."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

DAY = timedelta(days=1)
LONGEST = 366 * 3  # days
LENGTHS = {"7": 7, "30": 30, "90": 90}
CHOICES = {
    "7": gettext_lazy("Last 7 days"),
    "30": gettext_lazy("Last 30 days"),
    "90": gettext_lazy("Last 90 days"),
    "quarter": gettext_lazy("This quarter"),
    "custom": gettext_lazy("Custom"),
}
USUAL = "30"


class PeriodError(Exception):
    """What is asked for is no period; its text says why."""


@dataclass(frozen=True)
class Period:
    """From the first day to the last one, both included. `begins` and `ends` are moments; `ends`
    is that of the midnight after the last day and no longer part of it."""

    first: date
    last: date
    zone: tzinfo

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.first, time.min, tzinfo=self.zone)

    @property
    def ends(self) -> datetime:
        return datetime.combine(self.last + DAY, time.min, tzinfo=self.zone)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def each_day(self) -> list[date]:
        return [self.first + DAY * n for n in range(self.days)]

    def shifted(self, days: int) -> Period:
        return Period(self.first + DAY * days, self.last + DAY * days, self.zone)

    def before(self) -> Period:
        """As many days, directly before."""
        return self.shifted(-self.days)

    def weeks_before(self, n: int = 4) -> list[Period]:
        """The `n` times 7 days before its first day, the latest first."""
        week = Period(self.first - DAY * 7, self.first - DAY, self.zone)
        return [week.shifted(-7 * back) for back in range(n)]

    def weeks(self) -> list[Period]:
        """Its days in pieces of a calendar week, Monday to Sunday; the first and last may be
        shorter."""
        pieces, first = [], self.first
        while first <= self.last:
            last = min(self.last, first + DAY * (6 - first.weekday()))
            pieces.append(Period(first, last, self.zone))
            first = last + DAY
        return pieces

    @property
    def query(self) -> dict[str, str]:
        """As an address names it, with fixed bounds."""
        return {"from": self.first.isoformat(), "to": self.last.isoformat()}


def iso_week(year: int, week: int, zone: tzinfo) -> Period:
    """Monday to Sunday of an ISO week. ValueError for one that there is not."""
    first = date.fromisocalendar(year, week, 1)
    return Period(first, first + DAY * 6, zone)


def ending_today(days: int, today: date, zone: tzinfo) -> Period:
    return Period(today - DAY * (days - 1), today, zone)


def chosen(values: Mapping[str, str], today: date, zone: tzinfo) -> Period:
    """What `period`, or `from` and `to` (ISO days), of an address ask for; the usual one where
    they ask for nothing. PeriodError where they make no sense."""
    if values.get("from") or values.get("to"):
        return _custom(values.get("from", ""), values.get("to", ""), zone)
    name = values.get("period") or USUAL
    if name == "quarter":
        first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
        return Period(first, today, zone)
    return ending_today(LENGTHS.get(name, LENGTHS[USUAL]), today, zone)


def _custom(first: str, last: str, zone: tzinfo) -> Period:
    try:
        period = Period(date.fromisoformat(first), date.fromisoformat(last), zone)
    except ValueError:
        raise PeriodError(_("Enter both days, such as 2026-11-01.")) from None
    if period.days < 1:
        raise PeriodError(_("The last day is before the first one."))
    if period.days > LONGEST or not 1990 <= period.first.year <= period.last.year <= 9990:
        raise PeriodError(_("Choose a period of at most 3 years."))
    return period
