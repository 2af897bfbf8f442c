"""Queries that were saved follow what they name, when it is called differently."""

from __future__ import annotations

from collections.abc import Callable, Collection

from . import syntax


def rename(
    text: str, operators: Collection[str], old: str | Callable[[str], bool], new: str
) -> str:
    """The query with the value `new` wherever one of these operators has the value `old`, in
    whatever case: `tag:"old name"` becomes `tag:new`. All else stays exactly as it was typed.
    `old` may be a function of a value, in lower case (by casefold), that says whether it is meant.

    Takes any text, also one with mistakes. The new text can be longer than a query may be.
    ValueError if `new` is blank.
    """
    if not new.strip():
        raise ValueError("A value can't be renamed to nothing.")
    means = old if callable(old) else old.casefold().__eq__
    pieces, done = [], 0
    for token in syntax.tokens(text):
        if token.type != "OPERATOR":
            continue
        name, written = syntax.split_operator(token)
        if name in operators and means(syntax.unquoted(written).casefold()):
            end = (token.start_pos or 0) + len(token)
            pieces += [text[done : end - len(written)], syntax.quoted(new, text[end:])]
            done = end
    return "".join(pieces) + text[done:]
