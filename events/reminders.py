"""Reminders by mail before an event, to who is going or may come: a week, a day or an hour before,
as the event has it. A day before is at the same time by the event's own clock.

Each goes once for a start; an event that is moved reminds anew. One that nobody sent in time is not
sent later, and who answered after its moment needs none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from team import hours

from . import mail_subjects, notices
from .models import Answer, Attendance, Event, Kind, Notice, State
from .models.attendance import AttendanceQuerySet

KIND = "reminder"
# How long before, how late it may still go, and a number of its own
SPANS = {
    "week": (timedelta(days=7), timedelta(hours=24), 1),
    "day": (timedelta(days=1), timedelta(hours=12), 2),
    "hour": (timedelta(hours=1), timedelta(minutes=45), 3),
}
LONGEST = timedelta(days=8)
TO = (Answer.GOING, Answer.MAYBE)


def moment_of(event: Event, span: str) -> datetime:
    """When this reminder is due."""
    before = SPANS[span][0]
    if span == "hour":
        return event.starts_at - before
    local = event.starts_at.astimezone(hours.zone(event.timezone))
    return (local - before).astimezone(UTC)


def sequence_of(event: Event, span: str) -> int:
    """Of its notices: another one for each start."""
    return notices.moment(event.starts_at) * 10 + SPANS[span][2]


def queue_due() -> None:
    """Safe to call again: one notice a person, start and span."""
    now = timezone.now()
    coming = Event.objects.present().filter(
        state=State.PUBLISHED, starts_at__gt=now, starts_at__lt=now + LONGEST
    )
    for event in coming.exclude(reminders=[]).exclude(kind=Kind.CONTENT).iterator(200):
        for span in event.reminders:
            if span in SPANS and is_due(event, span, now):
                _queue(event, span)


def is_due(event: Event, span: str, now: datetime) -> bool:
    """Not where the event was changed after its moment: of that they were told."""
    moment = moment_of(event, span)
    in_time = moment <= now <= moment + SPANS[span][1] and now < event.starts_at
    return in_time and event.changed_at <= moment


def _queue(event: Event, span: str) -> None:
    sequence = sequence_of(event, span)
    there = Notice.objects.filter(attendance=OuterRef("pk"), kind=KIND, sequence=sequence)
    rows = to_remind(event).filter(~Exists(there))
    known = Q(answered_at__isnull=True) | Q(answered_at__lte=moment_of(event, span))
    ids = list(rows.filter(known).values_list("pk", flat=True))
    if ids:
        notices.queue_notices(KIND, ids, sequence=sequence)


def to_remind(event: Event) -> AttendanceQuerySet:
    return Attendance.objects.filter(event=event, answer__in=TO, no_reminders=False)


def set_off(attendance: Attendance, off: bool) -> None:
    """By whoever has the personal link."""
    Attendance.objects.filter(pk=attendance.pk).update(no_reminders=off)


def _is_true(notice: Notice) -> bool:
    attendance, event = notice.attendance, notice.attendance.event
    return (
        event.state == State.PUBLISHED
        and timezone.now() < event.starts_at
        and notice.sequence in [sequence_of(event, span) for span in event.reminders]
        and attendance.answer in TO
        and not attendance.no_reminders
    )


def register_kinds() -> None:
    """By EventsConfig.ready()."""
    notices.register(notices.Kind(KIND, mail_subjects.reminder, is_true=_is_true))
