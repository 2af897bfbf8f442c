"""What a search asks the database for: rows of a conversation, a message, a place and a rank.

How far back it asks, and when it stops, is hits.py's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.contrib.postgres.search import SearchRank
from django.db.models import F, FloatField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.db.models.lookups import IsNull

from community_hub.lib import keyset
from community_hub.lib.keyset import Order
from community_hub.lib.query import Context, search_query, without_beginning
from inbox.conditions import any_message, words_in_subject
from inbox.filters import CONVERSATIONS, MESSAGES
from inbox.languages import SUBJECTS, configurations_at
from inbox.models import Conversation, SearchedConversation, SearchedMessage
from inbox.models.searched import SearchedMessageQuerySet
from members.models.member import has_id

from .authors import authors_named
from .frequency import READ, UNKNOWN, Frequencies, frequencies
from .hit import Row
from .plan import Plan
from .windows import NO_TIME, Place

DEARER = 10  # times as much takes a message to look at as an entry of the index
MOST = 2_000  # hits that are read of a window, the newest; so many are ranked
IN_SUBJECT = 2.0  # how much more a word in the subject weighs than one in a message
BY_NAME = Value(0.3, output_field=FloatField())  # the rank of what somebody of this name wrote
BY_TIME = Order("-sent_at")


class Statements:
    """Of one plan and its reader. `entries` of the full-text index are read, about; where these are
    few, it is quicker than to look at the first window."""

    def __init__(self, plan: Plan, context: Context, *, ranked: bool) -> None:
        if plan.words is None:
            raise ValueError("There are no words to look for.")
        self.plan = plan
        self.words = plan.words
        self.context = context
        self.ranked = ranked
        configurations = configurations_at(context.now)
        self.in_messages = search_query(self.words, configurations)
        self.by_index = self.in_messages  # what the index is asked for
        self.entries = self._look_up(frequencies(self.words, configurations), configurations)
        self.said = MESSAGES.q(plan.sequences, context) if plan.sequences else Q()

    @property
    def is_common(self) -> bool:
        """Of words that are common, and yet perhaps not found lately, all that the index has would
        be read in the end."""
        return READ < self.entries < UNKNOWN

    @property
    def has_conditions(self) -> bool:
        return bool(self.plan.message or self.plan.conversation)

    def by_words(
        self, bottom: datetime, top: Place | None, *, by_index: bool
    ) -> SearchedMessageQuerySet:
        """Messages with the words, sent from `bottom` on and below `top`. Not `by_index`: each is
        looked at, which is quicker for a few than to read all that the index has of a common word.
        """
        found = self.seen()
        if bottom != NO_TIME:
            found = found.filter(sent_at__gte=bottom)
        if top:
            found = found.filter(BY_TIME.after(keyset.cursor(*top)))
        if by_index:
            found = found.filter(search=self.by_index)
        if not by_index or self.by_index is not self.in_messages:
            found = found.alias(looked_at=Coalesce(F("search"), F("search"))).filter(
                looked_at=self.in_messages
            )
        return found

    def fulfilling(self, pks: Sequence[int]) -> SearchedMessageQuerySet:
        """Of these messages, those that fulfil the other conditions, looked up one by one."""
        found = SearchedMessage.objects.filter(has_id(pks)).filter(self.plan.message)
        so = Conversation.objects.filter(self.plan.conversation, pk=OuterRef("conversation"))
        if not self.plan.conversation:
            return found
        # a subquery that is no `exists` is worked out for a row when it is asked for
        return found.filter(IsNull(Subquery(so.values("pk")[:1]), False))

    def by_author(self) -> Iterable[Row]:
        """Written by whoever has this name, where the words may be one."""
        pks = authors_named(self.words, self.context.user)
        if not pks:
            return ()
        return self.rows(self.messages().filter(author__in=pks), BY_NAME)[:MOST]

    def by_subject(self) -> QuerySet[SearchedConversation, Row]:
        """What is asked of messages must be so of any one in the conversation."""
        so = Conversation.objects.filter(self.plan.conversation)
        if self.plan.message:
            so = so.filter(any_message(self.plan.message, self.context))
        query = search_query(self.words, SUBJECTS)
        found = SearchedConversation.objects.visible_to(self.context.user).filter(search=query)
        if self.plan.sequences:
            said = CONVERSATIONS.q(self.plan.sequences, self.context, words=words_in_subject)
            found = found.filter(said)
        if so.query.where:
            found = found.filter(pk__in=so.values("pk"))
        rank = SearchRank(F("search"), query) * IN_SUBJECT if self.ranked else BY_NAME
        return found.order_by("-last_message_at", "-pk").values_list(
            "pk", Value(0), Coalesce("last_message_at", Value(NO_TIME)), rank
        )[:MOST]

    def seen(self) -> SearchedMessageQuerySet:
        return SearchedMessage.objects.visible_to(self.context.user).present()

    def messages(self) -> SearchedMessageQuerySet:
        """Those that fulfil the other conditions."""
        found = self.seen()
        so = Conversation.objects.filter(self.plan.conversation)
        if so.query.where:
            found = found.filter(conversation__in=so.values("pk"))
        return found.filter(self.plan.message)

    def rows(
        self, found: SearchedMessageQuerySet, rank: Combinable
    ) -> QuerySet[SearchedMessage, Row]:
        given = rank if self.ranked else BY_NAME
        return newest_first(found).values_list("conversation", "pk", "sent_at", given)

    def _look_up(self, known: Frequencies, configurations: Sequence[str]) -> float:
        """How many entries of the index are read. Of rarer words than an unfinished last one, it is
        asked for these alone, and the messages are looked at."""
        rest, begun = without_beginning(self.words)
        if begun is None:
            return known.of(self.words.tree)
        beginning = known.of_beginning(begun)
        others = known.of(rest.tree) if rest else UNKNOWN
        if rest and beginning > DEARER * others and not known.has_stop([rest.tree]):
            self.by_index = search_query(rest, configurations, prefix=False)
            return others
        return known.of(self.words.tree) + beginning


def newest_first(found: SearchedMessageQuerySet) -> SearchedMessageQuerySet:
    """In the order of something that the table has no index of: in the order of an index, the
    planner would walk all messages for a word of which it cannot know that it is rare."""
    return found.order_by(Coalesce("sent_at", "sent_at").desc(), "-pk")
