"""Clock times of a place, and the moments that they are: what happens when clocks are changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

MINUTES = "%Y-%m-%dT%H:%M"  # as <input type="datetime-local"> has it


class NoSuchTime(ValueError):
    """Clocks go forward then; with a sentence that says so."""


@dataclass(frozen=True)
class Moment:
    """`is_twice`: the clock shows it twice that night; `at` is the first of the two."""

    at: datetime
    is_twice: bool = False


def read(local: datetime, zone_name: str) -> Moment:
    """The moment of a clock time without timezone. Raises NoSuchTime, and
    ZoneInfoNotFoundError where there is no such timezone."""
    zone = ZoneInfo(zone_name)
    first = local.replace(tzinfo=zone, fold=0)
    if is_skipped(local, zone):
        later = in_place(first.astimezone(UTC), zone_name)
        said = _("%(time)s doesn’t exist on that day: clocks go forward then. Enter %(later)s.")
        raise NoSuchTime(said % {"time": f"{local:%H:%M}", "later": f"{later:%H:%M}"})
    second = local.replace(tzinfo=zone, fold=1)
    return Moment(first.astimezone(UTC), first.utcoffset() != second.utcoffset())


def nearest(local: datetime, zone_name: str) -> datetime:
    """The same for a date of a series: where clocks skip the time it is as much later, where they
    show it twice it is the first. UTC where there is no such timezone any more."""
    return local.replace(tzinfo=zone_of(zone_name), fold=0).astimezone(UTC)


def in_place(at: datetime, zone_name: str) -> datetime:
    """What the clock shows there, without timezone."""
    return at.astimezone(zone_of(zone_name)).replace(tzinfo=None, fold=0)


def is_skipped(local: datetime, zone: ZoneInfo) -> bool:
    """Clocks go from before this time to after it."""
    there = local.replace(tzinfo=zone, fold=0).astimezone(UTC).astimezone(zone)
    return there.replace(tzinfo=None, fold=0) != local


def zone_of(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def written(at: datetime, zone_name: str) -> str:
    """As a form has it."""
    return in_place(at, zone_name).strftime(MINUTES)


def is_elsewhere(at: datetime, zone_name: str, reader: datetime) -> bool:
    """Whether the clock there shows something else than the reader's, `reader`."""
    return at.astimezone(zone_of(zone_name)).utcoffset() != (reader.utcoffset() or timedelta())
