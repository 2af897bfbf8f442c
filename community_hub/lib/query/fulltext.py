"""The words of a query as a PostgreSQL tsquery. What was typed is only ever a parameter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import and_, or_

from django.contrib.postgres.search import SearchQuery, SearchQueryCombinable, SearchQueryField
from django.db.models import Case, Func, IntegerField, Q, Value, When
from django.db.models.lookups import Exact
from django.utils.translation import ngettext

from community_hub.lib.search_text import search_text
from community_hub.lib.text import one_line

from .mistakes import SHOWN
from .sequences import is_sequence
from .splitting import query_of
from .tree import And, Node, Not, Operator, Or, Phrase, Query, Term, Word

PREFIXES = "simple"  # `english` stems zephy:* to zephi, and drops s:*
LONGEST_PREFIX = 500  # characters; PostgreSQL refuses a lexeme of 2 KB
_ONE_WORD = re.compile(r"\w*")


class _Either(SearchQueryCombinable, Case):  # type: ignore[misc] # as SearchQuery itself
    """One of two queries. Django compares a vector with its own two classes of queries only, so
    this is never alone."""

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

    What was typed goes through `search_text()`, as what the column was made of must have. A
    query without a letter or a digit finds nothing.

    A sequence of words (sequences.py) may be found where it is not, so one that is left out leaves
    nothing out here: where `has_sequence()`, ask for `says()` too. ValueError where nothing is
    asked then.
    """
    if query.is_empty or query.operators:
        raise ValueError("search_query() takes words and phrases, at least one.")
    if not configurations:
        raise ValueError("search_query() takes at least one configuration.")
    readings = [_Reading(name, configurations) for name in configurations]
    found = _read(query.tree, readings, prefix)
    if found is None:
        raise ValueError("search_query() takes something that must be there.")
    return found


def without_beginning(query: Query) -> tuple[Query | None, Word | None]:
    """What is asked beside an unfinished last word, and that word; None where there is none of it.

    To look up the beginning of a common word takes the index long, whatever else is asked.
    """
    every: list[Node] = list(query.tree.parts) if isinstance(query.tree, And) else [query.tree]
    last = every[-1] if every else None
    if not isinstance(last, Word) or _begun(last) is None:
        return query, None
    return query_of(query, every[:-1]), last


def unsearchable(query: Query) -> list[Term]:
    """Words and phrases without a letter or a digit, which a full-text index does not have: a
    page can say that they were not looked for."""
    return [term for term in query.terms if not any(map(str.isalnum, term.text))]


def what_is_not_searched(query: Query) -> str:
    """A sentence about those; "" where there are none."""
    signs = dict.fromkeys(term.text for term in unsearchable(query))
    if not signs:
        return ""
    said = ngettext(
        "%(signs)s can’t be searched for: it has no letters or digits.",
        "%(signs)s can’t be searched for: they have no letters or digits.",
        len(signs),
    )
    return said % {"signs": ", ".join(f"“{one_line(it, SHOWN)}”" for it in signs)}


# In what follows, None is a condition that every row fulfils.
Condition = SearchQueryCombinable | None


def _all(conditions: Iterable[Condition]) -> Condition:
    asked = [one for one in conditions if one is not None]
    return reduce(and_, asked) if asked else None


def _any(conditions: Iterable[Condition]) -> Condition:
    every = list(conditions)
    return None if any(one is None for one in every) else reduce(or_, every)


def _read(node: Node, readings: Sequence[_Reading], prefix: bool) -> Condition:
    """By any of the readings. An unfinished word is the last one, never within parentheses or Not.

    `(a1 & (b1 | b*)) | (a2 & (b2 | b*))` is written as `(a1 & b1) | (a2 & b2) | ((a1 | a2) & b*)`:
    the index looks up each term that it is given, the beginning of a frequent word for 25 ms at a
    million messages. Where b2 is a stop word, a2 is asked alone, whatever follows; where a2 are
    stop words, b*.
    """
    if isinstance(node, Or):
        return _any(_read(part, readings, prefix) for part in node.parts)
    whole = _any(reading.of(node) for reading in readings)
    *others, last = node.parts if isinstance(node, And) else [node]
    begun = _begun(last) if prefix else None
    if begun is None or whole is None:
        return whole
    rest = [_all(reading.of(other) for other in others) for reading in readings]
    asked = [one for one in rest if one is not None]
    if not asked:  # as in all readings
        return whole | begun
    sizes = [Func(one, function="numnode", output_field=IntegerField()) for one in asked]
    stopped = reduce(or_, [Q(Exact(size, Value(0))) for size in sizes])
    return whole | _Either(When(stopped, then=begun), default=reduce(or_, asked) & begun)


class _Reading:
    """A tree in one configuration, without beginnings."""

    def __init__(self, name: str, every: Sequence[str]) -> None:
        self.name = name
        self.every = every

    def of(self, node: Node, *, negated: bool = False) -> Condition:
        """Negation goes down to the terms: a combined query of Django's can't be inverted."""
        if isinstance(node, Not):
            return self.of(node.part, negated=not negated)
        if isinstance(node, And | Or):
            together = _all if isinstance(node, And) != negated else _any
            return together(self.of(part, negated=negated) for part in node.parts)
        if isinstance(node, Operator):
            raise ValueError("search_query() takes no operators.")
        if not negated:
            return _term(node, self.name)
        return None if is_sequence(node) else _all(~_term(node, name) for name in self.every)


def _begun(node: Node) -> SearchQuery | None:
    """What begins with a word that is unfinished. None for all else."""
    if not (isinstance(node, Word) and node.is_beginning):
        return None
    text = search_text(node.text).strip()
    if not text or len(text) > LONGEST_PREFIX:
        return None
    return SearchQuery(_prefix_of(text), config=PREFIXES, search_type="raw")


def _term(term: Term, name: str) -> SearchQuery:
    text = search_text(term.text).strip()
    exact = isinstance(term, Phrase) or not _ONE_WORD.fullmatch(text)
    return SearchQuery(text, config=name, search_type="phrase" if exact else "plain")


def _prefix_of(text: str) -> str:
    """In the syntax of to_tsquery: words that follow each other, the last one begun. None has a
    quote or a backslash in it, as search_text() leaves neither."""
    return " <-> ".join(f"'{word}'" for word in text.split()) + ":*"
