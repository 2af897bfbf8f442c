"""Whose messages are found because the words that are looked for are a name."""

from __future__ import annotations

from community_hub.lib.query import Phrase, Query, Word, parts
from members.by_name import accounts_named
from team.models import User

MOST_PEOPLE = 20  # members a name may stand for, those seen last


def authors_named(words: Query, user: User) -> list[int]:
    """Ids of the accounts, as far as this reader may see them, of the members in whose names or
    handles all the words and phrases stand. Nobody's, where a word must be missing or is one of
    several."""
    every = list(parts(words.tree))
    typed = [part.text for part in every if isinstance(part, Word)]
    phrases = [part.text for part in every if isinstance(part, Phrase)]
    if len(typed) + len(phrases) < len(every):
        return []
    return accounts_named(typed, phrases, user, most=MOST_PEOPLE)
