"""Series: their rules, the dates that are made of them, and what edits do to one or to many."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
import time_machine
from django.test import Client

from events import local_time, series, tasks
from events.checks import NotPossible
from events.models import Event, Series
from events.series import Repeat
from events.verbs import series as verbs
from team import actions
from team.models import Action
from tests.make import make_attendance, make_event

pytestmark = pytest.mark.django_db
BERLIN = "Europe/Berlin"
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)  # a Tuesday
WRITTEN = {
    "title": "Repair café",
    "kind": "in_person",
    "starts_at": "2026-12-08T19:00",
    "ends_at": "2026-12-08T21:00",
    "timezone": BERLIN,
    "most_guests": "1",
    "visibility": "public",
}


@pytest.fixture(autouse=True)
def _december():
    with time_machine.travel(NOW, tick=False):
        yield


def tuesdays(by, *, count: int | None = 6, every: int = 1, **fields) -> list[Event]:
    """From 8 December 2026 on, 19:00 to 21:00 in Berlin."""
    start = datetime(2026, 12, 8, 18, tzinfo=UTC)
    event = make_event(starts_at=start, ends_at=start + timedelta(hours=2), **fields)
    verbs.begin(event, Repeat(series.WEEKLY, every=every, count=count), by=by)
    return dates()


def dates() -> list[Event]:
    return list(Event.objects.present().order_by("recurrence_id"))


def locals_of(events: list[Event]) -> list[str]:
    return [f"{local_time.in_place(row.starts_at, row.timezone):%m-%d %H:%M}" for row in events]


@pytest.mark.parametrize(
    ("repeat", "start", "rule", "following"),
    [
        (Repeat("weekly"), date(2026, 12, 8), "FREQ=WEEKLY;BYDAY=TU", ["12-15", "12-22"]),
        (
            Repeat("weekly", every=2, weekdays=(1, 3)),
            date(2026, 12, 8),
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH",
            ["12-10", "12-22"],
        ),
        (Repeat("weekday"), date(2026, 12, 8), "FREQ=MONTHLY;BYDAY=2TU", ["01-12", "02-09"]),
        (Repeat("weekday"), date(2026, 12, 29), "FREQ=MONTHLY;BYDAY=-1TU", ["01-26", "02-23"]),
        (Repeat("date"), date(2026, 12, 15), "FREQ=MONTHLY;BYMONTHDAY=15", ["01-15", "02-15"]),
        (Repeat("date"), date(2026, 12, 31), "FREQ=MONTHLY;BYMONTHDAY=-1", ["01-31", "02-28"]),
        (Repeat("date"), date(2027, 1, 30), "FREQ=MONTHLY;BYMONTHDAY=30", ["03-30", "04-30"]),
    ],
)
def test_a_rule_is_what_was_chosen_and_is_read_again(repeat, start, rule, following):
    first = datetime.combine(start, time(19))
    made = repeat.rule(first)
    assert made == rule
    assert [f"{each:%m-%d}" for each in series.first(made, first, 3)[1:]] == following
    assert series.read(made).rule(first) == made


def test_clock_time_stays_across_the_change_of_clocks(bob):
    rows = tuesdays(bob, count=None)
    spring = [row for row in rows if row.starts_at.date() in (date(2027, 3, 23), date(2027, 3, 30))]
    assert [row.starts_at.hour for row in spring] == [18, 17]
    assert {clock[-5:] for clock in locals_of(rows)} == {"19:00"}


def test_a_date_at_a_time_that_clocks_skip_is_an_hour_later_and_only_that_one(bob):
    start = datetime(2027, 3, 21, 1, 30, tzinfo=UTC)  # Sunday, 02:30 in Berlin
    event = make_event(starts_at=start, ends_at=start + timedelta(hours=1))
    verbs.begin(event, Repeat(series.WEEKLY, count=3), by=bob)
    assert locals_of(dates()) == ["03-21 02:30", "03-28 03:30", "04-04 02:30"]


def test_dates_are_made_a_year_ahead_and_the_job_makes_the_next_once(bob):
    rows = tuesdays(bob, count=None)
    assert (locals_of(rows)[0], rows[-1].starts_at.date()) == ("12-08 19:00", date(2027, 11, 30))
    assert len({row.uid for row in rows}) == 1
    assert len({row.recurrence_id for row in rows}) == len(rows)
    tasks.make_series_dates()
    assert len(dates()) == len(rows)
    with time_machine.travel(NOW + timedelta(days=14), tick=False):
        tasks.make_series_dates()
        tasks.make_series_dates()
    assert [row.starts_at.date() for row in dates()][len(rows) :] == [
        date(2027, 12, 7),
        date(2027, 12, 14),
    ]


def test_a_count_and_a_last_day_end_the_series(bob):
    assert len(tuesdays(bob, count=3)) == 3
    Event.objects.all().delete()
    event = make_event(starts_at=datetime(2026, 12, 8, 18, tzinfo=UTC))
    verbs.begin(event, Repeat(series.WEEKLY, until=date(2026, 12, 22)), by=bob)
    assert len(dates()) == 3


def test_what_was_begun_is_undone_but_dates_with_people_stay(bob):
    rows = tuesdays(bob)
    make_attendance(rows[2])
    assert actions.undo(Action.objects.get(verb="begin").group, by=bob) == 1
    assert [row.pk for row in dates()] == [rows[0].pk, rows[2].pk]
    rows[0].refresh_from_db()
    assert (rows[0].series, rows[0].recurrence_id) == (None, "")
    assert not Series.objects.filter(ended_at__isnull=True).exists()


def test_one_date_is_moved_by_itself_and_all_leaves_it_alone(bob):
    rows = tuesdays(bob)
    verbs.edit(
        rows[2], verbs.THIS, by=bob, starts_at=rows[2].starts_at + timedelta(days=1),
        ends_at=rows[2].ends_at + timedelta(days=1),
    )  # fmt: skip
    rows[2].refresh_from_db()
    assert (rows[2].moved, rows[2].recurrence_id) == (True, "20261222T180000Z")
    changes = verbs.edit(
        rows[0], verbs.ALL, by=bob, title="Later", starts_at=rows[0].starts_at + timedelta(hours=1),
        ends_at=rows[0].ends_at + timedelta(hours=1),
    )  # fmt: skip
    assert locals_of(dates()) == [
        *("12-08 20:00", "12-15 20:00", "12-23 19:00"),
        *("12-29 20:00", "01-05 20:00", "01-12 20:00"),
    ]
    assert {row.title for row in dates()} == {"Later"}
    changes.undo(by=bob)
    assert locals_of(dates())[:3] == ["12-08 19:00", "12-15 19:00", "12-23 19:00"]
    assert {row.title for row in dates()} == {"Berlin meet-up"}
    assert Series.objects.get().starts_local == "2026-12-08T19:00"


def test_this_and_those_after_leave_the_earlier_ones_alone(bob):
    rows = tuesdays(bob)
    verbs.edit(rows[3], verbs.FOLLOWING, by=bob, venue="Werk 2")
    assert [row.venue for row in dates()] == ["", "", "", "Werk 2", "Werk 2", "Werk 2"]


def test_tuesdays_become_thursdays_each_date_with_its_people(bob):
    rows = tuesdays(bob, count=None)
    there = make_attendance(rows[1])
    two = timedelta(days=2)
    verbs.edit(
        rows[1], verbs.FOLLOWING, by=bob, starts_at=rows[1].starts_at + two,
        ends_at=rows[1].ends_at + two,
    )  # fmt: skip
    after = dates()
    assert locals_of(after)[:3] == ["12-08 19:00", "12-17 19:00", "12-24 19:00"]
    assert there.event_id == after[1].pk
    assert {row.starts_at.astimezone(UTC).weekday() for row in after[1:]} == {3}
    assert Series.objects.get().rule == "FREQ=WEEKLY;BYDAY=TH"
    days = [row.starts_at.date() for row in after]
    assert len(set(days)) == len(days)


def test_the_second_tuesday_becomes_the_second_thursday_of_each_month(bob):
    start = datetime(2026, 12, 8, 18, tzinfo=UTC)
    event = make_event(starts_at=start, ends_at=start + timedelta(hours=2))
    verbs.begin(event, Repeat(series.BY_WEEKDAY, count=4), by=bob)
    event.refresh_from_db()
    two = timedelta(days=2)
    verbs.edit(event, verbs.ALL, by=bob, starts_at=start + two, ends_at=event.ends_at + two)
    assert locals_of(dates()) == ["12-10 19:00", "01-14 19:00", "02-11 19:00", "03-11 19:00"]


def test_a_shorter_series_removes_dates_and_cancels_those_with_people(bob):
    rows = tuesdays(bob)
    make_attendance(rows[4])
    changes = verbs.edit(
        rows[1], verbs.FOLLOWING, by=bob, repeat=Repeat(series.WEEKLY, weekdays=(1,), count=2)
    )
    assert [(row.pk, row.state) for row in dates()] == [
        *((row.pk, "published") for row in rows[:3]),
        (rows[4].pk, "cancelled"),
    ]
    changes.undo(by=bob)
    assert [(row.pk, row.state) for row in dates()] == [(row.pk, "published") for row in rows]


def test_every_week_becomes_every_other_week_without_a_date_twice(bob):
    rows = tuesdays(bob, count=None)
    verbs.edit(rows[0], verbs.ALL, by=bob, repeat=Repeat(series.WEEKLY, every=2, weekdays=(1,)))
    days = [row.starts_at.date() for row in dates()]
    assert days[:3] == [date(2026, 12, 8), date(2026, 12, 22), date(2027, 1, 5)]
    assert {(after - day).days for day, after in pairwise(days)} == {14}


def test_a_date_that_is_over_stays_as_it_was(bob):
    rows = tuesdays(bob)
    with time_machine.travel(NOW + timedelta(days=10), tick=False):
        verbs.edit(rows[2], verbs.ALL, by=bob, title="New words")
    assert [row.title for row in dates()][:2] == ["Berlin meet-up", "New words"]


def test_an_edit_that_one_date_refuses_changes_none_and_names_it(bob):
    rows = tuesdays(bob, capacity=5)
    make_attendance(rows[3], guests=2)
    with pytest.raises(NotPossible, match="29 December 2026: 3 seats are taken"):
        verbs.edit(rows[0], verbs.ALL, by=bob, capacity=2)
    assert {row.capacity for row in dates()} == {5}


def test_cancelling_all_ends_the_series_with_one_undo(bob):
    rows = tuesdays(bob, count=None)
    changes = verbs.cancel(rows[1], verbs.FOLLOWING, by=bob)
    assert {row.state for row in dates()[1:]} == {"cancelled"}
    assert dates()[0].state == "published"
    with time_machine.travel(NOW + timedelta(days=60), tick=False):
        tasks.make_series_dates()
        assert len(dates()) == len(rows)
    changes.undo(by=bob)
    assert {row.state for row in dates()} == {"published"}
    assert Series.objects.get().ended_at is None


def test_drafts_are_published_together_and_new_dates_are_published_too(bob):
    rows = tuesdays(bob, count=None, state="draft", published_at=None)
    verbs.publish(rows[0], verbs.ALL, by=bob)
    with time_machine.travel(NOW + timedelta(days=14), tick=False):
        tasks.make_series_dates()
    assert {row.state for row in dates()} == {"published"}


def test_another_date_is_like_the_newest_edit_and_its_own(bob):
    rows = tuesdays(bob)
    verbs.edit(rows[1], verbs.FOLLOWING, by=bob, venue="Werk 2")
    verbs.add_date(rows[0], datetime(2026, 12, 18, 18, tzinfo=UTC), by=bob)
    extra = Event.objects.get(moved=True)
    assert (extra.venue, extra.state, extra.series_id) == ("Werk 2", "draft", rows[0].series_id)
    with pytest.raises(NotPossible, match="at that time already"):
        verbs.add_date(rows[0], rows[1].starts_at, by=bob)


# By its form -------------------------------------------------------------------------------------


def test_the_form_makes_a_series_and_edits_it(bob):
    client = Client()
    client.force_login(bob)
    repeat = {"repeats": "weekday", "every": "1", "count": "3"}
    client.post("/events/new/", {**WRITTEN, **repeat})
    rows = dates()
    assert locals_of(rows) == ["12-08 19:00", "01-12 19:00", "02-09 19:00"]
    page = client.get(rows[1].get_absolute_url()).content.decode()
    assert "Every month on the 2nd Tuesday, 3 dates" in page
    form = {**WRITTEN, **repeat, "starts_at": "2027-01-12T20:00", "ends_at": "2027-01-12T22:00"}
    client.post(f"/events/{rows[1].pk}/details/", {**form, "scope": "following"})
    assert locals_of(dates()) == ["12-08 19:00", "01-12 20:00", "02-09 20:00"]


def test_the_form_says_which_day_is_missing(bob):
    client = Client()
    client.force_login(bob)
    form = {**WRITTEN, "repeats": "weekly", "weekdays": ["3"]}
    answer = client.post("/events/new/", form)
    assert answer.status_code == 422
    assert "Tuesday is not one of the days it repeats on" in answer.content.decode()
    assert not Event.objects.exists()
