"""Working out bonds, and who alone knows somebody, many members at a time.

A bond loses a tenth of its worth a month. So that nothing need be written for that, `score` is what
it was worth on one fixed day: the scores of all pairs stand in the same proportion on any day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection

from community_hub.lib import prepared_sql

from . import hooks
from .hooks import BondContribution

FIXED_DAY = date(2026, 1, 1)
KEPT_A_MONTH = 0.9  # of the worth
DAYS_A_MONTH = 30.4375  # 365.25 / 12
SOLE_SHARE = 0.9  # of all that the team has with a member, where one teammate alone knows them

_WRITE = """
with contribution as (
    {contributions}
), worked as (
    select c.member_id, c.user_id, c.scope, min(c.at) as first_at,
        max(c.at) as last_at,
        round(sum(c.weight * power({kept}::float8,
            (date '{fixed_day}' - (c.at at time zone %(zone)s)::date) / {days_a_month}::float8
        ))::numeric, 9)::float8 as score,
        count(*) filter (where c.counted = 'exchanges') as exchanges,
        count(*) filter (where c.counted = 'meetings') as meetings,
        count(*) filter (where c.counted = 'events') as events
    from contribution c
    join members_member m on m.id = c.member_id and m.user_id is null and not m.is_bot
    where c.user_id is not null
      and not exists (select from members_identity i where i.member_id = m.id and i.is_us)
    group by c.member_id, c.user_id, c.scope
), gone as (
    delete from members_bond b where b.member_id = any(%(members)s::bigint[])
      and not exists (select from worked w where (w.member_id, w.user_id, w.scope)
          = (b.member_id, b.user_id, b.scope))
)
insert into members_bond as b (member_id, user_id, scope, score, first_at, last_at, exchanges,
    meetings, events)
select member_id, user_id, scope, score, first_at, last_at, exchanges, meetings, events
from worked order by member_id, user_id, scope
on conflict (member_id, user_id, scope) do update set
    score = excluded.score, first_at = excluded.first_at, last_at = excluded.last_at,
    exchanges = excluded.exchanges, meetings = excluded.meetings, events = excluded.events
where (b.score, b.first_at, b.last_at, b.exchanges, b.meetings, b.events)
    is distinct from (excluded.score, excluded.first_at, excluded.last_at, excluded.exchanges,
    excluded.meetings, excluded.events)
"""
# Each contribution, at most now: a platform's clock may be wrong by years.
_CONTRIBUTION = """select member_id, user_id, least(at, now()) as at, scope,
        {weight}::float8 as weight, '{counted}' as counted from ({sql}) as {name}"""
_WRITE_SOLE = """
with total as (
    select b.member_id, b.user_id, sum(b.score) as score
    from members_bond b join team_user u on u.id = b.user_id and u.is_active
    where {whom} group by b.member_id, b.user_id
), worked as (
    select * from (
        select member_id, user_id, score, sum(score) over (partition by member_id) as whole
        from total
    ) shared
    where score >= {share} * whole and score > 0
), gone as (
    delete from members_solecontact b where {whom}
      and not exists (select from worked w where w.member_id = b.member_id)
)
insert into members_solecontact as k (member_id, user_id, score)
select member_id, user_id, score from worked order by member_id
on conflict (member_id) do update set user_id = excluded.user_id, score = excluded.score
where (k.user_id, k.score) is distinct from (excluded.user_id, excluded.score)
"""


def work_out(members: Sequence[int], zone: str) -> None:
    """Their rows, and which of them are known by one teammate alone. Two queries."""
    values: dict[str, Any] = {"members": prepared_sql.as_array(members), "zone": zone}
    with connection.cursor() as cursor:
        cursor.execute(_statement(), values)
        whom = "b.member_id = any(%(members)s::bigint[])"
        cursor.execute(_WRITE_SOLE.format(whom=whom, share=SOLE_SHARE), values)


def work_out_sole_contacts() -> None:
    """Of everybody: who left the team, or came back, changes many at once."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITE_SOLE.format(whom="true", share=SOLE_SHARE))


def contributions_sql(entries: Sequence[BondContribution]) -> str:
    """All of them, one below the other; for the placeholders of their own `sql`."""
    return " union all ".join(
        _CONTRIBUTION.format(
            weight=entry.weight, counted=entry.counted, sql=entry.sql, name=f"c{number}"
        )
        for number, entry in enumerate(entries)
    )


def _statement() -> str:
    return _WRITE.format(
        contributions=contributions_sql(hooks.bond_contributions),
        kept=KEPT_A_MONTH,
        fixed_day=FIXED_DAY.isoformat(),
        days_a_month=DAYS_A_MONTH,
    )
