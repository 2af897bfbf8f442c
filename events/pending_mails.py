"""The mails with the link that confirms an answer."""

from __future__ import annotations

from time import monotonic

import structlog
from django.utils import timezone

from . import mail_subjects, mailing, rsvp, visitors
from .models import PendingAnswer

log = structlog.get_logger(__name__)

SLICE = 100
ROUND = 60.0  # seconds


def send(pk: int) -> bool:
    """False where the mail server takes none now. Taken first: two workers send one mail. It holds
    nothing that a stranger typed, who may have typed somebody else's address."""
    now = timezone.now()
    waiting = PendingAnswer.objects.filter(pk=pk, mailed_at__isnull=True, next_try_at__lte=now)
    if not waiting.update(mailed_at=now):
        return True
    row = PendingAnswer.objects.select_related("event").get(pk=pk)
    if row.confirmed_at or not row.event.takes_answers or not row.event.has_public_page:
        return True
    try:
        with visitors.speaking(row.language):
            subject = mail_subjects.confirm(row.event)
            more = {"confirm": rsvp.link_of(row)}
            mailing.compose("confirm", subject, row.email, row.event, more).send()
    except OSError as error:
        refusal = mailing.refusal_of(error)
        log.warning("confirmation not mailed", pending=pk, final=refusal.final)
        wait = None if refusal.final else mailing.wait_after(row.failures)
        rsvp.note_failure(row, refusal.words, wait=wait)
        return not refusal.server
    except BaseException:  # such as SoftTimeLimitExceeded, where the server hangs
        rsvp.note_failure(row, "", wait=mailing.wait_after(row.failures))
        raise
    return True


def send_due() -> None:
    until = monotonic() + ROUND
    due = PendingAnswer.objects.filter(mailed_at__isnull=True, next_try_at__lte=timezone.now())
    for pk in due.order_by("next_try_at").values_list("pk", flat=True)[:SLICE]:
        if monotonic() > until or not send(pk):
            return
