"""The SQL of a conversation's kept fields: functions of its messages, nothing else.

The definitions are in the model's contract: `waiting_since` is the sent_at of the first mention
after the team's last reply and with an id above `handled_up_to`. The team's replies are outbound
messages whose delivery is neither failed nor cancelled nor given up, and inbound ones by staff
identities or by another account of ours.
A reply that was written here answers only what had arrived by then: its writer saw nothing else,
whatever its date. Notes never count; a deleted message answers nothing and asks nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from community_hub.lib import prepared_sql
from community_hub.lib.text import MISLEADING
from inbox.models.ask import ASKS

STEP = 500  # conversations

# Two statements in one journey. The second sees what whoever held the lock has committed: reading
# first and waiting then would write fields that lack the other's messages.
_LOCK = """
select id from inbox_conversation where id = any(%(ids)s) order by id for no key update
"""
_FACTS = """
with said as (
    select m.id, m.conversation_id, m.sent_at, m.kind, m.author_id, m.body_text,
           m.mention_reason, m.keyword, m.handled_on_arrival,
           person.id as member_id, coalesce(m.by_id, person.user_id) as user_id,
           coalesce(person.is_bot, false) as is_bot,
           (m.kind = 'outbound' or person.user_id is not null or coalesce(i.is_us, false))
               as is_team,
           (m.kind = 'outbound' and m.by_id is not null) as is_from_here
    from inbox_message m
    left join members_identity i on i.id = m.author_id
    left join members_member person on person.id = i.member_id
    left join inbox_delivery d on d.message_id = m.id
    where m.conversation_id = any(%(ids)s)
      and m.kind in ('inbound', 'outbound')
      and m.deleted_at is null
      and (d.state is null or not (d.state in ('failed', 'cancelled')
           or (d.state = 'unconfirmed' and d.next_try_at is null)))  -- looking for it was given up
),
whole as (
    select conversation_id,
           min(sent_at) as opened_at,
           max(sent_at) as last_message_at,
           count(*) as message_count,
           count(distinct coalesce(member_id, -author_id)) as participant_count,
           min(sent_at) filter (where is_team) as first_reply_at,
           max(sent_at) filter (where is_team) as last_reply_at,
           max(sent_at) filter (where mention_reason <> '' and not is_team and not is_bot)
               as last_mention_at
    from said group by conversation_id
),
native as (
    select distinct on (conversation_id) conversation_id, sent_at, id
    from said where is_team and not is_from_here
    order by conversation_id, sent_at desc, id desc
),
met as (  -- each with the last date of what was written here after it had arrived
    select *, max(case when is_from_here then sent_at end) over (
        partition by conversation_id order by id desc
        rows between unbounded preceding and 1 preceding) as answered_here
    from said
),
opener as (
    select distinct on (conversation_id) conversation_id, member_id, author_id
    from said order by conversation_id, sent_at, id
),
answer as (
    select s.conversation_id, min(s.sent_at) as first_answer_at
    from said s join opener o using (conversation_id)
    where not s.is_team and not s.is_bot and s.member_id is not null
      and s.member_id is distinct from o.member_id
    group by s.conversation_id
),
waiting as (
    select distinct on (s.conversation_id) s.*
    from met s
    join inbox_conversation c on c.id = s.conversation_id
    left join native r on r.conversation_id = s.conversation_id
    where s.kind = 'inbound' and s.mention_reason <> '' and not s.is_team and not s.is_bot
      and not s.handled_on_arrival and s.id > c.handled_up_to
      and (r.id is null or (s.sent_at, s.id) > (r.sent_at, r.id))
      and (s.answered_here is null or s.answered_here < s.sent_at)
    order by s.conversation_id, s.sent_at, s.id
),
peer as (
    select s.conversation_id, min(s.sent_at) as peer_answered_at
    from said s join waiting w using (conversation_id)
    where not s.is_team and not s.is_bot and s.member_id is not null
      and s.member_id is distinct from w.member_id and s.sent_at > w.sent_at
    group by s.conversation_id
),
newest as (
    select distinct on (conversation_id) conversation_id, body_text
    from said order by conversation_id, sent_at desc, id desc
),
asker as (
    select distinct on (conversation_id) conversation_id, author_id
    from said where mention_reason <> '' and not is_team and not is_bot and author_id is not null
    order by conversation_id, sent_at desc, id desc
),
opening as (
    select distinct on (conversation_id) conversation_id, body_text
    from said where kind = 'inbound' and body_text <> ''
    order by conversation_id, sent_at, id
),
other as (
    select distinct on (conversation_id) conversation_id, author_id
    from said where not is_team and author_id is not null
    order by conversation_id, sent_at desc, id desc
),
arrived as (
    select conversation_id, max(id) as last_message_id,
           (array_agg(author_id order by sent_at desc, id desc)
               filter (where author_id is not null))[1] as author_id  -- also of what was deleted
    from inbox_message
    where conversation_id = any(%(ids)s) and kind = 'inbound' group by conversation_id
)
"""

_UPDATE = """
update inbox_conversation c set
    waiting_since = w.sent_at,
    mention_reason = coalesce(w.mention_reason, ''),
    mention_keyword = coalesce(w.keyword, ''),
    opened_at = whole.opened_at,
    last_message_at = coalesce(whole.last_message_at, c.last_message_at),
    message_count = coalesce(whole.message_count, 0),
    participant_count = coalesce(whole.participant_count, 0),
    first_reply_at = whole.first_reply_at,
    last_reply_at = whole.last_reply_at,
    last_mention_at = whole.last_mention_at,
    first_answer_at = answer.first_answer_at,
    peer_answered_at = peer.peer_answered_at,
    last_message_id = coalesce(arrived.last_message_id, 0),
    preview = coalesce(left(regexp_replace(translate(
        left(coalesce(w.body_text, newest.body_text), 600), %(misleading)s, ''),
        '\\s+', ' ', 'g'), 300), ''),
    alternations = coalesce(turn.changes, 0),
    opening = coalesce(left(regexp_replace(translate(
        left(opening.body_text, 300), %(misleading)s, ''), '\\s+', ' ', 'g'), 120), ''),
    preview_by_id = coalesce(w.author_id, asker.author_id, other.author_id, arrived.author_id)
