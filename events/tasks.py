"""Background work of events: each takes ids, calls one function, and is safe to run twice."""

from __future__ import annotations

from datetime import time as clock
from datetime import timedelta

from celery import shared_task
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community_hub.lib import queue
from community_hub.lib.schedule import SHORT, scheduled

from . import (
    afterwards,
    attendance_imports,
    feed_pull,
    invitation_sending,
    notices,
    pending_mails,
    reminders,
    rsvp,
)
from .models import Feed
from .verbs import series

# Mails --------------------------------------------------------------------------------------------


@shared_task(name="events.tasks.mail_pending")
def mail_pending(pk: int) -> None:
    pending_mails.send(pk)


@shared_task(name="events.tasks.send_notices")
def send_notices() -> None:
    if notices.send_due():
        queue.enqueue("events.tasks.send_notices", countdown=60)


@scheduled(
    every=timedelta(minutes=1),
    name="events.tasks.send_what_is_due",
    label=_("Send emails about events"),
)
def send_what_is_due() -> None:
    """What no worker was told of, or what a mail server did not take before."""
    pending_mails.send_due()
    notices.send_due()
    rsvp.forget_expired()


# Imported calendars -------------------------------------------------------------------------------


@scheduled(
    every=timedelta(minutes=1),
    name="events.tasks.pull_due_feeds",
    label=_("Import calendars that are due"),
    timeout=SHORT,
)
def pull_due_feeds() -> None:
    due = Feed.objects.due(timezone.now()).exclude(url="").order_by("next_pull_at")
    for pk in due.values_list("pk", flat=True)[:200]:
        queue.enqueue("events.tasks.pull_feed", pk)


@shared_task(name="events.tasks.pull_feed")
def pull_feed(pk: int) -> None:
    feed_pull.pull(pk)


@scheduled(
    every=timedelta(hours=1),
    name="events.tasks.forget_imports",
    label=_("Delete lists of attendees that nobody imported"),
)
def forget_imports() -> None:
    attendance_imports.forget_files()


# Series -------------------------------------------------------------------------------------------


@scheduled(
    every=timedelta(days=1),
    at=clock(1, 15),
    name="events.tasks.make_series_dates",
    label=_("Make the dates of repeating events a year ahead"),
)
def make_series_dates() -> None:
    series.make_all_dates()


# Invitations --------------------------------------------------------------------------------------


@scheduled(
    every=invitation_sending.TICK,
    name="events.tasks.send_invitations",
    label=_("Send invitations"),
    timeout=SHORT,
)
def send_invitations() -> None:
    invitation_sending.send_due()


# Before and after an event ------------------------------------------------------------------------


@scheduled(
    every=timedelta(minutes=1),
    name="events.tasks.queue_reminders",
    label=_("Queue reminders of events"),
    timeout=SHORT,
)
def queue_reminders() -> None:
    reminders.queue_due()


@scheduled(
    every=timedelta(minutes=10),
    name="events.tasks.wind_up_events",
    label=_("Thank people and greet newcomers after events"),
)
def wind_up_events() -> None:
    afterwards.run()
