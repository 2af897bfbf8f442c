"""Reminders: in time by the event's own clock, once a start, and not to who wants none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail

from events import reminders, tasks
from events.models import Answer, Attendance, Event, State
from events.verbs import editing
from tests.make import make_attendance, make_event, make_identity, make_member

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2031, 1, 2, tzinfo=UTC)
STARTS = datetime(2031, 5, 20, 17, tzinfo=UTC)


def coming(span: str = "day", starts: datetime = STARTS, **fields) -> Event:
    with time_machine.travel(LONG_AGO):
        fields = {"reminders": [span], "changed_at": LONG_AGO, **fields}
        return make_event("Synth night", starts_at=starts, **fields)


def somebody(event: Event, name: str = "ines", answer: str = Answer.GOING, **fields) -> Attendance:
    member = make_member(name.title(), **fields)
    address = f"{name}@example.org"
    make_identity(member, network="email", external_id=address, email=address)
    return make_attendance(event, member, answer=answer, answered_at=LONG_AGO)


def sent_at(moment: datetime) -> list[str]:
    """To whom reminders go when the jobs run then."""
    begun = len(mail.outbox)
    with time_machine.travel(moment, tick=True):
        tasks.queue_reminders()
        tasks.send_what_is_due()
    letters = [letter for letter in mail.outbox[begun:] if letter.subject.startswith("Reminder")]
    return sorted(letter.to[0].partition("@")[0] for letter in letters)


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("span", "before"),
    [("week", timedelta(days=7)), ("day", timedelta(days=1)), ("hour", timedelta(hours=1))],
)
def test_each_goes_once_at_its_time(span, before):
    somebody(coming(span))
    assert sent_at(STARTS - before - MINUTE) == []
    assert sent_at(STARTS - before + MINUTE) == ["ines"]
    assert sent_at(STARTS - before + 2 * MINUTE) == []
    assert len(mail.outbox) == 1


def test_who_is_going_or_may_come_is_reminded_and_nobody_else():
    event = coming()
    for answer in (Answer.GOING, Answer.MAYBE, Answer.DECLINED, Answer.INVITED):
        somebody(event, answer.value, answer)
    somebody(event, "quiet", do_not_contact=True)
    assert sent_at(STARTS - timedelta(days=1) + MINUTE) == ["going", "maybe"]
    bodies = {letter.to[0]: letter.body for letter in mail.outbox}
    assert "You said maybe." in bodies["maybe@example.org"]
    assert "You said maybe." not in bodies["going@example.org"]
    assert "/e/mine/" in bodies["going@example.org"]


def test_never_after_the_start_nor_much_too_late():
    somebody(coming("hour"))
    assert sent_at(STARTS - timedelta(minutes=10)) == []
    assert sent_at(STARTS + MINUTE) == []


def test_of_what_was_cancelled_or_is_a_draft_nobody_is_reminded():
    for state in (State.CANCELLED, State.DRAFT):
        event = coming(state=state)
        somebody(event, state.value)
    assert sent_at(STARTS - timedelta(days=1) + MINUTE) == []


def test_who_answers_after_its_moment_needs_none():
    event = coming()
    row = somebody(event)
    Attendance.objects.filter(pk=row.pk).update(answered_at=STARTS - timedelta(hours=23))
    assert sent_at(STARTS - timedelta(hours=22)) == []


def test_an_event_that_is_moved_reminds_of_its_new_start_once(bob):
    event = coming()
    somebody(event)
    assert sent_at(STARTS - timedelta(days=1) + MINUTE) == ["ines"]
    moved = STARTS + timedelta(days=3)
    with time_machine.travel(STARTS - timedelta(hours=20), tick=False):
        editing.edit(event, by=bob, starts_at=moved, ends_at=moved + timedelta(hours=2))
    assert sent_at(STARTS - timedelta(hours=19)) == []
    assert sent_at(moved - timedelta(days=1) + MINUTE) == ["ines"]
    assert sent_at(moved - timedelta(days=1) + 2 * MINUTE) == []


def test_one_that_waits_while_the_event_is_moved_is_not_sent(bob):
    event = coming()
    somebody(event)
    with time_machine.travel(STARTS - timedelta(days=1) + MINUTE, tick=False):
        tasks.queue_reminders()
        moved = STARTS + timedelta(days=3)
        editing.edit(event, by=bob, starts_at=moved, ends_at=moved + timedelta(hours=2))
    assert sent_at(STARTS - timedelta(hours=23)) == []


def test_a_day_before_is_at_the_same_time_where_the_clocks_change():
    # In Berlin they go forward in the night to 30 March 2031: 18:00 is 16:00 UTC then.
    starts = datetime(2031, 3, 30, 16, tzinfo=UTC)
    event = coming(starts=starts)
    assert reminders.moment_of(event, "day") == datetime(2031, 3, 29, 17, tzinfo=UTC)
    assert reminders.moment_of(event, "hour") == starts - timedelta(hours=1)
    assert reminders.moment_of(event, "week") == datetime(2031, 3, 23, 17, tzinfo=UTC)


def test_one_press_on_the_personal_page_turns_them_off_and_on(client):
    event = make_event(reminders=["day"])
    row = somebody(event)
    page = f"/e/mine/{row.token}/"
    assert "Don’t remind me" in client.get(page).content.decode()
    assert client.get(f"{page}reminders/").status_code == 405
    client.post(f"{page}reminders/", {"off": "1"})
    assert "You get no reminders" in client.get(page).content.decode()
    assert not reminders.to_remind(event).exists()
    client.post(f"{page}reminders/", {"off": ""})
    assert reminders.to_remind(event).exists()
    assert client.post("/e/mine/nonsense/reminders/").status_code == 404
