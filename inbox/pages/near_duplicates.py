"""Texts that say nearly the same, such as one answer that is given again and again."""

from __future__ import annotations

from collections.abc import Collection

from community_hub.lib.search_text import search_text

ALIKE = 0.9  # of the different words of two texts, those that both have


def words_of(text: str, without: Collection[str] = ()) -> frozenset[str]:
    """As the search sees them. `without`: words that make no difference, such as the name of
    whoever was greeted. A text without words stands for itself."""
    words = search_text(text).lower().split()
    return frozenset(word for word in words if word not in without) or frozenset([text])


def are_near_duplicates(one: frozenset[str], other: frozenset[str]) -> bool:
    """By their words_of(). Never where a number differs: an answer with another version, price or
    date is another answer."""
    if one == other:
        return True
    shared = len(one & other)
    if shared < ALIKE * len(one | other):
        return False
    return not any(map(has_digit, one ^ other))


def has_digit(word: str) -> bool:
    return any(map(str.isdigit, word))
