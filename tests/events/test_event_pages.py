"""The pages of events as a team uses them: made, edited, published, cancelled, with people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Answer, Attendance, Event, EventTag
from members.models import Member, Sighting
from team.models import Action, User
from tests.make import make_attendance, make_event, make_identity, make_member, make_source

pytestmark = pytest.mark.django_db
WRITTEN = {
    "title": "Repair café",
    "kind": "in_person",
    "starts_at": "2031-05-06T19:00",
    "ends_at": "2031-05-06T21:00",
    "timezone": "Europe/Berlin",
    "most_guests": "1",
    "visibility": "public",
}


def browser(user: User) -> Client:
    made = Client()
    made.force_login(user)
    return made


def undo(client: Client) -> None:
    """What was done last."""
    group = Action.objects.order_by("-pk").first().group
    assert client.post(f"/undo/{group}/").status_code in (200, 204, 302)


def test_a_new_event_is_a_draft_at_the_clock_time_of_its_place(bob):
    answer = browser(bob).post("/events/new/", {**WRITTEN, "tags": "meet-up, Repair"})
    made = Event.objects.get()
    assert answer.url == made.get_absolute_url()
    assert (made.state, made.title, made.host) == ("draft", "Repair café", None)
    assert made.starts_at == datetime(2031, 5, 6, 17, tzinfo=UTC)
    tags = EventTag.objects.filter(event=made).values_list("tag__name", flat=True)
    assert sorted(tags) == ["Repair", "meet-up"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"ends_at": "2031-05-06T18:00"}, "It ends before it starts"),
        ({"title": ""}, "Enter a title."),
        ({"starts_at": "soonish"}, "Enter a day and a time"),
        ({"starts_at": "2031-03-30T02:30"}, "clocks go forward then. Enter 03:30."),
        ({"link": "javascript:alert(1)"}, "Enter a web address"),
        ({"ends_at": "2031-07-06T21:00"}, "longer than 31 days"),
        ({"timezone": "Mars/Base"}, "Select a valid choice"),
        ({"title": "x" * 201}, "at most 200 characters"),
    ],
)
def test_what_is_wrong_is_said_beside_what_was_typed(bob, wrong, said):
    answer = browser(bob).post("/events/new/", {**WRITTEN, "purpose": "Bring tools", **wrong})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "Bring tools" in page
    assert not Event.objects.exists()


def test_a_time_that_clocks_show_twice_is_the_first_and_says_so(bob):
    twice = {"starts_at": "2031-10-26T02:30", "ends_at": "2031-10-26T05:00"}
    page = browser(bob).post("/events/new/", {**WRITTEN, **twice}, follow=True).content.decode()
    assert Event.objects.get().starts_at == datetime(2031, 10, 26, 0, 30, tzinfo=UTC)
    assert "Clocks show 02:30 twice" in page


def test_an_edit_without_changes_keeps_the_second_of_two_times(bob):
    second = datetime(2031, 10, 26, 1, 30, tzinfo=UTC)
    event = make_event(starts_at=second)
    form = {**WRITTEN, "starts_at": "2031-10-26T02:30", "ends_at": "2031-10-26T04:30"}
    browser(bob).post(f"/events/{event.pk}/details/", form)
    event.refresh_from_db()
    assert (event.starts_at, event.title) == (second, "Repair café")


def test_an_edit_is_undone_with_its_tags(bob):
    event = make_event()
    client = browser(bob)
    client.post(f"/events/{event.pk}/details/", {**WRITTEN, "tags": "new"})
    undo(client)
    event.refresh_from_db()
    assert event.title == "Berlin meet-up"
    assert not EventTag.objects.exists()


def test_fewer_seats_than_people_going_is_refused_with_a_sentence(bob):
    event = make_event(capacity=3)
    make_attendance(event, guests=1)
    answer = browser(bob).post(f"/events/{event.pk}/details/", {**WRITTEN, "capacity": "1"})
    assert answer.status_code == 422
    assert "2 seats are taken already" in answer.content.decode()
    event.refresh_from_db()
    assert (event.capacity, event.title) == (3, "Berlin meet-up")


def test_a_timezone_that_is_gone_is_shown_and_asks_for_another(bob):
    event = make_event(timezone="Europe/Atlantis")
    client = browser(bob)
    assert "Europe/Atlantis" in client.get(f"/events/{event.pk}/details/").content.decode()
    form = {**WRITTEN, "timezone": "Europe/Atlantis"}
    answer = client.post(f"/events/{event.pk}/details/", form)
    assert answer.status_code == 422
    assert "There’s no timezone “Europe/Atlantis” any more" in answer.content.decode()


def test_purpose_and_notes_are_markdown_without_scripts(bob):
    event = make_event(
        purpose="**Bring** <script>alert(1)</script>", notes="[key](javascript:alert(2))"
    )
    page = browser(bob).get(event.get_absolute_url()).content.decode()
    assert "<strong>Bring</strong>" in page
    assert "alert(1)</script>" not in page
    assert 'href="javascript' not in page


def test_publish_cancel_and_publish_again_each_with_undo(bob):
    event = make_event(state="draft", published_at=None)
    client = browser(bob)
    steps = [
        ("publication", "published"),
        ("cancellation", "cancelled"),
        ("publication", "published"),
    ]
    for noun, state in steps:
        client.post(f"/events/{event.pk}/{noun}/")
        event.refresh_from_db()
        assert event.state == state
    undo(client)
    event.refresh_from_db()
    assert event.state == "cancelled"


def test_a_draft_is_deleted_and_comes_back_but_not_what_people_answered_to(bob):
    client, draft = browser(bob), make_event(state="draft", published_at=None)
    client.delete(f"/events/{draft.pk}/")
    assert client.get(f"/events/{draft.pk}/").status_code == 404
    undo(client)
    assert client.get(f"/events/{draft.pk}/").status_code == 200
    answered = make_attendance().event
    page = client.post(f"/events/{answered.pk}/", {"_method": "DELETE"}, follow=True)
    assert "People have answered to it already" in page.content.decode()


def test_a_copy_keeps_the_words_and_leaves_the_people(bob):
    event = make_attendance(make_event(venue="Werk 2", capacity=20)).event
    browser(bob).post(f"/events/{event.pk}/copies/", {"starts_at": "2031-05-06T19:00"})
    copy = Event.objects.exclude(pk=event.pk).get()
    assert (copy.state, copy.venue, copy.capacity) == ("draft", "Werk 2", 20)
    assert copy.ends_at - copy.starts_at == event.ends_at - event.starts_at
    assert copy.uid != event.uid
    assert not copy.attendances.exists()


# People ------------------------------------------------------------------------------------------


def test_people_are_added_by_name_and_the_new_one_goes_with_the_undo(bob):
    event, ada = make_event(), make_member("Ada Ahrens")
    client = browser(bob)
    form = {"person": [ada.pk], "who": "Jo Park", "answer": "going", "role": "speaker"}
    client.post(f"/events/{event.pk}/attendances/", form)
    rows = Attendance.objects.filter(event=event).order_by("member__name")
    assert [(str(row.member), row.answer, row.role) for row in rows] == [
        ("Ada Ahrens", "going", "speaker"),
        ("Jo Park", "going", "speaker"),
    ]
    undo(client)
    assert not Attendance.objects.exists()
    assert not Member.objects.filter(name="Jo Park").exists()
    assert Member.objects.filter(pk=ada.pk).exists()


def test_somebody_added_to_a_full_event_waits_and_it_is_said(bob):
    event = make_attendance(make_event(capacity=1)).event
    form = {"who": "Jo Park", "answer": "going", "role": "attendee"}
    page = browser(bob).post(f"/events/{event.pk}/attendances/", form, follow=True)
    assert "1 is on the waiting list" in page.content.decode()
    assert Attendance.objects.get(member__name="Jo Park").answer == Answer.WAITING


def test_who_is_added_to_an_event_that_is_over_was_there(bob):
    event = make_event(starts_at=timezone.now() - timedelta(days=2))
    client = browser(bob)
    client.post(f"/events/{event.pk}/attendances/", {"who": "Jo Park", "role": "attendee"})
    assert Attendance.objects.get().checked_in_at == event.starts_at
    undo(client)
    assert not Attendance.objects.exists()


def test_a_draft_takes_nobody_yet_and_says_so(bob):
    event = make_event(state="draft", published_at=None)
    answer = browser(bob).post(f"/events/{event.pk}/attendances/", {"who": "Jo Park"})
    assert answer.status_code == 422
    assert not Member.objects.filter(name="Jo Park").exists()


def test_answer_role_and_guests_change_with_one_undo(bob):
    row = make_attendance()
    client = browser(bob)
    client.post(f"/attendances/{row.pk}/", {"answer": "maybe", "role": "speaker", "guests": "1"})
    row.refresh_from_db()
    assert (row.answer, row.role, row.guests) == ("maybe", "speaker", 1)
    undo(client)
    row.refresh_from_db()
    assert (row.answer, row.role, row.guests) == ("going", "attendee", 0)


def test_taking_somebody_off_gives_the_seat_away_and_undo_cannot_take_it_back(bob):
    event = make_event(capacity=1)
    row = make_attendance(event)
    waits = make_attendance(event, answer=Answer.WAITING, waiting_since=timezone.now())
    client = browser(bob)
    client.post(f"/attendances/{row.pk}/", {"_method": "DELETE"})
    waits.refresh_from_db()
    assert waits.answer == Answer.GOING
    undo(client)
    assert not Attendance.objects.filter(pk=row.pk).exists()


def test_who_was_taken_off_comes_back_with_the_same_link_and_code(bob):
    row = make_attendance(guests=1, role="host")
    client = browser(bob)
    client.delete(f"/attendances/{row.pk}/")
    assert not Attendance.objects.exists()
    undo(client)
    again = Attendance.objects.get()
    for name in ("pk", "token", "code", "guests", "role", "answered_at"):
        assert getattr(again, name) == getattr(row, name)


def test_the_counts_tell_seats_people_and_no_shows_apart(bob):
    event = make_event(starts_at=timezone.now() - timedelta(days=2), capacity=9)
    here = timezone.now() - timedelta(days=2)
    make_attendance(event, guests=2, checked_in_at=here)
    make_attendance(event)
    make_attendance(event, answer=Answer.MAYBE)
    page = browser(bob).get(event.get_absolute_url())
    counts = page.context["counts"]
    assert (counts.going, counts.seats, counts.came, counts.no_show) == (2, 4, 1, 1)
    assert page.context["tab"] == "came"


def test_nobody_is_a_no_show_where_nobody_was_checked_in(bob):
    event = make_event(starts_at=timezone.now() - timedelta(days=2))
    make_attendance(event)
    assert browser(bob).get(event.get_absolute_url()).context["counts"].no_show == 0


def test_a_member_of_a_hidden_source_is_not_listed_but_takes_their_seat(bob):
    event, source = make_event(capacity=5), make_source(restricted=True)
    hidden, now = make_identity(make_member("Hidden Hanne")), timezone.now()
    Sighting.objects.create(identity=hidden, scope=source.scope, first_seen=now, last_seen=now)
    make_attendance(event, hidden.member)
    page = browser(bob).get(event.get_absolute_url())
    assert (page.context["counts"].going, page.context["counts"].seats) == (0, 1)
    assert str(hidden.member) not in page.content.decode()


def test_more_people_follow_by_a_cursor(bob):
    event = make_event()
    for _number in range(45):
        make_attendance(event)
    client = browser(bob)
    first = client.get(event.get_absolute_url()).context["page"]
    rest = client.get(f"{event.get_absolute_url()}?{first.next_query}").context["page"]
    pks = [row.pk for row in [*first.rows, *rest.rows]]
    assert (len(first.rows), len(set(pks)), rest.more) == (40, 45, "")


def test_people_are_found_by_a_part_of_their_name(bob):
    event = make_attendance(member=make_member("Ada Ahrens")).event
    make_attendance(event, make_member("Bo Berg"))
    found = browser(bob).get(f"{event.get_absolute_url()}?name=ahr").context["page"].rows
    assert [str(row.member) for row in found] == ["Ada Ahrens"]


def test_an_event_page_takes_the_same_few_queries_with_many_people(bob):
    event = make_event(capacity=100, host=bob, purpose="To meet")
    client = browser(bob)
    seen = []
    for more in (3, 30):
        for _number in range(more):
            make_attendance(event)
        client.get(event.get_absolute_url())
        with CaptureQueriesContext(connection) as asked:
            client.get(event.get_absolute_url())
        seen.append([query["sql"] for query in asked])
    assert len(seen[0]) == len(seen[1]) <= 12, [sql[:90] for sql in seen[1]]
