"""Sends the invitations of runs: so many a minute in all, each in a transaction of its own with the
row that says so, so that a worker that is killed sends none twice.

A mail is a row of the outbox, a message in a conversation one of the inbox: both go out after the
transaction has committed, by what sends everything else."""

from __future__ import annotations

import math
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from members.hooks import NotReached

from . import answers, attendance_log, invitations, notices, rsvp
from .models import (
    Answer,
    Attendance,
    Event,
    Invitation,
    InvitationRun,
    InvitationState,
    Notice,
    Origin,
    RunState,
)

log = structlog.get_logger(__name__)
TICK = timedelta(seconds=5)  # that send_due() is called in
MINUTE = timedelta(minutes=1)
MOST_SETTLED = 500


def send_due() -> int:
    """How many rows were gone through. Runs go one after the other, the oldest first."""
    settle()
    room, done = _room(), 0
    due = InvitationRun.objects.running().filter(begins_at__lte=timezone.now())
    for run in due.select_related("event", "by").order_by("begins_at", "pk"):
        done += _send_run(run, room - done)
        if done >= room:
            break
    return done


def _room() -> int:
    """How many may go now, by how many went within a minute; spread over it."""
    most = max(settings.INVITATIONS_A_MINUTE, 1)
    sent = Invitation.objects.filter(sent_at__gt=timezone.now() - MINUTE).count()
    return max(0, min(most - sent, math.ceil(most * TICK / MINUTE)))


def _send_run(run: InvitationRun, most: int) -> int:
    if reason := _why_stop(run):
        stop(run.pk, reason)
        return 0
    for done in range(most):
        if not send_next(run):
            _finish(run)
            return done
    return most


def _why_stop(run: InvitationRun) -> str:
    event = Event.objects.present().filter(pk=run.event_id).first()
    if event is None:
        return _("The event was deleted.")
    if not event.takes_answers:
        return answers.closed_words(event)
    if not run.by.is_active or not run.by.can_edit_events:
        return _("Whoever sent these invitations can’t any more.")
    return ""


def send_next(run: InvitationRun) -> bool:
    """The next row of a run; False where there is none, or it was stopped."""
    with transaction.atomic():
        rows = Invitation.objects.select_for_update(of=("self",), skip_locked=True)
        queued = rows.filter(run=run, state=InvitationState.QUEUED)
        going = queued.filter(run__state=RunState.RUNNING)
        row = going.select_related("member").order_by("pk").first()
        if row is None:
            return False
        try:
            with transaction.atomic():
                _send(row, run)
        except (NotReached, answers.Refused) as refused:
            row.state, row.reason = InvitationState.FAILED, str(refused)[:300]
        except Exception as error:  # of this row: the others must not wait for it
            log.exception("invitation failed", invitation=row.pk)
            row.state = InvitationState.FAILED
            row.reason = f"{type(error).__name__}: {error}"[:300]
        row.save()
    return True


def _send(row: Invitation, run: InvitationRun) -> None:
    """Asks again what may have changed since it was queued."""
    event = answers.lock(run.event_id)
    there = Attendance.objects.filter(event=event, member=row.member_id).first()
    reason = invitations.why_never(row.member, run.by)
    reason = reason or (invitations.words_of_answer(there.answer) if there else "")
    if not reason and not type(row.member).objects.visible_to(run.by).filter(pk=row.member_id):
        reason = _("You can’t see them any more.")
    if reason:
        row.state, row.reason = InvitationState.LEFT, reason[:300]
        return
    outcome = answers.answer(
        event.pk, row.member_id, Answer.INVITED, origin=Origin.INVITATION, actor_id=run.by_id
    )
    mine = rsvp.personal_link(outcome.attendance)
    facts = invitations.Facts(event, row.member, run.by, mine)
    text = invitations.words_for(run.body, facts, run.way)
    if run.way == invitations.MAIL:
        notices.queue_notices("invitation", [outcome.attendance.pk], data={"text": text})
        row.notice = Notice.objects.get(attendance=outcome.attendance, kind="invitation")
    elif way := invitations.way_called(run.way):
        way.send(run.by, row.member_id, row.place, text)
    else:
        raise NotReached(_("This way to write to people is not there any more."))
    row.attendance, row.sent_at = outcome.attendance, timezone.now()
    row.state = InvitationState.SENT


def stop(run_id: int, reason: str = "") -> int:
    """What was not sent yet of a run that is under way never is, nor mails that the mail server has
    not taken. How many that were; 0 where it was not under way."""
    with transaction.atomic():
        running = InvitationRun.objects.running().filter(pk=run_id)
        changed = running.update(
            state=RunState.STOPPED, why_stopped=reason[:200], ended_at=timezone.now()
        )
        if not changed:
            return 0
        said = reason or _("Stopped.")
        rows = Invitation.objects.filter(run=run_id)
        stopped = rows.filter(state=InvitationState.QUEUED).update(
            state=InvitationState.LEFT, reason=said[:300]
        )
        open_mails = rows.filter(notice__in=Notice.objects.open()).values("notice")
        dropped = Notice.objects.open().filter(
            pk__in=list(open_mails.values_list("notice", flat=True))
        )
        dropped.update(dropped_at=timezone.now(), error=said[:200])
    settle()
    return stopped


def settle() -> None:
    """Mails that were given up: they are not invited then, and may be another time."""
    given_up = Invitation.objects.filter(
        state=InvitationState.SENT, notice__dropped_at__isnull=False
    )
    for row in given_up.select_related("notice", "attendance")[:MOST_SETTLED]:
        with transaction.atomic():
            reason = row.notice.error if row.notice else ""
            mine = Invitation.objects.filter(pk=row.pk, state=InvitationState.SENT)
            if not mine.update(state=InvitationState.FAILED, reason=reason[:300], sent_at=None):
                continue
            if row.attendance:
                _take_back(row.attendance)


def _take_back(attendance: Attendance) -> None:
    """Not what they answered since, or have been there."""
    answers.lock(attendance.event_id)
    same = Attendance.objects.filter(
        pk=attendance.pk, answer=Answer.INVITED, checked_in_at__isnull=True
    )
    if row := same.first():
        attendance_log.remove([row], [Answer.INVITED])
        row.delete()


def _finish(run: InvitationRun) -> None:
    """Not while the mail server has some to take: Stop still takes these back."""
    queued = run.invitations.filter(state=InvitationState.QUEUED)
    mails = run.invitations.filter(notice__in=Notice.objects.open())
    if not queued.exists() and not mails.exists():
        running = InvitationRun.objects.running().filter(pk=run.pk)
        running.update(state=RunState.DONE, ended_at=timezone.now())
