"""The rules of series (RFC 5545, read by python-dateutil): what a form says becomes one, and which
clock times it has. All of it in the clock time of the series' place, so that a meeting at 19:00 is
at 19:00 in summer and in winter. Nothing is saved here; see verbs/series.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from dateutil.relativedelta import relativedelta
from dateutil.rrule import rrule, rrulestr
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from . import local_time

AHEAD = relativedelta(months=12)  # dates exist so far ahead
MOST = 400  # dates that are worked out at once
MOST_COUNT = 400
MOST_INTERVAL = 26
CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
NEVER, WEEKLY, BY_WEEKDAY, BY_DATE = "", "weekly", "weekday", "date"
REPEATS = {
    NEVER: gettext_lazy("Doesn’t repeat"),
    WEEKLY: gettext_lazy("Weekly"),
    BY_WEEKDAY: gettext_lazy("Monthly, on a weekday such as the 2nd Tuesday"),
    BY_DATE: gettext_lazy("Monthly, on a date such as the 15th"),
}
LAST = 5  # the fifth week of a month is its last one


@dataclass(frozen=True)
class Repeat:
    """What the form says. `every`: so many weeks or months. `weekdays`: 0 is Monday, for weekly;
    the first date's where there are none. `until`: the last day it may be on; `count`: so many
    dates, with the first; both None: for ever."""

    kind: str
    every: int = 1
    weekdays: tuple[int, ...] = ()
    until: date | None = None
    count: int | None = None

    def rule(self, start: datetime) -> str:
        """For a first date at `start`, a clock time."""
        parts = [f"FREQ={'WEEKLY' if self.kind == WEEKLY else 'MONTHLY'}"]
        if self.every > 1:
            parts.append(f"INTERVAL={self.every}")
        if self.kind == WEEKLY:
            days = sorted({*self.weekdays} or {start.weekday()})
            parts.append("BYDAY=" + ",".join(CODES[day] for day in days))
        elif self.kind == BY_WEEKDAY:
            parts.append(f"BYDAY={_nth(start)}{CODES[start.weekday()]}")
        else:
            is_end = start.day > 28 and _is_last(start)
            parts.append(f"BYMONTHDAY={-1 if is_end else start.day}")
        if self.count:
            parts.append(f"COUNT={self.count}")
        elif self.until:
            parts.append(f"UNTIL={self.until:%Y%m%d}T235959")
        return ";".join(parts)


def read(rule: str) -> Repeat:
    """What a form shows of a rule."""
    parts = dict(part.split("=", 1) for part in rule.split(";") if "=" in part)
    days = [day for day in parts.get("BYDAY", "").split(",") if day]
    kind = WEEKLY if parts.get("FREQ") == "WEEKLY" else BY_WEEKDAY if "BYDAY" in parts else BY_DATE
    until = parts.get("UNTIL", "")[:8]
    return Repeat(
        kind,
        every=int(parts.get("INTERVAL", 1)),
        weekdays=tuple(CODES.index(day) for day in days if day in CODES) if kind == WEEKLY else (),
        until=date.fromisoformat(until) if until else None,
        count=int(parts["COUNT"]) if "COUNT" in parts else None,
    )


def clock_times(rule: str, start: datetime) -> Iterator[datetime]:
    """Of a rule whose first date is at `start`, in order and for ever, all without timezone."""
    found = rrulestr(rule, dtstart=start)
    assert isinstance(found, rrule)
    return iter(found)


def between(rule: str, start: datetime, after: date | None, until: date) -> list[datetime]:
    """Those on days after `after` (None: from the first) up to `until`, at most MOST."""
    found = []
    for local in clock_times(rule, start):
        if local.date() > until:
            break
        if after is None or local.date() > after:
            found.append(local)
        if len(found) >= MOST:
            break
    return found


def first(rule: str, start: datetime, number: int) -> list[datetime]:
    return list(islice(clock_times(rule, start), number))


def around(rule: str, local: datetime, before: int, number: int) -> list[datetime]:
    """`number` of them in a row, of which `local` has `before` of them in front; as if the rule
    had no end. `local` is one of its dates."""
    repeat = read(rule)
    endless = Repeat(repeat.kind, repeat.every, repeat.weekdays).rule(local)
    steps = repeat.every * (before + 1)
    back = relativedelta(weeks=steps) if repeat.kind == WEEKLY else relativedelta(months=steps)
    found: list[datetime] = []
    for each in clock_times(endless, local - back):
        found.append(each)
        if each >= local and len(found) - found.index(local) >= number - before:
            break
    first_one = found.index(local) - before
    return found[first_one : first_one + number]


def begins_with(rule: str, start: datetime) -> bool:
    """Whether the first date is one that the rule has."""
    return first(rule, start, 1) == [start]


def shifted(rule: str, was: datetime, now: datetime, done: int = 0) -> str:
    """The rule for a date that was at `was` and is at `now`: on the day of the week, or of the
    month, that it is on now. `done`: so many dates of a COUNT are behind it."""
    repeat = read(rule)
    days = (now.date() - was.date()).days
    if repeat.kind == WEEKLY:
        weekdays = tuple(sorted((day + days) % 7 for day in repeat.weekdays))
    else:
        weekdays = ()
    count = max(repeat.count - done, 1) if repeat.count else None
    return Repeat(repeat.kind, repeat.every, weekdays, repeat.until, count).rule(now)


def recurrence_id(local: datetime, zone: str) -> str:
    """As a calendar entry has it: the moment that the date was meant for, in UTC."""
    return f"{local_time.nearest(local, zone).astimezone(UTC):%Y%m%dT%H%M%SZ}"


def horizon(today: date) -> date:
    """The last day for which dates are made."""
    return today + AHEAD


def in_words(rule: str, start: datetime) -> str:
    """As "Every 2 weeks on Tuesday and Friday, until 31 December 2026"."""
    repeat = read(rule)
    if repeat.kind == WEEKLY:
        names = _weekday_names(repeat.weekdays or (start.weekday(),))
        said = ngettext("Every week on %(days)s", "Every %(n)d weeks on %(days)s", repeat.every)
        words = said % {"n": repeat.every, "days": names}
    else:
        day = _monthly_day(repeat, start)
        said = ngettext("Every month on %(day)s", "Every %(n)d months on %(day)s", repeat.every)
        words = said % {"n": repeat.every, "day": day}
    if repeat.count:
        more = ngettext("%(n)d date", "%(n)d dates", repeat.count) % {"n": repeat.count}
        return f"{words}, {more}"
    if repeat.until:
        return _("%(words)s, until %(day)s") % {
            "words": words,
            "day": date_format(repeat.until, "j F Y"),
        }
    return words


def _monthly_day(repeat: Repeat, start: datetime) -> str:
    if repeat.kind == BY_DATE:
        is_end = start.day > 28 and _is_last(start)
        return _("the last day") if is_end else _("day %(n)d") % {"n": start.day}
    number = _nth(start)
    names = {1: _("1st"), 2: _("2nd"), 3: _("3rd"), 4: _("4th"), -1: _("last")}
    return _("the %(nth)s %(day)s") % {"nth": names[number], "day": date_format(start, "l")}


def _weekday_names(days: tuple[int, ...]) -> str:
    monday = date(2024, 1, 1)
    names = [date_format(monday + timedelta(days=day), "l") for day in days]
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def _nth(start: datetime) -> int:
    """Which of its weekdays in its month; -1 for a fifth, which not every month has."""
    number = (start.day - 1) // 7 + 1
    return -1 if number >= LAST else number


def _is_last(start: datetime) -> bool:
    return (start + timedelta(days=1)).month != start.month
