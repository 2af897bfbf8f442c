"""What conversations add to the bond of a teammate and a member; see members/bond_pass.py."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django.utils.translation import gettext_lazy as _

from community_hub.lib import prepared_sql
from members.hooks import BondContribution

# An answer of ours as it stands in the log of whom it answers. Several answers of one teammate to
# one message are one exchange, dated by the first.
_EXCHANGES = """
select distinct on (a.member_id, a.actor_id, a.scope, answered.id)
    a.member_id, a.actor_id as user_id, a.occurred_at as at, a.scope, a.summary as label, a.link
from members_activity a
left join inbox_message reply
    on reply.id = case when a.key like 'reply:%%' then split_part(a.key, ':', 2)::bigint end
cross join lateral (
    select coalesce(
        reply.parent_id,
        (select asked.id from inbox_message asked
         where asked.conversation_id = reply.conversation_id and asked.mention_reason <> ''
           and (asked.sent_at, asked.id) < (reply.sent_at, reply.id)
         order by asked.sent_at desc, asked.id desc limit 1),
        -a.id) as id
) answered
where a.member_id = any(%(members)s::bigint[]) and a.kind = 'reply' and a.actor_id is not null
    and a.removed_at is null and a.visibility = 'team'
order by a.member_id, a.actor_id, a.scope, answered.id, a.occurred_at, a.id
"""
# By a teammate: sent from here and arrived, or written on the platform by an account of theirs.
_OURS = """
from inbox_message o
left join inbox_delivery d on d.message_id = o.id
left join members_identity account on account.id = o.author_id
left join members_member writer on writer.id = account.member_id
where o.deleted_at is null and (
    o.kind = 'outbound' and o.by_id is not null and (d.id is null or d.state = 'sent')
    or o.kind = 'inbound' and writer.user_id is not null)
"""
# One for each conversation, on the day the second of the two wrote there first. The conversations
# are an array: with `in`, all messages there are were joined before these were looked for.
_CONVERSATIONS = f"""
with theirs as materialized (
    select i.member_id, m.conversation_id, 'source:' || m.source_id as scope, min(m.sent_at) as at
    from members_identity i join inbox_message m on m.author_id = i.id
    where i.member_id = any(%(members)s::bigint[]) and m.kind = 'inbound' and m.deleted_at is null
    group by i.member_id, m.conversation_id, m.source_id
), ours as materialized (
    select o.conversation_id, coalesce(o.by_id, writer.user_id) as user_id, min(o.sent_at) as at
    {_OURS} and o.conversation_id = any(array(select conversation_id from theirs))
    group by 1, 2
)
select theirs.member_id, ours.user_id, greatest(theirs.at, ours.at) as at, theirs.scope,
    c.subject as label, '/conversations/' || theirs.conversation_id || '/' as link
from theirs join ours on ours.conversation_id = theirs.conversation_id
left join inbox_conversation c on c.id = theirs.conversation_id
"""  # noqa: S608 - our own words
# Who wrote where a teammate has written on the platform since.
_TOUCHED = """
select i.member_id from members_activity a
join members_member writer on writer.id = a.member_id and writer.user_id is not null
join inbox_message o
    on o.id = case when a.key like 'message:%%' then split_part(a.key, ':', 2)::bigint end
join inbox_message m on m.conversation_id = o.conversation_id
join members_identity i on i.id = m.author_id
where a.id > %(after)s and a.kind = 'message'
"""
_MARK = f"""
insert into members_stalemember (member_id)
select distinct i.member_id from inbox_message m
join members_identity i on i.id = m.author_id
where m.conversation_id = any(%s::bigint[])
    and exists (select {_OURS.replace("o.deleted_at is null and ", "")}
        and o.conversation_id = m.conversation_id)
order by i.member_id
on conflict do nothing
"""  # noqa: S608 - our own words

CONTRIBUTIONS = [
    BondContribution(
        slug="exchange",
        words=_("Exchange of messages"),
        weight=10,
        sql=_EXCHANGES,
        counted="exchanges",
    ),
    BondContribution(
        slug="conversation",
        words=_("Both wrote in a conversation"),
        weight=1,
        sql=_CONVERSATIONS,
        touched=_TOUCHED,
    ),
]


def changed_in(conversations: Iterable[int]) -> None:
    """What teammates wrote in these has arrived, gone or moved: the bonds with everybody who wrote
    there are worked out anew."""
    wanted = prepared_sql.as_array(conversations)
    with prepared_sql.cursor(connection) as cursor:
        cursor.execute(_MARK, [wanted])
