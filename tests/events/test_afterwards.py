"""After an event: thanks, feedback with or without a name, no-shows, and first-timers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from events import afterwards, feedback, tasks
from events.models import Attendance, Event, Feedback, Notice, State
from members.models import Activity, FollowUp, Sighting
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


def past(**fields) -> Event:
    """Ended two hours ago."""
    return make_event("Synth night", starts_at=timezone.now() - timedelta(hours=4), **fields)


def came(event: Event, name: str = "ines", *, was_there: bool = True, **fields) -> Attendance:
    member = make_member(name.title(), **fields)
    address = f"{name}@example.org"
    make_identity(member, network="email", external_id=address, email=address)
    at = event.starts_at if was_there else None
    return make_attendance(event, member, checked_in_at=at)


def jobs(after: timedelta = timedelta()) -> list[str]:
    """To whom mails go when the jobs run then."""
    begun = len(mail.outbox)
    with time_machine.travel(timezone.now() + after, tick=True):
        tasks.wind_up_events()
        tasks.send_what_is_due()
    return sorted(letter.to[0].partition("@")[0] for letter in mail.outbox[begun:])


NEXT_DAY = timedelta(hours=24)


# Thanks -------------------------------------------------------------------------------------------


def test_who_came_is_thanked_once_with_a_link_to_the_questions():
    event = past()
    row = came(event)
    came(event, "absent", was_there=False)
    came(event, "quiet", do_not_contact=True)
    came(event, "staff", user=make_user())
    assert jobs() == ["ines"]
    assert jobs() == []
    assert jobs(NEXT_DAY) == []
    assert mail.outbox[0].subject == "Thanks for coming: Synth night"
    assert re.findall(r"/e/mine/([\w-]+)/feedback/", mail.outbox[0].body) == [row.token]


def test_nobody_is_thanked_where_it_is_switched_off_too_old_or_cancelled():
    came(past(thanks=False, feedback=False), "a")
    came(past(state=State.CANCELLED), "b")
    came(make_event(starts_at=timezone.now() - timedelta(days=9)), "c")
    came(past(feed="feed:1"), "d")
    assert jobs() == []
    assert not Notice.objects.exists()


def test_without_feedback_there_is_no_link_and_without_thanks_no_thanks():
    came(past(feedback=False), "a")
    came(past(thanks=False), "b")
    assert jobs() == ["a", "b"]
    letters = {letter.to[0][0]: letter for letter in mail.outbox}
    assert "/feedback/" not in letters["a"].body
    assert letters["b"].subject == "How was it? Synth night"
    assert "good to have you there" not in letters["b"].body


def test_whose_check_in_was_taken_back_is_not_thanked():
    row = came(past())
    tasks.wind_up_events()
    Attendance.objects.filter(pk=row.pk).update(checked_in_at=None)
    assert jobs() == []


# Feedback -----------------------------------------------------------------------------------------

SAID = {"rating": "4", "best": "The <b>synths</b>", "change": "More chairs"}


def test_with_a_name_it_is_in_the_history_of_the_member(client, bob):
    row = came(past())
    page = f"/e/mine/{row.token}/feedback/"
    assert "Was it worth your time?" in client.get(page).content.decode()
    assert "Thank you!" in client.post(page, SAID).content.decode()
    line = Activity.objects.get(member=row.member, key__startswith="feedback:")
    assert line.summary == "Feedback on “Synth night”: 4 of 5 · The <b>synths</b> · More chairs"
    assert (line.kind, line.visibility) == ("event", "team")
    client.force_login(bob)
    shown = one_line(client.get(f"/events/{row.event_id}/feedback/").content)
    assert "4.0 of 5, by 1 person" in shown
    assert "The &lt;b&gt;synths" in shown
    assert "Ines" in shown


def test_without_a_name_nothing_leads_to_the_member(client, bob):
    row = came(past())
    lines = Activity.objects.count()
    client.post(f"/e/mine/{row.token}/feedback/", {**SAID, "anonymous": "on"})
    said = Feedback.objects.get()
    assert (said.member, said.at) == (None, None)
    assert Activity.objects.count() == lines
    values = Attendance.objects.filter(pk=row.pk).values().get()
    assert [name for name, value in values.items() if value is True] == ["feedback_given"]
    client.force_login(bob)
    shown = client.get(f"/events/{row.event_id}/feedback/").content.decode()
    assert "Without a name" in shown
    assert "Ines" not in shown


@pytest.mark.parametrize("more", [{}, {"anonymous": "on"}])
def test_a_link_answers_once(client, more):
    row = came(past())
    page = f"/e/mine/{row.token}/feedback/"
    for _ in range(2):
        client.post(page, {**SAID, **more})
    assert Feedback.objects.count() == 1
    assert "Thank you!" in client.get(page).content.decode()
    assert feedback.give(row, 1, "", "", anonymous=False) is None


def test_nobody_is_asked_before_the_end_nor_who_was_not_there(client):
    coming = came(make_event(), was_there=False)
    not_there = came(past(), "jo", was_there=False)
    Attendance.objects.filter(pk=not_there.pk).update(answer="declined")
    off = came(past(feedback=False), "off")
    for row in (coming, not_there, off):
        assert client.post(f"/e/mine/{row.token}/feedback/", SAID).status_code == 404
    assert client.get("/e/mine/nonsense/feedback/").status_code == 404


def test_what_is_no_answer_is_refused_and_the_words_are_kept(client):
    row = came(past())
    page = f"/e/mine/{row.token}/feedback/"
    for rating in ("", "0", "6", "x"):
        refused = client.post(page, {**SAID, "rating": rating})
        assert refused.status_code == 422
        assert "More chairs" in refused.content.decode()
    assert not Feedback.objects.exists()


def test_answers_of_members_whom_a_reader_may_not_see_are_not_shown(bob):
    row = came(past())
    feedback.give(row, 5, "Private words", "", anonymous=False)
    source = make_source(restricted=True)
    identity = row.member.identities.get()
    now = timezone.now()
    Sighting.objects.create(identity=identity, scope=source.scope, first_seen=now, last_seen=now)
    assert feedback.results(row.event, bob).rows == []
    assert feedback.results(row.event, bob).count == 1
    assert len(feedback.results(row.event, make_user("admin")).rows) == 1


# The day after ------------------------------------------------------------------------------------


def test_no_shows_are_in_the_log_once_and_only_the_day_after():
    event = past()
    came(event)
    absent = came(event, "absent", was_there=False)
    lines = Activity.objects.filter(key=absent.line_key("no-show"), removed_at=None)
    jobs()
    assert not lines.exists()
    for _ in range(2):
        jobs(NEXT_DAY)
        assert lines.count() == 1
    assert lines.get().summary == "Didn’t come to “Synth night”"


def test_where_nobody_was_checked_in_nobody_was_absent():
    event = past()
    came(event, "absent", was_there=False)
    jobs(NEXT_DAY)
    assert not Activity.objects.exists()
    event.refresh_from_db()
    assert event.wound_up_at is None


def test_each_first_timer_gets_one_follow_up_of_the_host():
    host, owner = make_user(name="Hana Host"), make_user(name="Olu Owner")
    event = past(host=host)
    new = came(event, "ines", owner=owner)
    regular = came(event, "regular")
    earlier = make_event(starts_at=timezone.now() - timedelta(days=60))
    make_attendance(earlier, regular.member, checked_in_at=earlier.starts_at)
    signed_up = make_event(starts_at=timezone.now() - timedelta(days=61))
    make_attendance(signed_up, new.member)  # said so, and was not there
    came(event, "staff", user=make_user())
    came(event, "bot", is_bot=True)
    came(event, "quiet", do_not_contact=True)
    for _ in range(2):
        jobs(NEXT_DAY)
    planned = FollowUp.objects.get()
    assert (planned.member, planned.owner, planned.kind) == (new.member, host, "welcome")
    FollowUp.objects.update(state="kept", closed_at=timezone.now())
    afterwards.wind_up(event.pk)
    assert FollowUp.objects.count() == 1


def test_where_there_is_no_host_it_is_of_who_looks_after_the_member():
    owner = make_user()
    event = past()
    came(event, owner=owner)
    came(event, "nobodys")
    jobs(NEXT_DAY)
    assert FollowUp.objects.get().owner == owner


def test_a_host_who_may_not_plan_keeps_nothing_back():
    event = past(host=make_user("observer"))
    came(event)
    absent = came(event, "absent", was_there=False)
    jobs(NEXT_DAY)
    assert not FollowUp.objects.exists()
    assert Activity.objects.filter(key=absent.line_key("no-show")).exists()


def test_greeting_can_be_switched_off():
    event = past(host=make_user(), greet_newcomers=False)
    came(event)
    jobs(NEXT_DAY)
    assert not FollowUp.objects.exists()
