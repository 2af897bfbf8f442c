"""The words of a search as a condition on conversations, in orders that are not of messages."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F, OuterRef, Q
from django.db.models.functions import Coalesce

from community_hub.lib.query import Context, search_query
from inbox import conditions
from inbox.filters import CONVERSATIONS, MESSAGES
from inbox.languages import SUBJECTS, configurations_at
from inbox.models import SearchedConversation, SearchedMessage

from .in_conversations import has_common_words, is_there
from .plan import Plan


def said_as_asked(plan: Plan, context: Context, authors: Sequence[int]) -> Q:
    """On conversations: the words that are looked for, as any order finds them. One message has all
    of them, or is by one of these accounts, and is what else is asked of messages; or the subject
    has them, and any message is that. Without such words, what else is said by words."""
    if plan.words is None:
        return plan.said
    words = search_query(plan.words, configurations_at(context.now))
    sequences = plan.sequences
    seen = SearchedMessage.objects.visible_to(context.user).present().filter(plan.message)
    said = MESSAGES.q(sequences, context) if sequences else Q()
    titled = Q(search=search_query(plan.words, SUBJECTS))
    if sequences:
        titled &= CONVERSATIONS.q(sequences, context, words=conditions.words_in_subject)
    subjects = SearchedConversation.objects.filter(titled)
    of_subject = conditions.any_message(plan.message, context) if plan.message else Q()
    if has_common_words(plan.words):
        looked_at = seen.alias(looked_at=Coalesce(F("search"), F("search")))
        there = looked_at.filter(said, conversation=OuterRef("pk"), looked_at=words)
        in_messages = is_there(there)
        in_subject = is_there(subjects.filter(pk=OuterRef("pk")))
    else:
        in_messages = Q(pk__in=seen.filter(said, search=words).values("conversation"))
        in_subject = Q(pk__in=subjects.values("pk"))
    found = in_messages | in_subject & of_subject
    if authors:
        found |= Q(pk__in=seen.filter(author__in=authors).values("conversation"))
    return found