from unnest(%(ids)s) as touched(id)
left join whole on whole.conversation_id = touched.id
left join waiting w on w.conversation_id = touched.id
left join answer on answer.conversation_id = touched.id
left join peer on peer.conversation_id = touched.id
left join newest on newest.conversation_id = touched.id
left join asker on asker.conversation_id = touched.id
left join opening on opening.conversation_id = touched.id
left join other on other.conversation_id = touched.id
left join turn on turn.conversation_id = touched.id
left join arrived on arrived.conversation_id = touched.id
where c.id = touched.id
returning c.id, c.first_reply_at is not null
"""


def recompute(
    ids: Iterable[int], *, locked: bool = False, now: datetime | None = None
) -> list[int]:
    """Bring the kept fields of these conversations and their asks up to date: one query to lock
    their rows, in order, unless the caller holds them (`locked`), and one to write. Those in which
    the team has replied. `now`: when they are marked as done, where that is being done and no line
    says so yet."""
    wanted = sorted(set(ids))
    if not wanted:
        return []
    with prepared_sql.cursor(connection) as cursor:
        values: dict[str, Any] = {
            "ids": wanted, "misleading": MISLEADING, "now": now or timezone.now(),
        }  # fmt: skip
        if not locked:
            cursor.execute(_LOCK, {"ids": wanted})
        cursor.execute(_FACTS + ASKS + _UPDATE, values)
        return [pk for pk, is_answered in cursor.fetchall() if is_answered]


def recompute_locked(ids: Iterable[int], *, now: datetime | None = None) -> None:
    """However many, a bounded number in a statement; the caller holds their rows."""
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), STEP):
        recompute(wanted[start : start + STEP], locked=True, now=now)


KEPT = (
    "waiting_since", "mention_reason", "mention_keyword", "opened_at", "last_message_at",
    "message_count", "participant_count", "first_reply_at", "last_reply_at", "last_mention_at",
    "first_answer_at", "peer_answered_at", "last_message_id", "preview", "preview_by_id", "opening",
    "alternations",
)  # fmt: skip
