"""Keeps the roll-up `Day`: a pass each minute, a check each night, a job for all that is there.

A day is rebuilt whole, in one statement, under a lock of its own: whatever changed in it, and
however often, it then says what the messages say.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from datetime import time as clock
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import Max, Min
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community_hub.lib.schedule import scheduled
from inbox.models import Kind, Message
from team import hours, jobs
from team.jobs import background_job
from team.models import BackgroundJob

from .models import Day, RollUpState
from .periods import DAY, Period

log = structlog.get_logger(__name__)

REBUILD, ABOUT = "rebuild-roll-up", "roll-up"
OVERLAP = 2_000  # message ids that are looked at again: some are committed late
AGAIN = timedelta(minutes=5)  # for changes, likewise
CHECKED = 35  # days, each night
SAMPLE = 20  # older days, each night
STEP = 10  # days of the job

_LOCK = "select pg_advisory_xact_lock(hashtext('insights.day'), %(number)s)"
_DELETE = "delete from insights_day where day = %(day)s"
_INSERT = """
insert into insights_day (day, source_id, member_id, user_id, is_ours, posts, replies)
select %(day)s, source_id, member_id, user_id, is_ours, count(*), count(*) filter (where answers)
from (
    select m.source_id, i.member_id, m.by_id as user_id,
           (m.kind = 'outbound' or coalesce(i.is_us, false)) as is_ours,
           case when m.parent_id is not null then coalesce(
               p.kind in ('inbound', 'outbound') and not coalesce(replied.is_bot, false)
               and (pi.member_id is distinct from i.member_id
                    or (p.kind = 'outbound') <> (m.kind = 'outbound')), false)
           else exists (
               select 1 from inbox_message e
               left join members_identity ei on ei.id = e.author_id
               left join members_member em on em.id = ei.member_id
               where e.conversation_id = m.conversation_id
                 and (e.sent_at, e.id) < (m.sent_at, m.id)
                 and e.kind in ('inbound', 'outbound') and e.deleted_at is null
                 and not coalesce(em.is_bot, false)
                 and (ei.member_id is distinct from i.member_id
                      or (e.kind = 'outbound') <> (m.kind = 'outbound')))
           end as answers
    from inbox_message m
    left join members_identity i on i.id = m.author_id
    left join inbox_delivery d on d.message_id = m.id
    left join inbox_message p on p.id = m.parent_id
    left join members_identity pi on pi.id = p.author_id
    left join members_member replied on replied.id = pi.member_id
    where m.sent_at >= %(begins)s and m.sent_at < %(ends)s
      and m.kind in ('inbound', 'outbound') and m.deleted_at is null
      and (d.state is null or d.state not in ('failed', 'cancelled'))
) said
group by source_id, member_id, user_id, is_ours
"""


@scheduled(
    every=timedelta(minutes=1),
    name="insights.rollups.update",
    label=_("Count messages by day for Insights"),
)
def update() -> None:
    """Rebuild the days that messages were added to, edited or deleted in since the last time."""
    now, zone_name = timezone.now(), str(hours.of_hub().zone)
    state, _is_new = RollUpState.objects.get_or_create(pk=1)
    if state.timezone != zone_name:  # never built, or the hub's days are others now
        RollUpState.objects.filter(pk=1).update(timezone=zone_name)
        jobs.start(REBUILD, ABOUT, by=None)
    newest = Message.objects.aggregate(newest=Max("pk"))["newest"] or 0
    changed = set(_days_of_new(state.message)) | set(_days_of_changed(state))
    rebuild(changed)
    RollUpState.objects.filter(pk=1).update(message=newest, checked_at=now)


@scheduled(
    every=timedelta(days=1),
    at=clock(3, 40),
    name="insights.rollups.check",
    label=_("Check and repair counts by day"),
)
def check() -> None:
    """The last days, and some of those before, are counted anew; a difference is a bug somewhere,
    unless a thread was moved or a date changed on its platform."""
    today = timezone.now().astimezone(hours.of_hub().zone).date()
    days = [today - DAY * n for n in range(CHECKED)]
    older = list(
        Day.objects.filter(day__lt=days[-1])
        .order_by("day")
        .values_list("day", flat=True)
        .distinct()
    )
    days += random.sample(older, min(SAMPLE, len(older)))
    before = {day: _sums(day) for day in days}
    rebuild(days)
    if wrong := [day for day in days if _sums(day) != before[day]]:
        log.error("counts by day had drifted", days=len(wrong), example=str(wrong[0]))


@background_job(REBUILD, words=_("Counting messages by day"))
def rebuild_all(job: BackgroundJob) -> bool:
    """The next STEP days, the newest first."""
    zone = hours.of_hub().zone
    bounds = Message.objects.aggregate(first=Min("sent_at"), last=Max("sent_at"))
    if bounds["first"] is None:
        return False
    first, last = (bounds[name].astimezone(zone).date() for name in ("first", "last"))
    first = max(first, last - timedelta(days=366 * 20))
    job.total = (last - first).days + 1
    until = last - DAY * job.cursor.get("days", 0)
    days = [until - DAY * n for n in range(STEP) if until - DAY * n >= first]
    rebuild(days)
    job.done += len(days)
    job.cursor = {"days": job.done}
    return job.done < job.total


def rebuild(days: Iterable[date]) -> None:
    """Each in a transaction of its own, so that none is locked for long."""
    zone = hours.of_hub().zone
    for day in sorted(set(days)):
        period = Period(day, day, zone)
        values: dict[str, Any] = {
            "day": day, "number": day.toordinal(), "begins": period.begins, "ends": period.ends
        }  # fmt: skip
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_LOCK, values)
            cursor.execute(_DELETE, values)
            cursor.execute(_INSERT, values)


def _days_of_new(seen: int) -> list[date]:
    rows = Message.objects.filter(pk__gt=max(0, seen - OVERLAP)) if seen else Message.objects.none()
    return _days(rows.values_list("sent_at", flat=True))


def _days_of_changed(state: RollUpState) -> list[date]:
    """Where something was deleted; and today, if something was sent from here, which may fail."""
    if state.checked_at is None:
        return []
    deleted = Message.objects.filter(deleted_at__gt=state.checked_at - AGAIN)
    today = hours.of_hub().midnight(timezone.localdate(timezone=hours.of_hub().zone))
    sent = Message.objects.filter(kind=Kind.OUTBOUND, sent_at__gte=today)[:1]
    return _days(
        [*deleted.values_list("sent_at", flat=True), *sent.values_list("sent_at", flat=True)]
    )


def _days(moments: Iterable[datetime]) -> list[date]:
    zone = hours.of_hub().zone
    return sorted({moment.astimezone(zone).date() for moment in moments})


def _sums(day: date) -> list[tuple[object, ...]]:
    rows = Day.objects.filter(day=day)
    return sorted(
        rows.values_list("source", "member", "user", "is_ours", "posts", "replies"), key=str
    )
