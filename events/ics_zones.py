"""Timezones as calendars want them told: a VTIMEZONE of the years that its events are in.

The icalendar library makes these too, but dates the begin of summer time by the clock after it,
where RFC 5545, 3.6.5, wants the clock before.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

_DAY = timedelta(days=1)


@lru_cache(maxsize=100)
def vtimezone(name: str, first_year: int, last_year: int) -> Timezone:
    """Of a zone that exists. Read it only: it is shared."""
    zone = ZoneInfo(name)
    begin = datetime(first_year, 1, 1, tzinfo=UTC) - _DAY
    end = datetime(last_year + 1, 1, 1, tzinfo=UTC) + _DAY
    made = Timezone()
    made.add("TZID", name)
    starts: dict[tuple[timedelta, timedelta, str, bool], list[datetime]] = defaultdict(list)
    local = begin.astimezone(zone)
    starts[_key(local, local)].append(local.replace(tzinfo=None))
    for before, after in _changes(begin, end, zone):
        offset = before.utcoffset() or timedelta()
        clock_before = (after.astimezone(UTC) + offset).replace(tzinfo=None)
        starts[_key(before, after)].append(clock_before)
    for (offset_from, offset_to, label, is_summer), dates in starts.items():
        part = TimezoneDaylight() if is_summer else TimezoneStandard()
        part.TZOFFSETFROM, part.TZOFFSETTO = offset_from, offset_to
        part.add("TZNAME", label)
        part.DTSTART = dates[0]
        if dates[1:]:
            part.add("RDATE", dates[1:])
        made.add_component(part)
    return made


def _key(before: datetime, after: datetime) -> tuple[timedelta, timedelta, str, bool]:
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
