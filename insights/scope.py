"""What a report is limited to: who asks, and by which source, channel, tag, stage or query."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from django.db.models import Q, QuerySet

from inbox.filters import CONVERSATIONS
from inbox.models import Ask, Conversation, Source
from inbox.models.ask import AskQuerySet
from inbox.models.conversation import ConversationQuerySet
from insights.models import Day
from insights.periods import Period
from members.models import Member
from team.models import User
from team.query_context import context


@dataclass(frozen=True)
class Scope:
    """`user`: whose permissions hold. Sources that they may not see count for nothing. `mine`: of
    conversations and members of theirs alone. `query`: of conversations, in the one language."""

    user: User
    source: int | None = None
    channel: int | None = None
    tag: int | None = None
    stage: str = ""
    query: str = ""
    mine: bool = False

    @cached_property
    def sources(self) -> list[int]:
        """The ids of those that count; one query, read once."""
        visible = Source.objects.visible_to(self.user)
        if self.source is not None:
            visible = visible.filter(pk=self.source)
        return sorted(visible.values_list("pk", flat=True))

    @property
    def limits_conversations(self) -> bool:
        """Whether it is limited by more than sources and members."""
        return bool(self.channel or self.tag or self.query or self.mine)

    def conversations(self) -> ConversationQuerySet:
        rows = Conversation.objects.filter(source__in=self.sources)
        if self.channel:
            rows = rows.filter(channel=self.channel)
        if self.tag:
            rows = rows.filter(tags=self.tag)
        if self.mine:
            rows = rows.filter(assignee=self.user)
        if self.query:
            rows = rows.filter(self._matching)
        return rows

    @cached_property
    def _matching(self) -> Q:
        """Raises Mistake where the query has one."""
        return CONVERSATIONS.q(CONVERSATIONS.parse(self.query), context(self.user))

    def check(self) -> None:
        """Raises Mistake where the query has one."""
        if self.query:
            assert self._matching is not None

    def without_query(self) -> Scope:
        return replace(self, query="")

    def days(self, period: Period) -> QuerySet[Day]:
        """Rows of the roll-up. It knows no conversations: what limits those limits nothing here."""
        rows = Day.objects.filter(
            source__in=self.sources, day__gte=period.first, day__lte=period.last
        )
        if self.stage:
            rows = rows.filter(member__stage=self.stage)
        return rows

    def asks(self) -> AskQuerySet:
        rows = Ask.objects.filter(source__in=self.sources)
        if self.limits_conversations:
            rows = rows.filter(conversation__in=self.conversations())
        if self.stage:
            rows = rows.filter(member__in=Member.objects.filter(stage=self.stage))
        return rows
