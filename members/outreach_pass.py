"""Working out how far each has come whom the team met elsewhere, many members at a time.

The same as the conditions of members.outreach, of what the whole team may know: private encounters
count nowhere here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from community_hub.lib import prepared_sql

from . import hooks
from .models import ActivityKind

_SEEN = """(select {what}(s.{field}) from members_identity i
    join members_sighting s on s.identity_id = i.id
    where i.member_id = m.id and {negated} s.scope = any(%(places)s))"""
# An event of the team is a place of its own.
_CAME = """(select {what}(came.occurred_at) from members_activity came
    where came.member_id = m.id and came.kind = 'attended' and came.removed_at is null)"""
_WORK_OUT = f"""
with person as materialized (
    select m.id,
        least({_SEEN.format(what="min", field="first_seen", negated="")},
            {_CAME.format(what="min")}) as first_ours,
        greatest({_SEEN.format(what="max", field="last_seen", negated="")},
            {_CAME.format(what="max")}) as last_ours,
        {_SEEN.format(what="min", field="first_seen", negated="not")} as first_elsewhere,
        m.last_contact_at is not null as is_spoken_with
    from members_member m
    where m.id = any(%(members)s::bigint[]) and m.user_id is null and not m.is_bot
      and not exists (select from members_identity i where i.member_id = m.id and i.is_us)
), worked as (
    select p.id as member_id, case
        when p.first_ours is not null then case
            when (p.last_ours at time zone %(zone)s)::date
                > (p.first_ours at time zone %(zone)s)::date then 'returned' else 'joined' end
        when not p.is_spoken_with then 'seen'
        when exists (
            select from members_activity met
            where met.member_id = p.id and met.kind = any(%(met)s) and met.visibility = 'team'
              and met.removed_at is null
        ) or exists (
            select from members_activity theirs
            join members_activity ours on ours.member_id = theirs.member_id
              and ours.occurred_at < theirs.occurred_at and ours.kind = 'reply'
              and ours.removed_at is null
              and split_part(ours.link, '#', 1) = split_part(theirs.link, '#', 1)
            where theirs.member_id = p.id and theirs.kind = 'message'
              and theirs.removed_at is null
        ) then 'replied'
        else 'spoken-with' end as step
    from person p
    where p.first_ours is null or p.first_elsewhere < p.first_ours
), gone as (
    delete from members_outreach o where o.member_id = any(%(members)s::bigint[])
      and not exists (select from worked w where w.member_id = o.member_id)
)
insert into members_outreach as o (member_id, step)
select member_id, step from worked order by member_id
on conflict (member_id) do update set step = excluded.step where o.step <> excluded.step
"""  # noqa: S608 - our own words


def work_out(members: Sequence[int], zone: str) -> None:
    """Their rows. One query, and one for the team's own places."""
    values: dict[str, Any] = {
        "members": prepared_sql.as_array(members),
        "places": hooks.scopes_of_our_places(),
        "met": [kind.value for kind in ActivityKind if kind.is_contact and kind != "reply"],
        "zone": zone,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WORK_OUT, values)
