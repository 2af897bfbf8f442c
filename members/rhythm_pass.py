"""Working out rhythms, many members at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection

from community_hub.lib import prepared_sql

from .models import ActivityKind
from .rhythm_days import RhythmValues, rhythm_on

THEIRS = [kind.value for kind in ActivityKind if kind.is_theirs]
EPOCH = date(1970, 1, 1).toordinal()
_NUMBERS = "((a.occurred_at at time zone %(zone)s)::date - date '1970-01-01')"
_DAYS = f"""
select m.id, (
    select array_agg(distinct {_NUMBERS}) from members_activity a
    where a.member_id = m.id and a.kind = any(%(theirs)s) and a.removed_at is null
)
from members_member m
where m.id = any(%(members)s::bigint[]) and m.user_id is null and not m.is_bot
  and not exists (select from members_identity i where i.member_id = m.id and i.is_us)
"""  # noqa: S608 - our own words
# Rows that a person made for a cadence stay, whoever the member is by now.
_WRITE = """
with worked as (
    select * from json_to_recordset(%(rows)s::json) as r(member_id bigint, active_days smallint,
        median_gap float8, last_active_on date, quiet_since date, came_back_on date, due_on date)
), emptied as (
    update members_rhythm k set active_days = 0, median_gap = null, last_active_on = null,
        quiet_since = null, came_back_on = null, due_on = null
    where k.member_id = any(%(members)s::bigint[])
      and (k.cadence_days is not null or k.contact_due_on is not null)
      and not exists (select from worked w where w.member_id = k.member_id)
), gone as (
    delete from members_rhythm k
    where k.member_id = any(%(members)s::bigint[])
      and k.cadence_days is null and k.contact_due_on is null
      and not exists (select from worked w where w.member_id = k.member_id)
)
insert into members_rhythm as k (member_id, active_days, median_gap, last_active_on, quiet_since,
    came_back_on, due_on)
select member_id, active_days, median_gap, last_active_on, quiet_since, came_back_on, due_on
from worked order by member_id
on conflict (member_id) do update set
    active_days = excluded.active_days, median_gap = excluded.median_gap,
    last_active_on = excluded.last_active_on, quiet_since = excluded.quiet_since,
    came_back_on = excluded.came_back_on, due_on = excluded.due_on
where (k.active_days, k.median_gap, k.last_active_on, k.quiet_since, k.came_back_on, k.due_on)
    is distinct from (excluded.active_days, excluded.median_gap, excluded.last_active_on,
    excluded.quiet_since, excluded.came_back_on, excluded.due_on)
"""


def work_out(members: Sequence[int], today: date, zone: str) -> None:
    """Their rows as they are today. Two queries."""
    array, rows = prepared_sql.as_array(members), []
    with prepared_sql.cursor(connection) as cursor:
        cursor.execute(_DAYS, {"members": array, "theirs": THEIRS, "zone": zone})
        for member, numbers in cursor.fetchall():
            if numbers:
                days = [EPOCH + number for number in numbers]
                rows.append(_as_row(member, rhythm_on(today.toordinal(), days)))
        cursor.execute(_WRITE, {"rows": prepared_sql.as_json(rows), "members": array})


def _as_row(member: int, values: RhythmValues) -> dict[str, Any]:
    return {
        "member_id": member,
        "active_days": values.active_days,
        "median_gap": values.median_gap,
        "last_active_on": _iso(values.last_active),
        "quiet_since": _iso(values.quiet_since),
        "came_back_on": _iso(values.came_back),
        "due_on": _iso(values.due),
    }


def _iso(day: int | None) -> str | None:
    return None if day is None else date.fromordinal(day).isoformat()
