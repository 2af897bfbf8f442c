"""Every reply of the team in the log of whoever it answers, also those written on the platform."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection

from community_hub.lib.text import MISLEADING

STEP = 1000  # messages

# Who is answered: the author of the message that is replied to, else, in a thread where nobody is
# replied to, whoever asked the team last before it. A colleague who answers another is no reply.
SELECT = """
select person.id as member_id, answered.author_id as identity_id, m.sent_at,
       coalesce(m.by_id, writer.user_id) as actor_id,
       case when s.restricted then 'source:' || s.id else '' end as scope,
       left(concat_ws(' · ', s.name, ch.name), 200) as place,
       case when length(words.said) > 200 then rtrim(left(words.said, 199)) || '…'
           else words.said end as summary,
       '/conversations/' || m.conversation_id || '/#message-' || m.id as link,
       'reply:' || m.id as key
from inbox_message m
join inbox_source s on s.id = m.source_id
join inbox_conversation c on c.id = m.conversation_id
left join inbox_channel ch on ch.id = c.channel_id
left join inbox_delivery d on d.message_id = m.id
left join members_identity account on account.id = m.author_id
left join members_member writer on writer.id = account.member_id
cross join lateral (
    select coalesce(
        (select p.author_id from inbox_message p where p.id = m.parent_id),
        (select a.author_id from inbox_message a
         where m.parent_id is null and a.conversation_id = m.conversation_id
           and a.mention_reason <> '' and (a.sent_at, a.id) < (m.sent_at, m.id)
         order by a.sent_at desc, a.id desc limit 1)) as author_id
) answered
join members_identity theirs on theirs.id = answered.author_id and not theirs.is_us
join members_member person on person.id = theirs.member_id and person.user_id is null
cross join lateral (select regexp_replace(translate(
    left(m.body_text, 600), %(misleading)s, ''), '\\s+', ' ', 'g') as said) words
where m.id = any(%(ids)s) and m.deleted_at is null
  and ((m.kind = 'outbound' and d.state in ('sent', 'pending'))
       or (m.kind = 'outbound' and d.id is null)
       or (m.kind = 'inbound' and (writer.user_id is not null or account.is_us)))
"""
_LOG = f"""
with ours as ({SELECT}), written as (
    insert into members_activity (member_id, identity_id, kind, occurred_at, actor_id, visibility,
                                  scope, "where", summary, link, key)
    select member_id, identity_id, 'reply', sent_at, actor_id, 'team', scope, place, summary, link,
           key
    from ours
    on conflict (key) do update set
        member_id = excluded.member_id, identity_id = excluded.identity_id,
        actor_id = excluded.actor_id, summary = excluded.summary, removed_at = null
    returning member_id, occurred_at
), latest as (
    select member_id, max(occurred_at) as at from written group by member_id
)
update members_member p set last_contact_at = greatest(p.last_contact_at, latest.at)
from latest where p.id = latest.member_id
"""  # noqa: S608 - our own words
# What a former colleague wrote is no reply of the team's any more.
_UNLOG = """
update members_activity a set removed_at = now()
from inbox_message m
left join members_identity account on account.id = m.author_id
left join members_member writer on writer.id = account.member_id
where m.id = any(%(ids)s) and m.kind = 'inbound' and a.key = 'reply:' || m.id
  and writer.user_id is null and not coalesce(account.is_us, false)
"""


def log_team_replies(ids: Iterable[int]) -> None:
    """Bring the lines of these messages up to date; safe to repeat. Two queries for 1,000."""
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), STEP):
        values: dict[str, Any] = {"ids": wanted[start : start + STEP], "misleading": MISLEADING}
        with connection.cursor() as cursor:
            cursor.execute(_LOG, values)
            cursor.execute(_UNLOG, values)
