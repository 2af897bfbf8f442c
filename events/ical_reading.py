"""Events of a calendar from outside: of the next 12 months, those that repeat date by date.

Loads the icalendar library: import it in the job that reads.
"""

from __future__ import annotations

import re
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any, cast
from zoneinfo import ZoneInfo

import recurring_ical_events
from dateutil.rrule import rrulestr
from icalendar import Calendar
from icalendar import Event as Component

from community_hub.lib.text import database_key, one_line, web_address

from .checks import LONGEST
from .ical_lines import take_apart, value_of
from .ical_values import (
    datetime_of,
    dt_of,
    first_link_of,
    name_of,
    number_of,
    recurrence_id_of,
    text_of,
    venue_of,
    words_from,
)
from .ical_zones import iana_of, zone_names
from .models.event import LONGEST_LINK, LONGEST_PLACE, LONGEST_TITLE

AHEAD = timedelta(days=366)
BEHIND = timedelta(days=1)
MOST_ENTRIES = 2_000  # dates of one calendar: the soonest
MOST_DATES = 400  # of one event that repeats
SECONDS = 20.0  # of the processor, for all of them
# The Gregorian calendar repeats every 400 years: what a rule does 19 times later it does now, and a
# rule that never comes true ends there with the year 9999, not after millions of days.
LATER = 19 * 400
_TZID = re.compile(r"([A-Z-]+;(?:[A-Z0-9-]+=[^;:\"]*;)*)TZID=(\"[^\"]*\"|[^;:]*)", re.IGNORECASE)
_COUNTED = ("RRULE", "RDATE", "RECURRENCE-ID")


class TooSlow(ValueError):
    """It would take longer than SECONDS."""


class Skipped(ValueError):
    """An event that cannot be read, with the reason's name in feed_words.REASONS."""


@dataclass(frozen=True)
class Entry:
    """One date. `recurrence_id`: "" for what does not repeat. `fields`: as those of Event."""

    uid: str
    recurrence_id: str
    is_cancelled: bool
    is_online: bool
    fields: dict[str, Any]

    @property
    def key(self) -> tuple[str, str]:
        return self.uid, self.recurrence_id


@dataclass
class Reading:
    """`unread`: uids of events that are there and could not be read. `is_cut`: there are more dates
    than are kept. `events`: how many the calendar has, past ones too."""

    entries: list[Entry] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    unread: set[str] = field(default_factory=set)
    events: int = 0
    is_cut: bool = False


def read(data: bytes, *, now: datetime, zone: str, behind: timedelta = BEHIND) -> Reading:
    """`zone`: of times that name none. Raises NotACalendar and TooSlow."""
    parts = take_apart(data)
    begin, end = now - behind, now + AHEAD
    own_zone = iana_of(parts.top.get("X-WR-TIMEZONE", "")) or zone
    reader = _Reader(begin, end, ZoneInfo(own_zone), own_zone, zone_names(parts.zones, now))
    found = Reading(skipped=parts.broken, events=len(parts.events))
    by_uid: dict[str, list[list[str]]] = defaultdict(list)
    for lines in parts.events:
        uid = value_of(lines, "UID")
        if uid:
            by_uid[uid].append(lines)
        else:
            found.skipped["no-uid"] += 1
    until = time.thread_time() + SECONDS
    for uid, blocks in by_uid.items():
        if time.thread_time() > until:
            raise TooSlow
        try:
            found.entries.extend(reader.dates(uid, blocks, found.skipped))
        except Skipped as reason:
            found.skipped[str(reason)] += 1
            found.unread.add(database_key(uid, 255))
    unique = {entry.key: entry for entry in found.entries}
    found.entries = sorted(unique.values(), key=lambda entry: entry.fields["starts_at"])
    found.is_cut = len(found.entries) > MOST_ENTRIES
    del found.entries[MOST_ENTRIES:]
    return found


