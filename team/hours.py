"""Working hours: the hub's, set by an admin, or a colleague's own. Days are days in a timezone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone

from .models import Hub, User

MOST_FREE = 60  # days in a row without a working day; past that, any day will do


@dataclass(frozen=True)
class Hours:
    """`days` are of the week, 0 is Monday. `begins` is before `ends`."""

    zone: tzinfo
    days: frozenset[int]
    begins: time
    ends: time
    holidays: frozenset[date]

    def is_workday(self, day: date) -> bool:
        return day.weekday() in self.days and day not in self.holidays

    def next_workday(self, after: date) -> date:
        """The first working day after `after`; the next day where none is near."""
        for ahead in range(1, MOST_FREE):
            day = after + timedelta(days=ahead)
            if self.is_workday(day):
                return day
        return after + timedelta(days=1)

    def at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, tzinfo=self.zone)

    def midnight(self, day: date) -> datetime:
        """When the day begins."""
        return self.at(day, time.min)

    def local(self, moment: datetime | None = None) -> datetime:
        return (moment or timezone.now()).astimezone(self.zone)


def of_hub(hub: Hub | None = None) -> Hours:
    hub = hub or Hub.current() or Hub()
    return Hours(
        zone=zone(hub.timezone),
        days=frozenset(hub.work_days),
        begins=hub.work_from,
        ends=hub.work_until,
        holidays=frozenset(date.fromisoformat(day) for day in hub.holidays),
    )


def zone_of_hub(user: User) -> tzinfo:
    """Without a query where the hub's timezone was read with who is signed in."""
    if not hasattr(user, "hub_timezone"):
        return of_hub().zone
    return zone(user.hub_timezone or "UTC")


def of_user(user: User) -> Hours:
    """In the colleague's timezone, with their own hours where they set some."""
    hub = of_hub()
    begins, ends = (user.prefers(name) for name in ("work_from", "work_until"))
    own = bool(begins and ends)
    return Hours(
        zone=zone(user.timezone),
        days=frozenset(user.prefers("work_days") or hub.days),
        begins=time.fromisoformat(begins) if own else hub.begins,
        ends=time.fromisoformat(ends) if own else hub.ends,
        holidays=hub.holidays,
    )


def zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
