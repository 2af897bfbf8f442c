"""Timezones as calendars want them told: a VTIMEZONE of the years that its events are in.

The icalendar library makes these too, but dates the begin of summer time by the clock after it,
where RFC 5545, 3.6.5, wants the clock before.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Component, Timezone, TimezoneDaylight, TimezoneStandard

Key = tuple[timedelta, timedelta, str, bool]  # offset before and after, name, whether summer time
_DAY = timedelta(days=1)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@lru_cache(maxsize=100)
def vtimezone(name: str, first_year: int, last_year: int) -> Timezone:
    """Of a zone that exists. Read it only: it is shared."""
    zone = ZoneInfo(name)
    begin = datetime(first_year, 1, 1, tzinfo=UTC) - _DAY
    end = datetime(last_year + 1, 1, 1, tzinfo=UTC) + _DAY
    made = Timezone()
    made.add("TZID", name)
    starts: dict[Key, list[datetime]] = defaultdict(list)
    local = begin.astimezone(zone)
    starts[_key(local, local)].append(local.replace(tzinfo=None))
    for before, after in _changes(begin, end, zone):
        offset = before.utcoffset() or timedelta()
        clock_before = (after.astimezone(UTC) + offset).replace(tzinfo=None)
        starts[_key(before, after)].append(clock_before)
    for key, dates in starts.items():
        rule = _rule_of(dates, last_year)
        for start in dates[:1] if rule else dates:
            made.add_component(_part(key, start, rule))
    return made


def _part(key: Key, start: datetime, rule: dict[str, Any] | None) -> Component:
    offset_from, offset_to, label, is_summer = key
    part: TimezoneDaylight | TimezoneStandard
    part = TimezoneDaylight() if is_summer else TimezoneStandard()
    part.TZOFFSETFROM, part.TZOFFSETTO = offset_from, offset_to
    part.add("TZNAME", label)
    part.DTSTART = start
    if rule:
        part.add("RRULE", rule)
    return part


def _rule_of(dates: list[datetime], last_year: int) -> dict[str, Any] | None:
    """Of changes on the same Sunday of each year: some readers know nothing but rules, and take the
    first of a list of dates. None where they follow no rule, or one that has ended; each is told by
    itself then."""
    years = [at.year for at in dates]
    alike = {(at.month, at.weekday(), at.time()) for at in dates}
    if len(dates) < 2 or len(alike) > 1 or years != list(range(years[0], last_year + 1)):
        return None
    month, weekday, _time = alike.pop()
    in_month = [(at.day - 1) // 7 + 1 for at in dates]
    if len(set(in_month)) == 1:
        which = in_month[0]
    elif all((at + 7 * _DAY).month != month for at in dates):
        which = -1
    else:
        return None
    return {"FREQ": "YEARLY", "BYMONTH": month, "BYDAY": f"{which}{_WEEKDAYS[weekday]}"}


def _key(before: datetime, after: datetime) -> Key:
    offsets = before.utcoffset() or timedelta(), after.utcoffset() or timedelta()
    return *offsets, after.tzname() or "", bool(after.dst())


def _changes(begin: datetime, end: datetime, zone: tzinfo) -> list[tuple[datetime, datetime]]:
    """The last second before and the first after each change of the clock."""
    found = []
    at = begin
    while at < end:
        following = at + _DAY
        if at.astimezone(zone).utcoffset() != following.astimezone(zone).utcoffset():
            low, high = at, following
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
                same = middle.astimezone(zone).utcoffset() == at.astimezone(zone).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            found.append((low.astimezone(zone), high.astimezone(zone)))
        at = following
    return found
