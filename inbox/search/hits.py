"""Which conversations have the words that are looked for, at a million messages and more.

No single statement holds for every word. To walk the newest messages and look at each takes long
for a word that nobody wrote lately; to read all that the full-text index has of it takes long for
a word that everybody writes. So of a word that is common the newest messages are looked at first,
and only where they give too little are the older ones asked for by the index, in windows as long as
it seems to take.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.contrib.postgres.search import SearchRank
from django.db import OperationalError, connection, transaction
from django.db.models import F, FloatField, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from psycopg.errors import QueryCanceled

from community_hub.lib import keyset
from community_hub.lib.keyset import Order
from community_hub.lib.query import Context, Mistake, search_query, without_beginning
from inbox.conditions import any_message, words_in_subject
from inbox.filters import CONVERSATIONS, MESSAGES
from inbox.languages import SUBJECTS, configurations_in_use
from inbox.models import Conversation, SearchedConversation, SearchedMessage
from inbox.models.searched import SearchedMessageQuerySet

from .authors import authors_named
from .frequency import UNKNOWN, Frequencies, frequencies
from .plan import Plan
from .windows import NO_TIME, Place, Window, first_window

FIRST = 10_000  # messages in the first window, about
READ = 2 * FIRST  # entries of the index that take less than to look at these
DEARER = 10  # times as much takes a message to look at as an entry of the index
MOST = 2_000  # hits that are read of a window, the newest; so many are ranked
SECONDS = 0.12  # after so long no further window is begun where something was found
TIMEOUT_MS = 4_000  # of each statement of a search
IN_SUBJECT = 2.0  # how much more a word in the subject weighs than one in a message
BY_NAME = Value(0.3, output_field=FloatField())  # the rank of what somebody of this name wrote


# The limit that holds, and from now on the lower of it and another; 0 is none.
_LIMIT = """
select usual, set_config('statement_timeout', least(nullif(ms, 0), %s)::text, true)
from (select current_setting('statement_timeout') as usual) now,
    lateral (select (extract(epoch from usual::interval) * 1000)::int as ms) given
"""


class TooLong(Mistake):
    """The database gave up: what is asked for must be narrower."""

    def __init__(self) -> None:
        super().__init__(_("This search takes too long. Add a word, or source:, from: or after:."))


FIRST_ID = 1  # below the ids of all other messages
BY_TIME = Order("-sent_at")


class Hit(NamedTuple):
    """`message`: the message with the words, or by whoever is looked for; 0 where the subject has
    them, whose place is that of the last message."""

    conversation: int
    message: int
    place: Place
    rank: float = 0.0

    @property
    def cursor(self) -> str:
        return keyset.cursor(*self.place)

    @property
    def key(self) -> str:
        """Its place among those that are ranked, for an address."""
        return f"{self.conversation}-{self.message}"


@dataclass
class Found:
    """`hits`: one for each conversation, in order. `older`: the place below which nothing was
    looked for yet; None where there is nothing below."""

    hits: list[Hit] = field(default_factory=list)
    older: Place | None = None


def newest(plan: Plan, context: Context, *, before: Place | None = None, size: int) -> Found:
    """Conversations by their newest hit, the newest first: those whose newest hit is below the
    place `before`, more than `size` where there are more. Raises TooLong."""
    with limited():
        search = Search(plan, context)
        found = search.gathered(size + 1, before)
        if before:
            shown = search.found_since(before, [hit.conversation for hit in found.hits])
            found.hits = [hit for hit in found.hits if hit.conversation not in shown]
        return found


def best(plan: Plan, context: Context) -> Found:
    """Conversations by their best hit, of the newest MOST hits in messages. Raises TooLong."""
    with limited():
        search = Search(plan, context, ranked=True)
        found = search.gathered(MOST)
    found.hits.sort(key=lambda hit: (hit.rank, hit.place), reverse=True)
    return found


@contextmanager
def limited(ms: int = 0) -> Iterator[None]:
    """No statement takes longer than `ms`, else TIMEOUT_MS, or than whoever asks allows it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_LIMIT, [ms or TIMEOUT_MS])
            usual, _now = cursor.fetchone()
            yield
            cursor.execute("select set_config('statement_timeout', %s, true)", [usual])
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooLong from error
        raise


