"""What a query says, as a tree. `start` and `end` are where a node stands in the text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from string import punctuation


@dataclass(frozen=True, slots=True)
class Word:
    """`unfinished`: the text ends right after it, so somebody may still be typing it."""

    text: str
    start: int
    end: int
    unfinished: bool = False

    @property
    def is_beginning(self) -> bool:
        """May its last part be the beginning of a word? Not what ends in punctuation: `c++`."""
        return self.unfinished and self.text[-1:] not in punctuation


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in quotes; `text` is without them, `start` and `end` are with them."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Operator:
    """`name:value`. `name` is in lower case, `value` is without its quotes. `value_start`: where
    the value begins, quotes included; it goes until `end`."""

    name: str
    value: str
    start: int
    end: int
    value_start: int


@dataclass(frozen=True, slots=True)
class Not:
    part: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class And:
    """Of no parts where the query is empty: every row is found."""

    parts: tuple[Node, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Node, ...]
    start: int
    end: int


Term = Word | Phrase
Leaf = Word | Phrase | Operator
Node = Word | Phrase | Operator | Not | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """A text and what it says. A part of a query has the text of the whole."""

    text: str
    tree: Node

    @property
    def is_empty(self) -> bool:
        return isinstance(self.tree, And) and not self.tree.parts

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """In the order of the text."""
        return tuple(leaves(self.tree))

    @property
    def terms(self) -> tuple[Term, ...]:
        return tuple(leaf for leaf in self.leaves if not isinstance(leaf, Operator))

    @property
    def operators(self) -> tuple[Operator, ...]:
        return tuple(leaf for leaf in self.leaves if isinstance(leaf, Operator))


def leaves(node: Node) -> Iterator[Leaf]:
    if isinstance(node, And | Or):
        for part in node.parts:
            yield from leaves(part)
    elif isinstance(node, Not):
        yield from leaves(node.part)
    else:
        yield node
