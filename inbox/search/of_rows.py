"""The messages that rows show, where conversations are listed in an order of their own."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from community_hub.lib.query import Context, search_query
from inbox.filters import MESSAGES
from inbox.languages import configurations_at
from inbox.models import SearchedMessage

from .hit import Hit
from .plan import Plan


def newest_of_each(
    plan: Plan, context: Context, conversations: Sequence[int], authors: Sequence[int]
) -> list[Hit]:
    """The newest message of each conversation that has the words, or that one of these accounts
    wrote; without words, the newest that is what `plan.any_message` asks. None of those whose
    subject alone has the words. One statement, which looks at the messages of these conversations,
    whatever the full-text index has of the words."""
    if not conversations:
        return []
    seen = SearchedMessage.objects.visible_to(context.user).present()
    if plan.words is None:
        return _newest(seen.filter(plan.any_message), conversations) if plan.any_message else []
    asked = search_query(plan.words, configurations_at(context.now))
    said = MESSAGES.q(plan.sequences, context) if plan.sequences else Q()
    # In an expression, so that the index is not asked for all that has the words.
    looked_at = seen.alias(looked_at=Coalesce(F("search"), F("search")))
    found = looked_at.filter(
        plan.message,
        Q(looked_at=asked) & said | Q(author__isnull=False, author__in=authors),
    )
    return _newest(found, conversations)


def _newest(found: QuerySet[SearchedMessage], conversations: Sequence[int]) -> list[Hit]:
    found = found.filter(conversation__in=conversations)
    newest = found.order_by("conversation", "-sent_at", "-pk").distinct("conversation")
    rows = newest.values_list("conversation", "pk", "sent_at")
    return [Hit(conversation, pk, (sent_at, pk)) for conversation, pk, sent_at in rows]
