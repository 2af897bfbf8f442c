"""When and where an event is, in words of the reader's language and the event's own timezone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import pgettext

from team import hours

from .models import Event, Kind


@dataclass(frozen=True)
class When:
    """`starts`, `ends`: in the event's timezone, whose name is `zone` ("Europe/Berlin")."""

    starts: datetime
    ends: datetime
    zone: str

    @property
    def day(self) -> str:
        return _day(self.starts)

    @property
    def clock(self) -> str:
        """ "19:00–21:00"; with the last day where it is another."""
        if self.starts == self.ends:
            return _clock(f"{self.starts:%H:%M}")
        if self.starts.date() == self.ends.date():
            return _clock(f"{self.starts:%H:%M}–{self.ends:%H:%M}")
        start, end = _clock(f"{self.starts:%H:%M}"), _clock(f"{self.ends:%H:%M}")
        return f"{start} – {_day(self.ends)}, {end}"

    @property
    def zone_words(self) -> str:
        """ "Europe/Berlin, UTC+1": the name alone says little in the week the clocks change."""
        minutes = int((self.starts.utcoffset() or self.starts - self.starts).total_seconds() // 60)
        sign, away = ("−" if minutes < 0 else "+"), abs(minutes)
        ahead = f"{sign}{away // 60}" + (f":{away % 60:02}" if away % 60 else "")
        name = self.zone.replace("_", " ")
        if name == "UTC":
            return "UTC"
        return f"{name}, UTC" if not minutes else f"{name}, UTC{ahead}"

    def __str__(self) -> str:
        return f"{self.day}, {self.clock} ({self.zone_words})"


def when_of(event: Event) -> When:
    return when_at(event.starts_at, event.ends_at, event.timezone)


def when_at(starts: datetime, ends: datetime, zone_name: str) -> When:
    """A timezone that no longer exists is UTC."""
    zone = hours.zone(zone_name)
    known = zone_name if str(zone) == zone_name else "UTC"
    return When(starts.astimezone(zone), ends.astimezone(zone), known)


def _day(at: datetime) -> str:
    return date_format(at, pgettext("date format", "l, j F Y"))


def _clock(words: str) -> str:
    """`words`: "19:00" or "19:00–21:00"."""
    return pgettext("times of day", "%(times)s") % {"times": words}


def place_of(event: Event) -> str:
    """The venue and its address, on one line; "" online."""
    if event.kind == Kind.ONLINE:
        return ""
    return ", ".join(part for part in (event.venue, event.address) if part)
