"""Celery tasks of the team: each is safe to run twice."""

from __future__ import annotations

from datetime import timedelta

import structlog
from celery import shared_task
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from community_hub.lib import queue
from community_hub.lib.schedule import SHORT, scheduled

from . import exports, jobs, mail, notifications
from .models import Notification

log = structlog.get_logger(__name__)


@scheduled(
    every=timedelta(minutes=1),
    name="team.tasks.mail_notifications",
    label=gettext_lazy("Email unread notifications"),
)
def mail_notifications() -> None:
    """One mail to each colleague who has something unread for a while. Where the mail server is
    away they stay due, and are sent once it is back."""
    now = timezone.now()
    for user, rows in notifications.due_by_mail(now).items():
        ids = [row.pk for row in rows]
        # taken first: two workers at once send one mail
        mine = Notification.objects.filter(pk__in=ids, mailed_at__isnull=True, read_at=None)
        if not mine.update(mailed_at=now):
            continue
        n = len(rows)
        subject = rows[0].text if n == 1 else ngettext(
            "%(n)s notification", "%(n)s notifications", n
        ) % {"n": n}  # fmt: skip
        try:
            mail.send(
                "team/email/notifications",
                str(subject),
                [user.email],
                {"user": user, "notifications": rows, "why": _("Change what is sent to you:")},
            )
        except OSError as error:
            Notification.objects.filter(pk__in=ids, mailed_at=now).update(mailed_at=None)
            log.warning("notifications not mailed", user=user.pk, error=str(error))


@shared_task(name="team.tasks.run_job")
def run_job(pk: int) -> None:
    jobs.run(pk)


@scheduled(
    every=timedelta(seconds=15),
    name="team.tasks.run_due_jobs",
    label=gettext_lazy("Continue background jobs"),
    timeout=SHORT,
)
def run_due_jobs() -> None:
    for pk in jobs.due():
        queue.enqueue("team.tasks.run_job", pk)
    jobs.forget_finished()


@scheduled(
    every=timedelta(hours=1),
    name="team.tasks.delete_old_exports",
    label=gettext_lazy("Delete old exports"),
)
def delete_old_exports() -> None:
    exports.delete_old()
