"""Queries that were saved follow what they name, when it is called differently."""

from __future__ import annotations

from collections.abc import Collection

from . import syntax


def rename(text: str, operators: Collection[str], old: str, new: str) -> str:
    """The query with the value `new` wherever one of these operators has the value `old`, in
    whatever case: `tag:"old name"` becomes `tag:new`. All else stays exactly as it was typed.

    Takes any text, also one with mistakes. The new text can be longer than a query may be.
    ValueError if `new` is blank.
    """
    if not new.strip():
        raise ValueError("A value can't be renamed to nothing.")
    pieces, done = [], 0
    for token in syntax.tokens(text):
        if token.type != "OPERATOR":
            continue
        name, written = syntax.split_operator(token)
        if name in operators and syntax.unquoted(written).casefold() == old.casefold():
            end = (token.start_pos or 0) + len(token)
            pieces += [text[done : end - len(written)], syntax.quoted(new, text[end:])]
            done = end
    return "".join(pieces) + text[done:]
