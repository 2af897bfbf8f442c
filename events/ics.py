"""Events as calendar entries (RFC 5545): of one event, of many, and for one person who comes.

Loads the icalendar library: import it in the function that makes an entry, not at start.
Each date of a series is an entry of its own, with a UID of its own: a RECURRENCE-ID without the
entry that repeats is refused or shown wrong by several calendars; see docs/decisions.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, vCalAddress, vText
from icalendar import Event as Entry

from community_hub.lib.text import one_line, storable
from members.models import Identity
from team.models import Hub

from .calendar_words import lasts_whole_days, page_of, place_of, second, words_of, zone_of
from .ics_zones import vtimezone
from .models import Answer, Attendance, Event, State

PRODUCT = "-//Community Hub//Events//EN"
REFRESHED = timedelta(hours=1)
YEARS = (2020, 2037)  # at least these, of each timezone

_SAID = {
    Answer.INVITED: "NEEDS-ACTION",
    Answer.GOING: "ACCEPTED",
    Answer.MAYBE: "TENTATIVE",
    Answer.WAITING: "TENTATIVE",
    Answer.DECLINED: "DECLINED",
}
_STATUS = {
    State.DRAFT: "TENTATIVE",
    State.PUBLISHED: "CONFIRMED",
    State.CANCELLED: "CANCELLED",
}


def for_event(event: Event) -> bytes:
    """For whoever downloads it from the public page: without the address to join online."""
    return _calendar([event], "PUBLISH").to_ical()


def for_attendance(attendance: Attendance, method: str = "REQUEST") -> bytes:
    """For who comes, as a mail carries it. `method`: "REQUEST" tells of the event and of each
    change, by its SEQUENCE; "CANCEL" takes it out of their calendar. ValueError for others."""
    if method not in ("REQUEST", "CANCEL"):
        raise ValueError(f"no such method: {method}")
    event = attendance.event
    calendar = _calendar([event], method, joins=attendance.answer == Answer.GOING)
    entry = calendar.events[0]
    if method == "CANCEL":
        entry["STATUS"] = vText("CANCELLED")
    elif event.state != State.CANCELLED and attendance.answer in (Answer.MAYBE, Answer.WAITING):
        entry["STATUS"] = vText("TENTATIVE")
    email = _email_of(attendance)
    if email:
        entry.add("ATTENDEE", _attendee(attendance, email))
    entry["DTSTAMP"] = _stamp(timezone.now())  # a later one of the same SEQUENCE counts
    return calendar.to_ical()


def feed(events: Iterable[Event], name: str, *, joins: bool = False) -> bytes:
    """Many, for a calendar that reads them again and again. `joins`: with the addresses to join
    online, which strangers are not told. The same events give the same bytes."""
    return _calendar(events, "PUBLISH", name=name, joins=joins).to_ical()


def uid_of(event: Event) -> str:
    """What imported events are called elsewhere is not ours to send: whoever has the original in
    their calendar would have it changed by us."""
    if event.feed:
        return f"{event.slug}@community-hub"
    before, at, after = event.uid.rpartition("@")
    if not event.recurrence_id:
        return event.uid
    return f"{before}-{event.recurrence_id}{at}{after}" if at else f"{after}-{event.recurrence_id}"


# Below ------------------------------------------------------------------------------------------


def _calendar(
    events: Iterable[Event], method: str, *, name: str = "", joins: bool = False
) -> Calendar:
    rows = list(events)
    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", method)
    if name:
        calendar.add("X-WR-CALNAME", one_line(name, 200))
        calendar.add("REFRESH-INTERVAL", REFRESHED, {"VALUE": "DURATION"})
        calendar.add("X-PUBLISHED-TTL", REFRESHED)
    for zone, first, last in _zones(rows):
        calendar.add_component(vtimezone(zone, first, last))
    organiser = _organiser()
    for row in rows:
        calendar.add_component(_entry(row, organiser, joins))
    return calendar


def _zones(rows: Iterable[Event]) -> list[tuple[str, int, int]]:
    """Names of those that entries are dated by, with the first and the last year to be told. Some
    readers keep the first timezone of a name that they meet, also for later calendars: so each is
    told for more years than this one needs."""
    years: dict[str, set[int]] = {}
    for row in rows:
        zone = zone_of(row.timezone)
        if zone is UTC or row.timezone in ("UTC", "Etc/UTC") or lasts_whole_days(row):
            continue
        there = (row.starts_at.astimezone(zone), row.ends_at.astimezone(zone))
        years.setdefault(row.timezone, set(YEARS)).update(at.year for at in there)
    return [(name, min(found), max(found)) for name, found in sorted(years.items())]


def _entry(event: Event, organiser: vCalAddress, joins: bool) -> Entry:
    entry = Entry()
    entry.add("UID", uid_of(event))
    entry.add("DTSTAMP", second(event.changed_at))
    entry.add("CREATED", second(event.created_at))
    entry.add("LAST-MODIFIED", second(event.changed_at))
    entry.add("SEQUENCE", event.sequence)
    entry.add("DTSTART", _moment(event, event.starts_at))
    if event.ends_at > event.starts_at:  # DTEND has to be later
        entry.add("DTEND", _moment(event, event.ends_at))
    entry.add("STATUS", _STATUS[State(event.state)])
    entry.add("SUMMARY", one_line(event.title, 200) or _("Event"))
    words = [storable(words_of(event))]
    if event.link and (joins or event.is_content):
        words.append(_address(event.link))
    if any(words):
        entry.add("DESCRIPTION", "\n\n".join(filter(None, words)))
    place = one_line(place_of(event), 500)
    if event.kind in ("online", "hybrid"):
        online = _address(event.link) if event.link and joins else _("Online")
        place = f"{place} / {online}" if place else online
    if place:
        entry.add("LOCATION", place)
    entry.add("URL", page_of(event))
    entry.add("ORGANIZER", organiser)
    if event.is_content:
        entry.add("TRANSP", "TRANSPARENT")  # keeps nobody busy
    return entry


def _moment(event: Event, at: datetime) -> datetime | date:
    zone = zone_of(event.timezone)
    if lasts_whole_days(event):
        return at.astimezone(zone).date()
    utc = event.timezone in ("UTC", "Etc/UTC")
    return second(at) if utc else at.astimezone(zone).replace(microsecond=0)


def _stamp(at: datetime) -> Any:
    made = Entry()
    made.add("DTSTAMP", second(at))
    return made["DTSTAMP"]


def _organiser() -> vCalAddress:
    """The hub: a colleague's own address is not given to strangers."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return _person(address, str(Hub.current() or name or "Community Hub"))


def _attendee(attendance: Attendance, email: str) -> vCalAddress:
    person = _person(email, attendance.member.name)
    person.params["CUTYPE"] = vText("INDIVIDUAL")
    person.params["ROLE"] = vText("REQ-PARTICIPANT")
    person.params["PARTSTAT"] = vText(_SAID[Answer(attendance.answer)])
    person.params["RSVP"] = vText("FALSE")  # they answer on the page
    return person


def _person(address: str, name: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    quotable = one_line(name, 100).replace('"', "'")  # no quotation mark may stand in a parameter
    if quotable:
        person.params["CN"] = vText(quotable)
    return person


def _email_of(attendance: Attendance) -> str:
    """The newest address that was confirmed, else the newest that is known."""
    known = Identity.objects.filter(member=attendance.member_id, network="email")
    rows = sorted(known, key=lambda row: (bool(row.email), row.pk), reverse=True)
    return _address(rows[0].external_id) if rows else ""


def _address(text: str) -> str:
    """Without what would end the line."""
    return "".join(storable(text).split())
