"""Mails to the people of an event: each once, also where the mail server was away."""

from __future__ import annotations

import re
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
import time_machine
from django.core import mail
from django.db import transaction
from django.utils import timezone

from events import answers, change_notices, notices, tasks
from events.models import Answer, Attendance, Event, Notice, State
from events.verbs import editing
from tests.make import make_attendance, make_event, make_identity, make_member

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=2)


def somebody(event: Event, name: str = "ines", answer: str = Answer.GOING, **fields) -> Attendance:
    member = make_member(name.title(), **fields)
    address = f"{name}@example.org"
    make_identity(member, network="email", external_id=address, email=address)
    waiting = timezone.now() if answer == Answer.WAITING else None
    return make_attendance(event, member, answer=answer, waiting_since=waiting)


def send_later(after: timedelta = LATER) -> list[tuple[str, str]]:
    """What goes out then: to whom, and the subject."""
    begun = len(mail.outbox)
    with time_machine.travel(timezone.now() + after, tick=True):
        tasks.send_what_is_due()
    return [(letter.to[0].partition("@")[0], letter.subject) for letter in mail.outbox[begun:]]


def test_everybody_who_may_come_is_told_once_that_it_was_cancelled(bob):
    event = make_event("Synth night")
    for name, answer in (("a", "going"), ("b", "maybe"), ("c", "waiting"), ("d", "invited")):
        somebody(event, name, answer)
    somebody(event, "e", "declined")
    make_attendance(event)  # no address is known
    editing.cancel(event, by=bob)
    assert send_later(timedelta()) == [], "not before an undo would come"
    assert sorted(send_later()) == [(name, "Cancelled: Synth night") for name in "abcd"]
    assert send_later() == []
    assert Notice.objects.get(sent_at=None).error == "No email address is known."


def test_a_cancellation_undone_in_time_tells_nobody(bob):
    event = make_event()
    somebody(event)
    changes = editing.cancel(event, by=bob)
    assert changes.undo(by=bob) == 1
    assert send_later() == []


def test_who_was_told_of_a_cancellation_hears_that_it_takes_place(bob):
    event = make_event("Synth night")
    somebody(event)
    editing.cancel(event, by=bob)
    send_later()
    late = somebody(event, "late")
    editing.publish(event, by=bob)
    assert send_later() == [("ines", "It takes place: Synth night")]
    assert not late.notices.exists()


def test_a_move_is_told_with_the_time_before_and_several_as_one(bob):
    event = make_event("Synth night", venue="Haus 3")
    start = event.starts_at
    somebody(event)
    for days in (1, 2):
        moved = {"starts_at": start + timedelta(days=days), "ends_at": start + timedelta(days=3)}
        editing.edit(event, by=bob, **moved)
    editing.edit(event, by=bob, venue="Haus 4", title="Synth night!")
    assert send_later() == [("ines", "Changed: Synth night!")]
    text = mail.outbox[-1].body
    assert "Haus 4" in text
    assert "Before, it was: Haus 3" in text
    assert str(change_notices.when_at(start, start + timedelta(hours=2), event.timezone)) in text


def test_moved_back_in_time_or_only_reworded_nobody_is_told(bob):
    event = make_event(venue="Haus 3")
    somebody(event)
    changes = editing.edit(event, by=bob, venue="Haus 4")
    assert changes.undo(by=bob) == 1
    editing.edit(event, by=bob, title="Synths", purpose="Come!", notes="Hm", capacity=5)
    assert send_later() == []


def test_of_a_draft_and_of_what_is_over_nobody_is_told(bob):
    for event in (
        make_event(state=State.DRAFT, published_at=None),
        make_event(starts_at=timezone.now() - timedelta(days=2)),
    ):
        somebody(event, f"p{event.pk}")
        editing.edit(event, by=bob, venue="Haus 4")
        editing.cancel(event, by=bob)
    assert send_later() == []


def test_who_asked_not_to_be_contacted_hears_only_what_they_asked_for(bob):
    event = make_event()
    row = somebody(event, do_not_contact=True)
    notices.queue_notices("confirmed", [row.pk])
    editing.edit(event, by=bob, venue="Haus 4")
    assert [subject for _who, subject in send_later()] == [f"You’re going: {event}"]
    assert "asked not to be contacted" in Notice.objects.get(kind="moved").error


def test_a_notice_is_queued_once_a_kind_and_sequence():
    row = somebody(make_event())
    for _ in range(2):
        notices.queue_notices("seat", [row.pk], sequence=7)
    notices.queue_notices("seat", [row.pk], sequence=8)
    assert Notice.objects.count() == 2
    with pytest.raises(KeyError):
        notices.queue_notices("nonsense", [row.pk])


def test_a_seat_that_was_given_back_before_the_mail_is_not_told(bob):
    row = somebody(make_event())
    notices.queue_notices("seat", [row.pk])
    Attendance.objects.update(answer=Answer.DECLINED)
    assert send_later() == []
    assert Notice.objects.get().dropped_at


