"""From the text of a query to its tree, or to the first mistake in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from lark import Token, Tree
from lark.exceptions import UnexpectedToken

from community_hub.lib.text import MISLEADING, one_line

from . import syntax
from .mistakes import SHOWN, Mistake, without
from .tree import And, Leaf, Node, Not, Operator, Or, Phrase, Query, Word

LONGEST = 2000  # characters
MOST_TERMS = 60  # words, phrases and operators
DEEPEST = 10  # brackets within brackets
# What nobody sees and nobody means. The two joiners are letters' business in Persian, Hindi and
# emoji, so they are refused only at an edge or beside ASCII.
INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\ud800-\udfff" + MISLEADING + "]+"
    "|(?<![^\x00-\x7f])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\x7f])"
)


def parse(text: str) -> Query:
    """What a text says, whatever operators there are. Raises Mistake, and nothing else.

    `or` binds closer than the space between two words: `a or b c` is `(a or b) c`.
    """
    query = read_query(text)
    for operator in query.operators:
        refuse_no_value(text, operator)
    return query


def read_query(text: str) -> Query:
    """As parse(), but operators may have the value "": a language first looks at their names."""
    _refuse_hidden(text)
    if len(text) > LONGEST:
        over = len(text) - LONGEST
        said = ngettext(
            "A query can have %(most)s characters. This one has %(n)s more.",
            "A query can have %(most)s characters. This one has %(n)s more.",
            over,
        )
        raise Mistake(said % {"most": f"{LONGEST:,}", "n": f"{over:,}"}, LONGEST, len(text))
    found = _with_minus(_without_and(syntax.tokens(text)))
    _refuse_bad_tokens(text, found)
    _refuse_too_much(found)
    try:
        tree = syntax.tree(found)
    except UnexpectedToken as error:
        raise _mistake_at(text, found, error.token) from None
    return Query(text, _node(tree, len(text)))


def _without_and(found: Sequence[Token]) -> Sequence[Token]:
    """What stands side by side must hold anyway: AND in capitals between two things, as other
    programs want it, says no more. In quotes, at an edge or in small letters it is a word."""
    between = zip([None, *found], found, [*found[1:], None], strict=False)
    return [
        token
        for before, token, after in between
        if not (
            str(token) == "AND"
            and before is not None
            and before.type in ("WORD", "QUOTED", "OPERATOR", "CLOSE")
            and after is not None
            and after.type in ("WORD", "QUOTED", "OPERATOR", "OPEN", "MINUS")
        )
    ]


def _with_minus(found: Sequence[Token]) -> Sequence[Token]:
    """NOT in capitals before a thing is the "-" of this language; elsewhere, or in small letters,
    it is a word."""
    read: list[Token] = []
    for token, after in zip(found, [*found[1:], None], strict=False):
        is_before = after is not None and after.type in ("WORD", "QUOTED", "OPERATOR", "OPEN")
        if str(token) == "NOT" and is_before and not (read and read[-1].type == "MINUS"):
            token = Token.new_borrow_pos("MINUS", token, token)
        read.append(token)
    return read


def refuse_no_value(text: str, operator: Operator) -> None:
    if operator.value.strip():
        return
    followed = text[operator.end :].lstrip()
    meant = without(text, operator.start, operator.end)
    if operator.end == operator.value_start and followed and followed[0] not in '()"“”„-':
        meant = text[: operator.end] + followed
    said = _("“%(name)s:” needs a value right after the colon.") % {
        "name": one_line(operator.name, SHOWN)
    }
    raise Mistake(said, operator.start, operator.end, meant)


def _refuse_hidden(text: str) -> None:
    hidden = INVISIBLE.search(text)
    if hidden:
        said = _("There are invisible characters in this query.")
        raise Mistake(said, hidden.start(), hidden.end(), INVISIBLE.sub("", text))


def _refuse_bad_tokens(text: str, found: Sequence[Token]) -> None:
    for before, token, after in zip([None, *found], found, [*found[1:], None], strict=False):
        start, end = _place(token)
        if token.type == "BAD_MINUS":
            said = _("A “-” leaves out what stands right after it. Nothing does.")
            if after is not None and after.type in ("WORD", "QUOTED", "OPERATOR", "OPEN"):
                meant = f"{text[:start]}-{text[end:].lstrip()}"
            else:
                meant = without(text, start, end)
            raise Mistake(said, start, end, meant)
        if token.type == "BAD_MINUSES":
            said = _("One “-” is enough. To search for text that begins with it, use quotes.")
            raise Mistake(said, start, end, text[:start] + syntax.in_quotes(token) + text[end:])
        if token.type == "BAD_QUOTE":
            said = _("This quote is never closed.")
            rest = token[1:].strip()
            begun = before is not None and before.type == "OPERATOR" and _place(before)[1] == start
            from_here = _place(before)[0] if begun and before is not None else start
            closed = f'{text.rstrip()}"' if rest else without(text, from_here, end)
            raise Mistake(said, start, end if rest else start + 1, closed)
        if token.type == "QUOTED" and not syntax.unquoted(token).strip():
            said = _("There is nothing between these quotes.")
            raise Mistake(said, start, end, without(text, start, end))


def _refuse_too_much(found: Sequence[Token]) -> None:
    terms = depth = 0
    for token in found:
        terms += token.type in ("WORD", "QUOTED", "OPERATOR")
        depth += (token.type == "OPEN") - (token.type == "CLOSE")
        if terms > MOST_TERMS:
            said = _("A query can have %(most)d words, phrases and operators. This one has more.")
            raise Mistake(said % {"most": MOST_TERMS}, _place(token)[0], _place(found[-1])[1])
        if depth > DEEPEST:
            said = _("Brackets can be nested %(most)d deep. These are nested deeper.")
            raise Mistake(said % {"most": DEEPEST}, *_place(token))


def _mistake_at(text: str, found: Sequence[Token], unexpected: Token) -> Mistake:
    """What is wrong where the parser stopped: at an `or` or a bracket, or at the end of a text
    that lacks a bracket."""
    index = next((i for i, token in enumerate(found) if token is unexpected), len(found))
    previous = found[index - 1] if index else None
    either = next((t for t in (previous, unexpected) if t is not None and t.type == "OR"), None)
    if either is not None:
        start, end = _place(either)
        said = _("“or” stands between two things. One of them is missing here.")
        return Mistake(said, start, end, without(text, start, end))
    if unexpected.type == "CLOSE" and previous is not None and previous.type == "OPEN":
        start, end = _place(previous)[0], _place(unexpected)[1]
        said = _("There is nothing between these brackets.")
        return Mistake(said, start, end, without(text, start, end))
    if unexpected.type == "CLOSE":
        start, end = _place(unexpected)
        return Mistake(_("This bracket was never opened."), start, end, without(text, start, end))
    start, end = _place(_unclosed(found))
    if end == len(text.rstrip()):
        return Mistake(_("This bracket is never closed."), start, end, without(text, start, end))
    return Mistake(_("This bracket is never closed."), start, end, f"{text.rstrip()})")


def _unclosed(found: Sequence[Token]) -> Token:
    """The last bracket that nothing closes."""
    opened: list[Token] = []
    for token in found:
        if token.type == "OPEN":
            opened.append(token)
        elif token.type == "CLOSE":
            opened.pop()
    return opened[-1]


def _place(token: Token) -> tuple[int, int]:
    start = token.start_pos or 0
    return start, start + len(token)


def _node(tree: Tree[Token], length: int) -> Node:
    """`length`: of the text. As deep as brackets may be, so it may call itself."""
    children: list[Any] = tree.children
    if tree.data == "leaf":
        return _leaf(children[0], length)
    if tree.data == "group":
        inner = _node(children[1], length)
        start, end = _place(children[0])[0], _place(children[2])[1]
        return replace(inner, start=start, end=end) if isinstance(inner, And | Or) else inner
    if tree.data == "negated":
        start, end = _place(children[0])[0], _place(children[1].children[-1])[1]
        return Not(_node(children[1], length), start, end)
    parts = tuple(_node(child, length) for child in children if isinstance(child, Tree))
    if len(parts) == 1:
        return parts[0]
    start, end = (parts[0].start, parts[-1].end) if parts else (0, 0)
    return Or(parts, start, end) if tree.data == "either" else And(parts, start, end)


def _leaf(token: Token, length: int) -> Leaf:
    start, end = _place(token)
    if token.type == "WORD":
        return Word(str(token), start, end, unfinished=end == length)
    if token.type == "QUOTED":
        return Phrase(syntax.unquoted(token), start, end)
    name, written = syntax.split_operator(token)
    return Operator(name, syntax.unquoted(written), start, end, end - len(written))
