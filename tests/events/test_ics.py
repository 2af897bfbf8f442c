"""Calendar entries, read back by three readers: icalendar, vobject and a small one of our own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
import vobject
from dateutil.tz import tzical
from icalendar import Calendar

from events import ics
from events.ics_zones import vtimezone
from events.models import Answer, State, Visibility
from events.verbs import editing
from members.models import Identity
from tests.make import make_attendance, make_event, make_member

from .calendar_checks import entries

pytestmark = pytest.mark.django_db

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2027, 3, 28, 18, 0, tzinfo=BERLIN)  # summer time began that morning


def read(data: bytes):
    """The one event as icalendar and vobject read it."""
    entries(data)
    theirs = vobject.readOne(data.decode())
    return Calendar.from_ical(data).events[0], theirs.vevent


def coming(email: str = "ana@example.org", **fields):
    member = make_member(name=fields.pop("name", "Ana"))
    Identity.objects.create(member=member, network="email", external_id=email, email=email)
    event = make_event(starts_at=START, **fields.pop("event", {}))
    return make_attendance(event, member, **fields)


def test_readers_agree_on_when_and_where_it_is():
    event = make_event(starts_at=START, venue="Café Zoë", address="Hauptstraße 1, Berlin")
    one, other = read(ics.for_event(event))
    assert one.start == other.dtstart.value == START
    assert one.end == other.dtend.value == START + timedelta(hours=2)
    place = "Café Zoë, Hauptstraße 1, Berlin"
    assert one["LOCATION"] == other.location.value == place
    assert one["STATUS"] == "CONFIRMED"


def test_what_it_is_for_is_told_without_marks_and_over_several_lines():
    event = make_event(purpose="**Talk**; with, commas\\n\n\n- one\n- two", title="A; b, c\\ d" * 9)
    one, other = read(ics.for_event(event))
    assert str(one["DESCRIPTION"]).startswith("Talk; with, commas")
    assert other.summary.value == event.title


@pytest.mark.parametrize(
    "name",
    ['Ana "The" Ñandú', "x\r\nATTENDEE:mailto:evil@example.org", "a;b:c,d", "\u202e" + "é" * 90],
)
def test_a_hostile_name_stays_a_name(name):
    row = coming(name=name)
    one, _other = read(ics.for_attendance(row))
    assert str(one["ATTENDEE"]) == "mailto:ana@example.org"


def test_a_hostile_link_stays_one_line():
    event = make_event(kind="content", link="https://example.org/\r\nSUMMARY:x")
    one, _other = read(ics.for_event(event))
    assert one["SUMMARY"] == event.title


def test_a_change_has_a_higher_sequence_and_the_same_uid(bob):
    row = coming()
    before, _ = read(ics.for_attendance(row))
    editing.edit(row.event, by=bob, venue="Elsewhere")
    row.event.refresh_from_db()
    after, _ = read(ics.for_attendance(row))
    assert before["UID"] == after["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]


@pytest.mark.parametrize(
    ("answer", "said", "status"),
    [
        (Answer.GOING, "ACCEPTED", "CONFIRMED"),
        (Answer.MAYBE, "TENTATIVE", "TENTATIVE"),
        (Answer.DECLINED, "DECLINED", "CONFIRMED"),
    ],
)
def test_the_answer_stands_in_the_entry(answer, said, status):
    one, _ = read(ics.for_attendance(coming(answer=answer)))
    assert one["ATTENDEE"].params["PARTSTAT"] == said
    assert one["STATUS"] == status


def test_a_cancellation_takes_it_out_of_their_calendar():
    data = ics.for_attendance(coming(event={"state": State.CANCELLED}), "CANCEL")
    one, _ = read(data)
    assert one["STATUS"] == "CANCELLED"
    assert b"METHOD:CANCEL" in data


def test_only_who_is_going_gets_the_address_to_join():
    online = {"kind": "online", "link": "https://meet.example.org/secret"}
    assert b"secret" in ics.for_attendance(coming(event=online))
    row = coming("eve@example.org", event=online, answer=Answer.MAYBE)
    assert b"secret" not in ics.for_attendance(row)
    assert b"secret" not in ics.for_event(row.event)


def test_dates_of_a_series_have_a_uid_each():
    one = make_event(uid="a@hub", recurrence_id="20270601T160000Z")
    two = make_event(uid="a@hub", recurrence_id="20270608T160000Z")
    found = entries(ics.feed([one, two], "Ours"))
    assert {row["UID"] for row in found} == {"a-20270601T160000Z@hub", "a-20270608T160000Z@hub"}
    assert not any("RECURRENCE-ID" in row for row in found)


def test_what_was_imported_is_told_under_a_uid_of_ours():
    event = make_event(uid="theirs@example.org", feed="feed:1")
    assert entries(ics.for_event(event))[0]["UID"] != "theirs@example.org"


def test_from_midnight_to_midnight_is_told_as_whole_days():
    start = datetime(2027, 10, 30, tzinfo=BERLIN)
    event = make_event(starts_at=start, ends_at=datetime(2027, 11, 1, tzinfo=BERLIN))
    one, other = read(ics.for_event(event))
    assert (str(one.start), str(one.end)) == ("2027-10-30", "2027-11-01")
    assert other.dtstart.value == one.start


def test_an_event_without_length_has_no_end():
    event = make_event(starts_at=START, ends_at=START)
    assert "DTEND" not in entries(ics.for_event(event))[0]


def test_a_timezone_that_no_longer_exists_leaves_the_moment_right():
    event = make_event(starts_at=START, timezone="Europe/Atlantis")
    assert read(ics.for_event(event))[0].start == START


def test_a_team_only_event_links_to_the_team_s_page():
    event = make_event(visibility=Visibility.TEAM)
    assert event.get_absolute_url() in ics.for_event(event).decode().replace("\r\n ", "")


def test_the_same_events_give_the_same_bytes():
    rows = [make_event(), make_event()]
    assert ics.feed(rows, "Ours") == ics.feed(rows, "Ours")


def test_a_timezone_is_told_alike_in_calendars_of_different_years():
    def zone(start: datetime) -> bytes:
        data = ics.for_event(make_event(starts_at=start))
        return data[data.index(b"BEGIN:VTIMEZONE") : data.index(b"END:VTIMEZONE")]

    assert zone(START) == zone(START.replace(year=2030))


@pytest.mark.parametrize(
    "name",
    [
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
        "America/Mexico_City",
    ],
)
def test_a_timezone_says_the_same_as_the_database_at_every_hour(name):
    zone = vtimezone(name, 2020, 2037).to_ical().decode()
    theirs = tzical(StringIO(zone)).get()
    assert "RDATE" not in zone  # of which some readers take the first alone
    at = datetime(2026, 1, 1, tzinfo=UTC)
    while at.year < 2028:
        local = at.astimezone(ZoneInfo(name))
        naive = local.replace(tzinfo=None)
        if not local.fold:
            assert naive.replace(tzinfo=theirs).utcoffset() == local.utcoffset(), naive
        at += timedelta(hours=1)