@dataclass
class _Reader:
    begin: datetime
    end: datetime
    zone: ZoneInfo
    zone_name: str
    told: dict[str, str]  # names of zones that the calendar explains

    def dates(self, uid: str, blocks: list[list[str]], skipped: Counter[str]) -> list[Entry]:
        """Of one event. Raises Skipped."""
        if all(self._is_past(lines) for lines in blocks):
            return []
        repeats = any(value_of(lines, name) for lines in blocks for name in _COUNTED)
        components = [self._component(lines, skipped) for lines in blocks]
        if not repeats:
            newest = max(components, key=lambda one: number_of(one, "SEQUENCE"))
            if len(components) > 1:
                skipped["twice"] += len(components) - 1
            entry = self._entry(uid, newest, "")
            return [entry] if self._is_within(entry) else []
        found = []
        for component in self._expanded(components):
            try:
                entry = self._entry(uid, component, recurrence_id_of(component))
            except Skipped as reason:
                skipped[str(reason)] += 1
                continue
            if self._is_within(entry):
                found.append(entry)
        return found

    def _is_past(self, lines: list[str]) -> bool:
        """One that ended long ago and does not repeat: most of an old calendar."""
        if any(value_of(lines, name) for name in _COUNTED):
            return False
        day = value_of(lines, "DTSTART")[:8]
        last = self.begin - LONGEST - timedelta(days=2)
        return day.isdecimal() and len(day) == 8 and day < f"{last:%Y%m%d}"

    def _is_within(self, entry: Entry) -> bool:
        return entry.fields["ends_at"] >= self.begin and entry.fields["starts_at"] < self.end

    def _component(self, lines: list[str], skipped: Counter[str]) -> Component:
        text = "\r\n".join(["BEGIN:VEVENT", *map(self._with_zone, lines), "END:VEVENT", ""])
        try:
            component = cast("Component", Component.from_ical(text))
        except ValueError:
            raise Skipped("event") from None
        for name, _error in component.errors:
            if name in ("DTSTART", "DTEND", "DURATION"):
                raise Skipped("date")
            if name in ("RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"):
                raise Skipped("rule")
            skipped["line"] += 1
            component.pop(name or "", None)
        if "DTSTART" not in component or isinstance(component["DTSTART"], list):
            raise Skipped("date")
        return component

    def _with_zone(self, line: str) -> str:
        """With the IANA name of its timezone."""
        named = _TZID.match(line)
        if named is None:
            return line
        name = named[2].strip('"')
        zone = self.told.get(name) or iana_of(name)
        if not zone:
            raise Skipped("zone")
        return f"{named[1]}TZID={zone}{line[named.end() :]}"

    def _expanded(self, components: list[Component]) -> list[Component]:
        for component in components:
            self._vet(component)
        calendar = Calendar()
        calendar.add("PRODID", "-//Community Hub//Import//EN")
        calendar.add("VERSION", "2.0")
        for component in components:
            calendar.add_component(component)
        try:
            query = recurring_ical_events.of(calendar)
            found = list(islice(query.between(self.begin, self.end), MOST_DATES))
        except (ValueError, TypeError, OverflowError, AttributeError, KeyError):
            raise Skipped("rule") from None
        return found

    def _vet(self, component: Component) -> None:
        """Raises Skipped where a rule would run for ever, or has more dates than anybody plans."""
        rules: Any = component.get("RRULE", [])
        start = datetime_of(dt_of(component, "DTSTART"))
        if rules and start.year < 1900:
            raise Skipped("rule")
        for rule in rules if isinstance(rules, list) else [rules]:
            often = {name: len(rule.get(name, [])) for name in ("BYHOUR", "BYMINUTE", "BYSECOND")}
            if rule.get("FREQ", [""])[0] in ("SECONDLY", "MINUTELY", "HOURLY"):
                raise Skipped("often")
            if max(often.values()) > 1:
                raise Skipped("often")
            if min(rule.get("INTERVAL", [1]), default=1) < 1:  # dateutil would stand still
                raise Skipped("rule")
            wanted = {k: v for k, v in rule.items() if k not in ("UNTIL", "COUNT")}
            later = start.replace(year=2000 + start.year % 400 + LATER, tzinfo=None)
            try:
                text = type(rule)(wanted).to_ical().decode()
                first = next(iter(rrulestr(text, dtstart=later)), None)
            except (ValueError, TypeError, OverflowError, ZeroDivisionError, IndexError):
                raise Skipped("rule") from None
            if first is None:
                raise Skipped("never")

    def _entry(self, uid: str, component: Component, recurrence_id: str) -> Entry:
        begin, zone = self._moment(dt_of(component, "DTSTART"))
        end = self._end(component, begin)
        if end < begin:
            raise Skipped("ends-before")
        if end - begin > LONGEST:
            raise Skipped("too-long")
        place = one_line(text_of(component, "LOCATION"), LONGEST_PLACE * 2)
        link = web_address(first_link_of(component, place), LONGEST_LINK)
        if web_address(place):
            place = ""
        venue, address = venue_of(place)
        fields = {
            "title": one_line(text_of(component, "SUMMARY"), LONGEST_TITLE) or "–",
            "purpose": words_from(text_of(component, "DESCRIPTION")),
            "starts_at": begin,
            "ends_at": end,
            "timezone": zone,
            "venue": venue,
            "address": address,
            "link": link,
        }
        cancelled = text_of(component, "STATUS").upper() == "CANCELLED"
        online = bool(link) and not place
        return Entry(database_key(uid, 255), recurrence_id, cancelled, online, fields)

    def _end(self, component: Component, begin: datetime) -> datetime:
        start = dt_of(component, "DTSTART")
        if "DTEND" in component:
            return self._moment(dt_of(component, "DTEND"))[0]
        if "DURATION" in component:
            try:
                return begin + dt_of(component, "DURATION")
            except OverflowError:
                raise Skipped("too-long") from None
        if isinstance(start, datetime):
            return begin
        return self._moment(start + timedelta(days=1))[0]

    def _moment(self, at: date | datetime) -> tuple[datetime, str]:
        """In UTC, and the name of the timezone it is told in."""
        if not isinstance(at, datetime):
            at = datetime(at.year, at.month, at.day, tzinfo=self.zone)
        elif at.tzinfo is None:
            at = at.replace(tzinfo=self.zone)
        try:
            return at.astimezone(UTC), name_of(at.tzinfo) or self.zone_name
        except OverflowError:
            raise Skipped("date") from None
