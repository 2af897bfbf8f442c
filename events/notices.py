"""Mails to the people of an event, from an outbox: a row of Notice for each, written with what it
tells of; sent in slices, once each. While the mail server is away they stay due.

    register(Kind("thanks", subject=..., is_asked_for=False))
    queue_notices("thanks", [attendance.pk for ...], delay=timedelta(hours=12))

Each kind has a pair of templates in templates/events/email/, which know `event`, `when`, `place`,
`link` (the public page, or ""), `notice`, `attendance`, `mine` (the personal link) and what the
kind's `more` gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from community_hub.lib import queue
from community_hub.lib.paths import path
from community_hub.lib.text import one_line
from members import contact, email_identity

from . import mailing, visitors
from .models import Attendance, Event, Notice

log = structlog.get_logger(__name__)

SLICE = 50
ROUND = 60.0  # seconds: a mail server that hangs takes EMAIL_TIMEOUT for each mail
BATCH = 1000  # rows of one insert


@dataclass(frozen=True)
class Kind:
    """`subject`: of one notice. `is_true`: whether it still is, else it is dropped. `asked_for`: by
    themselves, so it goes also to who asked not to be contacted. `coming`: of no use once the event
    is over. `method`: of the invitation for calendars that goes along, "REQUEST" or "CANCEL"; "":
    none. `more`: for its templates."""

    name: str
    subject: Callable[[Notice], str]
    is_true: Callable[[Notice], bool] = lambda notice: True
    asked_for: bool = False
    coming: bool = True
    method: str = ""
    more: Callable[[Notice], dict[str, Any]] = lambda notice: {}


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """ValueError where the name is taken."""
    if kind.name in KINDS:
        raise ValueError(f"There is a kind {kind.name} already")
    KINDS[kind.name] = kind


def moment(at: datetime) -> int:
    """As a sequence, of what happens again: in milliseconds."""
    return int(at.timestamp() * 1000)


def queue_notices(
    kind: str,
    attendance_ids: Iterable[int],
    *,
    sequence: int = 0,
    data: dict[str, Any] | None = None,
    delay: timedelta = timedelta(),
) -> None:
    """One for each, once a kind and sequence, sent when the transaction has committed or `delay`
    later. KeyError for a kind that is not registered."""
    name, now = KINDS[kind].name, timezone.now()
    rows = [
        Notice(attendance_id=pk, kind=name, sequence=sequence, data=data or {}, created_at=now,
               next_try_at=now + delay)
        for pk in attendance_ids
    ]  # fmt: skip
    Notice.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    if rows:
        _wake(delay.total_seconds())


def _wake(seconds: float) -> None:
    """A worker, for all that is queued within a second: in a rush that is one for many. What it
    misses is found by the one that runs every minute."""
    if seconds or cache.add("event-notices-woken", 1, 1):
        queue.enqueue("events.tasks.send_notices", countdown=seconds or 1)


def send_due(seconds: float = ROUND) -> bool:
    """Slice after slice; whether some are left that are due."""
    until = monotonic() + seconds
    while rows := _slice():
        with mailing.open_connection() as connection:
            if not _send_all(rows, connection, until):
                return True
    return False


def _slice() -> list[Notice]:
    rows = Notice.objects.due().select_related("attendance__event", "attendance__member",
                                              "attendance__identity")  # fmt: skip
    return list(rows.order_by("next_try_at", "pk")[:SLICE])


def _send_all(rows: Sequence[Notice], connection: Any, until: float) -> bool:
    """False where the mail server takes none now, or the time is over."""
    addresses = email_identity.addresses_of([row.attendance.member_id for row in rows])
    for row in rows:
        if monotonic() > until:
            log.warning("mails about events wait for a slow mail server")
            return False
        own = row.attendance.identity
        to = own.external_id if own else addresses.get(row.attendance.member_id, "")
        if not _send(row, to, connection):
            return False
    return True


def _send(row: Notice, to: str, connection: Any) -> bool:
    """False where the mail server takes none now. Taken first: two workers send one mail."""
    now = timezone.now()
    if not Notice.objects.open().filter(pk=row.pk).update(sent_at=now):
        return True
    if reason := _why_not(row, to):
        Notice.objects.filter(pk=row.pk).update(sent_at=None, dropped_at=now, error=reason[:200])
        return True
    try:
        with visitors.speaking(row.attendance.language):
            message = _compose(row, to)
        message.connection = connection
        message.send()
    except OSError as error:
        refusal = mailing.refusal_of(error)
        log.warning("mail about an event not sent", notice=row.pk, final=refusal.final)
        _give_back(row, refusal.words, final=refusal.final)
        return not refusal.server
    except Exception as error:  # of this mail: the others must not wait for it
        log.exception("mail about an event failed", notice=row.pk)
        _give_back(row, f"{type(error).__name__}: {error}")
    except BaseException:  # such as SoftTimeLimitExceeded, where the server hangs
        _give_back(row, "")
        raise
    return True


def _why_not(row: Notice, to: str) -> str:
    """Why it is not sent at all; "" where it is."""
    kind, attendance = KINDS.get(row.kind), row.attendance
    if kind is None:
        return _("This version knows no such email.")
    if attendance.member.erased_at or attendance.event.removed_at:
        return _("The event or the person is gone.")
    if not to:
        return _("No email address is known.")
    if kind.coming and attendance.event.ends_at <= timezone.now():
        return _("The event is over.")
    if not kind.is_true(row):
        return _("It is not so any more.")
    return "" if kind.asked_for else contact.why_not(attendance.member, None)


def _compose(row: Notice, to: str) -> Any:
    kind, attendance = KINDS[row.kind], row.attendance
    mine = settings.HUB_URL + path("my-answer", attendance.token)
    more = {"notice": row, "attendance": attendance, "mine": mine, **kind.more(row)}
    message = mailing.compose(kind.name, kind.subject(row), to, attendance.event, more)
    if kind.method:
        mailing.attach_invitation(message, attendance, kind.method)
    return message


def _give_back(row: Notice, error: str, *, final: bool = False) -> None:
    """Due again later; `final`: never."""
    now = timezone.now()
    Notice.objects.filter(pk=row.pk).update(
        sent_at=None,
        dropped_at=now if final else None,
        next_try_at=now + mailing.wait_after(row.failures),
        failures=F("failures") + 1,
        error=one_line(error, 200),
    )


def people(event: Event, *answers: str) -> list[int]:
    """Ids of the attendances with one of these answers."""
    return list(
        Attendance.objects.filter(event=event, answer__in=answers).values_list("pk", flat=True)
    )
