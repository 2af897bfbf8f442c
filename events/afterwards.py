"""What happens once an event is over: thanks to who came, with the questions for feedback; the day
after, no-shows in the log and a follow-up for each who was there for the first time."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from community_hub.lib.paths import path
from community_hub.lib.text import one_line
from members import contact, follow_up_verbs
from members.follow_up_checks import NotPossible
from members.follow_up_verbs import Origin
from members.follow_ups import today
from members.models import FollowUpKind
from team.models import User

from . import answers, attendance_log, feedback, mail_subjects, notices
from .models import Attendance, Event, Kind, Notice, State
from .models.attendance import AttendanceQuerySet
from .models.event import EventQuerySet

log = structlog.get_logger(__name__)
THANKS = "thanks"
AFTER_END = timedelta(hours=1)  # thanks
THE_DAY_AFTER = timedelta(hours=24)  # the rest: phones at the door have synced by then
TOO_LATE = timedelta(days=4)
LONGEST_TITLE = 80


def run() -> None:
    """Safe to call again."""
    now = timezone.now()
    for event in over(now - AFTER_END).filter(feed="").iterator(200):
        if event.thanks or event.feedback:
            _queue_thanks(event)
    for event in over(now - THE_DAY_AFTER).filter(wound_up_at__isnull=True):
        wind_up(event.pk)


def over(since: datetime) -> EventQuerySet:
    ended = Event.objects.present().filter(state=State.PUBLISHED, ends_at__lte=since)
    return ended.filter(ends_at__gt=timezone.now() - TOO_LATE).exclude(kind=Kind.CONTENT)


def _queue_thanks(event: Event) -> None:
    there = Notice.objects.filter(attendance=OuterRef("pk"), kind=THANKS)
    came = Attendance.objects.filter(event=event, member__user__isnull=True).came()
    if ids := list(came.filter(~Exists(there)).values_list("pk", flat=True)):
        notices.queue_notices(THANKS, ids)


def wind_up(event_id: int) -> bool:
    """Once, where somebody was checked in; else it is tried again until it is too late."""
    with transaction.atomic():
        event = answers.lock(event_id)
        came = Attendance.objects.filter(event=event).came()
        if event.wound_up_at or not came.exists():
            return False
        Event.objects.filter(pk=event_id).update(wound_up_at=timezone.now())
        absent = Attendance.objects.filter(event=event, checked_in_at__isnull=True).going()
        attendance_log.write_no_shows(event, absent.iterator(500))
        if event.greet_newcomers:
            for row in first_timers(event).select_related("member__owner"):
                _plan_greeting(event, row)
        return True


def first_timers(event: Event) -> AttendanceQuerySet:
    """Who came, and to no event that began before it; not teammates and bots."""
    before = Attendance.objects.filter(
        member=OuterRef("member"), event__starts_at__lt=event.starts_at,
        event__removed_at__isnull=True,
    ).came()  # fmt: skip
    rows = Attendance.objects.filter(event=event, member__user__isnull=True, member__is_bot=False)
    return rows.came().filter(~Exists(before), member__erased_at__isnull=True)


def _plan_greeting(event: Event, row: Attendance) -> None:
    """By the host, else by who looks after the member; nobody where neither can."""
    if contact.why_not(row.member, None):
        return
    title = one_line(event.title, LONGEST_TITLE)
    text = _("Ask how their first event was: “%(event)s”") % {"event": title}
    origin = Origin(key=row.line_key("first"), link=event.get_absolute_url())
    for owner in _owners(event, row):
        try:
            with transaction.atomic():
                follow_up_verbs.plan(
                    row.member, text, today() + timedelta(days=1), by=owner, owner=owner,
                    kind=FollowUpKind.WELCOME, origin=origin,
                )  # fmt: skip
            return
        except (NotPossible, PermissionDenied) as error:
            log.info("no follow-up for a first-timer", attendance=row.pk, why=str(error))


def _owners(event: Event, row: Attendance) -> list[User]:
    both = (event.host, row.member.owner)
    return [user for user in both if user is not None]


def _asks(notice: Notice) -> bool:
    return feedback.is_asked(notice.attendance) and not notice.attendance.feedback_given


def _is_true(notice: Notice) -> bool:
    event = notice.attendance.event
    came = notice.attendance.checked_in_at is not None and event.state == State.PUBLISHED
    return came and (event.thanks or _asks(notice))


def _more(notice: Notice) -> dict[str, str]:
    link = settings.HUB_URL + path("my-feedback", notice.attendance.token)
    return {"feedback_link": link if _asks(notice) else ""}


def register_kinds() -> None:
    """By EventsConfig.ready()."""
    notices.register(
        notices.Kind(THANKS, mail_subjects.thanks, is_true=_is_true, coming=False, more=_more)
    )
