"""One wait of one conversation, and the SQL that keeps its rows with the conversation's fields.

A wait begins with a mention and ends with the first reply of the team after it, or when the
conversation is marked as done without one. Mentions with one end are one wait; the next mention
after that end begins another, so that a reopened conversation never lengthens its first wait. The
wait that has no end is the one that `Conversation.waiting_since` dates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from .source import Source

if TYPE_CHECKING:
    from team.models import User


class AskQuerySet(models.QuerySet["Ask"]):
    def visible_to(self, user: User) -> AskQuerySet:
        if user.can_see_every_source:
            return self
        return self.filter(source__in=Source.objects.visible_to(user))

    def open(self) -> AskQuerySet:
        """Neither answered by the team nor marked as done."""
        return self.filter(team_replied_at__isnull=True, closed_at__isnull=True)


class Ask(models.Model):
    """Written by `recompute()` alone, from the messages of its conversation. All times are when
    the platform says that it was written, not when it arrived here.

    `team_replied_at` is the first reply of the team, before anybody asks again; `replied_by` the
    teammate who wrote it, where it is known. `answered_at` is the first message after the mention
    by any other human, of the team or not. `closed_at` is when it was marked as done before there
    was a reply; what arrived as history never waited here, and has the time of the mention.
    """

    conversation = models.ForeignKey(
        "inbox.Conversation", on_delete=models.CASCADE, related_name="asks", db_index=False
    )
    source = models.ForeignKey(
        "inbox.Source", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    message = models.ForeignKey("inbox.Message", on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(
        "members.Member", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField()
    team_replied_at = models.DateTimeField(null=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, db_index=False,
        related_name="+",
    )  # fmt: skip
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    is_first = models.BooleanField()  # of its conversation

    objects = AskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "message"], name="one_ask_a_first_mention"
            )
        ]
        indexes = [
            models.Index(fields=["asked_at", "id"], name="asks_by_time"),
            models.Index(
                fields=["team_replied_at", "id"],
                condition=Q(team_replied_at__isnull=False),
                name="asks_by_reply",
            ),
            models.Index(
                fields=["closed_at"], condition=Q(closed_at__isnull=False), name="asks_by_end"
            ),
            models.Index(
                fields=["asked_at", "id"],
                condition=Q(team_replied_at__isnull=True, closed_at__isnull=True),
                name="open_asks",
            ),
        ]


# To stand after `_FACTS` of kept_fields.py. Every comparison is within one conversation, by hash
# joins or windows. Two mentions belong to one wait where the same moment ended theirs.
ASKS = """,
asking as (
    select s.*, c.source_id, c.handled_up_to,
           min(case when s.is_team and not s.is_from_here then s.sent_at end) over (
               partition by s.conversation_id order by s.sent_at, s.id
               rows between 1 following and unbounded following) as native_reply_at
    from said s join inbox_conversation c on c.id = s.conversation_id
),
mention as (
    select * from asking
    where kind = 'inbound' and mention_reason <> '' and not is_team and not is_bot
),
here_reply as (
    select m.id, min(r.sent_at) as at
    from mention m join said r using (conversation_id)
    where r.is_from_here and r.id > m.id and r.sent_at >= m.sent_at group by m.id
),
closing as (
    select conversation_id, sent_at, event->>'verb' = 'close' as is_close,
           coalesce((event->>'handled_up_to')::bigint, 0) as up_to
    from inbox_message
    where conversation_id = any(%(ids)s) and kind = 'event'
      and event->>'verb' in ('close', 'reopen')
),
reopened as (
    select m.id, max(c.sent_at) as at from mention m join closing c using (conversation_id)
    where not c.is_close and c.up_to < m.id group by m.id
),
closed as (
    select m.id, min(c.sent_at) as at
    from mention m join closing c using (conversation_id) left join reopened r on r.id = m.id
    where c.is_close and c.up_to >= m.id and (r.at is null or c.sent_at > r.at) group by m.id
),
ended as (
    select m.*, least(m.native_reply_at, h.at) as replied_at,
           coalesce(c.at, case when m.handled_on_arrival then m.sent_at
                               when m.id <= m.handled_up_to then coalesce(old.closed_at, %(now)s)
                          end) as done_at
    from mention m
    left join here_reply h on h.id = m.id
    left join closed c on c.id = m.id
    left join inbox_ask old on old.conversation_id = m.conversation_id and old.message_id = m.id
),
wait as (
    select distinct on (conversation_id, reply_at, close_at) *
    from (
        select *, case when is_replied then replied_at end as reply_at,
               case when not is_replied then done_at end as close_at
        from (select *, replied_at is not null
                     and (done_at is null or handled_on_arrival or replied_at <= done_at)
                     as is_replied from ended) e
    ) e
    order by conversation_id, reply_at, close_at, sent_at, id
),
other_human as (
    select w.id, min(s.sent_at) as at
    from wait w join said s using (conversation_id)
    where s.sent_at > w.sent_at and not s.is_bot
      and (s.is_team or s.member_id is distinct from w.member_id and s.member_id is not null)
    group by w.id
),
reply as (  -- of what was done first and replied to later, unless somebody asked in between
    select *, coalesce(reply_at, case when replied_at < lead(sent_at) over (
        partition by conversation_id order by sent_at, id) or lead(id) over (
        partition by conversation_id order by sent_at, id) is null then replied_at end) as team_at
    from wait
),
ask as (
    select w.conversation_id, w.source_id, w.id as message_id, w.member_id,
           w.sent_at as asked_at, w.team_at as team_replied_at,
           (select min(s.user_id) from said s where s.conversation_id = w.conversation_id
               and s.is_team and s.sent_at = w.team_at) as replied_by_id,
           least(o.at, w.team_at) as answered_at, w.close_at as closed_at,
           row_number() over (partition by w.conversation_id order by w.sent_at, w.id) = 1
               as is_first
    from reply w left join other_human o on o.id = w.id
),
ask_removed as (
    delete from inbox_ask a where a.conversation_id = any(%(ids)s)
    and not exists (select 1 from ask
        where ask.conversation_id = a.conversation_id and ask.message_id = a.message_id)
),
ask_kept as (
    insert into inbox_ask as a (conversation_id, source_id, message_id, member_id, asked_at,
                                team_replied_at, replied_by_id, answered_at, closed_at, is_first)
    select * from ask
    on conflict (conversation_id, message_id) do update set
        source_id = excluded.source_id, member_id = excluded.member_id,
        asked_at = excluded.asked_at, team_replied_at = excluded.team_replied_at,
        replied_by_id = excluded.replied_by_id, answered_at = excluded.answered_at,
        closed_at = excluded.closed_at, is_first = excluded.is_first
    where (a.source_id, a.member_id, a.asked_at, a.team_replied_at, a.replied_by_id,
           a.answered_at, a.closed_at, a.is_first)
        is distinct from (excluded.source_id, excluded.member_id, excluded.asked_at,
           excluded.team_replied_at, excluded.replied_by_id, excluded.answered_at,
           excluded.closed_at, excluded.is_first)
),
turn as (
    select conversation_id, count(*) filter (where is_team is distinct from was_team) - 1 as changes
    from (
        select conversation_id, is_team, lag(is_team) over (
            partition by conversation_id order by sent_at, id) as was_team
        from said where not is_bot
    ) s group by conversation_id
)
"""
