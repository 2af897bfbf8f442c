"""A page of conversations by a condition that takes long to tell, such as words that must be
missing: so many are looked at, and again so many, for as long as a reader waits for a page."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from community_hub.lib.keyset import Listing, Order
from inbox.models import Conversation

from . import hits

if TYPE_CHECKING:
    from inbox.models.conversation import ConversationQuerySet

STEP = 1_000  # conversations that one statement looks at


@dataclass
class BoundedListing(Listing[Conversation]):
    """`is_unfinished`: those behind `more` were not looked at yet."""

    is_unfinished: bool = False


def bounded_page(
    among: ConversationQuerySet, condition: Q, order: Order, cursor: str, size: int
) -> BoundedListing:
    """`size` rows after a place, of those `among` which the condition holds: fewer, where it takes
    too long to find as many. Without a condition, all are found at once."""
    begun = time.monotonic()
    rows: list[Conversation] = []
    top = cursor
    while True:
        rest = among.filter(order.after(top)).order_by(*order.fields)
        bottom = order.cursor_of(last) if condition and (last := nth(rest, STEP)) else ""
        part = rest.filter(order.until(bottom) | has_no_place(order, top)) if bottom else rest
        rows += part.filter(condition)[: size + 1 - len(rows)]
        if len(rows) > size:
            more = order.cursor_of(rows[size - 1])
            return BoundedListing(rows[:size], order, cursor, more)
        if not bottom:
            return BoundedListing(rows, order, cursor)
        if time.monotonic() - begun > hits.SECONDS:
            return BoundedListing(rows, order, cursor, bottom, is_unfinished=True)
        top = bottom


def nth(rows: ConversationQuerySet, number: int) -> Conversation | None:
    return next(iter(rows[number - 1 : number]), None)


def has_no_place(order: Order, top: str) -> Q:
    """Without a value to be ordered by: these are found on the first page alone."""
    return Q(pk__in=[]) if top else Q(**{f"{order.name}__isnull": True})
