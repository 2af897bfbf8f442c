"""How a query is written: its tokens, its grammar, and what needs quotes. docs/query-language.md
has it in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from lark import Lark, Token, Tree

# Every text is made of these tokens, whatever it says. Those that begin with BAD_ are mistakes
# that the parser never gets. Brackets without a space inside belong to the word they stand in, so
# that print(x) and https://example.org/A_(b) are words. One operator's name has parts, so that
# example.org:80 and script.py:12 stay words.
GRAMMAR = r"""
query: all?
all: either+
either: _item (OR _item)*
_item: negated | group | leaf
negated: MINUS leaf | MINUS group
group: OPEN all CLOSE
leaf: WORD | QUOTED | OPERATOR | _bad
_bad: BAD_MINUS | BAD_MINUSES | BAD_QUOTE

BAD_MINUS.9: /-+(?=[\s)]|\Z)/
BAD_MINUSES.8: /--[^\s()"“”„]*/
MINUS.7: "-"
OPEN.7: "("
CLOSE.7: ")"
QUOTED.6: /"(?:[^"\\]|\\[\s\S])*"/ | /[“”„](?:[^"“”\\]|\\[\s\S])*["“”]/
BAD_QUOTE.5: /["“”„][\s\S]*/
OPERATOR.4: /([^\W\d_][\w-]*|[Ff][Ii][Ee][Ll][Dd]\.[\w-]+):(?!\/\/|:)/ (QUOTED | WORD)?
OR.3: /or(?=[\s()"“”„]|\Z)/i
WORD.2: /[^\s()"“”„](?:[^\s()"“”„]|\([^\s()"“”„]*\))*/
BLANK: /\s+/
%ignore BLANK
"""
QUOTES = ('"', "“", "”", "„")
_BARE = re.compile(r'(?!//|:)[^\s()"“”„](?:[^\s()"“”„]|\([^\s()"“”„]*\))*')
_ESCAPED = re.compile(r'\\(["“”„\\])')
_TO_ESCAPE = re.compile(r'(["\\])')


@cache
def _lark() -> Lark:
    return Lark(GRAMMAR, start="query", parser="lalr", lexer="basic", maybe_placeholders=False)


def tokens(text: str) -> list[Token]:
    """Never refuses a text."""
    return list(_lark().lex(text))


def tree(found: Sequence[Token]) -> Tree[Token]:
    """Raises lark's UnexpectedToken."""
    state = _lark().parse_interactive()
    for token in found:
        state.feed_token(token)
    return state.feed_eof(found[-1] if found else None)


def split_operator(token: Token) -> tuple[str, str]:
    """The name, in lower case, and the value as it is written, with its quotes."""
    name, _colon, value = token.partition(":")
    return name.lower(), value


def unquoted(written: str) -> str:
    """A value or a phrase without its quotes, if it has any."""
    return unescaped(written[1:-1]) if written[:1] in QUOTES else written


def unescaped(text: str) -> str:
    """What stands within quotes, also where these are not closed yet."""
    return _ESCAPED.sub(r"\1", text)


def quoted(value: str, followed_by: str = "") -> str:
    """A value as it can stand after a colon: in quotes where it needs them, also so as not to
    become one with the text that follows it."""
    apart = not followed_by or followed_by[0].isspace() or followed_by[0] == ")"
    return value if apart and _BARE.fullmatch(value) else in_quotes(value)


def in_quotes(text: str) -> str:
    escaped = _TO_ESCAPE.sub(r"\\\1", text)
    return f'"{escaped}"'
