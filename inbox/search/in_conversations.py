"""Words among the conditions on conversations: those that must be missing, and those that are
looked for in an order of the conversations or beside an `or`."""

from __future__ import annotations

from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import IsNull

from community_hub.lib.query import Context, Query, Term, says, search_query
from inbox import conditions
from inbox.languages import READ as READ_OF_TEXT
from inbox.languages import configurations_at, configurations_in_use
from inbox.models import SearchedConversation, SearchedMessage

from .frequency import READ, Frequencies, frequencies


def words_in_conversation(term: Term, context: Context) -> Q:
    """All that have a rare word are found by the index, and looked up. A common one is looked for
    in one conversation after the other, as far as a list needs to go."""
    if not has_common_words(Query(term.text, term)):
        return conditions.words_in_conversation(term, context)
    query = search_query(Query(term.text, term), configurations_at(context.now))
    # `coalesce`, as the index would read all that it has of the word for each conversation
    seen = SearchedMessage.objects.visible_to(context.user).present()
    there = seen.alias(looked_at=Coalesce(F("search"), F("search")))
    said = there.filter(
        says(term, "body_text", READ_OF_TEXT), conversation=OuterRef("pk"), looked_at=query
    )
    titled = SearchedConversation.objects.filter(
        conditions.words_in_subject(term, context), pk=OuterRef("pk")
    )
    return is_there(said) | is_there(titled)


def is_there(rows: QuerySet[Any]) -> Q:
    """Not `exists`, which PostgreSQL may work out for all conversations at once."""
    return Q(IsNull(Subquery(rows.values("pk")[:1]), False))


def has_common_words(query: Query) -> bool:
    """Of which the index has so many entries that it takes long to read them. One query."""
    known = frequencies(query, configurations_in_use())
    return any(entries(term, known) > READ for term in query.terms)


def entries(term: Term, known: Frequencies) -> float:
    """How many of the full-text index are read for a word or a phrase, about."""
    begun = getattr(term, "is_beginning", False)
    return known.of(term) + (known.of_beginning(term) if begun else 0.0)
