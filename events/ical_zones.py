"""Which timezone a calendar means: IANA names, those of Windows and Outlook, and what vendors put
around them. What none of these explains is found by its two offsets from UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from .ical_lines import value_of

_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)")
_ALIASES = {"utc": "UTC", "z": "UTC", "gmt": "UTC", "coordinated universal time": "UTC"}
# By what Exchange writes in the place of a name: TZID="(UTC+01:00) Amsterdam, Berlin, Bern".
_CITIES = re.compile(r"\((?:UTC|GMT)[^)]*\)\s*(.*)", re.IGNORECASE)


def zone_names(zones: list[list[str]], at: datetime) -> dict[str, str]:
    """For the names that a calendar explains: the IANA name of each that can be told. `at`: offsets
    of that year count."""
    found = {}
    for lines in zones:
        name = value_of(lines, "TZID")
        told = iana_of(name) or iana_of(value_of(lines, "X-LIC-LOCATION"))
        told = told or _by_offsets(lines, at.year)
        if name and told:
            found[name] = told
    return found


def iana_of(name: str) -> str:
    """ "" where it is no name that can be told."""
    name = name.strip().strip('"').strip("/")
    if not name or len(name) > 200:
        return ""
    known = _known()
    direct = known.get(name.lower()) or _ALIASES.get(name.lower())
    if direct:
        return direct
    if name in WINDOWS_TO_OLSON:
        return WINDOWS_TO_OLSON[name]
    pieces = name.split("/")  # "/citadel.org/20210210_1/Europe/Berlin"
    for length in (3, 2):
        tail = "/".join(pieces[-length:]).lower()
        if len(pieces) > length and tail in known:
            return known[tail]
    cities = _CITIES.match(name)
    for city in cities[1].split(",") if cities else ():
        zone = _cities().get(city.strip().lower().replace(" ", "_"))
        if zone:
            return zone
    return ""


def _by_offsets(lines: list[str], year: int) -> str:
    """One with the same offsets in winter and in summer, from those that Windows knows."""
    told = {"STANDARD": "", "DAYLIGHT": ""}
    inside = ""
    for line in lines:
        upper = line.upper()
        if upper.startswith("BEGIN:"):
            inside = upper[6:].strip()
        elif upper.startswith("TZOFFSETTO") and inside in told:
            told[inside] = line.rpartition(":")[2].strip()
    standard, summer = _offset(told["STANDARD"]), _offset(told["DAYLIGHT"])
    if standard is None:
        return ""
    begins = _month_of(lines, "DAYLIGHT")
    summer = standard if summer is None else summer
    south = begins is not None and begins > 7
    first, second = (summer, standard) if south else (standard, summer)
    return _with_offsets(year).get((first, second), "")


def _month_of(lines: list[str], part: str) -> int | None:
    inside = False
    for line in lines:
        if line.upper().startswith("BEGIN:"):
            inside = line.upper()[6:].strip() == part
        month = re.search(r"BYMONTH=(\d{1,2})", line) if inside else None
        if month:
            return int(month[1])
    return None


def _offset(text: str) -> timedelta | None:
    found = _OFFSET.match(text)
    if not found:
        return None
    offset = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return -offset if found[1] == "-" else offset


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones() if not name.startswith("Etc/GMT")}


@lru_cache(maxsize=1)
def _cities() -> dict[str, str]:
    found = {}
    for name in sorted(available_timezones(), reverse=True):
        area, _slash, city = name.rpartition("/")
        if area and area not in ("Etc", "SystemV", "US"):
            found[city.lower()] = name
    return found


@lru_cache(maxsize=4)
def _with_offsets(year: int) -> dict[tuple[timedelta, timedelta], str]:
    """By the offsets in January and in July, the first zone in Windows' table."""
    found: dict[tuple[timedelta, timedelta], str] = {}
    for name in ["UTC", *sorted(set(WINDOWS_TO_OLSON.values()) & available_timezones())]:
        january, july = (
            datetime(year, month, 1, tzinfo=UTC).astimezone(ZoneInfo(name)).utcoffset()
            for month in (1, 7)
        )
        if january is not None and july is not None:
            found.setdefault((january, july), name)
    return found
