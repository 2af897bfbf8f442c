"""Who was not reached by a mail about an event, and what the team does about it."""

from __future__ import annotations

from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from events import notices
from events.models import Feed, Notice
from tests.make import make_attendance, make_event, make_identity, make_member, one_line

pytestmark = pytest.mark.django_db
GONE = {"wrong@example.org": (550, b"No such user here")}


@pytest.fixture
def refused(monkeypatch) -> Notice:
    """A confirmation to Ines, whose address the mail server does not take."""
    ines = make_member("Ines Wolff")
    make_identity(ines, network="email", external_id="wrong@example.org", email="wrong@example.org")
    row = make_attendance(make_event(), ines)
    notices.queue_notices("confirmed", [row.pk])

    def refuse(self, messages):
        raise SMTPRecipientsRefused(GONE)

    with monkeypatch.context() as patched:
        patched.setattr(EmailBackend, "send_messages", refuse)
        notices.send_due()
    return Notice.objects.get()


def test_the_events_page_says_so_to_who_can_act_on_it(client, bob, olga, refused):
    event = refused.attendance.event
    client.force_login(bob)
    page = one_line(client.get(event.get_absolute_url()).content)
    assert "Some emails about this event could not be delivered." in page
    page = one_line(client.get(f"/events/{event.pk}/undelivered/").content)
    for words in ("Ines Wolff", "Confirmation", "550 No such user here"):
        assert words in page
    client.force_login(olga)
    assert "could not be delivered" not in client.get(event.get_absolute_url()).content.decode()


def test_nothing_is_said_where_every_mail_went_out(client, bob):
    row = make_attendance()
    Notice.objects.create(attendance=row, kind="confirmed", sent_at=timezone.now())
    client.force_login(bob)
    page = client.get(row.event.get_absolute_url()).content.decode()
    assert "could not be delivered" not in page
    page = client.get(f"/events/{row.event.pk}/undelivered/").content.decode()
    assert "Every email was delivered" in page


def test_it_is_sent_again_to_the_address_that_is_known_now(client, bob, refused):
    refused.attendance.member.identities.update(external_id="ines@example.org")
    client.force_login(bob)
    address = f"/events/{refused.attendance.event_id}/undelivered/"
    client.post(address, {"notice": refused.pk})
    notices.send_due()
    assert mail.outbox[0].to == ["ines@example.org"]
    assert "Every email was delivered" in client.get(address).content.decode()


def test_sending_again_can_be_undone_until_it_has_gone_out(client, bob, refused):
    client.force_login(bob)
    address = f"/events/{refused.attendance.event_id}/undelivered/"
    page = client.post(address, {"notice": refused.pk}, follow=True).content.decode()
    undo = page.partition("/undo/")[2].partition("/")[0]
    client.post(f"/undo/{undo}/")
    refused.refresh_from_db()
    assert refused.dropped_at is not None
    assert refused.error == "550 No such user here"
    notices.send_due()
    assert mail.outbox == []


def test_the_health_page_names_them_and_calendars_that_fail(client, alice, refused):
    Feed.objects.create(url="https://example.org/a.ics", name="Makers", error="It answered 404.")
    client.force_login(alice)
    page = one_line(client.get("/system/").content)
    assert "Imported calendar “Makers”" in page
    assert "It answered 404." in page
    assert "1 not delivered in the last 30 days" in page
