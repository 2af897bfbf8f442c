"""A query that found nothing, with some of its words as the name of whoever wrote."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from community_hub.lib.query import Context, Mistake, Phrase, Word, in_quotes, parts
from members.by_name import are_a_name

from . import hits
from .limits import limited
from .plan import Plan, plan

MOST_WORDS = 5  # of a query that is looked at
MOST_TRIED = 2  # queries that are asked for
MOST_PEOPLE = 100  # members that a name may stand for
PATIENCE_MS = 50  # of each statement of these

Terms = Sequence[Word | Phrase]


def may_have_a_name(asked: Plan) -> bool:
    """Are there words enough to be a name and something else, and few enough to look?"""
    return 1 < len(terms_of(asked)) <= MOST_WORDS


def terms_of(asked: Plan) -> Terms:
    if asked.words is None:
        return []
    return [part for part in parts(asked.words.tree) if isinstance(part, Word | Phrase)]


def with_a_name(asked: Plan, context: Context) -> str:
    """`sofie glass` as `from:sofie glass`, where there is a Sofie, as far as this reader may see,
    who wrote that; "" where there is nothing of the kind. A few queries, and none of one word."""
    if not may_have_a_name(asked):
        return ""
    tried = 0
    for name in runs(asked.query.text, terms_of(asked)):
        if not is_a_name(name, context):
            continue
        text = as_author(asked.query.text, name)
        if finds(text, context):
            return text
        tried += 1
        if tried == MOST_TRIED:
            break
    return ""


def runs(text: str, terms: Terms) -> Iterator[Terms]:
    """Terms that follow each other, but not all of them: the longest first."""
    for length in range(len(terms) - 1, 0, -1):
        for start in range(len(terms) - length + 1):
            run = terms[start : start + length]
            gaps = (text[one.end : other.start] for one, other in pairwise(run))
            if not any(gap.strip() for gap in gaps):
                yield run


def is_a_name(name: Terms, context: Context) -> bool:
    """Is there a member with words in their name or handle that begin so, and not too many?"""
    return are_a_name([term.text for term in name], context.user, most=MOST_PEOPLE)


def as_author(text: str, name: Terms) -> str:
    start, end = name[0].start, name[-1].end
    written = text[start:end]
    value = written if len(name) == 1 else in_quotes(" ".join(term.text for term in name))
    return f"{text[:start]}from:{value}{text[end:]}"


def finds(text: str, context: Context) -> bool:
    """False where it takes long to tell: the page waits for it."""
    try:
        wanted = plan(text, context)
        if wanted.words is None:
            return False
        with limited(PATIENCE_MS):
            return bool(hits.newest(wanted, context, size=1).hits)
    except Mistake:
        return False