class Search:
    """One search, which may look into several windows of messages. `read`: hits so far. `others`:
    hits in subjects and by name, which are not looked for by windows. `entries` of the full-text
    index are read, about; where these are few, it is quicker than to look at the first window."""

    def __init__(self, plan: Plan, context: Context, *, ranked: bool = False) -> None:
        if plan.words is None:
            raise ValueError("There are no words to look for.")
        self.plan = plan
        self.words = plan.words
        self.context = context
        self.ranked = ranked
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
        sampled = False
        top = before
        window = first_window(before, FIRST)
        while True:
            bottom = window.bottom
            by_index = self.entries <= READ or top != before
            found = list(hits(self.by_words(bottom, top, by_index=by_index)))
            self.read += len(found)
            # where there are more, what is older in this window was not read
            lowest = found[-1].place if len(found) == MOST else (bottom, FIRST_ID)
            keep(kept, found)
            keep(kept, (it for it in self.others if within(it.place, lowest, top)))
            top = lowest
            missing = wanted - (self.read if self.ranked else len(kept))
            if bottom == NO_TIME and len(found) < MOST:
                return Found(in_order(kept), None)
            if missing <= 0 or (kept and time.monotonic() - begun > SECONDS):
                return Found(in_order(kept), top)
            window = window.next(top[0], len(found), missing)
            if window.bottom == NO_TIME and not sampled and self.may_be_of_long_ago:
                window, sampled = self.narrowed(window, top[0]), True

    @property
    def may_be_of_long_ago(self) -> bool:
        """Words that are common and yet not found lately, of which all that the index has would be
        read. A ranked search reads the same hits whatever there is."""
        asked_more = self.plan.message or self.plan.conversation
        return READ < self.entries < UNKNOWN and not (self.ranked or asked_more)

    def narrowed(self, window: Window, top: datetime) -> Window:
        """All that is left, or as far back as the second of a few messages that have the words: the
        newest hits are above it."""
        some = self.messages().filter(pk__in=window.sample(top), search=self.in_messages)
        said = some.order_by("-sent_at").values_list("sent_at", flat=True)[1:2]
        return next((window.until(bottom, top) for bottom in said), window)

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

    def by_words(
        self, bottom: datetime, top: Place | None, *, by_index: bool
    ) -> QuerySet[SearchedMessage, Row]:
        """Sent from `bottom` on and below `top`. Not `by_index`: each message is looked at, which
        is quicker for a few than to read all that the index has of a common word."""
        found = self.messages()
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
        return self.rows(found.filter(self.said), SearchRank(F("search"), self.in_messages))

    def by_author(self) -> Iterable[Row]:
        """Written by whoever has this name, where the words may be one."""
        pks = authors_named(self.words, self.context.user)
        return self.rows(self.messages().filter(author__in=pks), BY_NAME) if pks else ()

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

    def messages(self) -> SearchedMessageQuerySet:
        found = SearchedMessage.objects.visible_to(self.context.user).present()
        so = Conversation.objects.filter(self.plan.conversation)
        if so.query.where:
            found = found.filter(conversation__in=so.values("pk"))
        return found.filter(self.plan.message)

    def rows(
        self, found: SearchedMessageQuerySet, rank: Combinable
    ) -> QuerySet[SearchedMessage, Row]:
        # In the order of something that the table has no index of: in the order of an index, the
        # planner would walk all messages for a word of which it cannot know that it is rare.
        newest_first = Coalesce("sent_at", "sent_at").desc()
        given = rank if self.ranked else BY_NAME
        ordered = found.order_by(newest_first, "-pk")
        return ordered.values_list("conversation", "pk", "sent_at", given)[:MOST]


Row = tuple[int, int, datetime, float]


def hits(rows: Iterable[Row]) -> Iterator[Hit]:
    for conversation, message, sent_at, rank in rows:
        yield Hit(conversation, message, (sent_at, message or FIRST_ID), rank)


def in_order(kept: dict[int, Hit]) -> list[Hit]:
    return sorted(kept.values(), key=lambda hit: hit.place, reverse=True)


def within(place: Place, lowest: Place, top: Place | None) -> bool:
    return lowest <= place and (top is None or place < top)


def keep(kept: dict[int, Hit], found: Iterable[Hit]) -> None:
    """One hit for each conversation: the newest place, the best rank, and the message of the best;
    a message rather than the subject, as it has words to show."""
    for hit in found:
        other = kept.get(hit.conversation)
        if other is None:
            kept[hit.conversation] = hit
            continue
        better = hit if (hit.message > 0, hit.rank) > (other.message > 0, other.rank) else other
        place = max(hit.place, other.place)
        kept[hit.conversation] = better._replace(place=place, rank=max(hit.rank, other.rank))
