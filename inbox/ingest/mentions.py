"""The SQL of ingest: which messages ask for us though they do not name us, and what that wakes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection

from community_hub.lib import prepared_sql

# The limits keep the planner at one index look-up a row, also while a table has no statistics yet.
_REPLY_TO_TEAM = """
with answering as (
    select m.id, m.mention_reason as was
    from unnest(%s::bigint[]) as k(id)
    cross join lateral (select * from inbox_message where id = k.id limit 1) m
    cross join lateral (select * from inbox_message where id = m.parent_id limit 1) parent
    left join members_identity i on i.id = parent.author_id
    left join members_member person on person.id = i.member_id
    where m.kind = 'inbound' and m.mention_reason in ('', 'keyword', 'follow_up')
      and (parent.kind = 'outbound' or person.user_id is not null or i.is_us)
)
update inbox_message m set mention_reason = 'reply_to_team'
from answering where m.id = answering.id
returning m.id, answering.was
"""


def say_reply_to_team(ids: Sequence[int]) -> list[int]:
    """A reply to a message of ours asks for us, though it may not name us; those that did not ask
    before."""
    with prepared_sql.cursor(connection) as cursor:
        cursor.execute(_REPLY_TO_TEAM, [prepared_sql.as_array(ids)])
        return [pk for pk, was in cursor.fetchall() if not was]


# Whoever asked writes again in the thread after a reply of the team, and nobody pressed done since
# they asked: handled_up_to would cover it. What was deleted counts here like the rest, so that the
# order in which things arrive makes no difference.
_FOLLOW_UP = """
with again as (
    select m.id
    from unnest(%s::bigint[]) as k(id)
    cross join lateral (select * from inbox_conversation where id = k.id limit 1) c
    cross join lateral (
        select * from inbox_message where conversation_id = c.id and kind = 'inbound'
          and mention_reason = '' and id > c.handled_up_to and sent_at > c.first_reply_at offset 0
    ) m
    cross join lateral (select * from members_identity where id = m.author_id limit 1) i
    cross join lateral (select * from members_member where id = i.member_id limit 1) p
    where not i.is_us and p.user_id is null and not p.is_bot
      and exists (
        select 1 from inbox_message asked
        join members_identity asker on asker.id = asked.author_id
        where asked.conversation_id = c.id and asker.member_id = i.member_id
          and asked.mention_reason <> '' and asked.id > c.handled_up_to
          and exists (
            select 1 from inbox_message t
            left join inbox_delivery d on d.message_id = t.id
            left join members_identity account on account.id = t.author_id
            left join members_member writer on writer.id = account.member_id
            where t.conversation_id = c.id and t.sent_at > asked.sent_at and t.sent_at < m.sent_at
              and (t.kind = 'outbound' and coalesce(d.state not in ('failed', 'cancelled'), true)
                   or t.kind = 'inbound' and (writer.user_id is not null or account.is_us))))
)
update inbox_message m set mention_reason = 'follow_up'
from again where m.id = again.id
returning m.id, m.conversation_id
"""


def say_follow_up(conversations: Iterable[int]) -> list[tuple[int, int]]:
    """(message, conversation) of those that ask now. By kept fields that are up to date."""
    wanted = sorted(conversations)
    if not wanted:
        return []
    with prepared_sql.cursor(connection) as cursor:
        cursor.execute(_FOLLOW_UP, [prepared_sql.as_array(wanted)])
        found: list[tuple[int, int]] = cursor.fetchall()
    return found


_WAKE = """
with asked as materialized (
    select distinct m.conversation_id as id from inbox_message m
    join inbox_conversation c on c.id = m.conversation_id
    where m.id = any(%s::bigint[]) and m.mention_reason <> '' and not m.handled_on_arrival
      and m.id > c.handled_up_to and c.waiting_since is not null
), woken as (
    update inbox_conversation c set state = 'open', snoozed_until = null
    from asked where c.id = asked.id and c.state in ('snoozed', 'done')
)
select id from asked
"""


def wake(ids: Sequence[int]) -> set[int]:
    """A new mention reopens what was done and wakes what slept; the conversations it is in."""
    if not ids:
        return set()
    with prepared_sql.cursor(connection) as cursor:
        cursor.execute(_WAKE, [prepared_sql.as_array(ids)])
        return {pk for (pk,) in cursor.fetchall()}
