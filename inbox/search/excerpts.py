"""The part of a message that has the words that were looked for, with these marked.

PostgreSQL would mark them in the text that it keeps, which is without accents and punctuation. Here
it is done in the text as it was written, for the few messages that a page shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import Stemmer

from community_hub.lib.language_names import code_of
from community_hub.lib.query import And, Node, Not, Operator, Or, Query, Word
from community_hub.lib.search_text import ONE_BY_ONE, search_text
from inbox.languages import CONFIGURATIONS

READ = 20_000  # characters of a message; words further down are not marked
LENGTH = 180  # characters of an excerpt
PREFIXED = {"arabic", "hindi", "indonesian"}  # whose stemmers take away beginnings too
LONGEST = 100  # characters of a word whose stem is looked for
BEFORE = 20  # of them before the first word that was found
_UNIT = re.compile(f"[{ONE_BY_ONE}]|[^\\W_{ONE_BY_ONE}]+")


@dataclass(frozen=True)
class Piece:
    text: str
    is_found: bool = False


@dataclass(frozen=True)
class Sought:
    """Words that follow each other, as search_text() makes them, in lower case. `is_begun`: the
    last one is only the beginning of a word."""

    words: tuple[str, ...]
    is_begun: bool


def sought(query: Query) -> list[Sought]:
    """What of a query can be seen in a text: no operators, and nothing that must be missing."""
    found = []
    for leaf in _present(query.tree):
        words = tuple(search_text(leaf.text).lower().split())
        if words:
            found.append(Sought(words, isinstance(leaf, Word) and leaf.is_beginning))
    return found


def excerpt(text: str, wanted: Sequence[Sought], language: str = "") -> list[Piece]:
    """Some words around the first of what was found, in one line; the beginning of the text where
    nothing can be marked."""
    line = " ".join(text[:READ].split())
    spans = found_in(line, wanted, language)
    start = max(spans[0][0] - BEFORE, 0) if spans else 0
    if start:
        start = line.find(" ", start, spans[0][0]) + 1 or start
    end = min(start + LENGTH, len(line))
    pieces = [Piece("…")] if start else []
    at = start
    for first, last in spans:
        if last > end:
            break
        pieces += [Piece(line[at:first]), Piece(line[first:last], is_found=True)]
        at = last
    rest = line[at:end] + ("…" if end < len(line) or len(text) > READ else "")
    return [piece for piece in [*pieces, Piece(rest)] if piece.text]


def marked(text: str, wanted: Sequence[Sought], language: str = "") -> list[Piece]:
    """A whole text, such as a subject, with what was found."""
    pieces, at = [], 0
    for first, last in found_in(text, wanted, language):
        pieces += [Piece(text[at:first]), Piece(text[first:last], is_found=True)]
        at = last
    return [piece for piece in [*pieces, Piece(text[at:])] if piece.text]


def found_in(text: str, wanted: Sequence[Sought], language: str) -> list[tuple[int, int]]:
    """From where until where something was found, in order, none within another."""
    units = list(_UNIT.finditer(text))
    words = [_plain(unit[0]) for unit in units]
    configuration = CONFIGURATIONS.get(code_of(language), "")
    spans = []
    for each in wanted:
        first = "" if configuration in PREFIXED else each.words[0][:2]
        for at, word in enumerate(words):
            if not word.startswith(first):
                continue  # most words, whose stems need not be known
            run = words[at : at + len(each.words)]
            if len(run) == len(each.words) and _matches(run, each, configuration):
                spans.append((units[at].start(), units[at + len(run) - 1].end()))
    return list(_apart(sorted(spans)))


def _matches(run: Sequence[str], wanted: Sought, configuration: str) -> bool:
    *others, last = zip(run, wanted.words, strict=True)
    if not all(_same(said, word, configuration) for said, word in others):
        return False
    said, word = last
    begun = wanted.is_begun and said.startswith(word)
    return begun or _same(said, word, configuration)


def _same(one: str, other: str, configuration: str) -> bool:
    return one == other or (
        configuration != "" and _stem(configuration, one) == _stem(configuration, other)
    )


def _apart(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    until = 0
    for start, end in spans:
        if start >= until:
            yield start, end
            until = end


@lru_cache(maxsize=20_000)
def _plain(word: str) -> str:
    """As the search sees it. A page of results has a thousand words, most of them again and
    again."""
    return search_text(word).strip().lower()


@lru_cache(maxsize=5_000)
def _stem(configuration: str, word: str) -> str:
    """By the same algorithms as PostgreSQL's. Some microseconds a word."""
    stem: str = Stemmer.Stemmer(configuration, 0).stemWord(word[:LONGEST])
    return stem


def _present(node: Node) -> Iterator[Any]:
    if isinstance(node, And | Or):
        for part in node.parts:
            yield from _present(part)
    elif not isinstance(node, Not | Operator):
        yield node
