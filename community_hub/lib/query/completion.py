"""What may follow while a query is typed: names of operators, and their values."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from lark import Token

from . import syntax
from .language import Language, OperatorDefinition, Text
from .parser import LONGEST

MOST = 10
MOST_WORDS = 5  # of a value without quotes
_NAME = re.compile(r"[^\W\d_][\w-]*(\.[\w-]*)?")
_REST_OF_NAME = re.compile(r"[\w.-]*:?")
_REST_OF_VALUE = re.compile(r"[^\s()\"“”„]*")
_REST_OF_QUOTED = re.compile(r'[^"“”„]*["“”](?=[\s)]|\Z)|')


@dataclass(frozen=True)
class Suggestion:
    """`text` stands in for `typed[start:end]`; it has the quotes it needs, and a name its colon.
    `label` says what it is, "" where that would say the same again."""

    text: str
    label: str
    start: int
    end: int


def complete(language: Language, typed: str, cursor: int, user: Any) -> list[Suggestion]:
    """At most ten, for what stands right before the cursor: names of operators that begin like
    the word, or values that the operator gives, first those with which the word goes on. None
    after a space or in a phrase. Asks the database only through the operator, as this user. Takes
    any text, also one with mistakes."""
    if len(typed) > LONGEST:
        return []
    cursor = min(max(cursor, 0), len(typed))
    found = syntax.tokens(typed[:cursor])
    if not found or found[-1].end_pos != cursor:
        return []
    last = found[-1]
    if last.type in ("WORD", "OR"):
        longer = _longer_values(language, typed, found, cursor, user)
        names = _names(language, typed, str(last), cursor, user) if _NAME.fullmatch(last) else []
        return [*longer, *names][:MOST]
    opened, rest = "", _REST_OF_VALUE
    if last.type == "BAD_QUOTE" and len(found) > 1 and found[-2].end_pos == last.start_pos:
        last, opened, rest = found[-2], str(last), _REST_OF_QUOTED
    if last.type != "OPERATOR":
        return []
    name, written = syntax.split_operator(last)
    definition = language.get(name)
    if definition is None or written[:1] in syntax.QUOTES or (opened and written):
        return []
    beginning = syntax.unescaped(opened[1:]) if opened else written
    start, end = cursor - len(opened or written), _end(rest, typed, cursor)
    return _offered(definition, beginning, typed, start, end, user)


def _longer_values(
    language: Language, typed: str, found: list[Token], cursor: int, user: Any
) -> list[Suggestion]:
    """Values of several words that begin like an operator's value, as it was typed without quotes,
    and the words behind it: from:"Wiebke Brandt" for from:wiebke b."""
    at = len(found) - 1
    while at >= 0 and found[at].type == "WORD" and len(found) - at < MOST_WORDS:
        at -= 1
    if at < 0 or at == len(found) - 1 or found[at].type != "OPERATOR":
        return []
    name, written = syntax.split_operator(found[at])
    definition = language.get(name)
    if definition is None or definition.values or not written or written[:1] in syntax.QUOTES:
        return []
    beginning = " ".join([written, *found[at + 1 :]])
    start, end = (found[at].end_pos or 0) - len(written), _end(_REST_OF_VALUE, typed, cursor)
    return _offered(definition, beginning, typed, start, end, user)


def _offered(
    definition: OperatorDefinition, beginning: str, typed: str, start: int, end: int, user: Any
) -> list[Suggestion]:
    values = islice(_values(definition, beginning, user), MOST)
    return [
        Suggestion(
            syntax.quoted(value, typed[end:]), "" if label == value else str(label), start, end
        )
        for value, label in values
    ]


def _names(language: Language, typed: str, word: str, cursor: int, user: Any) -> list[Suggestion]:
    start, end = cursor - len(word), _end(_REST_OF_NAME, typed, cursor)
    whole, dot, part = word.lower().partition(".")
    if dot:
        definition = language.get(whole)
        parts = definition.parts.complete(user, part) if definition and definition.parts else ()
        return [
            Suggestion(f"{whole}.{name}:", str(label), start, end)
            for name, label in islice(parts, MOST)
        ]
    like = (it for it in language.definitions if it.name.startswith(whole))
    return [
        Suggestion(f"{it.name}{'.' if it.parts else ':'}", str(it.help), start, end)
        for it in islice(like, MOST)
    ]


def _values(
    definition: OperatorDefinition, beginning: str, user: Any
) -> Iterable[tuple[str, Text]]:
    if definition.values:
        known = definition.values.items()
        return (it for it in known if it[0].startswith(beginning.lower()))
    return definition.complete(user, beginning) if definition.complete else ()


def _end(rest: re.Pattern[str], typed: str, cursor: int) -> int:
    """Where the piece ends in which the cursor stands."""
    found = rest.match(typed, cursor)
    return found.end() if found else cursor
