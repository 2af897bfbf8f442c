"""Which conversations have the words that are looked for, at a million messages and more.

No single statement holds for every word. To walk the newest messages and look at each takes long
for a word that nobody wrote lately; to read all that the full-text index has of it takes long for
a word that everybody writes. So of a word that is common the newest messages are looked at first,
and only where they give too little are the older ones asked for by the index, in windows as long as
it seems to take.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.contrib.postgres.search import SearchRank
from django.db.models import (
    BooleanField,
    ExpressionWrapper,
    F,
    FloatField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.db.models.lookups import IsNull

from community_hub.lib import keyset
from community_hub.lib.keyset import Order
from community_hub.lib.query import Context, search_query, without_beginning
from inbox.conditions import any_message, words_in_subject
from inbox.filters import CONVERSATIONS, MESSAGES
from inbox.languages import SUBJECTS, configurations_in_use
from inbox.models import Conversation, SearchedConversation, SearchedMessage
from inbox.models.searched import SearchedMessageQuerySet
from members.models.member import has_id, is_any_in

from .authors import authors_named
from .frequency import READ, UNKNOWN, Frequencies, frequencies
from .hit import FIRST_ID, Found, Hit, Row, hits, keep, within
from .limits import TooLong, limited
from .plan import Plan
from .ranking import best_hits
from .windows import NO_TIME, REST, Place, Window, first_window

FIRST = 10_000  # messages in the first window, about
DEARER = 10  # times as much takes a message to look at as an entry of the index
MOST = 2_000  # hits that are read of a window, the newest; so many are ranked
TIMES = 10  # as many hits as conversations are wanted are read at once, where none are ranked
RAW = 3_000  # hits that are asked whether they fulfil other conditions, at once
FEW = 5_000  # messages that are all looked at, where no more fulfil the other conditions
FEW_MS = 25  # which is given up after so long
SECONDS = 0.12  # after so long no further window is begun
IN_SUBJECT = 2.0  # how much more a word in the subject weighs than one in a message
BY_NAME = Value(0.3, output_field=FloatField())  # the rank of what somebody of this name wrote
BY_TIME = Order("-sent_at")


def newest(plan: Plan, context: Context, *, before: Place | None = None, size: int) -> Found:
    """Conversations by their newest hit, the newest first: those whose newest hit is below the
    place `before`, more than `size` where there are more. Raises TooLong."""
    with limited():
        search = Search(plan, context)
        return search.new_to_the_reader(search.gathered(size + 1, before), before)


def best(
    plan: Plan, context: Context, *, before: Place | None = None, size: int | None = None
) -> Found:
    """Conversations by their best hit, of the newest MOST hits in messages below a place, without
    those that have one above it; `size` at least where there are as many, else all. Raises TooLong.
    """
    with limited():
        search = Search(plan, context, ranked=True, most=None if before else size)
        found = search.new_to_the_reader(search.gathered(MOST, before), before)
    found.hits.sort(key=lambda hit: (hit.rank, hit.place), reverse=True)
    return found


class Search:
    """One search, which may look into several windows of messages. `read`: hits so far. `others`:
    hits in subjects and by name, which are not looked for by windows. `entries` of the full-text
    index are read, about; where these are few, it is quicker than to look at the first window.
    `most`: so many of those that are ranked are wanted, None: all."""

    def __init__(
        self, plan: Plan, context: Context, *, ranked: bool = False, most: int | None = None
    ) -> None:
        if plan.words is None:
            raise ValueError("There are no words to look for.")
        self.plan = plan
        self.words = plan.words
        self.context = context
        self.ranked = ranked
        self.most = most
        self.read = 0
        configurations = configurations_in_use()
        self.in_messages = search_query(self.words, configurations)
        self.by_index = self.in_messages  # what the index is asked for
        self.entries = self._look_up(frequencies(self.words, configurations), configurations)
        self.said = MESSAGES.q(plan.sequences, context) if plan.sequences else Q()
        self.others = [*hits(self.by_subject()), *hits(self.by_author())]

    def gathered(self, wanted: int, before: Place | None = None) -> Found:
        """The newest first, window after window until there are `wanted` (hits where they are
        ranked, conversations otherwise) or it takes too long."""
        begun = time.monotonic()
        kept: dict[int, Hit] = {}
        top = before
        at_once = self.ranked and self.entries <= READ
        window = REST if at_once else first_window(before, FIRST)
        few: Sequence[int] | None = None
        sampled = False
        while True:
            by_index = self.entries <= READ or top != before
            found, read, lowest = self.hits_of(window, top, wanted, by_index=by_index, few=few)
            self.read += read
            keep(kept, found)
            keep(kept, (it for it in self.others if within(it.place, lowest, top)))
            missing = wanted - (self.read if self.ranked else len(kept))
            if lowest[0] == NO_TIME:
                return self.found(kept, None)
            if missing <= 0 or time.monotonic() - begun > SECONDS:
                return self.found(kept, lowest)
            if self.is_common and self.has_conditions and top == before:
                few = self.few_messages(lowest)
            top = lowest
            window = window.next(top[0], read, missing)
            if few is not None:
                window = window.rest()
            elif self.is_common and (
                self.has_conditions or (window.bottom == NO_TIME and not sampled)
            ):
                window, sampled = self.narrowed(window, top[0]), True

    def found(self, kept: dict[int, Hit], older: Place | None) -> Found:
        in_order = sorted(kept.values(), key=lambda hit: hit.place, reverse=True)
        return Found(in_order, older, self.read)

    @property
    def is_common(self) -> bool:
        """Of words that are common, and yet perhaps not found lately, all that the index has would
        be read in the end."""
        return READ < self.entries < UNKNOWN

    @property
    def has_conditions(self) -> bool:
        return bool(self.plan.message or self.plan.conversation)

    def few_messages(self, top: Place) -> list[int] | None:
        """The ids of all below a place that fulfil the other conditions; None where they are many,
        or it takes long to tell."""
        below = self.messages().filter(BY_TIME.after(keyset.cursor(*top)))
        try:
            with limited(FEW_MS):
                pks = list(below.order_by().values_list("pk", flat=True)[: FEW + 1])
        except TooLong:
            return None
        return pks if len(pks) <= FEW else None

    def narrowed(self, window: Window, top: datetime) -> Window:
        """The same, or as far back as the second of a few messages that have the words, of those
        that the reader may see: what else they must be is told row by row, so that no more rows are
        read than the words have there."""
        some = self.seen().filter(self.plan.sent, search=self.in_messages)
        some = some.filter(is_any_in("pk", window.sample(top)))
        said = some.order_by("-sent_at").values_list("sent_at", flat=True)[1:2]
        second = next(iter(said), NO_TIME)
        return window.until(second, top) if second > window.bottom else window

    def new_to_the_reader(self, found: Found, before: Place | None) -> Found:
        """Without conversations that were shown above `before`: those with a hit there."""
        if before:
            shown = self.found_since(before, [hit.conversation for hit in found.hits])
            found.hits = [hit for hit in found.hits if hit.conversation not in shown]
        return found

    def found_since(self, place: Place, conversations: list[int]) -> set[int]:
        """Which of the conversations have a hit that is not below a place."""
        newer = self.messages().filter(conversation__in=conversations)
        newer = newer.filter(BY_TIME.until(keyset.cursor(*place)), search=self.in_messages)
        newer = newer.filter(self.said)
        said = newer.values_list("conversation", flat=True)
        return {hit.conversation for hit in self.others if hit.place >= place} | set(said)

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

    # What is looked for, as rows of a conversation, a message, a place and a rank ---------------

    def hits_of(
        self,
        window: Window,
        top: Place | None,
        wanted: int,
        *,
        by_index: bool,
        few: Sequence[int] | None,
    ) -> tuple[list[Hit], int, Place]:
        """In messages of a window below `top`, how many there are, and the place down to which it
        was looked into. `few`: the ids of all messages that fulfil the other conditions, where they
        are known. Else these are told of those that have the words: PostgreSQL takes them for many
        more than they are, and would first find all conversations that fulfil them."""
        bottom = (window.bottom, FIRST_ID)
        if few is not None or not self.has_conditions:
            found = self.by_words(window.bottom, top, by_index=by_index and few is None)
            if few is not None:
                found = found.filter(has_id(few))
        else:
            said = self.by_words(window.bottom, top, by_index=by_index).filter(self.plan.sent)
            if not (self.ranked or self.plan.conversation):
                return self.newest_so(said, wanted, bottom)
            raw = list(newest_first(said).values_list("sent_at", "pk")[:RAW])
            bottom = raw[-1] if len(raw) == RAW else bottom
            found = self.fulfilling([pk for _sent_at, pk in raw])
        rank = SearchRank(F("search"), self.in_messages)
        rows = self.rows(found.filter(self.said), rank)
        if self.ranked:
            others = {hit.conversation for hit in self.others}
            best, read, lowest = best_hits(rows[:MOST], self.most, others)
            return best, read, lowest if lowest and read == MOST else bottom
        most = min(wanted * TIMES, MOST)
        newest = list(hits(rows[:most]))
        return newest, len(newest), newest[-1].place if len(newest) == most else bottom

    def newest_so(
        self, said: SearchedMessageQuerySet, wanted: int, bottom: Place
    ) -> tuple[list[Hit], int, Place]:
        """As hits_of(), of what has the words: each is asked as it is read whether it fulfils what
        else is said of messages."""
        is_so = ExpressionWrapper(self.plan.message & self.said, BooleanField())
        rows = newest_first(said).values_list("conversation", "pk", "sent_at", BY_NAME, is_so)[:RAW]
        read = list(rows)
        found = list(hits(row[:4] for row in read if row[4]))[: min(wanted * TIMES, MOST)]
        if len(found) == min(wanted * TIMES, MOST):
            return found, len(found), found[-1].place
        return found, len(found), (read[-1][2], read[-1][1]) if len(read) == RAW else bottom

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


def newest_first(found: SearchedMessageQuerySet) -> SearchedMessageQuerySet:
    """In the order of something that the table has no index of: in the order of an index, the
    planner would walk all messages for a word of which it cannot know that it is rare."""
    return found.order_by(Coalesce("sent_at", "sent_at").desc(), "-pk")
