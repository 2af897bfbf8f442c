"""What an event adds to the bond of a teammate and a member: both were there; see
members/bond_pass.py."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from members import stale
from members.hooks import BondContribution
from members.models import Member

from .models import Attendance, Event, Kind

# Who was there of the team: whoever was checked in, the host and the co-hosts. Content is made, not
# met at: whoever wrote in its conversations knows the team by these. The events are an array, so
# that each is looked up by its index.
_TOGETHER = f"""
with came as materialized (
    select a.member_id, a.event_id from events_attendance a
    where a.member_id = any(%(members)s::bigint[]) and a.checked_in_at is not null
), ours as materialized (
    select e.id as event_id, e.host_id as user_id from events_event e
    where e.id = any(array(select event_id from came)) and e.host_id is not null
    union
    select c.event_id, c.user_id from events_event_co_hosts c
    where c.event_id = any(array(select event_id from came))
    union
    select a.event_id, m.user_id
    from members_member m join events_attendance a on a.member_id = m.id
    where m.user_id is not null and a.checked_in_at is not null
      and a.event_id = any(array(select event_id from came))
)
select came.member_id, ours.user_id, e.starts_at as at, '' as scope, e.title as label,
    '/events/' || e.id || '/' as link
from came join ours on ours.event_id = came.event_id join events_event e on e.id = came.event_id
where e.kind <> '{Kind.CONTENT.value}'
"""  # noqa: S608 - our own words

CONTRIBUTIONS = [
    BondContribution(slug="event", words=_("Same event"), weight=3, sql=_TOGETHER, counted="events")
]


def event_changed(event: Event) -> None:
    """Its host, co-hosts or day: the bonds of everybody who came are worked out anew."""
    came = Attendance.objects.filter(event=event).came()
    stale.mark(came.values_list("member_id", flat=True))


def teammates_changed(event_id: int, members: Iterable[int]) -> None:
    """These came to it, or did not after all: where a teammate is among them, everybody who came
    knows them better or less."""
    if Member.objects.filter(pk__in=list(members), user__isnull=False).exists():
        came = Attendance.objects.filter(event=event_id).came()
        stale.mark(came.values_list("member_id", flat=True))


def staff_changed(member_id: int) -> None:
    """A member became a teammate, or is one no more; for members.hooks.on_staff_changed."""
    theirs = Attendance.objects.filter(member=member_id).came().values("event")
    came = Attendance.objects.filter(event__in=theirs).came()
    stale.mark(came.values_list("member_id", flat=True).distinct())
