"""Seats and the waiting list, below the pages: who gets a seat, and in which order."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from events import answers
from events.answers import Refused
from events.models import Answer, Attendance, State
from events.verbs import attending, editing
from members.models import Activity
from tests.make import make_event, make_member

pytestmark = pytest.mark.django_db


def say(event, wanted=Answer.GOING, member=None, **more):
    member = member or make_member()
    return answers.answer(event.pk, member.pk, wanted, **more).attendance


def lines(row: Attendance) -> set[str]:
    found = Activity.objects.present().filter(key__startswith=f"attendance:{row.pk}:")
    return {key.rpartition(":")[2] for key in found.values_list("key", flat=True)}


def state(*rows: Attendance) -> list[str]:
    return [str(Attendance.objects.get(pk=row.pk).answer) for row in rows]


def test_who_finds_no_seat_waits_and_gets_the_next_one_in_order():
    event = make_event(capacity=2)
    rows = [say(event) for _ in range(4)]
    assert state(*rows) == ["going", "going", "waiting", "waiting"]
    say(event, Answer.DECLINED, rows[0].member)
    assert state(*rows) == ["declined", "going", "going", "waiting"]
    assert lines(rows[2]) == {"waiting", "going"}


def test_guests_take_a_seat_each_and_nobody_overtakes():
    event = make_event(capacity=3)
    first, pair, single = say(event, guests=1), say(event, guests=1), say(event)
    assert state(first, pair, single) == ["going", "waiting", "waiting"]
    say(event, Answer.GOING, first.member, guests=0)  # brings nobody after all
    assert state(first, pair, single) == ["going", "going", "waiting"]


def test_who_is_going_cannot_bring_guests_without_seats():
    event = make_event(capacity=1)
    row = say(event)
    with pytest.raises(Refused):
        say(event, Answer.GOING, row.member, guests=1)
    assert state(row) == ["going"]


def test_more_guests_than_the_event_allows_are_not_counted():
    assert say(make_event(most_guests=1), guests=5).guests == 1


def test_asked_again_nothing_changes():
    event = make_event(capacity=1)
    going, waiting = say(event), say(event)
    for row in (going, waiting):
        before = Attendance.objects.values().get(pk=row.pk)
        say(event, Answer.GOING, row.member)
        assert Attendance.objects.values().get(pk=row.pk) == before


def test_an_event_that_is_cancelled_or_over_takes_no_answers():
    for fields in ({"state": State.CANCELLED}, {"state": State.DRAFT}):
        with pytest.raises(Refused):
            say(make_event(**fields))


def test_more_seats_go_to_who_waits_and_fewer_than_taken_are_refused(bob):
    event = make_event(capacity=1)
    rows = [say(event) for _ in range(3)]
    editing.edit(event, by=bob, capacity=2)
    assert state(*rows) == ["going", "going", "waiting"]
    with pytest.raises(ValueError, match="2 seats are taken"):
        editing.edit(event, by=bob, capacity=1)


def test_undo_of_an_answer_gives_the_seat_back_or_says_that_it_is_gone(bob):
    event, member = make_event(capacity=1), make_member()
    changes = attending.answer(event, member, "going", by=bob)
    assert changes.undo(by=bob) == 1
    assert not Attendance.objects.exists()
    assert not Activity.objects.present().exists()
    attending.answer(event, member, "going", by=bob)
    declined = attending.answer(event, member, "declined", by=bob)
    say(event)
    assert declined.undo(by=bob) == 0


def test_checked_in_twice_counts_once_and_is_undone(bob):
    row = say(make_event())
    changes = attending.check_in(row, by=bob)
    assert changes
    assert not attending.check_in(row, by=bob)
    assert lines(row) == {"going", "checked-in"}
    assert changes.undo(by=bob) == 1
    assert lines(row) == {"going"}


def test_an_observer_changes_nothing(olga):
    with pytest.raises(PermissionDenied):
        attending.answer(make_event(), make_member(), "going", by=olga)
