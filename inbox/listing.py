"""Conversations as a list that is registered: how many a query finds."""

from __future__ import annotations

from community_hub.lib.keyset import counted
from community_hub.lib.query import Context
from inbox.models import Conversation
from inbox.search import hits
from inbox.search.limits import TooLong
from inbox.search.plan import plan
from team import saved_queries
from team.models import User


def count(user: User, text: str, cap: int) -> int:
    """Of conversations, up to `cap`; of words only as far as a page of a search looks. Raises
    Mistake, and OperationalError where it takes longer than whoever asks allows."""
    context: Context = saved_queries.context(user)
    asked = plan(text, context)
    if asked.words:
        try:
            return min(len(hits.newest(asked, context, size=cap).hits), cap)
        except TooLong as error:  # the query is right: nothing is to be mended in it
            raise error.__cause__ or error from None
    found = Conversation.objects.visible_to(user).filter(asked.conversation & asked.said)
    return counted(found, cap)