def test_calendars_get_the_entry_and_its_cancellation(bob):
    event = make_event()
    row = somebody(event)
    notices.queue_notices("confirmed", [row.pk])
    send_later()
    editing.cancel(event, by=bob)
    send_later()
    for letter, method in zip(mail.outbox, ("REQUEST", "CANCEL"), strict=True):
        (part,) = [p for p in letter.message().walk() if p.get_content_type() == "text/calendar"]
        assert part.get_param("method") == method
        assert f"METHOD:{method}\r\n".encode() in part.get_payload(decode=True)
        assert part.get_filename() == "event.ics"


# A mail server with moods -------------------------------------------------------------------------


@pytest.fixture
def server(monkeypatch):
    """`server["error"]`: what it answers, by address or "" for all; None takes the mail."""
    errors: dict[str, BaseException] = {}
    send = mail.EmailMultiAlternatives.send

    def answer(self, *args, **kwargs):
        if error := errors.get(self.to[0]) or errors.get(""):
            raise error
        return send(self, *args, **kwargs)

    monkeypatch.setattr(mail.EmailMultiAlternatives, "send", answer)
    return errors


@pytest.mark.parametrize("error", [ConnectionRefusedError("away"), SMTPServerDisconnected("gone")])
def test_while_the_mail_server_is_away_they_stay_and_go_out_later_once(server, error):
    event = make_event()
    rows = [somebody(event, f"p{n}") for n in range(3)]
    notices.queue_notices("seat", [row.pk for row in rows])
    server[""] = error
    assert send_later() == []
    assert Notice.objects.open().count() == 3
    server.clear()
    assert len(send_later(timedelta(minutes=10))) == 3
    assert send_later(timedelta(minutes=10)) == []


def test_an_address_that_is_refused_for_good_keeps_nobody_waiting(server):
    event = make_event()
    rows = [somebody(event, name) for name in ("a", "b")]
    server["a@example.org"] = SMTPRecipientsRefused({"a@example.org": (550, b"No such user")})
    notices.queue_notices("seat", [row.pk for row in rows])
    assert [who for who, _subject in send_later()] == ["b"]
    assert Notice.objects.refused().get().error == "550 No such user"
    server.clear()
    assert send_later(timedelta(days=1)) == []


def test_one_that_cannot_be_made_keeps_nobody_waiting(monkeypatch):
    event = make_event()
    rows = [somebody(event, name) for name in ("a", "b")]
    notices.queue_notices("seat", [row.pk for row in rows])
    compose = notices._compose
    broken = lambda row, to: 1 / 0 if to.startswith("a") else compose(row, to)  # noqa: E731
    monkeypatch.setattr(notices, "_compose", broken)
    assert [who for who, _subject in send_later()] == ["b"]
    assert "ZeroDivisionError" in Notice.objects.open().get().error


def test_a_worker_that_is_stopped_in_the_middle_gives_its_mail_back(server):
    row = somebody(make_event())
    notices.queue_notices("seat", [row.pk])
    server[""] = SystemExit()
    with pytest.raises(SystemExit):
        notices.send_due()
    assert Notice.objects.open().count() == 1


def test_two_workers_send_one_mail(monkeypatch):
    row = somebody(make_event())
    notices.queue_notices("seat", [row.pk])
    rows = notices._slice()
    send = mail.EmailMultiAlternatives.send

    def meanwhile(self, *args, **kwargs):
        monkeypatch.setattr(mail.EmailMultiAlternatives, "send", send)
        notices._send(rows[0], "ines@example.org", None)  # another worker has the same row
        return send(self, *args, **kwargs)

    monkeypatch.setattr(mail.EmailMultiAlternatives, "send", meanwhile)
    notices.send_due()
    assert len(mail.outbox) == 1


def test_three_hundred_are_told_slice_by_slice_in_few_queries(bob, django_assert_max_num_queries):
    event = make_event()
    for n in range(120):
        somebody(event, f"p{n}")
    with django_assert_max_num_queries(25):
        editing.cancel(event, by=bob)
    assert len({who for who, _subject in send_later()}) == 120


def test_a_seat_is_in_the_outbox_in_the_transaction_that_gave_it():
    event = make_event(capacity=1)
    somebody(event, "a", Answer.WAITING)
    with transaction.atomic():
        answers.give_seats(event)
        assert Notice.objects.count() == 1
        transaction.set_rollback(True)
    assert not Notice.objects.exists()


def test_the_personal_link_in_a_mail_is_that_of_its_receiver():
    event = make_event()
    rows = {name: somebody(event, name) for name in ("a", "b")}
    notices.queue_notices("seat", [row.pk for row in rows.values()])
    send_later()
    for letter in mail.outbox:
        row = rows[letter.to[0].partition("@")[0]]
        assert re.findall(r"/e/mine/([\w-]+)/", letter.body) == [row.token]
