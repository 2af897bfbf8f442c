"""Events on the days of a month or of a week. Days and weeks begin in the hub's timezone, a week on
Monday; one query, bounded."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from team import hours
from team.models import User

from .listing import MONTH, EventListing
from .models import Event

MOST = 500  # events of a page
A_DAY = {MONTH: 4}  # events of a day; the others are in the week


@dataclass
class Day:
    """`more`: events of it that are not shown. `is_beside`: of the month before or after."""

    date: date
    is_today: bool = False
    is_beside: bool = False
    events: list[Event] = field(default_factory=list)
    more: int = 0


@dataclass(frozen=True)
class Grid:
    """`title`: "December 2026", "30 November to 6 December 2026". `is_cut`: there are more
    than MOST events; `is_empty`: none."""

    title: str
    weeks: list[list[Day]]
    previous: date
    next: date
    is_cut: bool = False

    @property
    def days(self) -> list[Day]:
        return [day for week in self.weeks for day in week]

    @property
    def is_empty(self) -> bool:
        return not any(day.events for day in self.days)


def grid(wanted: EventListing, user: User) -> Grid:
    """Raises Mistake."""
    zone = hours.zone_of_hub(user)
    today = timezone.now().astimezone(zone).date()
    on = wanted.on or today
    is_month = wanted.show == MONTH
    first = on.replace(day=1) if is_month else on
    begin = first - timedelta(days=first.weekday())
    if is_month:
        following = (first + timedelta(days=31)).replace(day=1)
        end = following + timedelta(days=-following.weekday() % 7)
        title = date_format(first, "F Y")
        previous = (first - timedelta(days=1)).replace(day=1)
    else:
        end = begin + timedelta(days=7)
        following, previous, title = end, begin - timedelta(days=7), _week_words(begin)
    days = [
        Day(day, day == today, is_month and day.month != first.month)
        for day in (begin + timedelta(days=n) for n in range((end - begin).days))
    ]
    found = _between(wanted, user, begin, end, zone)
    _fill(days, found[:MOST], zone, A_DAY.get(wanted.show, MOST))
    weeks = [days[n : n + 7] for n in range(0, len(days), 7)]
    return Grid(title, weeks, previous, following, is_cut=len(found) > MOST)


def _between(wanted: EventListing, user: User, begin: date, end: date, zone: tzinfo) -> list[Event]:
    start, stop = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (begin, end))
    longest = start - timedelta(days=32)  # see checks.LONGEST; the index is by starts_at
    found = wanted.found(user).filter(
        starts_at__lt=stop, starts_at__gte=longest, ends_at__gte=start
    )
    return list(found.soonest_first()[: MOST + 1])


def _fill(days: list[Day], events: list[Event], zone: tzinfo, most: int) -> None:
    by_date = {day.date: day for day in days}
    for event in events:
        first = event.starts_at.astimezone(zone).date()
        last = _last_day(event, zone)
        for ahead in range((last - first).days + 1):
            day = by_date.get(first + timedelta(days=ahead))
            if day is None:
                continue
            if len(day.events) < most:
                day.events.append(event)
            else:
                day.more += 1


def _last_day(event: Event, zone: tzinfo) -> date:
    """One that ends at midnight is not on the day that begins then."""
    end = max(event.starts_at, event.ends_at - timedelta(microseconds=1))
    return end.astimezone(zone).date()


def _week_words(begin: date) -> str:
    end = begin + timedelta(days=6)
    of_first = "j" if begin.month == end.month else "j F" if begin.year == end.year else "j F Y"
    words = {"first": date_format(begin, of_first), "last": date_format(end, "j F Y")}
    return _("%(first)s to %(last)s") % words
