"""How many messages have a word, as PostgreSQL's own statistics tell.

They know the thousand commonest words; all others are rare. What they tell decides how words are
looked for, which is a matter of time, and never what is found.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db import connection

from community_hub.lib.query import And, Node, Not, Or, Query, Term, leaves
from community_hub.lib.search_text import search_text

KEPT = 300.0  # seconds that a process keeps the statistics
UNKNOWN = math.inf
READ = 20_000  # entries of the index that take less than to look at the newest 10,000 messages
_LEXEME = re.compile(r"'((?:[^']|'')*)'")

_STATISTICS = """
select c.reltuples, s.most_common_elems::text::text[], s.most_common_elem_freqs
from pg_class c left join pg_stats s
    on s.schemaname = current_schema() and s.tablename = c.relname and s.attname = 'search'
where c.oid = 'inbox_message'::regclass
"""
_READINGS = """
select array_agg(phraseto_tsquery(name::regconfig, word)::text)
from unnest(%s::text[]) with ordinality w(word, at), unnest(%s::text[]) name
group by at order by at
"""


@dataclass(frozen=True)
class Statistics:
    """`common`: in how many messages, of the commonest words. `least`: in how many at most all
    others are; UNKNOWN where nothing is known."""

    common: Mapping[str, float]
    least: float

    def of(self, lexemes: Iterable[str]) -> float:
        """How many entries the index has of the forms of a word, at most about."""
        forms = set(lexemes)
        known = [self.common[form] for form in forms if form in self.common]
        return sum(known) + (self.least if len(known) < len(forms) else 0.0)

    def of_beginning(self, beginning: str) -> float:
        """And of all words that begin so."""
        begun = sum(n for lexeme, n in self.common.items() if lexeme.startswith(beginning))
        return begun + self.least


@dataclass(frozen=True)
class Frequencies:
    """Of the words of a query: `entries` of the index by the text of each; `stopped` are those that
    a language leaves out, such as "the"."""

    statistics: Statistics
    entries: Mapping[str, float]
    stopped: frozenset[str]

    def of(self, node: Node) -> float:
        """How many entries of the index are read for what a query asks; of what must be missing,
        all that there are."""
        if isinstance(node, And):
            return min(map(self.of, node.parts), default=UNKNOWN)
        if isinstance(node, Or):
            return sum(map(self.of, node.parts))
        if isinstance(node, Not):
            return UNKNOWN
        return self.entries.get(getattr(node, "text", ""), UNKNOWN)

    def of_beginning(self, term: Term) -> float:
        words = search_text(term.text).lower().split()
        return sum(map(self.statistics.of_beginning, words[-1:])) if words else 0.0

    def has_stop(self, nodes: Iterable[Node]) -> bool:
        return any(getattr(it, "text", "") in self.stopped for each in nodes for it in leaves(each))


def frequencies(query: Query, configurations: Sequence[str]) -> Frequencies:
    """Of its words and phrases. A query for words that were not read lately; another one once in a
    while."""
    texts = list(dict.fromkeys(term.text for term in query.terms))
    known = statistics()
    words = tuple(search_text(text).strip() for text in texts)
    readings = _readings(words, tuple(configurations))
    entries = {
        text: known.of(lexeme for one in reading for lexeme in _LEXEME.findall(one))
        for text, reading in zip(texts, readings, strict=True)
    }
    stopped = frozenset(text for text, one in zip(texts, readings, strict=True) if "" in one)
    return Frequencies(known, entries, stopped)


@lru_cache(maxsize=500)
def _readings(words: Sequence[str], configurations: Sequence[str]) -> list[list[str]]:
    """What each configuration makes of each word: that stays as it is."""
    with connection.cursor() as cursor:
        cursor.execute(_READINGS, [list(words), list(configurations)])
        return [reading for (reading,) in cursor.fetchall()]


_kept: dict[str, tuple[float, Statistics]] = {}  # by the name of the database, when it was read


def statistics() -> Statistics:
    now, name = time.monotonic(), str(connection.settings_dict["NAME"])
    read_at, known = _kept.get(name, (-KEPT, None))
    if known is None or now - read_at > KEPT:
        known = read_statistics()
        _kept[name] = (now, known)
    return known


def read_statistics() -> Statistics:
    with connection.cursor() as cursor:
        cursor.execute(_STATISTICS)
        rows, lexemes, shares = cursor.fetchone()
    if rows <= 0 or not lexemes:
        return Statistics({}, UNKNOWN)
    common = {lexeme: rows * share for lexeme, share in zip(lexemes, shares, strict=False)}
    return Statistics(common, rows * shares[len(lexemes)])  # the smallest share stands behind
