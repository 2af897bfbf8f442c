"""Calendars from outside, as they come: of Outlook, of Google, broken, endless."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from events import ical_reading
from events.ical_lines import NotACalendar
from events.ical_reading import Reading, TooSlow, read

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


def calendar(*events: str, top: str = "", zones: str = "") -> bytes:
    body = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{top}{zones}{body}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def reading(*events: str, **more) -> Reading:
    return read(calendar(*events, **more), now=NOW, zone="Europe/Berlin")


def starts(found: Reading) -> list[str]:
    return [f"{entry.fields['starts_at']:%Y-%m-%d %H:%M}" for entry in found.entries]


def test_a_plain_event_with_its_place_its_words_and_its_timezone():
    found = reading(
        "UID:1\nDTSTART;TZID=Europe/Lisbon:20261210T180000\nDTEND;TZID=Europe/Lisbon:20261210T200000\n"
        "SUMMARY:Talk\\, and tea\nDESCRIPTION:One\\n\\nTwo\nLOCATION:Café\\, Rua 1\n"
        "URL:https://example.org/talk"
    )
    (entry,) = found.entries
    assert starts(found) == ["2026-12-10 18:00"]
    assert entry.fields["ends_at"] - entry.fields["starts_at"] == timedelta(hours=2)
    assert entry.fields["timezone"] == "Europe/Lisbon"
    assert entry.fields["title"] == "Talk, and tea"
    assert entry.fields["purpose"] == "One\n\nTwo"
    assert entry.fields["venue"] == "Café, Rua 1"
    assert entry.fields["link"] == "https://example.org/talk"
    assert not found.skipped


@pytest.mark.parametrize(
    ("name", "hour"),
    [
        ("W. Europe Standard Time", "09:00"),
        ('"(UTC+01:00) Amsterdam, Berlin, Bern, Rome"', "09:00"),
        ("/citadel.org/20210210_1/Europe/Berlin", "09:00"),
        ("Pacific Standard Time", "18:00"),
        ("europe/berlin", "09:00"),
    ],
)
def test_outlook_s_names_of_timezones_are_understood(name, hour):
    found = reading(f"UID:1\nDTSTART;TZID={name}:20261210T100000\nSUMMARY:x")
    assert starts(found) == [f"2026-12-10 {hour}"]


ZONE = """BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:16010101T020000
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
RRULE:FREQ=SECONDLY;BYMONTH=3;BYDAY=2SU
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
END:DAYLIGHT
END:VTIMEZONE
"""


def test_a_timezone_of_the_calendar_s_own_is_told_by_its_offsets_and_runs_no_rule():
    found = reading(
        "UID:1\nDTSTART;TZID=Customized Time Zone:20261210T100000\nSUMMARY:x",
        "UID:2\nDTSTART;TZID=Customized Time Zone:20270710T100000\nSUMMARY:x",
        zones=ZONE,
    )
    assert starts(found) == ["2026-12-10 15:00", "2027-07-10 14:00"]


def test_one_calendar_s_timezones_are_not_those_of_the_next():
    event = "UID:1\nDTSTART;TZID=Customized Time Zone:20261210T100000\nSUMMARY:x"
    reading(event, zones=ZONE)
    assert reading(event).skipped == {"zone": 1}


def test_a_series_keeps_its_clock_time_across_summer_time_and_loses_what_is_excepted():
    found = reading(
        "UID:1\nDTSTART;TZID=Europe/Berlin:20270322T190000\nRRULE:FREQ=WEEKLY;COUNT=3\n"
        "EXDATE;TZID=Europe/Berlin:20270329T190000\nSUMMARY:x"
    )
    assert starts(found) == ["2027-03-22 18:00", "2027-04-05 17:00"]
    assert [e.recurrence_id for e in found.entries] == ["20270322T180000Z", "20270405T170000Z"]


def test_moved_and_cancelled_dates_of_a_series():
    found = reading(
        "UID:1\nDTSTART:20261207T180000Z\nRRULE:FREQ=WEEKLY;COUNT=3\nSUMMARY:Weekly",
        "UID:1\nRECURRENCE-ID:20261214T180000Z\nDTSTART:20261215T190000Z\nSUMMARY:Moved",
        "UID:1\nRECURRENCE-ID:20261221T180000Z\nDTSTART:20261221T180000Z\nSUMMARY:x\nSTATUS:CANCELLED",
    )
    assert starts(found) == ["2026-12-07 18:00", "2026-12-15 19:00", "2026-12-21 18:00"]
    assert [e.recurrence_id for e in found.entries][1] == "20261214T180000Z"
    assert [e.is_cancelled for e in found.entries] == [False, False, True]


def test_a_series_without_end_is_read_for_twelve_months():
    found = reading("UID:1\nDTSTART:20200106T180000Z\nRRULE:FREQ=WEEKLY\nSUMMARY:x")
    assert len(found.entries) == 53
    daily = reading("UID:1\nDTSTART:20200106T180000Z\nRRULE:FREQ=DAILY\nSUMMARY:x")
    assert 366 <= len(daily.entries) <= 368


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("FREQ=SECONDLY", "often"),
        ("FREQ=DAILY;BYMINUTE=1,2,3", "often"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "never"),
        ("FREQ=SOMETIMES", "rule"),
        ("FREQ=DAILY;INTERVAL=0", "rule"),
    ],
)
def test_rules_that_never_end_or_never_come_true_are_skipped_at_once(rule, reason):
    found = reading(
        f"UID:1\nDTSTART:20200101T100000Z\nRRULE:{rule}\nSUMMARY:x",
        "UID:2\nDTSTART:20261210T100000Z\nSUMMARY:fine",
    )
    assert found.skipped == {reason: 1}
    assert found.unread == {"1"}
    assert len(found.entries) == 1


def test_all_day_events_go_from_midnight_to_midnight():
    found = reading("UID:1\nDTSTART;VALUE=DATE:20261210\nDTEND;VALUE=DATE:20261212\nSUMMARY:Camp")
    (entry,) = found.entries
    assert starts(found) == ["2026-12-09 23:00"]
    assert entry.fields["ends_at"] - entry.fields["starts_at"] == timedelta(days=2)
    one = reading("UID:1\nDTSTART;VALUE=DATE:20261210\nSUMMARY:Day").entries[0]
    assert one.fields["ends_at"] - one.fields["starts_at"] == timedelta(days=1)


def test_times_without_a_timezone_are_those_of_the_calendar_or_the_hub():
    event = "UID:1\nDTSTART:20261210T100000\nSUMMARY:x"
    assert starts(reading(event)) == ["2026-12-10 09:00"]
    assert starts(reading(event, top="X-WR-TIMEZONE:America/New_York\n")) == ["2026-12-10 15:00"]


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ("DTSTART:20261210T100000Z\nSUMMARY:x", "no-uid"),
        ("UID:1\nSUMMARY:x", "date"),
        ("UID:1\nDTSTART:2026-12-10\nSUMMARY:x", "date"),
        ("UID:1\nDTSTART:20261210T100000Z\nDTEND:20261209T100000Z\nSUMMARY:x", "ends-before"),
        ("UID:1\nDTSTART:20261210T100000Z\nDURATION:P90D\nSUMMARY:x", "too-long"),
        ("UID:1\nDTSTART;TZID=Atlantis:20261210T100000\nSUMMARY:x", "zone"),
    ],
)
def test_what_cannot_be_read_is_counted_by_reason_and_costs_only_itself(event, reason):
    found = reading(event, "UID:2\nDTSTART:20261210T100000Z\nSUMMARY:fine")
    assert found.skipped == {reason: 1}
    assert [entry.uid for entry in found.entries] == ["2"]


def test_a_broken_line_costs_the_line():
    found = reading("UID:1\nDTSTART:20261210T100000Z\nthis is no line\nSUMMARY:x\nGEO:north")
    assert found.entries[0].fields["title"] == "x"
    assert found.skipped["line"] == 2


def test_an_event_that_was_not_ended_does_not_swallow_the_next():
    data = calendar("UID:1\nDTSTART:20261210T100000Z\nSUMMARY:x", "UID:2\nDTSTART:20261211T100000Z")
    data = data.replace(b"SUMMARY:x\r\nEND:VEVENT\r\n", b"SUMMARY:x\r\n")
    assert [entry.uid for entry in read(data, now=NOW, zone="UTC").entries] == ["2"]


def test_html_in_a_description_becomes_markdown_without_scripts():
    found = reading(
        "UID:1\nDTSTART:20261210T100000Z\nSUMMARY:x\n"
        'DESCRIPTION:<p>Come to <b>us</b></p><script>alert(1)</script><a href="https://a.example">in</a>'
    )
    words = found.entries[0].fields["purpose"]
    assert "Come to **us**" in words
    assert "script" not in words


def test_a_conference_link_makes_it_online():
    (entry,) = reading(
        "UID:1\nDTSTART:20261210T100000Z\nSUMMARY:x\nLOCATION:https://meet.example.org/a"
    ).entries
    assert (entry.is_online, entry.fields["venue"]) == (True, "")
    assert entry.fields["link"] == "https://meet.example.org/a"


def test_what_is_over_is_left_out():
    assert not reading("UID:1\nDTSTART:20200101T100000Z\nSUMMARY:x").entries


@pytest.mark.parametrize("data", [b"", b"<html>Sign in</html>", b"\x89PNG\r\n" * 50])
def test_what_is_no_calendar_is_said(data):
    with pytest.raises(NotACalendar):
        read(data, now=NOW, zone="UTC")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding):
    data = calendar("UID:1\nDTSTART:20261210T100000Z\nSUMMARY:Café").decode().encode(encoding)
    assert read(data, now=NOW, zone="UTC").entries[0].fields["title"] == "Café"


def test_a_calendar_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(ical_reading, "SECONDS", -1.0)
    with pytest.raises(TooSlow):
        reading("UID:1\nDTSTART:20261210T100000Z\nSUMMARY:x")


def test_more_dates_than_are_kept_are_cut_at_the_end(monkeypatch):
    monkeypatch.setattr(ical_reading, "MOST_ENTRIES", 3)
    found = reading("UID:1\nDTSTART:20261207T180000Z\nRRULE:FREQ=DAILY\nSUMMARY:x")
    assert (len(found.entries), found.is_cut) == (3, True)
