"""The timezones that people choose from."""

from __future__ import annotations

import zoneinfo
from functools import cache

# Names kept for old machines; each is another name for one in the list.
LEGACY = ("Etc/", "SystemV/", "US/", "Brazil/", "Canada/", "Chile/", "Mexico/", "posix/", "right/")


@cache
def choices() -> list[tuple[str, str]]:
    """As a select wants them: "UTC" first, then "Europe/Berlin" and its like by name."""
    names = zoneinfo.available_timezones()
    places = sorted(name for name in names if "/" in name and not name.startswith(LEGACY))
    return [(name, name.replace("_", " ")) for name in ["UTC", *places]]


def choices_with(current: str) -> list[tuple[str, str]]:
    """The same, and the one that somebody has already."""
    known = choices()
    return known if current in dict(known) else [(current, current), *known]
