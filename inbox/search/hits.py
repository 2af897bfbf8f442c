"""Which conversations have the words that are looked for, at a million messages and more.

No single statement holds for every word. To walk the newest messages and look at each takes long
for a word that nobody wrote lately; to read all that the full-text index has of it takes long for
a word that everybody writes. So of a word that is common the newest messages are looked at first,
and only where they give too little are the older ones asked for by the index, in windows as long as
it seems to take.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime

from django.contrib.postgres.search import SearchRank
from django.db.models import (
    BooleanField,
    ExpressionWrapper,
    F,
)

from community_hub.lib import keyset
from community_hub.lib.query import Context
from inbox.models.searched import SearchedMessageQuerySet
from members.models.member import has_id, is_any_in

from .frequency import READ
from .hit import FIRST_ID, Found, Hit, hits, keep, within
from .limits import TooLong, limited
from .plan import Plan
from .ranking import best_hits
from .statements import BY_NAME, BY_TIME, MOST, Statements, newest_first
from .windows import NO_TIME, REST, Place, Window, first_window, window_with

FIRST = 10_000  # messages in the first window, about
AT_ONCE = 2_000  # entries of the index that are all read at once
SOME = 150  # hits in the first window of words that the index tells soon
TIMES = 10  # as many hits as conversations are wanted are read at once, where none are ranked
RAW = 3_000  # hits that are asked whether they fulfil other conditions, at once
FEW = 5_000  # messages that are all looked at, where no more fulfil the other conditions
FEW_MS = 25  # which is given up after so long
SECONDS = 0.12  # after so long no further window is begun


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


class Search(Statements):
    """One search, which may look into several windows of messages. `read`: hits so far. `others`:
    hits in subjects and by name, which are not looked for by windows. `most`: so many of those that
    are ranked are wanted, None: all."""

    def __init__(
        self, plan: Plan, context: Context, *, ranked: bool = False, most: int | None = None
    ) -> None:
        super().__init__(plan, context, ranked=ranked)
        self.most = most
        self.read = 0
        self.others = [*hits(self.by_subject()), *hits(self.by_author())]

    def gathered(self, wanted: int, before: Place | None = None) -> Found:
        """The newest first, window after window until there are `wanted` (hits where they are
        ranked, conversations otherwise) or it takes too long."""
        begun = time.monotonic()
        kept: dict[int, Hit] = {}
        top = before
        few = self.few_messages(before) if self.is_common and self.plan.by_somebody else None
        is_asked = self.plan.by_somebody  # for `few`
        window = REST if few is not None else self.first_window(before)
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
            if self.is_common and self.has_conditions and not is_asked:
                few, is_asked = self.few_messages(lowest), True
            top = lowest
            window = window.next(top[0], read, missing)
            if few is not None:
                window = window.rest()
            elif self.is_common and (
                self.has_conditions or (window.bottom == NO_TIME and not sampled)
            ):
                window, sampled = self.narrowed(window, top[0]), True

    def first_window(self, before: Place | None) -> Window:
        """Of words that the index tells soon: as long as it takes for some hits, if they are evenly
        spread; all at once where they are few, or ranked. Where each is asked whether it fulfils
        conditions, the newest messages come first."""
        if self.ranked and self.entries <= READ:
            return REST
        if self.entries > READ or self.has_conditions:
            return first_window(before, FIRST)
        return window_with(before, SOME / self.entries) if self.entries > AT_ONCE else REST

    def found(self, kept: dict[int, Hit], older: Place | None) -> Found:
        in_order = sorted(kept.values(), key=lambda hit: hit.place, reverse=True)
        return Found(in_order, older, self.read)

    def few_messages(self, top: Place | None) -> list[int] | None:
        """The ids of all below a place that fulfil the other conditions; None where they are many,
        or it takes long to tell."""
        below = self.messages()
        if top:
            below = below.filter(BY_TIME.after(keyset.cursor(*top)))
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
