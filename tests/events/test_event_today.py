"""Today, the morning mail and the hand-over brief: what they say of events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from events import today
from events.models import Answer, Event, Kind, Series, State
from events.verbs import editing
from members import reminders
from members.handover_verbs import hand_over
from members.models import Sighting
from tests.make import (
    make_attendance,
    make_event,
    make_identity,
    make_member,
    make_source,
    make_user,
    one_line,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon(time_machine) -> None:
    time_machine.move_to(NOON, tick=False)


def titles(user, *, of_team: bool = False) -> list[str]:
    return [row.event.title for row in today.coming(user, of_team, 20)]


def test_mine_are_those_i_host_alone_or_with_others_in_the_next_seven_days(bob, lena, client):
    make_event("Mine", starts_at=NOON + 7 * DAY, host=bob)
    make_event("With me", starts_at=NOON + 2 * DAY, host=lena).co_hosts.add(bob)
    make_event("Draft", starts_at=NOON + DAY, host=bob, state=State.DRAFT)
    make_event("Hers", starts_at=NOON + 3 * DAY, host=lena)
    make_event("Going on", starts_at=NOON - timedelta(hours=1), host=bob)
    make_event("Too far", starts_at=NOON + 8 * DAY, host=bob)
    make_event("Over", starts_at=NOON - DAY, host=bob)
    make_event("Cancelled", starts_at=NOON + DAY, host=bob, state=State.CANCELLED)
    assert titles(bob) == ["Going on", "Draft", "With me", "Mine"]
    assert titles(bob, of_team=True) == ["Going on", "Draft", "With me", "Hers", "Mine"]
    client.force_login(bob)
    page = one_line(client.get("/today/").content)
    assert "draft, not published yet" in page
    assert "Wednesday, 17 June, 12:00" in page
    assert "Hers" in one_line(client.get("/today/?whose=team").content)


def test_a_row_says_how_many_are_going_and_waiting_and_whose_first_event_tomorrow_is(
    bob, lena, django_assert_max_num_queries
):
    soon = make_event("Meet-up", starts_at=NOON + DAY, host=bob, capacity=4)
    before = make_event("Last one", starts_at=NOON - 40 * DAY)
    ada, ben, cleo = (make_member(name) for name in ("Ada", "Ben", "Cleo"))
    make_attendance(soon, ada, guests=1)
    make_attendance(soon, ben)
    make_attendance(before, ben, checked_in_at=before.starts_at)
    make_attendance(before, cleo, answer=Answer.GOING)  # never came
    make_attendance(soon, cleo, answer=Answer.WAITING, waiting_since=NOON)
    make_attendance(soon, make_member("Lena L", user=lena))
    (row,) = today.coming(bob, False, 20)
    assert row.people_words == "4 of 4 going, 1 waiting"
    assert row.newcomer_words == "First event: Ada"
    for n in range(5):
        make_attendance(soon, make_member(f"New {n}"), answered_at=NOON + DAY)
    with django_assert_max_num_queries(4):
        (row,) = today.coming(bob, False, 20)
    assert row.newcomer_words == "First event: Ada, New 0, New 1 and 3 more"


def test_who_is_hidden_from_the_reader_is_not_named(bob, lena):
    event = make_event(starts_at=NOON + DAY, host=bob)
    zed = make_member("Zed")
    Sighting.objects.create(
        identity=make_identity(zed), scope=make_source(restricted=True).scope,
        first_seen=NOON, last_seen=NOON,
    )  # fmt: skip
    make_attendance(event, zed)
    assert today.coming(bob, False, 9)[0].newcomer_words == ""
    assert today.coming(lena, True, 9)[0].newcomer_words == "First event: Zed"


def test_the_morning_mail_goes_out_for_an_event_of_tomorrow_not_for_one_in_a_week(bob):
    make_event("In a while", starts_at=NOON + 5 * DAY, host=bob)
    lines = [line for section in reminders.lines_of(bob) for line in section.lines]
    assert [line.who for line in lines] == ["In a while"]
    assert sum(section.due for section in reminders.lines_of(bob)) == 0
    make_event("Soon", starts_at=NOON + DAY, host=bob, kind=Kind.ONLINE)
    (section,) = reminders.lines_of(bob)
    assert section.due == 1
    assert (section.lines[0].who, section.lines[0].what) == ("Soon", "tomorrow, 12:00")


def test_events_to_come_change_hands_with_all_else_and_one_undo_gives_them_back(client, bob, lena):
    marek = make_user(name="Marek Mensah")
    series = Series.objects.create(
        uid="s", rule="FREQ=MONTHLY", starts_local="2026-06-20T19:00", minutes=120,
        timezone="Europe/Berlin", fields={"title": "Monthly", "host_id": bob.pk},
    )  # fmt: skip
    coming = make_event("Monthly", starts_at=NOON + 10 * DAY, host=bob, series=series)
    past = make_event("Past", starts_at=NOON - 10 * DAY, host=bob)
    client.force_login(lena)
    page = one_line(client.get(f"/handovers/{bob.pk}/").content)
    changes = hand_over(bob, marek, by=lena)
    assert "Monthly" in page
    assert hosts(coming, past) == [marek, bob]
    assert Series.objects.get().fields["host_id"] == marek.pk
    assert changes.undo(by=lena)
    assert hosts(coming, past) == [bob, bob]
    assert Series.objects.get().fields["host_id"] == bob.pk


def test_an_event_that_somebody_else_hosts_by_now_stays_with_them(bob, lena):
    marek = make_user(name="Marek Mensah")
    event = make_event("Monthly", starts_at=timezone.now() + DAY, host=bob)
    changes = hand_over(bob, marek, by=lena)
    editing.edit(Event.objects.get(pk=event.pk), by=lena, host_id=lena.pk)
    changes.undo(by=lena)
    assert hosts(event) == [lena]


def hosts(*events: Event) -> list[object]:
    return [Event.objects.get(pk=event.pk).host for event in events]
