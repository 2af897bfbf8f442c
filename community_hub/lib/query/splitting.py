"""What of a query a full-text index can answer, and what is left for conditions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .tree import And, Node, Operator, Query, leaves


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


def query_of(query: Query, parts: list[Node]) -> Query | None:
    """Of parts of a query, all of which must hold; None of none."""
    if not parts:
        return None
    tree = parts[0] if len(parts) == 1 else And(tuple(parts), parts[0].start, parts[-1].end)
    return Query(query.text, tree)
