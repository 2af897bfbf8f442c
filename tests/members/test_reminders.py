"""The morning mail: once a working day, in each one's own morning, with the lines of Today."""

from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch

import pytest
import time_machine
from django.core import mail

from members import follow_up_verbs, reminders
from members.models import FollowUp, Reminder
from members.tasks import mail_today
from team.models import Hub, User
from tests.make import make_conversation, make_identity, make_member, make_message, make_source

TUESDAY = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)


@pytest.fixture
def due(bob):
    """Something for Bob to do on Tuesday."""
    with time_machine.travel(TUESDAY, tick=False):
        changes = follow_up_verbs.plan(
            make_identity().member, "Send the fix", date(2026, 12, 1), by=bob
        )
    return FollowUp.objects.get(pk=changes.actions[0].object_id)


def mailed(moment):
    """Who got a mail in a round at that time."""
    with time_machine.travel(moment, tick=False):
        before = len(mail.outbox)
        mail_today()
        return [to for sent in mail.outbox[before:] for to in sent.to]


def test_each_gets_it_once_when_their_own_day_begins(bob, due):
    bob.timezone = "America/New_York"
    bob.save()
    assert mailed(TUESDAY) == []  # half past three at night there
    assert mailed(TUESDAY.replace(hour=14, minute=5)) == [bob.email]
    assert mailed(TUESDAY.replace(hour=15)) == []
    assert mailed(TUESDAY + timedelta(days=1, hours=6)) == [bob.email]


def test_two_rounds_at_once_send_one(bob, due):
    day = date(2026, 12, 1)
    with time_machine.travel(TUESDAY, tick=False):
        found = list(reminders.due(TUESDAY.replace(hour=10)))
        assert found == list(reminders.due(TUESDAY.replace(hour=10))) == [(bob, day)]
        assert reminders.remind(bob, day)
        assert not reminders.remind(bob, day)
    assert len(mail.outbox) == 1


def test_it_says_what_today_says_and_hides_what_is_hidden(bob, lena, due):
    talk = make_conversation(subject="MIDI clock drifts", assignee=bob)
    make_message(talk, sent_at=TUESDAY - timedelta(hours=4))
    secret = make_source(restricted=True, granted=[bob])
    origin = follow_up_verbs.Origin(scope=secret.scope, place="Embargoed synth")
    with time_machine.travel(TUESDAY, tick=False):
        follow_up_verbs.plan(
            make_member("Sofie"), "Call her", date(2026, 12, 1), by=bob, origin=origin
        )
    bob.grants.all().delete()
    assert mailed(TUESDAY.replace(hour=10)) == [bob.email]
    sent = mail.outbox[0]
    html = sent.alternatives[0][0]
    for body in (sent.body, html):
        assert "Send the fix" in body
        assert "MIDI clock drifts" in body
        assert "Embargoed" not in body
        assert "Call her" not in body
    assert sent.subject == "Today: 2 things wait for you"
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_nothing_due_no_working_day_and_no_wish_are_no_mail(bob, lena, due):
    Hub.objects.create(pk=1, name="Polyphon", holidays=["2026-12-01"])
    assert mailed(TUESDAY.replace(hour=10)) == []
    Hub.objects.update(holidays=[])
    bob.prefer(today_mail=False)
    assert mailed(TUESDAY.replace(hour=10)) == []  # Lena has nothing to do
    assert Reminder.objects.filter(user=lena).exists()
    bob.prefer(today_mail=True, work_from="11:00", work_until="15:00")
    assert mailed(TUESDAY.replace(hour=10)) == []
    assert mailed(TUESDAY.replace(hour=11)) == [bob.email]


def test_a_mail_server_that_is_away_gets_it_later_that_day(bob, due):
    with patch("team.mail.EmailMultiAlternatives.send", side_effect=OSError("away")):
        assert mailed(TUESDAY.replace(hour=10)) == []
    assert mailed(TUESDAY.replace(hour=10, minute=5)) == [bob.email]


def test_one_click_ends_it_without_signing_in(client, bob):
    address = f"/today/mail/{reminders.token_of(bob)}/"
    assert "self-submit" in client.get(address).content.decode()
    bob.refresh_from_db()
    assert bob.prefers("today_mail")  # a scanner follows links
    client.post(address, {"List-Unsubscribe": "One-Click"})
    bob.refresh_from_db()
    assert not bob.prefers("today_mail")
    client.post(address, {"on": "1"})
    bob.refresh_from_db()
    assert bob.prefers("today_mail")
    assert client.get("/today/mail/nonsense/").status_code == 404


def test_a_timezone_that_is_gone_counts_as_utc_and_breaks_no_page(client, bob, due):
    User.objects.filter(pk=bob.pk).update(timezone="Mars/Olympus_Mons")
    client.force_login(bob)
    assert client.get("/today/").status_code == 200
    assert mailed(TUESDAY.replace(hour=10)) == [bob.email]
