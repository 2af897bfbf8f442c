"""Imported calendars over time: nothing twice, nothing lost, nothing fetched from inside."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from events import feed_pull, tasks
from events.models import Answer, Event, Feed, State, Visibility
from events.verbs import attending, editing, feeds
from inbox.connectors.local_server import Answer as Web
from inbox.connectors.local_server import LocalServer
from tests.make import make_attendance, make_event, make_member

pytestmark = pytest.mark.django_db


def ical(*events: str) -> bytes:
    body = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{body}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def one(uid: str = "1", title: str = "Talk", *, days: int = 10, more: str = "") -> str:
    start = timezone.now() + timedelta(days=days)
    return (
        f"UID:{uid}\nDTSTART:{start:%Y%m%dT100000Z}\nDTEND:{start:%Y%m%dT120000Z}\n"
        f"SUMMARY:{title}\n{more}"
    )


class Site:
    def __init__(self, server: LocalServer) -> None:
        self.server = server
        self.answer = Web(ical())

    def serve(self, *events: str) -> None:
        self.answer = Web(ical(*events))


@pytest.fixture
def site(settings):
    found: list[Site] = []
    with LocalServer(lambda asked: found[0].answer) as server:
        settings.HTTP_ALLOWED_ORIGINS = [server.url]
        found.append(Site(server))
        yield found[0]


@pytest.fixture
def feed(site, bob) -> Feed:
    changes = feeds.add(f"{site.server.url}/a.ics", "Theirs", Visibility.TEAM, by=bob)
    return Feed.objects.get(pk=changes.actions[0].object_id)


def pull(feed: Feed) -> Feed:
    tasks.pull_feed(feed.pk)
    feed.refresh_from_db()
    return feed


def titles(**where) -> list[str]:
    rows = Event.objects.present().filter(**where).order_by("starts_at", "title")
    return list(rows.values_list("title", flat=True))


def test_reading_twice_makes_nothing_twice(site, feed):
    site.serve(one("1"), one("2", more="RRULE:FREQ=WEEKLY;COUNT=4\n"))
    pull(feed)
    before = list(Event.objects.order_by("pk").values())
    assert (len(before), feed.added, feed.error) == (5, 5, "")
    feeds.sync(feed, by=None)
    pull(feed)
    assert list(Event.objects.order_by("pk").values()) == before
    assert (feed.added, feed.changed, feed.cancelled) == (0, 0, 0)


def test_new_events_are_as_the_calendar_was_added(site, feed):
    site.serve(one())
    pull(feed)
    event = Event.objects.get()
    assert (event.state, event.visibility, event.has_public_page) == ("published", "team", False)


def test_the_calendar_wins_for_its_fields_and_the_team_keeps_the_rest(site, feed, bob):
    site.serve(one(title="Before"))
    pull(feed)
    event = Event.objects.get()
    editing.edit(event, by=bob, title="By hand", notes="Bring cables", capacity=20)
    site.serve(one(title="After"))
    feeds.sync(feed, by=bob)
    pull(feed)
    event.refresh_from_db()
    assert (event.title, event.notes, event.capacity) == ("After", "Bring cables", 20)
    assert event.sequence == 2
    assert feed.changed == 1


def test_what_disappears_is_cancelled_and_comes_back(site, feed):
    site.serve(one("1", "Stays"), one("2", "Goes"))
    pull(feed)
    site.serve(one("1", "Stays"))
    feeds.sync(feed, by=None)
    assert pull(feed).cancelled == 1
    assert titles(state=State.CANCELLED) == ["Goes"]
    site.serve(one("1", "Stays"), one("2", "Goes"))
    feeds.sync(feed, by=None)
    pull(feed)
    assert titles(state=State.PUBLISHED) == ["Goes", "Stays"]


def test_what_the_calendar_cancels_is_cancelled(site, feed):
    site.serve(one())
    pull(feed)
    site.serve(one(more="STATUS:CANCELLED\n"))
    feeds.sync(feed, by=None)
    pull(feed)
    assert titles(state=State.CANCELLED) == ["Talk"]


def test_what_somebody_cancelled_or_deleted_by_hand_stays_so(site, feed, bob):
    site.serve(one("1", "Cancelled"), one("2", "Deleted"))
    pull(feed)
    editing.cancel(Event.objects.get(title="Cancelled"), by=bob)
    editing.remove(Event.objects.get(title="Deleted"), by=bob)
    feeds.sync(feed, by=bob)
    pull(feed)
    assert titles() == ["Cancelled"]
    assert titles(state=State.CANCELLED) == ["Cancelled"]


def test_an_event_that_people_come_to_keeps_them_when_it_moves_or_goes(site, feed):
    site.serve(one(days=10), one("2", "Other"))
    pull(feed)
    event = Event.objects.get(title="Talk")
    row = make_attendance(event)
    site.serve(one(days=12), one("2", "Other"))
    feeds.sync(feed, by=None)
    pull(feed)
    before = event.starts_at
    event.refresh_from_db()
    assert event.starts_at - before == timedelta(days=2)
    site.serve(one("2", "Other"))
    feeds.sync(feed, by=None)
    pull(feed)
    event.refresh_from_db()
    row.refresh_from_db()
    assert (event.state, row.answer) == (State.CANCELLED, Answer.GOING)


def test_an_event_that_can_no_longer_be_read_is_not_cancelled(site, feed):
    site.serve(one("1"), one("2"))
    pull(feed)
    site.serve(one("1", more="RRULE:FREQ=SECONDLY\n"), one("2"))
    feeds.sync(feed, by=None)
    pull(feed)
    assert not titles(state=State.CANCELLED)
    assert feed.skipped == {"often": 1}


def test_an_empty_calendar_cancels_only_when_it_is_empty_twice(site, feed):
    site.serve(one())
    pull(feed)
    site.serve()
    feeds.sync(feed, by=None)
    assert "empty" in pull(feed).error
    assert titles(state=State.PUBLISHED) == ["Talk"]
    assert pull(feed).error == ""
    assert titles(state=State.CANCELLED) == ["Talk"]


def test_events_of_the_hub_and_of_other_calendars_are_left_alone(site, feed):
    mine = make_event("Ours", uid="1")
    site.serve(one("1", "Theirs"))
    assert pull(feed).skipped == {"other": 1}
    mine.refresh_from_db()
    assert mine.title == "Ours"


def test_an_unchanged_calendar_is_asked_for_but_not_read(site, feed):
    site.answer = Web(ical(one()), headers={"ETag": '"1"'})
    pull(feed)
    site.answer = Web(b"", 304)
    pull(feed)
    assert site.server.asked[-1].headers["if-none-match"] == '"1"'
    assert (feed.error, titles()) == ("", ["Talk"])


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Web(b"x" * 10_500_000), "too large"),
        (Web(b"<html>Sign in</html>"), "no calendar"),
        (Web(b"", 404), "HTTP 404"),
        (Web(b"", 302, {"Location": "http://192.168.0.1/a.ics"}), "private"),
        (Web(b"", 302, {"Location": "http://127.0.0.1:1/a.ics"}), "private"),
    ],
)
def test_what_cannot_be_read_is_said_and_loses_nothing(site, feed, answer, said):
    site.serve(one())
    pull(feed)
    site.answer = answer
    feeds.sync(feed, by=None)
    pull(feed)
    assert said in feed.error
    assert feed.last_success_at
    assert titles(state=State.PUBLISHED) == ["Talk"]
    assert feed.next_pull_at > timezone.now()


def test_a_private_address_is_never_asked(bob):
    changes = feeds.add("http://10.0.0.1/a.ics", "", Visibility.TEAM, by=bob)
    feed = pull(Feed.objects.get(pk=changes.actions[0].object_id))
    assert "private" in feed.error


def test_failures_wait_longer_and_longer_up_to_half_a_day(site, feed):
    site.answer = Web(b"", 500)
    waits = []
    for _ in range(7):
        pull(feed)
        waits.append(feed.next_pull_at - feed.tried_at)
    assert waits[0] == feed_pull.EVERY
    assert waits == sorted(waits)
    assert waits[-1] == feed_pull.LONGEST_WAIT


def test_a_paused_or_removed_calendar_is_not_read(site, feed, bob):
    site.serve(one())
    changes = feeds.pause(feed, by=bob)
    pull(feed)
    assert not titles()
    assert not Feed.objects.due(timezone.now() + timedelta(days=1)).exists()
    assert changes.undo(by=bob) == 1
    removed = feeds.remove(feed, by=bob)
    pull(feed)
    assert not titles()
    assert removed.undo(by=bob) == 1
    pull(feed)
    assert titles() == ["Talk"]


def test_the_same_address_is_added_once_and_bad_ones_never(feed, bob, olga):
    for address in (feed.url, "ftp://a.example/b.ics", "https://", "a.example", "javascript:x"):
        with pytest.raises(feeds.NotAdded):
            feeds.add(address, "", Visibility.TEAM, by=bob)
    with pytest.raises(PermissionDenied):
        feeds.add("https://a.example/b.ics", "", Visibility.TEAM, by=olga)
    made = feeds.add("webcal://a.example/b.ics", "", Visibility.TEAM, by=bob)
    assert Feed.objects.get(pk=made.actions[0].object_id).url == "https://a.example/b.ics"


def test_a_thousand_events_take_few_statements(site, feed, django_assert_max_num_queries):
    site.serve(*(one(str(n), f"Event {n}", days=1 + n % 300) for n in range(1000)))
    with django_assert_max_num_queries(25):
        pull(feed)
    assert Event.objects.count() == 1000
    site.serve(*(one(str(n), f"Changed {n}", days=1 + n % 300) for n in range(1000)))
    feeds.sync(feed, by=None)
    with django_assert_max_num_queries(25):
        assert pull(feed).changed == 1000


def test_who_answered_to_an_imported_event_is_asked_no_more_once_it_is_cancelled(site, feed, bob):
    site.serve(one(), one("2", "Other"))
    pull(feed)
    event = Event.objects.get(title="Talk")
    site.serve(one("2", "Other"))
    feeds.sync(feed, by=None)
    pull(feed)
    with pytest.raises(ValueError, match="cancelled"):
        attending.answer(event, make_member(), "going", by=bob)
