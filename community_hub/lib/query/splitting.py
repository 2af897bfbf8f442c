"""What of a query a full-text index can answer, and what is left for conditions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .tree import And, Node, Not, Operator, Or, Query, leaves


@dataclass(frozen=True)
class Split:
    """A query is all of `text` and all of `operators`, unless it `is_mixed`.

    `text` has words and phrases only, with not, and, or; `operators` has no words. None: there is
    nothing of the kind. `mixed` is what is both, such as `a or from:b`: only the Q of both can
    answer that, row by row.
    """

    text: Query | None
    operators: Query | None
    mixed: Query | None

    @property
    def is_mixed(self) -> bool:
        return self.mixed is not None


def split(query: Query) -> Split:
    """A query that is "words AND operators" in two, so that a search can ask a full-text index
    for the words and filter what it found by the operators. What stands between such parts and
    is neither comes as `mixed`: a search then has to take the Q of the whole, or that of `mixed`
    beside the other two."""
    text, operators, mixed = [], [], []
    for part in parts(query.tree):
        kinds = {isinstance(leaf, Operator) for leaf in leaves(part)}
        if kinds == {False}:
            text.append(part)
        elif kinds == {True}:
            operators.append(part)
        else:
            mixed.append(part)
    return Split(query_of(query, text), query_of(query, operators), query_of(query, mixed))


def parts(node: Node) -> Iterator[Node]:
    """What must all hold, also from within brackets."""
    if isinstance(node, And):
        for part in node.parts:
            yield from parts(part)
    else:
        yield node


def searchable(query: Query) -> Query:
    """Without the words and phrases that have no letter or digit, such as `%` or an emoji: no
    index has them, so beside others they would find nothing. A query of nothing else stays as it
    is, and finds nothing."""
    tree = _searchable(query.tree)
    return query if tree is None else Query(query.text, tree)


def _searchable(node: Node) -> Node | None:
    if isinstance(node, Operator):
        return node
    if isinstance(node, Not):
        part = _searchable(node.part)
        return part and Not(part, node.start, node.end)
    if isinstance(node, And | Or):
        if not node.parts:
            return node
        kept = [part for part in map(_searchable, node.parts) if part is not None]
        if len(kept) < 2:
            return kept[0] if kept else None
        return type(node)(tuple(kept), node.start, node.end)
    return node if any(map(str.isalnum, node.text)) else None


def query_of(query: Query, parts: list[Node]) -> Query | None:
    """Of parts of a query, all of which must hold; None of none."""
    if not parts:
        return None
    tree = parts[0] if len(parts) == 1 else And(tuple(parts), parts[0].start, parts[-1].end)
    return Query(query.text, tree)
