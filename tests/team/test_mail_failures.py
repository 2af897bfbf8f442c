"""A mail server that does not take a colleague's mail: what is final, what is tried again, who is
told."""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused
from unittest.mock import patch

import pytest
from django.core import mail
from django.utils import timezone

from team import mail as hub_mail
from team.models import Action, MailFailure, Notification
from team.notifications import notify
from team.tasks import mail_notifications
from tests.make import one_line

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(lena):
    """Something unread, due by mail."""
    notify("mention", [lena], "conversation:1", "Bob mentioned you", "/conversations/1/")
    long_ago = timezone.now() - timedelta(minutes=20)
    Notification.objects.filter(user=lena).update(updated_at=long_ago)
    return lena


def refused(code: int, email: str = "lena@example.com"):
    error = SMTPRecipientsRefused({email: (code, b"5.1.1 No such\r\nuser here")})
    return patch.object(hub_mail.EmailMultiAlternatives, "send", side_effect=error)


def rounds(number: int, minutes: int, time_machine) -> None:
    for _ in range(number):
        time_machine.move_to(timezone.now() + timedelta(minutes=minutes))
        mail_notifications()


def test_an_address_that_is_refused_for_good_is_tried_once(waiting, time_machine) -> None:
    with refused(550) as send:
        rounds(5, 1, time_machine)
        rounds(3, 60 * 24, time_machine)
    assert send.call_count == 1
    assert MailFailure.objects.get().answer == "550 5.1.1 No such user here"


@pytest.mark.parametrize("full", [refused(451), patch.object(
    hub_mail.EmailMultiAlternatives, "send", side_effect=SMTPDataError(552, b"Too much mail")
)], ids=["greylisted", "its data refused"])  # fmt: skip
def test_what_is_refused_for_now_is_tried_ever_more_seldom_and_sent_once(
    full, waiting, time_machine
) -> None:
    with full as send:
        rounds(60, 1, time_machine)
    assert 4 <= send.call_count <= 7
    assert not MailFailure.objects.refused().exists()
    rounds(3, 60 * 5, time_machine)
    assert len(mail.outbox) == 1
    assert not MailFailure.objects.exists()


def test_another_address_is_tried_at_once(waiting, time_machine) -> None:
    with refused(550):
        rounds(1, 1, time_machine)
    waiting.email = "lena@elsewhere.example"
    waiting.save()
    rounds(1, 1, time_machine)
    assert [one.to for one in mail.outbox] == [["lena@elsewhere.example"]]


def test_admins_see_whose_mail_is_refused_and_have_it_tried_again(
    client, waiting, alice, bob, time_machine
) -> None:
    with refused(550):
        rounds(1, 1, time_machine)
    client.force_login(bob)
    assert "No such user" not in client.get("/team/").content.decode()
    client.force_login(waiting)
    assert "Ask an admin to resume emails" in one_line(client.get("/team/").content)
    client.force_login(alice)
    page = one_line(client.get("/team/").content)
    assert "the mail server refused this address (“550 5.1.1 No such user here”)" in page
    client.post(f"/team/{waiting.pk}/mail-retry/")
    assert Action.objects.get().verb == "retry_mail"
    assert "No such user" not in client.get("/team/").content.decode()
    rounds(1, 1, time_machine)
    assert len(mail.outbox) == 1
