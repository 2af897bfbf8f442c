"""The statements of stage_rule.py: who has reached a milestone, by which line, and who moves."""

from __future__ import annotations

NUMBERS = {  # of Milestones, with what holds where nobody has changed them
    "participant_activities": 3,
    "participant_days": 2,
    "contributor_activities": 10,
    "contributor_credits": 2,
    "within_days": 365,
}

_STORED = ", ".join(f"coalesce(max({name}), {n}) as {name}" for name, n in NUMBERS.items())
STORED = f"select {_STORED} from members_milestones"  # noqa: S608 - our own words
GIVEN = "select " + ", ".join(f"%({name})s::integer as {name}" for name in NUMBERS)

# No teammate, no bot, nobody who is pinned or erased; a champion is named by a person.
_HAS_STAGE = """m.user_id is null and not m.is_bot and m.erased_at is null
    and not exists (select 1 from members_identity i where i.member_id = m.id and i.is_us)"""
_MOVABLE = f"not m.stage_pinned and m.stage <> 'champion' and {_HAS_STAGE}"
# Seen in places of others and in none of the team's own, its events among them, or met and nothing
# more: an outsider.
_SEEN = """select 1 from members_identity i join members_sighting s on s.identity_id = i.id
    where i.member_id = m.id"""
_IS_OUTSIDE = f"""(
    exists ({_SEEN}) and not exists ({_SEEN} and s.scope = any(%(places)s))
    and not exists (select 1 from members_activity a
        where a.member_id = m.id and a.kind = 'attended' and a.removed_at is null)
    or not exists (select 1 from members_identity i where i.member_id = m.id)
    and not exists (select 1 from members_activity a
        where a.member_id = m.id and a.kind = any(%(theirs)s) and a.removed_at is null)
)"""  # noqa: S608 - our own words
OUTSIDE = f"""
select m.id from members_member m where m.id = any(%(ids)s::bigint[]) and {_IS_OUTSIDE}
"""  # noqa: S608 - our own words
_LINES = """
    from members_activity a
    where a.member_id = m.id and a.kind = any(%(theirs)s) and a.removed_at is null
      and a.occurred_at > %(now)s - make_interval(days => rule.within_days)
"""
_DAY = "(a.occurred_at at time zone %(zone)s)::date"
_COUNTED = f"""
cross join lateral (
    select count(*) as n, count(distinct {_DAY}) as days,
           count(*) filter (where a.kind = 'credit') as credits
    {_LINES}
) done
"""
# Asked with each page that is taken in: whether an account is ours is looked at later. Whoever
# wrote was seen, so an outsider among them is one no more.
RISING = f"""
with rule as ({STORED})
select m.id from members_member m cross join rule {_COUNTED}
where m.id = any(%(ids)s::bigint[]) and m.stage = any(%(lower)s)
  and not m.stage_pinned and m.user_id is null and not m.is_bot
  and (done.n >= rule.contributor_activities or done.credits >= rule.contributor_credits
       or m.stage = 'outsider'
       or (m.stage = 'visitor' and done.n >= rule.participant_activities
           and done.days >= rule.participant_days))
"""  # noqa: S608 - our own words
# The line by which each of them got there: the first at which the highest milestone was reached.
REACHED = f"""
with rule as ({STORED})
select m.id, m.stage, coalesce(found.stage, 'visitor'), coalesce(found.nth, 0),
       coalesce(found.days, 0), coalesce(found.credits, 0), coalesce(found.is_credit, false),
       coalesce(found.key, 'seen'), coalesce(found.at, %(now)s), coalesce(found.scope, ''),
       coalesce(found."where", ''), coalesce(found.link, ''), before.at,
       coalesce(before.summary, '')
from members_member m cross join rule
left join lateral (
    select case counted.reach when 2 then 'contributor' when 1 then 'participant' end as stage,
           counted.*
    from (
        select key, occurred_at as at, scope, "where", link, nth, days, credits,
               kind = 'credit' and credits >= rule.contributor_credits as is_credit,
               case when nth >= rule.contributor_activities
                      or credits >= rule.contributor_credits then 2
                    when nth >= rule.participant_activities
                     and days >= rule.participant_days then 1
                    else 0 end as reach
        from (
            select a.key, a.kind, a.occurred_at, a.scope, a."where", a.link,
                   row_number() over by_time as nth,
                   count(*) filter (where a.kind = 'credit') over by_time as credits,
                   dense_rank() over (order by {_DAY}) as days
            {_LINES}
            window by_time as (order by a.occurred_at, a.id)
        ) line
    ) counted
    order by counted.reach desc, counted.nth limit 1
) found on true
left join lateral (
    select occurred_at as at, summary from members_activity
    where member_id = m.id and kind = 'stage' and removed_at is null
    order by occurred_at desc, id desc limit 1
) before on true
where m.id = any(%(ids)s::bigint[]) and m.last_seen is not null and {_MOVABLE}
order by m.id
"""  # noqa: S608 - our own words
MOVE = """
with wanted as (
    select * from unnest(%(ids)s::bigint[], %(before)s::text[], %(after)s::text[])
        as w(id, before, after)
), locked as (
    select m.id from members_member m join wanted w on w.id = m.id and m.stage = w.before
    where not m.stage_pinned order by m.id for no key update of m
)
update members_member m set stage = w.after
from wanted w join locked using (id) where m.id = w.id
returning m.id
"""


def _by_rule(rule: str, who: str) -> str:
    return f"""
        with rule as ({rule})
        select m.id, m.stage, case
                when {_IS_OUTSIDE} then 'outsider'
                when done.n >= rule.contributor_activities
                  or done.credits >= rule.contributor_credits then 'contributor'
                when done.n >= rule.participant_activities
                 and done.days >= rule.participant_days then 'participant'
                when m.last_seen is not null then 'visitor'
                else 'outsider' end as by_rule,
            done.n, rule.within_days
        from members_member m cross join rule {_COUNTED}
        where {who}
    """  # noqa: S608 - our own words


_THESE = "m.id = any(%(ids)s::bigint[])"
STANDINGS = _by_rule(STORED, f"{_THESE} and {_MOVABLE}")
UNPINNED = _by_rule(STORED, f"{_THESE} and {_HAS_STAGE}")
WOULD_MOVE = f"""
select * from ({_by_rule(GIVEN, _MOVABLE)}) moved where stage <> by_rule order by id
"""  # noqa: S608 - our own words
