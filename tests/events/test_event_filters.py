"""The list and the calendar of events: queries, saved views, days of the hub."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community_hub.lib.query import Mistake
from events.filters import EVENTS
from events.listing import EventListing, count
from events.models import Answer, EventTag, Kind
from members.models import Tag
from team.models import Hub, User
from tests.make import make_attendance, make_event, make_view

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)  # a Tuesday


@pytest.fixture(autouse=True)
def _december():
    with time_machine.travel(NOW, tick=False):
        yield


def browser(user: User) -> Client:
    made = Client()
    made.force_login(user)
    return made


def at(day: int, hour: int = 18, month: int = 12, **fields):
    start = datetime(2026, month, day, hour, tzinfo=UTC)
    return make_event(starts_at=start, **fields)


def found(user: User, text: str) -> set[str]:
    listing = EventListing.parse({"q": text})
    return {str(event) for event in listing.found(user)}


@pytest.fixture
def events(bob, lena):
    berlin = at(5, title="Berlin meet-up", venue="Werk 2", host=bob, capacity=20)
    make_attendance(berlin, guests=2)
    make_attendance(berlin, answer=Answer.MAYBE)
    EventTag.objects.create(event=berlin, tag=Tag.objects.create(name="Meet-up"))
    ama = at(8, title="AMA with Ines", kind=Kind.CONTENT, purpose="Ask her about clocks")
    ama.co_hosts.add(bob)
    at(20, title="Old stream", month=11, kind=Kind.ONLINE, host=lena)
    at(9, title="Draft", state="draft", published_at=None)
    at(10, title="Off", state="cancelled")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("werk", {"Berlin meet-up"}),
        ("clocks", {"AMA with Ines"}),
        ("is:past", {"Old stream"}),
        ("is:draft", {"Draft"}),
        ("is:cancelled", {"Off"}),
        ("is:upcoming -is:draft -is:cancelled", {"Berlin meet-up", "AMA with Ines"}),
        ("is:mine", {"Berlin meet-up", "AMA with Ines"}),
        ("host:lena", {"Old stream"}),
        ("host:me", {"Berlin meet-up", "AMA with Ines"}),
        ("tag:meet-up", {"Berlin meet-up"}),
        ("kind:online or kind:content", {"Old stream", "AMA with Ines"}),
        ("kind:in-person going:0", {"Draft", "Off"}),
        ("going:>2", {"Berlin meet-up"}),
        ("going:3", {"Berlin meet-up"}),
        ("-going:>2 is:upcoming", {"AMA with Ines", "Draft", "Off"}),
        ("before:2026-12-01", {"Old stream"}),
        ("after:2026-12-09", {"Draft", "Off"}),
        ("on:2026-12-05", {"Berlin meet-up"}),
        ("is:series", set()),
    ],
)
def test_each_operator_finds_its_events(bob, events, text, expected):
    assert found(bob, text) == expected
    assert count(bob, text, 100) == len(expected)


@pytest.mark.parametrize("text", ["going:many", "tag:nothing", "kind:party", "host:zed", "on:soon"])
def test_what_cannot_be_looked_for_is_said(bob, events, text):
    with pytest.raises(Mistake):
        found(bob, text)
    page = browser(bob).get("/events/", {"q": text})
    assert page.status_code == 200
    assert "data-mistake" in page.content.decode()


def test_every_example_of_the_help_can_be_read():
    for row in EVENTS.help():
        EVENTS.parse(row.example)


def test_the_list_begins_with_what_comes_next_and_past_is_a_switch(bob, events):
    client = browser(bob)
    rows = client.get("/events/").context["page"].rows
    assert [str(row) for row in rows] == ["Berlin meet-up", "AMA with Ines", "Draft", "Off"]
    assert (rows[0].seats_going, rows[0].waiting) == (3, 0)
    assert [str(row) for row in client.get("/events/?when=past").context["page"].rows] == [
        "Old stream"
    ]


def test_a_saved_view_opens_with_its_query_in_all_of_time(bob, events):
    view = make_view(bob, "Past", kind="events", text="is:past", order="-start")
    page = browser(bob).get("/events/", {"view": view.pk})
    assert [str(row) for row in page.context["page"].rows] == ["Old stream"]
    assert "<h1" in page.content.decode()
    assert not page.context["bar"].is_changed


def test_what_the_upcoming_list_saves_finds_the_same(bob, events):
    bar = browser(bob).get("/events/").context["bar"]
    assert (bar.text, bar.order) == ("is:upcoming", "start")
    assert found(bob, bar.text) == {"Berlin meet-up", "AMA with Ines", "Draft", "Off"}


def test_more_events_follow_by_a_cursor(bob):
    for number in range(45):
        at(2 + number % 20, title=f"Event {number}")
    client = browser(bob)
    first = client.get("/events/").context["page"]
    rest = client.get(f"/events/?{first.next_query}").context["page"]
    assert (len(first.rows), len(rest.rows), rest.more) == (40, 5, "")
    assert len({row.pk for row in [*first.rows, *rest.rows]}) == 45


def test_the_list_says_when_it_is_empty_and_when_nothing_matches(bob):
    client = browser(bob)
    assert "No upcoming events" in client.get("/events/").content.decode()
    assert "No matching events" in client.get("/events/?q=nothing").content.decode()
    assert "No past events" in client.get("/events/?when=past").content.decode()


# The calendar -----------------------------------------------------------------------------------


def on_days(page) -> dict[str, list[str]]:
    days = page.context["grid"].days
    return {f"{day.date:%m-%d}": [str(row) for row in day.events] for day in days if day.events}


def test_a_month_has_whole_weeks_and_its_events_on_their_days(bob, events):
    page = browser(bob).get("/events/?show=month")
    grid = page.context["grid"]
    assert (grid.title, len(grid.weeks)) == ("December 2026", 5)
    assert (grid.days[0].date.isoformat(), grid.days[-1].date.isoformat()) == (
        "2026-11-30",
        "2027-01-03",
    )
    assert on_days(page) == {
        "12-05": ["Berlin meet-up"],
        "12-08": ["AMA with Ines"],
        "12-09": ["Draft"],
        "12-10": ["Off"],
    }
    assert [day.date.day for day in grid.days if day.is_today] == [1]
    assert "on=2026-11-01" in page.context["previous"]
    assert "on=2027-01-01" in page.context["next"]


def test_days_are_those_of_the_hub_and_times_those_of_the_reader(bob):
    Hub.objects.update_or_create(pk=1, defaults={"timezone": "Asia/Tokyo"})
    User.objects.filter(pk=bob.pk).update(timezone="America/New_York")
    at(5, hour=20, title="Late")  # Sunday 05:00 in Tokyo, Saturday 15:00 in New York
    page = browser(bob).get("/events/?show=month")
    assert on_days(page) == {"12-06": ["Late"]}
    words = page.content.decode()
    assert ">15:00</time>" in words
    assert "Saturday, 5 December, 21:00 to 23:00 in Europe/Berlin" in words


def test_an_event_of_several_days_stands_on_each_and_not_on_the_day_it_ends_at_midnight(bob):
    start = datetime(2026, 12, 11, 12, tzinfo=UTC)
    make_event("Camp", starts_at=start, ends_at=datetime(2026, 12, 13, 0, tzinfo=UTC))
    assert list(on_days(browser(bob).get("/events/?show=week&on=2026-12-09"))) == ["12-11", "12-12"]


def test_a_busy_day_of_a_month_leads_to_its_week(bob):
    for number in range(6):
        at(5, title=f"Event {number}")
    client = browser(bob)
    day = next(day for day in client.get("/events/?show=month").context["grid"].days if day.events)
    assert (len(day.events), day.more) == (4, 2)
    week = client.get("/events/?show=week&on=2026-12-05")
    assert len(on_days(week)["12-05"]) == 6
    assert week.context["grid"].title == "30 November to 6 December 2026"


@pytest.mark.parametrize("on", ["", "soon", "9999-12-31", "2026-13-01", "0001-01-01"])
def test_a_day_that_no_calendar_has_is_today(bob, on):
    page = browser(bob).get("/events/", {"show": "month", "on": on})
    assert page.context["grid"].title == "December 2026"


@pytest.mark.parametrize("address", ["/events/", "/events/?show=month", "/events/?show=week"])
def test_the_same_queries_with_few_events_as_with_many(bob, address):
    client = browser(bob)
    at(2, host=bob)
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(30):
        event = at(2 + number % 3, host=bob)
        make_attendance(event)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few) <= 12


def test_who_comes_back_from_a_week_keeps_the_search(bob, events):
    page = browser(bob).get("/events/?show=week&q=kind:content&on=2026-12-08")
    assert on_days(page) == {"12-08": ["AMA with Ines"]}
    assert "q=kind%3Acontent" in page.context["next"]
    assert timedelta(days=7) == page.context["grid"].next - page.context["grid"].days[0].date
