"""Conversations as a list that is registered: how many a query finds."""

from __future__ import annotations

from time import monotonic

from community_hub.lib.keyset import counted
from community_hub.lib.query import Context
from inbox.models import Conversation
from inbox.search import hits
from inbox.search.limits import TooLong
from inbox.search.plan import Plan, plan
from team import saved_queries
from team.listings import CutShort
from team.models import User

SECONDS = 0.3  # after so long no further page is looked at


def count(user: User, text: str, cap: int) -> int:
    """Of conversations, up to `cap`. Raises Mistake, CutShort where not all messages with the words
    were looked at in SECONDS, and OperationalError where a statement takes longer than whoever asks
    allows."""
    context: Context = saved_queries.context(user)
    asked = plan(text, context)
    if asked.words:
        try:
            return _count_by_words(asked, context, cap)
        except TooLong as error:  # the query is right: nothing is to be mended in it
            raise error.__cause__ or error from None
    found = Conversation.objects.visible_to(user).filter(asked.conversation & asked.said)
    return counted(found, cap)


def _count_by_words(asked: Plan, context: Context, cap: int) -> int:
    """Page after page: the first one may stop before it has looked at all messages."""
    until = monotonic() + SECONDS
    number, place = 0, None
    while True:
        try:
            part = hits.newest(asked, context, before=place, size=cap - number)
        except TooLong:
            if number:
                raise CutShort(number) from None
            raise
        number, place = number + len(part.hits), part.older
        if place is None or number >= cap:
            return min(number, cap)
        if monotonic() > until:
            raise CutShort(number)
