"""The words of a query as a PostgreSQL tsquery. What was typed is only ever a parameter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import reduce
from operator import and_, or_

from django.contrib.postgres.search import SearchQuery, SearchQueryCombinable, SearchQueryField
from django.db.models import Case, Func, IntegerField, Value, When
from django.db.models.lookups import Exact

from community_hub.lib.search_text import search_text

from .tree import And, Node, Not, Operator, Or, Phrase, Query, Term, Word

PREFIXES = "simple"  # `english` stems zephy:* to zephi, and drops s:*
LONGEST_PREFIX = 500  # characters; PostgreSQL refuses a lexeme of 2 KB
_ONE_WORD = re.compile(r"\w*")


class _Kept(SearchQueryCombinable, Case):  # type: ignore[misc] # as SearchQuery itself
    """One of two queries."""

    config = None
    output_field = SearchQueryField()


def search_query(
    query: Query, configurations: Sequence[str] = ("simple",), *, prefix: bool = True
) -> SearchQueryCombinable:
    """To compare with a tsvector column by `=`, to rank and to highlight with.

    `query` has words and phrases only, at least one: `split(query).text`; ValueError otherwise.
    `configurations`: names of text search configurations, all that the column's rows are in.
    The query is read as a whole in each, and one of these readings must match: so a stop word of
    a row's language is not asked of that row. (It is not asked of rows in other languages either,
    if the rest is the same there.) What is left out is left out in every reading: by `simple`
    alone, `-errors` would let an English row pass in which "errors" is kept as "error".
    `prefix`: an unfinished last word also finds what begins with it, unless it is left out.

    What was typed goes through `search_text()`, as what the column was made of must have. A word
    of several parts (10:30, o'clock, an address) is found where the parts follow each other. A
    query without a letter or a digit finds nothing.
    """
    if query.is_empty or query.operators:
        raise ValueError("search_query() takes words and phrases, at least one.")
    if not configurations:
        raise ValueError("search_query() takes at least one configuration.")
    readings = [_Reading(name, configurations, prefix).of(query.tree) for name in configurations]
    return reduce(or_, readings)


def unsearchable(query: Query) -> list[Term]:
    """Words and phrases without a letter or a digit, which a full-text index does not have: a
    page can say that they were not looked for."""
    return [term for term in query.terms if not any(map(str.isalnum, term.text))]


class _Reading:
    """A tree in one configuration."""

    def __init__(self, name: str, every: Sequence[str], prefix: bool) -> None:
        self.name = name
        self.every = every
        self.prefix = prefix

    def of(self, node: Node, *, negated: bool = False) -> SearchQueryCombinable:
        """Negation goes down to the terms: a combined query of Django's can't be inverted."""
        if isinstance(node, Not):
            return self.of(node.part, negated=not negated)
        if isinstance(node, And | Or):
            parts = [self.of(part, negated=negated) for part in node.parts]
            return reduce(and_ if isinstance(node, And) != negated else or_, parts)
        if isinstance(node, Operator):
            raise ValueError("search_query() takes no operators.")
        if negated:
            return reduce(and_, [~_term(node, name) for name in self.every])
        return self._positive(node)

    def _positive(self, term: Term) -> SearchQueryCombinable:
        whole = _term(term, self.name)
        if not (self.prefix and isinstance(term, Word) and term.unfinished):
            return whole
        text = search_text(term.text).strip()
        if not text or len(text) > LONGEST_PREFIX:
            return whole
        begun = SearchQuery(_prefix_of(text), config=PREFIXES, search_type="raw")
        if self.name == PREFIXES:
            return whole | begun
        size = Func(whole, function="numnode", output_field=IntegerField())
        stopped = Exact(size, Value(0))  # a stop word, which is no condition here
        # Not the Case alone: Django compares a vector with its own two classes of queries only.
        return whole | _Kept(When(stopped, then=whole), default=begun)


def _term(term: Term, name: str) -> SearchQuery:
    text = search_text(term.text).strip()
    exact = isinstance(term, Phrase) or not _ONE_WORD.fullmatch(text)
    return SearchQuery(text, config=name, search_type="phrase" if exact else "plain")


def _prefix_of(text: str) -> str:
    """In the syntax of to_tsquery: words that follow each other, the last one begun. None has a
    quote or a backslash in it, as search_text() leaves neither."""
    return " <-> ".join(f"'{word}'" for word in text.split()) + ":*"
