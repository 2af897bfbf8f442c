"""Answers without an account: a stranger says who they are, and a link that is mailed to them
confirms it. Until then nothing of it is in the member list or the event's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from community_hub.lib import compiled_sql, queue
from community_hub.lib.paths import path
from members import email_identity

from . import answers, notices
from .models import Answer, Attendance, Event, Origin, PendingAnswer
from .models.pending import KEPT, new_nonce

SALT = "events.confirm"
MOST_MAILS = 3  # to one address about one event within
MAILS_WITHIN = timedelta(hours=1)


@dataclass(frozen=True)
class Said:
    """What a form said, checked."""

    name: str
    email: str
    wanted: str  # "going" or "maybe"
    guests: int = 0


def ask(event: Event, said: Said, *, language: str = "") -> PendingAnswer:
    """Keep it, and mail the link; not a fourth time within an hour. The same whether anybody knows
    the address or not, so whoever asks learns nothing of it."""
    email, now = email_identity.normal(said.email), timezone.now()
    guests = min(said.guests, event.most_guests)
    fields = {"name": said.name, "guests": guests, "wanted": said.wanted, "language": language}
    with transaction.atomic():
        rows = PendingAnswer.objects.select_for_update()
        row, _is_new = rows.get_or_create(event=event, email=email, defaults=fields)
        same = all(getattr(row, name) == value for name, value in fields.items())
        if row.mails_since < now - MAILS_WITHIN:
            row.mails, row.mails_since = 0, now
        if row.mails >= MOST_MAILS:
            return row
        if not same or row.confirmed_at:
            row.nonce, row.confirmed_at, row.attendance = new_nonce(), None, None
        for name, value in fields.items():
            setattr(row, name, value)
        row.expires_at, row.mails = now + KEPT, row.mails + 1
        row.mailed_at, row.next_try_at, row.error = None, now, ""
        row.save()
        queue.enqueue("events.tasks.mail_pending", row.pk)
        return row


def token_of(row: PendingAnswer) -> str:
    return signing.dumps([row.pk, row.nonce], salt=SALT)


def link_of(row: PendingAnswer) -> str:
    return settings.HUB_URL + path("event-confirmation", token_of(row))


def pending_of(token: str, *, lock: bool = False) -> PendingAnswer | None:
    """What a link is about, with its event, or locked; None where it is none of ours, too old, or
    they said something else since."""
    try:
        pk, nonce = signing.loads(token, salt=SALT, max_age=KEPT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    build = _locked if lock else _with_event
    found = compiled_sql.rows(f"pending-answer{build.__name__}", build, pk=pk)
    row = found[0] if found else None
    valid = row and row.expires_at > timezone.now() and constant_time_compare(row.nonce, nonce)
    return row if valid else None


def _locked(pk: int) -> QuerySet[PendingAnswer]:
    return PendingAnswer.objects.filter(pk=pk).select_for_update()


def _with_event(pk: int) -> QuerySet[PendingAnswer]:
    return PendingAnswer.objects.filter(pk=pk).select_related("event", "attendance")


def confirm(token: str) -> Attendance | None:
    """The button behind the link: they get a seat, or a place in the waiting list. Pressed twice,
    the same attendance. None as pending_of(); answers.Refused where the event takes no answers."""
    with transaction.atomic():
        row = pending_of(token, lock=True)
        if row is None or row.attendance:
            return row.attendance if row else None
        owner = email_identity.verified_owner(row.email, row.name)
        outcome = answers.answer_within(
            row.event_id,
            owner.member_id,
            row.wanted,
            guests=row.guests,
            origin=Origin.PAGE,
            identity_id=owner.identity_id,
            language=row.language,
        )
        there = outcome.attendance
        language = row.language or there.language
        if (there.identity_id, there.language) != (owner.identity_id, language):
            # the answer itself was no other than before
            there.identity_id, there.language = owner.identity_id, language
            rows = Attendance.objects.filter(pk=there.pk)
            rows.update(identity=owner.identity_id, language=language)
        row.attendance, row.confirmed_at = there, timezone.now()
        row.save(update_fields=["attendance", "confirmed_at"])
        notices.queue_notices("confirmed", [there.pk], sequence=notices.moment(row.confirmed_at))
        return there


def forget_expired() -> int:
    """Also the addresses of who never confirmed."""
    return PendingAnswer.objects.filter(expires_at__lte=timezone.now()).delete()[0]


# The personal link --------------------------------------------------------------------------------


def attendance_of(token: str) -> Attendance | None:
    rows = Attendance.objects.select_related("event", "member")
    shown = rows.filter(token=token, member__erased_at__isnull=True)
    return shown.filter(event__removed_at__isnull=True).first()


def personal_link(attendance: Attendance) -> str:
    return settings.HUB_URL + path("my-answer", attendance.token)


def change_mind(attendance: Attendance, wanted: str, guests: int) -> Attendance:
    """By whoever has the personal link. answers.Refused where it can't be."""
    outcome = answers.answer(attendance.event_id, attendance.member_id, wanted, guests=guests)
    return outcome.attendance


def before_in_line(attendance: Attendance) -> int:
    """How many wait longer."""
    if attendance.answer != Answer.WAITING:
        return 0
    line = Attendance.objects.filter(event=attendance.event_id, answer=Answer.WAITING)
    at = attendance.waiting_since
    longer = line.filter(waiting_since__lt=at).count()
    return longer + line.filter(waiting_since=at, pk__lt=attendance.pk).count()


def seats_left(event: Event) -> int | None:
    """None where there is room for everybody."""
    return None if event.capacity is None else max(0, event.capacity - answers.taken(event.pk))


def note_failure(row: PendingAnswer, error: str, *, wait: timedelta | None) -> None:
    """Of a mail: tried again after `wait`, or never where that is None."""
    PendingAnswer.objects.filter(pk=row.pk).update(
        mailed_at=timezone.now() if wait is None else None,
        next_try_at=timezone.now() + (wait or timedelta()),
        failures=F("failures") + 1,
        error=error[:200],
    )
