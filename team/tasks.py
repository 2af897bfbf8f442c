"""Celery tasks of the team: each is safe to run twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused
from time import monotonic

import structlog
from celery import shared_task
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from community_hub.lib import queue
from community_hub.lib.schedule import SHORT, scheduled

from . import exports, files, jobs, mail, notifications
from .models import MailFailure, Notification, User

log = structlog.get_logger(__name__)

MAIL_SECONDS = 60.0  # of one round: a mail server that hangs takes EMAIL_TIMEOUT for each mail


@scheduled(
    every=timedelta(minutes=1),
    name="team.tasks.mail_notifications",
    label=gettext_lazy("Email unread notifications"),
)
def mail_notifications() -> None:
    """One mail to each colleague who has something unread for a while. Where the mail server is
    away or hangs they stay due, and are sent once it is back. Whose address it refuses gets none
    until an admin has it tried again, or it is another one."""
    now, begun = timezone.now(), monotonic()
    for user, rows in notifications.due_by_mail(now):
        if monotonic() - begun > MAIL_SECONDS:
            log.warning("notifications wait for a slow mail server")
            return
        ids = [row.pk for row in rows]
        # taken first: two workers at once send one mail
        mine = Notification.objects.filter(pk__in=ids, mailed_at__isnull=True, read_at=None)
        if not mine.update(mailed_at=now):
            continue
        try:
            _mail(user, rows)
            MailFailure.objects.filter(user=user).delete()
        except (SMTPRecipientsRefused, SMTPDataError) as error:
            _keep(ids, now)
            _note_refusal(user, error)
        except OSError as error:
            _keep(ids, now)
            log.warning("notifications not mailed", user=user.pk, error=str(error))
        except BaseException:  # such as SoftTimeLimitExceeded, where the server hangs
            _keep(ids, now)
            raise


def _mail(user: User, rows: list[Notification]) -> None:
    n = len(rows)
    subject = rows[0].text if n == 1 else ngettext(
        "%(n)s notification", "%(n)s notifications", n
    ) % {"n": n}  # fmt: skip
    mail.send(
        "team/email/notifications",
        str(subject),
        [user.email],
        {"user": user, "notifications": rows, "why": _("Change what is sent to you:")},
    )


def _note_refusal(user: User, error: SMTPRecipientsRefused | SMTPDataError) -> None:
    """A 5xx to the address is final. One to the mail itself need not be of the next one."""
    if isinstance(error, SMTPDataError):
        code, answer, final = error.smtp_code, error.smtp_error, False
    else:
        code, answer = next(iter(error.recipients.values()))
        final = 500 <= code < 600
    MailFailure.objects.note(user, code, answer, final=final)
    log.warning("mail refused", user=user.pk, code=code, final=final)


def _keep(ids: list[int], taken_at: datetime) -> None:
    """Due again."""
    Notification.objects.filter(pk__in=ids, mailed_at=taken_at).update(mailed_at=None)


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


@scheduled(
    every=timedelta(days=1),
    name="team.tasks.forget_files",
    label=gettext_lazy("Delete files that were removed or never saved"),
)
def forget_files() -> None:
    files.forget_old()
