"""Notifications come: in the bell at once, by mail when they stay unread, never to the wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
import time_machine
from celery import current_app
from celery.exceptions import SoftTimeLimitExceeded
from django.core import mail
from django.utils import timezone

from inbox.connectors.base import AuthExpired, Transient
from inbox.models import Source
from inbox.verbs import triage, writing
from team import mailbox, notifications
from team.models import Notification
from team.notifications import notify
from team.tasks import MAIL_SECONDS, mail_notifications
from tests.make import make_conversation, make_message, make_source, make_user

pytestmark = pytest.mark.django_db


def told(user) -> list[str]:
    return list(Notification.objects.visible_to(user).values_list("kind", flat=True))


def test_whoever_is_assigned_is_told_but_never_of_their_own_doing(bob, lena) -> None:
    conversation = make_message().conversation
    triage.assign([conversation], bob, by=lena)
    triage.assign([make_conversation()], lena, by=lena)
    assert told(bob) == ["assigned"]
    assert told(lena) == []
    assert "Lena Lindqvist assigned" in Notification.objects.get().text


def test_many_at_once_are_told_in_one_line(bob, lena) -> None:
    triage.assign([make_conversation() for _ in range(8)], bob, by=lena)
    assert "8 conversations" in Notification.objects.get(user=bob).text


def test_a_mention_in_a_note_is_told_once_a_conversation(bob, lena, carol) -> None:
    conversation = make_message().conversation
    writing.note(conversation, "@Lena Lindqvist can you look? And @carol.", by=bob)
    writing.note(conversation, "@lena again", by=bob)
    assert (told(lena), told(carol), told(bob)) == (["mention"], ["mention"], [])


def test_undoing_a_note_takes_its_mentions_back_and_mails_nothing(bob, lena, carol) -> None:
    conversation = make_message().conversation
    triage.assign([conversation], lena, by=bob)
    note = writing.note(conversation, "@lena and @carol, please", by=bob)
    assert (sorted(told(lena)), told(carol)) == (["assigned", "mention"], ["mention"])
    Notification.objects.filter(user=carol).mark_read()
    assert note.undo(by=bob)
    assert (told(lena), told(carol)) == (["assigned"], ["mention"])
    with time_machine.travel(timezone.now() + notifications.MAIL_AFTER * 2):
        mail_notifications()
    assert [message.subject for message in mail.outbox if "mentioned" in message.subject] == []


def test_undoing_a_note_keeps_the_mention_in_another_one(alice, bob, lena) -> None:
    conversation = make_message().conversation
    writing.note(conversation, "@lena, a second opinion?", by=alice)
    note = writing.note(conversation, "@lena again", by=bob)
    assert Notification.objects.get(user=lena).text.startswith(str(bob))
    assert note.undo(by=bob)
    assert Notification.objects.get(user=lena).text.startswith(str(alice))


def test_an_address_is_no_mention(bob, lena) -> None:
    writing.note(make_message().conversation, "write to x@lena.example or lena@x.example", by=bob)
    assert told(lena) == []


def test_a_colleague_who_may_not_see_the_source_is_not_told(alice, bob, lena) -> None:
    hidden = make_message(make_conversation(make_source(restricted=True))).conversation
    writing.note(hidden, "@Bob Baker and @Lena Lindqvist, please", by=alice)
    assert (told(bob), told(lena)) == ([], ["mention"])


def test_names_to_complete_are_of_those_who_may_see_it(client, bob, alice) -> None:
    hidden = make_conversation(make_source(restricted=True, granted=[bob]))
    make_user("manager", name="Zoe Outside")
    client.force_login(bob)
    names = client.get(f"/conversations/{hidden.pk}/mentionable/").json()["names"]
    assert set(names) == {"Bob Baker", "Alice Andersen"}


def test_what_somebody_switched_off_is_not_told(client, bob, lena) -> None:
    client.force_login(bob)
    saved = {
        "bell": ["mention"],
        "mail": ["assigned"],
        "quiet_from": "22:00",
        "quiet_until": "7:00",
    }
    assert client.post("/me/notifications/", saved).status_code == 302
    bob.refresh_from_db()
    assert bob.prefers("quiet_until") == "07:00"
    triage.assign([make_conversation()], bob, by=lena)
    assert told(bob) == []
    client.post("/me/notifications/", {"quiet_from": "22:00"})
    bob.refresh_from_db()
    assert bob.prefers("quiet_until") == "07:00"  # half of it is refused, in a toast


# Mails ------------------------------------------------------------------------------------------


def unread(user, minutes: int = 20) -> Notification:
    notify("mention", [user], "conversation:1", "Bob mentioned you", "/conversations/1/")
    ago = timezone.now() - timedelta(minutes=minutes)
    Notification.objects.filter(user=user).update(updated_at=ago)
    return Notification.objects.get(user=user)


def test_what_stays_unread_for_15_minutes_is_mailed_once(lena) -> None:
    unread(lena, minutes=14)
    mail_notifications()
    assert mail.outbox == []
    Notification.objects.update(updated_at=timezone.now() - timedelta(minutes=16))
    mail_notifications()
    mail_notifications()
    (letter,) = mail.outbox
    assert letter.to == ["lena@team.example"]
    assert "Bob mentioned you" in letter.body
    ((html, kind),) = letter.alternatives
    assert kind == "text/html"
    assert 'href="http' in html
    assert "style=" in html  # mail programs read no style sheet


def test_who_wants_mail_alone_is_mailed_and_sees_nothing_in_the_bell(client, lena) -> None:
    lena.prefer(notifications={"mention": {"bell": False, "mail": True}})
    notify("mention", [lena], "conversation:1", "Bob mentioned you", "/conversations/1/")
    client.force_login(lena)
    assert client.get("/notifications/newest/").json() == {}
    assert "Bob mentioned you" not in client.get("/notifications/").content.decode()
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        mail_notifications()
        mail_notifications()
    assert [letter.subject for letter in mail.outbox] == ["Bob mentioned you"]


def test_news_by_mail_alone_take_nothing_unread_out_of_the_bell(lena) -> None:
    lena.prefer(notifications={"reply": {"bell": False, "mail": True}})
    notify("mention", [lena], "conversation:1", "Bob mentioned you", "/conversations/1/")
    notify("reply", [lena], "conversation:1", "Ines wrote", "/conversations/1/")
    assert told(lena) == ["mention"]


def test_who_wants_neither_is_not_told(lena) -> None:
    lena.prefer(notifications={"mention": {"bell": False, "mail": False}})
    notify("mention", [lena], "conversation:1", "Bob mentioned you", "/conversations/1/")
    assert not Notification.objects.exists()


def test_what_was_read_is_not_mailed_and_news_is_mailed_again(lena) -> None:
    unread(lena)
    Notification.objects.update(read_at=timezone.now())
    mail_notifications()
    assert mail.outbox == []
    unread(lena)
    mail_notifications()
    unread(lena)
    mail_notifications()
    assert len(mail.outbox) == 2


def test_a_mail_server_that_is_away_delays_the_mail_and_sends_it_once(lena) -> None:
    unread(lena)
    with patch("team.mail.EmailMultiAlternatives.send", side_effect=ConnectionRefusedError):
        mail_notifications()
    assert mail.outbox == []
    mail_notifications()
    mail_notifications()
    assert len(mail.outbox) == 1


def test_a_mail_server_that_hangs_delays_the_mail_and_sends_it_once(lena) -> None:
    unread(lena)
    hangs = patch("team.mail.EmailMultiAlternatives.send", side_effect=SoftTimeLimitExceeded)
    with hangs, pytest.raises(SoftTimeLimitExceeded):
        mail_notifications()
    mail_notifications()
    mail_notifications()
    assert len(mail.outbox) == 1


def test_a_slow_mail_server_ends_the_round_before_its_worker_does(lena, bob) -> None:
    unread(lena)
    unread(bob)
    clock = [0.0, 0.0, MAIL_SECONDS + 1]
    hangs = patch("team.mail.EmailMultiAlternatives.send", side_effect=TimeoutError)
    with patch("team.tasks.monotonic", side_effect=clock), hangs as send:
        mail_notifications()
    assert send.call_count == 1
    assert Notification.objects.filter(mailed_at=None).count() == 2
    mail_notifications()
    assert len(mail.outbox) == 2


def test_what_waited_for_a_mail_server_for_days_is_mailed_still(lena) -> None:
    days = [(13, 1), (15, 1)]  # the second one is no news any more
    for ago, mails in days:
        unread(lena, minutes=ago * 24 * 60)
        mail_notifications()
        assert len(mail.outbox) == mails


def test_many_unwanted_rows_of_one_colleague_keep_no_other_waiting(bob, lena) -> None:
    bob.prefer(notifications={"mention": {"bell": True, "mail": False}})
    ago = timezone.now() - timedelta(minutes=20)
    Notification.objects.bulk_create(
        Notification(user=bob, kind="mention", about=f"c:{n}", text="x", link="/", updated_at=ago)
        for n in range(1000)
    )
    unread(lena)
    mail_notifications()
    assert [letter.to for letter in mail.outbox] == [[lena.email]]


@pytest.mark.parametrize(
    ("clock", "quiet"), [(21, False), (22, True), (2, True), (6, True), (7, False), (12, False)]
)
def test_quiet_hours_are_of_the_readers_own_timezone(lena, clock, quiet) -> None:
    lena.timezone = "Asia/Kolkata"
    lena.save()
    lena.prefer(quiet_from="22:00", quiet_until="07:00")
    local = datetime(2026, 11, 20, clock, 10, tzinfo=UTC) - timedelta(hours=5, minutes=30)
    with time_machine.travel(local, tick=False):
        unread(lena)
        mail_notifications()
    assert (mail.outbox == []) is quiet


def test_a_mail_tells_nothing_of_a_source_that_was_closed_meanwhile(bob) -> None:
    source = make_source()
    notify("reply", [bob], "conversation:1", "Ines wrote", "/", scope=source.scope)
    Notification.objects.update(updated_at=timezone.now() - timedelta(minutes=20))
    Source.objects.update(restricted=True)
    mail_notifications()
    assert mail.outbox == []


# Sources ----------------------------------------------------------------------------------------


def test_a_source_that_fails_for_ten_minutes_is_told_once(alice, bob) -> None:
    source = make_source()
    now = timezone.now()
    for minutes in (0, 5, 9, 11, 30, 90):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            source.record_failure(Transient("The site is down"))
        assert len(told(alice)) == (1 if minutes >= 11 else 0)
    assert told(bob) == []
    Notification.objects.update(read_at=timezone.now())
    source.record_failure(Transient("The site is down"))
    assert Notification.objects.get().read_at is not None


def stop_source_and_mail() -> None:
    """Whatever is queued is run, and what stays unread is mailed."""
    queued: list[tuple[str, tuple[object, ...]]] = []

    def enqueue(name: str, *args: object, **_: object) -> None:
        queued.append((name, args))

    with patch("community_hub.lib.queue.enqueue", enqueue):
        make_source(name="Forum").record_failure(AuthExpired("The key was revoked"))
    for name, args in queued:
        current_app.tasks[name](*args)
    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        mail_notifications()


def test_a_source_that_stops_is_mailed_once(alice) -> None:
    stop_source_and_mail()
    (letter,) = mail.outbox
    assert letter.to == [alice.email]
    assert letter.subject.startswith("Forum stopped")


def test_an_admin_who_wants_no_mail_of_sources_gets_none(alice) -> None:
    alice.prefer(notifications={"source": {"bell": True, "mail": False}})
    stop_source_and_mail()
    assert mail.outbox == []


def test_a_source_that_stops_in_quiet_hours_is_mailed_after_them(alice) -> None:
    alice.prefer(quiet_from="22:00", quiet_until="07:00")
    with time_machine.travel(datetime(2026, 11, 20, 23, 0, tzinfo=UTC)):
        stop_source_and_mail()
        assert mail.outbox == []
    with time_machine.travel(datetime(2026, 11, 21, 7, 1, tzinfo=UTC)):
        mail_notifications()
    assert len(mail.outbox) == 1


# The mailbox ------------------------------------------------------------------------------------


def test_admins_read_the_mails_of_a_hub_without_a_mail_server(
    client, alice, bob, settings, tmp_path
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    unread(bob)
    mail_notifications()
    client.force_login(alice)
    page = client.get("/team/mailbox/").content.decode()
    assert "bob@team.example" in page
    assert "Bob mentioned you" in page
    assert "<style" not in page.partition('id="mails"')[2]
    client.force_login(bob)
    assert client.get("/team/mailbox/").status_code == 403


def test_with_a_mail_server_there_is_no_mailbox(client, alice) -> None:
    client.force_login(alice)
    assert not mailbox.is_there()
    assert client.get("/team/mailbox/").status_code == 404


def test_kinds_are_registered_once() -> None:
    with pytest.raises(ValueError, match="already"):
        notifications.register("mention", "")
    with pytest.raises(KeyError):
        notify("nonsense", [], "x", "y", "/")


def test_the_browser_shows_the_newest_that_is_unread(client, bob) -> None:
    client.force_login(bob)
    assert client.get("/notifications/newest/").json() == {}
    row = unread(bob)
    assert client.get("/notifications/newest/").json()["id"] == row.pk
